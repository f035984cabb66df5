"""The recipe that turns a picture into the input tensor: stated defaults, options, or a small JSON file."""

import json
from dataclasses import dataclass, replace

from .container import read_bytes
from .errors import USAGE, ConversionError
from .graph import Tensor


@dataclass(frozen=True)
class Preprocessing:
    """Pixel p of 0…255 stands for (p − mean) / deviation, channel by channel in `order`."""

    fit: str = "crop"
    crop: float = 0.875
    filter: str = "bicubic"
    mean: tuple[float, float, float] = (128.0, 128.0, 128.0)
    deviation: tuple[float, float, float] = (128.0, 128.0, 128.0)
    order: str = "RGB"

    def described(self) -> dict:
        """The object of the model file."""
        number = lambda x: int(x) if float(x).is_integer() else float(f"{x:.9g}")
        values: dict = {"fit": self.fit}
        if self.fit == "crop":
            values["crop"] = number(self.crop)
        return values | {
            "filter": self.filter,
            "mean": [number(x) for x in self.mean],
            "deviation": [number(x) for x in self.deviation],
            "order": self.order,
        }


def default(tensor: Tensor) -> Preprocessing | None:
    """Follows the input's quantisation: pixel p becomes code p − 128, so mean = zero point + 128 and
    deviation = 1 / scale. Absent where the input has not three channels and so takes no picture."""
    if tensor.shape[2] != 3:
        return None
    mean = float(tensor.quantisation.zero_point + 128)
    deviation = float(f"{1 / float(tensor.quantisation.scale):.6g}")
    return Preprocessing(mean=(mean,) * 3, deviation=(deviation,) * 3)


def three(value: object, what: str) -> tuple[float, float, float]:
    """One number for all channels or three of them, also as `a,b,c`."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
    try:
        numbers = [float(x) for x in parts]
    except (TypeError, ValueError):
        raise ConversionError(f"{what} must be a number or three of them, not {value!r}.", USAGE) from None
    if len(numbers) not in (1, 3) or not all(abs(x) < 1e30 for x in numbers):
        raise ConversionError(f"{what} must be a number or three of them, not {value!r}.", USAGE)
    return tuple(numbers * 3 if len(numbers) == 1 else numbers)


def with_values(recipe: Preprocessing, values: dict, where: str) -> Preprocessing:
    """The recipe with some values replaced; every value is checked."""
    unknown = sorted(set(values) - {"fit", "crop", "filter", "mean", "deviation", "order"})
    if unknown:
        raise ConversionError(f"{where} has an unknown key {unknown[0]!r}.", USAGE)
    for key, allowed in (("fit", ("crop", "stretch")), ("filter", ("bicubic", "bilinear")), ("order", ("RGB", "BGR"))):
        if key in values and values[key] not in allowed:
            raise ConversionError(f"{where}: {key} must be {' or '.join(allowed)}, not {values[key]!r}.", USAGE)
    for key in ("mean", "deviation"):
        if key in values:
            values = values | {key: three(values[key], f"{where}: {key}")}
    if any(x <= 0 for x in values.get("deviation", ())):
        raise ConversionError(f"{where}: deviation must be above zero.", USAGE)
    if "crop" in values:
        try:
            values = values | {"crop": float(values["crop"])}
        except (TypeError, ValueError):
            values = values | {"crop": 0.0}
        if not 0 < values["crop"] <= 1:
            raise ConversionError(f"{where}: crop must be above 0 and at most 1.", USAGE)
    return replace(recipe, **values)


def read(path: str) -> dict:
    """The values of a preprocessing file: a JSON object with any of the recipe's keys."""
    try:
        values = json.loads(read_bytes(path))
    except ValueError as error:
        raise ConversionError(f"{path} is not JSON: {error}.", USAGE) from None
    if not isinstance(values, dict):
        raise ConversionError(f"{path} must hold a JSON object.", USAGE)
    return values
