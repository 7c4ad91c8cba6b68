"""What the routes work with, put together once by the program."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

import asyncpg
from fastapi import Depends, Request

from api.admission import Admission
from api.answers import KeptAnswers, KeptRefusals
from api.commands.asking import HOLD_WITHIN
from api.commands.contract import Commands
from api.holders import FullHolders
from api.identity.access_tokens import AccessTokens, access_tokens
from api.identity.hashing import Passwords
from api.rate_limits import RateLimits
from api.tenants import KnownServices
from api.turnstile import Turnstile
from domain.gateways import OwnGateways
from domain.messages import SmsGateway
from domain.payments import PaymentGateway
from domain.rate_limits import Limit, Rate
from domain.sso import SsoGateway
from settings import Settings

ANSWERED_AFTER = 10.0
"""Seconds that a request may take beside what it waits for a workflow."""

MOST_REFUSALS = 5000  # of some kilobytes each
CODES = Rate(5, 300)
"""Wrong codes of a second factor."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """`payments` and `sms` only read webhooks here; money moves and texts are sent in the activities. `sso` asks businesses'
    identity providers; `own` reads the webhooks of businesses' own accounts, and tries such an account out."""

    settings: Settings
    pool: asyncpg.Pool
    door: asyncpg.Pool
    """People's accounts, sessions and links, which the other pool cannot see."""
    commands: Commands
    payments: PaymentGateway | None
    turnstile: Turnstile = field(default_factory=Turnstile)
    sms: SmsGateway | None = None
    sso: SsoGateway | None = None
    own: OwnGateways | None = None
    services: KnownServices = field(default_factory=KnownServices)
    full_holders: FullHolders = field(default_factory=FullHolders)
    answers: KeptAnswers = field(init=False)
    admission: Admission = field(init=False)
    access_tokens: AccessTokens = field(init=False)
    rate_limits: RateLimits = field(init=False)
    passwords: Passwords = field(default_factory=Passwords)
    refusals: KeptRefusals = field(default_factory=lambda: KeptRefusals(MOST_REFUSALS))

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", KeptAnswers(self.settings.api_kept_answers_bytes))
        object.__setattr__(self, "admission", Admission(self.settings, self.commands.backlog_seconds))
        object.__setattr__(self, "access_tokens", access_tokens(self.settings))
        secret = self.settings.token_secret.get_secret_value()
        object.__setattr__(self, "rate_limits", RateLimits(self.door, _rates(self.settings), secret))


def _rates(settings: Settings) -> dict[Limit, Rate]:
    """Those that are not off."""
    rates = {
        Limit.ADDRESS: settings.limit_address,
        Limit.CALLER: settings.limit_caller,
        Limit.BUSINESS: settings.limit_business,
        Limit.ENTRANCE: settings.limit_entrance,
        Limit.LOG_IN: settings.limit_log_in,
        Limit.ACCOUNT: settings.limit_account,
        Limit.MAILS: settings.limit_mails,
        Limit.SECOND_FACTOR: CODES,
    }
    return {limit: rate for limit, rate in rates.items() if rate is not None}


def longest_answer(settings: Settings) -> int:
    """Seconds after which nobody waits for an answer any more: none is cut off sooner when the API stops."""
    return math.ceil(max(settings.confirm_wait_seconds, HOLD_WITHIN.total_seconds()) + ANSWERED_AFTER)


async def wiring(request: Request) -> Wiring:
    """This app's wiring. Not a plain function: that would be called in a thread for each request."""
    found: Wiring = request.app.state.wiring
    return found


Wired = Annotated[Wiring, Depends(wiring)]
