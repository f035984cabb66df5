"""Makes other worlds of the sets of pictures, for `toolchain/bench/domain --worlds`.

    toolchain/bench/worlds OUT [--data FOLDER]

Of every class the first half of the pictures become shots, as they are, in OUT/SET-shots; the others, changed in one way
each, the frames of another world, in OUT/SET-WORLD. In the worlds KNOWN the limits of `linnet adapt` were set, with other
halves and other draws; the worlds FRESH were not looked at then.
"""

import argparse
import csv
import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

ROOT = Path(__file__).resolve().parents[2]
SETS = ["blood-cells", "caltech101-20", "clothing", "grocery", "pacs-photo", "trashnet"]
# The shorter side of a changed picture at most: what strength of blur and grain means depends on it.
SIDE = 320


def levels(picture, change):
    return Image.fromarray(np.clip(change(np.asarray(picture, np.float32)), 0, 255).astype(np.uint8))


def dark(picture, noise):
    return levels(picture, lambda x: 46 * (x / 255) ** 1.3 + noise.normal(0, 5, x.shape))


def blurred(picture, _):
    return picture.filter(ImageFilter.GaussianBlur(min(picture.size) / 28))


def edges(picture, _):
    lines = picture.convert("L").filter(ImageFilter.GaussianBlur(1.2)).filter(ImageFilter.FIND_EDGES)
    return ImageOps.invert(lines.point(lambda level: 255 if level > 24 else 0)).convert("RGB")


def negative(picture, _):
    return ImageOps.invert(picture)


def grain(picture, noise):
    grey = picture.convert("L").convert("RGB")
    return levels(grey, lambda x: 64 + x / 2 + noise.normal(0, 35, x.shape[:2])[:, :, None])


def coarse(picture, _):
    scale = 28 / min(picture.size)
    small = picture.resize([max(1, round(side * scale)) for side in picture.size], Image.Resampling.BOX)
    return small.resize(picture.size, Image.Resampling.NEAREST)


def pencil(picture, _):
    grey = picture.convert("L")
    soft = ImageOps.invert(grey).filter(ImageFilter.GaussianBlur(min(picture.size) / 25))
    light, shade = np.asarray(grey, np.float32), np.asarray(soft, np.float32)
    drawn = np.clip(light * 256 / np.maximum(256 - shade, 1), 0, 255).astype(np.uint8)
    return Image.fromarray(drawn).convert("RGB")


def fog(picture, noise):
    return levels(picture, lambda x: 170 + x / 4 + noise.normal(0, 6, x.shape))


def tint(picture, _):
    return ImageChops.multiply(picture, Image.new("RGB", picture.size, (64, 115, 255)))


def posterised(picture, _):
    return levels(picture, lambda x: np.floor(x / 86) * 127)


def upside_down(picture, _):
    return ImageOps.flip(picture)


def compressed(picture, _):
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=2)
    return Image.open(packed).convert("RGB")


KNOWN = [dark, blurred, edges, negative, grain, coarse]
FRESH = [pencil, fog, tint, posterised, upside_down, compressed]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    arguments = parser.parse_args()
    noise = np.random.default_rng(0)
    for name in SETS:
        classes = {}
        with open(arguments.data / name / "manifest.csv") as file:
            for row in csv.DictReader(file):
                classes.setdefault(row["class"], []).append(row["file"])
        for label, files in classes.items():
            for place, file in enumerate(sorted(files)):
                source = (arguments.data / name / file).resolve()
                if place < len(files) // 2:
                    link = arguments.out / f"{name}-shots" / label / source.name
                    link.parent.mkdir(parents=True, exist_ok=True)
                    link.symlink_to(source)
                    continue
                with Image.open(source) as opened:
                    picture = ImageOps.exif_transpose(opened).convert("RGB")
                scale = min(1, SIDE / min(picture.size))
                picture = picture.resize([round(side * scale) for side in picture.size], Image.Resampling.BOX)
                for world in KNOWN + FRESH:
                    folder = arguments.out / f"{name}-{world.__name__}" / label
                    folder.mkdir(parents=True, exist_ok=True)
                    world(picture, noise).save(folder / (source.stem + ".jpg"), quality=92)
        print(f"{name}: {len(classes)} classes, {len(KNOWN + FRESH)} worlds", flush=True)


if __name__ == "__main__":
    main()
