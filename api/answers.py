"""Answers about free slots, and refusals, that this process keeps, so that what many ask is worked out once."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from uuid import UUID

from cachetools import LRUCache

from api.freshness import Tag
from api.refusals import SlotRefused
from api.schemas.queries import SlotsOfService

OVERHEAD = 1000  # of an entry beside its body, in bytes: a small one must not look free


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: the slots of a service with one provider, or with any for None."""

    service_id: UUID
    provider_id: UUID | None
    query: SlotsOfService

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for questions that have the same answer."""
        query = self.query
        return (
            self.service_id, self.provider_id, query.date, query.from_, query.to, query.timezone, query.duration_minutes,
            query.explain,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """A body as it was sent, and the tag that says how long it stands."""

    body: bytes
    tag: Tag


class KeptAnswers:
    """The last asked for, up to so many bytes. One is used only while the database says that its tag still stands."""

    def __init__(self, most_bytes: int) -> None:
        self._kept: LRUCache[tuple[object, ...], Answered] = LRUCache(most_bytes, lambda answer: len(answer.body) + OVERHEAD)

    def get(self, question: Question) -> Answered | None:
        """The last answer to this question, if it is still here."""
        return self._kept.get(question.key)

    def keep(self, question: Question, answer: Answered) -> None:
        """In the place of what was answered before. What is larger than everything we keep is not kept."""
        if len(answer.body) + OVERHEAD <= self._kept.maxsize:
            self._kept[question.key] = answer
        else:
            self._kept.pop(question.key, None)


class KeptRefusals:
    """The last refusals of times that are taken, by what was wished. One is used only while the database says that its tag still
    stands."""

    def __init__(self, most: int) -> None:
        self._kept: LRUCache[Hashable, SlotRefused] = LRUCache(most)

    def get(self, wish: Hashable) -> SlotRefused | None:
        """What others with this wish were told last, if it is still here."""
        return self._kept.get(wish)

    def keep(self, wish: Hashable, refused: SlotRefused) -> None:
        """In the place of what was told before."""
        if refused.tag is not None:
            self._kept[wish] = refused.again()
