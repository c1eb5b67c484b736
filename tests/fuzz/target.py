"""A target: a function of bytes, the seeds it is fed with, and the exceptions that its contract allows."""

import importlib
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.checks import check_message

ROOT = Path(__file__).parents[2]

Run = Callable[[bytes], object]

# Each file that has targets.
_MODULES = ("page_targets", "source_targets", "text_targets", "storage_targets", "reader_targets")
_targets: dict[str, "Target"] = {}


@dataclass(frozen=True, slots=True)
class Target:
    """`run` raises AssertionError where an invariant is broken. `examples`: inputs in the bounded run.
    `grows`: whether `growth` looks for inputs whose cost grows faster than they do.
    """

    name: str
    run: Run
    seeds: Callable[[], Sequence[bytes]]
    allowed: tuple[type[Exception], ...]
    examples: int
    grows: bool

    def fault(self, body: bytes) -> "Fault | None":
        """What is wrong with the outcome for `body`; None: nothing."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self.run(body)
        except self.allowed as error:
            return _fault_of_message(self, error)
        except Exception as error:
            return Fault(self.name, body, _place(error), "".join(traceback.format_exception(error)))
        return None


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind` is the same for the same mistake: the exception, and where it was raised."""

    target: str
    body: bytes
    kind: str
    report: str


def target(
    seeds: Callable[[], Sequence[bytes]],
    *allowed: type[Exception],
    examples: int = 40,
    grows: bool = False,
) -> Callable[[Run], Run]:
    """Registers a function under its name."""

    def register(run: Run) -> Run:
        name = run.__name__
        _targets[name] = Target(name, run, seeds, allowed, examples, grows)
        return run

    return register


def targets() -> dict[str, Target]:
    """All of them by name."""
    for module in _MODULES:
        importlib.import_module(f"tests.fuzz.{module}")
    return dict(_targets)


def _fault_of_message(target: Target, error: Exception) -> Fault | None:
    try:
        check_message(str(error))
    except AssertionError as problem:
        return Fault(target.name, b"", f"message of {type(error).__name__}", str(problem))
    return None


def _place(error: Exception) -> str:
    """The exception, the innermost line of ours that raised it, and of an assertion the field."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)]
    own = [frame for frame in own if ".venv" not in Path(frame.filename).parts] or list(frames)
    checked = [f for f in own if Path(f.filename).name != "target.py"] or own
    line = f"{Path(checked[-1].filename).relative_to(ROOT)}:{checked[-1].lineno}"
    words = str(error).split("\n")[0]
    detail = words.partition(" in ")[2].partition(":")[0] or words.partition(" is ")[0]
    return f"{type(error).__name__} at {line}" + (
        f" ({detail[:60]})" if isinstance(error, AssertionError) else ""
    )
