"""PostgreSQL as everybody meets it first: one's own, in a folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from embedded import postgres_programs, process_table, unprivileged
from embedded.failures import PartFailed
from embedded.postgres import EmbeddedPostgres


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user can enter."""
    with tempfile.TemporaryDirectory(prefix="slotkeeper-postgres-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    started = EmbeddedPostgres(folder / "data")
    started.start()
    yield started
    EmbeddedPostgres(folder / "data").stop()


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.data_dir / "postmaster.pid").read_text().splitlines()[0])


async def run(server: EmbeddedPostgres, statement: str) -> object:
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_data_survives_stop_and_start(server: EmbeddedPostgres) -> None:
    await run(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    server.start()
    assert 42 == await run(server, "SELECT answer FROM kept")


async def test_it_is_postgresql_15_or_newer_with_btree_gist(server: EmbeddedPostgres) -> None:
    assert int(str(await run(server, "SHOW server_version_num"))) >= 150000
    assert "btree_gist" == await run(server, "SELECT name FROM pg_available_extensions WHERE name = 'btree_gist'")


async def test_nobody_gets_in_without_the_password(server: EmbeddedPostgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://postgres:guess@127.0.0.1:{server.port}/postgres")
    assert 0o600 == (server.data_dir.parent / "data.password").stat().st_mode & 0o777


def test_stop_leaves_no_process(server: EmbeddedPostgres) -> None:
    pid = postmaster(server)
    server.stop()
    assert not server.running()
    assert process_table.command_of(pid) is None
    server.stop()  # and once more changes nothing


async def test_a_left_over_server_is_taken_over(server: EmbeddedPostgres, folder: Path) -> None:
    again = EmbeddedPostgres(folder / "data")
    again.start()
    assert server.port == again.port
    assert 1 == await run(again, "SELECT 1")


async def test_it_starts_again_after_a_kill(server: EmbeddedPostgres) -> None:
    await run(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(postmaster(server), signal.SIGKILL)
    server.start()
    assert 42 == await run(server, "SELECT answer FROM kept")


async def test_a_lock_file_from_before_a_reboot_is_no_server(server: EmbeddedPostgres) -> None:
    """The process number in it is another program's by now."""
    server.stop()
    (server.data_dir / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data_dir}\n0\n{server.port}\n\n127.0.0.1\n")
    assert not server.running()


def test_an_interrupted_first_start_is_begun_anew(folder: Path) -> None:
    (folder / "data.initialising").mkdir()
    (folder / "data.initialising" / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(folder / "data")
    server.start()
    assert server.running()
    server.stop()


def test_creating_a_database_twice_keeps_the_first(server: EmbeddedPostgres) -> None:
    server.create_database_if_missing("shop")
    server.create_database_if_missing("shop")


def test_a_server_that_does_not_start_shows_its_log(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "data", settings={"shared_buffers": "nonsense"})
    with pytest.raises(PartFailed, match="shared_buffers"):
        server.start()


def test_pg_bin_without_postgresql_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", str(folder))
    with pytest.raises(PartFailed, match="PG_BIN"):
        EmbeddedPostgres(folder / "data").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down")
def test_root_is_told_of_a_folder_that_postgresqls_user_cannot_enter(folder: Path) -> None:
    folder.chmod(0o700)
    with pytest.raises(PartFailed, match="nobody"):
        EmbeddedPostgres(folder / "data").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs the copy")
def test_programs_that_nobody_can_reach_are_copied_to_roots_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_programs, "CACHE", folder / "cache")
    copied = postgres_programs._copied() / "pginstall" / "bin"  # what find() falls back to
    asked = subprocess.run([copied / "initdb", "--version"], capture_output=True, check=False, **unprivileged.run_as())
    assert 0 == asked.returncode
    assert copied == postgres_programs._copied() / "pginstall" / "bin"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs the copy")
def test_a_cache_that_others_can_write_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "cache").mkdir()
    (folder / "cache").chmod(0o777)
    monkeypatch.setattr(postgres_programs, "CACHE", folder / "cache")
    with pytest.raises(PartFailed, match="remove it"):
        postgres_programs._copied()


AS_ORDINARY_USER = """
import encodings.idna, os, pwd, sys
from pathlib import Path
from embedded.postgres import EmbeddedPostgres

user = pwd.getpwnam("nobody")
os.setgroups([]); os.setgid(user.pw_gid); os.setuid(user.pw_uid)
server = EmbeddedPostgres(Path(sys.argv[1]) / "data")
server.start()
server.create_database_if_missing("shop")
print(server.running(), os.stat(server.data_dir).st_uid == user.pw_uid)
server.stop()
print(server.running())
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="all other tests ran as an ordinary user already")
def test_it_works_for_an_ordinary_user(folder: Path) -> None:
    unprivileged.give(folder)
    asked = subprocess.run(
        [sys.executable, "-c", AS_ORDINARY_USER, str(folder)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PG_BIN": str(postgres_programs.find())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "True True\nFalse\n") == (asked.returncode, asked.stdout), asked.stderr
