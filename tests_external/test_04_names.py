"""Step 4: the server calls itself by the name that leads to it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from smtp_exposure.checklist import Target, check, examine_addresses
from smtp_exposure.errors import CannotLook, Undecided
from smtp_exposure.records.mail_exchangers import bare_name
from smtp_exposure.smtp.approach import Approach
from smtp_exposure.smtp.conversations import Conversation
from smtp_exposure.smtp.evidence import AddressProbe
from smtp_exposure.smtp.phases import Phase
from smtp_exposure.verdicts import Finding, Level, Severity


class Name(NamedTuple):
    """What a server calls itself; no host for a text that names none."""

    host: str | None
    is_masked: bool = False


NAMELESS = Name(None)


@check(
    "EXT-04-1",
    step=4,
    severity=Severity.MEDIUM,
    target=Target.MAIL_DOMAIN,
    fix="""
    It is the Banner of the connector that answered, or its Fqdn: INT-04-2 and INT-04-1 have the
    commands. Where EXT-03-1 or EXT-07-3 deviates, the wrong connector answered: mend that first.
    """,
)
def test_the_greeting_names_the_mail_host(approach: Approach) -> Iterator[Finding]:
    """The greeting names one of the domain's mail hosts that lead to this address.

    Receivers compare names, and a server's own name tells strangers what the inside is called.
    """

    def name_of(talk: Conversation) -> Name | None:
        greeting = talk.greeting
        return Name(greeting.host, is_masked=greeting.masked) if greeting else None

    yield from _named(approach, "the greeting", name_of)


@check(
    "EXT-04-2",
    step=4,
    severity=Severity.MEDIUM,
    target=Target.MAIL_DOMAIN,
    fix="""
    It is the Fqdn of the connector that answered: INT-04-1 has the command. Where EXT-03-1 or
    EXT-07-3 deviates, the wrong connector answered: mend that first.
    """,
)
def test_the_ehlo_reply_names_the_mail_host(approach: Approach) -> Iterator[Finding]:
    """The EHLO reply names one of the domain's mail hosts that lead to this address.

    A Banner may hide a wrong Fqdn in the greeting; this reply shows it all the same.
    """

    def name_of(talk: Conversation) -> Name | None:
        said = talk.capabilities(Phase.BEFORE_TLS)
        return Name(said.host) if said else None

    yield from _named(approach, "the EHLO reply", name_of)


def _named(
    approach: Approach, what: str, name_of: Callable[[Conversation], Name | None]
) -> Iterator[Finding]:
    def rule(probe: AddressProbe) -> Iterator[Finding]:
        wanted = approach.mail_hosts(probe)
        seen = dict.fromkeys(name_of(talk) for talk in approach.talks(probe))
        seen.pop(None, None)
        if not seen:
            raise Undecided(f"no {what.removeprefix('the ')} was seen")
        if set(seen) == {NAMELESS}:
            yield _nameless(approach.subject(probe), what)
        for host in (name.host for name in seen if name and name.host):
            if bare_name(host) not in wanted:
                yield Finding(
                    subject=approach.subject(probe),
                    observed=f"{what} names {host}",
                    expected=" or ".join(sorted(wanted)),
                )
        if any(name and name.is_masked for name in seen):
            raise Undecided(f"a device overwrote {what}")

    yield from examine_addresses(approach, rule)


def _nameless(subject: str, what: str) -> Finding:
    return Finding(
        subject=subject,
        observed=f"{what} names no host",
        expected="the mail host's name",
        detail="a fixed text is what the Exchange 2019 STIG asks for (V-259707)",
        level=Level.NOTE,
    )


@check(
    "EXT-04-3",
    step=4,
    severity=Severity.LOW,
    target=Target.MAIL_DOMAIN,
    fix="""
    Whoever lends the address, mostly the Internet provider, sets its reverse name: to the mail
    host's, of which an A or AAAA record leads back to the address.
    """,
)
def test_reverse_names_lead_back(approach: Approach) -> Iterator[Finding]:
    """The reverse DNS of each address leads back to it, and names the mail host.

    Many receivers refuse mail from a server whose address has no name of its own.
    """

    def rule(probe: AddressProbe) -> Iterator[Finding]:
        reverse = approach.evidence.reverse_of(probe.address)
        if reverse is None or not reverse.ptr.is_answered:
            state = reverse.ptr.state.value if reverse else "not asked"
            raise CannotLook(f"PTR of {probe.address}: {state}")
        wanted = approach.mail_hosts(probe)
        untold = [answer for answer in reverse.forward if not answer.is_answered]
        if untold and not set(reverse.confirmed) & wanted:
            raise CannotLook(f"{untold[0].kind.value} of {untold[0].name}: {untold[0].state.value}")
        if not set(reverse.confirmed) & wanted:
            names = ", ".join(reverse.ptr.values) or reverse.ptr.state.value
            led_back = ", ".join(reverse.confirmed) or "none"
            yield Finding(
                subject=approach.subject(probe),
                observed=f"PTR {names}; of these lead back: {led_back}",
                expected=" or ".join(sorted(wanted)),
            )

    yield from examine_addresses(approach, rule)
