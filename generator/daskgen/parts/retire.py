"""Build the command by which workers hand their data over before they end."""

from __future__ import annotations

RETIRE = """\
import os
import socket
from urllib.parse import urlsplit

worker = os.environ["DASK_WORKER_NAME"]
scheduler = urlsplit("//" + os.environ["DASK_SCHEDULER_ADDRESS"].rpartition("/")[2])
socket.create_connection((scheduler.hostname, scheduler.port), timeout=5).close()

from distributed import Client

with Client(timeout=10) as client:
    client.retire_workers(names=[worker])
"""
"""Move a worker's data to its peers, which a worker does not do by itself when it is told to stop.

The scheduler knows it by its name, since its address depends on TLS and IPv6. Without a scheduler the script ends at
once, before the seconds that it takes to import distributed."""


def retire(processes: int) -> str:
    """Return the script that hands over the data of a pod, in which there may be several workers."""
    if processes == 1:
        return RETIRE
    return RETIRE.replace("names=[worker]", f'names=[f"{{worker}}-{{index}}" for index in range({processes})]')
