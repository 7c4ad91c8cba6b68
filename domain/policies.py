"""What a business promises about changing one's mind: what comes back, how often one may move, what staying away costs.

A booking keeps the policies of the day it was made; a later change of the service changes nothing for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.approvals import ApprovalPolicy
from domain.holidays import HolidayCalendar, UnknownPlace, weekend_of
from domain.money import Money
from domain.times import instant

DAY = timedelta(days=1)
FARTHEST = timedelta(days=3660)  # whoever keeps no business day for ten years has none


class NoticeUnit(StrEnum):
    """In what a business counts notice. Minutes and hours are elapsed time, days are dates on the business's wall."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """On which dates a business works, and in which zone its clock hangs. Kept with a booking as it was."""

    zone: str = "UTC"
    country: str | None = None
    region: str | None = None
    not_kept: tuple[str, ...] = ()

    def is_business_day(self, day: date) -> bool:
        """Neither a weekend of its country (Saturday and Sunday, where it named none) nor a holiday that it keeps."""
        if day.weekday() in weekend_of(self.country):
            return False
        if self.country is None:
            return True
        try:
            return day not in HolidayCalendar(self.country, self.region, frozenset(self.not_kept)).between(day, day)
        except UnknownPlace:  # the library has dropped the place since: its holidays are no days off then
            return True

    def before(self, at: datetime, days: int, *, business: bool) -> datetime:
        """The same wall time, so many days earlier; only business days count, if so wanted. As UTC.

        A wall time that the clocks jump over means the instant of the jump, one that comes twice its first.
        """
        zone = ZoneInfo(self.zone)
        if days == 0:
            return at
        wall = at.astimezone(zone)
        day = wall.date()
        for earlier in self._going_back(day, business=business):
            day, days = earlier, days - 1
            if days == 0:
                break
        return instant(datetime.combine(day, wall.time().replace(second=0, microsecond=0, fold=0)), zone)

    def _going_back(self, day: date, *, business: bool) -> Iterator[date]:
        earliest = day - FARTHEST
        while (day := day - DAY) >= earliest:
            if not business or self.is_business_day(day):
                yield day


@dataclass(frozen=True, slots=True)
class Notice:
    """So long before an appointment starts."""

    count: int
    unit: NoticeUnit

    def deadline(self, starts_at: datetime, calendar: BusinessCalendar) -> datetime:
        """The last instant at which there is still this much notice, in UTC."""
        match self.unit:
            case NoticeUnit.MINUTES:
                return starts_at.astimezone(UTC) - timedelta(minutes=self.count)
            case NoticeUnit.HOURS:
                return starts_at.astimezone(UTC) - timedelta(hours=self.count)
            case NoticeUnit.DAYS:
                return calendar.before(starts_at, self.count, business=False).astimezone(UTC)
            case NoticeUnit.BUSINESS_DAYS:
                return calendar.before(starts_at, self.count, business=True).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Tier:
    """With this much notice, this much of what was paid comes back."""

    notice: Notice
    refund_percent: int


@dataclass(frozen=True, slots=True)
class CancellationPolicy:
    """What comes back when a paid booking is cancelled: all of it until `free_until` before the start (never for None), what
    the tiers say, and at least `late_refund_percent`. The best of what still holds counts, so waiting never pays."""

    free_until: timedelta | None = timedelta()
    late_refund_percent: int = 0
    tiers: tuple[Tier, ...] = ()

    @property
    def all_tiers(self) -> tuple[Tier, ...]:
        """The tiers, with `free_until` as the first of them."""
        if self.free_until is None:
            return self.tiers
        return (Tier(Notice(self.free_until // timedelta(minutes=1), NoticeUnit.MINUTES), 100), *self.tiers)


@dataclass(frozen=True, slots=True)
class ReschedulePolicy:
    """Until when a customer may move a booking, and how often; None is as often as they like."""

    min_notice: timedelta = timedelta()
    most_times: int | None = None


@dataclass(frozen=True, slots=True)
class NoShowPolicy:
    """What staying away costs: a part of the price, or a fixed amount of its currency, charged on the saved payment method.

    Staff may say so from the start until `window` after the end.
    """

    fee_percent: int = 0
    fee_amount: int | None = None
    window: timedelta = timedelta(days=1)

    @property
    def has_fee(self) -> bool:
        return bool(self.fee_percent or self.fee_amount)

    def fee(self, price: Money) -> Money:
        """In the price's currency; rounded down."""
        if self.fee_amount is not None:
            return Money(self.fee_amount, price.currency)
        return price.part_rounded_down(self.fee_percent)


@dataclass(frozen=True, slots=True)
class Policies:
    """All of a service's policies, as one booking keeps them. `follow_up` is how long after the end a message goes out.

    Without an `approval` the provider is not asked.
    """

    cancellation: CancellationPolicy = CancellationPolicy()
    reschedule: ReschedulePolicy = ReschedulePolicy()
    no_show: NoShowPolicy = NoShowPolicy()
    follow_up: timedelta | None = None
    calendar: BusinessCalendar = BusinessCalendar()
    approval: ApprovalPolicy | None = None


FREELY, NO_FEE, USUAL = ReschedulePolicy(), NoShowPolicy(), Policies()
"""What holds where a business has said nothing."""


@dataclass(frozen=True, slots=True)
class RefundQuote:
    """What comes back now and what is kept; their sum is what was paid.

    `tier` is the one that counts, None where it is the rest for late ones. `holds_until` is the last instant of this quote,
    None where it stays.
    """

    refund: Money
    kept: Money
    percent: int
    tier: Tier | None
    holds_until: datetime | None


def quote_refund(policies: Policies, paid: Money, starts_at: datetime, now: datetime) -> RefundQuote:
    """What cancelling gives back at this instant; a deadline's own instant is still in time."""
    cancellation = policies.cancellation
    by_deadline = [(tier.notice.deadline(starts_at, policies.calendar), tier) for tier in cancellation.all_tiers]
    open_tiers = [(deadline, tier) for deadline, tier in by_deadline if now <= deadline]
    best = max((tier.refund_percent for _, tier in open_tiers), default=0)
    if best <= cancellation.late_refund_percent:
        return _quoted(paid, cancellation.late_refund_percent, None, None)
    deadline, tier = max((each for each in open_tiers if each[1].refund_percent == best), key=lambda each: each[0])
    return _quoted(paid, best, tier, deadline)


def refund_in_full(paid: Money) -> RefundQuote:
    """What comes back when it is the business that cancels."""
    return _quoted(paid, 100, None, None)


def refund_nothing(paid: Money) -> RefundQuote:
    """What comes back when staff say so."""
    return _quoted(paid, 0, None, None)


def _quoted(paid: Money, percent: int, tier: Tier | None, holds_until: datetime | None) -> RefundQuote:
    refund = paid.part(percent)
    return RefundQuote(refund, paid.less(refund), percent, tier, holds_until)
