"""From where somebody comes is what the connection says, or a proxy that we trust; never what they say themselves."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.middleware.client_address import ClientAddress, address_of, is_in, read_address, subject_of

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:aaaa::/48")]


async def found(peer: str | None, *forwarded: str, trusted: Any = PROXIES) -> str:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(str(address_of(scope)))

    headers = [(b"x-forwarded-for", one.encode("latin-1")) for one in forwarded]
    scope = {"type": "http", "client": (peer, 1) if peer else None, "headers": headers}
    await ClientAddress(app, trusted)(scope, None, None)  # type: ignore[arg-type] # neither is used
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.1", [], "203.0.113.1"),
        ("203.0.113.1", ["198.51.100.7"], "203.0.113.1"),  # whoever sends this is no proxy of ours
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["8.8.8.8, 198.51.100.7"], "198.51.100.7"),  # the first was sent by the client
        ("10.0.0.1", ["8.8.8.8", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7, 10.0.0.2"], "198.51.100.7"),  # through two proxies
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["8.8.8.8, rubbish, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["rubbish"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7:4711"], "198.51.100.7"),
        ("10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("2001:db8:aaaa::1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        (None, ["198.51.100.7"], "None"),
        ("testclient", ["198.51.100.7"], "None"),
    ],
)
async def test_the_last_address_that_is_no_proxy_of_ours(peer: str | None, forwarded: list[str], address: str) -> None:
    assert address == await found(peer, *forwarded)


@given(st.lists(st.text(max_size=40).filter(lambda text: text.isascii()), max_size=4))
async def test_without_trusted_proxies_no_header_changes_anything(forwarded: list[str]) -> None:
    assert "203.0.113.1" == await found("203.0.113.1", *forwarded, trusted=())


@given(st.text(max_size=60).filter(str.isascii))
async def test_what_a_client_sends_before_the_proxys_word_changes_nothing(sent: str) -> None:
    assert "198.51.100.7" == await found("10.0.0.1", f"{sent}, 198.51.100.7")


def test_a_household_is_one_subject() -> None:
    assert "203.0.113.1" == subject_of(read_address("203.0.113.1"))
    one, other, neighbour = (
        subject_of(ip_address(text)) for text in ("2001:db8:1:2::3", "2001:db8:1:2:ffff::4", "2001:db8:1:3::3")
    )
    assert one == other != neighbour


def test_only_addresses_of_its_kind_are_in_a_network() -> None:
    assert is_in(ip_address("10.1.2.3"), PROXIES)
    assert not is_in(ip_address("11.1.2.3"), PROXIES)
    assert not is_in(ip_address("2001:db8::1"), PROXIES)
    assert not is_in(None, [ip_network("0.0.0.0/0"), ip_network("::/0")])


async def test_an_operator_who_forgot_to_name_the_proxy_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None: ...

    middleware = ClientAddress(app, [])
    for peer in ("8.8.8.8", "172.18.0.1", "172.18.0.1"):
        scope = {"type": "http", "client": (peer, 1), "headers": [(b"x-forwarded-for", b"198.51.100.7")]}
        await middleware(scope, None, None)  # type: ignore[arg-type]
    told = [record.getMessage() for record in caplog.records]
    assert 1 == len(told)
    assert "172.18.0.1" in told[0] and "SLOTKEEPER_TRUSTED_PROXIES" in told[0] and "198" not in told[0]
