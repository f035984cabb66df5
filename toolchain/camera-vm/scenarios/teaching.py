"""Labels that are taught to a camera: by `linnet enrol --camera`, and by keys in `linnet teach`."""

import json

from rig.bench import Bench, Vivid
from rig.scenario import require, scenario
from rig.watching import START_SECONDS

MODEL, STORE = "--model /usr/share/linnet/thumbnail.linnet", "--store /tmp/store"
# Patterns of vivid that differ, and a slow movement: shots of one thing must differ as well.
PATTERNS = {"bars": 1, "squares": 4}
MOVING, STILL = {"horizontal_movement": 4}, {"horizontal_movement": 3}
SECONDS_TO_END = 1.0


def taught(bench: Bench) -> dict[str, int]:
    """The labels in the store and how many captures each has."""
    heads = json.loads(bench.machine.run(f"linnet labels --json {STORE}", check=False).output)["heads"]
    return {label["label"]: label["captures"] for head in heads for label in head["labels"]}


def recognised(bench: Bench, vivid: Vivid) -> None:
    watch = bench.watch(f"--camera {vivid.node} {STORE}", taught=True)
    for label, pattern in PATTERNS.items():
        vivid.set(test_pattern=pattern)
        watch.wait(f"word of the {label}", lambda line: line["event"] == "decision" and line["label"] == label, START_SECONDS)


def begin(bench: Bench) -> Vivid:
    bench.machine.run("rm -rf /tmp/store")
    vivid = bench.vivid()
    vivid.set(**MOVING)
    return vivid


@scenario("linnet enrol --camera takes shots that differ, and linnet watch then knows them", short=False)
def enrol_from_camera(bench: Bench) -> str:
    vivid = begin(bench)
    for label, pattern in PATTERNS.items():
        vivid.set(test_pattern=pattern)
        bench.machine.run(
            f"linnet enrol {label} --camera {vivid.node} --count 3 --countdown 1 {MODEL} {STORE}", START_SECONDS)
    counts = taught(bench)
    require(counts == dict.fromkeys(PATTERNS, 3), f"the store has {counts}")
    recognised(bench, vivid)
    return f"{counts}, both known again"


@scenario("linnet teach takes shots by keys in a terminal, and linnet watch then knows them", short=False)
def teach_by_keys(bench: Bench) -> str:
    vivid = begin(bench)
    teach = teaching(bench, vivid)
    for key, (label, pattern) in enumerate(PATTERNS.items(), start=1):
        vivid.set(test_pattern=pattern)
        for count in range(1, 4):
            bench.pause(0.7)
            bench.machine.run(f"printf {key} >/tmp/keys")
            bench.machine.until(lambda: taught(bench).get(label) == count, START_SECONDS, f"shot {count} of {label}")
    bench.machine.run("printf q >/tmp/keys")
    require(teach.wait(START_SECONDS) == 0, f"it ended with {teach.status}: {teach.output[-300:]}")
    recognised(bench, vivid)
    return f"{taught(bench)}, both known again"


def teaching(bench: Bench, vivid: Vivid):
    """`linnet teach` in a terminal of its own, with the picture drawn; keys come from /tmp/keys."""
    command = f"stty cols 80 rows 24; exec linnet teach {' '.join(PATTERNS)} --camera {vivid.node} {MODEL} {STORE}"
    teach = bench.start(f"rm -f /tmp/keys; mkfifo /tmp/keys; TERM=xterm exec script -qefc '{command}' /dev/null <>/tmp/keys")
    bench.machine.until(lambda: "bars" in teach.output, START_SECONDS, "the screen of linnet teach")
    return teach


@scenario("SIGTERM and SIGINT while linnet enrol counts down and linnet teach draws: the end within 1 s, buffers returned", short=False)
def signals_while_teaching(bench: Bench) -> str:
    vivid = begin(bench)
    times = []
    for signal in ("TERM", "INT"):
        for state in ("enrol", "teach"):
            if state == "enrol":
                job = bench.start(f"exec linnet enrol bars --camera {vivid.node} --countdown 60 {MODEL} {STORE}")
                bench.machine.until(lambda: "60" in job.errors, START_SECONDS, "the countdown")
            else:
                job = teaching(bench, vivid)
            took = bench.machine.end(int(bench.machine.run("pidof linnet").output), signal)
            job.wait(10)
            require(took <= SECONDS_TO_END, f"{state}: {took:.2f} s from SIG{signal} to the end")
            bench.machine.run(f"v4l2-ctl --device {vivid.node} --stream-mmap --stream-count=1")
            times.append(f"{state} {took:.2f} s")
    return ", ".join(times)
