"""The compliance run: options, fixtures and hooks are wired here and live in fixtures/."""

import pytest

from smtp_exposure.options import OPTIONS

pytest_plugins = (
    "fixtures.settings",
    "fixtures.expectations",
    "fixtures.selection",
    "fixtures.smtp",
    "fixtures.exchange",
    "fixtures.verdicts",
    "fixtures.reporting",
)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Refuse to run without a part that judges or reports: it would pass in silence."""
    needed = (*pytest_plugins, "skipping", "html", "junitxml")
    for name in (*needed, "terminalreporter"):
        if config.pluginmanager.is_blocked(name):
            raise pytest.UsageError(f"-p no:{name}: a compliance run needs this plugin")
    for name in needed:
        if not config.pluginmanager.has_plugin(name):
            raise pytest.UsageError(
                f"pytest's plugin {name} is not loaded, and a compliance run needs it: install "
                "requirements.txt (pytest-html), and unset PYTEST_DISABLE_PLUGIN_AUTOLOAD"
            )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare every option of the suite, with its variable."""
    group = parser.getgroup(
        "smtp exposure", "smtp exposure: what is judged; values are written --option=value"
    )
    for option in OPTIONS:
        text = f"{option.help} (variable {option.variable})"
        if option.is_switch:
            group.addoption(option.name, action="store_true", default=None, help=text)
        elif option.bare is not None:
            group.addoption(
                option.name,
                nargs="?",
                const=option.bare,
                default=None,
                metavar=option.metavar,
                help=text,
            )
        else:
            action = "append" if option.repeatable else "store"
            group.addoption(
                option.name, action=action, default=None, metavar=option.metavar, help=text
            )
