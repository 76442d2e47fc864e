"""Fetching an MTA-STS policy over HTTPS that is really verified."""

import asyncio
from pathlib import Path

import pytest

from selftests.gateways.stage import Stage, server_context
from selftests.gateways.zones import Table, Zone
from selftests.smtp.authorities import make
from smtp_exposure.gateways.policy_file import fetch_policy
from smtp_exposure.gateways.resolver import Resolver
from smtp_exposure.records.mail_domains import PolicyFile
from smtp_exposure.records.tls_policies import parse_sts_policy
from smtp_exposure.smtp.request import ProbeRequest

AUTHORITY = make("Web root", authority=True)
HOST = make("web", AUTHORITY, names=("mta-sts.corp.example",))
POLICY = "version: STSv1\nmode: enforce\nmx: mail.corp.example\nmax_age: 86400\n"
TABLE: Table = {("mta-sts.corp.example", "A"): ("203.0.113.44",)}


@pytest.fixture
def web_ca(tmp_path: Path) -> str:
    path = tmp_path / "web-ca.pem"
    path.write_bytes(AUTHORITY.pem)
    return str(path)


def fetch(stage: Stage, folder: Path, status: str, ca_file: str | None) -> PolicyFile:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\n\r\n{POLICY}".encode())
        await writer.drain()

    port = stage.serve(answer, context=server_context(folder, HOST))
    redirects = {("203.0.113.44", 443): ("127.0.0.1", port)}
    request = ProbeRequest(ca_file=ca_file)
    server = Zone(TABLE).serve(stage)

    async def fetching() -> PolicyFile:
        return await fetch_policy("corp.example", Resolver(server), request, redirects)

    return asyncio.run(fetching())


def test_fetches_the_text(stage: Stage, tmp_path: Path, web_ca: str) -> None:
    found = fetch(stage, tmp_path, "200 OK", web_ca)
    assert found.problem is None
    assert parse_sts_policy(found.text or "").covers("mail.corp.example")


def test_a_redirect_is_no_policy(stage: Stage, tmp_path: Path, web_ca: str) -> None:
    found = fetch(stage, tmp_path, "301 Moved", web_ca)
    assert (found.text, found.problem) == (None, "HTTP/1.1 301 Moved")


def test_an_untrusted_server_is_a_problem(stage: Stage, tmp_path: Path) -> None:
    found = fetch(stage, tmp_path, "200 OK", None)
    assert found.text is None
    assert found.problem
