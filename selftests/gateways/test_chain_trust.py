"""Chains of every sort, judged against an authority made for the test."""

from pathlib import Path

import pytest

from selftests.smtp.authorities import CLIENT_AUTH, NOW, SERVER_AUTH, Made, make
from smtp_exposure.errors import SettingsError
from smtp_exposure.gateways.chain_trust import TrustJudge
from smtp_exposure.smtp.certificates import TrustState

ROOT = make("Root", authority=True)
MIDDLE = make("Middle", ROOT, authority=True)
OTHER = make("Other", authority=True)
LEAF = make("mail", MIDDLE, names=("mail.corp.example",))
SELF = make("self", names=("mail.corp.example",))


@pytest.fixture
def judge(tmp_path: Path) -> TrustJudge:
    path = tmp_path / "ca.pem"
    path.write_bytes(ROOT.pem)
    return TrustJudge(str(path), system=False)


@pytest.mark.parametrize(
    ("chain", "state"),
    [
        ((LEAF, MIDDLE), TrustState.TRUSTED),
        ((LEAF, MIDDLE, ROOT), TrustState.TRUSTED),
        ((LEAF, OTHER, MIDDLE), TrustState.TRUSTED),
        ((make("cn.only", MIDDLE), MIDDLE), TrustState.TRUSTED),
        ((make("served", MIDDLE, purpose=SERVER_AUTH), MIDDLE), TrustState.TRUSTED),
        ((make("expired", MIDDLE, days=(-9, -3)), MIDDLE), TrustState.TRUSTED),
        ((make("early", MIDDLE, days=(3, 9)), MIDDLE), TrustState.TRUSTED),
        ((LEAF,), TrustState.INCOMPLETE),
        ((SELF,), TrustState.SELF_SIGNED),
        ((make("x", OTHER), OTHER), TrustState.UNTRUSTED_ROOT),
        ((make("x", make("Root", authority=True)),), TrustState.REFUSED),
        ((make("x", LEAF), LEAF, MIDDLE), TrustState.REFUSED),
        ((make("x", MIDDLE, purpose=CLIENT_AUTH), MIDDLE), TrustState.REFUSED),
    ],
)
def test_tells_chains_apart(judge: TrustJudge, chain: tuple[Made, ...], state: TrustState) -> None:
    assert judge.judge(tuple(made.der for made in chain), NOW).state is state


def test_an_issuer_that_is_no_authority_is_refused(judge: TrustJudge) -> None:
    middle = make("No authority", ROOT, authority=False)
    leaf = make("x", middle)
    assert judge.judge((leaf.der, middle.der), NOW).state is TrustState.REFUSED


def test_unreadable_certificates_and_an_empty_store_are_no_verdict(judge: TrustJudge) -> None:
    assert judge.judge((b"junk",), NOW).state is TrustState.UNREADABLE
    assert judge.judge((), NOW).state is TrustState.UNREADABLE
    assert TrustJudge(system=False).judge((LEAF.der,), NOW).state is TrustState.NO_STORE


def test_the_machine_has_a_store_of_its_own() -> None:
    assert TrustJudge().judge((SELF.der,), NOW).state in (
        TrustState.SELF_SIGNED,
        TrustState.NO_STORE,
    )


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_bad_ca_file_names_its_option(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match="--ca-file="):
        TrustJudge(str(path)).check()
    with pytest.raises(SettingsError, match="--ca-file="):
        TrustJudge(str(path)).judge((SELF.der,), NOW)
