"""What an outside look will contact, ask and send, in words, before it does (pure)."""

from collections.abc import Iterator

from smtp_exposure.smtp.plan import describe, plan_address
from smtp_exposure.smtp.request import DomainTarget, ProbeRequest

_EXAMPLE = "probe-0123456789ab"
"""Stands for the random local part, which is made anew for each look."""


def describe_request(request: ProbeRequest) -> Iterator[str]:
    """The lines that --plan prints."""
    where = request.resolver or "the system's DNS servers"
    yield f"DNS, asked of {where}:"
    for target in request.domains:
        questions = "TXT _mta-sts" if target.hosts else "MX, TXT _mta-sts"
        yield f"  {target.domain}: {questions}"
    yield "  each mail host: A, AAAA, TLSA; each address: PTR, and where its names lead"
    if request.foreign_mx:
        yield f"  never probed: hosts under {', '.join(request.foreign_mx)}, and known filtering services"
    for entry in request.domains or (None,):
        yield from _of_target(request, entry)
    limits = request.limits
    yield (
        f"Limits: {limits.at_once} conversations at once to one address, {limits.reply:.0f} s a reply,"
        f" {limits.conversation:.0f} s a conversation, {limits.run:.0f} s the whole look."
    )
    yield "Never sent: DATA or BDAT, a user name, a password. A prompt to sign in is cancelled."


def _of_target(request: ProbeRequest, target: DomainTarget | None) -> Iterator[str]:
    hosts = (*target.hosts, *target.public_hosts) if target else request.hosts
    named = ", ".join(hosts) or "each host of its MX"
    yield f"{target.domain if target else 'mail hosts'}: each address of {named}:"
    plan = plan_address(request, (target,) if target else (), _EXAMPLE)
    yield from (f"  {line}" for line in describe(plan, request.smtp_port))
