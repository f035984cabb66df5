"""Runs whole networks in our engine and in LiteRT (XNNPACK) on the same inputs and compares the output bytes.

    toolchain/bench/agree [MODEL.tflite…] [--data ../shared/data] [--pictures 250] [--random 50] [--engine linnet|numpy]
                          [--linnet .build/release/linnet] [--json]

Without models: every .tflite in DATA/tflite and DATA/weights/coral. Each is converted (`linnet-convert --whole`), then fed
random bytes and the pictures of DATA/imagenet-samples, evenly taken; uint8 is shifted by 128. `--engine numpy` runs the
converter's reference interpreter instead of `linnet run`.

An int8 network must have 99.9 % of its output bytes within 1 of LiteRT's and always the same greatest output; a uint8
network, whose depthwise weights may be scaled down, the same greatest output on 97 % of the pictures. Where a network's
greatest output stands several times, either is the same. Ends with 1 where one misses. About two minutes with everything.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from linnet_convert import interpreter
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
WITHIN, SAME_UINT8 = 0.999, 0.97
CROP = 224 / 256
BATCH = 10


class LiteRT:
    def __init__(self, path: Path):
        self.interpreter = Interpreter(str(path), num_threads=1)
        self.interpreter.allocate_tensors()
        self.input = self.interpreter.get_input_details()[0]
        self.output = self.interpreter.get_output_details()[0]
        types = [t["dtype"] for t in self.interpreter.get_tensor_details() if len(t["shape"]) == 4]
        self.is_int8 = np.int8 in types

    def run(self, codes: np.ndarray) -> np.ndarray:
        """A row of int8 codes a picture; uint8 at either end is shifted."""
        rows = []
        for picture in codes:
            if self.input["dtype"] == np.uint8:
                picture = (picture.astype(np.int16) + 128).astype(np.uint8)
            self.interpreter.set_tensor(self.input["index"], picture[None])
            self.interpreter.invoke()
            rows.append(self.interpreter.get_tensor(self.output["index"]).ravel().astype(np.int16))
        shift = 128 if self.output["dtype"] == np.uint8 else 0
        return np.stack(rows) - shift


class NumPy:
    def __init__(self, model: Path):
        self.model = interpreter.Interpreter(model.read_bytes(), str(model))

    def run(self, codes: np.ndarray) -> np.ndarray:
        parts = [self.model.run(codes[i : i + BATCH]) for i in range(0, len(codes), BATCH)]
        return np.concatenate(parts).reshape(len(codes), -1).astype(np.int16)


class Linnet:
    def __init__(self, model: Path, command: Path):
        self.model, self.command = model, command

    def run(self, codes: np.ndarray) -> np.ndarray:
        source, target = self.model.with_suffix(".x.npy"), self.model.with_suffix(".y.npy")
        np.save(source, codes)
        subprocess.run([self.command, "run", self.model, "--input", source, "--output", target], check=True,
                       stdout=subprocess.DEVNULL)
        return np.load(target).reshape(len(codes), -1).astype(np.int16)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="agree", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS)
    parser.add_argument("models", nargs="*", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--pictures", type=int, default=250)
    parser.add_argument("--random", type=int, default=50)
    parser.add_argument("--engine", choices=("linnet", "numpy"), default="linnet")
    parser.add_argument("--linnet", type=Path, default=ROOT / ".build/release/linnet")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    chosen.models = chosen.models or sorted(
        [*chosen.data.glob("tflite/*.tflite"), *chosen.data.glob("weights/coral/*.tflite")])
    if not chosen.models:
        parser.error(f"{chosen.data}: no .tflite files there; give --data the folder that has them, or name some")
    if chosen.engine == "linnet" and not chosen.linnet.exists():
        parser.error(f"{chosen.linnet} is not there: swift build -c release")
    return chosen


def pictures(chosen: argparse.Namespace, shape) -> np.ndarray:
    """Centre crops as int8 codes, pixel − 128; none for a network that takes no colour picture."""
    files = sorted((chosen.data / "imagenet-samples").glob("*.jpg"))
    count = min(chosen.pictures, len(files)) if shape[2] == 3 else 0
    result = np.zeros((count, *shape), np.int8)
    for i in range(count):
        picture = Image.open(files[i * len(files) // count]).convert("RGB")
        width, height = picture.size
        side = int(CROP * min(width, height))
        left, top = (width - side + 1) // 2, (height - side + 1) // 2
        cut = picture.crop((left, top, left + side, top + side)).resize((shape[1], shape[0]), Image.BICUBIC)
        result[i] = (np.asarray(cut).astype(np.int16) - 128).astype(np.int8)
    return result


def converted(network: Path, folder: Path) -> Path:
    model = folder / f"{network.stem}.linnet"
    command = [ROOT / "toolchain/convert/linnet-convert", network, "-o", model, "--whole"]
    if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"agree: {network} cannot be converted")
    return model


def compared(theirs: np.ndarray, ours: np.ndarray) -> dict:
    difference = np.abs(theirs - ours)
    same = np.take_along_axis(ours, theirs.argmax(axis=1)[:, None], axis=1)[:, 0] == ours.max(axis=1)
    same |= np.take_along_axis(theirs, ours.argmax(axis=1)[:, None], axis=1)[:, 0] == theirs.max(axis=1)
    return {
        "inputs": len(ours), "within_1": float((difference <= 1).mean()), "equal": float((difference == 0).mean()),
        "greatest_difference": int(difference.max()), "same_top_1": float(same.mean()),
        "same_first": float((theirs.argmax(axis=1) == ours.argmax(axis=1)).mean()),
    }


def broken(row: dict) -> bool:
    if row["type"] == "int8":
        return row["within_1"] < WITHIN or row["same_top_1"] < 1
    return row["inputs_are"] == "pictures" and row["same_top_1"] < SAME_UINT8


def rows(chosen: argparse.Namespace, folder: Path):
    for network in chosen.models:
        theirs, model = LiteRT(network), converted(network, folder)
        ours = NumPy(model) if chosen.engine == "numpy" else Linnet(model, chosen.linnet.resolve())
        shape = tuple(int(n) for n in theirs.input["shape"][1:])
        noise = np.random.default_rng(0).integers(-128, 128, (chosen.random, *shape)).astype(np.int8)
        for name, codes in (("random", noise), ("pictures", pictures(chosen, shape))):
            if len(codes):
                row = {"model": network.stem, "type": "int8" if theirs.is_int8 else "uint8", "inputs_are": name}
                row |= compared(theirs.run(codes), ours.run(codes))
                yield row | {"holds": not broken(row)}


def main() -> None:
    chosen = options()
    results = []
    if not chosen.json:
        print(f"agree: LiteRT beside {'the reference interpreter' if chosen.engine == 'numpy' else 'linnet run'}")
        print(f"{'network':<48}{'type':>6}{'inputs':>14}{'within 1':>10}{'equal':>9}{'most':>6}{'top-1':>9}{'first':>9}")
    with tempfile.TemporaryDirectory() as name:
        for row in rows(chosen, Path(name)):
            results.append(row)
            if not chosen.json:
                print(f"{row['model'][:46]:<48}{row['type']:>6}{row['inputs']:>5} {row['inputs_are']:<8}"
                      f"{row['within_1']:>10.3%}{row['equal']:>9.2%}{row['greatest_difference']:>6}"
                      f"{row['same_top_1']:>9.1%}{row['same_first']:>9.1%}{'' if row['holds'] else '  !'}", flush=True)
    if chosen.json:
        print(json.dumps(results, indent=1))
    missed = sorted({row["model"] for row in results if not row["holds"]})
    if missed:
        sys.exit(f"agree: a promise is broken for {', '.join(missed)}")


if __name__ == "__main__":
    main()
