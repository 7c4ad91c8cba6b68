"""How long a caller likes to wait (`Prefer: wait=…`, RFC 7240): no longer than that, and no longer than we ever do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from api.commands.contract import Commands
from api.middleware.heading import say_with_the_answer
from api.wiring import Wired

WAIT = re.compile(r'(?:^|,)\s*wait\s*=\s*"?(?P<seconds>\d{1,6})"?\s*(?=[;,]|$)', re.I)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long this caller waits, and the commands that wait no longer."""

    seconds: float
    commands: Commands


async def patience(
    request: Request,
    wired: Wired,
    _: Annotated[
        str | None,
        Header(
            alias="Prefer",
            max_length=500,
            description="`wait=5`: answers within so many seconds, with 202 where it is not done by then; it goes on.",
        ),
    ] = None,
) -> Patience:
    """A dependency. What cannot be read as a preference is none (RFC 7240, 2)."""
    longest = wired.settings.confirm_wait_seconds
    preferred = WAIT.search(",".join(request.headers.getlist("prefer")))
    if preferred is None:
        return Patience(longest, wired.commands)
    seconds = min(float(preferred["seconds"]), longest)
    say_with_the_answer(request, {"Preference-Applied": f"wait={seconds:g}"})
    return Patience(seconds, wired.commands.waiting(seconds))


Patient = Annotated[Patience, Depends(patience)]
