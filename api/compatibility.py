"""What this release would break for those who use the last one: two descriptions of the API, compared.

    python -m api.compatibility            exits 1 and says what breaks, beside api/released.json
    python -m api.compatibility --release  keeps the present description as that of the release

A request that was taken must be taken still, and an answer must be one that was described: fields may be added to answers and
optional ones to requests, values to the lists of words in answers (whoever reads one they do not know takes it for "something
else"), and whole calls. Where two constraints are different and nobody can tell which is wider, they are taken for a break.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from operator import gt, lt
from pathlib import Path
from typing import Any

from api.application import build_app
from settings import Settings

RELEASED = Path(__file__).with_name("released.json")
RENEW = "python -m api.compatibility --release"
METHODS = ("get", "put", "post", "delete", "patch")
AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
SAME = ("format", "pattern", "multipleOf", "uniqueItems", "propertyNames", "contentMediaType")
CHOICES = ("anyOf", "oneOf")

Json = Mapping[str, Any]


def present() -> dict[str, Any]:
    """The description of this release."""
    app = build_app(Settings.model_validate({"database_url": "postgresql://unused", "token_secret": "x" * 32}))
    described: dict[str, Any] = json.loads(json.dumps(app.openapi()))
    return described


def to_keep(described: Json) -> dict[str, Any]:
    """What the next release is held against: all but the bodies of refusals, which are problems of one kind."""
    kept: dict[str, Any] = json.loads(json.dumps(described))
    for _, operation in _operations(kept, "paths"):
        for status, answer in operation["responses"].items():
            if not status.startswith(("2", "3")):
                answer.pop("content", None)
    return kept


def breaks(old: Json, new: Json) -> list[str]:
    """In words, whatever of the old description does not hold for the new one."""
    return list(_Comparison(old, new).found())


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self._old, self._new = old, new

    def found(self) -> Iterator[str]:
        for where, operation in _operations(self._old, "paths"):
            now = dict(_operations(self._new, "paths")).get(where)
            if now is None:
                yield f"{where} is gone"
            else:
                yield from (f"{where}: {said}" for said in self._call(operation, now))
        for where, event in _operations(self._old, "webhooks"):
            now = dict(_operations(self._new, "webhooks")).get(where)
            if now is None:
                yield f"the event {where} is gone"
            else:
                sent = _bodies(event.get("requestBody", {})), _bodies(now.get("requestBody", {}))
                yield from (f"the event {where}: {said}" for said in self._answered(*sent))

    def _call(self, old: Json, new: Json) -> Iterator[str]:
        if old.get("operationId") != new.get("operationId"):
            yield f"is called {new.get('operationId')} and not {old.get('operationId')} any more"
        yield from self._parameters(old, new)
        yield from self._body(old.get("requestBody"), new.get("requestBody"))
        if new.get("security") and any(way not in new["security"] for way in old.get("security") or [{}]):
            yield "a credential that opened it does not open it any more"
        for status, answer in old["responses"].items():
            if not status.startswith(("2", "3")):
                continue
            if status not in new["responses"]:
                yield f"does not answer {status} any more"
                continue
            now = new["responses"][status]
            yield from (f"{status}: {said}" for said in self._answered(_bodies(answer), _bodies(now)))
            gone = answer.get("headers", {}).keys() - now.get("headers", {}).keys()
            yield from (f"{status}: the header {name} is gone" for name in sorted(gone))

    def _parameters(self, old: Json, new: Json) -> Iterator[str]:
        before, now = _parameters(old), _parameters(new)
        for name, said in before.items():
            if name not in now:
                yield f"the {name[0]} parameter {name[1]} is gone"
                continue
            if now[name].get("required") and not said.get("required"):
                yield f"the {name[0]} parameter {name[1]} is needed now"
            refused = self._beyond(said.get("schema", {}), now[name].get("schema", {}), self._old, self._new, "", is_answer=False)
            yield from (f"the {name[0]} parameter {name[1]} {one}" for one in refused)
        for name in now.keys() - before.keys():
            if now[name].get("required"):
                yield f"the {name[0]} parameter {name[1]} is new and needed"

    def _body(self, old: Json | None, new: Json | None) -> Iterator[str]:
        if old is None:
            if new is not None and new.get("required"):
                yield "a body is needed now"
            return
        if new is None:
            yield "takes no body any more"
            return
        if new.get("required") and not old.get("required"):
            yield "a body is needed now"
        before, now = _bodies(old), _bodies(new)
        for kind, schema in before.items():
            if kind not in now:
                yield f"the body may not be {kind} any more"
            else:
                yield from self._beyond(schema, now[kind], self._old, self._new, "", is_answer=False)

    def _answered(self, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[str]:
        for kind, schema in old.items():
            if kind not in new:
                yield f"does not answer {kind} any more"
            else:
                yield from self._beyond(new[kind], schema, self._new, self._old, "", is_answer=True)

    def _beyond(
        self,
        narrow: Json,
        wide: Json,
        of_narrow: Json,
        of_wide: Json,
        at: str,
        *,
        is_answer: bool,
        seen: frozenset[tuple[str, str]] = frozenset(),
    ) -> Iterator[str]:
        """Why not everything that `narrow` describes is described by `wide`."""
        pair = (str(narrow.get("$ref")), str(wide.get("$ref")))
        if "$ref" in narrow and "$ref" in wide:
            if pair in seen:
                return
            seen |= {pair}
        narrow, wide = _resolved(narrow, of_narrow), _resolved(wide, of_wide)

        def within(one: Json, other: Json, where: str) -> list[str]:
            return list(self._beyond(one, other, of_narrow, of_wide, where, is_answer=is_answer, seen=seen))

        choices, allowed = _choices(narrow), _choices(wide)
        if len(choices) > 1 or len(allowed) > 1:
            for choice in choices:
                refusals = [within(choice, one, at) for one in allowed]
                if all(refusals):
                    is_plain = len(refusals) == 1 and choice.get("type") != "null"
                    yield from refusals[0] if is_plain else [f"{_name(at)} {_new_kind(choice, is_answer)}"]
            return
        yield from _outside(narrow, wide, at, is_answer)
        yield from self._fields(narrow, wide, at, is_answer, within)
        if "items" in wide and "items" in narrow:
            yield from within(narrow["items"], wide["items"], f"{at}/*")
        extra, taken = narrow.get("additionalProperties"), wide.get("additionalProperties")
        if isinstance(extra, dict) and isinstance(taken, dict):
            yield from within(extra, taken, f"{at}/*")

    def _fields(self, narrow: Json, wide: Json, at: str, is_answer: bool, within: Any) -> Iterator[str]:
        mine, theirs = narrow.get("properties", {}), wide.get("properties", {})
        for name in wide.get("required", []):
            if name not in narrow.get("required", []) and (not is_answer or name in mine):
                yield f"{_name(at)}/{name} may be missing now" if is_answer else f"{_name(at)}/{name} is needed now"
        for name, schema in mine.items():
            if name in theirs:
                yield from within(schema, theirs[name], f"{at}/{name}")
            elif not is_answer and wide.get("additionalProperties") is False:
                yield f"{_name(at)}/{name} is not taken any more"
        if is_answer:
            yield from (f"{_name(at)}/{name} is gone" for name in theirs if name not in mine)


def _outside(narrow: Json, wide: Json, at: str, is_answer: bool) -> Iterator[str]:
    """By the constraints of one value."""
    kinds, taken = _kinds(narrow), _kinds(wide)
    if taken and not (kinds and kinds <= taken):
        yield f"{_name(at)} is {' or '.join(sorted(kinds)) or 'anything'}, not {' or '.join(sorted(taken))}"
        return
    yield from _other_words(_words(narrow), _words(wide), at, is_answer)
    for names, unbound, beyond in ((AT_LEAST, float("-inf"), lt), (AT_MOST, float("inf"), gt)):
        for name in names:
            if name in wide and beyond(narrow.get(name, unbound), wide[name]):
                yield f"{_name(at)} has another {name}: {wide[name]} and {narrow.get(name)}"
    for name in SAME:
        if name in wide and narrow.get(name) != wide[name]:
            yield f"{_name(at)} has another {name}: {wide[name]} and {narrow.get(name)}"


def _other_words(words: set[str] | None, known: set[str] | None, at: str, is_answer: bool) -> Iterator[str]:
    if known is None:
        return
    if words is None:
        yield f"{_name(at)} is any word now" if is_answer else f"{_name(at)} takes only some words now"
    elif not is_answer and words - known:
        yield f"{_name(at)} does not take {', '.join(sorted(words - known))} any more"


def _operations(described: Json, part: str) -> Iterator[tuple[str, Json]]:
    for path, methods in described.get(part, {}).items():
        for method in METHODS:
            if method in methods:
                yield (f"{method.upper()} {path}" if part == "paths" else path), methods[method]


def _parameters(operation: Json) -> dict[tuple[str, str], Json]:
    return {(one["in"], one["name"]): one for one in operation.get("parameters", ())}


def _bodies(said: Json) -> dict[str, Json]:
    return {kind: content.get("schema", {}) for kind, content in said.get("content", {}).items()}


def _resolved(schema: Json, described: Json) -> Json:
    while "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _choices(schema: Json) -> list[Json]:
    return [one for name in CHOICES for one in schema.get(name, ())] or [schema]


def _kinds(schema: Json) -> set[str]:
    kind = schema.get("type", [])
    kinds = {kind} if isinstance(kind, str) else set(kind)
    return kinds | {"integer"} if "number" in kinds else kinds


def _words(schema: Json) -> set[str] | None:
    if "const" in schema:
        return {str(schema["const"])}
    return {str(word) for word in schema["enum"]} if "enum" in schema else None


def _new_kind(schema: Json, is_answer: bool) -> str:
    kind = schema.get("$ref", "").rpartition("/")[2] or " or ".join(sorted(_kinds(schema))) or "something"
    return f"may be {kind} now" if is_answer else f"may not be {kind} any more, or not in the same way"


def _name(at: str) -> str:
    return at or "the whole"


def main(arguments: list[str] | None = None) -> int:
    """Says what breaks."""
    parser = argparse.ArgumentParser(prog="python -m api.compatibility", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--release", action="store_true", help="keep the present description as that of the release")
    asked = parser.parse_args(arguments)
    if asked.release:
        RELEASED.write_text(json.dumps(to_keep(present()), indent=1, ensure_ascii=False, sort_keys=True) + "\n")
        return 0
    found = breaks(json.loads(RELEASED.read_text()), present())
    for said in found:
        print(said, file=sys.stderr)
    if found:
        print(f"The last release's users would be broken. Meant? Then: {RENEW}, and say so in CHANGELOG.md.", file=sys.stderr)
        return 1
    print("Whoever uses the last release's API can use this one.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
