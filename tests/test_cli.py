"""The commands: what they say when they are called, configured or placed wrongly."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

import cli
from embedded import process_table
from embedded.logins import logins
from embedded.places import without_proxies
from embedded.ports import free_port
from embedded.postgres import EmbeddedPostgres

CLI = Path(cli.__file__)
OPENING = ("business", "Salon Ada", "--timezone", "Europe/London")
COMMANDS = ("up", "api", "worker", "sandbox", "migrate", "seal", "schedules", "business", "app", "doctor")
CONFIGURED = [("api",), ("worker",), ("migrate",), ("seal",), ("schedules",), OPENING, ("doctor", "--state", "/nowhere")]
WITH_DATABASE = [("api",), ("worker",), ("migrate",), OPENING]
WITH_TEMPORAL = [("api",), ("worker",), ("schedules",)]
PASSWORD = "hidden-password"


def prefixed(**settings: str) -> dict[str, str]:
    return {f"SLOTKEEPER_{name.upper()}": value for name, value in settings.items()}


def environment(**settings: str) -> dict[str, str]:
    """Ours, with these settings alone; the database's is its owner's."""
    if "database_url" in settings:
        settings |= logins(settings["database_url"])
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SLOTKEEPER_")}
    return without_proxies(clean) | prefixed(**settings)


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command that is to end by itself, as a program of its own."""
    return subprocess.run(
        [sys.executable, str(CLI), *arguments],
        env=environment(**{"token_secret": "t" * 32, "temporal_address": nobody()} | settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def nobody() -> str:
    """An address at which nobody listens."""
    return f"127.0.0.1:{free_port()}"


def the_line(ended: subprocess.CompletedProcess[str], code: int) -> str:
    """The one line that a failed command says."""
    assert (code, "") == (ended.returncode, ended.stdout), ended.stderr
    (line,) = ended.stderr.splitlines()
    assert PASSWORD not in line
    return line


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("SLOTKEEPER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)  # where no `.slotkeeper` is


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_a_command_does(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert 0 == ended.value.code
    assert f"usage: slotkeeper {command}" in told
    assert " ".join(str(getattr(cli, command).__doc__).split()) in told


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    assert set(COMMANDS) == set(re.findall(r"^    (\w+)", capsys.readouterr().out, re.MULTILINE))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), "command"),
        (("down",), "down"),
        (("up", "--demo"), "--demo"),
        (("api", "8000"), "8000"),
        (("sandbox", "--http-port", "eighty"), "--http-port"),
        (("business", "Salon Ada"), "--timezone"),
    ],
)
def test_a_wrong_call_is_named(arguments: Sequence[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert 2 == ended.value.code
    assert named in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("command", CONFIGURED, ids=lambda command: str(command[0]))
@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"database_url": ""}, "DATABASE_URL"),
        ({"database_url": f"mysql://ada:{PASSWORD}@127.0.0.1/shop"}, "DATABASE_URL"),
        ({"token_secret": "short"}, "TOKEN_SECRET"),
        ({"temporal_address": "http://127.0.0.1"}, "TEMPORAL_ADDRESS"),
        ({"payments": "stripe", "stripe_api_key": "sk_1"}, "STRIPE_WEBHOOK_SECRET"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_bad_setting_is_named_in_a_line(
    command: Sequence[str],
    settings: dict[str, str],
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    good = {"database_url": "postgresql://127.0.0.1/shop", "token_secret": "t" * 32}
    for name, value in prefixed(**good | settings).items():
        monkeypatch.setenv(name, value)
    assert 2 == cli.main(command)
    told = capsys.readouterr()
    (line,) = told.err.splitlines()
    assert ("", True) == (told.out, line.startswith(f"SLOTKEEPER_{named}"))
    assert PASSWORD not in line


@pytest.mark.parametrize("command", WITH_DATABASE, ids=lambda command: str(command[0]))
def test_a_database_that_is_away_is_named_in_a_line(command: Sequence[str]) -> None:
    place = nobody()
    line = the_line(run(*command, database_url=f"postgresql://ada:{PASSWORD}@{place}/shop"), 1)
    assert line.startswith(f"the database at {place}/shop does not answer: ")


def test_a_database_that_lets_nobody_in_is_named_in_a_line(postgres_server: EmbeddedPostgres) -> None:
    place = f"127.0.0.1:{postgres_server.port}/postgres"
    line = the_line(run("migrate", database_url=f"postgresql://postgres:{PASSWORD}@{place}"), 1)
    assert f'the database at {place} does not answer: password authentication failed for user "postgres"' == line


def test_a_database_that_does_not_exist_is_named_in_a_line(postgres_server: EmbeddedPostgres) -> None:
    line = the_line(run("migrate", database_url=postgres_server.url("no_such_shop")), 1)
    assert line.endswith('/no_such_shop does not answer: database "no_such_shop" does not exist')
    assert str(urlsplit(postgres_server.url("shop")).password) not in line


@pytest.mark.usefixtures("postgres_url")  # makes the logins
def test_no_business_is_opened_before_the_database_is_migrated(postgres_server: EmbeddedPostgres) -> None:
    line = the_line(run(*OPENING, database_url=postgres_server.url("postgres")), 1)
    assert line.endswith("run `slotkeeper migrate` first")


@pytest.mark.parametrize("command", WITH_TEMPORAL, ids=lambda command: str(command[0]))
def test_a_temporal_that_is_away_is_named_in_a_line(command: Sequence[str], postgres_url: str) -> None:
    place = nobody()
    line = the_line(run(*command, database_url=postgres_url, temporal_address=place), 1)
    assert f"Temporal at {place} does not answer: Connection refused" == line


@pytest.mark.parametrize("command", [("worker",), ("schedules",)], ids=lambda command: str(command[0]))
def test_a_missing_namespace_is_named_in_a_line(command: Sequence[str], postgres_url: str, temporal_server: str) -> None:
    ended = run(*command, database_url=postgres_url, temporal_address=temporal_server, temporal_namespace="nowhere")
    line = the_line(ended, 1)
    assert line.startswith(f"Temporal at {temporal_server} ")
    assert "nowhere" in line


def test_what_crashes_while_the_interpreter_ends_does_not_hide_the_exit_code() -> None:
    """Threads of Temporal's SDK do so now and again."""
    crash = "import atexit, os, sys, cli; atexit.register(os.abort); sys.argv = ['slotkeeper', 'worker']; cli.program()"
    command = [sys.executable, "-c", crash]
    ended = subprocess.run(command, env=environment(), cwd=CLI.parent, capture_output=True, text=True, timeout=60, check=False)
    assert 2 == ended.returncode
    assert ended.stderr.startswith("SLOTKEEPER_")


def test_the_workers_metrics_port_in_use_is_named(postgres_url: str, temporal_server: str) -> None:
    ended = run("worker", database_url=postgres_url, temporal_address=temporal_server, worker_metrics=temporal_server)
    line = the_line(ended, 2)
    assert line.startswith("SLOTKEEPER_WORKER_METRICS: ") and "in use" in line


def test_the_apis_port_in_use_is_named(postgres_url: str, temporal_server: str) -> None:
    port = temporal_server.rpartition(":")[2]
    ended = run("api", database_url=postgres_url, temporal_address=temporal_server, api_port=port)
    assert 1 == ended.returncode
    assert "address already in use" in ended.stderr and port in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_several_processes_of_the_api_share_a_port_and_count_together(database_url: str, temporal_server: str) -> None:
    port = free_port()
    settings = {"database_url": database_url, "temporal_address": temporal_server, "token_secret": "t" * 32}
    command = [sys.executable, str(CLI), "api"]
    several = environment(**settings, api_port=str(port), api_processes="2", log_level="INFO")
    with subprocess.Popen(command, env=several, stderr=subprocess.PIPE, text=True) as program:
        try:
            answer_of(program, f"http://127.0.0.1:{port}/health/live")
            for _ in range(9):  # each on a connection of its own, so that both processes get some
                assert 200 == httpx.get(f"http://127.0.0.1:{port}/health/live", trust_env=False).status_code
            told = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
            below = [int(pid) for pid in Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()]
        finally:
            program.send_signal(signal.SIGTERM)
        _, said = program.communicate(timeout=30)
    counted = re.search(r'slotkeeper_http_request_seconds_count\{[^}]*route="/health/live"[^}]*\} (\S+)', told)
    assert counted is not None and 10 == float(counted[1])
    assert 2 <= len(below)
    deadline = time.monotonic() + 10  # one of them only keeps books for the others, and ends when they are gone
    while any(process_table.command_of(pid) for pid in below):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "Traceback" not in said


def test_the_sandbox_needs_no_setting_of_the_product() -> None:
    port, mail = free_port(), free_port()
    command = [sys.executable, str(CLI), "sandbox", "--http-port", str(port), "--smtp-port", str(mail)]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as program:
        try:
            answer = answer_of(program, f"http://127.0.0.1:{port}/state")
        finally:
            program.send_signal(signal.SIGTERM)
        _, said = program.communicate(timeout=30)
    assert {"payments": [], "calendar_events": [], "messages": [], "webhooks": []} == answer.json()
    assert "Traceback" not in said


def answer_of(program: subprocess.Popen[str], url: str) -> httpx.Response:
    """Its first answer; fails when it ends before."""
    deadline = time.monotonic() + 30
    while True:
        assert program.poll() is None and time.monotonic() < deadline
        try:
            return httpx.get(url, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)


@pytest.mark.parametrize(
    ("arguments", "settings", "named"),
    [
        (("--host", "0.0.0.0"), {}, "0.0.0.0"),  # noqa: S104 (it is refused)
        (("--webhook-url", "http://127.0.0.1/webhooks/stripe"), {}, "SLOTKEEPER_STRIPE_WEBHOOK_SECRET"),
        ((), {"log_level": "loud"}, "SLOTKEEPER_LOG_LEVEL"),
    ],
)
def test_the_sandbox_says_what_it_needs(
    arguments: Sequence[str],
    settings: dict[str, str],
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in prefixed(**settings).items():
        monkeypatch.setenv(name, value)
    assert 2 == cli.main(["sandbox", *arguments])
    (line,) = capsys.readouterr().err.splitlines()
    assert named in line


def test_the_doctor_is_not_told_to_skip_what_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == cli.main(["doctor", "--skip", "heart"])
    assert "heart" in capsys.readouterr().err
