"""A service's policies over HTTP."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from api.schemas.fields import Answer, Integer, Request
from domain.policies import CancellationPolicy, NoShowPolicy, Notice, NoticeUnit, ReschedulePolicy, Tier

YEAR = 366 * 24 * 60
MOST = {NoticeUnit.MINUTES: YEAR, NoticeUnit.HOURS: YEAR // 60, NoticeUnit.DAYS: 366, NoticeUnit.BUSINESS_DAYS: 260}

Percent = Annotated[Integer, Field(ge=0, le=100)]


class RefundTier(Request):
    """With this much notice, this much of what was paid comes back. Days end at the appointment's own time of day, in the
    business's zone; business days leave out its weekends and the holidays it keeps."""

    unit: NoticeUnit
    notice: Annotated[Integer, Field(ge=0, le=YEAR)]
    refund_percent: Percent

    @field_validator("notice")
    @classmethod
    def _at_most_a_year(cls, notice: int, info: ValidationInfo) -> int:
        unit = info.data.get("unit")
        if unit is not None and notice > MOST[unit]:
            raise ValueError(f"must be at most {MOST[unit]} {unit.replace('_', ' ')}")
        return notice


class Policy(Request):
    """What comes back when a customer cancels a paid booking: the best of the tiers that still hold, at least
    `late_refund_percent`. `free_until_minutes` is short for one tier of 100 percent; without tiers it is 0, so that everything
    comes back until the start."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "tiers": [
                        {"notice": 7, "unit": "days", "refund_percent": 100},
                        {"notice": 2, "unit": "business_days", "refund_percent": 50},
                    ],
                    "late_refund_percent": 0,
                }
            ]
        }
    )

    free_until_minutes: Annotated[Integer, Field(ge=0, le=YEAR)] | None = None
    late_refund_percent: Percent = 0
    tiers: Annotated[tuple[RefundTier, ...], Field(max_length=10)] = ()

    @field_validator("tiers")
    @classmethod
    def _more_notice_gives_no_less(cls, tiers: tuple[RefundTier, ...]) -> tuple[RefundTier, ...]:
        for unit in NoticeUnit:
            same = sorted((tier for tier in tiers if tier.unit is unit), key=lambda tier: tier.notice)
            for less, more in pairwise(same):
                if less.notice == more.notice:
                    raise ValueError("must not name the same notice twice")
                if less.refund_percent > more.refund_percent:
                    raise ValueError("must not give back more for less notice")
        return tiers

    def as_policy(self) -> CancellationPolicy:
        """The policy these fields describe."""
        free = self.free_until_minutes
        if free is None and not self.tiers:
            free = 0
        return CancellationPolicy(
            free_until=None if free is None else timedelta(minutes=free),
            late_refund_percent=self.late_refund_percent,
            tiers=tuple(Tier(Notice(tier.notice, tier.unit), tier.refund_percent) for tier in self.tiers),
        )


class Rescheduling(Request):
    """Until when customers may move a booking themselves, and how often; null is as often as they like."""

    min_notice_minutes: Annotated[Integer, Field(ge=0, le=YEAR)] = 0
    most_times: Annotated[Integer, Field(ge=0, le=1000)] | None = None

    def as_policy(self) -> ReschedulePolicy:
        """The policy these fields describe."""
        return ReschedulePolicy(timedelta(minutes=self.min_notice_minutes), self.most_times)


class NoShow(Request):
    """What not coming costs: a part of the price or a fixed amount of its currency, charged on the payment method that paid.
    Staff may say so from the start until `window_minutes` after the end."""

    fee_percent: Percent = 0
    fee_amount: Annotated[Integer, Field(ge=1, le=10_000_000_000)] | None = Field(
        None, description="In minor units; instead of `fee_percent`."
    )
    window_minutes: Annotated[Integer, Field(ge=1, le=31 * 24 * 60)] = 24 * 60

    @field_validator("fee_amount")
    @classmethod
    def _one_or_the_other(cls, amount: int | None, info: ValidationInfo) -> int | None:
        if amount is not None and info.data.get("fee_percent"):
            raise ValueError("must be left out where there is a fee_percent")
        return amount

    def as_policy(self) -> NoShowPolicy:
        """The policy these fields describe."""
        return NoShowPolicy(self.fee_percent, self.fee_amount, timedelta(minutes=self.window_minutes))


class TierAnswer(Answer):
    """With this much notice, this much of what was paid comes back."""

    unit: NoticeUnit
    notice: int
    refund_percent: int

    @classmethod
    def of(cls, tier: Tier) -> Self:
        """This tier for HTTP."""
        return cls(unit=tier.notice.unit, notice=tier.notice.count, refund_percent=tier.refund_percent)


class PolicyAnswer(Answer):
    """What comes back when a customer cancels a paid booking."""

    free_until_minutes: int | None
    late_refund_percent: int
    tiers: list[TierAnswer]

    @classmethod
    def of(cls, policy: CancellationPolicy) -> Self:
        """This policy for HTTP."""
        return cls(
            free_until_minutes=None if policy.free_until is None else policy.free_until // timedelta(minutes=1),
            late_refund_percent=policy.late_refund_percent,
            tiers=[TierAnswer.of(tier) for tier in policy.tiers],
        )


class ReschedulingAnswer(Answer):
    """Until when customers may move a booking themselves, and how often."""

    min_notice_minutes: int
    most_times: int | None

    @classmethod
    def of(cls, policy: ReschedulePolicy) -> Self:
        """This policy for HTTP."""
        return cls(min_notice_minutes=policy.min_notice // timedelta(minutes=1), most_times=policy.most_times)


class NoShowAnswer(Answer):
    """What not coming costs, and until when staff may say so."""

    fee_percent: int
    fee_amount: int | None
    window_minutes: int

    @classmethod
    def of(cls, policy: NoShowPolicy) -> Self:
        """This policy for HTTP."""
        minutes = policy.window // timedelta(minutes=1)
        return cls(fee_percent=policy.fee_percent, fee_amount=policy.fee_amount, window_minutes=minutes)
