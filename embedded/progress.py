"""What `slotkeeper up` says on the terminal while it works."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from embedded.failures import PartFailed


def say(text: str = "") -> None:
    """One line at once, also into a pipe; what the terminal cannot show is replaced."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()


@contextmanager
def step(part: str, doing: str) -> Iterator[Callable[[str], None]]:
    """Says what begins and, when it is done, how it ended and how long it took. What fails in it is a failure of the part."""
    outcome = ["done"]
    say(f"  ...   {part:<11} {doing}")
    began = time.monotonic()
    try:
        yield lambda text: outcome.__setitem__(0, text)
    except PartFailed:
        raise
    except Exception as fault:
        raise PartFailed(f"{part} failed: {type(fault).__name__}: {fault}") from fault
    say(f"  ok    {part:<11} {outcome[0]} ({time.monotonic() - began:.1f} s)")
