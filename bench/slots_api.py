"""The API as `slotkeeper api` serves it, with one route more that only does `SELECT 1`: `python -m bench.slots_api`."""

from __future__ import annotations

import sys

from fastapi import FastAPI

import api.app
import cli
from api.schemas.fields import Answer
from api.wiring import Wired

SELECT_ONE = "/bench/select-one"


class One(Answer):
    """What PostgreSQL said."""

    one: int


async def select_one(wired: Wired) -> One:
    return One(one=await wired.pool.fetchval("SELECT 1"))


def with_select_one(app: FastAPI) -> FastAPI:
    """The least that a route with one statement can take on this way: same middleware, same pool, same kind of answer."""
    app.add_api_route(SELECT_ONE, select_one, include_in_schema=False)
    return app


if __name__ in ("__main__", "__mp_main__"):  # in the command's own process and in those that it starts
    create_app = api.app.create_app
    api.app.create_app = lambda settings: with_select_one(create_app(settings))

if __name__ == "__main__":
    sys.exit(cli.main(["api"]))
