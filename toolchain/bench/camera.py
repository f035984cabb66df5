"""Times what becomes of a camera's frame, beside two plain programs that a user would write, in turns in one run.

    toolchain/bench/camera [--linnet .build/release/linnet] [--rounds 10] [--runs 20] [--quality 85] [--check]

A frame lies in memory and becomes the network's input tensor, then a label, on one thread. The programs are OpenCV and
LiteRT, and Pillow (draft mode for JPEG) and LiteRT: decode or convert, crop, resize, quantise, run the same int8 network, and
take the nearest of five class means. Linnet takes its own head of the same five labels. Pillow reads no YUYV.

The frames are a picture of the demo enlarged to 640 × 480 and 1920 × 1080 with a sensor's noise, as MJPG (4:2:2) and as
YUYV. A round asks each program in turn for RUNS frames after a warm-up, and every round begins with another program. The
median of the rounds' medians is printed, in brackets the least of all; a ratio is a program's time over Linnet's. Times are
processor times, so that what else the machine does counts less; compare them only with each other. How far the tensors lie apart, in grey levels, says that all did the same.
What entropy decoding takes of Linnet's time for a JPEG, the same in all three, is the time for one pixel in the last row that
is wanted: for the rows above it the decoder only reads on.

--check ends with 1 unless Linnet is as many times as fast as the better of the two as BARS say.
"""

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from comparison import linnet_reader, tflite_files
from linnet_convert import container, requantise_weights
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models/efficientnet-lite0.linnet"
PICTURES = ROOT / "toolchain/demo-pictures"
SIDE, CROP = 224, 224 / 256
MEAN, DEVIATION = 127, 128
NOISE = 3
# By format and height: the least ratio to the tensor, and to the label.
BARS = {("YUYV", 480): (3, 2), ("YUYV", 1080): (3, 2), ("MJPG", 480): (1.3, 1.6), ("MJPG", 1080): (1.15, 1.4)}


class Frame:
    def __init__(self, picture: Image.Image, pixels: str, width: int, height: int, quality: int, folder: Path):
        self.pixels, self.width, self.height = pixels, width, height
        scale = max(width / picture.width, height / picture.height)
        large = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.BICUBIC)
        left, top = (large.width - width) // 2, (large.height - height) // 2
        levels = np.asarray(large.crop((left, top, left + width, top + height))).astype(np.float32)
        levels += np.random.default_rng(1).normal(0, NOISE, levels.shape)
        image = Image.fromarray(levels.clip(0, 255).astype(np.uint8))
        self.bytes = jpeg(image, quality) if pixels == "MJPG" else yuyv(image)
        self.path = folder / f"{height}.{pixels}"
        self.path.write_bytes(self.bytes)

    @property
    def title(self) -> str:
        return f"{self.pixels} {self.width} × {self.height} ({len(self.bytes) // 1024} KiB)"


def jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling="4:2:2")
    return buffer.getvalue()


def yuyv(image: Image.Image) -> bytes:
    """BT.601 in limited range, chroma the mean of two pixels."""
    r, g, b = np.moveaxis(np.asarray(image).astype(np.float64), 2, 0)
    y = 16 + (65.481 * r + 128.553 * g + 24.966 * b) / 255
    cb = 128 + (-37.797 * r - 74.203 * g + 112 * b) / 255
    cr = 128 + (112 * r - 93.786 * g - 18.214 * b) / 255
    frame = np.empty((image.height, image.width, 2))
    frame[:, :, 0] = y
    for place, chroma in enumerate((cb, cr)):
        frame[:, place::2, 1] = (chroma[:, 0::2] + chroma[:, 1::2]) / 2
    return frame.round().clip(0, 255).astype(np.uint8).tobytes()


def part(width: int, height: int) -> tuple[int, int, int]:
    side = int(CROP * min(width, height))
    return (width - side + 1) // 2, (height - side + 1) // 2, side


def codes(levels: np.ndarray, scale: float, zero: int) -> np.ndarray:
    """As the network's card and LiteRT's documentation say it."""
    real = (levels.astype(np.float32) - MEAN) / DEVIATION
    return np.clip(np.round(real / scale + zero), -128, 127).astype(np.int8)


def by_opencv(frame: Frame) -> np.ndarray:
    raw = np.frombuffer(frame.bytes, np.uint8)
    x, y, side = part(frame.width, frame.height)
    if frame.pixels == "YUYV":
        picture = cv2.cvtColor(raw.reshape(frame.height, frame.width, 2), cv2.COLOR_YUV2RGB_YUY2)
        return cv2.resize(picture[y:y + side, x:x + side], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    picture = cv2.imdecode(raw, cv2.IMREAD_COLOR)[y:y + side, x:x + side]
    return cv2.cvtColor(cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)


def by_pillow(frame: Frame) -> np.ndarray:
    picture = Image.open(io.BytesIO(frame.bytes))
    whole = SIDE / CROP / min(picture.size)
    picture.draft("RGB", (int(picture.width * whole), int(picture.height * whole)))
    x, y, side = part(*picture.size)
    return np.asarray(picture.resize((SIDE, SIDE), box=(x, y, x + side, y + side)))


class Network:
    """The shipped backbone in LiteRT, and the means of the demo's five labels."""

    def __init__(self, folder: Path):
        graph = linnet_reader.read(container.read_bytes(str(MODEL)), str(MODEL))
        requantise_weights.narrow(graph)
        # What Linnet's heads read beside the embedding is no operator of LiteRT's.
        graph.operators = [operator for operator in graph.operators if operator.kind != "statistics"]
        tflite_files.export(graph, folder / "backbone.tflite")
        self.interpreter = Interpreter(str(folder / "backbone.tflite"), num_threads=1)
        self.interpreter.allocate_tensors()
        self.source = self.interpreter.get_input_details()[0]
        self.target = self.interpreter.get_output_details()[0]
        self.labels = sorted(path.name for path in (PICTURES / "learn").iterdir())
        self.means = np.stack([self.mean(label) for label in self.labels])

    def tensor(self, picture: np.ndarray) -> np.ndarray:
        return codes(picture, *self.source["quantization"])

    def embedding(self, tensor: np.ndarray) -> np.ndarray:
        self.interpreter.set_tensor(self.source["index"], tensor[None])
        self.interpreter.invoke()
        scale, zero = self.target["quantization"]
        codes = self.interpreter.get_tensor(self.target["index"]).ravel()
        return (codes.astype(np.float32) - zero) * scale

    def mean(self, label: str) -> np.ndarray:
        rows = []
        for path in sorted((PICTURES / "learn" / label).iterdir()):
            picture = Image.open(path).convert("RGB")
            x, y, side = part(*picture.size)
            cut = np.asarray(picture.resize((SIDE, SIDE), box=(x, y, x + side, y + side)))
            rows.append(self.embedding(self.tensor(cut)))
        mean = np.mean([row / np.linalg.norm(row) for row in rows], axis=0)
        return mean / np.linalg.norm(mean)

    def label(self, tensor: np.ndarray) -> str:
        return self.labels[int(np.argmax(self.means @ self.embedding(tensor)))]


class Program:
    """One of the plain programs."""

    def __init__(self, title: str, make_picture, network: Network):
        self.title, self.make_picture, self.network = title, make_picture, network

    def reads(self, frame: Frame) -> bool:
        return self.make_picture is by_opencv or frame.pixels == "MJPG"

    def tensor(self, frame: Frame) -> np.ndarray:
        return self.network.tensor(self.make_picture(frame))

    def label(self, frame: Frame) -> str:
        return self.network.label(self.tensor(frame))

    def times(self, frame: Frame, runs: int) -> dict[str, list[float]]:
        return {name: timed(lambda: action(frame), runs) for name, action in (("input", self.tensor), ("label", self.label))}


class Linnet:
    title = "Linnet"

    def __init__(self, linnet: str, folder: Path):
        self.linnet, self.folder = linnet, folder
        for path in sorted((PICTURES / "learn").iterdir()):
            pictures = [str(picture) for picture in sorted(path.iterdir())]
            self.run("enrol", path.name, *pictures, "--store", str(folder / "store"))
        self.head = next((folder / "store").rglob("*.head"))

    def run(self, *arguments: str) -> str:
        return subprocess.run([self.linnet, *arguments], check=True, capture_output=True, text=True).stdout

    def reads(self, frame: Frame) -> bool:
        return True

    def bench(self, frame: Frame, runs: int, *arguments: str) -> dict:
        return json.loads(self.run(
            "bench-frames", str(frame.path), "--format", frame.pixels, "--size", f"{frame.width}x{frame.height}", "--model",
            str(MODEL), "--head", str(self.head), "--runs", str(runs), "--processor", "--json", *arguments))

    def entropy(self, frame: Frame, runs: int) -> float:
        """The share of entropy decoding in the time to the tensor, least times."""
        x, y, side = part(frame.width, frame.height)
        last = self.bench(frame, runs, "--part", "input", "--crop", f"{x},{y + side - 1},1,1")
        return last["input_min_ms"] / self.bench(frame, runs, "--part", "input")["input_min_ms"]

    def tensor(self, frame: Frame) -> np.ndarray:
        path = self.folder / "tensor"
        self.bench(frame, 1, "--part", "input", "--tensor", str(path))
        return np.fromfile(path, np.int8).reshape(SIDE, SIDE, 3)

    def label(self, frame: Frame) -> str:
        return self.bench(frame, 1, "--part", "label")["label"]

    def times(self, frame: Frame, runs: int) -> dict[str, list[float]]:
        found = {part: self.bench(frame, runs, "--part", part) for part in ("input", "label")}
        return {part: [found[part][f"{part}_median_ms"], found[part][f"{part}_min_ms"]] for part in found}


def timed(action, runs: int) -> list[float]:
    """Median and least of some runs after a warm-up, in milliseconds."""
    times = []
    for run in range(5 + runs):
        began = time.process_time_ns()
        action()
        if run >= 5:
            times.append((time.process_time_ns() - began) / 1e6)
    return [statistics.median(times), min(times)]


def measure(frame: Frame, programs: list, rounds: int, runs: int) -> dict[str, dict[str, tuple[float, float]]]:
    """By program and part: the median of the rounds' medians, and the least of all."""
    programs = [program for program in programs if program.reads(frame)]
    found: dict[str, list] = {program.title: [] for program in programs}
    for number in range(rounds):
        start = number % len(programs)
        for program in programs[start:] + programs[:start]:
            found[program.title].append(program.times(frame, runs))
    return {
        title: {
            part: (statistics.median(r[part][0] for r in results), min(r[part][1] for r in results))
            for part in ("input", "label")}
        for title, results in found.items()}


def report(frame: Frame, programs: list, times: dict) -> list[str]:
    """Prints the rows of one frame, and returns the bars that do not hold."""
    missed = []
    linnet, *others = [program for program in programs if program.reads(frame)]
    reference, label = linnet.tensor(frame).astype(int), linnet.label(frame)
    print(f"\n{frame.title}, label {label}")
    for program in others:
        apart = np.abs(program.tensor(frame).astype(int) - reference).mean()
        print(f"  {program.title}: label {program.label(frame)}, tensors {apart:.2f} grey levels apart")
    if frame.pixels == "MJPG":
        print(f"  entropy decoding is {linnet.entropy(frame, 100):.0%} of Linnet's time to the input")
    for part, bar in zip(("input", "label"), BARS[frame.pixels, frame.height]):
        mine = times["Linnet"][part]
        row = [f"  to the {part:5}  Linnet {mine[0]:6.3f} ms ({mine[1]:.3f})"]
        for program in others:
            theirs = times[program.title][part]
            row.append(f"{program.title} {theirs[0]:6.3f} ms, {theirs[0] / mine[0]:5.2f} × ({theirs[1] / mine[1]:.2f})")
        ratio = min(times[program.title][part][0] for program in others) / mine[0]
        print("   ".join(row) + f"   bar {bar} ×{'' if ratio >= bar else ': missed'}")
        if ratio < bar:
            missed.append(f"{frame.title} to the {part}: {ratio:.2f} × instead of {bar} ×")
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="camera", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS)
    parser.add_argument("--linnet", default=str(ROOT / ".build/release/linnet"))
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--quality", type=int, default=85)
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    if not Path(chosen.linnet).is_file():
        parser.error(f"{chosen.linnet} is not there: swift build -c release --product linnet")
    cv2.setNumThreads(1)
    picture = Image.open(PICTURES / "try/cat/cat-1.jpg").convert("RGB")
    missed = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network = Network(folder)
        programs = [
            Linnet(os.path.abspath(chosen.linnet), folder), Program("OpenCV + LiteRT", by_opencv, network),
            Program("Pillow + LiteRT", by_pillow, network)]
        print(f"load average {os.getloadavg()[0]:.1f}; OpenCV {cv2.__version__}, Pillow {Image.__version__}; "
              f"{chosen.rounds} rounds of {chosen.runs} frames, medians (least)")
        for pixels in ("YUYV", "MJPG"):
            for width, height in ((640, 480), (1920, 1080)):
                frame = Frame(picture, pixels, width, height, chosen.quality, folder)
                missed += report(frame, programs, measure(frame, programs, chosen.rounds, chosen.runs))
    if missed and chosen.check:
        sys.exit("camera: " + "; ".join(missed))


if __name__ == "__main__":
    main()
