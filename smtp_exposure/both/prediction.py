"""Which connector should have answered, by Exchange's own rules, and whether it did.

Checklist, EXT-07-3; facts sheet, 3.1 (selection) and 5.2 (what each connector offers).
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from smtp_exposure.errors import ExposureError, MissingEvidence, Undecided
from smtp_exposure.exchange.addresses import parse_address
from smtp_exposure.exchange.connectors import SMTP_PORT, ReceiveConnector
from smtp_exposure.exchange.flags import AuthMechanism
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.tls_certificate import Choice, presented
from smtp_exposure.records.mail_exchangers import bare_name
from smtp_exposure.smtp.ehlo import Capabilities
from smtp_exposure.smtp.greeting import Greeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One server's predicted connector, and in what the answer differs from it."""

    connector: ReceiveConnector
    differences: tuple[str, ...]


def predicted(
    front_door: FrontDoor, seen: IPv4Address | IPv6Address
) -> tuple[ReceiveConnector, ...]:
    """The connectors that answer an address on port 25, over all local bindings of its family."""
    family, number = parse_address(str(seen))
    found: dict[ReceiveConnector, None] = {}
    for endpoint in front_door.endpoints(SMTP_PORT):
        for segment in endpoint.segments:
            interval = segment.interval
            if interval.family is family and interval.low <= number <= interval.high:
                found.update(dict.fromkeys(segment.winners))
    return tuple(found)


def compare(
    front_doors: Iterable[FrontDoor],
    seen: IPv4Address | IPv6Address,
    said: Capabilities,
    greeting: Greeting | None = None,
    thumbprints: Collection[str] = (),
) -> list[Comparison]:
    """Compare what was said before TLS with every server's prediction, best match first.

    `thumbprints` are those of the certificates that were presented, if any. Raises Undecided where no server has a connector for the address.
    """
    comparisons = [
        Comparison(
            connector=connector,
            differences=(
                *_differences(front_door, connector, said),
                *_other_greeting(connector, greeting),
                *_other_certificate(front_door, connector, thumbprints),
            ),
        )
        for front_door in front_doors
        for connector in predicted(front_door, seen)
    ]
    if not comparisons:
        raise Undecided(f"by the inside half no connector answers {seen}")
    return sorted(comparisons, key=lambda item: len(item.differences))


def _differences(
    front_door: FrontDoor, connector: ReceiveConnector, said: Capabilities
) -> Iterator[str]:
    host = bare_name(said.host or "")
    if bare_name(connector.fqdn or "") not in (host, "."):
        yield f"it is called {said.host}, not {connector.fqdn}"
    wanted = _auth_tokens(connector)
    if set(said.auth) != wanted:
        yield f"AUTH {' '.join(said.auth) or 'none'}, not {' '.join(sorted(wanted)) or 'none'}"
    needed = {
        "STARTTLS": _has_starttls(front_door, connector),
        "X-EXPS": AuthMechanism.EXCHANGE_SERVER in connector.auth_mechanism,
    }
    for word, is_needed in needed.items():
        if is_needed is not None and said.has(word) != is_needed:
            yield f"{word} is {'' if said.has(word) else 'not '}offered"
    size = _size(connector)
    if size is not None and said.size is not None and said.size != size:
        yield f"SIZE {said.size}, not {size}"


def _other_greeting(connector: ReceiveConnector, greeting: Greeting | None) -> Iterator[str]:
    """A Banner replaces the greeting; else it begins with the Fqdn (facts sheet, 2.5)."""
    if greeting is None or greeting.masked:
        return
    banner = connector.banner.strip().removeprefix("220").lstrip(" -")
    said = greeting.text.removeprefix("220").lstrip(" -")
    if banner and not said.startswith(banner.splitlines()[0].strip()):
        yield f"the greeting is {said!r}, not the Banner {banner!r}"
    elif not banner and bare_name(connector.fqdn) not in (bare_name(greeting.host or ""), "."):
        yield f"the greeting names {greeting.host}, not {connector.fqdn}"


def _other_certificate(
    front_door: FrontDoor, connector: ReceiveConnector, thumbprints: Collection[str]
) -> Iterator[str]:
    """Any that the connector's search finds may be presented: a new one waits for a restart."""
    choice = _choice(front_door, connector)
    if choice is None or choice.unread or not (choice.found and thumbprints):
        return
    fitting = {item.thumbprint for item in choice.found}
    if not fitting & set(thumbprints):
        yield f"it presents {', '.join(sorted(thumbprints))}, not {', '.join(sorted(fitting))}"


def _choice(front_door: FrontDoor, connector: ReceiveConnector) -> Choice | None:
    """The certificates that may be presented; None if unknown."""
    try:
        certificates = front_door.server.certificates.read()
        return presented(connector, front_door.server, certificates, front_door.moment)
    except ExposureError:
        return None


def _has_starttls(front_door: FrontDoor, connector: ReceiveConnector) -> bool | None:
    """Whether STARTTLS is offered: with Tls and a certificate (facts sheet, 6.1); None if unknown."""
    if AuthMechanism.TLS not in connector.auth_mechanism:
        return False
    choice = _choice(front_door, connector)
    if choice is None:
        return None
    return None if choice.best is None and choice.unread else choice.best is not None


def _auth_tokens(connector: ReceiveConnector) -> set[str]:
    """What the AUTH line offers before TLS (facts sheet, 5.2)."""
    mechanisms = connector.auth_mechanism
    tokens: set[str] = set()
    if AuthMechanism.INTEGRATED in mechanisms:
        tokens.add("NTLM")
        if "EnableAuthGSSAPI" in connector.properties and connector.enable_auth_gssapi:
            tokens.add("GSSAPI")
    basic = AuthMechanism.BASIC_AUTH in mechanisms
    if basic and AuthMechanism.BASIC_AUTH_REQUIRE_TLS not in mechanisms:
        tokens.add("LOGIN")
    return tokens


def _size(connector: ReceiveConnector) -> int | None:
    """MaxMessageSize in octets from `36 MB (37,748,736 bytes)`; separators follow the culture."""
    try:
        text = connector.max_message_size
    except MissingEvidence:
        return None
    match = re.search(r"\(([\d.,'\s\u00a0\u202f]+) ", text)
    return int(re.sub(r"\D", "", match[1])) if match else None
