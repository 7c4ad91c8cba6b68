"""The product's programs as the benches run them: `program.py {…} api|worker|sandbox …`, with settings in JSON.

The worker is the product's own, but for a gate at which it stops where the bench wants to kill something.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    sys.path.insert(0, str(ROOT))  # run with -P: not this folder, whose files have the names of others' modules
    told = json.loads(sys.argv[1])
    os.environ.update(told["settings"])
    if sys.argv[2] == "worker" and told["gate"]:
        asyncio.run(work(told["gate"]))
        return 0
    import cli

    return cli.main(sys.argv[2:])


async def work(port: int) -> None:
    """What worker.run does, with the gate of that port."""
    from temporalio.client import Client

    from bench.crash.gate import Gate, GatedActivities, stand_before
    from gateways.chosen import choose
    from settings import read_settings, start_log
    from temporal.client import connect
    from worker import build_worker, pools, telling, waking

    settings, gate, stopped = read_settings(), Gate(), asyncio.Event()
    start_log(settings.log_level)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await gate.connect(port)
    gateways = choose(settings)
    async with pools(settings) as (pool, steward):
        known = (await connect(settings)).config(active_config=True)
        known["interceptors"] = [GatedActivities(gate)]
        client = Client(**known)
        worker = build_worker(settings, client, pool, steward, gateways)
        stand_before(worker, gate)
        async with telling(settings, client, pool, steward), waking(settings, client, steward), worker:
            await stopped.wait()


if __name__ == "__main__":
    sys.exit(main())
