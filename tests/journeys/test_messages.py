"""Messages that do not get through never undo a booking."""

from __future__ import annotations

from sandbox.faults import Mode
from tests.journeys.salon import Salon
from tests.journeys.vendors import paid


async def test_messages_that_fail_for_good_are_sent_when_the_carriers_work_again(salon: Salon) -> None:
    """C32: each branch is on its own, and the booking stands."""
    vendors = salon.deployment.vendors
    await vendors.fail_for_good("smtp", "send", Mode.ERROR_500)
    await vendors.fail_for_good("twilio", "*", Mode.TIMEOUT_BEFORE)
    visit = await salon.hold()
    assert 200 == (await visit.confirm()).status_code
    await visit.is_told("trouble", times=2)
    assert paid(emails=0, sms=0) == await visit.effects()
    await vendors.heal()
    await visit.is_told("notification_sent", times=2)
    await visit.comes_to(paid())
    assert "confirmed" == await visit.status()


async def test_one_channel_does_not_wait_for_the_other(salon: Salon) -> None:
    """C40: isolation."""
    vendors = salon.deployment.vendors
    await vendors.fail_for_good("smtp", "send", Mode.ERROR_500)
    visit = await salon.hold()
    await visit.confirm()
    await visit.comes_to(paid(emails=0))


async def test_an_address_and_a_number_refused_for_good_are_told_and_not_tried_again(salon: Salon) -> None:
    """C39: the delivery log says what was not delivered."""
    vendors = salon.deployment.vendors
    await vendors.fail("smtp", "send", Mode.DECLINE)
    await vendors.fail("twilio", "send", Mode.DECLINE)
    visit = await salon.hold()
    assert 200 == (await visit.confirm()).status_code
    await visit.is_told("trouble", times=2)
    assert 2 == (await visit.timeline()).count("notification_refused")
    assert ("confirmed", paid(emails=0, sms=0)) == (await visit.status(), await visit.effects())


async def test_a_mail_whose_answer_was_lost_goes_out_again_under_the_same_id(salon: Salon) -> None:
    """SMTP has no way to ask, so mail programs recognise the copy."""
    vendors = salon.deployment.vendors
    await vendors.fail("smtp", "send", Mode.TIMEOUT_AFTER)
    visit = await salon.hold()
    await visit.confirm()
    await visit.is_told("notification_sent", times=2)
    ids = [one["id"] for one in await vendors.messages(visit.id, visit.email) if one["channel"] == "email"]
    assert (2, 1) == (len(ids), len(set(ids)))
