from __future__ import annotations

from uuid import uuid4

from temporalio.contrib.pydantic import PydanticPayloadConverter

from domain.money import Money
from temporal.client import data_converter
from temporal.json_messages import OURS, JsonPayloadConverter
from tests.orders import Shop
from workflows.messages import BookSlot, Patience

BOOK = BookSlot(Shop(uuid4(), uuid4(), uuid4(), 1, Money(2500, "EUR")).order(), Patience(300, 60, 60, 60, 60))


def test_messages_are_those_of_the_sdks_own_converter() -> None:
    payloads = JsonPayloadConverter().to_payloads([BOOK, None, b"bytes", 7])
    assert PydanticPayloadConverter().to_payloads([BOOK, None, b"bytes", 7]) == payloads
    assert [BOOK, None, b"bytes", 7] == JsonPayloadConverter().from_payloads(payloads, [BookSlot, type(None), bytes, int])


def test_a_type_is_studied_once_for_all_workflows() -> None:
    payload = JsonPayloadConverter().to_payload(BOOK)
    JsonPayloadConverter().from_payload(payload, BookSlot)
    studied = OURS._type_adapter.cache_info().misses
    JsonPayloadConverter().from_payload(payload, BookSlot)
    assert studied == OURS._type_adapter.cache_info().misses


def test_the_clients_speak_it() -> None:
    assert JsonPayloadConverter is data_converter(None).payload_converter_class
