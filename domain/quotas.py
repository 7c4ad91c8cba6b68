"""Which limits a slot counts towards, so that its hold can count them again: others may book at the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from domain.bookings import Quota
from domain.diary import Diary, monday_of
from domain.slots import Slot
from domain.times import moment


def quotas_of(slot: Slot, service_id: UUID, everyone: Sequence[Sequence[Diary]]) -> tuple[Quota, ...]:
    """Of the service, of the slot's provider and of each resource that it takes; `everyone` has their diaries."""
    taken = {slot.provider_id, *slot.resource_ids}
    diaries = {diary.provider_id: diary for each in everyone for diary in each if diary.provider_id in taken}
    return tuple(quota for diary in diaries.values() for quota in _of_diary(diary, slot, service_id))


def _of_diary(diary: Diary, slot: Slot, service_id: UUID) -> list[Quota]:
    found: list[Quota] = []
    for limit in diary.limits:
        day = slot.starts_at.astimezone(limit.zone).date()
        whose = {"service_id": service_id} if limit.source == "service" else {"provider_id": diary.provider_id}
        for most, first, days in ((limit.per_day, day, 1), (limit.per_week, monday_of(day), 7)):
            if most is not None:
                since, until = moment(first, 0, limit.zone)[0], moment(first + timedelta(days=days), 0, limit.zone)[0]
                found.append(Quota(since, until, most, **whose))
    return found
