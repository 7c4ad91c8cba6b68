"""Templates come from outside: what they may say, and what they may not do."""

from __future__ import annotations

import pytest

from activities.rendering import flaws
from activities.wording import packaged
from domain.messages import Channel, MessageKind
from domain.sms import SmsLength, length_of
from domain.templates import Language, TemplateKey


@pytest.mark.parametrize(
    ("source", "line", "part"),
    [
        ("Hello\n{{ nmae }}", 2, "no variable 'nmae'"),
        ("{% if name %}", 1, "Unexpected end of template"),
        ("a\nb\n{{ name | }}", 3, "expected token"),
        ("{{ name.__class__ }}", 1, "getattr"),
        ("{{ ''['__class__'] }}", 1, "getitem"),
        ("{{ name() }}", 1, "call"),
        ("{{ 'a' * 1000000000 }}", 1, "mul"),
        ("{{ 9 ** 99999999 }}", 1, "pow"),
        ("{% for n in range(9) %}{% endfor %}", 1, "a loop can only go over occurrences"),
        ("{% for a in occurrences %}{% for b in occurrences %}{% endfor %}{% endfor %}", 1, "hold no other"),
        ("{% set x = 1 %}", 1, "assign"),
        ("{% include 'labels.json' %}", 1, "include"),
        ("{% macro m() %}{% endmacro %}", 1, "macro"),
        ("{{ name | safe }}", 1, "no filter 'safe'"),
        ("{{ 1 | attr }}", 1, "no filter 'attr'"),
    ],
)
def test_what_a_template_cannot_do_is_said_with_its_line(source: str, line: int, part: str) -> None:
    found = flaws(source)
    assert found and found[0].line == line
    assert any(part in flaw.detail for flaw in found), found


@pytest.mark.parametrize(
    "source",
    [
        "",
        "{{ name | upper }}, {% if link and not fee %}{{ link }}{% else %}{{ 'x' if seats > 1 else 'y' }}{% endif %}",
        "{% for at in occurrences %}{{ loop_ or at }}{% endfor %}".replace("loop_ or ", ""),
        "{{ occurrences | join(', ') }} {{ occurrences | length }} {{ price | default('free') }}",
        "100 % {# a remark #}",
    ],
)
def test_what_a_template_may_say(source: str) -> None:
    assert [] == flaws(source)


@pytest.mark.parametrize("language", Language)
def test_our_own_keep_the_rules_for_all(language: Language) -> None:
    for kind in MessageKind:
        for channel in Channel:
            ours = packaged(TemplateKey(kind, channel, language))
            assert [] == [flaw for part in (ours.text, ours.subject, ours.html) if part for flaw in flaws(part)]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("a" * 160, SmsLength("GSM-7", 160, 1)),
        ("a" * 161, SmsLength("GSM-7", 161, 2)),
        ("€" * 80, SmsLength("GSM-7", 80, 1)),
        ("€" * 81, SmsLength("GSM-7", 81, 2)),
        ("á" * 70, SmsLength("UCS-2", 70, 1)),
        ("á" * 71, SmsLength("UCS-2", 71, 2)),
        ("😀" * 36, SmsLength("UCS-2", 36, 2)),
        ("", SmsLength("GSM-7", 0, 1)),
    ],
)
def test_a_text_is_counted_as_carriers_do(text: str, length: SmsLength) -> None:
    assert length == length_of(text)
