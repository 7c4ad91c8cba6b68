"""Messages as JSON by Pydantic, with what was learnt about each of their types kept."""

from __future__ import annotations

from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import CompositePayloadConverter, DefaultPayloadConverter, JSONPlainPayloadConverter

# Few: where workflows run in the SDK's sandbox, each brings types of its own, and what is kept keeps them all.
OURS = PydanticJSONPlainPayloadConverter(max_cached_type_adapters=64)


class JsonPayloadConverter(CompositePayloadConverter):
    """The SDK's own Pydantic converter, except that all of ours share one memory.

    The SDK makes a new converter for every workflow, which would study the types of its messages anew: for a booking's order
    that takes some milliseconds of CPU while a customer waits for the hold.
    """

    def __init__(self) -> None:
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(OURS if isinstance(each, JSONPlainPayloadConverter) else each for each in usual))
