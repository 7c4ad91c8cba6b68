"""How a bench ends: what it prints, what it writes, and with which exit code."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol, TypeVar

from bench.progress import Progress
from bench.stopping import Stopped, until_asked


class Told(Protocol):
    """What came of a bench, as people and as programs read it."""

    def text(self) -> str: ...

    def as_json(self) -> dict[str, Any]: ...


R = TypeVar("R", bound=Told)


def conclude(
    work: Callable[[Progress], Coroutine[Any, Any, R]],
    is_right: Callable[[R], bool],
    *,
    accidents: tuple[type[Exception], ...],
    late: str,
    stopped: str = "Stopped; nothing is left.",
    in_words: Callable[[Exception], str] = str,
    json_file: Path | None,
) -> int:
    """Exit codes: 0 it is right, 1 it is not, or it met an accident, or time was up, 130 stopped.

    `late` is said when time is up; another timeout that is one of the `accidents` is told as that.
    """
    try:
        report = asyncio.run(until_asked(work))
    except Stopped:
        print(stopped, file=sys.stderr)
        return 130
    except accidents as fault:
        print(late if type(fault) is TimeoutError else in_words(fault), file=sys.stderr)  # where any OSError is an accident
        return 1
    except TimeoutError:
        print(late, file=sys.stderr)
        return 1
    print(report.text())
    if json_file is not None:
        json_file.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    return 0 if is_right(report) else 1


def with_its_type(fault: Exception) -> str:
    """For accidents whose text alone says little."""
    return f"{type(fault).__name__}: {fault}"
