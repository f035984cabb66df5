"""Frames that are not whole, requests that fail, streams that break off or dry up."""

from rig.bench import Bench
from rig.scenario import require, scenario
from rig.watching import Watch

# What the emulated processor may take beyond what is promised of a real one.
ALLOWANCE = 0.5


def goes_on(watch: Watch, count: str, least: int) -> str:
    """A count has grown while the stream went on."""
    watch.wait(f"{count} ≥ {least}", lambda line: line["event"] == "frame" and line["counts"][count] >= least, 10)
    watch.frames(3, 5)
    require(len(watch.events("source")) == 1, f"the source was not only open: {watch.events('source')}")
    return f"{count} {watch.counts[count]}, {watch.counts['delivered']} frames delivered"


def breaks(watch: Watch, cause, within: float, word: str) -> dict:
    """Something makes the source wait; the line that says so, once, with a word on why."""
    watch.skip()
    cause()
    waiting = watch.source("waiting", within)
    require(word in waiting["message"], f"“{waiting['message']}” does not say “{word}”")
    return waiting


def comes_back(watch: Watch, seconds: float = 3 + ALLOWANCE) -> float:
    """The source comes back by itself; the seconds that it took from the word that it waits."""
    back = watch.source("back", seconds)
    watch.frames(3, 5)
    waits = [line for line in watch.events("source") if line["state"] == "waiting"]
    took = back["time"] - waits[-1]["time"]
    require(len(waits) == len([line for line in watch.events("source") if line["state"] == "back"]), "said twice")
    return took


@scenario("the error flag on one buffer: dropped, counted, the stream goes on")
def error_flag(bench: Bench) -> str:
    vivid = bench.vivid()
    watch = bench.watch(f"--camera {vivid.node}")
    watch.frames(3)
    vivid.set(inject_v4l2_buf_flag_error=1)
    return goes_on(watch, "broken", 1)


@scenario("the error bit of a USB camera, let through by uvcvideo: dropped, counted, the stream goes on", short=False)
def usb_error_bit(bench: Bench) -> str:
    camera = bench.usb_camera(options="nodrop=1")
    watch = bench.watch(f"--camera {camera.node} --format MJPG")
    watch.frames(3)
    camera.tell("error 2")
    return goes_on(watch, "broken", 2)


@scenario("a short buffer, let through by uvcvideo: dropped, counted, the stream goes on")
def short_buffer(bench: Bench) -> str:
    camera = bench.usb_camera(options="nodrop=1")
    watch = bench.watch(f"--camera {camera.node} --format YUYV")
    watch.frames(3)
    camera.tell("short 2")
    return goes_on(watch, "broken", 2)


@scenario("a short buffer, dropped by uvcvideo as is usual: missed, counted, the stream goes on", short=False)
def missing_buffer(bench: Bench) -> str:
    camera = bench.usb_camera()
    watch = bench.watch(f"--camera {camera.node} --format YUYV")
    watch.frames(3)
    missed = watch.counts["missed"]
    camera.tell("short 2")
    return goes_on(watch, "missed", missed + 2)


@scenario("MJPG cut in half, and random bytes: dropped, counted, the stream goes on")
def truncated_mjpg(bench: Bench) -> str:
    camera = bench.usb_camera()
    watch = bench.watch(f"--camera {camera.node} --format MJPG")
    watch.frames(3)
    camera.tell("short 2")
    goes_on(watch, "broken", 2)
    camera.tell("garbage 2")
    return goes_on(watch, "broken", 4)


@scenario("requests of the video API that fail once: a typed error, open within 3 s")
def failing_requests(bench: Bench) -> str:
    vivid = bench.vivid()
    took = []
    for control, request in (("reqbufs", "VIDIOC_REQBUFS"), ("qbuf", "VIDIOC_QBUF"), ("streamon", "VIDIOC_STREAMON")):
        vivid.set(**{f"inject_vidioc_{control}_error": 1})
        watch = bench.watch(f"--camera {vivid.node}")
        began = watch.wait("source line", lambda line: line["event"] == "source", 20)
        first = watch.frame(3 + ALLOWANCE)
        require(first["counts"]["reopened"] >= 1, f"{request} did not fail")
        waits = [line["message"] for line in watch.events("source") if line["state"] == "waiting"]
        require(len(waits) == 1 and request in waits[0], f"{request} is not named once: {waits}")
        took.append(f"{request} {first['time'] - began['time']:.1f} s")
        watch.stop()
    return ", ".join(took)


@scenario("a request that fails while frames come: a typed error, back within 3 s", short=False)
def failing_requeue(bench: Bench) -> str:
    vivid = bench.vivid()
    watch = bench.watch(f"--camera {vivid.node}")
    watch.frames(3)
    breaks(watch, lambda: vivid.set(inject_vidioc_qbuf_error=1), 2 + ALLOWANCE, "VIDIOC_QBUF")
    return f"back after {comes_back(watch):.1f} s"


@scenario("a fatal stream error: noticed within 2 s, back within 3 s")
def fatal_stream(bench: Bench) -> str:
    vivid = bench.vivid()
    watch = bench.watch(f"--camera {vivid.node}")
    watch.frames(3)
    breaks(watch, lambda: vivid.set(inject_fatal_streaming_error=1), 2 + ALLOWANCE, "broke off")
    return f"back after {comes_back(watch):.1f} s"


@scenario("no frame comes any more: noticed after --stall, 2 s by itself; back when they come again")
def stall(bench: Bench) -> str:
    vivid = bench.vivid()
    noticed = []
    for seconds, option in ((2.0, ""), (1.0, "--stall 1")):
        watch = bench.watch(f"--camera {vivid.node} {option}")
        watch.frames(3)
        waiting = breaks(
            watch, lambda: vivid.set(percentage_of_dropped_buffers=100), seconds + 2 * ALLOWANCE + 1, "no whole picture")
        after = waiting["time"] - watch.events("frame")[-1]["time"]
        require(after <= seconds + ALLOWANCE, f"noticed {after:.2f} s after the last frame")
        decision = watch.wait("decision", lambda line: line["event"] == "decision", 2)
        require(decision["state"] == "no picture", f"the state is {decision['state']}")
        bench.pause(1)
        vivid.set(percentage_of_dropped_buffers=0)
        comes_back(watch)
        noticed.append(f"{after:.2f} s")
        watch.stop()
    return f"noticed {' and '.join(noticed)} after the last frame"


@scenario("a USB camera that stops sending: noticed within 2 s, back within 3 s of its resuming", short=False)
def usb_stall(bench: Bench) -> str:
    camera = bench.usb_camera()
    watch = bench.watch(f"--camera {camera.node}")
    watch.frames(3)
    breaks(watch, lambda: camera.tell("stall"), 2 + 2 * ALLOWANCE, "no whole picture")
    bench.pause(3)
    camera.tell("resume")
    comes_back(watch)
    return "one word each"


@scenario("every second frame is lost: goes on, counted")
def half_dropped(bench: Bench) -> str:
    vivid = bench.vivid()
    watch = bench.watch(f"--camera {vivid.node}")
    watch.frames(3)
    vivid.set(percentage_of_dropped_buffers=50)
    watch.skip()
    before = watch.counts["missed"]
    watch.frames(30)
    missed = watch.counts["missed"] - before
    require(missed >= 5, f"only {missed} frames are counted as missed")
    require(len(watch.events("source")) == 1, f"the source was not only open: {watch.events('source')}")
    return f"{missed} missed beside 30 that came"
