"""The processes of the system: each with a log file, none left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from embedded import process_table
from embedded.failures import PartFailed, with_log

PR_SET_PDEATHSIG = 1  # prctl(2)


class Process:
    """One supervised program. Its output goes to `{folder}/{name}.log`; the run before is kept as `{name}.previous.log`.

    It has a session of its own, so that Ctrl-C at the terminal reaches only us and we stop the parts in order. On Linux the
    kernel kills it when we die without stopping it; elsewhere, and for what slips through, `start` first ends what a former
    run noted in `{name}.pid`.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        grace: float = 15.0,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.log_file = folder / f"{name}.log"
        self._pid_file = folder / f"{name}.pid"
        self._environment = dict(environment) if environment is not None else None
        self._grace = grace
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns at once. Must be called from the main thread: the kernel ties the process to the thread that made it."""
        end_left_over(self.name, self.log_file.parent)
        if self.log_file.exists():
            self.log_file.replace(self.log_file.with_suffix(".previous.log"))
        handle = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
                preexec_fn=_dies_with_us(),
            )
        except OSError as fault:
            raise PartFailed(f"{self.name} cannot be started: {fault}") from fault
        finally:
            os.close(handle)
        self._pid_file.write_text(f"{self._process.pid}\n{' '.join(self.command)}\n")

    def exit_code(self) -> int | None:
        """None while it runs; negative where a signal ended it."""
        return self._process.poll() if self._process is not None else None

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def check(self) -> None:
        """Raises PartFailed, with the end of the log, when the process has ended."""
        code = self.exit_code()
        if code is not None:
            how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
            raise with_log(f"{self.name} {how}.", self.log_file)

    def kill(self) -> None:
        """Ends it at once, as a crash would; it can be started again. For those who want to see what becomes of the others."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        """Raises ProcessLookupError where it was never started."""
        if self._process is None:
            raise ProcessLookupError(self.name)
        return self._process.pid

    def stop(self, grace: float | None = None) -> None:
        """Asks it to end and, after the grace, makes it; blocks until it is gone. Does nothing where it does not run."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(self._grace if grace is None else grace)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._pid_file.unlink(missing_ok=True)


def end_left_over(name: str, folder: Path) -> None:
    """Ends what a former run of ours left behind under this name."""
    pid_file = folder / f"{name}.pid"
    try:
        pid, command = pid_file.read_text().splitlines()
    except (FileNotFoundError, ValueError):
        return
    process_table.end(int(pid), command)
    pid_file.unlink()


def _dies_with_us() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # found before the fork: afterwards little is safe to do
    parent = os.getpid()

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # we died in between
            os._exit(1)

    return ask_kernel
