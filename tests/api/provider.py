"""A real OpenID provider on this machine, whose ID tokens a test may change and have signed again with the provider's own key."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import flask
import httpx
import jwt
import oidc_provider_mock
import werkzeug.serving

Change = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Provider:
    """`change` is done to the claims of each ID token; `key` signs them where it is another's; `asked` are the token requests."""

    url: str = ""
    change: Change | None = None
    key: str | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    def knows(self, subject: str, **claims: object) -> None:
        """Somebody who can log in there."""
        httpx.put(f"{self.url}/users/{subject}", json=claims, trust_env=False).raise_for_status()

    def log_in(self, address: str, subject: str) -> str:
        """At the provider's own page; returns where the browser is sent back to."""
        answer = httpx.post(address, data={"sub": subject}, trust_env=False)
        assert answer.status_code == httpx.codes.FOUND, answer.text
        return answer.headers["location"]

    def changed(self, response: flask.Response) -> flask.Response:
        """The token endpoint's answer as the test wants it."""
        if flask.request.path != "/oauth2/token":
            return response
        self.asked.append(flask.request.form.to_dict())
        said = json.loads(response.get_data())
        if "id_token" in said and (self.change or self.key):
            kid = jwt.get_unverified_header(said["id_token"]).get("kid")
            claims = jwt.decode(said["id_token"], options={"verify_signature": False})
            own = flask.g.oidc_provider_mock_storage.jwk.as_pem(is_private=True)
            claims = self.change(claims) if self.change else claims
            said["id_token"] = jwt.encode(claims, self.key or own, "RS256", headers={"kid": kid} if kid else None)
            response.set_data(json.dumps(said))
        return response


@contextmanager
def serving_provider() -> Iterator[Provider]:
    """Until the test is over, on a free port of this machine alone."""
    provider, app = Provider(), oidc_provider_mock.app(require_nonce=True)
    app.after_request(provider.changed)
    server = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
