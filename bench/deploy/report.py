"""What the customers met while the release came, and what became of their bookings."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(slots=True)
class Report:
    """`faults` are what is wrong, in words; everything else is counted."""

    a_second: float
    is_patched: bool = True
    seconds: float = 0.0
    rollout: dict[str, float] = field(default_factory=dict)
    customers: int = 0
    confirmed: int = 0
    requests: int = 0
    again: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    with_step: int = 0
    without_step: int = 0
    crossing: int = 0
    copies: int = 0
    faults: list[str] = field(default_factory=list)

    def text(self) -> str:
        """For people."""
        again = ", ".join(f"{times} for {why}" for why, times in sorted(self.again.items())) or "none"
        lines = [
            f"{self.customers} customers at {self.a_second:g}/s in {self.seconds:.0f} s, "
            f"{'' if self.is_patched else 'WITHOUT the patch marker, '}one release after the other:",
            *(f"  {what:<24}{seconds:6.1f} s" for what, seconds in self.rollout.items()),
            f"{self.confirmed} of {self.customers} confirmed; {self.requests} requests, the longest {self.longest:.1f} s",
            f"asked again with the same key: {again}",
            f"{self.without_step} bookings went the old way, {self.with_step} the new way with one more step; "
            f"{self.crossing} were held by one release and confirmed by the other",
            f"{self.copies} messages arrived twice; {len(self.faults)} findings",
        ]
        return "\n".join([*lines, *(f"FAULT  {fault}" for fault in self.faults)])

    def as_json(self) -> dict[str, Any]:
        return {**asdict(replace(self, again=Counter())), "again": dict(self.again)}
