"""Processes that run a network when asked: another engine's, kept alive, and Linnet's own program."""

import json
import os
import re
import select
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from .engines import PEERS

PATIENCE = 300
QUIET = {"ORT_DISABLE_TELEMETRY": "1"}


class Failed(Exception):
    """Why an engine does not run a network, in a few words."""


class PrivateMemory:
    """Watches a process for the most memory that no file backs, every two milliseconds, until it ends or is let go."""

    def __init__(self, process: int):
        self.path, self.peak, self.peak_resident = Path(f"/proc/{process}/status"), 0, 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()

    def _watch(self) -> None:
        while not self.done.wait(0.002):
            try:
                text = self.path.read_text()
            except OSError:
                return
            found = dict(re.findall(r"^(RssAnon|VmHWM):\s*(\d+)", text, re.M))
            self.peak = max(self.peak, int(found.get("RssAnon", 0)))
            self.peak_resident = max(self.peak_resident, int(found.get("VmHWM", 0)))

    def stop(self) -> None:
        self.done.set()
        self.thread.join()


class PeerProcess:
    """A worker with one engine and one network."""

    def __init__(self, key: str, form: str, path: Path, threads: int, isa: str | None):
        self.key, self.form, self.path, self.threads = key, form, path, threads
        peer = PEERS[key]
        self.title, self.version = peer.title, peer.version
        self.environment = os.environ | QUIET | {"OMP_NUM_THREADS": str(threads)} | peer.held.get(isa, {})
        self.begin()

    def begin(self) -> None:
        self.complaints = tempfile.TemporaryFile()
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "comparison.worker", self.key, str(self.path), str(self.threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.complaints, env=self.environment)

    def ask(self, do: str, **values) -> dict:
        try:
            self.process.stdin.write(json.dumps({"do": do} | values).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failed(self.end()) from None
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            self.process.kill()
            raise Failed(f"no answer within {PATIENCE} s")
        line = self.process.stdout.readline()
        if not line:
            raise Failed(self.end())
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(shortened(answer["error"]))
        return answer

    def end(self) -> str:
        """What is known of a process that has ended unasked."""
        code = self.process.wait()
        self.complaints.seek(0)
        last = self.complaints.read().decode(errors="replace").strip().splitlines()[-1:] or [""]
        return shortened(f"its process ended with {'signal' if code < 0 else 'status'} {abs(code)} {last[0]}")

    def load(self, inputs: Path) -> dict:
        return self.ask("load", inputs=str(inputs))

    def answers(self, inputs: Path, outputs: Path) -> np.ndarray:
        self.ask("answer", inputs=str(inputs), outputs=str(outputs))
        return np.load(outputs)

    def time(self, runs: int) -> tuple[float, float]:
        answer = self.ask("time", runs=runs)
        return answer["median_ms"], answer["min_ms"]

    def arithmetic(self) -> str:
        answer = self.ask("layers")
        whole, total = answer["integer_layers"], answer["layers"]
        if total is None:
            return "int8"
        return "float" if whole == 0 else "int8" if whole == total else f"int8, {total - whole} of {total} layers in float"

    def close(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cold(self, inputs: Path, outputs: Path) -> dict:
        """A fresh process, from its start to the first answer; the import of the package and the rest beside it."""
        fresh = PeerProcess.__new__(PeerProcess)
        fresh.__dict__ |= self.__dict__
        fresh.begin()
        try:
            answer = fresh.load(inputs)
        finally:
            fresh.close()
        return {"exec_to_answer_ms": (answer["answered_at"] - fresh.began) * 1e3,
                "import_ms": answer["import_ms"], "load_to_answer_ms": answer["load_ms"] + answer["first_ms"]}

    def memory(self, inputs: Path, runs: int) -> dict:
        """A fresh process that loads and runs; `private_kb` is what it adds to the same process without the engine."""
        fresh = PeerProcess.__new__(PeerProcess)
        fresh.__dict__ |= self.__dict__
        fresh.begin()
        watched = PrivateMemory(fresh.process.pid)
        try:
            before = fresh.load(inputs)["before"]
            fresh.time(runs)
            after = fresh.ask("memory")
        finally:
            watched.stop()
            fresh.close()
        peak = max(watched.peak, after["anonymous_kb"])
        return {"private_kb": peak - before["anonymous_kb"], "process_private_kb": peak,
                "process_peak_resident_kb": after["peak_resident_kb"]}


class Linnet:
    """Our program. Every round is a process of its own, which puts its start outside the measured time."""

    key, title, version, form = "linnet", "Linnet", None, "linnet"

    def __init__(self, program: Path, model: Path, threads: int, isa: str | None):
        self.program, self.model, self.threads = str(program), str(model), threads
        self.environment = os.environ | ({"LINNET_ISA": isa} if isa else {})
        self.isa = None

    def _run(self, *arguments: str) -> str:
        run = subprocess.run([self.program, *arguments], env=self.environment, capture_output=True, text=True)
        if run.returncode:
            raise Failed(shortened(run.stderr))
        return run.stdout

    def _bench(self, runs: int) -> list[str]:
        return ["bench", self.model, "--threads", str(self.threads), "--runs", str(runs), "--json"]

    def answers(self, inputs: Path, outputs: Path) -> np.ndarray:
        self._run("run", self.model, "--input", str(inputs), "--output", str(outputs), "--threads", str(self.threads))
        values = np.load(outputs)
        return values.reshape(len(values), -1).astype(np.int16)

    def time(self, runs: int) -> tuple[float, float]:
        answer = json.loads(self._run(*self._bench(runs)))
        self.isa = answer["isa"]
        return answer["median_ms"], answer["min_ms"]

    def arithmetic(self) -> str:
        return "int8"

    def cold(self, inputs: Path, outputs: Path) -> dict:
        """The whole of `linnet run`, from its start to its end: reading the input, and writing the answer to a file."""
        began = time.monotonic()
        self._run("run", self.model, "--input", str(inputs), "--output", str(outputs), "--threads", str(self.threads))
        whole = (time.monotonic() - began) * 1e3
        return {"exec_to_answer_ms": whole, "import_ms": 0.0, "load_to_answer_ms": whole}

    def memory(self, inputs: Path, runs: int) -> dict:
        """The whole process: nothing is subtracted."""
        process = subprocess.Popen([self.program, *self._bench(runs)], env=self.environment, stdout=subprocess.DEVNULL)
        watched = PrivateMemory(process.pid)
        process.wait()
        watched.stop()
        return {"private_kb": watched.peak, "process_private_kb": watched.peak,
                "process_peak_resident_kb": watched.peak_resident}

    def close(self) -> None:
        pass


def shortened(text: str) -> str:
    """The telling part of a message, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= 160 else f"{words[:80]} … {words[-75:]}"
