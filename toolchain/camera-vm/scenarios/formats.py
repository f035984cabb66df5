"""Every format gives the colours that the camera showed, and the label of what is seen."""

from rig.bench import Bench
from rig.pictures import Picture, bars, read_png
from rig.scenario import require, scenario
from rig.watching import START_SECONDS

WIDTH, HEIGHT, GREATEST_ERROR = 640, 480, 3.0


def seen(bench: Bench, node: str, pixels: str, label: str, expected: Picture) -> str:
    """Watches until a decision, and judges its label and the picture that was kept."""
    snapshot = bench.share("seen.png")
    snapshot.unlink(missing_ok=True)
    format = f"--format {pixels}" if pixels else ""
    watch = bench.watch(f"--camera {node} {format} --snapshot /share/seen.png --agree 1 --count 2")
    decision = watch.wait("decision", lambda line: line["event"] == "decision", START_SECONDS)
    status = watch.job.wait(START_SECONDS)
    require(status == 0, f"{pixels}: ended with {status}: {watch.job.errors.strip()}")
    require(decision["label"] == label, f"{pixels}: {label} was taken for {decision['label']} ({decision['nearest']})")
    error = read_png(snapshot).error(expected)
    require(error <= GREATEST_ERROR, f"{pixels}: mean colour error {error:.2f} levels")
    return f"{pixels or 'converted'} {error:.2f}"


@scenario("every native format of vivid: colours within 3 levels, label right")
def vivid_formats(bench: Bench) -> str:
    vivid = bench.vivid()
    expected = bars(WIDTH, HEIGHT)
    results = [seen(bench, vivid.node, pixels, "bars", expected) for pixels in ("YUYV", "UYVY", "NV12", "RGB3", "BGR3")]
    results.append(seen(bench, vivid.node, "GREY", "grey-bars", bars(WIDTH, HEIGHT).grey()))
    return "mean error " + ", ".join(results)


@scenario("the driver's other colours, BT.709 and full range: colours within 3 levels", short=False)
def colour_encodings(bench: Bench) -> str:
    vivid = bench.vivid()
    results = []
    for encoding, quantization in ((2, 2), (2, 1), (1, 1)):
        vivid.set(y_cbcr_encoding=encoding, quantization=quantization)
        results.append(seen(bench, vivid.node, "YUYV", "bars", bars(WIDTH, HEIGHT)))
    return "mean error of BT.709 limited, BT.709 full, BT.601 full: " + ", ".join(results)


@scenario("a format that only libv4lconvert knows: colours within 3 levels, label right")
def converted_format(bench: Bench) -> str:
    camera = bench.usb_camera(formats="YU12")
    return "mean error " + seen(bench, camera.node, "", "bars", bars(WIDTH, HEIGHT))


@scenario("MJPG and YUYV from the USB camera: colours within 3 levels, label right")
def usb_formats(bench: Bench) -> str:
    camera = bench.usb_camera()
    results = [seen(bench, camera.node, pixels, "bars", bars(WIDTH, HEIGHT)) for pixels in ("MJPG", "YUYV")]
    return "mean error " + ", ".join(results)


@scenario("MJPG without Huffman tables: the same")
def no_huffman_tables(bench: Bench) -> str:
    camera = bench.usb_camera()
    camera.tell("tables 0")
    return "mean error " + seen(bench, camera.node, "MJPG", "bars", bars(WIDTH, HEIGHT))


@scenario("the labels of photographs, by the network that linnet ships", short=False)
def known_pictures(bench: Bench) -> str:
    camera = bench.usb_camera()
    watch = bench.watch(f"--camera {camera.node} --agree 1", backbone="efficientnet-lite0")
    said = []
    for number, label in enumerate(("cat", "coins", "flower"), start=1):
        camera.tell(f"show {number}")
        line = watch.wait(
            f"word of the {label}",
            lambda line: line["event"] == "decision" and label in (line["label"], line["nearest"]), START_SECONDS)
        said.append(f"{label} {line['confidence']:.2f}" + ("" if line["label"] else " (unknown)"))
    return ", ".join(said)
