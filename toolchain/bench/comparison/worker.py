"""One engine with one network in a process of its own: `python -m comparison.worker ENGINE FILE THREADS`.

It reads commands from standard input, a JSON object a line, and answers each with one. What the engine prints itself goes
to standard error.
"""

import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from .engines import PEERS


def memory() -> dict[str, int]:
    """Memory of this process in KB: what no file backs now, and the most that was resident."""
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    values = {words[0]: int(words[1]) for words in lines if words[0] in ("RssAnon:", "VmHWM:")}
    return {"anonymous_kb": values["RssAnon:"], "peak_resident_kb": values["VmHWM:"]}


def milliseconds(action) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1e3


class Worker:
    def __init__(self, key: str, path: Path, threads: int):
        self.engine, self.path, self.threads = PEERS[key](), path, threads

    def load(self, inputs: str) -> dict:
        """Imports, loads, and answers for the first time. The clock is the system's, so that the caller can read it."""
        before, codes = memory(), np.load(inputs)[0]
        importing = milliseconds(self.engine.imported)
        loading = milliseconds(lambda: self.engine.load(self.path, self.threads))
        first = milliseconds(lambda: (self.engine.give(codes), self.engine.run(), self.engine.output()))
        return {
            "answered_at": time.monotonic(), "import_ms": importing, "load_ms": loading, "first_ms": first, "before": before}

    def answer(self, inputs: str, outputs: str) -> dict:
        rows = []
        for codes in np.load(inputs):
            self.engine.give(codes)
            self.engine.run()
            rows.append(self.engine.output().copy())
        np.save(outputs, np.stack(rows))
        return {}

    def time(self, runs: int) -> dict:
        """Median and least of some runs after a warm-up."""
        for _ in range(min(20, runs)):
            self.engine.run()
        times = [milliseconds(self.engine.run) for _ in range(runs)]
        return {"median_ms": statistics.median(times), "min_ms": min(times)}

    def layers(self) -> dict:
        whole, total = self.engine.layers() or (None, None)
        return {"integer_layers": whole, "layers": total}

    def memory(self) -> dict:
        return memory()


def main() -> None:
    key, path, threads = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    worker = Worker(key, Path(path), int(threads))
    for line in sys.stdin:
        command = json.loads(line)
        try:
            result = getattr(worker, command.pop("do"))(**command)
        except Exception as error:
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), file=answers)


if __name__ == "__main__":
    main()
