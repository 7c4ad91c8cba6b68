"""One line that says how far we are; nothing where nobody looks."""

from __future__ import annotations

import io
import sys


class Progress(io.TextIOBase):
    """On a terminal, a line that is written over and over; in a pipe, silence. What others print can be sent through it."""

    def __init__(self) -> None:
        self._is_seen = sys.stderr.isatty()

    def show(self, text: str) -> None:
        if self._is_seen:
            sys.stderr.write(f"\r\x1b[2K{text[:100]}")
            sys.stderr.flush()

    def clear(self) -> None:
        self.show("")

    def write(self, text: str) -> int:
        if text.strip():
            self.show(text.strip().splitlines()[-1])
        return len(text)
