"""Free slots over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
    """A time that cannot be booked, the rule that removed it, and the entry or setting behind the rule."""

    starts_at: datetime
    ends_at: datetime
    provider_id: UUID
    rule: Rule
    source: str

    @classmethod
    def of(cls, removed: Removed, zone: ZoneInfo) -> Self:
        """This time, on the clock of this zone."""
        return cls(
            starts_at=removed.starts_at.astimezone(zone),
            ends_at=removed.ends_at.astimezone(zone),
            provider_id=removed.provider_id,
            rule=removed.rule,
            source=removed.source,
        )


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
