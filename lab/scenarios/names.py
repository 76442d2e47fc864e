"""Step 4: the names that the Internet connector gives itself."""

from lab.scenario import scenario
from lab.scenarios.compliant import with_internet_connector
from lab.state import Organization

MAIL_HOST_PROFILE = """\
[names]
mail_host = "mail.corp.example"
"""


@scenario(
    profile=MAIL_HOST_PROFILE,
    deviates="INT-04-1 INT-05-3 EXT-04-1 EXT-04-2",
)
def fqdn_mismatch() -> Organization:
    """The Internet connector still has the server's own FQDN, which its certificate lacks."""
    return with_internet_connector(fqdn="ex01.corp.example")


@scenario(profile=MAIL_HOST_PROFILE, compliant="INT-04-1", deviates="INT-04-2 EXT-04-1")
def banner_mismatch() -> Organization:
    """A Banner overrides the right Fqdn and announces the server's internal name."""
    return with_internet_connector(banner="220 ex01.corp.example ESMTP ready")


@scenario(profile=MAIL_HOST_PROFILE, compliant="INT-04-1")
def stig_banner() -> Organization:
    """The Banner is the STIG's fixed text, which names no host: a note."""
    return with_internet_connector(banner="220 SMTP Server Ready")
