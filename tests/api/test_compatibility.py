"""What would break the last release's users fails, in words; what is added passes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api import typed_client
from api.compatibility import RELEASED, breaks, main, present, to_keep

OLD: dict[str, Any] = {
    "paths": {
        "/things": {
            "get": {
                "operationId": "list_things",
                "parameters": [
                    {
                        "in": "query",
                        "name": "limit",
                        "required": False,
                        "schema": {"type": "integer", "minimum": 1, "maximum": 200},
                    }
                ],
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "404": {},
                },
                "security": [{"api_key": []}, {"person": []}],
            },
            "post": {
                "operationId": "make_thing",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}}},
                },
                "responses": {"201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}},
            },
        }
    },
    "webhooks": {
        "thing.made": {
            "post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}
        }
    },
    "components": {
        "schemas": {
            "NewThing": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 100},
                    "kind": {"enum": ["big", "small"], "type": "string"},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
            },
            "Thing": {
                "type": "object",
                "required": ["id", "name", "parts"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "name": {"type": "string"},
                    "kind": {"$ref": "#/components/schemas/Kind"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                },
            },
            "Kind": {"enum": ["big", "small"], "type": "string"},
        }
    },
}
Change = Callable[[Any, Any, Any], object]
"""Of the paths, what is asked, and what is shown."""


def changed(change: Change) -> list[str]:
    new = copy.deepcopy(OLD)
    schemas = new["components"]["schemas"]
    change(new["paths"]["/things"], schemas["NewThing"], schemas["Thing"])
    return breaks(OLD, new)


def test_what_is_the_same_breaks_nothing() -> None:
    assert [] == breaks(OLD, copy.deepcopy(OLD))


@pytest.mark.parametrize(
    "change",
    [
        lambda p, q, a: p.update(put={"operationId": "put_thing", "responses": {}}),
        lambda p, q, a: q["properties"].update(color={"type": "string"}),
        lambda p, q, a: q["properties"]["name"].update(maxLength=200),
        lambda p, q, a: q["properties"]["name"].pop("maxLength"),
        lambda p, q, a: q["properties"]["kind"]["enum"].append("huge"),
        lambda p, q, a: q["required"].clear(),
        lambda p, q, a: a["properties"].update(color={"type": "string"}),
        lambda p, q, a: a["required"].append("kind"),
        lambda p, q, a: a["properties"].update(kind={"enum": ["big", "small", "huge"], "type": "string"}),
        lambda p, q, a: p["get"]["parameters"].append({"in": "query", "name": "cursor", "schema": {}}),
        lambda p, q, a: p["get"]["parameters"][0]["schema"].update(maximum=500),
        lambda p, q, a: p["get"]["responses"].update({"412": {}, "304": {}}),
        lambda p, q, a: p["get"]["responses"].pop("404"),
        lambda p, q, a: p["get"]["security"].append({"link": []}),
        lambda p, q, a: p["post"]["requestBody"].update(required=False),
    ],
)
def test_an_addition_passes(change: Change) -> None:
    assert [] == changed(change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p, q, a: p.pop("get"), "GET /things is gone"),
        (
            lambda p, q, a: p["get"].update(operationId="things"),
            "GET /things: is called things and not list_things",
        ),
        (lambda p, q, a: q["required"].append("kind"), "POST /things: the whole/kind is needed now"),
        (lambda p, q, a: q["properties"].pop("note"), "POST /things: the whole/note is not taken any more"),
        (
            lambda p, q, a: q["properties"]["name"].update(maxLength=50),
            "POST /things: /name has another maxLength",
        ),
        (
            lambda p, q, a: q["properties"]["name"].update(minLength=1),
            "POST /things: /name has another minLength",
        ),
        (
            lambda p, q, a: q["properties"]["name"].update(pattern="a"),
            "POST /things: /name has another pattern",
        ),
        (
            lambda p, q, a: q["properties"]["kind"]["enum"].remove("big"),
            "POST /things: /kind does not take big",
        ),
        (
            lambda p, q, a: q["properties"].update(note={"type": "string"}),
            "POST /things: /note may not be null",
        ),
        (lambda p, q, a: q["properties"]["name"].update(type="integer"), "POST /things: /name is string, not"),
        (lambda p, q, a: a["properties"].pop("name"), "GET /things: 200: the whole/name is gone"),
        (
            lambda p, q, a: a["required"].remove("name"),
            "GET /things: 200: the whole/name may be missing now",
        ),
        (
            lambda p, q, a: a["properties"].update(name={"anyOf": [{"type": "string"}, {"type": "null"}]}),
            "GET /things: 200: /name may be null now",
        ),
        (lambda p, q, a: a["properties"]["id"].pop("format"), "POST /things: 201: /id has another format"),
        (
            lambda p, q, a: a["properties"]["name"].update(type="integer"),
            "the event thing.made: /name is integer",
        ),
        (
            lambda p, q, a: a["properties"].update(kind={"type": "string"}),
            "GET /things: 200: /kind is any word",
        ),
        (lambda p, q, a: p["get"]["parameters"].clear(), "GET /things: the query parameter limit is gone"),
        (
            lambda p, q, a: p["get"]["parameters"][0].update(required=True),
            "the query parameter limit is needed now",
        ),
        (
            lambda p, q, a: p["get"]["parameters"][0]["schema"].update(maximum=100),
            "GET /things: the query parameter limit the whole has another maximum",
        ),
        (
            lambda p, q, a: p["post"].update(parameters=[{"in": "header", "name": "If-Match", "required": True, "schema": {}}]),
            "POST /things: the header parameter If-Match is new and needed",
        ),
        (lambda p, q, a: p["post"]["responses"].pop("201"), "POST /things: does not answer 201 any more"),
        (
            lambda p, q, a: p["get"]["responses"]["200"].pop("headers"),
            "GET /things: 200: the header ETag is gone",
        ),
        (lambda p, q, a: p["get"]["security"].pop(), "GET /things: a credential that opened it"),
        (
            lambda p, q, a: p["post"].update(security=[{"api_key": []}]),
            "POST /things: a credential that opened it",
        ),
        (
            lambda p, q, a: p["get"].update(requestBody={"required": True, "content": {}}),
            "GET /things: a body is needed now",
        ),
    ],
)
def test_what_breaks_is_said(change: Change, said: str) -> None:
    assert [one for one in changed(change) if said in one], changed(change)


def test_this_release_breaks_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main([]), capsys.readouterr().err


def test_a_break_fails_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    released = json.loads(RELEASED.read_text())
    released["paths"]["/api/v1/gone"] = {"get": {"operationId": "gone", "responses": {}}}
    kept = tmp_path / "released.json"
    kept.write_text(json.dumps(released))
    monkeypatch.setattr("api.compatibility.RELEASED", kept)
    assert 1 == main([])
    told = capsys.readouterr().err
    assert "GET /api/v1/gone is gone" in told and "--release" in told
    assert 0 == main(["--release"]) == main([])
    assert to_keep(present()) == json.loads(kept.read_text())


def test_the_typed_client_is_of_this_description() -> None:
    """`make check` generates it and compares each file; this says it at once."""
    kept = (typed_client.GENERATED / typed_client.STAMP).read_text().strip()
    assert typed_client.stamp_of(typed_client.description()) == kept, f"run: {typed_client.RENEW}"
