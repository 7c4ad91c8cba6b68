"""What too many customers came to: the table, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.cpu import machine
from bench.offering import Became, Phase

SHED_WITHIN = 1.0
HOLD_WITHIN_TARGETS = 2.0
"""Of the target that the API steers by; half of the holds should take no longer than one."""
CONFIRM_WITHIN = 15.0
OVERDUE = 10.0
STILL_DONE = 0.7
SHOWN = 5


@dataclass(slots=True)
class Report:
    """`faults` are broken promises, `slow` are bounds that were missed. Times are in seconds."""

    quiet: Phase
    storm: Phase
    can_do: float
    overdue: float
    target: float
    faults: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.faults += [*self._badly_shed(), *self._broken()]
        self.slow += self._missed()

    @property
    def goodput(self) -> float:
        return self.storm.served / self.can_do if self.can_do else 0.0

    def _badly_shed(self) -> list[str]:
        shed = self.storm.of(Became.SHED)
        if not shed:
            return ["nobody was turned away: the offer was not too much"]
        mute = sum(one.again_after is None or not one.again_after.isdigit() for one in shed)
        return [f"{mute} were turned away without a Retry-After"] if mute else []

    def _broken(self) -> list[str]:
        """The most frequent first."""
        broken = Counter(one.said for phase in (self.quiet, self.storm) for one in phase.of(Became.BROKEN))
        told = [f"{times} times {said}" for said, times in broken.most_common(SHOWN)]
        return told + ([f"and {len(broken) - SHOWN} others"] if len(broken) > SHOWN else [])

    def _missed(self) -> list[str]:
        bounds = (
            ("turned away, p95", self.storm.shed(0.95), SHED_WITHIN),
            ("let in, hold p95", self.storm.hold(0.95), HOLD_WITHIN_TARGETS * self.target),
            ("let in, confirm p95", self.storm.confirm(0.95), CONFIRM_WITHIN),
            ("the longest that a hold outlived its time", self.overdue, OVERDUE),
        )
        missed = [f"{what}: {took:.2f} s, more than {most:.1f} s" for what, took, most in bounds if took > most]
        if self.goodput < STILL_DONE:
            missed.append(f"{self.goodput:.2f} of what it can do was done, less than {STILL_DONE}")
        return missed

    def text(self) -> str:
        storm, counted = self.storm, self.storm.counted()
        came = len(storm.visits)
        rows = [
            ("it can do, bookings/s", f"{self.can_do:.1f}"),
            ("came a second, for so many seconds", f"{storm.rate:.1f}, {storm.seconds:.0f}"),
            (
                "came, turned away, confirmed, left",
                ", ".join(str(n) for n in (came, *(counted[b] for b in ("shed", "confirmed", "left")))),
            ),
            ("done a second, of what it can do", f"{storm.served:.1f}, {self.goodput:.2f}"),
            ("turned away, p50 / p95 ms", _times(storm.shed)),
            ("hold: one alone, p50 / p95 ms", _times(self.quiet.hold)),
            ("hold: of those let in, p50 / p95 ms", f"{_times(storm.hold)} ({_ratio(storm.hold, self.quiet.hold)} times p95)"),
            ("confirm: one alone, p50 / p95 ms", _times(self.quiet.confirm)),
            (
                "confirm: of those let in, p50 / p95 ms",
                f"{_times(storm.confirm)} ({_ratio(storm.confirm, self.quiet.confirm)} times p95)",
            ),
            ("longest that a hold outlived its time, s", f"{self.overdue:.1f}"),
        ]
        table = [f"| {name} | {said} |" for name, said in rows]
        lines = [machine(), "", "| twice what it can do | |", "|---|---:|", *table]
        lines += [f"WRONG: {fault}" for fault in self.faults] + [f"MISSED: {miss}" for miss in self.slow]
        return "\n".join([*lines, "" if self.faults or self.slow else "All held."]).rstrip()

    def as_json(self) -> dict[str, Any]:
        storm = self.storm
        phases = {
            name: {
                "counted": phase.counted(),
                "served": phase.served,
                **{
                    f"{what}_{share}": getattr(phase, what)(share)
                    for what in ("hold", "confirm", "shed")
                    for share in (0.5, 0.95)
                },
            }
            for name, phase in (("quiet", self.quiet), ("storm", storm))
        }
        more = {"can_do": self.can_do, "rate": storm.rate, "seconds": storm.seconds, "goodput": self.goodput}
        return {**more, "overdue": self.overdue, "phases": phases, "faults": self.faults, "missed": self.slow}


def _times(of: Any) -> str:
    return f"{1000 * of(0.5):.0f} / {1000 * of(0.95):.0f}"


def _ratio(one: Any, other: Any) -> str:
    return f"{one(0.95) / other(0.95):.1f}" if other(0.95) else "?"
