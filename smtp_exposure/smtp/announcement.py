"""What an outside look will contact, ask and send, in words, before it does (pure)."""

from collections.abc import Iterator

from smtp_exposure.smtp.plan import describe, plan_address
from smtp_exposure.smtp.request import MOST_ADDRESSES, DomainTarget, ProbeRequest

EXAMPLE = "probe-0123456789ab"
"""Stands for the random local part, which is made anew for each look."""


def describe_request(request: ProbeRequest) -> Iterator[str]:
    """The lines that --plan prints."""
    where = request.resolver or "the system's DNS servers"
    yield f"DNS, asked of {where}:"
    for target in request.domains:
        questions = "TXT _mta-sts" if target.hosts else "MX, TXT _mta-sts"
        yield f"  {target.domain}: {questions}"
    yield "  each mail host: A, AAAA, TLSA; each address: PTR, and where its names lead"
    yield "  the probe's own address: PTR"
    for target in request.domains:
        url = f"https://mta-sts.{target.domain}/.well-known/mta-sts.txt"
        yield f"HTTPS, only if _mta-sts announces a policy: GET {url}"
    if request.foreign_mx:
        yield f"  never probed: hosts under {', '.join(request.foreign_mx)}, and known filtering services"
    for entry in request.domains or (None,):
        yield from _of_target(request, entry)
    yield from _limits(request)
    yield "Never sent: DATA or BDAT, a user name, a password. A prompt to sign in is cancelled."


def _limits(request: ProbeRequest) -> Iterator[str]:
    if not request.is_compact():
        yield (
            f"Where that comes to more than {MOST_ADDRESSES} addresses, the questions share five conversations"
            " with each address, with at most three expected refusals in one."
        )
    limits = request.limits
    yield (
        f"Limits: {limits.at_once} conversations at once to one address, {limits.reply:.0f} s a reply,"
        f" {limits.conversation:.0f} s a conversation, {limits.run:.0f} s the whole look."
    )
    yield (
        f"Once more, after {limits.retry_pause:.0f} s: what is answered 4xx or 421, or cut off; at once and"
        " inside TLS: what is refused outside it."
    )


def _of_target(request: ProbeRequest, target: DomainTarget | None) -> Iterator[str]:
    hosts = (*target.hosts, *target.public_hosts) if target else request.hosts
    named = ", ".join(hosts) or "each host of its MX"
    yield f"{target.domain if target else 'mail hosts'}: each address of {named}:"
    plan = plan_address(request, (target,) if target else (), EXAMPLE)
    yield from (f"  {line}" for line in describe(plan, request.smtp_port))
