"""A business brings its own Stripe account, Twilio and mail server, changes its account while a booking stands, and is told on.

Temporal is read without a payload key, as by somebody who has it: what is found nowhere then was never there.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from tests.journeys.deployment import Deployment, Engines, deployed
from tests.journeys.salon import Visit, open_salon
from tests.journeys.servers import HOST
from tests.journeys.test_privacy import everything_in
from tests.temporal.test_privacy import everything_in_temporal
from tests.workflows.system import System

STRIPE = {"vendor": "stripe", "api_key": "sk_test_secretive_of_byron", "webhook_secret": "whsec_secretive"}
NEXT = {"vendor": "stripe", "api_key": "sk_test_withheld_of_next", "webhook_secret": "whsec_withheld"}
TWILIO = {"vendor": "twilio", "account_sid": "AC" + "1" * 32, "auth_token": "token-unspoken", "from_number": "+4930901820"}
MARKS = ("secretive", "withheld", "token-unspoken")


@pytest.fixture
async def bare(engines: Engines) -> AsyncIterator[Deployment]:
    """A deployment that has no account with any of them itself."""
    none: dict[str, Any] = {"payments": "none", "sms": "none", "email": "none", "payload_key": None, "webhook_may_be_local": True}
    async with deployed(engines, f"own-{uuid4().hex}", has_webhooks=False, **none) as deployment:
        yield deployment
        await deployment.tidy_up()


async def accounts_of(visit: Visit) -> list[tuple[str, int, int]]:
    """With whose account the booking was paid, what was taken and what came back."""
    state = await visit.salon.deployment.vendors.state()
    return [(one["account"], one["captured"], one["refunded"]) for one in state["payments"] if one["booking_id"] == visit.id]


async def test_a_booking_is_paid_told_and_given_back_by_the_businesss_own_accounts(
    bare: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="slotkeeper")
    salon = await open_salon(bare, payment="none", price={"amount": 0, "currency": "EUR"})
    mail = {
        "vendor": "smtp",
        "host": HOST,
        "port": bare.vendors.smtp_port,
        "security": "none",
        "mail_from": "byron@salon.example",
    }
    for kind, account in (("payments", STRIPE), ("sms", TWILIO), ("email", mail)):
        (await salon.shop.put(f"/vendor-accounts/{kind}", account)).raise_for_status()
    priced = {"name": "Haircut", "duration_minutes": 60, "price": {"amount": 5000, "currency": "EUR"}, "payment": "online"}
    (await salon.shop.put(f"/services/{salon.service_id}", priced, **{"If-Match": "*"})).raise_for_status()

    visit = await salon.hold()
    confirmed = await visit.confirm()
    assert 200 == confirmed.status_code, confirmed.text
    await visit.is_told("notification_sent", 2)
    (await salon.shop.put("/vendor-accounts/payments", NEXT)).raise_for_status()
    assert 200 == (await visit.cancel()).status_code
    await visit.is_told("payment_refunded")
    assert [("byron", 5000, 5000)] == await accounts_of(visit)

    later = await salon.hold()
    assert 200 == (await later.confirm()).status_code
    assert [("next", 5000, 0)] == await accounts_of(later)

    system = cast(System, SimpleNamespace(client=bare.temporal, settings=bare.settings))
    shown = [(await salon.shop.get(path)).text for path in ("/vendor-accounts", "/security-events", "/audit-log", "/business")]
    places = {
        "Temporal": (await everything_in_temporal(system)).decode(errors="replace"),
        "logs": caplog.text,
        "database": await everything_in(bare),
        "API": "".join(shown),
    }
    assert "authorise" in places["Temporal"].lower() and "own:" in places["database"]
    assert {} == {place: mark for place, text in places.items() for mark in MARKS if mark in text}
