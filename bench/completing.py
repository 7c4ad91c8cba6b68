"""One booking from the hold to the end of its appointment, a minute long, to count what all of it is billed for."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from bench import histories
from bench.shop import Refused, Shop

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Completing:
    """The booking under way; the rounds may run meanwhile."""

    workflow_id: str

    @classmethod
    async def begin(cls, shop: Shop) -> Completing:
        """Books and pays a minute that begins in half a minute or more. Raises Refused."""
        return cls((await shop.book_minute(minute_after(datetime.now(UTC) + MINUTE / 2))).workflow_id)

    @property
    def booking_id(self) -> str:
        return self.workflow_id.removeprefix("booking-")

    async def wait(self, shop: Shop, client: Client) -> histories.Told:
        """Its histories once the appointment is over, at most about two minutes after it was booked. Raises Refused.

        What is left then is the window for a no-show, whose timer runs and which ends the workflow at no further cost.
        """
        try:
            async with asyncio.timeout(4 * MINUTE.total_seconds()):
                while await shop.status(self.booking_id) != "completed":
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise Refused(f"{self.workflow_id} is not over though its appointment is") from None
        return await histories.read(client, self.workflow_id)


def minute_after(when: datetime) -> datetime:
    """The next full minute that does not end at midnight: hours of a day do not reach into the next."""
    found = datetime.fromtimestamp(math.ceil(when.timestamp() / 60) * 60, UTC)
    return found + MINUTE if (found.hour, found.minute) == (23, 59) else found
