"""Asks OSV whether anything that we pin is known to be unsafe: `python -m tests.audit`, which is part of `make check`.

Exit code 1: something is, and each is named with its advisories. Exit code 0: nothing is, or the advisories could not be asked,
which is said: who works without the internet is not told that all is well, and not stopped.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

OSV = "https://api.osv.dev"
LOCKS = Path(__file__).parent.parent / "locks"
AT_ONCE = 500
WITHIN = 20.0


class NotAsked(Exception):
    """The advisories did not answer; the text is why."""


def pinned(folder: Path) -> Mapping[str, str]:
    """Names and versions of all that the locks pin."""
    found: dict[str, str] = {}
    for lock in sorted(folder.glob("*.txt")):
        found |= dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text(), re.M))
    return dict(sorted(found.items()))


def ask(packages: Mapping[str, str], url: str) -> Mapping[str, Sequence[str]]:
    """The advisories of each that has any. Raises NotAsked."""
    names, unsafe = list(packages), dict[str, list[str]]()
    try:
        with httpx.Client(base_url=url, timeout=WITHIN) as client:
            for start in range(0, len(names), AT_ONCE):
                some = names[start : start + AT_ONCE]
                wanted = [{"package": {"ecosystem": "PyPI", "name": name}, "version": packages[name]} for name in some]
                answer = client.post("/v1/querybatch", json={"queries": wanted}).raise_for_status()
                for name, found in zip(some, answer.json()["results"], strict=True):
                    if advisories := [one["id"] for one in found.get("vulns", ())]:
                        unsafe[name] = advisories
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NotAsked(f"{type(fault).__name__}: {fault}") from fault
    return unsafe


def main(folder: Path = LOCKS, url: str | None = None) -> int:
    """The exit code."""
    packages = pinned(folder)
    try:
        unsafe = ask(packages, url or os.environ.get("OSV_URL", OSV))
    except NotAsked as why:
        print(f"NOT AUDITED: the advisories of {len(packages)} packages could not be asked ({why}).")
        return 0
    for name, advisories in unsafe.items():
        print(f"{name} {packages[name]}: {', '.join(f'https://osv.dev/{one}' for one in advisories)}")
    if not unsafe:
        print(f"No advisory is known about the {len(packages)} packages that are pinned.")
    return 1 if unsafe else 0


if __name__ == "__main__":
    sys.exit(main())
