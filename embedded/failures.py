"""How a part that does not start says so."""

from __future__ import annotations

from pathlib import Path

LINES = 25


class PartFailed(Exception):
    """A part of the system does not run; the text says which and why, with the end of its log where there is one."""


def with_log(message: str, log_file: Path) -> PartFailed:
    """The failure together with what the part said last."""
    said = end_of(log_file)
    return PartFailed(f"{message}\nThe end of {log_file}:\n{said}" if said else f"{message}\nIts log {log_file} is empty.")


def end_of(log_file: Path, lines: int = LINES) -> str:
    """The last lines of a log, indented; empty where nothing was written."""
    try:
        text = log_file.read_bytes()[-64_000:].decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(f"  | {line[:400]}" for line in text.splitlines()[-lines:])
