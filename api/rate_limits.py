"""Counts who asks how often, with all the other processes of the API.

What everybody may do often is counted here and told the others once a second, or before that where much was taken: `count`. A
look costs no round trip most of the time, and a flood that is refused costs none at all. What may be guessed is asked for each
time: `take`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import random
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from time import monotonic

import asyncpg

from domain.rate_limits import Bucket, Limit, Rate, Standing, standing_of
from store import rate_limits, security_events

log = logging.getLogger("slotkeeper.api")

TELL_EVERY = 1.0
TELL_WITHIN = 2.0
TIDY_EVERY = 60.0
MOST_BUCKETS = 100_000  # of some 300 bytes each; the ones that were used last stay
ACCIDENTS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class RateLimits:
    """One for each process. Limits without a rate are off. `clock` counts seconds."""

    def __init__(
        self, database: asyncpg.Pool, rates: Mapping[Limit, Rate], secret: str, clock: Callable[[], float] = monotonic
    ) -> None:
        self._database = database
        self._rates = rates
        self._secret = hmac.digest(secret.encode(), b"rate-limits", "sha256")
        self._clock = clock
        self._buckets: OrderedDict[bytes, Bucket] = OrderedDict()
        self._telling: dict[bytes, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_planned = False
        self._tidy_at = clock() + TIDY_EVERY * random.random()  # noqa: S311 (spreads the processes, hides nothing)
        self._is_well = True

    async def count(self, limit: Limit, subject: str) -> Standing | None:
        """One more of these; None where there is no limit. Never fails: where the database does not answer, each process counts
        for itself."""
        rate = self._rates.get(limit)
        if rate is None:
            return None
        key = self.key(limit, subject)
        bucket = self._bucket(key, rate)
        while bucket.must_tell and bucket.has_one(self._clock()):
            await asyncio.shield(self._telling.get(key) or self._tell([key]))
        has_one = bucket.take(now := self._clock())
        self._plan()
        return bucket.standing(limit, now, is_refused=not has_one)

    async def take(self, limit: Limit, subject: str) -> Standing | None:
        """One of these, exactly, also where many processes are asked at once. Raises what the database raises."""
        rate = self._rates.get(limit)
        if rate is None:
            return None
        has_one, owed = await rate_limits.take(self._database, self.key(limit, subject), rate)
        self._plan()
        return standing_of(limit, rate, owed, is_refused=not has_one)

    async def give_back(self, limit: Limit, subject: str) -> None:
        """What was taken did not count after all."""
        if (rate := self._rates.get(limit)) is not None:
            await rate_limits.give_back(self._database, self.key(limit, subject), rate)

    def key(self, limit: Limit, subject: str) -> bytes:
        """Who cannot compute this cannot look up who asked."""
        return hashlib.blake2b(f"{limit}\n{subject}".encode(), digest_size=16, key=self._secret).digest()

    async def tell(self) -> None:
        """Tells the others all that they have not heard."""
        if keys := [key for key, bucket in self._buckets.items() if bucket.spent and key not in self._telling]:
            await self._tell(keys)

    def _bucket(self, key: bytes, rate: Rate) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(rate, self._clock())
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        return bucket

    def _tell(self, keys: Iterable[bytes]) -> asyncio.Task[None]:
        spent = {key: self._buckets[key] for key in keys}
        task = asyncio.get_running_loop().create_task(self._told(spent))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._telling |= dict.fromkeys(spent, task)
        return task

    async def _told(self, buckets: Mapping[bytes, Bucket]) -> None:
        spent = {key: bucket.spent for key, bucket in buckets.items()}
        try:
            seconds = {key: timedelta(seconds=spent[key] * bucket.rate.each) for key, bucket in buckets.items()}
            async with asyncio.timeout(TELL_WITHIN):  # whoever asks whether this program lives waits for no database
                owed = await rate_limits.spend(self._database, seconds)
        except ACCIDENTS as fault:
            self._note_health(fault)
            for key, bucket in buckets.items():
                bucket.unheard(spent[key], self._clock())
        else:
            self._note_health(None)
            for key, bucket in buckets.items():
                bucket.heard(spent[key], owed[key], self._clock())
        finally:
            for key in buckets:
                self._telling.pop(key, None)

    def _note_health(self, fault: Exception | None) -> None:
        if fault is not None and self._is_well:
            log.warning("rate limits are counted by each process alone: the database says %s", type(fault).__name__)
        self._is_well = fault is None

    def _plan(self) -> None:
        if not self._is_planned:
            self._is_planned = True
            asyncio.get_running_loop().call_later(TELL_EVERY, self._begin_round)

    def _begin_round(self) -> None:
        self._is_planned = False
        task = asyncio.get_running_loop().create_task(self._round())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _round(self) -> None:
        await self.tell()
        now = self._clock()
        while self._buckets and next(iter(self._buckets.values())).is_full(now):
            self._buckets.popitem(last=False)
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_EVERY
            try:
                await rate_limits.forget_full(self._database)
                await security_events.forget_refused(self._database)
            except ACCIDENTS as fault:
                self._note_health(fault)
