"""Build the command by which workers hand their data over before they end, and choose the time for it."""

from __future__ import annotations

GRACE = 80
"""Shortest grace period of a worker, in seconds; it ends once its data is handed over. Kubernetes looks again at a
namespace that is deleted after half of the longest grace period in it, however soon the pods are gone."""

HAND_OVER = 320 << 20
"""Bytes per second that a worker is expected to send to its peers: a quarter of a network of 10 Gbit/s."""

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


def time_hand_over(memory: int) -> int:
    """Return the seconds that it takes to hand over a full memory of so many bytes."""
    return memory // HAND_OVER


def choose_grace(hand_over: int) -> int:
    """Choose the grace period of a worker that hands over for so many seconds: 80, doubled until it suffices."""
    seconds = GRACE
    while seconds < hand_over:
        seconds *= 2
    return seconds
