"""What a workflow is at towards the outside, so that operators see it and may try it now, leave it out or call it done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.errors import as_failure
    from domain.errors import Answer, StepSettled, StepSkipped
    from domain.operations import Operated, OperationKind, StepUnderWay, UnderWay, Wish
    from domain.outside_steps import step_of


class Verdict(Enum):
    """What an operator has decided of a step."""

    RETRY = "retry"
    SKIP = "skip"
    SETTLE = "settle"


@dataclass(slots=True)
class UnderWayStep:
    """One step, from its first try to its end; `depth` counts the parts of our code that are at it, one inside the other."""

    name: str
    since: datetime
    depth: int = 0
    trying: asyncio.Task[Any] | None = None
    rests_until: datetime | None = None
    rests: bool = False
    is_stopping: bool = False
    is_stopped: bool = False
    verdict: Verdict | None = None

    def decide(self, verdict: Verdict) -> None:
        """Wakes the step: from a rest at once, from a try when that has ended. A try that works out all the same counts."""
        self.verdict = verdict
        if self.trying is not None and not self.trying.done():
            self.trying.cancel()

    def stop(self) -> None:
        """No further try begins until it is decided what becomes of the step."""
        self.is_stopping = True
        if self.trying is not None and not self.trying.done():
            self.trying.cancel()
        else:
            self.is_stopped = True

    async def next(self, ended: ActivityError) -> None:
        """After a try that was ended for an operator: returns where there is to be another; raises what ends the step."""
        if self.is_stopping and self.verdict is None:
            self.is_stopped = True
            await workflow.wait_condition(lambda: self.verdict is not None)
        verdict, self.verdict, self.is_stopping, self.is_stopped = self.verdict, None, False, False
        if verdict is Verdict.SKIP:
            raise _instead(ended, StepSkipped("an operator has left this step out"))
        if verdict is Verdict.SETTLE:
            raise _instead(ended, StepSettled("an operator has done this step by hand"))

    @property
    def is_asked_for(self) -> bool:
        return self.verdict is not None or self.is_stopping

    @property
    def shown(self) -> StepUnderWay:
        step, may = step_of(self.name), [OperationKind.RETRY]
        if step is not None and step.may_skip:
            may.append(OperationKind.SKIP)
        if step is not None and step.settled_by and not self.name.startswith("charge:"):
            may.append(OperationKind.SETTLE)
        return StepUnderWay(self.name, self.since, self.rests, self.rests_until, tuple(may))


@dataclass(slots=True)
class Steps:
    """All that one workflow is at. Kept in `steps_under_way` of the workflow's own class, where this module finds it."""

    is_shown: bool = True
    answers: dict[str, tuple[Wish, Operated]] = field(default_factory=dict)
    _steps: dict[str, UnderWayStep] = field(default_factory=dict)
    _headline: str = ""

    def find(self, name: str) -> UnderWayStep | None:
        """The step of this name, while it lasts."""
        return self._steps.get(name)

    @property
    def shown(self) -> UnderWay:
        """As operators are told, the oldest first."""
        return UnderWay(tuple(step.shown for step in sorted(self._steps.values(), key=lambda step: (step.since, step.name))))

    def say(self, headline: str) -> None:
        """What the Web UI shows of the workflow, above its steps."""
        self._headline = headline
        self.show()

    def show(self) -> None:
        """Costs nothing in the history: it is asked for when somebody looks."""
        if not self.is_shown or not workflow.in_workflow():  # it is not where the worker clears an evicted run away
            return
        workflow.set_current_details("\n".join([self._headline, "", *(_in_words(step) for step in self.shown.steps)]).strip())

    @contextmanager
    def at(self, name: str) -> Iterator[UnderWayStep]:
        """Says that the workflow is at this step; inside itself it is one and the same."""
        step = self._steps.setdefault(name, UnderWayStep(name, workflow.now()))
        step.depth += 1
        self.show()
        try:
            yield step
        finally:
            step.depth -= 1
            if not step.depth:
                self._steps.pop(name, None)
                self.show()


def steps_of_this() -> Steps:
    """Those of the workflow that runs; one that keeps none has nobody who would ask."""
    kept: Steps | None = getattr(workflow.instance(), "steps_under_way", None)
    return kept if kept is not None else Steps(is_shown=False)


async def try_until_decided(name: str, within: timedelta | None, begin: Callable[[timedelta | None], asyncio.Task[Any]]) -> Any:
    """Runs an activity; an operator may have it tried at once, or end it. `within` holds for all tries together.

    Waits for a try's end before the next begins. Raises what the activity raises, or its failure with StepSkipped or
    StepSettled in it.
    """
    ends_at = workflow.now() + within if within is not None else None
    left, cancels_before = within, times_cancelled()
    with steps_of_this().at(name) as step:
        while True:
            step.trying = begin(left)
            try:
                return await step.trying
            except ActivityError as failure:
                is_for_operator = step.is_asked_for and is_cancelled_exception(failure) and times_cancelled() == cancels_before
                if not is_for_operator:
                    raise
                await step.next(failure)
            finally:
                step.trying = None
            left = max(ends_at - workflow.now(), AT_LEAST) if ends_at is not None else None


async def rest(name: str, pause: timedelta, summary: str, is_over: Callable[[], bool] = lambda: False) -> Verdict | None:
    """Waits before the next try, unless there is news or an operator does not want to wait; says what they decided."""
    with steps_of_this().at(name) as step:
        step.rests, step.rests_until = True, workflow.now() + pause
        try:
            await workflow.wait_condition(lambda: step.verdict is not None or is_over(), timeout=pause, timeout_summary=summary)
            if step.is_stopping and step.verdict is None:
                await workflow.wait_condition(lambda: step.verdict is not None)
        except TimeoutError:
            if step.is_stopping:
                await workflow.wait_condition(lambda: step.verdict is not None)
        finally:
            verdict, step.verdict = step.verdict, None
            step.rests, step.rests_until, step.is_stopping, step.is_stopped = False, None, False, False
    return verdict


AT_LEAST = timedelta(seconds=5)


def times_cancelled() -> int:
    """How often somebody else has asked the present task to end."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0


def _instead(ended: ActivityError, answer: Answer) -> ActivityError:
    """The failure of the try that was ended, with this answer as its cause: whoever reads answers finds it there."""
    failure = ActivityError(
        str(ended),
        scheduled_event_id=ended.scheduled_event_id,
        started_event_id=ended.started_event_id,
        identity=ended.identity,
        activity_type=ended.activity_type,
        activity_id=ended.activity_id,
        retry_state=ended.retry_state,
    )
    failure.__cause__ = as_failure(answer)
    return failure


def _in_words(step: StepUnderWay) -> str:
    how = f"rests until {step.until.isoformat()}" if step.until else "is tried until it works"
    updates = ", ".join(f"`{kind}_step`" for kind in step.may)
    return f"- `{step.name}` since {step.since.isoformat()}: {how}. Updates: {updates}"
