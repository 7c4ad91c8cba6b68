"""What the routes work with, put together once by the program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import asyncpg
from fastapi import Depends, Request

from api.admission import Admission
from api.answers import KeptAnswers, KeptRefusals
from api.commands.contract import Commands
from api.turnstile import Turnstile
from domain.messages import SmsGateway
from domain.payments import PaymentGateway
from settings import Settings

MOST_REFUSALS = 5000  # of some kilobytes each


@dataclass(frozen=True, slots=True)
class Wiring:
    """`payments` and `sms` only read webhooks here; money moves and texts are sent in the activities."""

    settings: Settings
    pool: asyncpg.Pool
    commands: Commands
    payments: PaymentGateway | None
    turnstile: Turnstile = field(default_factory=Turnstile)
    sms: SmsGateway | None = None
    answers: KeptAnswers = field(init=False)
    admission: Admission = field(init=False)
    refusals: KeptRefusals = field(default_factory=lambda: KeptRefusals(MOST_REFUSALS))

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", KeptAnswers(self.settings.api_kept_answers_bytes))
        object.__setattr__(self, "admission", Admission(self.settings, self.commands.backlog_seconds))


async def wiring(request: Request) -> Wiring:
    """This app's wiring. Not a plain function: that would be called in a thread for each request."""
    found: Wiring = request.app.state.wiring
    return found


Wired = Annotated[Wiring, Depends(wiring)]
