"""What linnet says of things that it cannot watch."""

import json

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
    listed = {each["driver"]: each for each in json.loads(bench.machine.run("linnet cameras --json").output)["cameras"]}
    require(set(listed) == {"uvcvideo", "vivid"}, f"it lists {sorted(listed)}")
    usb = listed["uvcvideo"]
    require(usb["path"] == camera.node and camera.by_id in usb["links"], f"its paths are {usb['path']}, {usb['links']}")
    sizes = {each["code"]: [(size["width"], size["height"]) for size in each["sizes"]] for each in usb["formats"]}
    expected = [(640, 480), (320, 240), (1280, 720)]
    require(
        set(sizes) == {"MJPG", "YUYV"} and all(sorted(each) == sorted(expected) for each in sizes.values()),
        f"its formats are {sizes}")
    users = [(user["process"], user["program"]) for user in usb["users"]]
    require(users == [(watch.job.process, "linnet")], f"its users are {users}")
    controls = {each["name"].lower(): each for each in listed["vivid"]["controls"]}
    require(controls["brightness"]["maximum"] == 255, f"brightness is {controls.get('brightness')}")
    said = bench.machine.run("linnet cameras").output
    require(camera.by_id in said and "vivid" in said, f"it says {said}")
    return said.splitlines()[0]
