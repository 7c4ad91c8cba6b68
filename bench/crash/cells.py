"""The matrix: which boundary of which process is attacked how, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.crash.saga import Saga
from bench.crash.sagas import SAGAS
from bench.mortal import MORTALS
from sandbox.faults import Mode

VENDORS = ("stripe", "google", "twilio", "smtp")


@dataclass(frozen=True, slots=True)
class Cell:
    """One attack: `how` is the part that is killed at that boundary, or how the vendor fails at that operation."""

    saga: type[Saga]
    place: str
    how: str

    @property
    def name(self) -> str:
        return f"{self.saga.name}: {self.place}: {self.how}"

    @property
    def is_kill(self) -> bool:
        return self.how in MORTALS

    @property
    def kind(self) -> str:
        """The part that is killed, or `vendors`."""
        return self.how if self.is_kill else "vendors"

    @property
    def vendor(self) -> tuple[str, str]:
        """Whose operation fails."""
        vendor, _, operation = self.place.partition(" ")
        return vendor, operation


@dataclass(slots=True)
class Outcome:
    """What came of a cell. Without a strike, the case passed where it was to be struck; `seconds` from the strike to its rest."""

    cell: Cell
    was_struck: bool = False
    seconds: float = 0.0
    statuses: tuple[str, ...] = ()
    findings: list[str] = field(default_factory=list)
    is_late: bool = False
    """Somebody's patience was over before it had come to rest: it hangs, or the machine has too much to do."""

    @property
    def is_missed(self) -> bool:
        """The case passed its boundary, or was late there."""
        return self.cell.is_kill and not self.was_struck and not self.findings


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one healthy run of a process came along: its boundaries in order, and the vendors' operations it called."""

    boundaries: tuple[str, ...]
    operations: tuple[tuple[str, str], ...]


def cells_of(recorded: Mapping[type[Saga], Recorded], kinds: Sequence[str]) -> list[Cell]:
    """Every boundary with every kill, and every operation with every fault, as far as these kinds are wanted."""
    found = []
    for saga in SAGAS:
        if (run := recorded.get(saga)) is None:
            continue
        found += [Cell(saga, place, part) for part in MORTALS if part in kinds for place in dict.fromkeys(run.boundaries)]
        if "vendors" in kinds:
            found += [Cell(saga, f"{one[0]} {one[1]}", mode.value) for mode in Mode for one in run.operations]
    return found


def chosen(cells: Iterable[Cell], only: str | None) -> list[Cell]:
    """Those whose name holds every word of `only`."""
    words = (only or "").lower().replace(":", " ").split()
    return [cell for cell in cells if all(word in cell.name.lower().replace(":", " ").split() for word in words)]


def sample(cells: Sequence[Cell], kinds: Sequence[str], every: int) -> list[Cell]:
    """Each so-manieth of each kind, beginning with another one, so that the kinds together cover all places."""
    kept: list[Cell] = []
    for number, kind in enumerate(kinds):
        kept += [cell for cell in cells if cell.kind == kind][number % every :: every]
    return kept


def each_once(cells: Iterable[Cell]) -> list[Cell]:
    """Each place with one of its attacks: the first with the first, the next with the second, and so on round."""
    places: dict[tuple[type[Saga], str], list[Cell]] = {}
    for cell in cells:
        places.setdefault((cell.saga, cell.place), []).append(cell)
    return [attacks[number % len(attacks)] for number, attacks in enumerate(places.values())]
