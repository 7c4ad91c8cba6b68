"""Numbers of our own among those that the SDK tells Prometheus at SLOTKEEPER_WORKER_METRICS. Called within an activity."""

from __future__ import annotations

import time
from collections.abc import Mapping

from temporalio import activity


def show_reconciled(at_risk: Mapping[str, int], found: Mapping[str, int]) -> None:
    """`slotkeeper_money_at_risk` in minor units by currency, `slotkeeper_findings` by rule, and when that was known.

    With several workers the one whose `slotkeeper_reconciled_at` (seconds since 1970) is the newest is right.
    """
    meter = activity.metric_meter()
    risk = meter.create_gauge("slotkeeper_money_at_risk", "Money that is not where it should be, in minor units")
    for currency, amount in at_risk.items():
        risk.set(amount, {"currency": currency})
    broken = meter.create_gauge("slotkeeper_findings", "What the last reconciliation found and could not mend")
    for rule, count in found.items():
        broken.set(count, {"rule": rule})
    meter.create_gauge("slotkeeper_reconciled_at", "When the last reconciliation ended", "s").set(int(time.time()))


def count_repair(kind: str) -> None:
    """`slotkeeper_reconciliation_repairs` by kind."""
    counter = activity.metric_meter().create_counter("slotkeeper_reconciliation_repairs", "Differences that were mended")
    counter.add(1, {"kind": kind})
