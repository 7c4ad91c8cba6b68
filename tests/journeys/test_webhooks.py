"""What Stripe, or somebody who would like to be it, sends to the webhook's address."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from sandbox.faults import Mode
from sandbox.stripe_webhooks import sign
from tests.journeys.history import signals
from tests.journeys.salon import ASKING_CARD, Salon, Visit, refusal
from tests.journeys.vendors import WEBHOOK_SECRET, Effects, paid


def news(business_id: str, booking_id: str, kind: str = "payment_intent.succeeded") -> bytes:
    intent = {"id": "pi_1", "object": "payment_intent", "metadata": {"business_id": business_id, "booking_id": booking_id}}
    return envelope(kind, intent)


def envelope(kind: str, thing: dict[str, Any]) -> bytes:
    event = {"id": f"evt_{uuid4().hex}", "object": "event", "type": kind, "created": int(time.time()), "livemode": False}
    return json.dumps(event | {"data": {"object": thing}}).encode()


async def deliver(salon: Salon, body: bytes, *, secret: str = WEBHOOK_SECRET, at: int | None = None) -> httpx.Response:
    headers = {"Stripe-Signature": sign(body, secret, at or int(time.time())), "Content-Type": "application/json"}
    return await salon.deployment.http.post("/webhooks/stripe", content=body, headers=headers)


async def asked_by_the_bank(salon: Salon) -> Visit:
    """A booking that waits for its bank; its real webhooks are lost."""
    await salon.deployment.vendors.fail_for_good("stripe", "webhook", Mode.TIMEOUT_BEFORE)
    visit = await salon.hold()
    assert httpx.codes.ACCEPTED == (await visit.confirm(ASKING_CARD)).status_code
    return visit


@pytest.mark.parametrize(
    "forged",
    [{"secret": "whsec_somebody_elses"}, {"at": int(time.time()) - 3600}],
    ids=["signed with another secret", "signed an hour ago"],
)
async def test_a_webhook_that_is_not_signed_by_stripe_now_is_refused_and_nothing_happens(
    salon: Salon, forged: dict[str, Any]
) -> None:
    visit = await asked_by_the_bank(salon)
    answer = await deliver(salon, news(str(salon.business_id), visit.id), **forged)
    assert (400, "bad-signature") == refusal(answer)
    assert (0, "confirming") == (await signals(visit), await visit.status())


async def test_a_webhook_without_signature_is_refused(salon: Salon) -> None:
    visit = await asked_by_the_bank(salon)
    body = news(str(salon.business_id), visit.id)
    assert (400, "bad-signature") == refusal(await salon.deployment.http.post("/webhooks/stripe", content=body))
    assert 0 == await signals(visit)


async def test_a_signed_lie_takes_no_money_and_confirms_nothing(salon: Salon) -> None:
    """A webhook only says that something changed; what, the workflow asks Stripe."""
    visit = await asked_by_the_bank(salon)
    assert 200 == (await deliver(salon, news(str(salon.business_id), visit.id))).status_code
    assert (1, "confirming", Effects(payments=1)) == (await signals(visit), await visit.status(), await visit.effects())


async def test_news_of_an_unknown_booking_is_taken_and_ignored(salon: Salon) -> None:
    """Stripe would repeat for days what is not taken."""
    assert 200 == (await deliver(salon, news(str(salon.business_id), str(uuid4())))).status_code


@pytest.mark.parametrize(
    "body",
    [
        envelope("charge.refunded", {"id": "ch_1", "object": "charge"}),
        envelope("payment_intent.succeeded", {"id": "pi_2", "object": "payment_intent", "metadata": {"booking_id": "none"}}),
        envelope("payment_intent.succeeded", {"id": "pi_3", "object": "payment_intent", "metadata": {}}),
    ],
    ids=["another kind", "an id of another system", "somebody else's payment"],
)
async def test_news_that_does_not_concern_us_is_taken_and_ignored(salon: Salon, body: bytes) -> None:
    assert 200 == (await deliver(salon, body)).status_code


async def test_news_of_a_booking_that_is_over_is_taken_and_ignored(salon: Salon) -> None:
    """C15: an old webhook replayed."""
    visit = await salon.hold()
    await visit.cancel()
    assert 200 == (await deliver(salon, news(str(salon.business_id), visit.id))).status_code
    assert ("cancelled", Effects()) == (await visit.status(), await visit.effects())


async def test_news_of_a_confirmed_booking_changes_nothing(salon: Salon) -> None:
    visit = await salon.hold()
    await visit.confirm()
    await visit.is_told("notification_sent", times=2)
    told = await visit.timeline()
    assert 200 == (await deliver(salon, news(str(salon.business_id), visit.id))).status_code
    assert (told, paid()) == (await visit.timeline(), await visit.effects())
