"""Cuts the demo's views out of photographs: a perspective crop, light, blur, noise, and a JPEG file.

    views.py PHOTOGRAPHS TARGET

Every file depends on its own name only (it seeds the generator), so adding a label leaves the others as they are.
Pillow's version decides the resampling and the JPEG encoder, NumPy's the generator: both are pinned.
"""

import hashlib
import math
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy
from PIL import Image, ImageFilter

SIZE = (320, 256)
JPEG = {"quality": 85, "subsampling": 2, "optimize": True}


@dataclass(frozen=True)
class Photograph:
    path: str
    sha256: str

    def open(self, root: Path) -> Image.Image:
        data = (root / self.path).read_bytes()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            sys.exit(f"views.py: {self.path} is not the photograph these views were made from")
        return Image.open(root / self.path).convert("RGB")


CAT = Photograph("skimage/data/chelsea.png", "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb")
COFFEE = Photograph("skimage/data/coffee.png", "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7")
COINS = Photograph("skimage/data/coins.png", "f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba")
CAMERA = Photograph("skimage/data/camera.png", "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a")
GRAVEL = Photograph("skimage/data/gravel.png", "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12")
RETINA = Photograph("skimage/data/retina.jpg", "38a07f36f27f095e818aea7b96d34202c05176d30253c66733f2e00379e9e0e6")
ROCKET = Photograph("skimage/data/rocket.jpg", "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c")
TEMPLE = Photograph("sklearn/datasets/images/china.jpg", "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29")
FLOWER = Photograph("sklearn/datasets/images/flower.jpg", "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638")


@dataclass(frozen=True)
class Subject:
    """Where the object lies in its photograph: views are centred in `centre` (a box) and `height` pixels high."""

    photograph: Photograph
    centre: tuple[float, float, float, float]
    height: float


@dataclass(frozen=True)
class Strength:
    """How far a view may be from the plain photograph. Pairs are least and most; signs are drawn."""

    turn: tuple[float, float]  # degrees
    zoom: tuple[float, float]  # natural logarithm
    corner: tuple[float, float]  # each corner's shift, of the height
    light: tuple[float, float]  # natural logarithm of the gain
    tint: tuple[float, float]  # natural logarithm of red over blue
    shade: tuple[float, float]  # fall of light from one side to the other
    blur: tuple[float, float]  # pixels
    noise: tuple[float, float]  # grey levels


LEARN = Strength((0, 10), (0, 0.2), (0, 0.06), (0, 0.3), (0, 0.1), (0, 0.4), (0, 1), (0, 4))
TRY = Strength((10, 18), (0.1, 0.24), (0.03, 0.08), (0.2, 0.42), (0.06, 0.16), (0.2, 0.5), (0.6, 1.4), (3, 7))

LEARNED = {
    "cat": (Subject(CAT, (205, 125, 255, 150), 185),) * 2,
    # Coins to learn from the left of the tray, others to try from its right.
    "coins": (Subject(COINS, (75, 65, 105, 245), 110), Subject(COINS, (275, 65, 310, 245), 110)),
    "flower": (Subject(FLOWER, (270, 180, 320, 210), 290),) * 2,
    "rocket": (Subject(ROCKET, (290, 205, 350, 235), 300),) * 2,
    "temple": (Subject(TEMPLE, (220, 190, 260, 225), 310),) * 2,
}
UNKNOWN = {
    "coffee": Subject(COFFEE, (285, 180, 320, 205), 310),
    "gravel": Subject(GRAVEL, (200, 200, 320, 320), 260),
    "person": Subject(CAMERA, (240, 190, 280, 220), 340),
    "retina": Subject(RETINA, (690, 690, 720, 720), 1000),
}
SHOTS, TRIES, UNKNOWNS = 5, 8, 2


def signed(random: numpy.random.RandomState, least: float, most: float) -> float:
    return random.uniform(least, most) * (1 if random.randint(2) else -1)


def corners(subject: Subject, strength: Strength, random: numpy.random.RandomState) -> list[tuple[float, float]]:
    """Top left, bottom left, bottom right, top right of the view, in the photograph's pixels."""
    left, top, right, bottom = subject.centre
    x, y = random.uniform(left, right), random.uniform(top, bottom)
    height = subject.height * math.exp(signed(random, *strength.zoom))
    width = height * SIZE[0] / SIZE[1]
    turn = math.radians(signed(random, *strength.turn))
    points = []
    for across, down in ((-1, -1), (-1, 1), (1, 1), (1, -1)):
        u = across * width / 2 + height * signed(random, *strength.corner)
        v = down * height / 2 + height * signed(random, *strength.corner)
        points.append((x + u * math.cos(turn) - v * math.sin(turn), y + u * math.sin(turn) + v * math.cos(turn)))
    return points


def fitting(subject: Subject, image: Image.Image, strength: Strength, random: numpy.random.RandomState) -> list:
    """Draws corners until the view lies inside the photograph: no invented border."""
    for _ in range(2000):
        points = corners(subject, strength, random)
        if all(0 <= x <= image.width and 0 <= y <= image.height for x, y in points):
            return points
    sys.exit(f"views.py: no view of this strength fits into {subject.photograph.path}")


def perspective(points: list[tuple[float, float]]) -> list[float]:
    """Pillow's eight coefficients that carry the view's corners to `points`."""
    width, height = SIZE
    rows, values = [], []
    for (u, v), (x, y) in zip(((0, 0), (0, height), (width, height), (width, 0)), points):
        rows.append([u, v, 1, 0, 0, 0, -x * u, -x * v])
        rows.append([0, 0, 0, u, v, 1, -y * u, -y * v])
        values += [x, y]
    return [round(float(c), 9) for c in numpy.linalg.solve(numpy.array(rows), numpy.array(values))]


def view(subject: Subject, root: Path, strength: Strength, seed: str) -> Image.Image:
    random = numpy.random.RandomState(zlib.crc32(seed.encode()))
    image = subject.photograph.open(root)
    points = fitting(subject, image, strength, random)

    # Shrink first where a view is much finer than its output: the transform itself does not average.
    step = int(math.dist(points[0], points[1]) / SIZE[1])
    if step > 1:
        image = image.reduce(step)
        points = [(x / step, y / step) for x, y in points]
    image = image.transform(SIZE, Image.Transform.PERSPECTIVE, perspective(points), Image.Resampling.BICUBIC)
    image = image.filter(ImageFilter.GaussianBlur(random.uniform(*strength.blur)))

    gain = math.exp(signed(random, *strength.light))
    tint = math.exp(signed(random, *strength.tint) / 2)
    shade = signed(random, *strength.shade)
    ramp = 1 + shade * (numpy.arange(SIZE[0]) / (SIZE[0] - 1) - 0.5)
    light = ramp[None, :, None] * numpy.array([gain * tint, gain, gain / tint])
    noise = random.standard_normal((SIZE[1], SIZE[0], 3)) * random.uniform(*strength.noise)
    pixels = numpy.clip(numpy.rint(numpy.asarray(image) * light + noise), 0, 255).astype(numpy.uint8)
    return Image.fromarray(pixels)


def save(image: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, "JPEG", **JPEG)


def main(root: Path, target: Path) -> None:
    for label, (learned, tried) in LEARNED.items():
        for i in range(1, SHOTS + 1):
            name = f"learn/{label}/{label}-{i}.jpg"
            save(view(learned, root, LEARN, name), target / name)
        for i in range(1, TRIES + 1):
            name = f"try/{label}/{label}-{i}.jpg"
            save(view(tried, root, TRY, name), target / name)
    for label, subject in UNKNOWN.items():
        for i in range(1, UNKNOWNS + 1):
            name = f"unknown/{label}-{i}.jpg"
            save(view(subject, root, LEARN, name), target / name)
    save(COFFEE.open(root).resize((480, 320), Image.Resampling.LANCZOS), target / "photograph.jpg")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
