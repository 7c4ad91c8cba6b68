"""Holds requests against Google's discovery document, on its own terms and knowing nothing of our sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.gateways.calendars.recorder import Call

DOCUMENT: Mapping[str, Any] = json.loads((files("googleapiclient") / "discovery_cache/documents/calendar.v3.json").read_text())
METHODS: Mapping[str, Any] = DOCUMENT["resources"]["events"]["methods"]


def method_of(call: Call) -> str | None:
    """The events' method that this call is, by HTTP method and path; None for one that the document does not know."""
    for name, method in METHODS.items():
        path = re.sub(r"\{[a-zA-Z]+\}", "[^/]+", DOCUMENT["basePath"] + method["path"])
        if method["httpMethod"] == call.method and re.fullmatch(path, urlsplit(call.target).path):
            return str(name)
    return None


def faults_of(call: Call) -> list[str]:
    """Everything in the call that the document does not describe."""
    name = method_of(call)
    if name is None:
        return [f"no such method: {call.method} {call.target}"]
    method = METHODS[name]
    faults = list(_query(call, method))
    if "request" not in method:
        return faults + (["a body that nobody asked for"] if call.body else [])
    event = json.loads(call.body)
    missing = {"start", "end"} - event.keys()
    return [*faults, *_value(event, method["request"], "event"), *(f"event.{field} is missing" for field in missing)]


def _query(call: Call, method: Mapping[str, Any]) -> Iterator[str]:
    described = DOCUMENT["parameters"] | method["parameters"]
    for name, value in parse_qsl(urlsplit(call.target).query, keep_blank_values=True):
        if described.get(name, {}).get("location") != "query":
            yield f"query {name} is not described"
        elif value not in described[name].get("enum", [value]):
            yield f"query {name} cannot be {value}"


def _value(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[str]:
    schema = DOCUMENT["schemas"][schema["$ref"]] if "$ref" in schema else schema
    match schema["type"]:
        case "object" if isinstance(value, dict):
            for name, inner in value.items():
                known = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
                yield from _value(inner, known, f"{place}.{name}") if known else (f"{place}.{name} is not described",)
        case "array" if isinstance(value, list):
            for item in value:
                yield from _value(item, schema["items"], place)
        case "string" if isinstance(value, str):
            if schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
                yield f"{place} has no offset"
        case "boolean" if isinstance(value, bool):
            return
        case "integer" if type(value) is int:
            return
        case wanted:
            yield f"{place} is no {wanted}: {value!r}"
