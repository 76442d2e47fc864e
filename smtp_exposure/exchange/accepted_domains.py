"""What an accepted domain holds (facts sheet, 4.4)."""

from smtp_exposure.errors import MissingEvidence
from smtp_exposure.exchange.inventory import AcceptedDomain


def is_wildcard(domain: AcceptedDomain) -> bool:
    """Tell whether it holds every domain, or all of a top-level domain (facts sheet, 4.2)."""
    name = domain.domain_name.strip().lower().rstrip(".")
    if name == "*":
        return True
    rest = name.removeprefix("*.")
    return "." not in rest and (rest != name or _matches_subdomains(domain))


def accepts(domain: AcceptedDomain, name: str) -> bool:
    """Tell whether mail for a domain name is accepted."""
    own = domain.domain_name.strip().lower().rstrip(".")
    wanted = name.strip().lower().rstrip(".")
    rest = own.removeprefix("*.")
    if own == "*" or wanted == rest:
        return True
    return wanted.endswith("." + rest) and (rest != own or _matches_subdomains(domain))


def _matches_subdomains(domain: AcceptedDomain) -> bool:
    try:
        return domain.match_sub_domains
    except MissingEvidence:
        return False  # the property is newer than some exports; the name's `*.` says the same
