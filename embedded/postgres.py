"""A PostgreSQL of one's own in a folder, for development and tests."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from embedded import postgres_programs, process_table, unprivileged
from embedded.failures import PartFailed, with_log
from embedded.ports import HOST, free_port

USER = "postgres"
LOCALE = "C.UTF-8" if sys.platform == "linux" else "C"
START_ATTEMPTS = 10


class EmbeddedPostgres:
    """Runs the PostgreSQL server of one data folder on 127.0.0.1; the same folder always holds the same data.

    A server left over from a killed program is taken over. All calls block. As root the server runs as `nobody`, who must
    be able to enter the folder that holds `data_dir`.
    """

    def __init__(self, data_dir: Path, *, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self.port = port
        self.log_file = self.data_dir / "server.log"
        self._settings = settings or {}
        self._password_file = self.data_dir.with_name(f"{self.data_dir.name}.password")
        self._lock_file = self.data_dir / "postmaster.pid"

    def start(self) -> None:
        """Creates the data folder if need be and returns when the server takes connections. Raises PartFailed."""
        if not unprivileged.can_enter(self.data_dir.parent):
            raise PartFailed(f"PostgreSQL: as root it runs as {unprivileged.USER}, who cannot enter {self.data_dir.parent}.")
        if not self.data_dir.exists():
            self._initialise()
        left_over = self._server()
        if left_over is not None:
            self.port = left_over[1]
            return
        self.port = self.port or free_port()
        self._start_server()

    def running(self) -> bool:
        """Whether the folder's server lives, whoever started it."""
        return self._server() is not None

    def kill(self) -> None:
        """Ends the server at once, as a crash would; `start` recovers its data. Does nothing where none runs."""
        server = self._server()
        if server is not None:
            os.kill(server[0], signal.SIGKILL)

    def stop(self) -> None:
        """Ends all connections and the server; returns when no process is left. Does nothing where none runs."""
        if not self.running():
            return
        if self._run("pg_ctl", "stop", "-D", self.data_dir, "-w", "-t", "20", "-m", "fast").returncode != 0 and self.running():
            self._run("pg_ctl", "stop", "-D", self.data_dir, "-w", "-t", "20", "-m", "immediate")
        if self.running():
            raise with_log("PostgreSQL does not stop.", self.log_file)

    def url(self, database: str) -> str:
        """The address of a database on this server, with the password in it."""
        return f"postgresql://{USER}:{self._password()}@{HOST}:{self.port}/{database}"

    def create_database_if_missing(self, database: str) -> None:
        """The name is trusted: it comes from our own code."""
        missing = f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}')"
        asked = self._run(
            "psql", "-X", "-v", "ON_ERROR_STOP=1", "-h", HOST, "-p", str(self.port), "-U", USER, "-d", "postgres",
            said=f"SELECT 'CREATE DATABASE {database}' {missing} \\gexec\n",
            PGPASSWORD=self._password(),
        )  # fmt: skip
        if asked.returncode != 0:
            raise PartFailed(f"PostgreSQL did not create the database {database}:\n{asked.stdout}")

    @cached_property
    def _programs(self) -> Path:
        return postgres_programs.find()

    def _initialise(self) -> None:
        """Works in a folder beside, so that an interrupted start leaves no half database."""
        half = self.data_dir.with_name(f"{self.data_dir.name}.initialising")
        if half.exists():
            shutil.rmtree(half)
        half.mkdir(mode=0o700, parents=True)
        handle = os.open(self._password_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(24) + "\n")
        for path in (half, self._password_file):
            unprivileged.give(path)
        made = self._run(
            "initdb", "-D", half, "-U", USER, "-E", "UTF8", f"--locale={LOCALE}", "--data-checksums",
            "--auth=scram-sha-256", f"--pwfile={self._password_file}",
        )  # fmt: skip
        unprivileged.take_back(self._password_file)
        if made.returncode != 0:
            raise PartFailed(f"PostgreSQL could not lay out {self.data_dir}:\n{made.stdout}")
        half.rename(self.data_dir)

    def _start_server(self) -> None:
        chosen = {"listen_addresses": HOST, "port": str(self.port), "unix_socket_directories": "", "max_connections": "200"}
        chosen |= {"timezone": "UTC", "log_timezone": "UTC", **self._settings}
        options = " ".join(f"-c {name}='{value}'" for name, value in chosen.items())
        had_crashed = self._lock_file.exists()
        if had_crashed and self._no_process_holds_the_lock():
            self._lock_file.unlink()  # PostgreSQL takes a zombie for a living server
        for attempt in range(START_ATTEMPTS if had_crashed else 1):
            time.sleep(0.5 * bool(attempt))  # the killed server's own children need a moment to notice
            if (
                self._run("pg_ctl", "start", "-D", self.data_dir, "-w", "-t", "60", "-l", self.log_file, "-o", options).returncode
                == 0
            ):
                return
        raise with_log("PostgreSQL does not start.", self.log_file)

    def _server(self) -> tuple[int, int] | None:
        """Process id and port of the living server of this folder."""
        try:
            lines = self._lock_file.read_text().splitlines()
            pid, port = int(lines[0]), int(lines[3])
        except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
            return None
        # After a reboot the number may be another program's: `pg_ctl status` would believe it.
        return (pid, port) if str(self.data_dir) in (process_table.command_of(pid) or "") else None

    def _no_process_holds_the_lock(self) -> bool:
        first = self._lock_file.read_text().partition("\n")[0]
        return not first.isdigit() or process_table.command_of(int(first)) is None

    def _password(self) -> str:
        return self._password_file.read_text().strip()

    def _run(self, program: str, *arguments: str | Path, said: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._programs / program, *arguments],
            input=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC", **environment},
            **unprivileged.run_as(),
        )
