"""One network: every engine made ready, its answers compared, then all timed in turns."""

import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import networks
from .engines import PEERS
from .qdq_onnx import Unsupported
from .runners import Failed, Linnet, PeerProcess

SAME_FIRST = 0.9
PAUSE = 0.03
WATCHED = 500


@dataclass
class Settings:
    """What holds for the whole run."""

    linnet: Path
    data: Path
    engines: list[str]
    unavailable: dict[str, str]
    threads: int
    rounds: int
    runs: int
    cold: int
    isa: str | None


@dataclass
class Entry:
    """One engine on one network: what was measured, or why not."""

    key: str
    title: str
    version: str | None
    runner: PeerProcess | Linnet | None = None
    refused: str | None = None
    form: str | None = None
    arithmetic: str | None = None
    answers: dict | None = None
    tried: dict = field(default_factory=dict)
    rounds: list = field(default_factory=list)
    cold: dict | None = None
    memory: dict | None = None

    @property
    def median(self) -> float:
        return statistics.median(median for median, _ in self.rounds)

    @property
    def least(self) -> float:
        return min(least for _, least in self.rounds)


def agreement(theirs: np.ndarray, reference: np.ndarray) -> dict:
    """Output codes beside the reference's. Where the greatest output stands several times, either is the same."""
    difference = np.abs(theirs - reference)
    same = np.take_along_axis(theirs, reference.argmax(axis=1)[:, None], axis=1)[:, 0] == theirs.max(axis=1)
    same |= np.take_along_axis(reference, theirs.argmax(axis=1)[:, None], axis=1)[:, 0] == reference.max(axis=1)
    return {"same_first": float(same.mean()), "equal_bytes": float((difference == 0).mean()),
            "within_1": float((difference <= 1).mean())}


class Contest:
    def __init__(self, network: networks.Network, settings: Settings, folder: Path):
        self.network, self.settings, self.folder = network, settings, folder
        self.codes = networks.inputs(network, settings.data, 20)
        self.inputs = {name: self._saved(name, codes) for name, codes in self.codes.items()}
        self.one = self._saved("one", self.codes["noise"][:1])
        self.reference: dict[str, np.ndarray] | None = None
        self.reference_is = ""

    def _saved(self, name: str, codes: np.ndarray) -> Path:
        path = self.folder / f"{self.network.source.stem}.{name}.npy"
        np.save(path, codes)
        return path

    def _answers(self, runner) -> dict[str, np.ndarray]:
        return {name: runner.answers(path, self.folder / "answers.npy") for name, path in self.inputs.items()}

    def _compared(self, answers: dict[str, np.ndarray], title: str) -> dict:
        """Beside LiteRT's answers, or where it does not take part, beside Linnet's."""
        if self.reference is None:
            self.reference, self.reference_is = answers, title
        for name, codes in answers.items():
            if codes.shape != self.reference[name].shape:
                raise Failed(f"it answers with {codes.shape[1]} numbers instead of {self.reference[name].shape[1]}")
        found = {name: agreement(answers[name], self.reference[name]) for name in answers}
        decisive = found.get("pictures", found["noise"])
        return found | {"beside": self.reference_is, "agrees": decisive["same_first"] >= SAME_FIRST}

    def _linnet(self) -> Entry:
        runner = Linnet(self.settings.linnet, self.network.linnet, self.settings.threads, self.settings.isa)
        entry = Entry("linnet", runner.title, None, runner, form=runner.form, arithmetic=runner.arithmetic())
        entry.answers = self._guarded(entry, lambda runner: self._compared(self._answers(runner), runner.title))
        return entry

    def _peer(self, key: str) -> Entry:
        """Every form that the engine can read is tried; of those that agree the fastest stays."""
        peer, found = PEERS[key], []
        entry = Entry(key, peer.title, peer.version, refused=self.settings.unavailable.get(key))
        if entry.refused:
            return entry
        try:
            forms = peer.forms(self.network, self.folder, self.codes.get("pictures", self.codes["noise"]))
        except (ValueError, Failed, Unsupported) as problem:
            entry.refused = str(problem)
            return entry
        for form, path in forms.items():
            runner = PeerProcess(key, form, path, self.settings.threads, self.settings.isa)
            try:
                runner.load(self.one)
                answers = self._compared(self._answers(runner), peer.title)
                arithmetic = runner.arithmetic()
                least = min(runner.time(10)[1], runner.time(10)[1])
                found.append((not answers["agrees"], least, runner, answers, arithmetic))
                entry.tried[form] = {"least_ms": least, "arithmetic": arithmetic, "agrees": answers["agrees"]}
            except Failed as problem:
                entry.tried[form] = {"refused": str(problem)}
                runner.close()
        found.sort(key=lambda attempt: attempt[:2])
        for _, _, runner, _, _ in found[1:]:
            runner.close()
        if not found:
            entry.refused = "; ".join(f"{form}: {result['refused']}" for form, result in entry.tried.items())
            return entry
        _, _, entry.runner, entry.answers, entry.arithmetic = found[0]
        entry.form = entry.runner.form
        return entry

    def _ready(self) -> list[Entry]:
        wanted = self.settings.engines
        # The first gives the answers with which the others' are compared.
        ordered = sorted(wanted, key=lambda key: (key != "litert", key != "linnet"))
        entries = {key: self._linnet() if key == "linnet" else self._peer(key) for key in ordered}
        return [entries[key] for key in wanted]

    def _guarded(self, entry: Entry, action):
        try:
            return action(entry.runner)
        except Failed as problem:
            entry.refused = str(problem)

    def _rounds(self, entries: list[Entry]) -> None:
        """Every round begins with another engine."""
        for number in range(self.settings.rounds):
            start = number % len(entries)
            for entry in entries[start:] + entries[:start]:
                if not entry.refused and (times := self._guarded(entry, lambda runner: runner.time(self.settings.runs))):
                    entry.rounds.append(times)
                time.sleep(PAUSE)

    def _starts(self, entries: list[Entry]) -> None:
        """Memory once, cold starts in turns; the file cache is warm."""
        samples: dict[str, list[dict]] = {}
        for number in range(self.settings.cold):
            for entry in entries:
                if entry.refused:
                    continue
                if number == 0:
                    runs = max(50, int(WATCHED / entry.least))
                    entry.memory = self._guarded(entry, lambda runner: runner.memory(self.one, runs))
                if sample := self._guarded(entry, lambda runner: runner.cold(self.one, self.folder / "answers.npy")):
                    samples.setdefault(entry.key, []).append(sample)
        for entry in entries:
            if taken := samples.get(entry.key):
                entry.cold = {name: statistics.median(sample[name] for sample in taken) for name in taken[0]}

    def hold(self) -> list[Entry]:
        entries = self._ready()
        try:
            self._rounds(entries)
        finally:
            for entry in entries:
                if entry.runner:
                    entry.runner.close()
        self._starts(entries)
        return entries
