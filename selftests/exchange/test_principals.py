"""Whom an entry is about: names in every language, and SIDs."""

# ruff: noqa: RUF001 - other scripts on purpose

import pytest

from selftests.exchange.builders import ANONYMOUS
from smtp_exposure.exchange.permissions import Principal, principal

USERS = r"NT AUTHORITY\Authenticated Users"


@pytest.mark.parametrize(
    "user",
    [
        *(ANONYMOUS, "nt authority\\anonymous logon", "NT-AUTORITÄT\\ANONYMOUS-ANMELDUNG"),
        *("AUTORITE NT\\ANONYMOUS LOGON", "NT AUTHORITY\\INICIO DE SESIÓN ANÓNIMO"),
        *("NT AUTHORITY\\ACCESSO ANONIMO", "AUTORIDADE NT\\LOGON ANÔNIMO", "S-1-5-7", " S-1-5-7 "),
        *("NT AUTHORITY\\АНОНИМНЫЙ ВХОД", "ZARZĄDZANIE NT\\LOGOWANIE ANONIMOWE"),
        *("NT INSTANS\\ANONYM INLOGGNING", "NT-MYNDIGHED\\ANONYMT LOGON", "ANONYMOUS LOGON"),
        *("NT AUTHORITY\\NÉVTELEN BEJELENTKEZÉS", "NT YETKİSİ\\ANONİM OTURUM AÇMA"),
    ],
)
def test_knows_anonymous_in_every_language(user: str) -> None:
    assert principal(user) is Principal.ANONYMOUS


@pytest.mark.parametrize(
    "user",
    [
        *("Everyone", "EVERYONE", "\\Everyone", "Jeder", "Tout le monde", "Todos", "Tutti", "Все"),
        *("Iedereen", "Alla", "Wszyscy", "Mindenki", "Herkes", "S-1-1-0"),
    ],
)
def test_knows_everyone_in_every_language(user: str) -> None:
    assert principal(user) is Principal.EVERYONE


@pytest.mark.parametrize(
    "user",
    [
        *(r"CORP\anonymous-scan", r"CORP\ANONYMOUS LOGON", r"CORP\Everyone", r"CORP\Anonymous"),
        *(r"GIANT\anonymous", r"NTDOM\anonymous", r"CORP\NT anonymous", "", "S-1-5-11", "S-1-5-70"),
        *("S-1-5-21-1-2-3-7", USERS, r"NT AUTHORITY\SYSTEM", r"NT AUTHORITY\NETWORK SERVICE"),
        *(r"MS Exchange\Partner Servers", r"CORP\Exchange Servers", "Everyone Else", "S-1-5-7-1"),
        *(r"BUILTIN\Administrators", "anonymous@corp.example\\x", "S-1-1-00"),
    ],
)
def test_knows_that_others_signed_in(user: str) -> None:
    assert principal(user) is Principal.OTHER


@pytest.mark.parametrize(
    ("user", "sid", "who"),
    [
        (r"CORP\strange", "S-1-5-7", Principal.ANONYMOUS),
        (r"NT AUTHORITY\UNREADABLE", "S-1-1-0", Principal.EVERYONE),
        ("anonymous", "S-1-5-21-1-2-3-1107", Principal.OTHER),
        ("Everyone", "S-1-5-21-1-2-3-1108", Principal.OTHER),
        (ANONYMOUS, "", Principal.ANONYMOUS),
    ],
)
def test_the_sid_decides_where_it_is_known(user: str, sid: str, who: Principal) -> None:
    assert principal(user, sid) is who
