"""How much CPU processes have used, read from /proc."""

from __future__ import annotations

import os
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """Of the process and everything below it, since each began; 0 for one that is gone and where there is no /proc."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        each = int(stat.parent.name)
        children.setdefault(int(fields[1]), []).append(each)
        # utime, stime, and the same of the children it has waited for: proc_pid_stat(5)
        used[each] = sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    return _with_descendants(pid, children, used)


def _with_descendants(pid: int, children: dict[int, list[int]], used: dict[int, float]) -> float:
    return used.get(pid, 0.0) + sum(_with_descendants(child, children, used) for child in children.get(pid, ()))


def family(pid: int) -> list[int]:
    """The process and everything below it, as far as it lives."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, ())
    return found


def busy_seconds() -> float:
    """What all programs of the machine have used since it started, what a hypervisor took from us included."""
    try:
        fields = Path("/proc/stat").read_text().split(maxsplit=9)
    except FileNotFoundError:
        return 0.0
    user, nice, system, _idle, _waiting, irq, softirq, stolen = (int(field) for field in fields[1:9])
    return (user + nice + system + irq + softirq + stolen) / os.sysconf("SC_CLK_TCK")


def machine() -> str:
    """What it runs on, in a few words."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{os.cpu_count()} cores ({models[0] if models else 'unknown model'})"
