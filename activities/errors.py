"""The one translation between domain answers and Temporal failures.

An answer becomes a non-retryable ApplicationError whose type is the answer's code. Everything else is an accident or a bug
and stays as it is, so that Temporal retries it.
"""

from __future__ import annotations

from typing import Any

from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.errors import ANSWERS, Answer


def as_failure(answer: Answer) -> ApplicationError:
    """The answer as Temporal carries it."""
    return ApplicationError(answer.detail, dict(answer.facts), type=answer.code, non_retryable=True)


def answer_in(failure: BaseException | None) -> Answer | None:
    """The domain answer inside a failed activity or update; None when it was an accident."""
    while isinstance(failure, ActivityError):
        failure = failure.cause
    if not isinstance(failure, ApplicationError) or failure.type is None or failure.type not in ANSWERS:
        return None
    facts = failure.details[0] if failure.details else {}
    return ANSWERS[failure.type](failure.message, **facts)


class _TranslateAnswers(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 (the SDK's name)
        try:
            return await super().execute_activity(input)
        except Answer as answer:
            raise as_failure(answer) from answer


class AnswersInterceptor(Interceptor):
    """Makes every domain answer of every activity final."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 (the SDK's name)
        return _TranslateAnswers(next)
