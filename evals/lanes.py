"""A run in two processes at once, for machines with two cores or more.

Sections that share work (grounding looks at the very conversations that dialogue holds) are in one lane.
Each lane has a product of its own, so that nothing passes between them; what comes out is the same.
"""

import multiprocessing
import os
import queue
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from typing import Any

from evals.faults import told
from evals.product import Product, export_model
from evals.results import Profile, Run
from evals.runner import Gathered, Watcher, measured, run_of, run_sections
from evals.sections import section

SECOND_LANE = ("dialogue", "grounding", "model")
"""Some half of the work."""

LOOK = 0.2
"""Seconds between two looks at whether a lane has ended."""


class _Forwarder:
    """Sends on what a watcher is told."""

    def __init__(self, sent: "queue.Queue[tuple[Any, ...]]") -> None:
        self._sent = sent

    def begins(self, name: str) -> None:
        self._sent.put(("begins", name))

    def counts(self, name: str, done: int) -> None:
        if done % 10 == 0:  # each costs a trip between the processes
            self._sent.put(("counts", name, done))

    def ends(self, name: str, cases: int, seconds: float, broken: str) -> None:
        self._sent.put(("ends", name, cases, seconds, broken))


def run_in_lanes(profile: Profile, names: Sequence[str], watcher: Watcher, shuffle: int | None = None) -> Run:
    """Measures the sections, in two processes where there are two cores and work for both."""
    lanes = [[n for n in names if n not in SECOND_LANE], [n for n in names if n in SECOND_LANE]]
    if not all(lanes) or (os.cpu_count() or 1) < 2:
        with Product() as product:
            return run_sections(product, profile, names, watcher=watcher, shuffle=shuffle)
    export_model()
    context = multiprocessing.get_context("spawn")
    gathered = Gathered()
    with context.Manager() as manager, ProcessPoolExecutor(len(lanes), context) as pool:
        sent = manager.Queue()
        futures = {pool.submit(_lane, profile, lane, shuffle, sent): lane for lane in lanes}
        _watched(list(futures), sent, watcher)
        for future, lane in futures.items():
            error = future.exception()
            if error is None:
                gathered.add(future.result())
            else:
                why = f"its process ended early ({told(error)})"
                gathered.add(Gathered(seconds=dict.fromkeys(lane, 0.0), broken=dict.fromkeys(lane, why)))
    for name in names:
        section(name)  # registers its metrics here too
    return run_of(profile, gathered)


def _watched(
    futures: "list[Future[Gathered]]", sent: "queue.Queue[tuple[Any, ...]]", watcher: Watcher
) -> None:
    """Passes on what the lanes tell until all have ended."""
    running = True
    while running:
        running = bool(wait(futures, timeout=LOOK).not_done)
        while True:
            try:
                what, *given = sent.get_nowait()
            except queue.Empty:
                break
            getattr(watcher, what)(*given)


def _lane(
    profile: Profile, names: Sequence[str], shuffle: int | None, sent: "queue.Queue[tuple[Any, ...]]"
) -> Gathered:
    gathered, watcher = Gathered(), _Forwarder(sent)
    with Product() as product:
        for name in names:
            gathered.add(measured(product, profile, name, watcher, shuffle))
    return gathered
