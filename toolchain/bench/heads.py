"""Times the learning of heads beside scikit-learn, in one run, on the same numbers, on one thread each.

    toolchain/bench/heads [LINNET] [--classes 20] [--shots 10] [--features FILE.npy --labels FILE]
                          [--methods logistic,auto,...] [--runs 5] [--check]

The numbers are made up, 1280 an embedding as of EfficientNet-Lite0, unless --features names a .npy file of float32 and
--labels a file with a label a line. For `logistic` scikit-learn's LogisticRegression minimises the same loss, with the
largest tolerance that brings it within 1e-4 of the least loss found. Times are processor times, so that what else the
machine does counts less; compare them only with each other. Memory is what learning needs beside the shots, over the
bytes of the embeddings. --check ends with 1 unless: logistic is 5 times as fast as scikit-learn and within 1e-4 of its
loss, one more shot of a prototype head takes at most 50 µs, auto at most 0.5 s, and memory is at most 4.
"""

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parent.parent.parent


def made_up(classes, shots, dimension=1280):
    """Sparse and positive like pooled activations: a common part, a part of the class, and the rest."""
    lot = np.random.default_rng(1)
    common = lot.gamma(0.6, 1.0, dimension)
    centres = lot.gamma(0.4, 1.0, (classes, dimension))
    labels = np.repeat(np.arange(classes), shots)
    rest = lot.gamma(0.3, 2.0, (len(labels), dimension))
    return (common + centres[labels] + rest).astype(np.float32), labels


def loss(weights, bias, features, labels):
    """What both minimise: ten times the balanced cross-entropy, and half the squared weights."""
    scores = features.astype(np.float64) @ weights.T.astype(np.float64) + bias
    scores -= scores.max(axis=1, keepdims=True)
    own = scores[np.arange(len(labels)), labels] - np.log(np.exp(scores).sum(axis=1))
    counts = np.bincount(labels)
    strengths = (len(labels) / (len(counts) * counts))[labels]
    return -10 * (strengths * own).sum() + 0.5 * (weights.astype(np.float64) ** 2).sum()


def tensors(path):
    """The tensors of a head file, float32."""
    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    return {
        name: np.frombuffer(
            data[8 + length :][slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        for name, entry in header.items() if name != "__metadata__" and entry["dtype"] == "F32"
    }


def linnet(program, folder, method, runs, update=False):
    command = [
        program, "bench-heads", f"{folder}/shots.npy", "--labels", f"{folder}/shots.txt", "--method", method,
        "--runs", str(runs), "--output", f"{folder}/{method}.head", "--json"] + ["--update"] * update
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit(run.returncode)
    return json.loads(run.stdout)


def scikit_learn(features, labels, least, runs):
    """Processor milliseconds, loss and tolerance of the first fit that comes within 1e-4 of the least loss."""
    for tolerance in (1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 1e-7):
        best = float("inf")
        for _ in range(runs):
            begun = time.process_time()
            model = LogisticRegression(C=10, class_weight="balanced", tol=tolerance, max_iter=100_000)
            model.fit(features, labels)
            best = min(best, time.process_time() - begun)
        reached = loss(model.coef_, model.intercept_, features, labels)
        if reached <= least * (1 + 1e-4):
            break
    return best * 1e3, reached, tolerance


def main():
    parser = argparse.ArgumentParser(
        prog="heads", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        usage=argparse.SUPPRESS)
    parser.add_argument("linnet", nargs="?", type=Path, default=ROOT / ".build/release/linnet")
    parser.add_argument("--classes", type=int, default=20)
    parser.add_argument("--shots", type=int, default=10)
    parser.add_argument("--features", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--methods", default="prototype,knn,ridge,lda,logistic,mlp,auto")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-peer", action="store_true", help="leave scikit-learn out")
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    if not chosen.linnet.exists():
        parser.error(f"{chosen.linnet} is not there: swift build -c release")
    if (chosen.features is None) != (chosen.labels is None):
        parser.error("--features and --labels belong together")
    warnings.simplefilter("ignore")
    if chosen.features:
        features = np.load(chosen.features).astype(np.float32)
        names = chosen.labels.read_text().splitlines()
        order = {name: place for place, name in enumerate(dict.fromkeys(names))}
        labels = np.array([order[name] for name in names])
    else:
        features, labels = made_up(chosen.classes, chosen.shots)
        names = [f"class {label}" for label in labels]
    methods = chosen.methods.split(",")
    faults = []
    classes, mebibytes = labels.max() + 1, features.nbytes / 2**20
    print(f"{classes} classes, {len(labels)} shots of {features.shape[1]} numbers ({mebibytes:.1f} MiB), one thread\n")
    print("| method | processor ms | memory / embeddings | loss |")
    print("|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/shots.npy", features)
        Path(f"{folder}/shots.txt").write_text("\n".join(names) + "\n")
        results = {}
        for method in methods:
            result = linnet(chosen.linnet, folder, method, chosen.runs, update=method == "prototype")
            results[method] = result
            memory = (result["peak_bytes"] or 0) / features.nbytes
            value = ""
            if method == "logistic":
                head = tensors(f"{folder}/logistic.head")
                scaled = 10 * features / np.linalg.norm(features, axis=1, keepdims=True)
                result["loss"] = loss(head["weights"], head["bias"], scaled, labels)
                value = f"{result['loss']:.5f}"
            print(f"| {method} | {result['processor_ms']:.2f} | {memory:.1f} | {value} |", flush=True)
            if memory > 4:
                faults.append(f"{method} needs {memory:.1f} times the memory of the embeddings")
        if "logistic" in results and classes > 2 and not chosen.no_peer:
            ours = results["logistic"]
            exact = LogisticRegression(C=10, class_weight="balanced", tol=1e-9, max_iter=100_000)
            exact.fit(scaled.astype(np.float64), labels)
            least = min(loss(exact.coef_, exact.intercept_, scaled, labels), ours["loss"])
            took, reached, tolerance = scikit_learn(scaled, labels, least, min(chosen.runs, 3))
            print(f"| scikit-learn, tol {tolerance:g} | {took:.2f} | | {reached:.5f} |\n")
            faster, apart = took / ours["processor_ms"], ours["loss"] / least - 1
            print(f"logistic: {faster:.1f} times as fast as scikit-learn; its loss is {apart:+.1e} of the least found")
            if faster < 5:
                faults.append(f"logistic is only {faster:.1f} times as fast as scikit-learn")
            if apart > 1e-4:
                faults.append(f"the loss of logistic is {apart:.1e} above the least")
    if "prototype" in results:
        update = results["prototype"]["update_us"]
        print(f"prototype: one more shot takes {update:.1f} µs")
        if update > 50:
            faults.append(f"one more shot of a prototype head takes {update:.0f} µs")
    if "auto" in results and results["auto"]["processor_ms"] > 500:
        faults.append(f"auto takes {results['auto']['processor_ms']:.0f} ms")
    if faults and chosen.check:
        sys.exit("heads: " + "; ".join(faults))


if __name__ == "__main__":
    main()
