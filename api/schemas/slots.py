"""Free slots over HTTP."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ConfigDict

from api.schemas.fields import Answer
from domain.diary import Diary
from domain.rules import Rule
from domain.slots import Removed, Slot


class SlotAnswer(Answer):
    """A time that can be booked now."""

    starts_at: datetime
    ends_at: datetime
    provider_id: UUID
    seats_left: int

    @classmethod
    def of(cls, slot: Slot, zone: ZoneInfo) -> Self:
        """This slot, on the clock of this zone."""
        return cls(
            starts_at=slot.starts_at.astimezone(zone),
            ends_at=slot.ends_at.astimezone(zone),
            provider_id=slot.provider_id,
            seats_left=slot.seats_left,
        )


class RemovedAnswer(Answer):
    """A time that cannot be booked, the rule that removed it, the entry or setting behind the rule, and both in words."""

    starts_at: datetime
    ends_at: datetime
    provider_id: UUID
    rule: Rule
    source: str
    detail: str


class UnknownAnswer(Answer):
    """A provider, or a resource, of whom nobody knows whether they are free: these calendars could not be read lately."""

    provider_id: UUID
    calendars: list[str]

    @classmethod
    def of(cls, diary: Diary) -> Self:
        """This diary for HTTP."""
        return cls(provider_id=diary.provider_id, calendars=list(diary.unknown))


class SlotsAnswer(Answer):
    """Free slots in order of time, shown in `timezone`. `removed` is there when `explain=1` asked for it.

    `unknown` is there when some providers' slots are left out because nobody knows whether they are free.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "slots": [
                        {
                            "starts_at": "2027-03-08T09:00:00+01:00",
                            "ends_at": "2027-03-08T10:00:00+01:00",
                            "provider_id": "01a1fcad-aea2-74de-b75d-f7137c9b6109",
                            "seats_left": 1,
                        }
                    ],
                    "timezone": "Europe/Berlin",
                }
            ]
        }
    )

    slots: list[SlotAnswer]
    timezone: str
    unknown: list[UnknownAnswer] | None = None
    removed: list[RemovedAnswer] | None = None


def shown(slots: Sequence[Slot], zone: ZoneInfo) -> list[SlotAnswer]:
    """These slots for HTTP."""
    return [SlotAnswer.of(slot, zone) for slot in slots]


def as_json(
    free: Sequence[Slot], removed: Sequence[tuple[Removed, str]] | None, unknown: Sequence[UnknownAnswer], zone: ZoneInfo
) -> str:
    """A SlotsAnswer, with what was removed and why in words; without making one, since a week of many is thousands of slots."""
    clock = _Clock(zone)
    more: dict[str, object] = {"timezone": zone.key}
    if unknown:
        more["unknown"] = [each.model_dump(mode="json") for each in unknown]
    if removed is not None:
        more["removed"] = [
            clock.place(time) | {"rule": time.rule, "source": time.source, "detail": detail} for time, detail in removed
        ]
    rest = json.dumps(more, ensure_ascii=False, separators=(",", ":"))
    return f'{{"slots":[{",".join(map(clock.slot, free))}],{rest[1:]}'


@lru_cache(maxsize=16384)  # all who ask see the same few times
def _on_clock(at: datetime, zone: ZoneInfo) -> str:
    text = at.astimezone(zone).isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


class _Clock:
    """Slots as text on the clock of one zone. None of the parts needs quoting."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._ids: dict[UUID, str] = {}

    def slot(self, slot: Slot) -> str:
        starts_at, ends_at = _on_clock(slot.starts_at, self._zone), _on_clock(slot.ends_at, self._zone)
        whose = self._id(slot.provider_id)
        return f'{{"starts_at":"{starts_at}","ends_at":"{ends_at}","provider_id":"{whose}","seats_left":{slot.seats_left}}}'

    def place(self, time: Removed) -> dict[str, object]:
        return {
            "starts_at": _on_clock(time.starts_at, self._zone),
            "ends_at": _on_clock(time.ends_at, self._zone),
            "provider_id": self._id(time.provider_id),
        }

    def _id(self, provider_id: UUID) -> str:
        found = self._ids.get(provider_id)
        if found is None:
            found = self._ids[provider_id] = str(provider_id)
        return found
