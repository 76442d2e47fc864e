"""Flag enums from text, number, and both."""

from collections.abc import Callable, Mapping
from enum import Enum
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selftests.checks.exported import AUTH, GROUPS
from smtp_exposure.exchange.flags import (
    AUTH_NUMBERS,
    GROUP_NUMBERS,
    AuthMechanism,
    PermissionGroup,
    flags,
    names,
)
from smtp_exposure.exchange.objects import EnumValue, Value

auth: Callable[[Value], frozenset[AuthMechanism]] = flags(AUTH_NUMBERS)
groups: Callable[[Value], frozenset[PermissionGroup]] = flags(GROUP_NUMBERS)

SUBSETS = list(chain.from_iterable(combinations(AUTH, size) for size in range(1, 7)))


@pytest.mark.parametrize(("table", "numbers"), [(AUTH, AUTH_NUMBERS), (GROUPS, GROUP_NUMBERS)])
def test_knows_the_numbers_of_the_facts_sheet(
    table: dict[str, int], numbers: Mapping[int, Enum]
) -> None:
    assert {member.value: number for number, member in numbers.items()} == table


@pytest.mark.parametrize("chosen", SUBSETS, ids="+".join)
def test_reads_every_combination_from_text_and_from_number(chosen: tuple[str, ...]) -> None:
    wanted = {AuthMechanism(name) for name in chosen}
    number = sum(AUTH[name] for name in chosen)
    readings: list[Value] = [
        ", ".join(chosen),
        number,
        str(number),
        EnumValue(", ".join(chosen), number),
        chosen,
    ]
    assert [auth(value) for value in readings] == [wanted] * len(readings)


@given(
    st.permutations(list(GROUPS)), st.integers(1, 6), st.sampled_from([str.upper, str.lower, str])
)
def test_reads_members_in_any_order_and_case(
    order: list[str], count: int, recase: Callable[[str], str]
) -> None:
    chosen = order[:count]
    text = ",  ".join(recase(name) for name in chosen)
    assert {member.value for member in groups(text)} == set(chosen)


@pytest.mark.parametrize("value", ["None", "none", " None ", 0, "0", EnumValue("None", 0)])
def test_reads_no_flags_from_none(value: Value) -> None:
    assert auth(value) == frozenset()


@pytest.mark.parametrize(
    ("value", "member"),
    [("TLS", AuthMechanism.TLS), ("tls", AuthMechanism.TLS), (31, AuthMechanism.EXCHANGE_SERVER)],
)
def test_reads_the_spelling_of_the_documentation(value: Value, member: AuthMechanism) -> None:
    assert member in auth(value)


@pytest.mark.parametrize(
    "value",
    [
        *("Tls, Kerberos", "Login", "Tls;BasicAuth", "Tls,", ",", "", " ", "None, Tls", "Tls None"),
        *("AnonymousUsers", "-1", "64", "127", "1.0", "0x1", "²"),
        *(64, 128, -1, 2**40, 1.0, True, False, None, b"Tls"),
        *(("Tls", ("BasicAuth",)), ("Kerberos",), EnumValue("Kerberos", 1), EnumValue("", 1)),
    ],
)
def test_refuses_what_is_no_member(value: Value) -> None:
    with pytest.raises(ValueError, match=r".+"):
        auth(value)


@pytest.mark.parametrize(
    "value",
    [
        EnumValue("Tls", 3),
        EnumValue("Tls, Integrated", 1),
        EnumValue("None", 1),
        EnumValue("Tls", 0),
        EnumValue("Tls", 65),
        EnumValue("5", 3),
    ],
)
def test_refuses_text_and_number_that_disagree(value: EnumValue) -> None:
    with pytest.raises(ValueError, match=r"disagree|unknown"):
        auth(value)


def test_refuses_the_numbers_of_the_send_connectors_enum() -> None:
    # Facts sheet, 2.4: there BasicAuth is 2.
    with pytest.raises(ValueError, match="disagree"):
        auth(EnumValue("BasicAuth", 2))


@pytest.mark.parametrize(
    ("text", "number"), [("Custom", 16), ("Partners", 32), ("Custom", 64 - 32)]
)
def test_takes_the_text_where_the_numbers_are_unconfirmed(text: str, number: int) -> None:
    assert groups(EnumValue(text, number)) == {PermissionGroup(text)}


def test_an_unconfirmed_number_never_hides_a_confirmed_member() -> None:
    with pytest.raises(ValueError, match="disagree"):
        groups(EnumValue("Custom", 33))


@pytest.mark.parametrize("number", [16, 32, 48])
def test_an_unconfirmed_number_is_never_read_as_anonymous_alone(number: int) -> None:
    assert groups(1 | number) != {PermissionGroup.ANONYMOUS_USERS}


@given(st.sets(st.sampled_from(AuthMechanism)))
def test_writes_flags_as_exchange_does(members: set[AuthMechanism]) -> None:
    shown = names(frozenset(members))
    numbers = [AUTH[name] for name in shown.split(", ") if name != "None"]
    assert numbers == sorted(numbers)
    assert auth(shown) == members
