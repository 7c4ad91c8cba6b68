"""Our own pages: plain HTML without scripts, which nobody may put into a frame.

They load nothing: the one style is in the page, and the browser is told its hash. Where a form may lead is named, since browsers
hold a redirect after a form against that too.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import DictLoader, Environment, StrictUndefined
from starlette.responses import HTMLResponse

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; color: #1b1b1b; background: #f6f6f4; margin: 0; }
main { max-width: 26rem; margin: 3rem auto; padding: 2rem; background: #fff; border: 1px solid #ccc; border-radius: .5rem; }
h1 { font-size: 1.4rem; margin-top: 0; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem; border: 1px solid #666; border-radius: .3rem; }
button { font: inherit; margin-top: 1.2rem; padding: .6rem 1.2rem; border: 1px solid #14508c; border-radius: .3rem; color: #fff;
  background: #14508c; cursor: pointer; }
button.other { color: #14508c; background: #fff; }
:focus-visible { outline: 3px solid #b35900; outline-offset: 2px; }
[role=alert] { border-left: .3rem solid #a4161a; padding: .5rem .8rem; background: #fdecec; }
"""

FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body>
<main>
<h1>{{ title }}</h1>
{% if problem %}<p role="alert">{{ problem }}</p>{% endif %}
{% block content %}{% endblock %}
</main>
</body>
</html>
"""

FORM = """{% macro form(action, hidden, step) %}<form method="post" action="{{ action }}">
{% for name, value in hidden.items() %}<input type="hidden" name="{{ name }}" value="{{ value }}">
{% endfor %}<input type="hidden" name="step" value="{{ step }}">
{{ caller() }}</form>{% endmacro %}
"""

LOG_IN = """{% extends "frame" %}{% from "form" import form %}{% block content %}
<p>{{ app }} asks you to log in. Afterwards you are asked what it may do, and go back to {{ back_to }}.</p>
{% call form(action, hidden, "login") %}
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" maxlength="254" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1000" required>
<button>Log in</button>
{% endcall %}
{% for label, address in providers %}<p><a href="{{ address }}">{{ label }}</a></p>
{% endfor %}{% endblock %}"""

FACTOR = """{% extends "frame" %}{% from "form" import form %}{% block content %}
{% call form(action, hidden, "factor") %}
<label for="otp">The code your authenticator app shows now, or a recovery code</label>
<input id="otp" name="otp" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="40" required>
<button>Go on</button>
{% endcall %}
{% endblock %}"""

CONSENT = """{% extends "frame" %}{% from "form" import form %}{% block content %}
<p>You are logged in as {{ email }}.</p>
{% if membership %}<p>{{ app }} wants to work for <strong>{{ membership.business_name }}</strong> in your name. It may do there
whatever you may do as {{ membership.role.value }}. It sees nothing of other businesses, and cannot change your account.</p>
{% else %}<p>{{ app }} wants to see <strong>your bookings</strong>, with every business, and to change and cancel them in your
name. It cannot change your account.</p>{% endif %}
<p>You go back to {{ back_to }}. You can end this at any time by ending its log-in.</p>
{% call form(action, hidden, "consent") %}
{% if membership %}<input type="hidden" name="business" value="{{ membership.business_id }}">
{% endif %}<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny" class="other">Do not allow</button>
{% endcall %}
{% endblock %}"""

REFUSED = """{% extends "frame" %}{% block content %}
<p>Go back to where you came from, and begin again. Nothing was done.</p>
{% endblock %}"""

PAGES = {"frame": FRAME, "form": FORM, "log_in": LOG_IN, "factor": FACTOR, "consent": CONSENT, "refused": REFUSED}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=DictLoader(PAGES), autoescape=True, undefined=StrictUndefined)


def page(
    name: str, status: int = 200, leads_to: Iterable[str] = (), headers: Mapping[str, str] | None = None, **said: Any
) -> HTMLResponse:
    """The page, whose forms may lead to us and to these addresses. Whatever is said in it is text, never markup."""
    text = _environment().get_template(name).render({"problem": None, "style": STYLE, **said})
    return HTMLResponse(text, status, {**(headers or {}), **guarded(leads_to)})


def guarded(leads_to: Iterable[str] = ()) -> dict[str, str]:
    """What browsers are told of a page of ours."""
    style = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    targets = " ".join(["'self'", *dict.fromkeys(_source(address) for address in leads_to)])
    policy = f"default-src 'none'; style-src 'sha256-{style}'; form-action {targets}; frame-ancestors 'none'; base-uri 'none'"
    return {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def place_of(address: str) -> str:
    """Where somebody goes, as they read it: the host, or the scheme of an app on the same device."""
    parts = urlsplit(address)
    return parts.netloc or f"the app ({parts.scheme})"


def _source(address: str) -> str:
    """CSP's way to name it. The address was checked when it was registered: it has nothing in it that ends a directive."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
