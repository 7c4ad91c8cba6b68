"""What a caller reads who cannot have a slot: the rule, in words and as a code, and where there is still room."""

from __future__ import annotations

from api.problems import Problem
from api.schemas.bookings import NewBooking
from api.schemas.slots import shown
from domain.slots import Rule, slots
from store.slots import SlotFacts

NEXT_SLOTS = 5

WORDS = {
    Rule.IN_THE_PAST: "is in the past",
    Rule.TOO_SOON: "is sooner than this service can be booked",
    Rule.TOO_FAR: "is further ahead than this service can be booked",
    Rule.CLOSED: "is on a day without opening hours",
    Rule.OUTSIDE_HOURS: "is outside the opening hours, or ends after they do",
    Rule.OFF_GRID: "is not one of the starting times",
    Rule.NONEXISTENT: "does not exist: the clocks jump over it that day",
    Rule.TAKEN: "is taken",
    Rule.NO_SEATS_LEFT: "has too few seats left",
}


def not_offered(rule: Rule, source: str) -> Problem:
    """This time is not for sale."""
    error = {"pointer": "/starts_at", "detail": WORDS[rule], "rule": rule.value, "source": source}
    return Problem("slot-not-offered", f"this time {WORDS[rule]}", [error], more={"rule": rule.value})


def taken(rule: Rule, facts: SlotFacts, wanted: NewBooking) -> Problem:
    """Somebody was faster; here is what is free next."""
    free = [
        slot
        for diary in facts.diaries
        for slot in slots(facts.service, diary, wanted.starts_at, facts.until, facts.now)
        if slot.seats_left >= wanted.seats
    ]
    free.sort(key=lambda slot: (slot.starts_at, slot.provider_id))
    zone = facts.diaries[0].hours.zone
    pointer = "/seats" if rule is Rule.NO_SEATS_LEFT else "/starts_at"
    return Problem(
        "slot-taken",
        f"this time {WORDS[rule]}",
        [{"pointer": pointer, "detail": WORDS[rule], "rule": rule.value, "source": "claims"}],
        more={
            "rule": rule.value,
            "next_slots": [slot.model_dump(mode="json") for slot in shown(free[:NEXT_SLOTS], zone)],
            "timezone": zone.key,
        },
    )
