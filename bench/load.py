"""Load from a process of its own: wrk where it is installed, else `bench.loader`."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).resolve().with_name("wrk_script.lua")
ROOT = SCRIPT.parents[1]
WRK_PATIENCE = "30s"


class LoadFailed(Exception):
    """The program that makes the load did not; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Question:
    """One GET, with the ETag of an answer that the asker has already."""

    path: str
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """What one run brought. `p50` and `p95` are in milliseconds; `unexpected` answers are errors or of another status."""

    requests: int
    seconds: float
    p50: float
    p95: float
    unexpected: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


def write_questions(file: Path, questions: Sequence[Question]) -> None:
    """As both programs read them."""
    file.write_text("".join(f"{question.path}\t{question.etag}\n" for question in questions))


async def load(api_url: str, questions: Path, status: int, connections: int, seconds: int) -> Load:
    """Asks the file's questions in turn, each connection as fast as it is answered. Raises LoadFailed."""
    command: list[str | Path]
    if has_wrk():
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", WRK_PATIENCE, "-s", SCRIPT, api_url]
        command += ["--", questions, str(status)]
    else:
        command = [sys.executable, "-P", "-m", "bench.loader", api_url, questions, str(status), str(connections), str(seconds)]
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    program = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, "PYTHONPATH": path},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C at the terminal is ours to handle
    )
    try:
        said = (await program.communicate())[0].decode(errors="replace")
    finally:
        with suppress(ProcessLookupError):
            program.kill()
        await program.wait()
    last = said.strip().rpartition("\n")[2]
    if program.returncode != 0 or not last.startswith("{"):
        raise LoadFailed(f"{command[0]} ended with exit code {program.returncode}:\n{said}")
    return Load(**json.loads(last))
