"""Pictures that change their size or format without being asked."""

from rig.bench import Bench
from rig.pictures import bars, read_png
from rig.scenario import require, scenario
from rig.watching import Watch

PATIENCE = 8


def is_never_skewed(watch: Watch) -> None:
    """Whatever was looked at, it was the picture of the bars."""
    wrong = [line for line in watch.events("frame") if line["saw"] and line["saw"]["label"] != "bars"]
    require(not wrong, f"a skewed picture was looked at: {wrong[:1]}")


@scenario("MJPG frames of another size than agreed on: taken as they are, or said; never skewed")
def mjpg_size_change(bench: Bench) -> str:
    camera = bench.usb_camera()
    watch = bench.watch(f"--camera {camera.node} --format MJPG --snapshot /share/changed.png --agree 1")
    watch.frames(3)
    camera.tell("send 320 240")
    watch.skip()
    line = watch.wait(
        "frame of the new size, or word of the change",
        lambda line: line["event"] == "source" or line["event"] == "frame" and line["width"] == 320, PATIENCE)
    seen = f"the source is {line['state']}: {line['message']}" if line["event"] == "source" else "frames of 320×240"
    camera.tell("send 0 0")
    watch.wait("frame of 640×480", lambda line: line["event"] == "frame" and line["width"] == 640, PATIENCE)
    is_never_skewed(watch)
    return seen


@scenario("YUYV frames of another size than agreed on: none is looked at, and it is said", short=False)
def yuyv_size_change(bench: Bench) -> str:
    camera = bench.usb_camera(options="nodrop=1")
    watch = bench.watch(f"--camera {camera.node} --format YUYV")
    watch.frames(3)
    camera.tell("send 320 240")
    waiting = watch.source("waiting", PATIENCE)
    camera.tell("send 0 0")
    watch.source("back", PATIENCE)
    watch.frames(3)
    is_never_skewed(watch)
    return waiting["message"]


@scenario("the signal of an HDMI input changes its size: renegotiated or said; never skewed")
def source_change(bench: Bench) -> str:
    vivid = bench.vivid("num_inputs=1 input_types=0x3")
    watch = bench.watch(f"--camera {vivid.node} --snapshot /share/changed.png --agree 1")
    watch.frames(3)
    watch.skip()
    vivid.set(dv_timings_signal_mode=4)
    vivid.set(dv_timings=0)
    line = watch.wait("word of the change", lambda line: line["event"] == "source", PATIENCE)
    watch.frames(3, PATIENCE)
    is_never_skewed(watch)
    return f"the source is {line['state']}: {line['message']}"


@scenario("another program sets another format while linnet waits: asked for anew, never skewed", short=False)
def format_set_by_another(bench: Bench) -> str:
    camera = bench.usb_camera()
    watch = bench.watch(f"--camera {camera.by_id} --format YUYV --snapshot /share/changed.png --agree 1")
    watch.frames(3)
    # No stream can be opened while the camera refuses to agree on a format.
    camera.tell("refuse", "stall")
    watch.source("waiting", PATIENCE)
    bench.pause(1)
    camera.tell("accept", "resume")
    bench.machine.run(f"v4l2-ctl --device {camera.node} --set-fmt-video width=1280,height=720,pixelformat=MJPG", check=False)
    watch.source("back", PATIENCE)
    watch.frames(3)
    is_never_skewed(watch)
    error = read_png(bench.share("changed.png")).error(bars(640, 480))
    require(error <= 3, f"mean colour error {error:.2f} levels")
    return f"mean error {error:.2f}"
