"""PostgreSQL refuses to run as root: for root, its programs run as `nobody` instead."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path
from typing import TypedDict

USER = "nobody"


class RunAs(TypedDict, total=False):
    """Keyword arguments of subprocess."""

    user: int
    group: int
    extra_groups: list[int]
    cwd: str


def is_root() -> bool:
    return os.geteuid() == 0


def run_as() -> RunAs:
    """Steps down from root; changes nothing for an ordinary user."""
    if not is_root():
        return {}
    nobody = pwd.getpwnam(USER)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}


def give(path: Path) -> None:
    """Makes PostgreSQL's user the owner."""
    if is_root():
        nobody = pwd.getpwnam(USER)
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def take_back(path: Path) -> None:
    """Makes us the owner again."""
    if is_root():
        os.chown(path, 0, 0)


def can_enter(folder: Path) -> bool:
    """Whether PostgreSQL's user gets into the folder, or into the nearest one above it that exists."""
    existing = next(part for part in (folder, *folder.parents) if part.is_dir())
    asked = subprocess.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(existing)], capture_output=True, check=False, **run_as())
    return asked.returncode == 0
