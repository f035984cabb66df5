"""Times our engine and LiteRT (XNNPACK) on the same networks, in turns, and prints the ratios.

    toolchain/bench/litert MODEL.tflite[=MODEL.linnet]… [--threads 1] [--rounds 10] [--runs 30]
                           [--linnet .build/release/linnet] [--json]

Without `=MODEL.linnet` the network is converted first (`linnet-convert --whole`) to a temporary file. A round runs every
engine on every network RUNS times after a warm-up; of each engine the median and the least of all rounds are printed.
Other work on the machine disturbs both alike, so read the ratios; below 1 ours is faster.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
from ai_edge_litert.interpreter import Interpreter

ROOT = Path(__file__).resolve().parent.parent.parent


class LiteRT:
    name = "LiteRT"

    def __init__(self, model: Path, threads: int):
        self.interpreter = Interpreter(str(model), num_threads=threads)
        self.interpreter.allocate_tensors()
        details = self.interpreter.get_input_details()[0]
        values = numpy.random.default_rng(0).normal(0, 40, details["shape"])
        if details["dtype"] == numpy.uint8:
            values += 128
        if details["dtype"] != numpy.float32:
            limits = numpy.iinfo(details["dtype"])
            values = numpy.clip(values, limits.min, limits.max)
        self.interpreter.set_tensor(details["index"], values.astype(details["dtype"]))

    def times(self, runs: int) -> tuple[float, float]:
        """Median and least of some runs, in milliseconds."""
        for _ in range(3):
            self.interpreter.invoke()
        measured = []
        for _ in range(runs):
            began = time.perf_counter()
            self.interpreter.invoke()
            measured.append((time.perf_counter() - began) * 1e3)
        return statistics.median(measured), min(measured)


class Linnet:
    name = "Linnet"

    def __init__(self, program: Path, model: Path, threads: int):
        self.command = [str(program), "bench", str(model), "--threads", str(threads), "--json"]
        self.isa = ""

    def times(self, runs: int) -> tuple[float, float]:
        run = subprocess.run([*self.command, "--runs", str(runs)], check=True, stdout=subprocess.PIPE, text=True)
        answer = json.loads(run.stdout)
        self.isa = answer["isa"]
        return answer["median_ms"], answer["min_ms"]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="litert", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--linnet", type=Path, default=ROOT / ".build/release/linnet")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if not chosen.linnet.exists():
        parser.error(f"{chosen.linnet} is not there: swift build -c release")
    return chosen


def converted(network: Path, folder: Path) -> Path:
    model = folder / f"{network.stem}.linnet"
    command = [ROOT / "toolchain/convert/linnet-convert", network, "-o", model, "--whole"]
    if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"litert: {network} cannot be converted")
    return model


def main() -> None:
    chosen = options()
    with tempfile.TemporaryDirectory() as name:
        pairs = []
        for model in chosen.models:
            network, _, ours = model.partition("=")
            ours = Path(ours) if ours else converted(Path(network), Path(name))
            pairs.append((Path(network).stem, LiteRT(Path(network), chosen.threads),
                          Linnet(chosen.linnet.resolve(), ours, chosen.threads)))
        times = {}
        for _ in range(chosen.rounds):
            for network, *engines in pairs:
                for engine in engines:
                    times.setdefault((network, engine.name), []).append(engine.times(chosen.runs))
    rows = []
    for network, theirs, ours in pairs:
        row = {"model": network, "threads": chosen.threads, "isa": ours.isa}
        for engine in (theirs, ours):
            medians, least = zip(*times[network, engine.name])
            row |= {f"{engine.name.lower()}_median_ms": statistics.median(medians), f"{engine.name.lower()}_min_ms": min(least)}
        row["median_ratio"] = row["linnet_median_ms"] / row["litert_median_ms"]
        row["min_ratio"] = row["linnet_min_ms"] / row["litert_min_ms"]
        rows.append(row)
    if chosen.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"litert: {chosen.threads} thread(s), {rows[0]['isa']}, {chosen.rounds} rounds of {chosen.runs} runs; median / least in ms")
    print(f"{'network':<50}{'LiteRT':>18}{'Linnet':>18}{'ratio':>16}")
    for row in rows:
        print(f"{row['model'][:48]:<50}"
              f"{row['litert_median_ms']:>9.3f}{row['litert_min_ms']:>9.3f}"
              f"{row['linnet_median_ms']:>9.3f}{row['linnet_min_ms']:>9.3f}"
              f"{row['median_ratio']:>9.2f}{row['min_ratio']:>7.2f}")


if __name__ == "__main__":
    main()
