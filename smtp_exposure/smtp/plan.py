"""What is said to one address, as data: made and shown before anything is contacted.

Exchange delays each refusal by 5 s (facts sheet, 5.5). On one connection the delays add up, on
several they overlap: so each step that should be refused has a conversation of its own. A fleet,
and an address of many domains, get the compact plan instead, with at most three expected refusals
in a conversation, below Exchange's limit of five protocol errors.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from smtp_exposure.errors import SettingsError
from smtp_exposure.records.mail_exchangers import ascii_name
from smtp_exposure.smtp.commands import ForbiddenCommand, wire_form
from smtp_exposure.smtp.request import DomainTarget, ProbeRequest

# However many domains share an address, no more conversations than this are planned for it.
MAX_CONVERSATIONS = 48


class Purpose(Enum):
    """Why something is said, or waited for."""

    GREETING = "greeting"
    EHLO = "ehlo"
    HELO = "helo"
    STARTTLS = "starttls"
    AUTH_LOGIN = "auth-login"
    AUTH_NTLM = "auth-ntlm"
    CANCEL = "cancel"
    MAIL = "mail"
    RCPT_OWN = "rcpt-own"
    RCPT_RANDOM = "rcpt-random"
    RCPT_FOREIGN = "rcpt-foreign"
    RCPT_PERCENT = "rcpt-percent"
    RCPT_BANG = "rcpt-bang"
    RCPT_QUOTED = "rcpt-quoted"
    RCPT_INSIDE = "rcpt-inside-tls"
    RSET = "rset"
    QUIT = "quit"


class Layer(Enum):
    """On what a conversation's questions are asked."""

    CLEAR = "clear"
    TLS = "tls"
    OLD_TLS = "old-tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command line, and why it is sent. Refused at once if it may not be sent at all."""

    purpose: Purpose
    line: str

    def __post_init__(self) -> None:
        wire_form(self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationPlan:
    """One conversation: greeting, EHLO, TLS if the layer wants it, then groups of steps, QUIT.

    A group may be sent at once where PIPELINING is offered (RFC 2920, 3.1).
    """

    name: str
    layer: Layer
    groups: tuple[tuple[Step, ...], ...] = ()
    domain: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPlan:
    """Everything that is tried on one address."""

    conversations: tuple[ConversationPlan, ...]
    ports: tuple[int, ...]


AUTH_LOGIN = Step(purpose=Purpose.AUTH_LOGIN, line="AUTH LOGIN")
AUTH_NTLM = Step(purpose=Purpose.AUTH_NTLM, line="AUTH NTLM")
RSET = Step(purpose=Purpose.RSET, line="RSET")

_FORMS = {
    Purpose.RCPT_FOREIGN: "nobody@{foreign}",
    Purpose.RCPT_RANDOM: "{random}@{own}",
    Purpose.RCPT_PERCENT: "{random}%{foreign}@{own}",
    Purpose.RCPT_BANG: "{foreign}!{random}@{own}",
    Purpose.RCPT_QUOTED: '"{random}@{foreign}"@{own}',
}


def plan_address(
    request: ProbeRequest,
    domains: tuple[DomainTarget, ...],
    random_part: str,
    *,
    addresses: int = 0,
) -> AddressPlan:
    """Plan what is tried on an address that receives mail for these domains (perhaps none).

    `addresses` is how many there are in all, 0 before that is known.
    """
    shares = request.is_compact(addresses)
    conversations = () if shares else tuple(_wide(request, domains, random_part))
    if not 0 < len(conversations) <= MAX_CONVERSATIONS:
        *first, last = _compact(request, domains, random_part)
        conversations = (*first[: MAX_CONVERSATIONS - 1], last)
    return AddressPlan(conversations=conversations, ports=request.ports)


def _wide(
    request: ProbeRequest, domains: tuple[DomainTarget, ...], random_part: str
) -> Iterator[ConversationPlan]:
    for layer in (Layer.CLEAR, Layer.TLS):
        for step in (AUTH_LOGIN, AUTH_NTLM):
            name = f"{step.purpose.value}-{layer.value}"
            yield ConversationPlan(name=name, layer=layer, groups=((step,),))
    yield ConversationPlan(name="relay-inside-tls", layer=Layer.TLS, groups=_inside(request))
    for domain in domains or (None,):
        for purpose in _FORMS if domain else (Purpose.RCPT_FOREIGN,):
            yield _relay(request, domain, (purpose,), random_part)
    yield ConversationPlan(name="old-tls", layer=Layer.OLD_TLS)


def _compact(
    request: ProbeRequest, domains: tuple[DomainTarget, ...], random_part: str
) -> Iterator[ConversationPlan]:
    both = ((AUTH_LOGIN,), (AUTH_NTLM,))
    yield ConversationPlan(name="auth-clear", layer=Layer.CLEAR, groups=both)
    yield ConversationPlan(name="auth-tls", layer=Layer.TLS, groups=(*both, *_inside(request)))
    first, second, *others = _FORMS
    for domain in domains or (None,):
        controls = (first, second) if domain else (first,)
        yield _relay(request, domain, controls, random_part)
        if domain:
            yield _relay(request, domain, tuple(others), random_part)
    yield ConversationPlan(name="old-tls", layer=Layer.OLD_TLS)


def _inside(request: ProbeRequest) -> tuple[tuple[Step, ...], ...]:
    """Whoever came by TLS may be let through where nobody else is: the foreign recipient there."""
    recipient = _FORMS[Purpose.RCPT_FOREIGN].format(foreign=request.foreign_domain)
    return (
        (_sender(request),),
        (Step(purpose=Purpose.RCPT_INSIDE, line=f"RCPT TO:<{recipient}>"), RSET),
    )


def _sender(request: ProbeRequest) -> Step:
    return Step(purpose=Purpose.MAIL, line=f"MAIL FROM:{_bracketed(request.mail_from)}")


def _relay(
    request: ProbeRequest,
    domain: DomainTarget | None,
    purposes: tuple[Purpose, ...],
    random_part: str,
) -> ConversationPlan:
    own = ascii_name(domain.domain) if domain else ""
    # RFC 5321, 4.5.1: postmaster is accepted even without a domain.
    recipient = (domain.recipient or f"postmaster@{own}") if domain else "postmaster"
    words = {"own": own, "foreign": request.foreign_domain, "random": random_part}
    sender = _sender(request)
    # The own recipient is the control: it shows that this session takes mail at all. What follows
    # belongs to a message of its own: a second recipient may be refused for being the second
    # (of the null sender Exim's administrators and Postfix's reject_multi_recipient_bounce do so).
    control = (Step(purpose=Purpose.RCPT_OWN, line=f"RCPT TO:<{recipient}>"), RSET, sender)
    recipients = (
        *(
            Step(purpose=purpose, line=f"RCPT TO:<{_FORMS[purpose].format(**words)}>")
            for purpose in purposes
        ),
        RSET,
    )
    name = "relay-" + "-".join(purpose.value.removeprefix("rcpt-") for purpose in purposes)
    return ConversationPlan(
        name=name,
        layer=Layer.CLEAR,
        # Apart: after a refused MAIL each recipient would be one protocol error more.
        groups=((sender,), control, recipients),
        domain=domain.domain if domain else None,
    )


def check_request(request: ProbeRequest) -> None:
    """Refuse names that could never be sent. Raises SettingsError naming what must change."""
    lines = [
        ("--ehlo-name", f"EHLO {request.ehlo_name or 'probe.example'}"),
        ("--mail-from", f"MAIL FROM:{_bracketed(request.mail_from)}"),
        ("foreign_domain in the profile", f"RCPT TO:<x@{request.foreign_domain}>"),
    ]
    for target in request.domains:
        if _ascii_or_same(target.domain) == request.foreign_domain.lower():
            raise SettingsError(f"foreign_domain in the profile: {target.domain} is judged itself")
        recipient = target.recipient or "postmaster@x.example"
        lines.append(("recipient in the profile", f"RCPT TO:<{recipient}>"))
        lines.append((f"--domain={target.domain}", f"RCPT TO:<x@{_ascii_or_same(target.domain)}>"))
    for option, line in lines:
        try:
            wire_form(line)
        except ForbiddenCommand as problem:
            raise SettingsError(f"{option}: {problem}") from None


def _ascii_or_same(name: str) -> str:
    try:
        return ascii_name(name)
    except ValueError:
        return name


def _bracketed(address: str) -> str:
    return address if address.startswith("<") else f"<{address}>"


def describe(plan: AddressPlan, port: int = 25) -> tuple[str, ...]:
    """Give the lines that `--plan` prints for one address."""
    lines = [
        f"port {port}, {item.name}: greeting, EHLO{_TLS_WORDS[item.layer]}"
        + "".join(f", {step.line}" for group in item.groups for step in group)
        + ", QUIT"
        for item in plan.conversations
    ]
    ports = ", ".join(map(str, plan.ports))
    return (
        *lines,
        f"connect only: ports {ports}, and a random high port as control; a second time where"
        " nothing answers",
        "on ports 993 and 995 a TLS ClientHello is sent, on the others nothing",
    )


_TLS_WORDS = {
    Layer.CLEAR: "",
    Layer.TLS: ", STARTTLS, EHLO",
    Layer.OLD_TLS: ", STARTTLS with TLS 1.1 at most",
}
