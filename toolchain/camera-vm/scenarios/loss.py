"""Cameras that go away and come back."""

from rig.bench import Bench
from rig.scenario import require, scenario
from rig.watching import Watch
from scenarios.faults import ALLOWANCE, comes_back

ROUNDS, WARM_UP_ROUNDS, GREATEST_GROWTH = 50, 5, 512


def lost(watch: Watch, cause) -> None:
    watch.skip()
    cause()
    watch.source("waiting", 2 + ALLOWANCE)


def one_word_each(watch: Watch, rounds: int = 1) -> None:
    states = [line["state"] for line in watch.events("source")]
    require(states == ["open"] + ["waiting", "back"] * rounds, f"the source was said to be {states}")
    require(not watch.job.errors, f"on standard error: {watch.job.errors}")


@scenario("the driver says that the device is gone: waits, one message, back within 3 s")
def disconnect(bench: Bench) -> str:
    vivid = bench.vivid()
    watch = bench.watch(f"--camera {vivid.node}")
    watch.frames(3)
    lost(watch, lambda: vivid.set(disconnect=1))
    took = comes_back(watch)
    one_word_each(watch)
    return f"back after {took:.1f} s"


@scenario("the driver is unbound and bound: waits, one message, back within 3 s of its return")
def unbind_bind(bench: Bench) -> str:
    vivid = bench.vivid()
    watch = bench.watch(f"--camera {vivid.node}")
    watch.frames(3)
    lost(watch, vivid.unbind)
    bench.pause(2)
    vivid.bind()
    comes_back(watch)
    one_word_each(watch)
    return "one word each"


@scenario("a USB camera is unplugged and plugged in: waits, one message, back within 3 s of its return")
def unplug_replug(bench: Bench) -> str:
    camera = bench.usb_camera()
    watch = bench.watch(f"--camera {camera.by_id}")
    watch.frames(3)
    lost(watch, lambda: camera.tell("unplug"))
    bench.pause(2)
    camera.tell("plug 0")
    camera.appeared()
    comes_back(watch)
    one_word_each(watch)
    return "one word each"


@scenario("plugged in at another port, under another number: found again, and watched under its new name")
def replug_other_number(bench: Bench) -> str:
    camera = bench.usb_camera()
    before = camera.node
    watch = bench.watch(f"--camera {before}")
    watch.frames(3)
    # As long as someone has the old node open its number stays taken.
    bench.start(f"exec sleep 1000 <{before}")
    bench.pause(0.3)
    lost(watch, lambda: camera.tell("unplug"))
    camera.tell("plug 1")
    camera.appeared()
    comes_back(watch)
    after = camera.node
    require(after != before, f"it is {before} again: nothing was shown")
    one_word_each(watch)
    return f"{before} → {after}"


def grows_not(bench: Bench, watch: Watch, go, come) -> str:
    """Fifty rounds; descriptors and resident memory are the same at their end as after the first ones."""

    def measured() -> tuple[int, int]:
        job = bench.machine.run(
            f"ls /proc/{watch.job.process}/fd | wc -l; grep VmRSS /proc/{watch.job.process}/status")
        return int(job.output.split()[0]), int(job.output.split()[2])

    early = (0, 0)
    for number in range(ROUNDS):
        lost(watch, go)
        come()
        comes_back(watch)
        if number + 1 == WARM_UP_ROUNDS:
            early = measured()
    late = measured()
    one_word_each(watch, ROUNDS)
    require(late[0] == early[0], f"{early[0]} descriptors after {WARM_UP_ROUNDS} rounds, {late[0]} after {ROUNDS}")
    require(late[1] <= early[1] + GREATEST_GROWTH, f"{early[1]} KB after {WARM_UP_ROUNDS} rounds, {late[1]} after {ROUNDS}")
    return f"{late[0]} descriptors, {early[1]} → {late[1]} KB"


@scenario("fifty rounds of unbinding and binding: no descriptor, no memory more", short=False)
def fifty_unbinds(bench: Bench) -> str:
    vivid = bench.vivid()
    watch = bench.watch(f"--camera {vivid.node}")
    watch.frames(3)
    return grows_not(bench, watch, vivid.unbind, vivid.bind)


@scenario("fifty rounds of unplugging and plugging in: no descriptor, no memory more", short=False)
def fifty_replugs(bench: Bench) -> str:
    camera = bench.usb_camera()
    watch = bench.watch(f"--camera {camera.by_id}")
    watch.frames(3)
    return grows_not(bench, watch, lambda: camera.tell("unplug"), lambda: camera.tell("plug 0"))
