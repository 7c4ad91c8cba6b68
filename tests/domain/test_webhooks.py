"""What is told outside, and where to: names, addresses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

import pytest

import store
from domain.bookings import BookingStatus
from domain.webhooks import BY_HAND, EVENT_TYPES, PUBLIC_NAMES, Delivery, check_url, may_connect, public_name

ROOT = Path(str(store.__file__)).parent.parent


def kinds_in(source: str) -> Iterator[str]:
    """The kinds that are told in this module, as far as they are written out: `tell`'s fourth argument, and every `kind=`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        told = [node.args[3]] if name == "tell" and len(node.args) > 3 else []
        told += [keyword.value for keyword in node.keywords if keyword.arg == "kind"]
        yield from (str(one.value) for one in told if isinstance(one, ast.Constant))


# Told on the timeline and to nobody else: how we work, not what became of the booking.
OURS = {
    "rules_overridden", "not_held", "hold_lapsed", "claim_secured", "calendar_written", "calendar_deleted", "trouble",
    "payment_opened",
    "charge_requested", "refund_pending", "move_overridden", "time_reserved", "time_given_back",
    "operation", "settled_by_hand",
}  # fmt: skip


def test_every_kind_on_the_timeline_has_a_public_name_or_is_our_own_business() -> None:
    """Whoever tells something new says here whether businesses hear of it."""
    modules = [*ROOT.glob("store/*.py"), *ROOT.glob("activities/*.py")]
    kinds = {kind for module in modules for kind in kinds_in(module.read_text())}
    assert {"held", "trouble", "rules_overridden"} <= kinds
    assert set() == kinds - set(PUBLIC_NAMES) - OURS
    assert set() == OURS & set(PUBLIC_NAMES)


def test_every_status_is_told() -> None:
    assert {f"booking.{status}" for status in BookingStatus if status is not BookingStatus.PENDING} <= set(EVENT_TYPES)


def test_a_reminder_is_told_as_one() -> None:
    assert "reminder.sent" == public_name("notification_sent", {"message": "reminder-60", "channel": "sms"})
    assert "message.sent" == public_name("notification_sent", {"message": "confirmation", "channel": "sms"})
    assert public_name("claim_secured", {}) is None


def test_money_that_people_gave_back_is_told_as_money_given_back() -> None:
    assert "payment.refunded" == public_name("settled_by_hand", {"step": "refund:cancel/0", "done": "refunded"})
    assert "payment.voided" == public_name("settled_by_hand", {"step": "void-payment", "done": "voided"})
    assert public_name("settled_by_hand", {"step": "refund:cancel/0", "done": "not_needed"}) is None
    assert public_name("settled_by_hand", {"step": "delete-calendar-event", "done": "deleted"}) is None
    assert set(BY_HAND.values()) <= set(EVENT_TYPES)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104
        "255.255.255.255", "192.0.2.1", "240.0.0.1", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::",
    ],
)  # fmt: skip
def test_no_address_inside_is_connected_to(address: str) -> None:
    assert not may_connect(ip_address(address), may_be_local=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_on_the_internet_are_connected_to(address: str) -> None:
    assert may_connect(ip_address(address), may_be_local=False)


def test_in_development_only_this_machine_is_added() -> None:
    assert may_connect(ip_address("127.0.0.1"), may_be_local=True)
    assert may_connect(ip_address("::1"), may_be_local=True)
    assert not may_connect(ip_address("192.168.1.1"), may_be_local=True)
    assert not may_connect(ip_address("169.254.169.254"), may_be_local=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://salon.example/hooks", "ftp://salon.example", "salon.example", "https://", "https:///hooks", "",
        "https://a b.example",
        "https://user:secret@salon.example", "https://salon.example/#part", "https://salon.example:0/", "https://salon.example:70000/",
        "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/", "https://169.254.169.254/latest", "https://localhost/",
        "https://sälon.example/", "https://salon.example/\n", "https://[::1", "http://localhost:8000/", "http://127.0.0.1/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ValueError):
        check_url(url, may_be_local=False)


@pytest.mark.parametrize("url", ["https://salon.example/hooks?a=b", "https://salon.example:8443/", "https://8.8.8.8/"])
def test_addresses_that_are_taken(url: str) -> None:
    check_url(url, may_be_local=False)
    check_url(url, may_be_local=True)


def test_in_development_this_machine_may_be_reached_in_plain_text() -> None:
    check_url("http://127.0.0.1:8100/receiver/demo", may_be_local=True)
    check_url("http://localhost:8100/", may_be_local=True)
    check_url("https://[::1]/", may_be_local=True)
    for url in ("http://salon.example/", "https://192.168.1.1/", "http://192.168.1.1/"):
        with pytest.raises(ValueError):
            check_url(url, may_be_local=True)


def test_each_round_of_a_delivery_has_a_workflow_of_its_own() -> None:
    event, endpoint = uuid4(), uuid4()
    ids = [Delivery(uuid4(), uuid4(), event, endpoint, number).workflow_id for number in range(2)]
    assert [f"webhook-{event}-{endpoint}", f"webhook-{event}-{endpoint}-1"] == ids


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "169.254.170.2"),
        *("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::", "::a9fe:a9fe"),
    ],
)
@pytest.mark.parametrize("may_be_local", [True, False])
def test_no_clouds_metadata_is_ever_posted_to(address: str, may_be_local: bool) -> None:
    assert not may_connect(ip_address(address), may_be_local=may_be_local)
