"""Which connector should have answered, by Exchange's own rules, and whether it did.

Checklist, EXT-07-3; facts sheet, 3.1 (selection), 5.2 (what each connector offers) and 6.1 (which
certificate it presents).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from smtp_exposure.errors import ExposureError, MissingEvidence, Undecided
from smtp_exposure.exchange.addresses import parse_address
from smtp_exposure.exchange.connectors import SMTP_PORT, ReceiveConnector
from smtp_exposure.exchange.flags import AuthMechanism
from smtp_exposure.exchange.front_door import FrontDoor
from smtp_exposure.exchange.tls_certificate import Choice, presented
from smtp_exposure.records.mail_exchangers import bare_name
from smtp_exposure.smtp.conversations import Conversation
from smtp_exposure.smtp.ehlo import Capabilities
from smtp_exposure.smtp.greeting import Greeting
from smtp_exposure.smtp.phases import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one conversation showed of the server: `certificate` is the leaf's thumbprint."""

    said: Capabilities
    greeting: Greeting | None = None
    certificate: str | None = None


def shown_in(talks: Iterable[Conversation]) -> tuple[Shown, ...]:
    """What each conversation showed in which an EHLO was answered before TLS, each face once."""
    found = {
        Shown(
            said=said,
            greeting=talk.greeting,
            certificate=talk.tls.leaf.thumbprint if talk.tls and talk.tls.leaf else None,
        ): None
        for talk in talks
        if (said := talk.capabilities(Phase.BEFORE_TLS)) is not None
    }
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a connector shows a stranger. None, and no certificate: that can't be told.

    `certificates` are the thumbprints of those that may be presented.
    """

    identity: str
    name: str
    banner: str
    auth: frozenset[str]
    offers_starttls: bool | None
    offers_x_exps: bool
    size: int | None
    certificates: frozenset[str]

    def is_called(self, host: str | None) -> bool:
        """Tell whether a name is the predicted one; a connector without Fqdn may have any."""
        return bare_name(self.name) in (bare_name(host or ""), ".")

    def other_names(self, shown: Shown) -> Iterator[str]:
        """In what the answer is somebody else's: name, greeting, certificate."""
        if not self.is_called(shown.said.host):
            yield f"it is called {shown.said.host} (predicted: {self.name})"
        if shown.greeting is not None and not shown.greeting.masked:
            yield from self._other_greeting(shown.greeting)
        if shown.certificate and self.certificates and shown.certificate not in self.certificates:
            wanted = ", ".join(sorted(self.certificates))
            yield f"it presents {shown.certificate} (predicted: {wanted})"

    def _other_greeting(self, greeting: Greeting) -> Iterator[str]:
        """A Banner replaces the greeting; else it begins with the Fqdn (facts sheet, 2.5)."""
        said = greeting.text.removesuffix(greeting.date or "")
        said = said.removeprefix("220").strip(" -")
        if self.banner and not said.startswith(self.banner.splitlines()[0].strip()):
            yield f"the greeting is {said!r} (predicted: the Banner {self.banner!r})"
        elif not self.banner and not self.is_called(greeting.host):
            yield f"the greeting names {greeting.host or 'nobody'} (predicted: {self.name})"

    def other_offers(self, shown: Shown) -> Iterator[str]:
        """In what the EHLO reply before TLS offers more, or less."""
        said = shown.said
        if set(said.auth) != self.auth:
            there, wanted = " ".join(said.auth), " ".join(sorted(self.auth))
            yield f"it offers {_offer('AUTH', there)} (predicted: {_offer('AUTH', wanted)})"
        for word, wants in (("STARTTLS", self.offers_starttls), ("X-EXPS", self.offers_x_exps)):
            if wants is not None and said.has(word) != wants:
                offers, wanted = (word, f"no {word}") if said.has(word) else (f"no {word}", word)
                yield f"it offers {offers} (predicted: {wanted})"
        if None not in (self.size, said.size) and said.size != self.size:
            yield f"it offers SIZE {said.size} (predicted: SIZE {self.size})"

    def differences(self, shown: Shown) -> tuple[str, ...]:
        """In what an answer differs."""
        return (*self.other_names(shown), *self.other_offers(shown))


def _offer(word: str, arguments: str) -> str:
    return f"{word} {arguments}" if arguments else f"no {word}"


def nearest(predictions: Iterable[Prediction], shown: Shown) -> Prediction:
    """The prediction that an answer fits best."""
    return min(predictions, key=lambda item: len(item.differences(shown)))


def strangers_among(
    answers: Sequence[Shown], predictions: Iterable[Prediction]
) -> frozenset[Shown]:
    """The answers of nodes that were not predicted, where others on the address are predicted ones.

    A node is known by its name and, inside TLS, by its certificate.
    """
    predictions = tuple(predictions)
    names = {
        shown: any(item.is_called(shown.said.host) for item in predictions) for shown in answers
    }
    known = frozenset().union(*(item.certificates for item in predictions))
    proofs = {shown: shown.certificate in known for shown in answers if shown.certificate}
    found = {shown for shown in answers if any(names.values()) and not names[shown]}
    if any(proofs.values()):
        found |= {shown for shown, is_known in proofs.items() if not is_known}
    return frozenset(found)


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


def predict(
    front_doors: Iterable[FrontDoor], seen: IPv4Address | IPv6Address
) -> tuple[Prediction, ...]:
    """What each server would show an address.

    Raises Undecided where no server has a connector for it.
    """
    found = tuple(
        _prediction(front_door, connector)
        for front_door in front_doors
        for connector in predicted(front_door, seen)
    )
    if not found:
        raise Undecided(f"by the inside half no connector answers {seen}")
    return found


def _prediction(front_door: FrontDoor, connector: ReceiveConnector) -> Prediction:
    choice = _choice(front_door, connector)
    has_tls = AuthMechanism.TLS in connector.auth_mechanism
    return Prediction(
        identity=connector.identity,
        name=connector.fqdn or "",
        banner=connector.banner.strip().removeprefix("220").lstrip(" -"),
        auth=frozenset(_auth_tokens(connector)),
        offers_starttls=has_tls and _has_certificate(choice),
        offers_x_exps=AuthMechanism.EXCHANGE_SERVER in connector.auth_mechanism,
        size=_size(connector),
        certificates=_certificates(choice) if has_tls else frozenset(),
    )


def _choice(front_door: FrontDoor, connector: ReceiveConnector) -> Choice | None:
    """What the connector's search for a certificate finds; None where that can't be told."""
    try:
        certificates = front_door.server.certificates.read()
        return presented(connector, front_door.server, certificates, front_door.moment)
    except ExposureError:
        return None


def _has_certificate(choice: Choice | None) -> bool | None:
    """Whether there is one, and so STARTTLS is offered (facts sheet, 6.1); None if unknown."""
    if choice is None or (choice.best is None and choice.unread):
        return None
    return choice.best is not None


def _certificates(choice: Choice | None) -> frozenset[str]:
    """Any that the search finds may be presented: a new one waits for a restart."""
    if choice is None or choice.unread:
        return frozenset()
    return frozenset(item.thumbprint for item in choice.found)


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
