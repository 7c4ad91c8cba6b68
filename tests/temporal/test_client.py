"""How programs reach Temporal."""

from __future__ import annotations

import httpx

from embedded.ports import free_port
from temporal.client import connect, measured
from tests.workflows.system import hasty_settings


async def test_the_sdk_tells_prometheus_its_numbers(temporal_server: str) -> None:
    address = f"127.0.0.1:{free_port()}"
    client = await connect(hasty_settings("postgresql://unused/none", temporal_server), measured(address))
    await client.count_workflows()
    async with httpx.AsyncClient(trust_env=False) as http:
        numbers = (await http.get(f"http://{address}/metrics")).text
    assert "temporal_request" in numbers
