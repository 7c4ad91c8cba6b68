"""A browser on our pages: it follows no redirect by itself, keeps cookies, and sends the forms that it was shown."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from fastapi import FastAPI

CALLBACK = "https://salon.example/callback?from=us"


class Forms(HTMLParser):
    """The forms of a page: where each goes, and what it sends unless somebody types something else."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.labels: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            assert "post" == said["method"]
            self.found.append((said["action"], {}))
        elif tag == "input":
            self.found[-1][1][said["name"]] = said.get("value", "")
        elif tag == "label":
            self.labels.append(said["for"])


@dataclass
class Browser:
    """`page` is what it shows."""

    app: FastAPI
    page: httpx.Response = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://slotkeeper.test")

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def open(self, path: str, query: Mapping[str, Any] | None = None) -> httpx.Response:
        self.page = await self.http.get(path, params=query)
        return self.page

    def form(self, step: str) -> tuple[str, dict[str, str]]:
        (found,) = [one for one in Forms(self.page.text).found if one[1]["step"] == step]
        return found

    async def send(self, step: str, **typed: str) -> httpx.Response:
        action, fields = self.form(step)
        self.page = await self.http.post(action, data=fields | typed)
        return self.page


@dataclass
class App:
    """An app that sends people to log in, with what it remembers."""

    client_id: str
    redirect_uri: str = CALLBACK
    state: str = "what the app remembers: ä&="
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def query(self) -> dict[str, str]:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }

    def heard(self, answer: httpx.Response) -> dict[str, str]:
        """What the app is told by where the browser is sent."""
        assert 303 == answer.status_code, answer.text
        address = answer.headers["location"]
        assert address.startswith(self.redirect_uri), address
        return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}

    async def redeem(self, client: httpx.AsyncClient, code: str, /, **changed: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
            "client_id": self.client_id,
        }
        return await client.post("/api/v1/sessions/token", data=form | changed)
