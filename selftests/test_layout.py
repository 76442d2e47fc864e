"""Rules of the checkout that no linter knows: who imports what, sizes, docstrings, names, paths."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("smtp_exposure", "fixtures", "tests_internal", "tests_external", "lab")
INPUT_AND_OUTPUT = {
    *("socket", "ssl", "asyncio", "subprocess", "winrm", "aiosmtplib", "dns"),
    *("selectors", "socketserver", "http", "urllib", "smtplib", "ftplib", "requests", "paramiko"),
}
DEPENDENCIES = {
    *("pytest", "winrm", "aiosmtplib", "dns", "cryptography", "yaml", "hypothesis", "tree_sitter"),
    *("jinja2", "requests", "_pytest"),
}
VAGUE = {"util", "utils", "helper", "helpers", "common", "base", "manager", "misc"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def tracked() -> list[str]:
    """The paths of all files of the checkout that version control knows or would take up."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("git: this is no checkout")
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603  # fixed words
    names = listed.stdout.decode().split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def modules(*packages: str) -> list[str]:
    """The modules below some packages, as paths from the root."""
    files = [file for package in packages for file in sorted((ROOT / package).rglob("*.py"))]
    return [file.relative_to(ROOT).as_posix() for file in files]


def tree(module: str) -> ast.Module:
    """A module, parsed."""
    return ast.parse((ROOT / module).read_bytes(), module)


def imported(module: str) -> set[str]:
    """Everything that a module imports, as full names; also inside functions."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and name_of(node.func) in ("__import__", "import_module"):
            found |= {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
    return found


def name_of(node: ast.expr) -> str:
    """The last name of what is called."""
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


def packages_of(module: str) -> set[str]:
    """The first words of what a module imports."""
    return {name.partition(".")[0] for name in imported(module)}


def documented(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, bool]]:
    """Every public name of a module or class, and whether it has a docstring."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | Function) and not child.name.startswith("_"):
            overload = any(name_of(one) == "overload" for one in child.decorator_list)
            yield f"{prefix}{child.name}", overload or bool(ast.get_docstring(child))
            if isinstance(child, ast.ClassDef):
                yield from documented(child, f"{child.name}.")


EVERY = modules(*PRODUCT)
LIBRARY = modules("smtp_exposure")


def test_finds_the_modules_that_it_judges() -> None:
    assert len(LIBRARY) > 20
    assert {path.partition("/")[0] for path in EVERY} >= {"smtp_exposure", "fixtures", "lab"}
    assert "smtp_exposure/gateways/run_folder.py" in LIBRARY


@pytest.mark.parametrize("module", [one for one in LIBRARY if "/gateways/" not in one])
def test_only_gateways_do_input_and_output(module: str) -> None:
    assert packages_of(module) & INPUT_AND_OUTPUT == set()


@pytest.mark.parametrize("module", modules("fixtures", "tests_internal", "tests_external"))
def test_fixtures_and_checks_do_no_input_and_output_of_their_own(module: str) -> None:
    assert packages_of(module) & INPUT_AND_OUTPUT == set()


@pytest.mark.parametrize("module", [one for one in LIBRARY if one != "smtp_exposure/checklist.py"])
def test_only_the_checklist_imports_pytest(module: str) -> None:
    assert packages_of(module) & {"pytest", "_pytest"} == set()


@pytest.mark.parametrize("module", modules("lab"))
def test_the_lab_never_imports_the_library(module: str) -> None:
    assert packages_of(module) & {"smtp_exposure", "fixtures", "selftests"} == set()


@pytest.mark.parametrize("module", LIBRARY)
def test_the_library_imports_nothing_that_stands_above_it(module: str) -> None:
    above = {"lab", "fixtures", "selftests", "tests_internal", "tests_external", "conftest"}
    assert packages_of(module) & above == set()


def test_sees_an_import_wherever_it_stands() -> None:
    assert "lab" in imported("fixtures/exchange.py")
    assert {"socket", "pytest"} <= packages_of("selftests/conftest.py")


def test_no_file_names_a_path_of_the_machine_that_it_was_written_on() -> None:
    # Put together here, so that this file does not name one itself.
    roots = [f"/{word}/".encode() for word in ("work", "root", "farm", "home/user")]
    guilty = [
        name for name in tracked() if any(root in (ROOT / name).read_bytes() for root in roots)
    ]
    assert guilty == []


@pytest.mark.parametrize("module", [*EVERY, "conftest.py"])
def test_a_module_has_at_most_250_lines_and_a_function_30(module: str) -> None:
    lines = len((ROOT / module).read_text(encoding="utf-8").splitlines())
    long = {
        node.name: length
        for node in ast.walk(tree(module))
        if isinstance(node, Function) and (length := (node.end_lineno or 0) - node.lineno + 1) > 30
    }
    assert (max(lines, 250), long) == (250, {})


def test_the_wiring_has_at_most_150_lines() -> None:
    assert len((ROOT / "conftest.py").read_text(encoding="utf-8").splitlines()) < 150


@pytest.mark.parametrize("module", [*EVERY, "conftest.py"])
def test_every_module_and_public_name_has_a_docstring(module: str) -> None:
    parsed = tree(module)
    assert ast.get_docstring(parsed), "the module"
    assert [name for name, has_one in documented(parsed) if not has_one] == []


@pytest.mark.parametrize("module", [*EVERY, *modules("selftests")])
def test_no_module_is_named_like_one_of_the_standard_library_or_a_dependency(module: str) -> None:
    words = {PurePosixPath(module).stem, PurePosixPath(module).parent.name}
    taken = set(sys.stdlib_module_names) | DEPENDENCIES | VAGUE
    assert words & (taken - {"__future__", "this"}) == set()


@pytest.mark.parametrize("module", modules("tests_internal", "tests_external"))
def test_a_file_of_checks_is_named_by_step_and_topic(module: str) -> None:
    _, step, topic = PurePosixPath(module).stem.split("_", 2)
    assert (len(step), step.isdigit(), bool(topic)) == (2, True, True)


@pytest.mark.parametrize("name", ["smtp_exposure", "lab"])
def test_only_the_wiring_may_start_with_an_effect(name: str) -> None:
    # What is collected or imported must not print, read or connect: only definitions at the top.
    kinds = (ast.Expr, ast.For, ast.While, ast.With, ast.Try)
    found = {
        f"{module}:{node.lineno}"
        for module in modules(name)
        for node in tree(module).body
        if isinstance(node, kinds) and not isinstance(getattr(node, "value", None), ast.Constant)
    }
    assert {one for one in found if "__main__" not in one} == set()
