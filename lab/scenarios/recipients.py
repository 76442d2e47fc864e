"""Step 6 from outside: other mail servers in front that relay, and a recipient that isn't there."""

from dataclasses import replace

from lab.scenario import scenario
from lab.scenarios.compliant import DOMAIN, compliant
from lab.scenarios.surroundings import behind_gateway
from lab.state import Organization


@scenario(deviates="EXT-06-1", not_assessed="EXT-07-1", jointly={"deviates": "EXT-07-3"})
def relay() -> Organization:
    """A mail server of another make stands in front, and relays for everybody."""
    return behind_gateway(compliant(), relays="everything")


@scenario(deviates="EXT-06-1", not_assessed="EXT-07-1", jointly={"deviates": "EXT-07-3"})
def relay_percent_hack() -> Organization:
    """A mail server of another make stands in front, and relays user%other@own."""
    return behind_gateway(compliant(), relays="percent")


@scenario(
    profile=f"""\
[probe]
recipient = "sales@{DOMAIN}"
""",
    deviates="EXT-06-2",
)
def recipient_unknown() -> Organization:
    """Recipients are looked up, and the profile's recipient isn't among them."""
    return replace(compliant(), recipients=(f"postmaster@{DOMAIN}",))
