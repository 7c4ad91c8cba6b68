"""Apps that people let work for them: what may be asked for, and where answers may go (RFC 6749, 7636, 8252, 9700)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit
from uuid import UUID

BUSINESS, CUSTOMER = "business:", "customer"
"""The scopes: to work for one business, or to be a customer."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""A SHA-256 in base64url (RFC 7636, 4.2)."""
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
"""RFC 7636, 4.1."""
URI = re.compile(r"[a-z][a-z0-9+.-]*:[!#-;=?-\[\]_a-z~]+")
"""Printable, with a scheme in small letters, and nothing that would have to be escaped."""
PLACE = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
"""A host, and a port where one is named; nothing that means more in a header."""


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """An app. Without a business it is the deployment's own; only such a one may ask for what a customer sees."""

    client_id: UUID
    business_id: UUID | None
    name: str
    redirect_uris: tuple[str, ...]


def check_redirect_uri(uri: str) -> str:
    """The address, where codes may be sent there. Raises ValueError.

    Over https, on the same machine over http, or to an app by a scheme of its own, which has a dot in it (RFC 8252, 7).
    """
    if URI.fullmatch(uri) is None or "#" in uri:
        raise ValueError("must be an absolute address without a fragment, such as https://salon.example/callback")
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("must be an address, such as https://salon.example/callback") from None
    is_place = PLACE.fullmatch(parts.netloc) is not None
    if is_place and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)):
        return uri
    if "." in parts.scheme and not parts.netloc:
        return uri
    raise ValueError(
        "must be https, or http on this machine (127.0.0.1), or a scheme with a dot in it such as com.example.app:/back"
    )


def answered(redirect_uri: str, **said: str | None) -> str:
    """Where the app hears this; its own query stays (RFC 6749, 3.1.2)."""
    joint = "&" if "?" in redirect_uri else "?"
    return f"{redirect_uri}{joint}{urlencode({name: value for name, value in said.items() if value is not None})}"


def is_verified(code_verifier: str, code_challenge: str) -> bool:
    """Whether it is what the challenge was made of (RFC 7636, 4.6)."""
    if VERIFIER.fullmatch(code_verifier) is None:
        return False
    digest = hashlib.sha256(code_verifier.encode("ascii")).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=")
    return hmac.compare_digest(made, code_challenge.encode())


def business_in(scope: str) -> UUID | str | None:
    """What is asked for: a business, `customer`, or nothing in particular. Raises ValueError for anything else."""
    asked = scope.split(" ") if scope else []
    if not asked:
        return None
    if len(asked) > 1:
        raise ValueError("asks for more than one thing")
    return CUSTOMER if asked[0] == CUSTOMER else UUID(_prefixed(asked[0]))


def _prefixed(part: str) -> str:
    if not part.startswith(BUSINESS):
        raise ValueError("is no scope that there is")
    return part.removeprefix(BUSINESS)
