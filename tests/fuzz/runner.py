"""`make fuzz`: every target in turn, in as many processes as there are cores, for a chosen time."""

import argparse
import contextlib
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from tests.fuzz.explore import describe, explore, growth_of_seconds, save
from tests.fuzz.target import Fault, Target, targets

_BATCH_SECONDS = 2.0
_MAX_BATCH = 400
_context = multiprocessing.get_context("spawn")

_HELP = """Mutates what the project itself produces (the demo's pages and feeds, WARC records, exports, …), gives
it to the readers of strangers' bytes, and checks each outcome: no exception but those that the
contract names, no control or bidi character in a row or a message, valid times and addresses, the
same outcome twice, cost that grows no faster than the input.

  make fuzz SECONDS=600                                    all targets, all cores
  .venv/bin/python -m tests.fuzz --targets page,date       some targets
  .venv/bin/python -m tests.fuzz page build/fuzz/page-…    a finding once more
  .venv/bin/python -m tests.fuzz --list                    names of the targets

A finding is made small and written to build/fuzz/; the exit code is then 1. tests/fuzz/README.md says
how a finding becomes a test, and how to add a target."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parse(arguments)
    known = targets()
    if options.list:
        for name, target in known.items():
            print(f"{name:18}{len(target.seeds()):4} seeds  {_first_line(target)}")
        return 0
    if options.target:
        return _reproduce(known[options.target], options.files)
    names = options.targets.split(",") if options.targets else list(known)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(
        f"{len(names)} targets, {options.processes} processes, {options.seconds} s, --seed {seed}",
        flush=True,
    )
    return Fuzzing(names, seed, options.processes, options.limit).run(options.seconds)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.fuzz",
        description=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", nargs="?", help="a target to try the FILES on", choices=targets())
    parser.add_argument("files", nargs="*", type=Path, metavar="FILES")
    parser.add_argument("--seconds", type=float, default=60, help="how long [60]")
    parser.add_argument("--targets", help="names, with commas [all]")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="[all cores]")
    parser.add_argument("--seed", type=int, help="of a run to do again [random]")
    parser.add_argument("--limit", type=float, default=20, help="seconds for one input [20]")
    parser.add_argument("--list", action="store_true", help="the targets")
    return parser.parse_args(arguments)


def _first_line(target: Target) -> str:
    return (target.run.__doc__ or "").partition("\n")[0]


def _reproduce(target: Target, files: Sequence[Path]) -> int:
    faults = 0
    for file in files:
        fault = target.fault(file.read_bytes())
        print(f"{file}: {fault.kind if fault else 'no fault'}")
        if fault:
            print(fault.report)
            faults += 1
    return 1 if faults else 0


@dataclass(slots=True)
class _Worker:
    """`started`: when its present input was begun, by the monotonic clock; 0: it has none. The input
    and its target's name are in `current`, for the case that it hangs or dies.
    """

    process: SpawnProcess
    started: "Synchronized[float]"
    current: Path


class Fuzzing:
    """A run, and what it has found."""

    def __init__(self, names: Sequence[str], seed: int, processes: int, limit: float) -> None:
        self.names, self.seed, self.processes, self.limit = names, seed, processes, limit
        self.counts: Counter[str] = Counter()
        self.kinds: set[tuple[str, str]] = set()
        self._results: Queue[tuple[str, int, list[Fault]]] = _context.Queue()
        self._begun = 0

    def run(self, seconds: float) -> int:
        """The exit code."""
        started = shown = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="warraq-fuzz-") as folder:
            workers = [self._start(Path(folder)) for _ in range(self.processes)]
            try:
                while (now := time.monotonic()) - started < seconds:
                    self._collect(0.2)
                    workers = [self._replaced(worker, Path(folder)) for worker in workers]
                    if now - shown >= 10:
                        shown = now
                        self._show(now - started)
            finally:
                for worker in workers:
                    worker.process.terminate()
                for worker in workers:
                    worker.process.join()
            while self._collect(0):
                pass
        self._show(time.monotonic() - started, full=True)
        return 1 if self.kinds else 0

    def _start(self, folder: Path) -> _Worker:
        self._begun += 1
        current, begun = folder / str(self._begun), _context.Value("d", 0.0)
        current.write_bytes(b"")
        arguments = (self.names, self.seed + 1000 * self._begun, self._results, begun, current)
        process = _context.Process(target=_work, args=arguments)
        process.start()
        return _Worker(process, begun, current)

    def _replaced(self, worker: _Worker, folder: Path) -> _Worker:
        """The worker, or another for one that hangs or has died."""
        began = worker.started.value
        seconds = time.monotonic() - began if began else 0.0
        if worker.process.is_alive() and seconds < self.limit:
            return worker
        if worker.process.is_alive():
            kind = f"hangs: more than {self.limit:.0f} s"
            worker.process.kill()
        else:
            kind = f"the process ended with {worker.process.exitcode}"
        worker.process.join()
        name, _, body = worker.current.read_bytes().partition(b"\n")
        self._found(Fault(name.decode(), body, kind, kind))
        return self._start(folder)

    def _collect(self, seconds: float) -> bool:
        try:
            name, count, faults = self._results.get(timeout=seconds)
        except Exception:  # queue.Empty, or a result that a killed worker wrote in part
            return False
        self.counts[name] += count
        for fault in faults:
            self._found(fault)
        return True

    def _found(self, fault: Fault) -> None:
        kind = (
            fault.kind.partition(":")[0]
            if fault.kind.startswith(("grows", "hangs"))
            else fault.kind
        )
        if (fault.target, kind) not in self.kinds:
            self.kinds.add((fault.target, kind))
            print(describe(fault, save(fault)), flush=True)

    def _show(self, seconds: float, *, full: bool = False) -> None:
        total = self.counts.total()
        line = (
            f"{seconds:5.0f} s  {total} inputs  {total / seconds:.0f}/s  {len(self.kinds)} findings"
        )
        print(line, flush=True)
        for name in self.names if full else ():
            found = sum(target == name for target, _ in self.kinds)
            print(f"  {name:18}{self.counts[name]:8} inputs  {found} findings")


def _work(
    names: Sequence[str],
    seed: int,
    results: "Queue[tuple[str, int, list[Fault]]]",
    started: "Synchronized[float]",
    current: Path,
) -> None:
    """Batches of some seconds, in an order of its own, until it is ended."""
    order = random.Random(seed)
    sizes = dict.fromkeys(names, 5)
    known = targets()
    # What readers print of their trouble is no finding.
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    while True:
        for name in order.sample(list(names), len(names)):
            seed += 1
            began = time.monotonic()
            watch = _Watch(name, started, current)
            faults = explore(known[name], sizes[name], seed, watch, growth_of_seconds)
            started.value = 0.0
            with contextlib.suppress(OSError):
                results.put((name, watch.count, faults))
            pace = (time.monotonic() - began) / sizes[name]
            sizes[name] = max(5, min(_MAX_BATCH, int(_BATCH_SECONDS / pace)))


class _Watch:
    """Tells the parent which input is tried, and since when."""

    def __init__(self, name: str, started: "Synchronized[float]", current: Path) -> None:
        self.name, self.started, self.current = name.encode(), started, current
        self.count = 0

    def __call__(self, body: bytes) -> None:
        self.count += 1
        self.current.write_bytes(self.name + b"\n" + body)
        self.started.value = time.monotonic()
