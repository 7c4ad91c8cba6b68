"""The whole system on one machine: starts every part, watches them, stops them in order."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

import httpx

from embedded.failures import PartFailed, with_log
from embedded.logins import logins
from embedded.places import USUAL, Places, as_environment, without_proxies
from embedded.ports import HOST
from embedded.postgres import EmbeddedPostgres
from embedded.processes import Process, end_left_over
from embedded.progress import say, step
from embedded.state import StateFolder
from embedded.temporal import TemporalServer
from settings import PREFIX, Settings

DATABASE = "slotkeeper"
PARTS = ("api", "worker", "sandbox", "temporal")
PATIENCE = 60.0

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Product:
    """What the system runs, handed in by the program: nothing here knows the product.

    `program` is the command line to which `api`, `worker` and `sandbox` are added.
    """

    program: Sequence[str]
    migrate: Callable[[str, str, str], Awaitable[list[str]]]
    register: Callable[[Settings], Awaitable[None]]


class System:
    """All parts of one state folder. `start`, then `watch` until somebody asks to stop, and `stop` whatever happened.

    `aside`: for a short run beside a system that people use, so on any free ports rather than the usual ones, and with vendors'
    stand-ins that forget everything when they stop. `changed`: the programs' settings that are to be others than usual.
    """

    def __init__(
        self, product: Product, state: StateFolder, *, aside: bool = False, changed: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        for part in PARTS:  # they may hold the ports we are about to choose
            end_left_over(part, state.logs)
        self.places = Places.aside() if aside else Places.choose()
        self.state = state
        self._is_aside = aside
        self._usual = {**USUAL, **changed}
        self._product = product
        self._secrets = state.secrets()
        self._postgres = EmbeddedPostgres(state.postgres_data())
        self._temporal = TemporalServer(
            state.path / "temporal.db",
            log_folder=state.logs,
            port=self.places.temporal,
            ui_port=self.places.temporal_ui,
            metrics_port=self.places.temporal_metrics,
        )
        self._processes: list[Process] = []

    @property
    def database_url(self) -> str:
        """Its owner's, whom no policy binds; the programs have logins of their own."""
        return self._postgres.url(DATABASE)

    async def start(self) -> None:
        """Returns when the API says it is ready. Raises PartFailed, naming the part; the caller then stops the rest."""
        if self._postgres.data_dir.parent != self.state.path:
            say(
                f"  note  PostgreSQL runs as nobody, who cannot enter {self.state.path}: its data is in {self._postgres.data_dir}"
            )
        for line in [] if self._is_aside else self.places.moved():
            say(f"  note  {line}")
        await _all(self._start_postgres(), self._start_temporal())
        settings, environment = self.places.settings(self._secrets, self.database_url), self.environment()
        await _all(self._migrate(), self._register(Settings.model_validate(settings)), self._start_sandbox(environment))
        await self._start_programs(environment)

    async def watch(self) -> None:
        """Returns never; raises PartFailed when a part ends by itself."""
        while True:
            for process in self._processes:
                process.check()
            if not self._postgres.running():
                raise with_log("PostgreSQL has ended.", self._postgres.log_file)
            await asyncio.sleep(0.5)

    def kill(self, part: str) -> None:
        """Ends one part at once, as a crash would: `postgres`, or one of PARTS. `revive` starts it again."""
        if part == "postgres":
            self._postgres.kill()
        else:
            self._process(part).kill()

    async def revive(self, part: str) -> None:
        """Starts a killed part on what it has kept, and returns when it answers. Raises PartFailed."""
        if part == "postgres":
            await _in_thread(self._postgres.start)
            return
        process = self._process(part)
        if part == "temporal":
            self._temporal.launch()
            await _until(lambda: _in_thread(self._temporal.healthy), process)
            return
        process.start()
        if part == "api":
            await _until(lambda: _answers(f"{self.places.api_url}/health/ready"), process)

    async def retire(self, part: str, within: float) -> int | None:
        """Tells one part to end, as a deployment does, and waits for so many seconds; returns its exit code, negative where a
        signal ended it: -9 where it did not go by itself."""
        process = self._process(part)
        await _in_thread(lambda: process.stop(within))
        return process.exit_code()

    def has_ended(self, part: str) -> bool:
        """Whether a part that was started runs no more."""
        return self._process(part).exit_code() is not None

    def pid(self, part: str) -> int:
        """Raises ProcessLookupError where it was never started."""
        return self._process(part).pid

    def environment(self) -> dict[str, str]:
        """What the product's programs find in theirs: what whoever starts them has set, but for addresses and credentials."""
        settings = self.places.settings(self._secrets, self.database_url)
        return {**as_environment(self._usual), **without_proxies(os.environ), **as_environment(settings), "PYTHONUNBUFFERED": "1"}

    def _process(self, part: str) -> Process:
        return next(process for process in self._processes if process.name == part)

    async def stop(self) -> None:
        """Stops what runs, the last started first, and leaves no process."""
        self.state.remove_up_file()
        for process in reversed(self._processes):
            if process.is_running():
                with step(process.name, "stops") as told:
                    await _in_thread(process.stop)
                    told("stopped")
            else:
                process.stop()
        if self._postgres.running():
            with step("PostgreSQL", "stops") as told:
                await _in_thread(self._postgres.stop)
                told("stopped")

    async def _start_postgres(self) -> None:
        with step("PostgreSQL", "starts") as told:
            await _in_thread(self._postgres.start)
            await _in_thread(lambda: self._postgres.create_database_if_missing(DATABASE))
            told(f"takes connections on {HOST}:{self._postgres.port}")

    async def _start_temporal(self) -> None:
        with step("Temporal", "starts") as told:
            self._processes.append(self._temporal.process)
            self._temporal.launch()
            await _until(lambda: _in_thread(self._temporal.healthy), self._temporal.process)
            told(f"answers on {self._temporal.address}")

    async def _migrate(self) -> None:
        with step("migrations", "are applied") as told:
            known = logins(self.database_url)
            urls = (known[f"database_{part}"] for part in ("owner_url", "url", "steward_url", "door_url"))
            applied = await self._product.migrate(*urls)
            told(f"applied {', '.join(applied)}" if applied else "nothing new")

    async def _register(self, settings: Settings) -> None:
        with step("schedules", "and search attributes are registered") as told:
            await self._product.register(settings)
            told("registered")

    async def _start_sandbox(self, environment: Mapping[str, str]) -> None:
        places = self.places
        arguments = ["--host", HOST, "--http-port", str(places.sandbox), "--smtp-port", str(places.smtp)]
        arguments += ["--webhook-url", f"{places.api_url}/webhooks/stripe"]
        if not self._is_aside:
            arguments += ["--state-file", str(self.state.path / "sandbox.json")]
        with step("sandbox", "starts") as told:
            process = self._launch("sandbox", arguments, environment)
            await _until(lambda: _answers(f"{places.sandbox_url}/state"), process)
            told(f"stands in for the vendors on {places.sandbox_url}")

    async def _start_programs(self, environment: Mapping[str, str]) -> None:
        with step("worker, API", "start") as told:
            worker = self._launch("worker", [], _without(environment, "DATABASE_OWNER_URL"))
            api = self._launch("api", [], _without(environment, "DATABASE_OWNER_URL", "DATABASE_STEWARD_URL"))
            await _until(lambda: _answers(f"{self.places.api_url}/health/ready"), api, worker)
            told(f"ready on {self.places.api_url}")

    def _launch(self, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Process:
        process = Process(name, [*self._product.program, name, *arguments], self.state.logs, environment=environment)
        self._processes.append(process)
        process.start()
        return process


def _without(environment: Mapping[str, str], *logins: str) -> dict[str, str]:
    """Each program gets the logins that it needs and no others."""
    return {name: value for name, value in environment.items() if name.removeprefix(PREFIX) not in logins}


async def _all(*steps: Awaitable[None]) -> None:
    """Runs the steps at once; when one fails the others are cancelled and the failure is told alone."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in steps:
                group.create_task(_awaited(one))
    except* PartFailed as failures:
        raise failures.exceptions[0] from None


async def _awaited(one: Awaitable[None]) -> None:
    await one


async def _in_thread(work: Callable[[], Outcome]) -> Outcome:
    """Runs blocking work beside the loop. When cancelled, the work is still let finish: a thread cannot be stopped."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def _until(answers: Callable[[], Awaitable[bool]], process: Process, *others: Process) -> None:
    """Asks again and again; raises PartFailed when a process has ended or time is up."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not await answers():
                for each in (process, *others):
                    each.check()
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise with_log(f"{process.name} did not become ready within {PATIENCE:.0f} s.", process.log_file) from None


async def _answers(url: str) -> bool:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        try:
            return (await client.get(url)).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
