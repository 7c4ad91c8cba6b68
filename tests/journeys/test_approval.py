"""Bookings that need the provider's yes, from HTTP to the vendors' books."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from sandbox.faults import Mode
from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.salon import CHARGED_AT_ONCE, Salon, Visit, open_salon, refusal
from tests.journeys.vendors import Effects, paid
from tests.waiting import until

PAGE = "https://salon.example/approve?booking={booking}&token={token}"
ENDS_SOON, ENDS_SOON_DECLINES = "pm_sandbox_endsSoon", "pm_sandbox_endsSoonDeclinesLater"
ADA = "ada@salon.example"
WAITING = Effects(payments=1, authorised=5000)
NEEDS_YES: dict[str, Any] = {"approval": "required", "approval_hours": 48, "min_notice_minutes": 120}


@pytest.fixture(scope="module")
async def asking_system(engines: Engines) -> AsyncIterator[Deployment]:
    """A system whose providers' messages lead to a page."""
    async with deployed(engines, f"asking-{uuid4().hex}", approval_page=PAGE) as deployment:
        yield deployment


@pytest.fixture
async def salon(asking_system: Deployment) -> AsyncIterator[Salon]:
    """A business that says yes to each booking, whose provider reads mail."""
    salon = await open_salon(asking_system, **NEEDS_YES)
    await asking_system.pool.execute("UPDATE providers SET email = $2 WHERE business_id = $1", salon.business_id, ADA)
    yield salon
    await asking_system.tidy_up()


async def decide(visit: Visit, verdict: str, *, by: str | None = None, **body: str) -> httpx.Response:
    """By the business's key, unless another credential is given."""
    headers = {"Authorization": f"Bearer {by or visit.salon.shop.key}"}
    path = f"/api/v1/bookings/{visit.id}/{verdict}"
    return await visit.salon.deployment.http.post(path, json=body, headers=headers)


async def waiting(salon: Salon, card: str = "pm_card_visa") -> Visit:
    visit = await salon.hold()
    answer = await visit.confirm(card)
    assert (202, "confirming", "waiting") == (answer.status_code, answer.json()["status"], answer.json()["approval"]["state"])
    return visit


async def link_of(visit: Visit) -> str:
    """The token in the provider's message."""
    found: list[str] = []

    async def has_come() -> bool:
        messages = (await visit.salon.deployment.vendors.state())["messages"]
        mine = [one["text"] for one in messages if one["to"] == ADA and f"booking={visit.id}" in one["text"]]
        found.extend(token for text in mine for token in re.findall(r"token=(lk_[\w-]+)", text))
        return bool(found)

    await until(has_come)
    return found[0]


async def approval_of(visit: Visit) -> dict[str, Any]:
    shown: dict[str, Any] = (await visit.show())["approval"]
    return shown


async def give_up_soon(salon: Salon, seconds: int) -> None:
    """The business asks for answers in seconds: hours are the least that the API takes."""
    policy = {"within_seconds": seconds}
    await salon.deployment.pool.execute(
        "UPDATE services SET approval_policy = $2 WHERE business_id = $1", salon.business_id, policy
    )


async def nothing_is_kept(visit: Visit, status: str, reason: str) -> None:
    await visit.becomes(status)
    assert reason == (await visit.show())["status_reason"]
    effects = await visit.effects()
    assert (0, 0, 0) == (effects.authorised, effects.captured, effects.events)
    assert [] == await visit.salon.claims()
    assert await visit.salon.is_offered()


async def test_after_the_yes_money_is_taken_once(salon: Salon) -> None:
    visit = await waiting(salon)
    assert WAITING == dataclasses.replace(await visit.effects(), emails=0, sms=0)
    approval = await approval_of(visit)
    left = datetime.fromisoformat(approval["decide_by"]) - datetime.now().astimezone()
    assert timedelta(hours=47) < left <= timedelta(hours=48)
    answer = await decide(visit, "approve")
    assert (200, "confirmed", "approved") == (answer.status_code, answer.json()["status"], answer.json()["approval"]["state"])
    await visit.comes_to(paid())
    assert 200 == (await decide(visit, "approve")).status_code
    assert (409, "not-allowed-now") == refusal(await decide(visit, "decline"))
    assert paid() == await visit.effects()


async def test_nobody_else_has_the_time_while_it_waits(salon: Salon) -> None:
    """The hold of the checkout ends long before; what waits keeps its time."""
    visit = await waiting(salon)
    assert (409, "slot-taken") == refusal(await salon.ask())
    assert not await salon.is_offered()
    assert [visit.ref.booking_id] == await salon.claims()


async def test_after_a_no_nothing_is_kept(salon: Salon) -> None:
    visit = await waiting(salon)
    answer = await decide(visit, "decline", reason="on holiday")
    assert (200, "cancelled", "declined") == (answer.status_code, answer.json()["status"], answer.json()["status_reason"])
    await nothing_is_kept(visit, "cancelled", "declined")
    await visit.comes_to(Effects(payments=1, emails=1, sms=1))
    assert 200 == (await decide(visit, "decline")).status_code
    assert (409, "not-allowed-now") == refusal(await decide(visit, "approve"))
    assert (409, "not-allowed-now") == refusal(await visit.confirm())


async def test_silence_is_a_no(salon: Salon) -> None:
    await give_up_soon(salon, 1)
    visit = await waiting(salon)
    await nothing_is_kept(visit, "expired", "not-answered")
    await visit.comes_to(Effects(payments=1, emails=1, sms=1))
    assert "lapsed" == (await approval_of(visit))["state"]
    assert (409, "not-allowed-now") == refusal(await decide(visit, "approve"))


async def test_the_providers_link_is_good_for_one_decision(salon: Salon) -> None:
    visit = await waiting(salon)
    link = await link_of(visit)
    answer = await decide(visit, "approve", by=link)
    assert (200, "confirmed") == (answer.status_code, answer.json()["status"])
    assert (410, "link-spent") == refusal(await decide(visit, "decline", by=link))
    await visit.comes_to(paid())
    by = await salon.deployment.pool.fetchval("SELECT decided_by FROM approvals WHERE booking_id = $1", visit.ref.booking_id)
    assert "provider" == by


async def test_each_link_is_for_its_own_purpose(salon: Salon) -> None:
    """A customer approves nothing, by token or by link, and a provider's link moves nothing."""
    visit = await waiting(salon)
    link = await link_of(visit)
    made = await salon.shop.post(f"/bookings/{visit.id}/links", {})
    customers = [visit.token, *([made.json()["token"]] if made.status_code == httpx.codes.CREATED else [])]
    for credential in customers:
        assert (401, "unauthorised") == refusal(await decide(visit, "approve", by=credential))
    assert (401, "unauthorised") == refusal(await visit.reschedule(salon.starts_at + timedelta(hours=2), by=link))
    other = await salon.at(salon.starts_at + timedelta(hours=3)).hold()
    assert (401, "unauthorised") == refusal(await decide(other, "approve", by=link))
    assert "waiting" == (await approval_of(visit))["state"]


async def heard(visit: Visit, decision: str, **by: Any) -> httpx.Response:
    """Asks again as it is told to: on a busy machine the other one's decision may take longer than one waits for it."""
    while (answer := await decide(visit, decision, **by)).status_code == httpx.codes.SERVICE_UNAVAILABLE:
        await asyncio.sleep(float(answer.headers["Retry-After"]))
    return answer


async def test_two_who_decide_at_once_have_one_outcome(salon: Salon) -> None:
    visit = await waiting(salon)
    link = await link_of(visit)
    yes, no = await asyncio.gather(heard(visit, "approve", by=link), heard(visit, "decline"))
    assert {200, 409} == {yes.status_code, no.status_code}
    effects = await visit.effects()
    assert (5000 if yes.status_code == httpx.codes.OK else 0) == effects.captured


async def test_the_customer_may_cancel_while_it_waits(salon: Salon) -> None:
    visit = await waiting(salon)
    answer = await visit.cancel()
    assert (200, "cancelled", "withdrawn") == (
        answer.status_code,
        answer.json()["status"],
        answer.json()["approval"]["state"],
    )
    await nothing_is_kept(visit, "cancelled", "cancelled-by-customer")


async def test_what_would_be_charged_at_once_is_refused_by_its_field(salon: Salon) -> None:
    visit = await salon.hold()
    answer = await visit.confirm(CHARGED_AT_ONCE)
    assert (422, "payment-method-unsuitable") == refusal(answer)
    assert ["/payment_method"] == [error["pointer"] for error in answer.json()["errors"]]
    assert ("pending", 0) == (await visit.status(), (await visit.effects()).authorised)
    assert 202 == (await visit.confirm()).status_code


async def test_money_is_reserved_anew_in_time_and_taken_once(salon: Salon) -> None:
    """The bank lets go after some seconds; before it does there is a new reservation, and the old one is gone after it."""
    visit = await waiting(salon, ENDS_SOON)
    await visit.is_told("payment_renewed")
    await visit.is_told("payment_replaced_voided")
    assert (2, 5000) == ((effects := await visit.effects()).payments, effects.authorised)
    assert 200 == (await decide(visit, "approve")).status_code
    assert 5000 == (await visit.effects()).kept


async def test_after_renewals_a_no_leaves_nothing_reserved(salon: Salon) -> None:
    visit = await waiting(salon, ENDS_SOON)
    await visit.is_told("payment_renewed")
    assert 200 == (await decide(visit, "decline")).status_code
    await nothing_is_kept(visit, "cancelled", "declined")


async def test_a_saved_card_that_says_no_is_replaced_by_another(salon: Salon) -> None:
    visit = await waiting(salon, ENDS_SOON_DECLINES)
    await visit.is_told("payment_renewal_declined")
    assert (await approval_of(visit))["payment_needed"]
    assert 202 == (await visit.confirm("pm_card_mastercard")).status_code
    assert not (await approval_of(visit))["payment_needed"]
    assert 200 == (await decide(visit, "approve")).status_code
    assert 5000 == (await visit.effects()).kept
    messages = await salon.deployment.vendors.messages(visit.id, visit.email)
    assert ["email", "sms"] == sorted(one["channel"] for one in messages if "refused" in one["text"])


@pytest.mark.parametrize("mode", [Mode.ERROR_500, Mode.TIMEOUT_AFTER])
async def test_a_vendor_that_fails_while_it_is_voided_is_asked_until_it_is_done(salon: Salon, mode: Mode) -> None:
    visit = await waiting(salon)
    await salon.deployment.vendors.fail("stripe", "void", mode, times=2)
    await decide(visit, "decline")
    await nothing_is_kept(visit, "cancelled", "declined")


async def test_a_change_of_the_service_changes_nothing_for_what_waits(salon: Salon) -> None:
    visit = await salon.hold()
    await salon.deployment.pool.execute("UPDATE services SET approval_policy = NULL WHERE business_id = $1", salon.business_id)
    assert "waiting" == (await visit.confirm()).json()["approval"]["state"]


async def test_staff_who_set_the_rules_aside_have_said_yes(salon: Salon) -> None:
    at = salon.starts_at.replace(hour=20).isoformat()
    body = {"service_id": salon.service_id, "provider_id": salon.provider_id, "starts_at": at}
    customer = {"name": "Grace", "email": f"{uuid4().hex}@example.com"}
    answer = await salon.shop.post("/bookings", body | {"customer": customer, "override": {"reason": "a friend"}})
    visit = salon.visit(answer)
    salon.deployment.booked.append(f"booking-{visit.id}")
    assert (200, None) == ((confirmed := await visit.confirm()).status_code, confirmed.json()["approval"])
