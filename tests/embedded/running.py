"""`slotkeeper up` as people start it: a program of its own, in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded import process_table
from embedded.places import PREFERRED, without_proxies
from embedded.ports import HOST
from tests.waiting import PATIENCE

CLI = Path(__file__).parents[2] / "cli.py"
PARTS = ("api", "sandbox", "temporal", "worker")


def environment() -> dict[str, str]:
    """Ours, without settings and proxies."""
    return without_proxies({name: value for name, value in os.environ.items() if not name.startswith("SLOTKEEPER_")})


def slotkeeper(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    return subprocess.run(
        [sys.executable, str(CLI), *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def usual_ports_in_use() -> Iterator[None]:
    """Somebody else listens on every port that `up` would like to have, here or already."""
    with ExitStack() as held:
        for port in PREFERRED.values():
            listener = held.enter_context(socket.socket())
            with suppress(OSError):
                listener.bind((HOST, port))
                listener.listen()
        yield


@dataclass(frozen=True, slots=True)
class Run:
    """One `slotkeeper up` in `folder`, with the command line of each of its processes by pid, itself among them."""

    folder: Path
    program: subprocess.Popen[bytes]
    output: Path
    processes: Mapping[int, str]

    @property
    def state(self) -> Path:
        return self.folder / ".slotkeeper"

    @property
    def up_file(self) -> Path:
        return self.state / "up.json"

    def known(self) -> dict[str, Any]:
        known: dict[str, Any] = json.loads(self.up_file.read_text())
        return known

    def said(self) -> str:
        return self.output.read_text()

    def pid_of(self, part: str) -> int:
        return int((self.state / "logs" / f"{part}.pid").read_text().split()[0])

    def living(self) -> list[str]:
        return [command for pid, command in self.processes.items() if process_table.command_of(pid) == command]

    def ends(self) -> int:
        return self.program.wait(30)

    def interrupt(self) -> int:
        """Ctrl-C, which the terminal sends to the whole process group; gives the exit code."""
        os.killpg(self.program.pid, signal.SIGINT)
        return self.ends()


@contextmanager
def up(folder: Path, *options: str, name: str) -> Iterator[Run]:
    """Starts and waits until it is up. Whatever the test does, it is ended at the end."""
    output = folder / f"{name}.txt"
    with output.open("wb") as written:
        program = subprocess.Popen(
            [sys.executable, str(CLI), "up", "--state", str(folder / ".slotkeeper"), *options],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        soon(lambda: "Ctrl-C stops it." in output.read_text() or program.poll() is not None)
        assert program.poll() is None, output.read_text()
        yield Run(folder, program, output, _commands(_pids(folder / ".slotkeeper", program.pid)))
    finally:
        if program.poll() is None:
            program.terminate()
            program.wait(60)


def soon(is_so: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Returns when it is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


def _pids(state: Path, program: int) -> Sequence[int]:
    noted = [state / "logs" / f"{part}.pid" for part in PARTS] + [state / "postgres" / "postmaster.pid"]
    return [program, *(int(file.read_text().split()[0]) for file in noted)]


def _commands(pids: Sequence[int]) -> dict[int, str]:
    commands = {pid: process_table.command_of(pid) for pid in pids}
    assert None not in commands.values(), commands
    return {pid: command for pid, command in commands.items() if command is not None}
