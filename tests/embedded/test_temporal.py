"""Temporal's development server, as `slotkeeper up` starts it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from embedded import process_table
from embedded.failures import PartFailed
from embedded.ports import free_port, is_free
from embedded.temporal import TemporalServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TemporalServer]:
    started = TemporalServer(tmp_path / "temporal.db", log_folder=tmp_path, ui_port=free_port())
    started.start()
    yield started
    started.stop()


async def start_a_workflow(server: TemporalServer) -> None:
    client = await Client.connect(server.address)
    await client.start_workflow("WaitsForAWorker", id="kept", task_queue="nobody-listens")


async def test_workflows_survive_stop_and_start(server: TemporalServer) -> None:
    await start_a_workflow(server)
    server.stop()
    server.start()
    described = await (await Client.connect(server.address)).get_workflow_handle("kept").describe()
    assert "WaitsForAWorker" == described.workflow_type


async def test_workflows_survive_a_kill(server: TemporalServer) -> None:
    await start_a_workflow(server)
    pid = int((server.process.log_file.parent / "temporal.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    server.start()
    described = await (await Client.connect(server.address)).get_workflow_handle("kept").describe()
    assert "WaitsForAWorker" == described.workflow_type


def test_stop_frees_the_ports(server: TemporalServer) -> None:
    assert server.ui_port is not None
    assert (False, False) == (is_free(server.port), is_free(server.ui_port))
    server.stop()
    assert (True, True) == (is_free(server.port), is_free(server.ui_port))


def test_a_server_left_over_by_a_former_run_is_ended_first(server: TemporalServer, tmp_path: Path) -> None:
    """Two servers must never write one file."""
    pid = int((tmp_path / "temporal.pid").read_text().splitlines()[0])
    second = TemporalServer(tmp_path / "temporal.db", log_folder=tmp_path)
    second.start()
    assert process_table.command_of(pid) is None
    second.stop()


def test_a_taken_port_is_named(server: TemporalServer, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    second = TemporalServer(None, log_folder=tmp_path / "other", port=server.port)
    with pytest.raises(PartFailed, match=f"port {server.port} is in use"):
        second.start()


def test_a_server_that_ends_at_once_shows_its_log(tmp_path: Path) -> None:
    server = TemporalServer(tmp_path / "no such folder" / "temporal.db", log_folder=tmp_path)
    with pytest.raises(PartFailed, match="no such folder"):
        server.start()
