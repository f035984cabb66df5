"""Scenarios: what must hold, each by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rig.bench import Bench


class Failed(Exception):
    """Something that must hold does not; the message says what was seen."""


@dataclass(frozen=True)
class Scenario:
    """`body` shows one thing on the bench and gives a few words on what was seen."""

    name: str
    promise: str
    body: Callable[["Bench"], str]
    in_short_form: bool
    needs_linnet: bool


SCENARIOS: list[Scenario] = []


def scenario(promise: str, short: bool = True, linnet: bool = True):
    """Registers a function as the scenario of its name. `short`: part of the short form too."""

    def register(body: Callable[["Bench"], str]) -> Callable[["Bench"], str]:
        SCENARIOS.append(Scenario(body.__name__.replace("_", "-"), promise, body, short, linnet))
        return body

    return register


def require(holds: bool, seen: str) -> None:
    if not holds:
        raise Failed(seen)
