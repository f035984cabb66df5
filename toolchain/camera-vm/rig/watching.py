"""`linnet watch` as a scenario sees it: JSON lines that come over time."""

import json
import time

from rig.machine import Job


class Watch:
    """A running `linnet watch --json`."""

    def __init__(self, job: Job):
        self.job = job

    @property
    def lines(self) -> list[dict]:
        """The whole lines so far."""
        *whole, _ = self.job.output.split("\n")
        return [json.loads(line) for line in whole]
