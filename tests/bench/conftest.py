"""What the benches' own tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def enterable(engines_folder: Path) -> Iterator[Path]:
    """As root PostgreSQL runs as `nobody`, who cannot enter pytest's own temporary folders. It must be empty at the end."""
    folder = engines_folder / "bench"
    folder.mkdir(mode=0o711, exist_ok=True)
    yield folder
    assert [] == list(folder.iterdir())
