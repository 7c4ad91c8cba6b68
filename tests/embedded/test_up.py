"""`slotkeeper up` from its first start to its last stop: three runs in one folder, one after another.

Each run is done once, by a fixture that notes what happened; the tests look at its notes.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from embedded.places import PREFERRED
from embedded.postgres import EmbeddedPostgres
from tests.embedded.running import CLI, environment, slotkeeper, soon, up, usual_ports_in_use

ADDRESSES = {"api_url", "temporal_address", "temporal_ui_url", "sandbox_url", "database_url"}
FOR_PROGRAMS = ADDRESSES | {"api_key", "service_id", "provider_id", "services", "providers"}
BOOK_WITH_CURL = re.search(r"^## Book with curl$(.*?)^## ", (CLI.parent / "README.md").read_text(), re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Notes:
    """What one run said and left."""

    said: str
    known: dict[str, Any]
    exit_code: int
    left: list[str]
    has_up_file: bool


@dataclass(frozen=True, slots=True)
class FirstRun(Notes):
    """It takes the README's booking and is then killed."""

    answers: list[Any]
    doctor: subprocess.CompletedProcess[str]
    beside: subprocess.CompletedProcess[str]
    bookings: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SecondRun(Notes):
    """It is ended by Ctrl-C."""

    bookings: list[dict[str, Any]]


@pytest.fixture(scope="module")
def folder(engines_folder: Path) -> Iterator[Path]:
    made = engines_folder / "up"
    made.mkdir()
    made.chmod(0o711)
    yield made
    EmbeddedPostgres(made / ".slotkeeper" / "postgres").stop()  # where a test failed between a kill and the next start


@pytest.fixture(scope="module")
def first(folder: Path) -> FirstRun:
    with usual_ports_in_use(), up(folder, name="first") as run:
        answers = follow_the_readme(folder)
        doctor = slotkeeper("doctor", folder=folder)
        beside = slotkeeper("up", folder=folder)
        bookings, known = bookings_of(run.known()), run.known()
        run.program.kill()
        code = run.ends()
        soon(lambda: len(run.living()) <= 1)
        return FirstRun(run.said(), known, code, run.living(), run.up_file.exists(), answers, doctor, beside, bookings)


@pytest.fixture(scope="module")
def second(first: FirstRun, folder: Path) -> SecondRun:
    with up(folder, name="second") as run:
        bookings, known = bookings_of(run.known()), run.known()
        code = run.interrupt()
        return SecondRun(run.said(), known, code, run.living(), run.up_file.exists(), bookings)


@pytest.fixture(scope="module")
def third(second: SecondRun, folder: Path) -> Notes:
    with up(folder, "--no-demo", name="third") as run:
        known = run.known()
        os.kill(run.pid_of("worker"), signal.SIGKILL)
        code = run.ends()
        return Notes(run.said(), known, code, run.living(), run.up_file.exists())


def follow_the_readme(folder: Path) -> list[Any]:
    """Runs what the README tells to type, as it stands, and gives each JSON document that is printed."""
    assert BOOK_WITH_CURL is not None
    typed = "".join(re.findall(r"^```sh\n(.*?)^```$", BOOK_WITH_CURL[1], re.DOTALL | re.MULTILINE))
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", typed], cwd=folder, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    answers, rest = [], done.stdout.strip()
    while rest:
        answer, end = json.JSONDecoder().raw_decode(rest)
        answers.append(answer)
        rest = rest[end:].strip()
    return answers


def bookings_of(known: dict[str, Any]) -> list[dict[str, Any]]:
    with httpx.Client(trust_env=False, timeout=20, headers={"Authorization": f"Bearer {known['api_key']}"}) as client:
        answer = client.get(f"{known['api_url']}/api/v1/bookings")
    items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return items


def seconds_until_ready(said: str) -> float:
    found = re.search(r"^Ready after ([\d.]+) s\.$", said, re.MULTILINE)
    assert found, said
    return float(found[1])


def test_it_books_one_appointment_and_tells_its_timeline(first: FirstRun) -> None:
    told = re.findall(r"^    \d\d:\d\d:\d\d  (.*)$", first.said, re.MULTILINE)
    assert "The slot is held for the customer." == told[0]
    assert {"The money is taken.", "The booking is confirmed.", "The customer gets a confirmation by sms."} <= set(told)


def test_it_tells_where_everything_is(first: FirstRun) -> None:
    for page in (f"{first.known['api_url']}/docs", first.known["temporal_ui_url"], f"{first.known['sandbox_url']}/outbox"):
        assert page in first.said


def test_the_file_for_programs_names_addresses_key_and_ids(first: FirstRun) -> None:
    assert FOR_PROGRAMS == set(first.known)
    assert first.known["service_id"] in first.known["services"].values()
    assert first.known["provider_id"] in first.known["providers"].values()


def test_ports_in_use_are_avoided_and_told(first: FirstRun) -> None:
    told = dict(re.findall(r"^  note  port \d+ is in use: (\w+) is on (\d+)$", first.said, re.MULTILINE))
    assert set(PREFERRED) == set(told)
    assert not set(PREFERRED.values()) & {int(port) for port in told.values()}
    assert first.known["api_url"] == f"http://127.0.0.1:{told['api']}"


def test_the_readmes_commands_book_and_pay(first: FirstRun) -> None:
    declined, confirmed, timeline, fault, state = first.answers
    assert ("payment-declined", "confirmed", "capture") == (declined["code"], confirmed["status"], fault["operation"])
    kinds = [entry["kind"] for entry in timeline["items"]]
    assert ["payment_declined", "payment_captured"] == [kind for kind in kinds if kind.startswith(("payment_dec", "payment_cap"))]
    assert confirmed["id"] in [booking["id"] for booking in first.bookings]
    assert [6500] == [payment["captured"] for payment in state["payments"] if payment["booking_id"] == confirmed["id"]]


def test_the_doctor_finds_every_part_well(first: FirstRun) -> None:
    lines = first.doctor.stdout.splitlines()
    assert (0, "") == (first.doctor.returncode, first.doctor.stderr), first.doctor.stdout
    parts = ["database", "migrations", "tenants", "keys", "temporal", "schedules", "worker", "api", "stuck", "audit", "books"]
    assert parts == [line.split()[1] for line in lines]
    assert {"ok"} == {line.split()[0] for line in lines}


def test_a_second_system_in_the_same_folder_is_refused(first: FirstRun) -> None:
    assert 1 == first.beside.returncode
    assert "already runs" in first.beside.stdout
    assert "Traceback" not in first.beside.stdout + first.beside.stderr


def test_when_it_is_killed_only_the_database_stays_for_the_next_start(first: FirstRun, folder: Path) -> None:
    (database,) = first.left
    assert -signal.SIGKILL == first.exit_code
    assert str(folder / ".slotkeeper" / "postgres") in database


def test_it_starts_again_after_a_kill_with_the_same_data_and_key(first: FirstRun, second: SecondRun) -> None:
    assert first.known["api_key"] == second.known["api_key"]
    assert first.known["services"] == second.known["services"]
    unchanged = {booking["id"]: booking["starts_at"] for booking in second.bookings}
    assert unchanged | {booking["id"]: booking["starts_at"] for booking in first.bookings} == unchanged


def test_a_second_start_is_ready_soon(second: SecondRun) -> None:
    """Ten seconds is the aim on a machine that does nothing else."""
    assert seconds_until_ready(second.said) < 20


def test_ctrl_c_ends_everything_cleanly(second: SecondRun) -> None:
    assert (0, [], False) == (second.exit_code, second.left, second.has_up_file)
    assert second.said.endswith("Everything is stopped; the data is kept.\n")
    assert "Traceback" not in second.said


def test_a_killed_worker_ends_it_and_is_named_with_its_log(third: Notes) -> None:
    assert 1 == third.exit_code
    assert "  FAIL  worker was killed by SIGKILL." in third.said
    assert re.search(r"^  \| .*worker polls slotkeeper$", third.said, re.MULTILINE)


def test_a_failed_part_takes_all_others_with_it(third: Notes) -> None:
    assert ([], False) == (third.left, third.has_up_file)


def test_without_the_demo_nothing_is_booked(third: Notes) -> None:
    assert ADDRESSES == set(third.known)
    assert "Its timeline:" not in third.said
