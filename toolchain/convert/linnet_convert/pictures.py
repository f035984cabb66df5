"""Pictures as tensors, by the recipe of a model."""

import os

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import NO_INPUT, ConversionError
from .preprocessing import Preprocessing

FILTERS = {"bicubic": Image.BICUBIC, "bilinear": Image.BILINEAR}

SUFFIXES = (".jpg", ".jpeg", ".png")


def under(folder: str) -> list[str]:
    """The pictures under a folder, in the order of their names."""
    found = sorted(
        os.path.join(place, name) for place, _, names in os.walk(folder) for name in names
        if name.lower().endswith(SUFFIXES))
    if not found:
        raise ConversionError(f"{folder} holds no .jpg or .png pictures to calibrate with.", NO_INPUT)
    return found


def pixels(path: str, recipe: Preprocessing, extents: tuple[int, int]) -> np.ndarray:
    """uint8 [height, width, 3] of the part that the recipe takes, in its channel order."""
    try:
        picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        raise ConversionError(f"{path} is not a picture that can be read.", NO_INPUT) from None
    if recipe.fit == "crop":
        width, height = picture.size
        side = max(1, int(recipe.crop * min(width, height)))
        left, top = (width - side + 1) // 2, (height - side + 1) // 2
        picture = picture.crop((left, top, left + side, top + side))
    part = np.asarray(picture.resize((extents[1], extents[0]), FILTERS[recipe.filter]))
    return part if recipe.order == "RGB" else part[:, :, ::-1]


def tensor(path: str, recipe: Preprocessing, extents: tuple[int, int]) -> np.ndarray:
    """float32 [height, width, 3]: (pixel − mean) / deviation."""
    mean, deviation = (np.array(values, np.float32) for values in (recipe.mean, recipe.deviation))
    return ((pixels(path, recipe, extents).astype(np.float32) - mean) / deviation).astype(np.float32)
