"""A second factor for people: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
from cryptography.exceptions import InvalidTag
from fastapi import APIRouter, Response

from api.auth import LoggedIn, unauthorised
from api.identity.entrances import Entrance, code_was_right, may_guess_code
from api.identity.owned_secrets import open_for, seal_for
from api.openapi import BODY, problems
from api.problems import Problem, invalid
from api.requests import JsonOnly
from api.schemas.second_factor import NewSecondFactorAnswer, RecoveryCodesAnswer, SecondFactorCode
from api.wiring import Wired, Wiring
from store.people import Credentials, find_person
from store.second_factors import confirm, count_refused, drop, enrol, find_second_factor, use_recovery_code, use_step
from store.security_events import tell_security

routes = APIRouter(
    prefix="/api/v1/me/second-factor",
    tags=["people"],
    dependencies=[JsonOnly],
    responses=problems("invalid-request", "unavailable"),
)

STEP_SECONDS = 30
SKEWED = (0, -1, 1)
"""Steps by which a telephone's clock may differ."""
RECOVERY_CODES = 10
PURPOSE = b"second-factor"
RECOVERY_BYTES = 14  # 112 random bits: nobody guesses one, nor one behind a hash
MOST_REFUSED, REFUSED_WITHIN = 5, timedelta(minutes=5)
"""A million codes, three of which are right at any time: so many tries leave one chance in 60,000."""


@routes.post("", status_code=201, summary="Begin a second factor", responses=problems("unauthorised", "second-factor-set"))
async def begin_second_factor(wired: Wired, access: LoggedIn) -> NewSecondFactorAnswer:
    """A new secret for an authenticator app. It counts once a code of it was confirmed; asked again before, another takes
    its place."""
    person = await find_person(wired.door, access.person_id)
    if person is None:
        raise unauthorised()
    secret = pyotp.random_base32()
    if not await enrol(wired.door, person.id, seal_for(wired.settings, PURPOSE, person.id, secret)):
        raise Problem("second-factor-set", "drop the present one first")
    return NewSecondFactorAnswer(
        secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name="Slotkeeper")
    )


@routes.post(
    "/confirm",
    summary="Confirm a second factor",
    dependencies=[Entrance],
    responses=problems(*BODY, "unauthorised", "second-factor-set", "second-factor-needed"),
)
async def confirm_second_factor(wired: Wired, access: LoggedIn, body: SecondFactorCode) -> RecoveryCodesAnswer:
    """With a code of the app. From now on each log-in needs one. The recovery codes are shown this once; each is good once."""
    known = await find_second_factor(wired.door, access.person_id)
    if known is None:
        raise invalid("/code", "has no secret that it could be of; begin a second factor first")
    if known.is_confirmed:
        raise Problem("second-factor-set", "there is a second factor already")
    step = await _checked_step(wired, access.person_id, known.secret, body.code)
    codes = [secrets.token_hex(RECOVERY_BYTES) for _ in range(RECOVERY_CODES)]
    if not await confirm(wired.door, access.person_id, step, known.secret, codes):
        raise Problem("second-factor-set", "another was confirmed meanwhile")
    return RecoveryCodesAnswer(recovery_codes=codes)


@routes.post(
    "/drop",
    status_code=204,
    summary="Drop a second factor",
    dependencies=[Entrance],
    responses=problems(*BODY, "unauthorised", "second-factor-needed"),
)
async def drop_second_factor(wired: Wired, access: LoggedIn, body: SecondFactorCode) -> Response:
    """With a code of the app or a recovery code. The password alone counts again."""
    known = await find_second_factor(wired.door, access.person_id)
    if known is not None and known.is_confirmed:
        await _check(wired, access.person_id, body.code)
    await drop(wired.door, access.person_id)
    return Response(status_code=204)


async def check_second_factor(wired: Wiring, known: Credentials, code: str | None) -> None:
    """For a log-in whose password was right. Raises Problem where a code is needed, wrong or used before."""
    if known.has_second_factor:
        await _check(wired, known.id, code or "")


async def _check(wired: Wiring, person_id: UUID, code: str) -> None:
    code = "".join(code.split()).lower()
    if code and await count_refused(wired.door, person_id, REFUSED_WITHIN) < MOST_REFUSED:
        if len(code) == 2 * RECOVERY_BYTES and await use_recovery_code(wired.door, person_id, code):
            return
        known = await find_second_factor(wired.door, person_id)
        if known is None or await use_step(wired.door, person_id, await _checked_step(wired, person_id, known.secret, code)):
            return
    raise _needed()


async def _checked_step(wired: Wiring, person_id: UUID, sealed: bytes, code: str) -> int:
    """The time step whose code this is; a wrong one is told. Raises Problem."""
    is_early = await count_refused(wired.door, person_id, REFUSED_WITHIN) < MOST_REFUSED
    if is_early and await may_guess_code(wired, person_id):  # which counts right where many come at once
        totp, now = pyotp.TOTP(_opened(wired, person_id, sealed)), int(datetime.now(UTC).timestamp()) // STEP_SECONDS
        for step in (now + skew for skew in SKEWED):
            if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
                await code_was_right(wired, person_id)
                return step
        await tell_security(wired.door, "second-factor-refused", person_id=person_id)
    raise _needed()


def _needed() -> Problem:
    detail = "send the authenticator app's present code as `otp`; after five wrong ones none is taken for five minutes"
    return Problem("second-factor-needed", detail, headers={"WWW-Authenticate": "Bearer"}, more={"error": "invalid_grant"})


def _opened(wired: Wiring, person_id: UUID, sealed: bytes) -> str:
    """Raises Problem where the deployment's secret is not the one it was sealed with."""
    try:
        return open_for(wired.settings, PURPOSE, person_id, sealed)
    except InvalidTag:
        raise Problem("unavailable", "the second factor cannot be checked with this deployment's secret") from None
