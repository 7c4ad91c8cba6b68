"""Policies as JSON: with a service as it is sold, with a booking as it was when it was made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from domain.approvals import ApprovalPolicy
from domain.policies import (
    BusinessCalendar,
    CancellationPolicy,
    NoShowPolicy,
    Notice,
    NoticeUnit,
    Policies,
    ReschedulePolicy,
    Tier,
)

Json = Mapping[str, Any]


def cancellation_json(policy: CancellationPolicy) -> Json:
    """As it is kept."""
    return {
        "free_until_minutes": None if policy.free_until is None else _minutes(policy.free_until),
        "late_refund_percent": policy.late_refund_percent,
        "tiers": [[tier.notice.count, tier.notice.unit.value, tier.refund_percent] for tier in policy.tiers],
    }


def cancellation_in(kept: Json) -> CancellationPolicy:
    """What was kept; what is not said is the usual."""
    free = kept.get("free_until_minutes", 0)
    return CancellationPolicy(
        free_until=None if free is None else timedelta(minutes=free),
        late_refund_percent=kept.get("late_refund_percent", 0),
        tiers=tuple(Tier(Notice(count, NoticeUnit(unit)), percent) for count, unit, percent in kept.get("tiers", ())),
    )


def reschedule_json(policy: ReschedulePolicy) -> Json:
    """As it is kept."""
    return {"min_notice_minutes": _minutes(policy.min_notice), "most_times": policy.most_times}


def reschedule_in(kept: Json) -> ReschedulePolicy:
    """What was kept."""
    return ReschedulePolicy(timedelta(minutes=kept.get("min_notice_minutes", 0)), kept.get("most_times"))


def no_show_json(policy: NoShowPolicy) -> Json:
    """As it is kept."""
    return {
        "fee_percent": policy.fee_percent,
        "fee_amount": policy.fee_amount,
        "window_minutes": _minutes(policy.window),
    }


def no_show_in(kept: Json) -> NoShowPolicy:
    """What was kept."""
    usual = NoShowPolicy()
    window = timedelta(minutes=kept["window_minutes"]) if "window_minutes" in kept else usual.window
    return NoShowPolicy(kept.get("fee_percent", 0), kept.get("fee_amount"), window)


def approval_json(policy: ApprovalPolicy | None) -> Json | None:
    """As it is kept; None where nobody is asked."""
    return None if policy is None else {"within_seconds": policy.within // timedelta(seconds=1)}


def approval_in(kept: Json | None) -> ApprovalPolicy | None:
    """What was kept."""
    return None if kept is None else ApprovalPolicy(timedelta(seconds=kept["within_seconds"]))


def policies_json(policies: Policies) -> Json:
    """All of them, as a booking keeps them."""
    calendar = policies.calendar
    return {
        "cancellation": cancellation_json(policies.cancellation),
        "reschedule": reschedule_json(policies.reschedule),
        "no_show": no_show_json(policies.no_show),
        "follow_up_minutes": None if policies.follow_up is None else _minutes(policies.follow_up),
        "calendar": [calendar.zone, calendar.country, calendar.region, list(calendar.not_kept)],
        "approval": approval_json(policies.approval),
    }


def policies_in(kept: Json) -> Policies:
    """What the booking kept."""
    follow_up = kept.get("follow_up_minutes")
    calendar = BusinessCalendar()
    if "calendar" in kept:
        zone, country, region, not_kept = kept["calendar"]
        calendar = BusinessCalendar(zone, country, region, tuple(not_kept))
    return Policies(
        cancellation_in(kept.get("cancellation", {})),
        reschedule_in(kept.get("reschedule", {})),
        no_show_in(kept.get("no_show", {})),
        None if follow_up is None else timedelta(minutes=follow_up),
        calendar,
        approval_in(kept.get("approval")),
    )


def _minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)
