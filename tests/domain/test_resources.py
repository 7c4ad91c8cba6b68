"""A service that takes rooms or machines beside its provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from domain.diary import Block, Claim, Diary, Limit
from domain.hours import Hours, Interval
from domain.rules import Rule
from domain.slots import Removed, Slot, check, check_for_staff, slots
from tests.domain.test_slots import BERLIN, HAIRCUT, NOW, OTHER_SERVICE, PROVIDER, at, clocks, diary

ROOM, BATH, OTHER_PROVIDER = UUID(int=20), UUID(int=21), UUID(int=30)
COURSE = replace(HAIRCUT, capacity=3)
NINE_TO_TWELVE = Interval(9 * 60, 12 * 60)


def room(resource: UUID, *claims: Claim, weekly: Mapping[int, Sequence[Interval]] | None = None) -> Diary:
    return Diary(resource, Hours.of_week(BERLIN, {0: [NINE_TO_TWELVE]} if weekly is None else weekly), claims)


def used(start: str, *, seats: int = 1, length: int = 60, provider: UUID = PROVIDER, is_own: bool = False) -> Claim:
    """A session of the course: in a room's diary, or in its provider's own."""
    since, until = at(start), at(start) + timedelta(minutes=length)
    return Claim(COURSE.id, since, since, until, 3, seats, None if is_own else provider)


def free(*needs: Sequence[Diary]) -> list[str]:
    return clocks(slots(HAIRCUT, diary(), at("00:00"), at("23:00"), NOW, needs))


def refused(found: Slot | Removed) -> tuple[str, str]:
    assert isinstance(found, Removed), found
    return found.rule.value, found.source


def test_a_slot_takes_one_of_each_need() -> None:
    found = check(HAIRCUT, diary(), at("09:00"), 1, NOW, [[room(ROOM)], [room(BATH)]])
    assert isinstance(found, Slot) and found.resource_ids == (ROOM, BATH)


def test_two_needs_never_get_the_same_room() -> None:
    either = [room(ROOM), room(BATH)]
    found = check(HAIRCUT, diary(), at("09:00"), 1, NOW, [either, either])
    assert isinstance(found, Slot) and set(found.resource_ids) == {ROOM, BATH}
    assert ("no-resource", "resources:2") == refused(check(HAIRCUT, diary(), at("09:00"), 1, NOW, [[room(ROOM)], [room(ROOM)]]))


def test_a_need_leaves_the_only_room_of_another_to_it() -> None:
    for needs in ([[room(ROOM), room(BATH)], [room(ROOM)]], [[room(ROOM)], [room(ROOM), room(BATH)]]):
        found = check(HAIRCUT, diary(), at("09:00"), 1, NOW, needs)
        assert isinstance(found, Slot) and {ROOM, BATH} == set(found.resource_ids)


def test_a_room_keeps_its_own_hours() -> None:
    from_ten = room(ROOM, weekly={0: [Interval(10 * 60, 11 * 60 + 30)]})
    assert ["10:00", "10:30"] == free([from_ten])


def test_a_room_has_no_grid_of_its_own() -> None:
    from_nine_ten = room(ROOM, weekly={0: [Interval(9 * 60 + 10, 11 * 60 + 10)]})
    assert ["09:30", "10:00"] == free([from_nine_ten])


def test_a_room_is_free_of_claims_blocks_and_limits_or_not_at_all() -> None:
    other = Claim(OTHER_SERVICE, at("10:00"), at("10:00"), at("11:00"), 1, 1, OTHER_PROVIDER)
    assert ["09:00", "11:00"] == free([room(ROOM, other)])
    away = replace(room(ROOM), blocks=[Block(at("09:00"), at("10:30"), Rule.TIME_OFF, "time_off:1")])
    assert ["10:30", "11:00"] == free([away])
    assert [] == free([replace(room(ROOM), unknown=["Google"])])
    assert [] == free([replace(room(ROOM), limits=[Limit(1, None, BERLIN, [at("18:00")], "provider")])])


def test_a_provider_is_no_room_of_their_own() -> None:
    assert ("no-resource", "resources:1") == refused(check(HAIRCUT, diary(), at("09:00"), 1, NOW, [[diary()]]))


def test_who_joins_a_session_sits_in_its_room() -> None:
    course = diary(used("10:00", is_own=True))
    needs = [[room(ROOM), room(BATH, used("10:00"))]]
    found = check(COURSE, course, at("10:00"), 2, NOW, needs)
    assert isinstance(found, Slot) and (found.seats_left, found.resource_ids) == (2, (BATH,))


def test_who_joins_a_session_sits_in_all_its_rooms_whichever_need_they_met() -> None:
    course = diary(used("10:00", is_own=True))
    both = [room(ROOM, used("10:00")), room(BATH, used("10:00"))]
    for needs in ([both, both], [both, both[:1]], [both[1:], both]):
        found = check(COURSE, course, at("10:00"), 1, NOW, needs)
        assert isinstance(found, Slot) and {ROOM, BATH} == set(found.resource_ids)


def test_a_session_in_a_room_is_its_provider_s_alone() -> None:
    theirs = room(ROOM, used("10:00", provider=OTHER_PROVIDER))
    assert ("no-resource", "resources:1") == refused(check(COURSE, diary(), at("10:00"), 1, NOW, [[theirs]]))


def test_a_session_of_another_length_at_the_same_time_is_not_joined() -> None:
    course = diary(used("10:00", is_own=True))
    longer = replace(COURSE, duration=timedelta(minutes=90))
    assert isinstance(check(COURSE, course, at("10:00"), 1, NOW), Slot)
    assert ("taken", "claims") == refused(check(longer, course, at("10:00"), 1, NOW))


def test_staff_open_a_closed_room_only_when_no_other_is_free() -> None:
    closed, opened = room(ROOM, weekly={}), room(BATH)
    found, broken = check_for_staff(HAIRCUT, diary(), at("09:00"), 1, NOW, [[closed, opened]])
    assert isinstance(found, Slot) and ((BATH,), []) == (found.resource_ids, broken)
    found, broken = check_for_staff(HAIRCUT, diary(), at("09:00"), 1, NOW, [[closed]])
    assert isinstance(found, Slot) and [(ROOM, Rule.CLOSED)] == [(each.provider_id, each.rule) for each in broken]


def test_staff_never_take_a_room_that_is_taken() -> None:
    found, _ = check_for_staff(HAIRCUT, diary(), at("10:00"), 1, NOW, [[room(ROOM, used("10:00", provider=OTHER_PROVIDER))]])
    assert ("no-resource", "resources:1") == refused(found)
