#!/usr/bin/env python3
"""What `linnet doctor` finds of planted faults, and what it complains of without.

    toolchain/bench/doctor [--data ../shared/data] [--sets A,B] [--captures 10] [--rounds 2]
                           [--linnet .build/release/linnet] [--json]

A round takes so many captures of each class of a set, as they are, and counts the captures complained of; then plants
faults, a twentieth of the captures each, and counts how many are found: a picture moved to another class, a picture saved anew
(quality 50 at 80 % of its size), a dark one (an eighth of its brightness), a blurred one (a Gaussian of 1.5 % of the shorter side).
The pictures of a manifest's groups are taken from different groups, so that captures are as different as the set allows.
Complaints of clean sets are an upper bound of false alarms: sets have true faults. About five minutes with everything.
"""

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageFilter

ROOT = Path(__file__).resolve().parent.parent.parent
SETS = ("blood-cells", "caltech101-20", "clothing", "grocery", "pacs-photo", "pacs-sketch", "trashnet")
KINDS = {"mislabelled": {"mislabelled"}, "duplicate": {"duplicate", "conflict"}, "dark": {"dark", "blank"}, "blurred": {"blurred"}}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--sets", type=lambda text: text.split(","), default=SETS)
    parser.add_argument("--captures", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--linnet", type=Path, default=ROOT / ".build/release/linnet")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if not chosen.linnet.exists():
        parser.error(f"{chosen.linnet} is not there: swift build -c release")
    for name in chosen.sets:
        if not (chosen.data / name).is_dir():
            parser.error(f"{chosen.data} has no set {name}")
    return chosen


def draw(folder: Path, count: int, dice: random.Random) -> dict[str, list[Path]]:
    groups = {}
    if (folder / "manifest.csv").exists():
        with open(folder / "manifest.csv") as file:
            groups = {row["file"]: row["group"] for row in csv.DictReader(file) if row.get("group")}
    taken = {}
    for place in sorted(entry for entry in folder.iterdir() if entry.is_dir()):
        pictures = sorted(path for path in place.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
        dice.shuffle(pictures)
        chosen, seen = [], set()
        for path in pictures:
            group = groups.get(str(path.relative_to(folder)), str(path))
            if group not in seen and len(chosen) < count:
                seen.add(group)
                chosen.append(path)
        taken[place.name] = chosen
    return taken


def link(taken: dict[str, list[Path]], target: Path) -> None:
    for label, pictures in taken.items():
        (target / label).mkdir(parents=True)
        for number, path in enumerate(pictures):
            (target / label / f"{number:04}{path.suffix}").symlink_to(path.resolve())


def plant(target: Path, dice: random.Random) -> dict[str, set[str]]:
    """Spoils captures in place; the names of those that each kind should find (of a copy, both)."""
    pictures = sorted(path for path in target.rglob("*") if path.is_symlink())
    number = max(1, len(pictures) // 20)
    victims = dice.sample(pictures, 4 * number)
    name = lambda path: str(path.relative_to(target))
    planted = {kind: set() for kind in KINDS}
    for path in victims[:number]:
        others = sorted(place for place in target.iterdir() if place != path.parent)
        moved = dice.choice(others) / f"moved-{path.parent.name}-{path.name}"
        path.rename(moved)
        planted["mislabelled"].add(name(moved))
    for path in victims[number:2 * number]:
        picture = Image.open(path).convert("RGB")
        small = picture.resize((max(1, picture.width * 4 // 5), max(1, picture.height * 4 // 5)), Image.BICUBIC)
        copy = path.with_name(f"copy-{path.stem}.jpg")
        small.save(copy, quality=50)
        planted["duplicate"].add(name(copy))
    for kind, change in (
        ("dark", lambda picture: picture.point(lambda value: value // 8)),
        ("blurred", lambda picture: picture.filter(ImageFilter.GaussianBlur(0.015 * min(picture.size)))),
    ):
        first = 2 * number if kind == "dark" else 3 * number
        for path in victims[first:first + number]:
            picture = change(Image.open(path).convert("RGB"))
            path.unlink()
            spoilt = path.with_name(f"{kind}-{path.stem}.jpg")
            picture.save(spoilt, quality=90)
            planted[kind].add(name(spoilt))
    return planted


def examine(linnet: Path, folder: Path, store: str) -> dict:
    run = subprocess.run(
        [linnet, "doctor", folder, "--json", "--store", store], stdout=subprocess.PIPE, text=True)
    if run.returncode not in (0, 2):
        sys.exit(f"bench/doctor: linnet doctor ended with {run.returncode}")
    return json.loads(run.stdout)


def found(report: dict, kinds: set[str]) -> set[str]:
    return {name for finding in report["findings"] if finding["kind"] in kinds for name in finding["captures"]}


def measure(chosen: argparse.Namespace, name: str) -> dict:
    total = {"captures": 0, "accuracy": 0.0, "classes": {}}
    for kind in KINDS:
        total[kind] = {"planted": 0, "found": 0, "clean": 0}
    for number in range(chosen.rounds):
        dice = random.Random(f"{name} {number}")
        taken = draw(chosen.data / name, chosen.captures, dice)
        with tempfile.TemporaryDirectory() as folder:
            clean, spoilt = Path(folder) / "clean", Path(folder) / "spoilt"
            link(taken, clean)
            report = examine(chosen.linnet, clean, folder + "/store")
            total["captures"] += report["captures"]
            total["accuracy"] += report["balanced_accuracy"] / chosen.rounds
            for kind, kinds in KINDS.items():
                total[kind]["clean"] += len(found(report, kinds))
            for finding in report["findings"]:
                if finding["kind"] not in ("mislabelled", "dark", "blurred", "duplicate", "conflict"):
                    total["classes"][finding["kind"]] = total["classes"].get(finding["kind"], 0) + 1
            link(taken, spoilt)
            planted = plant(spoilt, dice)
            report = examine(chosen.linnet, spoilt, folder + "/store")
            for kind, kinds in KINDS.items():
                total[kind]["planted"] += len(planted[kind])
                total[kind]["found"] += len(planted[kind] & found(report, kinds))
    return total


def main() -> None:
    chosen = options()
    results = {name: measure(chosen, name) for name in chosen.sets}
    if chosen.json:
        print(json.dumps(results))
        return
    print(f"{'found of planted, complaints of clean captures':50}" + "".join(f"{kind:>20}" for kind in KINDS))
    for name, total in results.items():
        cells = [
            f"{total[kind]['found']}/{total[kind]['planted']}, {100 * total[kind]['clean'] / total['captures']:.1f} %"
            for kind in KINDS]
        others = ", ".join(f"{kind} {count}" for kind, count in total["classes"].items())
        lead = f"{name}, {total['captures']} captures, held out {total['accuracy']:.3f}"
        print(f"{lead:50}" + "".join(f"{cell:>20}" for cell in cells) + ("   " + others if others else ""))


if __name__ == "__main__":
    main()
