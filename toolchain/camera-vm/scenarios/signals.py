"""SIGTERM and SIGINT end the program within a second in every state, and the camera is free for the next one."""

from collections.abc import Callable

from rig.bench import Bench
from rig.scenario import require, scenario
from rig.watching import Watch
from scenarios.loss import lost

SECONDS = 1.0
SIGNALS = ("TERM", "INT")


def ends(bench: Bench, prepare: Callable[[], Watch], node: str | None, state: str) -> str:
    """`prepare` starts the program and brings it into the state."""
    times = []
    for signal in SIGNALS:
        watch = prepare()
        status, took = watch.stop(signal)
        require(status == 0, f"{state}: SIG{signal} ended it with {status}: {watch.job.errors.strip()}")
        require(took <= SECONDS, f"{state}: {took:.2f} s from SIG{signal} to the end")
        require(watch.lines[-1]["event"] == "end" and watch.lines[-1]["reason"] == "signal", f"{watch.lines[-1]}")
        if node:
            bench.machine.run(f"v4l2-ctl --device {node} --stream-mmap --stream-count=1")
        times.append(f"{took:.2f}")
    return f"{'/'.join(times)} s {state}"


@scenario("SIGTERM and SIGINT while frames come, while none come, and while waiting: the end within 1 s, buffers returned")
def signals(bench: Bench) -> str:
    vivid = bench.vivid()

    def streaming() -> Watch:
        watch = bench.watch(f"--camera {vivid.node}")
        watch.frames(3)
        return watch

    def dry() -> Watch:
        vivid.set(percentage_of_dropped_buffers=0)
        watch = bench.watch(f"--camera {vivid.node} --stall 60")
        watch.frames(3)
        vivid.set(percentage_of_dropped_buffers=100)
        bench.pause(1)
        return watch

    def stalled() -> Watch:
        vivid.set(percentage_of_dropped_buffers=0)
        watch = bench.watch(f"--camera {vivid.node} --stall 1")
        watch.frames(3)
        lost(watch, lambda: vivid.set(percentage_of_dropped_buffers=100))
        bench.pause(1)
        return watch

    def gone() -> Watch:
        if not vivid.is_bound:
            vivid.bind()
        watch = streaming()
        lost(watch, vivid.unbind)
        bench.pause(2)
        return watch

    seen = [ends(bench, streaming, vivid.node, "streaming")]
    for prepare, state in ((dry, "without frames"), (stalled, "stalled")):
        seen.append(ends(bench, prepare, None, state))
    vivid.set(percentage_of_dropped_buffers=0)
    seen.append(ends(bench, gone, None, "waiting"))
    vivid.bind()
    bench.machine.run(f"v4l2-ctl --device {vivid.node} --stream-mmap --stream-count=1")
    return ", ".join(seen)


@scenario("SIGTERM and SIGINT while a camera refuses to agree on a format: the end within 1 s", short=False)
def signals_while_opening(bench: Bench) -> str:
    camera = bench.usb_camera()

    def refused() -> Watch:
        camera.tell("accept", "resume")
        watch = bench.watch(f"--camera {camera.node} --stall 1")
        watch.frames(3)
        lost(watch, lambda: camera.tell("refuse", "stall"))
        bench.pause(1)
        return watch

    return ends(bench, refused, None, "opening")
