"""What a process id stands for right now."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def command_of(pid: int) -> str | None:
    """The command line of a living process; None where there is none.

    A zombie is not living: where PID 1 does not reap, as in many containers, killed processes stay in the table for ever.
    """
    if sys.platform == "linux":
        return _from_proc(pid)
    listed = subprocess.run(
        ["/bin/ps", "-ww", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, command = listed.stdout.strip().partition(" ")
    return command.strip() if state and not state.startswith("Z") else None


def _from_proc(pid: int) -> str | None:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        words = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in "ZX" else " ".join(word.decode(errors="replace") for word in words)


def end(pid: int, command: str, grace: float = 10.0) -> bool:
    """Ends a process that is still what it was when its command line was noted; False where it is gone or another by now."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        if command_of(pid) != command:
            return sent is signal.SIGKILL
        os.kill(pid, sent)
        deadline = time.monotonic() + grace
        while command_of(pid) == command and time.monotonic() < deadline:
            time.sleep(0.05)
    return True
