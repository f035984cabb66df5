"""Calibration pictures: seeded views of free photographs that two PyPI packages carry.

Only integers decide what a view shows, and Pillow resizes in integers, so the views are the same on any machine.
"""

import hashlib
import io
import zipfile

import numpy as np
from PIL import Image

from ..errors import ConversionError

PHOTOGRAPHS = {
    "skimage/data/astronaut.png": "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    "skimage/data/brick.png": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
    "skimage/data/camera.png": "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
    "skimage/data/cell.png": "8d23a7fb81f7cc877cd09f330357fc7f595651306e84e17252f6e0a1b3f61515",
    "skimage/data/chelsea.png": "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    "skimage/data/coffee.png": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    "skimage/data/coins.png": "f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba",
    "skimage/data/grass.png": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
    "skimage/data/gravel.png": "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
    "skimage/data/hubble_deep_field.jpg": "3a19c5dd8a927a9334bb1229a6d63711b1c0c767fb27e2286e7c84a3e2c2f5f4",
    "skimage/data/ihc.png": "f8dd1aa387ddd1f49d8ad13b50921b237df8e9b262606d258770687b0ef93cef",
    "skimage/data/retina.jpg": "38a07f36f27f095e818aea7b96d34202c05176d30253c66733f2e00379e9e0e6",
    "skimage/data/rocket.jpg": "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
    "sklearn/datasets/images/china.jpg": "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
    "sklearn/datasets/images/flower.jpg": "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
}
SEED = 1280


def photographs(wheels: list[str]) -> list[Image.Image]:
    """The photographs out of the packages' archives, each checked by its SHA-256."""
    found = {}
    for path in wheels:
        with zipfile.ZipFile(path) as archive:
            for name in set(archive.namelist()) & set(PHOTOGRAPHS):
                found[name] = archive.read(name)
    for name, digest in PHOTOGRAPHS.items():
        if hashlib.sha256(found.get(name, b"")).hexdigest() != digest:
            raise ConversionError(f"the packages do not hold the photograph {name} that is expected.")
    return [Image.open(io.BytesIO(found[name])).convert("RGB") for name in PHOTOGRAPHS]


def view(photograph: Image.Image, extent: int, random: np.random.Generator) -> np.ndarray:
    """A square cut of 35 to 100 % of the shorter side, perhaps mirrored, brighter or darker."""
    width, height = photograph.size
    shorter = min(width, height)
    side = shorter * int(random.integers(35, 101)) // 100
    left = int(random.integers(0, width - side + 1))
    top = int(random.integers(0, height - side + 1))
    cut = photograph.crop((left, top, left + side, top + side)).resize((extent, extent), Image.BICUBIC)
    if random.integers(0, 2):
        cut = cut.transpose(Image.FLIP_LEFT_RIGHT)
    gain, lift = int(random.integers(70, 131)), int(random.integers(-25, 26))
    light = np.clip(np.arange(256) * gain // 100 + lift, 0, 255).astype(np.uint8)
    return light[np.asarray(cut)]


def views(wheels: list[str], each: int, extent: int) -> np.ndarray:
    """uint8 [pictures, extent, extent, 3]: the same for the same arguments."""
    random = np.random.Generator(np.random.PCG64(SEED))
    return np.stack([view(p, extent, random) for p in photographs(wheels) for _ in range(each)])
