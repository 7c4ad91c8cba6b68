"""What the stand-ins remember, kept in one JSON file so that a restart loses nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class State:
    """Named shelves of rows by id. One process, one event loop: no locks. Saved after each change, by replacing the file."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._shelves: dict[str, dict[str, Row]] = {}
        if file is not None and file.exists():
            self._shelves = _read(file)

    def shelf(self, name: str) -> dict[str, Row]:
        """The rows of one kind, by id; call `save` after changing them."""
        return self._shelves.setdefault(name, {})

    def save(self) -> None:
        if self._file is None:
            return
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(self._shelves))
        fresh.replace(self._file)

    def clear(self, *kept: str) -> None:
        """Forgets everything, except for the shelves of these names."""
        for name, shelf in self._shelves.items():
            if name not in kept:
                shelf.clear()
        self.save()


def _read(file: Path) -> dict[str, dict[str, Row]]:
    """What was saved. A file cut off by a crash of the machine is put aside: none of it is worth not starting for."""
    try:
        shelves: dict[str, dict[str, Row]] = json.loads(file.read_text())
    except ValueError:
        file.replace(file.with_suffix(".broken"))
        return {}
    return shelves
