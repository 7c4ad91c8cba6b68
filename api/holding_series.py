"""Takes an order for a series: refuses what cannot be held before any workflow is started, and asks for the hold.

As with a booking, a refusal is not remembered, and a series is: its repeat gets the first answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

from api.choosing import quotas
from api.commands.outcomes import BookingIsOver
from api.holders import holder_of
from api.holding import KEYS
from api.problems import Problem
from api.recurring import Judged, LaidOut, lay_out, reason
from api.requests import is_same_request, personal_hash
from api.schemas.series import NewSeries
from api.wiring import Wiring
from domain.bookings import BookingRef, Customer, HoldSlot
from domain.errors import KeyReused, SlotTaken
from domain.holders import SERIES as ONE_SERIES
from domain.rules import Rule
from domain.series import HoldSeries, RefusedOccurrence, SeriesMode, SeriesRef, WantedOccurrence
from domain.tokens import manage_token, token_hash
from store.customers import Known, know
from store.series_read import SeriesView, find_any_series, find_series

PATH = "POST /api/v1/series"
TRIES = 3  # how often it is laid out anew when somebody is faster


@dataclass(frozen=True, slots=True)
class Held:
    """The series, whether it was there before, and by number why what is refused was refused just now."""

    series: SeriesView
    is_repeat: bool
    reasons: Mapping[int, dict[str, object]] = field(default_factory=dict)


async def hold_series(wired: Wiring, wanted: NewSeries, key: str | None) -> Held:
    """Holds the series as it is wanted. Raises Problem, with every occurrence's own reason, where it cannot be."""
    business_id = await wired.services.enter_business(wired.pool, wanted.service_id)
    ids = [uuid5(KEYS, f"{business_id}:series:{turn}:{key}") if key else uuid7() for turn in range(TRIES)]
    if key and business_id is not None and (first := await find_any_series(wired.pool, business_id, ids)):
        return Held(_same(wired, first, wanted), is_repeat=True)
    for series_id in ids:
        laid_out = await lay_out(wired, wanted)
        _check(laid_out, wanted)
        order = await _order(wired, wanted, laid_out, series_id)
        try:
            holder = order.pattern.holder
            asking = wired.full_holders.asking(wired.pool, order.ref.business_id, holder, series_id, ONE_SERIES)
            async with asking, wired.admission.place():
                await wired.commands.hold_series(order, laid_out.facts.on_calendar_failure)
        except SlotTaken:
            continue
        except BookingIsOver:
            pass  # a repeat, and the store knows how it ended
        if (held := await find_series(wired.pool, order.ref)) is not None:
            refused = {one.occurrence.number: reason(one.refusal) for one in laid_out.judged if one.refusal}
            return Held(_same(wired, held, wanted), is_repeat=False, reasons=refused)
    raise _refused(await lay_out(wired, wanted))


def _same(wired: Wiring, found: SeriesView, wanted: NewSeries) -> SeriesView:
    if not is_same_request(found.request_hash, wired.settings, PATH, wanted):
        raise KeyReused("this Idempotency-Key was used for another series")
    return found


def _check(laid_out: LaidOut, wanted: NewSeries) -> None:
    is_all = len(laid_out.free) == len(laid_out.judged)
    if not laid_out.free or (wanted.mode is SeriesMode.ALL_OR_NOTHING and not is_all):
        raise _refused(laid_out)


def _refused(laid_out: LaidOut) -> Problem:
    """Nothing is held; every occurrence says whether it could have been, and why not."""
    shown = [answer.model_dump(mode="json") for answer in laid_out.answers()]
    count = len(laid_out.judged) - len(laid_out.free)
    detail = f"{count} of {len(shown)} occurrences cannot be held" if count else "somebody else was faster"
    return Problem("occurrences-refused", detail, more={"occurrences": shown, "timezone": laid_out.zone.key})


async def _order(wired: Wiring, wanted: NewSeries, laid_out: LaidOut, series_id: UUID) -> HoldSeries:
    business_id, who = laid_out.facts.service.business_id, wanted.customer
    customer = Customer(who.name, who.email, who.phone, who.timezone or laid_out.zone.key, who.locale)
    known = await know(wired.pool, business_id, customer)
    hashed = personal_hash(wired.settings, PATH, wanted).hex()
    free = laid_out.free
    ref = SeriesRef(business_id, series_id)
    return HoldSeries(
        ref=ref,
        pattern=_pattern(wired, wanted, laid_out, free[0], ref, (customer, known), hashed),
        wanted=tuple(_wanted(wired, one, ref) for one in free),
        refused=tuple(_refusal(one) for one in laid_out.judged if one.refusal),
        rule=laid_out.rule.text,
        zone=laid_out.zone.key,
        provider_id=wanted.provider_id,
        mode=wanted.mode,
        payment=wanted.payment,
        manage_token_hash=_hash(wired, ref, series_id),
        request_hash=hashed,
    )


def _pattern(
    wired: Wiring,
    wanted: NewSeries,
    laid_out: LaidOut,
    first: Judged,
    ref: SeriesRef,
    named: tuple[Customer, Known],
    hashed: str,
) -> HoldSlot:
    facts, (who, known) = laid_out.facts, named
    if first.chosen is None:
        raise RuntimeError("a pattern is made of what is free")
    service, slot = facts.service, first.chosen.slot
    return HoldSlot(
        business_id=ref.business_id,
        booking_id=ref.series_id,
        service_id=service.id,
        provider_id=slot.provider_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        blocks_from=slot.starts_at - service.buffer_before,
        blocks_until=slot.ends_at + service.buffer_after,
        capacity=service.capacity,
        seats=wanted.seats,
        price=laid_out.price,
        payment=service.payment,
        customer=None if known.reference else who,
        customer_id=known.reference,
        manage_token_hash="",
        request_hash=hashed,
        policies=service.policies(facts.business_days),
        saves_method=service.may_charge_later,
        holder=holder_of(wired.settings, ref.business_id, who.email, who.phone),
    )


def _wanted(wired: Wiring, one: Judged, ref: SeriesRef) -> WantedOccurrence:
    if one.chosen is None:
        raise RuntimeError("only what is free is wanted")
    booking_id = uuid5(ref.series_id, str(one.occurrence.number))
    return WantedOccurrence(
        number=one.occurrence.number,
        booking_id=booking_id,
        provider_id=one.chosen.slot.provider_id,
        starts_at=one.chosen.slot.starts_at,
        manage_token_hash=_hash(wired, ref, booking_id),
        is_shifted=one.occurrence.is_shifted,
        resource_ids=one.chosen.slot.resource_ids,
        quotas=quotas(one.facts, one.chosen.slot),
        assigned_by=one.chosen.assigned_by,
    )


def _refusal(one: Judged) -> RefusedOccurrence:
    said = reason(one.refusal) if one.refusal else {}
    rule, source = Rule(str(said["rule"])), str(said["source"])
    return RefusedOccurrence(one.occurrence.number, one.occurrence.starts_at, rule, source, one.occurrence.is_shifted)


def _hash(wired: Wiring, ref: SeriesRef, its_id: UUID) -> str:
    return token_hash(manage_token(_secret(wired), BookingRef(ref.business_id, its_id))).hex()


def _secret(wired: Wiring) -> str:
    return wired.settings.token_secret.get_secret_value()
