"""`linnet watch` as a scenario sees it: JSON lines that come over time. Sources/LinnetPipeline/WATCH.md says what they
mean."""

import json
import time
from collections.abc import Callable

from rig.machine import GuestError, Job

# Generous: the processor is emulated, and other programs may use the host's.
START_SECONDS = 25


class Watch:
    """A running `linnet watch --json`."""

    def __init__(self, job: Job):
        self.job = job
        self._passed = 0

    @property
    def lines(self) -> list[dict]:
        """The whole lines so far."""
        *whole, _ = self.job.output.split("\n")
        return [json.loads(line) for line in whole]

    def events(self, kind: str) -> list[dict]:
        return [line for line in self.lines if line["event"] == kind]

    def wait(self, what: str, holds: Callable[[dict], bool], seconds: float) -> dict:
        """The next line of which something holds, of those that no earlier call has passed."""
        end = time.monotonic() + seconds
        while True:
            ended = self.job.status is not None
            lines = self.lines
            while self._passed < len(lines):
                self._passed += 1
                if holds(lines[self._passed - 1]):
                    return lines[self._passed - 1]
            if ended:
                raise GuestError(f"linnet ended with {self.job.status} before {what}: {self.job.errors.strip()}")
            if time.monotonic() > end:
                last = lines[-1] if lines else self.job.errors.strip() or "nothing was said"
                raise GuestError(f"no {what} within {seconds:g} s; the last line: {last}")
            time.sleep(0.01)

    def frame(self, seconds: float = START_SECONDS) -> dict:
        """The next frame; with --every-frame."""
        return self.wait("frame", lambda line: line["event"] == "frame", seconds)

    def frames(self, count: int, seconds: float = START_SECONDS) -> list[dict]:
        return [self.frame(seconds) for _ in range(count)]

    def source(self, state: str, seconds: float) -> dict:
        """The next word that the source is `waiting`, `back` or `changed`."""
        return self.wait(
            f"word that the source is {state}",
            lambda line: line["event"] == "source" and line["state"] == state, seconds)

    def skip(self) -> None:
        """Passes all lines so far."""
        self._passed = len(self.lines)

    def stop(self, signal: str = "TERM") -> tuple[int, float]:
        """Sends a signal; the exit status, and the seconds until the program had ended."""
        took = self.job.machine.end(self.job.process, signal)
        return self.job.wait(10), took

    @property
    def counts(self) -> dict:
        """The counts of the last line that has some."""
        return next((line["counts"] for line in reversed(self.lines) if "counts" in line), {})
