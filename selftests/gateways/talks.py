"""Plans and terms with which the tests hold single conversations."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from smtp_exposure.gateways.chain_trust import TrustJudge
from smtp_exposure.gateways.dialling import Dialled
from smtp_exposure.gateways.smtp_client import Terms, converse
from smtp_exposure.gateways.smtp_wire import Clock
from smtp_exposure.smtp.conversations import Conversation
from smtp_exposure.smtp.plan import AUTH_LOGIN, ConversationPlan, Layer, plan_address
from smtp_exposure.smtp.request import DomainTarget, Limits, ProbeRequest

CLEAR = ConversationPlan(name="auth-login-clear", layer=Layer.CLEAR, groups=((AUTH_LOGIN,),))
TLS = replace(CLEAR, name="auth-login-tls", layer=Layer.TLS)
OLD = ConversationPlan(name="old-tls", layer=Layer.OLD_TLS)
CORP = (DomainTarget(domain="corp.example"),)
PLAN = plan_address(ProbeRequest(compact=False), CORP, "probe-1")
COMPACT = plan_address(ProbeRequest(compact=True), CORP, "probe-1")
RELAY = next(item for item in PLAN.conversations if item.name == "relay-foreign")
PATIENT = Limits()
QUICK = Limits(reply=0.4, connect=0.4, conversation=5)
Talk = Callable[..., Conversation]


def _name(_own: str) -> asyncio.Future[str]:
    named: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    named.set_result("probe.example")
    return named


async def hold(plan: ConversationPlan, port: int, limits: Limits, ca_file: str) -> Conversation:
    terms = Terms(
        clock=Clock(),
        run_ends=asyncio.get_running_loop().time() + 30,
        limits=limits,
        judge=TrustJudge(ca_file, system=False),
        name_for=_name,
    )
    where = Dialled(address="127.0.0.1")
    return await converse(plan, where, port, terms, server_name="mail.corp.example")
