"""What Temporal's database and Web UI get to see."""

from __future__ import annotations

import dataclasses
import os
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from activities.bookings import HoldFor
from activities.errors import as_failure
from domain.errors import PaymentDeclined
from domain.money import Money
from domain.payments import PaymentAccident
from temporal.client import data_converter
from temporal.codec import EncryptingCodec, WrongKey
from tests.orders import ADA, TOMORROW, Shop

KEY = "c2xvdGtlZXBlci10ZXN0cy1vbmx5LTMyLWJ5dGVzISE="
OTHER_KEY = "YW5vdGhlciBrZXkgb2YgdGhlIHRlc3RzIHdpdGggMzI="
ADAS = tuple(text.encode() for text in (ADA.name, ADA.email, str(ADA.phone)))


def hold() -> HoldFor:
    return HoldFor(Shop(uuid4(), uuid4(), uuid4(), 1, Money(2500, "EUR")).order(), 300.0)


async def sent(value: Any, key: str | None = KEY) -> Payload:
    (payload,) = await data_converter(key).encode([value])
    return payload


async def read(payload: Payload, kind: Any, key: str | None = KEY) -> Any:
    (value,) = await data_converter(key).decode([payload], [kind])
    return value


async def test_a_message_with_a_customer_in_it_shows_nothing_of_them() -> None:
    message = hold()
    payload = await sent(message)
    assert [] == [text for text in ADAS if text in payload.SerializeToString()]
    assert message == await read(payload, HoldFor)


async def test_without_a_key_everything_can_be_read() -> None:
    """Also the proof that the test above looks for the right thing."""
    message = hold()
    payload = await sent(message, key=None)
    assert list(ADAS) == [text for text in ADAS if text in payload.SerializeToString()]
    assert message == await read(payload, HoldFor, key=None)


@pytest.mark.parametrize("value", [{"name": "Ada"}, ["Ada"], b"Ada", 42, True, None, [], {}], ids=repr)
async def test_whatever_is_no_bare_string_is_encrypted(value: Any) -> None:
    payload = await sent(value)
    assert b"binary/encrypted" == payload.metadata["encoding"]
    assert b"Ada" not in payload.SerializeToString()
    assert value == await read(payload, None if value is None else type(value))


@pytest.mark.parametrize("value", ["Write the calendar event", "", "2027-03-08 09:00 UTC, 1 seat(s)"])
async def test_words_for_operators_stay_readable(value: str) -> None:
    assert value.encode() in (await sent(value)).data
    assert value == await read(await sent(value), str)


async def test_ids_and_times_by_themselves_stay_readable() -> None:
    """They are strings in JSON, and say nothing about anybody."""
    booking_id = uuid4()
    assert str(booking_id).encode() in (await sent(booking_id)).data
    assert booking_id == await read(await sent(booking_id), UUID)
    assert TOMORROW == await read(await sent(TOMORROW), datetime)


async def test_the_same_message_never_looks_the_same() -> None:
    message = hold()
    assert (await sent(message)).data != (await sent(message)).data


async def test_a_wrong_key_is_told_as_such() -> None:
    with pytest.raises(WrongKey, match="SLOTKEEPER_PAYLOAD_KEY"):
        await read(await sent(hold()), HoldFor, key=OTHER_KEY)


@pytest.mark.parametrize("place", [0, 12, -1])
async def test_a_changed_payload_is_refused(place: int) -> None:
    payload = await sent(hold())
    changed = bytearray(payload.data)
    changed[place] ^= 1
    with pytest.raises(WrongKey):
        await read(Payload(metadata=payload.metadata, data=bytes(changed)), HoldFor)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
async def test_a_payload_that_was_cut_is_refused(length: int) -> None:
    payload = await sent(hold())
    with pytest.raises(WrongKey):
        await read(Payload(metadata=payload.metadata, data=payload.data[:length]), HoldFor)


async def test_what_was_written_before_there_was_a_key_can_still_be_read() -> None:
    message = hold()
    assert message == await read(await sent(message, key=None), HoldFor, key=KEY)


async def test_the_codec_keeps_what_is_no_payload_of_ours() -> None:
    codec = EncryptingCodec(os.urandom(32))
    theirs = Payload(metadata={"encoding": b"json/protobuf"}, data=b'{"type": "BookingWorkflow"}')
    assert [theirs] == await codec.encode([theirs])
    assert [theirs] == await codec.decode([theirs])


async def failed(error: BaseException, key: str | None = KEY) -> Failure:
    failure = Failure()
    await data_converter(key).encode_failure(error, failure)
    return failure


def quoting(text: str) -> ValueError:
    return ValueError(f"DETAIL: Failing row contains ({text})")


async def test_the_text_of_somebody_elses_error_is_encrypted_and_its_type_is_not() -> None:
    """PostgreSQL quotes the row that it refuses."""
    failure = await failed(quoting("Ada"))
    assert b"Ada" not in failure.SerializeToString()
    assert "ValueError" == failure.application_failure_info.type
    read_again = await data_converter(KEY).decode_failure(failure)
    assert "Ada" in str(read_again)


async def test_so_are_the_texts_of_all_causes_also_below_an_answer_of_ours() -> None:
    try:
        try:
            raise quoting("Ada")
        except ValueError as theirs:
            raise as_failure(PaymentDeclined("the payment was declined", decline_code="stolen_card")) from theirs
    except ApplicationError as ours:
        failure = await failed(ours)
    assert b"Ada" not in failure.SerializeToString()
    assert ("the payment was declined", "payment-declined") == (failure.message, failure.application_failure_info.type)


async def test_an_error_that_is_passed_on_is_hidden_again() -> None:
    """As when a workflow fails with what its activity failed with."""
    once = await data_converter(KEY).decode_failure(await failed(quoting("Ada")))
    assert "Ada" in str(once)
    assert b"Ada" not in (await failed(once)).SerializeToString()


async def test_our_own_words_stay_readable_for_operators() -> None:
    assert "TimeoutException" == (await failed(PaymentAccident("TimeoutException"))).message


async def test_without_a_key_errors_can_be_read() -> None:
    assert "Ada" in (await failed(quoting("Ada"), key=None)).message


def test_the_key_changes_nothing_else() -> None:
    plain, with_key = data_converter(None), data_converter(KEY)
    assert plain.payload_converter_class is with_key.payload_converter_class
    assert {"payload_codec", "failure_converter_class"} == {
        field.name for field in dataclasses.fields(plain) if getattr(plain, field.name) != getattr(with_key, field.name)
    } - {"payload_converter", "failure_converter"}
