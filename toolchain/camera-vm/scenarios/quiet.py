"""What a frame costs the kernel and the allocator."""

import re
from collections import Counter

from rig.bench import Bench
from rig.scenario import require, scenario

FEW, MANY = 20, 120
MORE = MANY - FEW
# Single calls that the kernel's timers or a late decision make; a cost a frame would be MORE.
SLACK = MORE // 10
NEEDED = {"poll", "VIDIOC_DQBUF", "VIDIOC_QBUF"}
# A system call only where the clock cannot be read without one, as on an emulated processor.
CLOCK = "clock_gettime"
FILES = "--model /usr/share/linnet/thumbnail.linnet --head /usr/share/linnet/thumbnail.head --threads 1"


@scenario("a frame to its label: poll, DQBUF and QBUF, and no other system call", short=False)
def quiet_calls(bench: Bench) -> str:
    vivid = bench.vivid()

    def calls(count: int) -> Counter:
        bench.machine.run(
            f"strace -f -o /share/calls linnet watch --camera {vivid.node} {FILES} --motion 0 --count {count} >/tmp/lines",
            90)
        lines = bench.share("calls").read_text().splitlines()
        names = (re.match(r"\d+ +(\w+)\((?:\d+, (VIDIOC_\w+))?", line) for line in lines)
        return Counter(match[2] or match[1] for match in names if match)

    more = calls(MANY)
    more.subtract(calls(FEW))
    odd = {name: count for name, count in more.items() if count > SLACK and name not in NEEDED | {CLOCK}}
    require(not odd, f"{MORE} frames more make {odd} calls more")
    require(all(more[name] >= MORE - SLACK for name in ("VIDIOC_DQBUF", "VIDIOC_QBUF")), f"no frames were seen: {more}")
    return "a frame: " + ", ".join(f"{name} {more[name] / MORE:.1f}" for name in sorted(NEEDED | {CLOCK}))


@scenario("a frame to its label: no allocation and no lock", short=False)
def quiet_allocator(bench: Bench) -> str:
    vivid = bench.vivid()
    def counted(count: int) -> tuple[int, int]:
        bench.share("counts").unlink(missing_ok=True)
        bench.machine.run(
            "LD_PRELOAD=/usr/lib/count.so LINNET_COUNTS=/share/counts "
            f"linnet watch --camera {vivid.node} {FILES} --motion 0 --count {count} >/tmp/lines", 90)
        require(bench.machine.run("cat /tmp/lines").output.strip(), "nothing was decided")
        allocations, locks = bench.share("counts").read_text().split()
        return int(allocations), int(locks)

    for name, few, many in zip(("allocations", "locks"), counted(FEW), counted(MANY)):
        require(many - few <= SLACK, f"{MORE} frames more make {many - few} {name} more")
    return f"{MORE} frames: nothing"
