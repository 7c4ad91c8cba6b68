"""How every program of ours reaches Temporal: same converter, same codec."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import os
import re

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError

from domain.accidents import DoesNotAnswer
from settings import PREFIX, BadSettings, Settings
from temporal.codec import EncryptingCodec
from temporal.failures import HidingFailureConverter
from temporal.json_messages import JsonPayloadConverter

LISTENS_WITHIN = 10.0  # seconds

PLAIN = DataConverter(payload_converter_class=JsonPayloadConverter)


def data_converter(payload_key: str | None) -> DataConverter:
    """JSON by Pydantic, encrypted where a key (32 bytes in base64) is set; so are then the texts of errors that are not ours."""
    if payload_key is None:
        return PLAIN
    codec = EncryptingCodec(base64.b64decode(payload_key))
    return dataclasses.replace(PLAIN, payload_codec=codec, failure_converter_class=HidingFailureConverter)


async def connect(settings: Settings, runtime: Runtime | None = None) -> Client:
    """Connects as the settings say, and makes sure of the namespace. Raises DoesNotAnswer."""
    key = settings.payload_key.get_secret_value() if settings.payload_key else None
    await _make_sure_of_listener(settings.temporal_address)
    try:
        client = await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            api_key=settings.temporal_api_key.get_secret_value() if settings.temporal_api_key else None,
            tls=settings.temporal_tls,
            data_converter=data_converter(key),
            runtime=runtime,
        )
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=settings.temporal_namespace))
    except (RuntimeError, RPCError) as fault:
        raise DoesNotAnswer("Temporal", settings.temporal_address, _reason(str(fault))) from fault
    return client


async def _make_sure_of_listener(address: str) -> None:
    """Raises DoesNotAnswer. A connection that fails inside the SDK can abort an interpreter that ends right after it (seen with
    temporalio 1.35: "PyGILState_Release: thread state must be current"), so we look ourselves first."""
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(LISTENS_WITHIN):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except OSError as fault:  # TimeoutError is one
        number = fault.errno or 0  # that of a name which does not exist is below 0
        why = os.strerror(number) if number > 0 else fault.strerror
        raise DoesNotAnswer("Temporal", address, why or "no answer in time") from fault
    writer.close()


def _reason(told: str) -> str:
    """What the SDK's core tells is Rust's nested errors; the innermost message says why."""
    messages: list[str] = re.findall(r'message: "([^"]+)"', told)
    return messages[-1] if messages else told


def measured(address: str) -> Runtime:
    """A runtime that tells Prometheus the SDK's numbers at this host:port. Raises BadSettings where that is taken."""
    metrics = PrometheusConfig(bind_address=address, durations_as_seconds=True)
    try:
        return Runtime(telemetry=TelemetryConfig(metrics=metrics))
    except ValueError as fault:
        raise BadSettings(f"{PREFIX}WORKER_METRICS: {fault}") from fault
