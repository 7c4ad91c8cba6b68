"""Fills templates in. They may come from a business, so they can say what the message is about and do nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2 import Template as Compiled
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.templates import VARIABLES

FILTERS = frozenset({"upper", "lower", "title", "capitalize", "trim", "default", "length", "join"})
LOOPED_OVER = "occurrences"
# What a template is made of: text, variables, conditions, and a loop over the times. Nothing that can run for long.
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.For, nodes.Filter, nodes.Const,
    nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or, nodes.CondExpr,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a template, and in which of its lines; lines count from 1."""

    line: int
    detail: str


def render(source: str, said: Mapping[str, Any], *, is_html: bool = False) -> str:
    """The text with everything filled in; in HTML every value is escaped. Raises jinja2.TemplateError."""
    return compiled(source, is_html).render(said).strip()


@lru_cache(maxsize=1024)
def compiled(source: str, is_html: bool) -> Compiled:
    """The template, ready to be filled in. Raises jinja2.TemplateSyntaxError."""
    return _environment(is_html).from_string(source)


@lru_cache(maxsize=2)
def _environment(is_html: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=is_html, finalize=_shown, keep_trailing_newline=False, auto_reload=False
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


def _shown(value: object) -> object:
    """What is not known is left out rather than shown as None."""
    return "" if value is None else value


def flaws(source: str) -> list[Flaw]:
    """What keeps this from being a template, in the order of its lines; where there is none, it renders."""
    environment = _environment(False)
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as fault:
        return [Flaw(fault.lineno, fault.message or "is no template")]
    found = [*_unknown_parts(tree), *_loops(tree), *_unknown_names(tree)]
    if not found:
        try:
            environment.from_string(source)
        except TemplateSyntaxError as fault:  # such as a filter without what it needs
            found = [Flaw(fault.lineno, fault.message or "is no template")]
    return sorted(found, key=lambda flaw: flaw.line)


def names_in(source: str) -> frozenset[str]:
    """The variables a template uses. Raises jinja2.TemplateSyntaxError."""
    return frozenset(name.name for name in _environment(False).parse(source).find_all(nodes.Name) if name.ctx == "load")


def _unknown_parts(tree: nodes.Template) -> Iterator[Flaw]:
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield Flaw(node.lineno, f"there is no filter {node.name!r}; known are {', '.join(sorted(FILTERS))}")
        elif not isinstance(node, ALLOWED):
            yield Flaw(node.lineno, f"{type(node).__name__.lower()} is not possible here")


def _loops(tree: nodes.Template) -> Iterator[Flaw]:
    for loop in tree.find_all(nodes.For):
        if not isinstance(loop.iter, nodes.Name) or loop.iter.name != LOOPED_OVER or next(loop.find_all(nodes.For), None):
            yield Flaw(loop.lineno, f"a loop can only go over {LOOPED_OVER}, and hold no other")


def _unknown_names(tree: nodes.Template) -> Iterator[Flaw]:
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"} | {"loop"}
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in VARIABLES.keys() | own:
            yield Flaw(name.lineno, f"there is no variable {name.name!r}; known are {', '.join(VARIABLES)}")
