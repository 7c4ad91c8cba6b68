"""What a workflow catches when a step fails: local activities' failures come bare, the others' inside an ActivityError."""

from __future__ import annotations

import ast
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.exceptions import ActivityError, ApplicationError, FailureError
from temporalio.worker import Worker

import workflows
from activities.errors import AnswersInterceptor, answer_in
from domain.errors import NotFound

LOCAL = {"in_database", "execute_local_activity", "execute_local_activity_method", "start_local_activity_method"}


@activity.defn
async def fail(how: str) -> None:
    """With our own answer, or with an accident that is not tried again."""
    if how == "answer":
        raise NotFound("there is none")
    raise ApplicationError("an accident", type="OSError", non_retryable=True)


@workflow.defn(sandboxed=False)
class Failing:
    """Tells what it has caught."""

    @workflow.run
    async def run(self, how: str, is_local: bool) -> list[str]:
        step: Callable[..., Awaitable[Any]] = workflow.execute_local_activity if is_local else workflow.execute_activity
        try:
            await step(fail, how, start_to_close_timeout=timedelta(seconds=10))
        except FailureError as failure:
            answer = answer_in(failure)
            return [type(failure).__name__, answer.code if answer else "accident"]
        return []


@pytest.mark.parametrize(
    ("is_local", "caught"), [(True, ApplicationError.__name__), (False, ActivityError.__name__)], ids=["local", "regular"]
)
@pytest.mark.parametrize(("how", "code"), [("answer", NotFound.code), ("accident", "accident")])
async def test_a_local_activitys_failure_is_no_activity_error(
    temporal_server: str, is_local: bool, caught: str, how: str, code: str
) -> None:
    """So `except ActivityError` around one never matches: FailureError does, and `answer_in` reads both."""
    queue = f"failures-{uuid4().hex}"
    client = await Client.connect(temporal_server)
    worker = Worker(client, task_queue=queue, workflows=[Failing], activities=[fail], interceptors=[AnswersInterceptor()])
    async with worker:
        found = await client.execute_workflow(Failing.run, args=[how, is_local], id=queue, task_queue=queue)
    assert [caught, code] == found


def test_no_workflow_waits_for_an_activity_error_around_a_local_activity() -> None:
    """It would never come; whatever `in_database` raises is to be caught as a FailureError."""
    guarded = [
        f"{path.name}:{node.lineno}"
        for path in Path(workflows.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Try) and _waits_for_activity_error(node) and LOCAL & _names_in(node.body)
    ]
    assert [] == guarded


def _waits_for_activity_error(node: ast.Try) -> bool:
    caught = _names_in([handler.type for handler in node.handlers if handler.type is not None])
    return "ActivityError" in caught and not {"FailureError", "ApplicationError"} & caught


def _names_in(nodes: Iterable[ast.AST]) -> set[str]:
    found = [each for node in nodes for each in ast.walk(node)]
    return {one.id for one in found if isinstance(one, ast.Name)} | {one.attr for one in found if isinstance(one, ast.Attribute)}
