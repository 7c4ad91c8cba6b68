"""Most addresses are judged without asking the library each time; what is said of any address is what the library says."""

from __future__ import annotations

import email_validator
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.schemas.fields import Email

LOCALS = ["ada", "ada.king+x_1-2", "Ada", "INFO", "a..b", ".a", "a.", "", '"a b"', "a b", "ädå", "a" * 65, "a\n", "a<", "a@b"]
DOMAINS = [
    *("example.com", "Example.COM", "sub.example.com", "example.com.", "example", "example.c0", "-a.example.com", "a-.b.com"),
    *("ab--c.example.com", "xn--bcher-kva.example", "bücher.example", "mail.test", "x.invalid", "localhost", "[127.0.0.1]", ""),
    *("a" * 64 + ".com", ".".join(["a" * 60] * 4) + ".com", "example..com", "example.com\n", "exa mple.com", "ex_ample.com"),
]


def library(text: str) -> str | None:
    try:
        return email_validator.validate_email(text, check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        return None


def ours(text: str) -> str | None:
    try:
        return TypeAdapter[str](Email).validate_python(text)
    except ValidationError:
        return None


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("local", LOCALS)
def test_an_address_is_judged_as_the_library_judges_it(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    assert library(address) == ours(address)


@given(st.text("aZ0.+-_@\"' <ä\n", max_size=12), st.sampled_from([*DOMAINS[:3], "bücher.example", "a.b@c.de"]))
def test_also_one_that_nobody_thought_of(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    assert library(address) == ours(address)


def test_the_longest_is_as_long_as_before() -> None:
    assert library(longest := "a" * 242 + "@example.com") == longest == ours(longest)
    assert (library("a" + longest), ours("a" + longest)) == (None, None)
