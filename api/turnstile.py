"""Lets as many try for one slot as it has places free, so that a crowd at it costs few workflows.

The others stand in line. The first of them looks whether anything is free, again and again while others try; what they are told
is told to all who came before that look and want the same. So nobody is refused because somebody else only tries, and a thousand
are refused by one look. Each API process has its own lines; what makes a second claim impossible is the database, never this.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Hashable, Iterator, Sequence, Set
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID
from weakref import WeakValueDictionary

from api.commands.asking import HOLD_WITHIN
from api.commands.outcomes import Unavailable
from api.refusals import SlotRefused

ABREAST = 4  # the most who try at once, however many places are free: more would only wait for each other further on
LOOK_AGAIN, AT_LEAST_EVERY = timedelta(milliseconds=200), timedelta(seconds=2)
"""After how long to look again, ever longer: what somebody took can be seen before they are told that they have it."""


@dataclass(eq=False, slots=True)
class Visit:
    """Somebody who wants a slot. Who has the same wish is refused alike, without a wish nobody is told anything; a key says that
    they may have been here before. `came` is of time.monotonic()."""

    wish: Hashable = None
    key: str | None = None
    came: float = field(default_factory=monotonic)
    called: asyncio.Future[SlotRefused | None] | None = None

    @property
    def is_waiting(self) -> bool:
        return self.called is not None and not self.called.done()


class Gate:
    """One slot while somebody wants it: who looks, who tries, and who stands in line behind them."""

    def __init__(self) -> None:
        self.line: deque[Visit] = deque()
        self.begun: Counter[UUID] = Counter()  # seats that somebody tried or tries for, by provider
        self.ended: Counter[UUID] = Counter()  # those of them for which nobody tries any more
        self.under_way = 0
        self.is_full = False
        self.next_end = asyncio.Event()
        self._somebody_looks = False

    async def come_first(self, visit: Visit) -> SlotRefused | None:
        """Waits until nobody is before this visit, who then has to make way; or returns what it is told while it waits."""
        if not self._somebody_looks:
            self._somebody_looks = True
            return None
        visit.called = asyncio.get_running_loop().create_future()
        self.line.append(visit)
        try:
            return await visit.called
        except asyncio.CancelledError:
            if not visit.called.cancelled() and visit.called.result() is None:
                self.make_way()
            raise

    def make_way(self) -> None:
        """Lets the next in line look."""
        while self.line:
            called = self.line.popleft().called
            if called is not None and not called.done():
                called.set_result(None)
                return
        self._somebody_looks = False


class Turn:
    """The turn of somebody who is first in line, until they try for a place or are refused."""

    def __init__(self, gate: Gate, visit: Visit, until: float) -> None:
        self._gate = gate
        self._visit = visit
        self._until = until
        self._is_first = True
        self._known_since = 0.0
        self._ended = gate.ended.copy()
        self._next_end = gate.next_end
        self._pause = LOOK_AGAIN

    def looks(self) -> None:
        """What is read from now on is true for all who came before."""
        self._known_since = monotonic()
        self._ended, self._next_end = self._gate.ended.copy(), self._gate.next_end

    def crowded(self, places: int) -> Set[UUID]:
        """The providers for whom so many seats are tried for already."""
        return {provider_id for provider_id in self._gate.begun if self._tried(provider_id) >= places}

    def has_room(self, provider_id: UUID, seats: int, places: int) -> bool:
        """Whether so many more may be tried for, of the places that were free at the last look."""
        return self._gate.under_way < ABREAST and self._tried(provider_id) + seats <= places

    def _tried(self, provider_id: UUID) -> int:
        """The seats that somebody tries for, and those that may have been taken since the last look."""
        return self._gate.begun[provider_id] - self._ended[provider_id]

    async def wait(self) -> bool:
        """Until somebody who tried has ended since the last look, or may be seen to have what they tried for; which of these.

        Raises Unavailable when those before do not get on.
        """
        left = self._until - asyncio.get_running_loop().time()
        if left <= 0:
            raise Unavailable("too many try for this slot at once")
        pause, self._pause = self._pause, min(2 * self._pause, AT_LEAST_EVERY)
        with suppress(TimeoutError):
            async with asyncio.timeout(min(left, pause.total_seconds())):
                await self._next_end.wait()
        return self._next_end.is_set()

    @contextmanager
    def trying(self, provider_id: UUID, seats: int, *, takes_last: bool) -> Iterator[None]:
        """While these seats are tried for, others do not try for them. `takes_last`: nobody else needs to look before it ends."""
        gate = self._gate
        gate.begun[provider_id] += seats
        gate.under_way += 1
        gate.is_full = takes_last
        self.make_way()
        try:
            yield
        finally:
            gate.ended[provider_id] += seats
            gate.under_way -= 1
            gate.is_full = False
            gate.next_end.set()
            gate.next_end = asyncio.Event()

    def alike(self) -> list[Visit]:
        """Those in line for whom is true what this visit saw last."""
        wish = self._visit.wish
        if wish is None:
            return []
        return [one for one in self._gate.line if one.wish == wish and one.came <= self._known_since and one.is_waiting]

    def tell(self, visits: Sequence[Visit], refused: SlotRefused) -> None:
        """They need not wait any longer."""
        for one in visits:
            if one.called is not None and not one.called.done():
                one.called.set_result(refused)
        self._gate.line = deque(one for one in self._gate.line if one.is_waiting)

    def make_way(self) -> None:
        """Once: the next one's turn."""
        if self._is_first:
            self._is_first = False
            self._gate.make_way()


class Turnstile:
    """Knows only the slots that somebody wants now."""

    def __init__(self, patience: timedelta = HOLD_WITHIN) -> None:
        self._patience = patience.total_seconds()
        self._gates: WeakValueDictionary[tuple[UUID, datetime], Gate] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, whose: UUID, starts_at: datetime, visit: Visit | None = None) -> AsyncIterator[Turn]:
        """Waits for a turn at this provider's or service's slot. Raises what the visit was told meanwhile, or Unavailable when
        those before do not get on."""
        visit, gate = visit or Visit(), self._gate(whose, starts_at)
        until = asyncio.get_running_loop().time() + self._patience
        try:
            async with asyncio.timeout_at(until):
                told = await gate.come_first(visit)
        except TimeoutError:
            raise Unavailable("too many try for this slot at once") from None
        if told is not None:
            raise told.again()
        turn = Turn(gate, visit, until)
        try:
            if gate.is_full:
                await turn.wait()
            yield turn
        finally:
            turn.make_way()

    def _gate(self, whose: UUID, starts_at: datetime) -> Gate:
        gate = self._gates.get((whose, starts_at))
        if gate is None:
            gate = self._gates[whose, starts_at] = Gate()
        return gate
