"""The rig itself: the kernel's drivers give pictures, without linnet."""

from rig.bench import Bench
from rig.pictures import BARS
from rig.scenario import require, scenario

FRAMES = "--stream-mmap --stream-count=5 --stream-to"


@scenario("vivid gives frames", linnet=False)
def rig_vivid(bench: Bench) -> str:
    vivid = bench.vivid()
    bench.machine.run(
        f"v4l2-ctl --device {vivid.node} --set-fmt-video width=640,height=480,pixelformat=RGB3 {FRAMES} /share/frames")
    frames = bench.share("frames").read_bytes()
    require(len(frames) == 5 * 640 * 480 * 3, f"{len(frames)} bytes")
    row = frames[640 * 240 * 3 : 640 * 241 * 3]
    seen = [tuple(row[(40 + 80 * bar) * 3 :][:3]) for bar in range(8)]
    require(seen == BARS, f"no colour bars: {seen}")
    return "5 frames of colour bars"


@scenario("the USB camera gives frames on the stock uvcvideo driver", linnet=False)
def rig_usb_camera(bench: Bench) -> str:
    camera = bench.usb_camera()
    for pixels in ("MJPG", "YUYV"):
        bench.machine.run(
            f"v4l2-ctl --device {camera.node} --set-fmt-video width=640,height=480,pixelformat={pixels} "
            f"{FRAMES} /share/{pixels}")
    require(bench.share("MJPG").read_bytes().count(b"\xff\xd8\xff") == 5, "not five JPEG frames")
    require(len(bench.share("YUYV").read_bytes()) == 5 * 640 * 480 * 2, "not five YUYV frames")
    return f"{camera.by_id}: 5 MJPG and 5 YUYV frames"
