"""What is fought for, by how many: each part of the bench, and what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.contention.crowd import Answer
from bench.rounds import percentile

WON, REFUSED = 201, 409


@dataclass(frozen=True, slots=True)
class Prize:
    """A time that everybody wants, and how many can have it. Without a provider, any will do."""

    service_id: str
    provider_id: str | None
    starts_at: str
    places: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """So many callers at once, spread evenly over the prizes. `answered_within`: seconds in which each loser must know."""

    name: str
    callers: int
    prizes: Sequence[Prize]
    answered_within: float | None = None


@dataclass(slots=True)
class Outcome:
    """What came of a part. Waits are in seconds; `seconds` are those in which somebody waited for an answer."""

    part: Part
    waves: int = 0
    seconds: float = 0.0
    winners_waited: list[float] = field(default_factory=list)
    losers_waited: list[float] = field(default_factory=list)
    asked_again: int = 0
    api_cpu: float = 0.0
    other_cpu: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def attempts(self) -> int:
        return len(self.winners_waited) + len(self.losers_waited)

    @property
    def refusals_per_second(self) -> float:
        return len(self.losers_waited) / self.seconds if self.seconds else 0.0

    def loser_ms(self, share: float) -> float:
        return 1000 * percentile(self.losers_waited, share) if self.losers_waited else 0.0

    def winner_ms(self, share: float) -> float:
        return 1000 * percentile(self.winners_waited, share) if self.winners_waited else 0.0

    def count(self, asked: Sequence[tuple[Prize, Answer]]) -> dict[Prize, list[Answer]]:
        """Adds one wave; returns who won what. Everything but exactly the right winners and refusals is a fault."""
        self.waves += 1
        won: dict[Prize, list[Answer]] = defaultdict(list)
        odd: Counter[str] = Counter()
        for prize, answer in asked:
            self.asked_again += answer.asked_again
            if answer.status == WON:
                won[prize].append(answer)
                self.winners_waited.append(answer.seconds)
            elif answer.status == REFUSED and answer.said.get("code") == "slot-taken":
                self.losers_waited.append(answer.seconds)
            else:
                odd[f"{answer.status} {answer.body[:200].decode(errors='replace')}"] += 1
        self.faults += [f"{times} callers were told: {told}" for told, times in odd.most_common()]
        self.faults += _wrong_winners(asked, won)
        self.faults += self._late(asked)
        return won

    def _late(self, asked: Sequence[tuple[Prize, Answer]]) -> Iterator[str]:
        limit = self.part.answered_within
        late = [one.seconds for _, one in asked if limit is not None and one.status != WON and one.seconds >= limit]
        if late:
            yield f"{len(late)} losers waited {limit:g} s or longer, the last one {max(late):.2f} s"


def _wrong_winners(asked: Sequence[tuple[Prize, Answer]], won: dict[Prize, list[Answer]]) -> Iterator[str]:
    wanted = Counter(prize for prize, _ in asked)
    for prize, callers in wanted.items():
        ids = [answer.said["id"] for answer in won[prize]]
        providers = [answer.said["provider_id"] for answer in won[prize]]
        right = min(prize.places, callers)
        if len(ids) != right or len(set(ids)) != right:
            yield f"{prize.starts_at} has {len(ids)} winners ({len(set(ids))} bookings) instead of {right}"
        if prize.provider_id is None and len(set(providers)) != len(providers):
            yield f"{prize.starts_at}: one provider was given to several of {len(providers)} winners"
