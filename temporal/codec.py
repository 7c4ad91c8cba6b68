"""Encrypts what workflows carry, so that Temporal's database and Web UI hold nothing personal."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

ENCODING = b"binary/encrypted"
NONCE_BYTES = 12


class WrongKey(Exception):
    """A payload was written with another key, or changed since."""


class EncryptingCodec(PayloadCodec):
    """AES-256-GCM with a fresh nonce a payload.

    Bare strings and protobuf stay readable: those are the summaries and details written for operators, which by rule name
    nobody. All of our messages are dataclasses, and these are always encrypted. Raises WrongKey for what it cannot read.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [payload if _is_for_operators(payload) else self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._decrypt(payload) if payload.metadata.get("encoding") == ENCODING else payload for payload in payloads]

    def _encrypt(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, payload.SerializeToString(), None)
        return Payload(metadata={"encoding": ENCODING}, data=sealed)

    def _decrypt(self, payload: Payload) -> Payload:
        nonce, sealed = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        try:
            return Payload.FromString(self._cipher.decrypt(nonce, sealed, None))
        except (InvalidTag, ValueError):  # ValueError: too short to have been sealed at all
            raise WrongKey("a payload was not encrypted with this SLOTKEEPER_PAYLOAD_KEY") from None


def _is_for_operators(payload: Payload) -> bool:
    encoding = payload.metadata.get("encoding", b"")
    return encoding.startswith(b"json/protobuf") or (encoding == b"json/plain" and payload.data.startswith(b'"'))
