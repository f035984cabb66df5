"""Times Linnet and other engines on the same networks, in turns, and prints times, ratios, memory and cold start.

    toolchain/bench/compare [NETWORK.tflite|.onnx|.linnet…] [--threads 1] [--engines linnet,litert,…] [--rounds 10]
                            [--runs 50] [--cold 5] [--quick] [--isa NAME] [--json FILE] [--plot FILE.png] [--data ../shared/data]
                            [--linnet .build/release/linnet]

Without networks: the usual ones, as far as DATA has them; if it has none, the shipped backbone, which is then written in
every engine's own format (its embedding as codes, for all alike). The engines are installed from PyPI on first use, about
650 MB beside this command, each pinned: litert (with XNNPACK), onnxruntime, openvino, mnn and ncnn. One that cannot be
installed or cannot run a network gets a line that says why.

Every engine gets the same network, the same number of threads, and a process of its own in which its input lies ready.
LiteRT reads the .tflite as it is, also where that is uint8. ONNX Runtime and OpenVINO read QDQ ONNX with the weights, scales and zero points that
Linnet runs (uint8 weights therefore made symmetric, which suits them as it suits us), with uint8 and with int8
activations; OpenVINO the .tflite as well. ncnn's int8 keeps the weights' codes but has no zero points; MNN quantises real
weights anew with its own tool. Both also run in float. Each form is tried, and the fastest whose answers agree is
measured; what is not int8 is marked. The answers are compared with LiteRT's on noise and on pictures: an engine that
names another class for more than a tenth of the pictures is marked too.

A round asks each engine in turn for RUNS runs after a warm-up, and every round begins with another engine. The median of
the rounds' medians and the least of all runs are printed; a ratio is an engine's time over Linnet's, so above 1 Linnet is
faster. Other work on the machine disturbs all alike: read the ratios. The peers are called from Python, which adds a few
microseconds a run: it shows on the smallest networks only. --quick is three short rounds and two cold starts.

--isa holds Linnet to an instruction set (LINNET_ISA: sse41, avx2, avxvnni, avx512vnni), and OpenVINO as far as its oneDNN
obeys ONEDNN_MAX_CPU_ISA. The others choose by what the processor reports and have no such option, so they keep the best
that the machine has; the heading says so.
"""

import argparse
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from . import machine, networks, plot, report
from .contest import Contest, Settings
from .engines import PEERS
from .runners import Failed, shortened

ROOT = Path(__file__).resolve().parents[3]
ENGINES = ["linnet", *PEERS]
ISAS = ("sse41", "avx2", "avxvnni", "avx512vnni")


def engines(text: str) -> list[str]:
    chosen = text.split(",")
    if unknown := [name for name in chosen if name not in ENGINES]:
        raise argparse.ArgumentTypeError(f"{unknown[0]}: choose from {', '.join(ENGINES)}")
    return sorted(set(chosen), key=ENGINES.index)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS)
    parser.add_argument("networks", nargs="*", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--engines", type=engines, default=ENGINES)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--runs", type=int)
    parser.add_argument("--cold", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--isa", choices=ISAS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--linnet", type=Path, default=ROOT / ".build/release/linnet")
    chosen = parser.parse_args()
    usual = (3, 20, 2) if chosen.quick else (10, 50, 5)
    chosen.rounds, chosen.runs, chosen.cold = (a or b for a, b in zip((chosen.rounds, chosen.runs, chosen.cold), usual))
    if "linnet" in chosen.engines and not chosen.linnet.exists():
        parser.error(f"{chosen.linnet} is not there: swift build -c release")
    if missing := [path for path in chosen.networks if not path.exists()]:
        parser.error(f"{missing[0]} is not there")
    return chosen


def sources(chosen: argparse.Namespace) -> tuple[list[Path], list[str]]:
    """The networks to measure, and the usual ones that are not there."""
    if chosen.networks:
        return chosen.networks, []
    found = [chosen.data / name for name in networks.USUAL]
    skipped = [f"{path.name}: not in {chosen.data}" for path in found if not path.exists()]
    return [path for path in found if path.exists()] or [ROOT / networks.SHIPPED], skipped


def unavailable(wanted: list[str]) -> dict[str, str]:
    """Installs the engines that are not there yet; why not, where that fails."""
    problems = {}
    for key in wanted:
        if key not in PEERS:
            continue
        package, version = PEERS[key].package, PEERS[key].version
        try:
            if importlib.metadata.version(package) == version:
                continue
        except importlib.metadata.PackageNotFoundError:
            pass
        print(f"compare: installing {package} {version}", file=sys.stderr)
        run = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{package}=={version}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if run.returncode:
            last = [line for line in run.stderr.splitlines() if line.strip()][-1:]
            problems[key] = shortened(f"{package} {version} cannot be installed: {''.join(last)}")
    return problems


def held(chosen: argparse.Namespace) -> str:
    """Which engines --isa reaches."""
    free = [PEERS[key].title for key in chosen.engines if key in PEERS and chosen.isa not in PEERS[key].held]
    rest = f"; no option holds {', '.join(free)}, which use the best of this machine" if free else ""
    return f"held to {chosen.isa}{rest}"


def main() -> None:
    chosen = options()
    found, skipped = sources(chosen)
    settings = Settings(
        chosen.linnet.resolve(), chosen.data, chosen.engines, unavailable(chosen.engines), chosen.threads, chosen.rounds,
        chosen.runs, chosen.cold, chosen.isa)
    described = machine.describe()
    print(f"compare: {machine.sentence(described)}")
    print(f"{chosen.threads} thread{'s' * (chosen.threads != 1)}, {chosen.rounds} rounds of {chosen.runs} runs, "
          f"{chosen.cold} cold starts" + (f"; {held(chosen)}" if chosen.isa else ""))
    if problem := machine.warning(described):
        print(f"WARNING: {problem}")
    results = []
    for source in found:
        with tempfile.TemporaryDirectory() as folder:
            try:
                network = networks.prepare(source, Path(folder))
                results.append(report.rows(network, Contest(network, settings, Path(folder)).hold()))
            except (networks.ConversionError, Failed) as problem:
                skipped.append(f"{source.name}: {problem}")
                continue
        print(f"\n{report.table(results[-1])}", flush=True)
    if len(results) > 1:
        print(f"\n{report.summary(results)}")
    if results:
        print(f"\n{report.NOTES}")
    for line in skipped:
        print(f"skipped: {line}")
    document = report.document(described, settings, results, skipped)
    if chosen.json:
        chosen.json.write_text(json.dumps(document, indent=1) + "\n")
    if chosen.plot and results:
        plot.draw(document, chosen.plot, machine.sentence(described))
    if not results:
        sys.exit("compare: nothing was measured")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(1)
