"""Instructions of a run by callgrind, and of kernels by reading what the compiler made of them."""

import collections
import json
import os
import re
import subprocess
from pathlib import Path

# What a run costs depends on the plan, and the plan on the cache: not the machine's, but always this one.
ENVIRONMENT = {"LINNET_L2": "1M", "SWIFT_DETERMINISTIC_HASHING": "1"}


def bench(program: Path, model: Path, isa: str, runs: int, *under: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*under, program, "bench", model, "--runs", str(runs), "--json"],
        env=os.environ | ENVIRONMENT | {"LINNET_ISA": isa}, capture_output=True, text=True)


def arena_bytes(program: Path, model: Path, isa: str) -> int | None:
    """Bytes of the arena, or None where this machine lacks the instruction set."""
    run = bench(program, model, isa, 1)
    return json.loads(run.stdout)["arena_bytes"] if run.returncode == 0 else None


def of_one_run(program: Path, model: Path, isa: str, folder: Path) -> dict[str, int]:
    """Instructions of each function in one inference: what two benches with different numbers of runs differ by.

    `linnet bench --runs n` runs the network n times to warm up and n times more.
    """
    few, many = (callgrind(program, model, isa, runs, folder / "callgrind.out") for runs in (1, 2))
    counts = {name: round((many[name] - few[name]) / 2) for name in many}
    return {name: count for name, count in sorted(counts.items(), key=lambda item: -item[1]) if count > 0}


def callgrind(program: Path, model: Path, isa: str, runs: int, report: Path) -> collections.Counter:
    run = bench(program, model, isa, runs, "valgrind", "--tool=callgrind", f"--callgrind-out-file={report}",
                "--compress-strings=no", "--compress-pos=no")
    if run.returncode != 0:
        raise SystemExit(f"check-instructions: linnet bench under callgrind with {isa} failed:\n{run.stderr[-1000:]}")
    counts: collections.Counter = collections.Counter()
    function, is_call = "", False
    for line in report.read_text().splitlines():
        if line.startswith("fn="):
            function = line[3:]
        elif line.startswith("calls="):
            is_call = True
        elif line[:1].isdigit():
            if not is_call:
                counts[function] += int(line.split()[1])
            is_call = False
    return counts


def of_kernels(objects: Path) -> dict[str, dict]:
    """For each function of the VNNI kernels' object files: its instructions, and those of each innermost loop."""
    kernels = {}
    files = sorted([*objects.glob("*/avxvnni.c.o"), *objects.glob("*/avx512vnni.c.o")])
    if not files:
        raise SystemExit(f"check-instructions: no object files of kernels in {objects}")
    for file in files:
        listing = subprocess.run(
            ["objdump", "-d", "--no-show-raw-insn", file], check=True, capture_output=True, text=True).stdout
        for block in re.split(r"\n(?=[0-9a-f]{8,} <)", listing)[1:]:
            name = re.match(r"[0-9a-f]+ <(.*)>:", block)[1]
            kernels[f"{file.parent.name}/{file.name[:-4]} {name}"] = of_function(block)
    return kernels


FILLING = ("nop", "data16", "cs", "xchg   %ax,%ax", "int3")


def of_function(block: str) -> dict:
    lines = [(int(address, 16), text.strip())
             for address, text in re.findall(r"^ +([0-9a-f]+):\t(.+)$", block, re.MULTILINE)]
    lines = [(address, text) for address, text in lines if not text.startswith(FILLING)]
    backward = set()
    for address, text in lines:
        jump = re.match(r"j\w+\s+([0-9a-f]+)\b", text)
        if jump and lines[0][0] <= int(jump[1], 16) <= address:
            backward.add((int(jump[1], 16), address))
    innermost = [loop for loop in sorted(backward) if not any(
        other != loop and loop[0] <= other[0] and other[1] <= loop[1] for other in backward)]
    loops = []
    for first, last in innermost:
        body = [text for address, text in lines if first <= address <= last]
        loops.append([len(body), sum("vpdpbusd" in text for text in body)])
    return {"instructions": len(lines), "loops": loops}
