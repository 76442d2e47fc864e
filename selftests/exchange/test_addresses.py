"""Ranges in every notation, and bindings."""

# ruff: noqa: S104, RUF001 - addresses are data here, and some are misspelt on purpose

from ipaddress import IPv4Network, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_exposure.exchange.addresses import (
    Binding,
    Family,
    Interval,
    parse_address,
    parse_binding,
    parse_range,
    parse_ranges,
)

V4, V6 = Family.IPV4, Family.IPV6
LAST4, LAST6 = 2**32 - 1, 2**128 - 1


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("192.168.1.75", "192.168.1.75", "192.168.1.75"),
        ("0.0.0.0", "0.0.0.0", "0.0.0.0"),
        ("255.255.255.255", "255.255.255.255", "255.255.255.255"),
        ("2001:db8::5", "2001:db8::5", "2001:db8::5"),
        ("2001:0DB8::CD3", "2001:db8::cd3", "2001:db8::cd3"),
        ("2001:0db8:0000:0000:0000:0000:0000:0005", "2001:db8::5", "2001:db8::5"),
        ("fe80::39bd:88f7:6969:d223%11", "fe80::39bd:88f7:6969:d223", "fe80::39bd:88f7:6969:d223"),
        ("::", "::", "::"),
        ("::ffff:10.1.2.3", "::ffff:a01:203", "::ffff:a01:203"),
        ("10.0.0.1-10.0.0.99", "10.0.0.1", "10.0.0.99"),
        ("10.0.0.1-10.0.0.1", "10.0.0.1", "10.0.0.1"),
        (" 10.0.0.1 - 10.0.0.99 ", "10.0.0.1", "10.0.0.99"),
        ("0.0.0.0-255.255.255.255", "0.0.0.0", "255.255.255.255"),
        ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::", "ffff:" * 7 + "ffff"),
        ("::-FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF", "::", "ffff:" * 7 + "ffff"),
        ("fe80::1%13-fe80::ff%13", "fe80::1", "fe80::ff"),
        ("10.0.0.0/8", "10.0.0.0", "10.255.255.255"),
        ("192.168.1.1/24", "192.168.1.0", "192.168.1.255"),
        ("172.160.0.0/12", "172.160.0.0", "172.175.255.255"),
        ("10.1.2.3/32", "10.1.2.3", "10.1.2.3"),
        ("10.1.2.3/0", "0.0.0.0", "255.255.255.255"),
        ("2001:0DB8::CD3/60", "2001:db8::", "2001:db8:0:f:ffff:ffff:ffff:ffff"),
        ("fe80::1%13/64", "fe80::", "fe80::ffff:ffff:ffff:ffff"),
        ("::/0", "::", "ffff:" * 7 + "ffff"),
        ("2001:db8::5/128", "2001:db8::5", "2001:db8::5"),
        ("192.168.1.0(255.255.255.0)", "192.168.1.0", "192.168.1.255"),
        ("192.168.1.77(255.255.255.0)", "192.168.1.0", "192.168.1.255"),
        ("10.0.0.0(255.255.255.255)", "10.0.0.0", "10.0.0.0"),
        ("0.0.0.0(0.0.0.0)", "0.0.0.0", "255.255.255.255"),
    ],
)
def test_reads_every_notation_of_a_range(text: str, low: str, high: str) -> None:
    interval = parse_range(text).interval
    first, last = ip_address(low), ip_address(high)
    assert (interval.family, interval.low, interval.high) == (first.version, int(first), int(last))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "...", "10.0.0.0...", "10.0.0.0/8...", "-", "/", "(", "garbage", "10.0.0", "*"),
        *("10.0.0.256", "010.0.0.1", "10.0.0.1.2", "::1::2", "1:2:3:4:5:6:7", "g::1", "12345::"),
        *("10.0.0.9-10.0.0.1", "2001:db8::9-2001:db8::1", "10.0.0.1-2001:db8::1", "::1-10.0.0.1"),
        *("10.0.0.1-", "-10.0.0.1", "10.0.0.1-10.0.0.2-10.0.0.3", "10.0.0.0-/8"),
        *("10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/8/8", "/8", "10.0.0.0/+8"),
        *("10.0.0.0/255.0.0.0", "10.0.0.0/eight", "10.0.0.0/8.0", "10.0.0.0/٨"),
        *("10.0.0.0(255.0.255.0)", "10.0.0.0(0.0.0.255)", "10.0.0.0(255.0.0.0", "10.0.0.0()"),
        *(
            "10.0.0.0(ffff::)",
            "::1(255.0.0.0)",
            "10.0.0.0(8)",
            "10.0.0.1%13",
            "[::1]",
            "10.0.0.1:25",
        ),
        *("10.0.0.1,10.0.0.2", "{10.0.0.1}", "10.0.0.1 10.0.0.2", "１０.0.0.1", "None"),
        "Microsoft.Exchange.Data.IPRange",
    ],
)
def test_refuses_what_is_no_range(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_range(text)


def test_refuses_a_list_that_was_cut_short() -> None:
    with pytest.raises(ValueError, match=r"\.\.\."):
        parse_ranges(["10.0.0.0/8", "..."])


def test_keeps_a_range_as_it_was_written() -> None:
    assert parse_range("192.168.1.1/24").text == "192.168.1.1/24"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("0.0.0.0/0", "0.0.0.0-255.255.255.255"),
        ("172.16.0.0/12", "172.16.0.0-172.31.255.255"),
        ("172.16.0.0/12", "172.16.0.0(255.240.0.0)"),
    ],
)
def test_reads_equal_ranges_as_equal_however_written(one: str, other: str) -> None:
    assert parse_range(one).interval == parse_range(other).interval


@given(st.integers(0, LAST4), st.integers(0, 32))
def test_reads_ipv4_networks_as_the_standard_library_does(number: int, length: int) -> None:
    network = IPv4Network((number, length), strict=False)
    address = V4.text(number)
    wanted = Interval(V4, int(network[0]), int(network[-1]))
    assert parse_range(f"{address}/{length}").interval == wanted
    assert parse_range(f"{address}({network.netmask})").interval == wanted


@given(st.integers(0, LAST6), st.integers(0, 128))
def test_reads_ipv6_networks_as_the_standard_library_does(number: int, length: int) -> None:
    network = IPv6Network((number, length), strict=False)
    text = f"{V6.text(number).upper()}/{length}"
    assert parse_range(text).interval == Interval(V6, int(network[0]), int(network[-1]))


@given(st.sampled_from(Family), st.data())
def test_notation_reads_back_as_the_same_interval(family: Family, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, family.last))
    size = data.draw(st.one_of(st.integers(0, family.last - low), st.just(low & -low or 1)))
    interval = Interval(family, low, min(family.last, low + max(size, 1) - 1))
    assert parse_range(interval.notation).interval == interval
    assert parse_range(str(interval)).interval == interval


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("10.0.0.0-10.255.255.255", "10.0.0.0/8"),
        ("10.0.0.0-10.255.255.254", "10.0.0.0-10.255.255.254"),
        ("10.0.0.1-10.0.0.2", "10.0.0.1-10.0.0.2"),
        ("10.0.0.2-10.0.0.3", "10.0.0.2/31"),
        ("10.0.0.7/32", "10.0.0.7"),
        ("0.0.0.0/0", "0.0.0.0-255.255.255.255"),
        ("::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("FC00::/7", "fc00::/7"),
    ],
)
def test_writes_networks_as_cidr_and_the_rest_as_low_high(text: str, notation: str) -> None:
    assert parse_range(text).interval.notation == notation


def test_size_counts_addresses_and_saturates_at_the_whole_of_ipv6() -> None:
    sizes = [
        parse_range(text).interval.size
        for text in ("::1", "0.0.0.0/0", "::/0", "::1-" + "f" * 4 + ":ffff" * 7)
    ]
    assert sizes == [1, 2**32, LAST6, LAST6]


@pytest.mark.parametrize(
    ("text", "binding"),
    [
        ("0.0.0.0:25", Binding(V4, None, 25)),
        ("[::]:25", Binding(V6, None, 25)),
        ("[0:0:0:0:0:0:0:0]:587", Binding(V6, None, 587)),
        ("192.0.2.10:25", Binding(V4, 0xC000020A, 25)),
        ("[2001:DB8::1]:25", Binding(V6, 0x20010DB8 << 96 | 1, 25)),
        ("[fe80::1%13]:25", Binding(V6, 0xFE80 << 112 | 1, 25)),
        (" 10.0.0.1:2525 ", Binding(V4, 0x0A000001, 2525)),
        ("0.0.0.0:65535", Binding(V4, None, 65535)),
    ],
)
def test_reads_bindings(text: str, binding: Binding) -> None:
    assert parse_binding(text) == binding


@pytest.mark.parametrize(
    "text",
    [
        *("", ":25", "25", "0.0.0.0", "0.0.0.0:", "0.0.0.0:smtp", "0.0.0.0:65536", "0.0.0.0:-1"),
        *("[::]", "[::]:", "::25", "::1:25", "[0.0.0.0]:25", "2001:db8::1:25", "[]:25", "*:25"),
        *("[::1:25", "::1]:25", "[[::1]]:25", "0.0.0.0:25,", "0.0.0.0:٢٥", "10.0.0.0/8:25"),
    ],
)
def test_refuses_what_is_no_binding(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_binding(text)


@pytest.mark.parametrize("text", ["0.0.0.0:25", "[::]:25", "192.0.2.10:587", "[2001:db8::1]:25"])
def test_writes_a_binding_as_exchange_does(text: str) -> None:
    assert str(parse_binding(text)) == text


@pytest.mark.parametrize("text", ["", "10.0.0.1/8", "10.0.0.1%1", "::1/64", "localhost"])
def test_refuses_what_is_no_single_address(text: str) -> None:
    with pytest.raises(ValueError, match="no IP address"):
        parse_address(text)
