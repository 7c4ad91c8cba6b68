"""The runbooks keep to the code: a page for all that can get stuck, with commands that exist."""

from __future__ import annotations

import inspect
import json
import re
import shlex
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

import activities
import api.schemas.operations as schemas
import worker
from api.application import build_app
from api.commands.operations import OPERATIONS
from domain.bookings import BookingStatus
from domain.findings import Rule
from domain.operation_checks import check_settled, check_wish
from domain.operations import Wish
from domain.outside_steps import STEPS, ByHand, StuckThing, step_of
from settings import Settings
from temporal import attributes
from tests.test_worker import classes
from workflows.messages import UnfinishedStep
from workflows.operating import Operating

FOLDER = Path(__file__).parent.parent / "docs" / "runbooks"
PAGES = {page.stem: page.read_text() for page in sorted(FOLDER.glob("*.md")) if page.stem != "README"}
README = (FOLDER / "README.md").read_text()
EVERYTHING = "\n".join([README, *PAGES.values()])
SECTIONS = ["How it shows", "What the system does by itself", "What to do", "What never to do"]
OLDER = {"webhooks-do-not-arrive"}  # tells its own way
DESCRIBED: dict[str, Any] = build_app(Settings(database_url="postgresql://unused", token_secret="t" * 32)).openapi()
CURLS = [
    pytest.param(command, id=f"{page} {number}")
    for page, text in {**PAGES, "README": README}.items()
    for number, command in enumerate(re.findall(r"^curl (?:[^\n]*\\\n)*[^\n]*", text, re.M))
]
UPDATES = [
    pytest.param(update, body, id=f"{page} {update}")
    for page, text in PAGES.items()
    for update, body in re.findall(r"\*Send an Update\*, `(\w+)` with `(\{.*?\})`", text)
]


def test_whatever_can_get_stuck_has_its_page() -> None:
    things = {thing.value for thing in StuckThing} | {rule.runbook for rule in Rule}
    assert things <= PAGES.keys()
    without_bookings = {"worker-down", "temporal-down", "postgresql-down", "bookings-turned-away", "people-mails-late"}
    assert without_bookings | OLDER == PAGES.keys() - things


@pytest.mark.parametrize("page", sorted(PAGES.keys() - OLDER))
def test_each_page_says_the_same_four_things(page: str) -> None:
    assert SECTIONS == re.findall(r"^## (.+)$", PAGES[page], re.M)
    assert all(section.strip() for section in re.split(r"^## .+$", PAGES[page], flags=re.M))


def test_whatever_the_checker_finds_is_named_on_its_page() -> None:
    """By its own code, or as the thing that is stuck, which tells more."""
    stuck = {thing.value for thing in StuckThing}
    assert [] == [rule for rule in Rule if rule.runbook not in stuck and f"`{rule}`" not in PAGES[rule.runbook]]


def test_the_list_names_each_page() -> None:
    assert PAGES.keys() == set(re.findall(r"^\| \[([a-z-]+)\]\(\1\.md\)", README, re.M))


def test_each_step_is_told_of_on_its_page() -> None:
    missing = [name for name, step in STEPS.items() if f"`{name}" not in PAGES[step.thing]]
    assert [] == missing


def test_whatever_the_saga_leaves_is_a_step_that_has_a_page() -> None:
    names = {UnfinishedStep.CALENDAR: "write-calendar-event"}
    assert all(step_of(names.get(step, step.value)) is not None for step in UnfinishedStep)


def test_each_activity_at_a_vendor_is_a_step_with_a_page() -> None:
    """They are those of the classes that are given a vendor's gateway."""
    names = {
        name
        for owner in classes(activities)
        if {"gateway", "email"} & inspect.signature(owner).parameters.keys() and "Webhook" not in owner.__name__
        for name, member in inspect.getmembers(owner)
        if hasattr(member, "__temporal_activity_definition")
    }
    assert {"give_back", "capture_payment", "send_sms"} <= names
    assert [] == [name for name in names if name not in EVERYTHING and f"`{step_name(name)}`" not in EVERYTHING]


def step_name(activity: str) -> str:
    """As operators know it."""
    return activity.partition("_if_")[0].replace("_", "-")


def test_each_trouble_that_workflows_tell_is_on_a_page() -> None:
    """By the first words of its step: what follows a colon or a dot tells one from another of its kind."""
    told: set[str] = set()
    for source in (Path(__file__).parent.parent / "workflows").glob("*.py"):
        told |= set(re.findall(r'tell_trouble\([\w.]+, f?"([a-z-]+)', source.read_text()))
    assert told
    assert [] == [step for step in told if f"`{step}" not in EVERYTHING]


@pytest.mark.parametrize("command", CURLS)
def test_each_curl_is_a_call_that_exists_and_fits(command: str) -> None:
    words = shlex.split(command.partition(" #")[0].replace("\\\n", " "))
    method = words[words.index("-X") + 1].lower() if "-X" in words else "get"
    (address,) = [word for word in words if word.startswith("$API")]
    path = address.removeprefix("$API").replace("$BOOKING", "{booking_id}")
    operation = DESCRIBED["paths"][path][method]
    if "-d" in words:
        reference = json.dumps(operation["requestBody"])
        model = re.findall(r"schemas/(\w+)", reference)[0]
        getattr(schemas, model).model_validate_json(words[words.index("-d") + 1])


@pytest.mark.parametrize(("update", "body"), UPDATES)
def test_each_update_is_one_that_the_workflow_takes(update: str, body: str) -> None:
    kinds = {name: kind for kind, name in OPERATIONS.items()}
    kind: Any = kinds[update]
    wish: Wish = TypeAdapter(kind).validate_json(body)
    assert json.loads(body).keys() <= {field.name for field in fields(kind)}
    check_wish(wish, "an-id")
    assert hasattr(getattr(Operating, update), "_defn")


@pytest.mark.parametrize("page", PAGES)
def test_what_is_settled_may_be_settled_so(page: str) -> None:
    for body in re.findall(r'\{[^{}]*"done"[^{}]*\}', PAGES[page]):
        said = json.loads(body)
        check_settled(said["step"], ByHand(said["done"]))


@pytest.mark.parametrize("page", PAGES)
def test_what_is_searched_for_can_be_found(page: str) -> None:
    searched = {key.name for key in attributes.ALL}
    for query in re.findall(r"Web UI: `([^`]+)`", PAGES[page]):
        names = set(re.findall(r"([A-Z]\w+) (?:=|IN)", query))
        assert names <= searched | {"WorkflowType", "ExecutionStatus"}
        assert set(re.findall(r'WorkflowType = "(\w+)"', query)) <= {workflow.__name__ for workflow in worker.WORKFLOWS}
        statuses = re.findall(r"BookingStatus (?:= |IN \()([^)A-Z]+)", query)
        assert {name for each in statuses for name in re.findall(r'"(\w+)"', each)} <= {status.value for status in BookingStatus}
