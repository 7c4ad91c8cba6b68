"""Access tokens: short-lived, signed JWTs that say who asks and for which business.

They are signed with the first key and taken with any of them, each known by its `kid`, so that a key can be replaced while tokens
of the one before it are still good. What a person may do is not in them: it is looked up at each call.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jwt
from uuid_utils.compat import uuid7

from settings import PREFIX, BadSettings, Settings

ALGORITHM = "HS256"
AUDIENCE = "slotkeeper-api"
SKEW = timedelta(seconds=10)
"""By how much the clocks of our own machines may differ."""
NEEDED = ["exp", "iat", "nbf", "aud", "iss", "sub", "jti", "sid"]


@dataclass(frozen=True, slots=True)
class Access:
    """What a good token says."""

    person_id: UUID
    session_id: UUID
    business_id: UUID | None
    client_id: UUID | None = None
    """The app that it was given to; None for the person's own."""


class AccessTokens:
    """Signs and reads them. `keys` are secrets by their `kid`, the one that signs first."""

    def __init__(self, keys: Mapping[str, bytes], issuer: str, lasts: timedelta) -> None:
        self._keys = dict(keys)
        self._signs_with = next(iter(self._keys))
        self._issuer = issuer
        self.lasts = lasts

    def sign(self, access: Access) -> str:
        """A token that is good from now on, for `lasts`."""
        now = datetime.now(UTC)
        said = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": str(access.person_id),
            "sid": str(access.session_id),
            "jti": str(uuid7()),
            "iat": now,
            "nbf": now,
            "exp": now + self.lasts,
            **({"business": str(access.business_id)} if access.business_id else {}),
            **({"client_id": str(access.client_id)} if access.client_id else {}),  # RFC 9068, 2.2
        }
        return jwt.encode(said, self._keys[self._signs_with], ALGORITHM, headers={"kid": self._signs_with, "typ": "at+jwt"})

    def read(self, token: str) -> Access | None:
        """What it says; None for one that is malformed, expired, for others, or not signed by us."""
        try:
            head = jwt.get_unverified_header(token)
            if head.get("typ") != "at+jwt" or head.get("kid") not in self._keys:  # RFC 9068, 2.1
                return None
            said = jwt.decode(
                token,
                self._keys[head["kid"]],
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=SKEW,
                options={"require": NEEDED},
            )
            business, client = (UUID(said[name]) if name in said else None for name in ("business", "client_id"))
            return Access(UUID(said["sub"]), UUID(said["sid"]), business, client)
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            return None


def access_tokens(settings: Settings) -> AccessTokens:
    """As the settings say. Raises BadSettings where the file of keys cannot be used."""
    issuer, lasts = settings.public_url, timedelta(seconds=settings.access_token_seconds)
    if settings.token_keys_file is not None:
        return AccessTokens(_keys_in(settings.token_keys_file), issuer, lasts)
    secret = settings.token_secret.get_secret_value().encode()
    return AccessTokens({"derived": hmac.digest(secret, b"access-tokens", "sha256")}, issuer, lasts)


def _keys_in(file: Path) -> dict[str, bytes]:
    """Of a JSON object: names of keys, each with 32 bytes or more in base64. Raises BadSettings."""
    try:
        keys = {str(kid): base64.b64decode(key, validate=True) for kid, key in json.loads(file.read_text()).items()}
    except (OSError, ValueError, AttributeError, TypeError, binascii.Error):
        keys = {}
    if not keys or any(len(key) < 32 for key in keys.values()):
        detail = "must hold a JSON object of one or more keys by name, each of 32 bytes or more in base64"
        raise BadSettings(f"{PREFIX}TOKEN_KEYS_FILE: {detail}")
    return keys
