"""A worker that dies while somebody on the waitlist is offered a time.

A file of its own, so that no other deployment's worker looks for freed times in the same database meanwhile: it would be the one
to offer them.
"""

from __future__ import annotations

from sandbox.faults import Mode
from tests.journeys.deployment import Engines
from tests.journeys.salon import Visit
from tests.journeys.test_restarts import becomes_ready, deserted
from tests.journeys.waiters import PAGE, a_day_with_one_time, joins
from tests.journeys.workers import process_of_workers
from tests.waiting import until


async def test_a_worker_killed_between_the_offer_and_its_message_tells_of_it_all_the_same(engines: Engines) -> None:
    async with deserted(engines, offer_page=PAGE) as deployment:
        salon = await a_day_with_one_time(deployment)
        with process_of_workers(deployment.settings):
            await becomes_ready(deployment)
            await deployment.vendors.fail_for_good("smtp", "send", Mode.ERROR_500)
            ada = await joins(salon, "Ada")
            offer = await ada.is_offered()
            await until(lambda: _is_queued(offer))
        await deployment.vendors.heal()
        async with deployment.worker():
            assert offer.token in await ada.mail(offer)
            mails = [one for one in await deployment.vendors.messages(offer.id, ada.email) if one["channel"] == "email"]
            assert 1 == len(mails)
            assert 200 == (await offer.confirm()).status_code
            await ada.becomes("accepted")
        assert [offer.ref.booking_id] == await salon.claims()


async def _is_queued(offer: Visit) -> bool:
    """Whether a first try to mail it was refused."""
    log = await offer.salon.shop.get(f"/bookings/{offer.id}/messages")
    return ("waitlist_offer", "email", "queued") in [
        (one["message"], one["channel"], one["state"]) for one in log.json()["items"]
    ]
