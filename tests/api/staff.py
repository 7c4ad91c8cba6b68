"""People at the API: register, follow the mail's link, log in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from domain.people import Role
from domain.tokens import one_time_token
from store.memberships import join
from store.one_time_tokens import Purpose

SECRET = "t" * 32
PASSWORD = "an engine of analysis"


@dataclass
class Somebody:
    """A person with an account, and what they know."""

    client: httpx.AsyncClient
    pool: asyncpg.Pool
    id: UUID
    email: str
    tokens: dict[str, Any]

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    async def log_in(self, **more: str) -> httpx.Response:
        answer = await log_in(self.client, self.email, **more)
        if answer.status_code == 200:
            self.tokens = answer.json()
        return answer

    async def refresh(self, token: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return await self.client.post("/api/v1/sessions/token", data=form)

    async def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.client.request(method, f"/api/v1{path}", json=body, headers=self.auth)


async def log_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    form = {"grant_type": "password", "username": email, "password": password} | more
    return await client.post("/api/v1/sessions/token", data=form)


async def link_in_mail(pool: asyncpg.Pool, email: str, purpose: Purpose) -> str:
    """The token in the latest mail of this kind to this address, which only its reader and the worker know."""
    found = "SELECT id FROM one_time_tokens WHERE lower(email) = lower($1) AND purpose = $2 ORDER BY id DESC LIMIT 1"
    return one_time_token(SECRET, await pool.fetchval(found, email, purpose.value))


async def register(client: httpx.AsyncClient, pool: asyncpg.Pool, email: str, password: str = PASSWORD) -> httpx.Response:
    """Registers and follows the link."""
    asked = await client.post("/api/v1/people", json={"email": email})
    assert 202 == asked.status_code, asked.text
    return await verify(client, await link_in_mail(pool, email, Purpose.VERIFY), password)


async def verify(client: httpx.AsyncClient, token: str, password: str = PASSWORD) -> httpx.Response:
    """Follows the link."""
    return await client.post("/api/v1/people/verify", json={"token": token, "name": "Ada Byron", "password": password})


async def somebody(
    client: httpx.AsyncClient, pool: asyncpg.Pool, business_id: UUID | None = None, role: Role = Role.STAFF
) -> Somebody:
    """A person who has registered and logged in, as a member where a business is named."""
    email = f"ada-{uuid4().hex[:12]}@example.com"
    verified = await register(client, pool, email)
    assert 201 == verified.status_code, verified.text
    person = Somebody(client, pool, UUID(verified.json()["id"]), email, {})
    if business_id is not None:
        async with pool.acquire() as connection, connection.transaction():
            await join(connection, business_id, person.id, role, "tests")
    assert 200 == (await person.log_in()).status_code
    return person
