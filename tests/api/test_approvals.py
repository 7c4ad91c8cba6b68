"""Services that need the provider's yes, and how it is said."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.approvals import Decider, Verdict
from domain.bookings import BookingRef, BookingStatus
from domain.errors import BookingFailed, ChangeUnderWay, PaymentMethodUnsuitable
from domain.links import LinkPurpose, link_hash
from store import approvals, bookings
from store.links import make_link
from tests.api.shop import SERVICE, FakeCommands, Shop, problem
from tests.opening import words_of

NEEDED = {"approval": "required", "approval_hours": 12, "min_notice_minutes": 120}


async def held(shop: Shop, at: datetime, **service: Any) -> dict[str, Any]:
    service_id = await shop.service(**(NEEDED | service))
    answer = await shop.book(service_id, await shop.provider(service_id), at)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    booking: dict[str, Any] = answer.json()
    return booking


def ref_of(shop: Shop, booking: dict[str, Any]) -> BookingRef:
    return BookingRef(shop.business_id, UUID(booking["id"]))


async def waiting(shop: Shop, at: datetime) -> dict[str, Any]:
    """A booking as its workflow leaves it while the provider is asked."""
    booking = await held(shop, at)
    async with shop.pool.acquire() as connection, connection.transaction():
        move = {"key": "confirming:1", "kind": "confirming"}
        await bookings.move(connection, ref_of(shop, booking), BookingStatus.CONFIRMING, **move)
    await approvals.ask(shop.pool, ref_of(shop, booking), at - timedelta(hours=1))
    return booking


async def decide(shop: Shop, booking: dict[str, Any], verdict: str, credential: str, **body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {credential}"}
    return await shop.client.post(f"/api/v1/bookings/{booking['id']}/{verdict}", json=body, headers=headers)


async def link(shop: Shop, booking: dict[str, Any], purpose: LinkPurpose, lives: timedelta = timedelta(hours=1)) -> str:
    token = f"lk_{shop.business_id.hex}_{secrets.token_urlsafe(16)}"
    await make_link(shop.pool, ref_of(shop, booking), link_hash(token), "tests", datetime.now(UTC) + lives, purpose)
    return token


async def test_a_service_says_whether_it_needs_approval_and_for_how_long(shop: Shop) -> None:
    service_id = await shop.service(**NEEDED)
    shown = (await shop.get(f"/services/{service_id}")).json()
    assert ("required", 12) == (shown["approval"], shown["approval_hours"])
    changed = (await shop.change(f"/services/{service_id}", SERVICE)).json()
    assert ("none", None) == (changed["approval"], changed["approval_hours"])


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"approval": "maybe"}, "/approval"),
        ({"approval": None}, "/approval"),
        ({"min_notice_minutes": 119}, "/approval"),
        ({"approval_hours": 0}, "/approval_hours"),
        ({"approval_hours": 721}, "/approval_hours"),
        ({"approval_hours": 1.5}, "/approval_hours"),
    ],
)
async def test_what_leaves_no_time_to_decide_is_refused_by_its_field(shop: Shop, changed: dict[str, Any], pointer: str) -> None:
    answer = await shop.post("/services", SERVICE | NEEDED | changed)
    assert (422, "invalid-request", [pointer]) == problem(answer)
    assert [] == (await shop.get("/services")).json()["items"]


async def test_the_booking_keeps_the_policy_and_saves_the_way_of_paying(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    await held(shop, nine_in_a_week)
    (order,) = commands.orders
    assert order.policies.approval is not None
    assert (timedelta(hours=12), True) == (order.policies.approval.within, order.saves_method)


async def test_what_nobody_asked_for_has_no_approval(shop: Shop, nine_in_a_week: datetime) -> None:
    booking = await held(shop, nine_in_a_week)
    assert None is booking["approval"]
    for verdict in ("approve", "decline"):
        assert (409, "not-allowed-now", []) == problem(await decide(shop, booking, verdict, shop.key))


async def test_what_waits_says_until_when(shop: Shop, nine_in_a_week: datetime) -> None:
    booking = await waiting(shop, nine_in_a_week)
    shown = (await shop.get(f"/bookings/{booking['id']}")).json()
    approval = {"state": "waiting", "decide_by": (nine_in_a_week - timedelta(hours=1)).isoformat(), "payment_needed": False}
    assert ("confirming", approval) == (shown["status"], shown["approval"])


@pytest.mark.parametrize(
    ("verdict", "status", "state"), [("approve", "confirmed", "approved"), ("decline", "cancelled", "declined")]
)
async def test_staff_decide_and_may_say_it_again(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime, verdict: str, status: str, state: str
) -> None:
    booking = await waiting(shop, nine_in_a_week)
    for _ in range(2):
        answer = await decide(shop, booking, verdict, shop.key)
        assert (200, status, state) == (answer.status_code, answer.json()["status"], answer.json()["approval"]["state"])
    other = "decline" if verdict == "approve" else "approve"
    assert (409, "not-allowed-now", []) == problem(await decide(shop, booking, other, shop.key))
    assert [(Verdict(state), Decider.STAFF, None)] == [(each.verdict, each.by, each.link_hash) for each in commands.decisions]


async def test_the_reason_is_kept_and_told_to_nobody(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await waiting(shop, nine_in_a_week)
    answer = await decide(shop, booking, "decline", shop.key, reason="on holiday")
    assert "on holiday" not in answer.text
    assert "on holiday" == await words_of(shop.pool, commands.orders[0].booking_id)


async def test_the_providers_link_decides_once(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await waiting(shop, nine_in_a_week)
    token = await link(shop, booking, LinkPurpose.APPROVAL)
    assert 200 == (await decide(shop, booking, "decline", token)).status_code
    assert [Decider.PROVIDER] == [each.by for each in commands.decisions]
    assert (410, "link-spent", []) == problem(await decide(shop, booking, "approve", token))


async def test_a_late_link_decides_nothing(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await waiting(shop, nine_in_a_week)
    token = await link(shop, booking, LinkPurpose.APPROVAL, timedelta(seconds=-1))
    assert (410, "link-expired", []) == problem(await decide(shop, booking, "approve", token))
    assert [] == commands.decisions


async def test_nobody_else_decides(shop: Shop, other_shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await waiting(shop, nine_in_a_week)
    credentials = [booking["manage_token"], await link(shop, booking, LinkPurpose.CHANGE), "lk_x", "slk_x", ""]
    for credential in credentials:
        assert (401, "unauthorised", ["Authorization"]) == problem(await decide(shop, booking, "approve", credential))
    assert (404, "not-found", []) == problem(await decide(shop, booking, "approve", other_shop.key))
    assert [] == commands.decisions


async def test_an_approval_link_moves_nothing(shop: Shop, nine_in_a_week: datetime) -> None:
    booking = await waiting(shop, nine_in_a_week)
    token = await link(shop, booking, LinkPurpose.APPROVAL)
    later = {"starts_at": (nine_in_a_week + timedelta(hours=1)).isoformat()}
    assert (401, "unauthorised", ["Authorization"]) == problem(await decide(shop, booking, "reschedule", token, **later))


@pytest.mark.parametrize("body", [{"reason": ""}, {"reason": 1}, {"why": "x"}, {"reason": "x" * 10_000}])
async def test_a_reason_that_is_none_is_refused(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime, body: dict[str, Any]
) -> None:
    booking = await waiting(shop, nine_in_a_week)
    answer = await decide(shop, booking, "decline", shop.key, **body)
    assert (422, [f"/{next(iter(body))}"]) == (problem(answer)[0], problem(answer)[2])
    assert [] == commands.decisions


async def test_what_is_still_worked_on_is_told_so(shop: Shop, commands: FakeCommands, nine_in_a_week: datetime) -> None:
    booking = await waiting(shop, nine_in_a_week)
    commands.still_working = True
    answer = await decide(shop, booking, "approve", shop.key)
    assert (202, "confirming", "approved") == (answer.status_code, answer.json()["status"], answer.json()["approval"]["state"])


@pytest.mark.parametrize(
    ("refusal", "code"), [(BookingFailed("no calendar"), "booking-failed"), (ChangeUnderWay("just now"), "change-under-way")]
)
async def test_what_kept_it_from_being_confirmed_is_the_answer(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime, refusal: Exception, code: str
) -> None:
    booking = await waiting(shop, nine_in_a_week)
    commands.refusal = refusal
    assert (409, code, []) == problem(await decide(shop, booking, "approve", shop.key))


async def test_an_unsuitable_payment_method_is_refused_by_its_field(
    shop: Shop, commands: FakeCommands, nine_in_a_week: datetime
) -> None:
    booking = await held(shop, nine_in_a_week)
    commands.refusal = PaymentMethodUnsuitable("charged at once")
    answer = await decide(shop, booking, "confirm", booking["manage_token"], payment_method="pm_sandbox_sepa")
    assert (422, "payment-method-unsuitable", ["/payment_method"]) == problem(answer)
