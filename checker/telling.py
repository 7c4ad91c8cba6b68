"""The checker's report as people read it, and as programs do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from checker.checking import Report
from domain.findings import Finding
from domain.money import Money

MOST_OF_A_KIND = 20
"""How many findings of one rule are listed for people; programs are told all."""


def summary(report: Report) -> str:
    """In one line."""
    looked = f"{report.bookings} bookings and {report.workflows} open workflows"
    if not report.faults:
        return f"nothing is wrong in {looked}"
    risk = ", ".join(_shown(Money(amount, currency)) for currency, amount in sorted(report.money_at_risk.items()))
    return f"{len(report.faults)} findings in {looked}" + (f", {risk} at risk" if risk else "")


def table(report: Report) -> Iterable[str]:
    """Each rule that is broken, its page, and the bookings it is broken for."""
    counts = Counter(one.rule for one in report.findings)
    for rule, count in counts.most_common():
        yield f"{count:>5} × {rule.says}: {'counted, no fault; ' if rule.is_excused else ''}see docs/runbooks/{rule.runbook}.md"
        found = [one for one in report.findings if one.rule is rule]
        yield from (f"        {_line(one)}" for one in found[:MOST_OF_A_KIND])
        if count > MOST_OF_A_KIND:
            yield f"        and {count - MOST_OF_A_KIND} more: --json lists them all"


def as_json(report: Report) -> dict[str, Any]:
    """Everything, with stable names."""
    return {
        "bookings": report.bookings,
        "workflows": report.workflows,
        "money_at_risk": report.money_at_risk,
        "findings": [_finding(one) for one in report.findings],
    }


def _finding(one: Finding) -> dict[str, Any]:
    risk = one.money_at_risk
    return {
        "rule": one.rule.value,
        "says": one.rule.says,
        "is_fault": not one.rule.is_excused,
        "business_id": str(one.business) if one.business else None,
        "booking_id": str(one.booking) if one.booking else None,
        "detail": one.detail,
        "money_at_risk": {"amount": risk.amount, "currency": risk.currency} if risk else None,
        "runbook": f"docs/runbooks/{one.rule.runbook}.md",
    }


def _line(one: Finding) -> str:
    risk = f" ({_shown(one.money_at_risk)})" if one.money_at_risk else ""
    return f"{one.booking or '-'}  {one.detail}{risk}"


def _shown(money: Money) -> str:
    return f"{money.major} {money.currency}"
