"""What linnet says of things that it cannot watch."""

from rig.bench import Bench
from rig.scenario import require, scenario

FAILED, NO_INPUT = 1, 66
SECONDS = 20


@scenario("busy, not permitted, a folder, a file, a metadata node, nothing there: one clear error each, its exit status")
def refusals(bench: Bench) -> str:
    camera = bench.usb_camera()
    node, metadata = camera.nodes()
    bench.machine.run("echo text >/tmp/file")
    cases = {
        "permission": (NO_INPUT, f"--camera {node}", "maker", "permission"),
        "folder": (NO_INPUT, "--camera /tmp", "root", "folder"),
        "file": (NO_INPUT, "--camera /tmp/file", "root", "file"),
        "another device": (NO_INPUT, "--camera /dev/null", "root", "device"),
        "metadata node": (NO_INPUT, f"--camera {metadata}", "root", "data"),
        "nothing there": (NO_INPUT, "--camera /dev/video9", "root", "not there"),
        "no such number": (NO_INPUT, "--camera 9", "root", "9"),
        "busy": (FAILED, f"--camera {node}", "root", "in use"),
    }
    for name, (status, arguments, user, word) in cases.items():
        if name == "busy":
            bench.start(f"exec v4l2-ctl --device {node} --stream-mmap")
            bench.pause(1.5)
        watch = bench.watch(arguments, user=user)
        ended = watch.job.wait(SECONDS)
        said = watch.job.errors.strip()
        require(ended == status, f"{name}: ended with {ended} instead of {status}: {said}")
        require(said.count("\n") == 0 and word in said, f"{name}: “{said}” is not one sentence with “{word}”")
        require(not watch.lines, f"{name}: lines were written: {watch.lines}")
    return f"{len(cases)} cases"


@scenario("linnet cameras: what there is, its formats, its lasting path, who uses it; status 2 when there is none")
def cameras(bench: Bench) -> str:
    none = bench.machine.run("linnet cameras", check=False)
    require(none.status == 2, f"without a camera it ended with {none.status}: {none.errors.strip()}")
    camera = bench.usb_camera()
    bench.vivid()
    watch = bench.watch(f"--camera {camera.by_id}")
    watch.frames(1)
    listed = bench.machine.run("linnet cameras --json").output
    for word in ("uvcvideo", "vivid", camera.by_id, "MJPG", "YUYV", "640", "linnet"):
        require(word in listed, f"`{word}` is not listed: {listed}")
    return bench.machine.run("linnet cameras").output.splitlines()[0]
