"""Google's own description of its calendar API, and the refusal of all that it does not describe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

KINDS = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


@cache
def discovery() -> dict[str, Any]:
    """The discovery document, as it ships with Google's client library."""
    document = resources.files("googleapiclient").joinpath("discovery_cache/documents/calendar.v3.json")
    described: dict[str, Any] = json.loads(document.read_text())
    return described


def faults_of_query(method: str, query: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the query of one of the events' methods."""
    described = discovery()["resources"]["events"]["methods"][method]["parameters"]
    known = discovery()["parameters"] | {name: each for name, each in described.items() if each["location"] == "query"}
    for name, value in query.items():
        if name not in known:
            yield f"Unknown parameter {name}"
        elif not _is_text_of(value, known[name]):
            yield f"Invalid value for {name}"


def faults_of_event(event: object, method: str) -> Iterator[str]:
    """What is wrong with the body of an insert or update."""
    described = discovery()["schemas"]["Event"]
    yield from _faults(event, described, "event")
    if isinstance(event, dict):
        for name, field in described["properties"].items():
            if f"calendar.events.{method}" in field.get("annotations", {}).get("required", ()) and name not in event:
                yield f"Missing event.{name}"


def _faults(value: object, described: dict[str, Any], place: str) -> Iterator[str]:
    if "$ref" in described:
        described = discovery()["schemas"][described["$ref"]]
    kind = described.get("type", "object")
    if kind == "any":
        return
    if not isinstance(value, KINDS[kind]) or (kind == "integer" and isinstance(value, bool)):
        yield f"{place} has the wrong type"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(item, described["items"], f"{place}[{index}]")
    elif isinstance(value, dict):
        yield from _faults_of_fields(value, described, place)
    elif isinstance(value, str) and not _is_text_of(value, described):
        yield f"{place} has an invalid value"


def _faults_of_fields(value: dict[str, Any], described: dict[str, Any], place: str) -> Iterator[str]:
    fields, others = described.get("properties", {}), described.get("additionalProperties")
    for name, inner in value.items():
        field = fields.get(name, others)
        if field is None:
            yield f"Unknown field {place}.{name}"
        else:
            yield from _faults(inner, field, f"{place}.{name}")


def _is_text_of(text: str, described: dict[str, Any]) -> bool:
    """Whether a text, from a query or a body, is what the description allows."""
    match described.get("type"), described.get("format"):
        case "boolean", _:
            return text in ("true", "false")
        case "integer", _:
            least, most = int(described.get("minimum", -(2**31))), int(described.get("maximum", 2**31 - 1))
            return re.fullmatch("-?[0-9]{1,10}", text) is not None and least <= int(text) <= most
        case _, "date-time":
            return _is_moment(text)
        case _, "date":
            return re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None and _parses(date, text)
        case _:
            return text in described.get("enum", (text,))


def _is_moment(text: str) -> bool:
    shape = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"
    return re.fullmatch(shape, text) is not None and _parses(datetime, text)


def _parses(kind: type[date], text: str) -> bool:
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True
