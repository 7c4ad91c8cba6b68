"""How long a text message is, as carriers count and charge it."""

from __future__ import annotations

from dataclasses import dataclass

# 3GPP TS 23.038: the 7-bit alphabet, and the characters of its extension table, which take two places.
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
LONGEST = 1600  # characters; https://www.twilio.com/docs/api/errors/21617


@dataclass(frozen=True, slots=True)
class SmsLength:
    """How a text is sent: its alphabet, its characters and the parts that are paid for."""

    encoding: str
    characters: int
    segments: int


def length_of(text: str) -> SmsLength:
    """Counts 7-bit characters where the alphabet allows it, and otherwise UTF-16 units, as handsets do."""
    if all(character in GSM_7 or character in EXTENDED for character in text):
        places, alone, joined, encoding = len(text) + sum(character in EXTENDED for character in text), 160, 153, "GSM-7"
    else:
        places, alone, joined, encoding = len(text.encode("utf-16-be")) // 2, 70, 67, "UCS-2"
    return SmsLength(encoding, len(text), 1 if places <= alone else -(-places // joined))
