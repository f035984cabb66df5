"""FORMAT.md's bounds on biases: no accumulator may leave int32, no scaled accumulator may reach 2^30."""

import numpy as np

from .errors import ConversionError
from .graph import WEIGHTED, Graph, Operator, multiplier
from .packing import RUN, round_up

INT32 = 2**31 - 1
CONVERSION = 2**30
SETTLED = 256
HALVINGS = 31


def taps(operator: Operator) -> int:
    """K of the packed layout: the taps of one output channel with the zeros that fill its runs, and the repeats."""
    shape, repeated = operator.weights.shape, len(operator.repeats) * RUN
    if operator.kind == "depthwise":
        return shape[1] * round_up(shape[0], RUN)
    if operator.kind == "convolution":
        return shape[1] * round_up(shape[2] * shape[3], RUN) + repeated
    return round_up(shape[1], RUN) + repeated


def weight_sums(operator: Operator) -> np.ndarray:
    """Σw of each output channel."""
    axes = (0, 1) if operator.kind == "depthwise" else tuple(range(1, operator.weights.ndim))
    return operator.weights.astype(np.int64).sum(axis=axes)


def bias_rows(operator: Operator) -> np.ndarray:
    """The two rows of the file's bias, int64: zero point folded in; and for activations made unsigned by 128."""
    sums = weight_sums(operator)
    first = operator.bias.astype(np.int64) - operator.input.quantisation.zero_point * sums
    return np.stack([first, first - 128 * sums])


def _limits(operator: Operator) -> np.ndarray:
    factor = multiplier(operator).astype(np.float64)
    return np.minimum(float(INT32), (CONVERSION - 1) / np.maximum(factor, 1e-30)).astype(np.int64)


def _violations(operator: Operator) -> np.ndarray:
    k = taps(operator)
    first, second = np.abs(bias_rows(operator))
    return np.maximum(first + k * 128 * 127, second + k * 255 * 127) > _limits(operator)


def _halve(operator: Operator, channel: int) -> None:
    """Twice the weight scale for one channel, so half the codes and half the bias."""
    column = operator.weights[..., channel] if operator.kind == "depthwise" else operator.weights[channel]
    column[...] = np.rint(column / 2).astype(column.dtype)
    operator.bias[channel] = int(np.rint(operator.bias[channel] / 2))
    operator.weight_scale[channel] *= np.float32(2)


def satisfy(graph: Graph, path: str) -> None:
    """Clamps biases that only ever saturate their output; elsewhere gives the channel a wider weight scale."""
    for operator in graph.operators:
        if operator.kind in WEIGHTED and _violations(operator).any():
            _satisfy(operator, path)


def _satisfy(operator: Operator, path: str) -> None:
    operator.weights, operator.bias = operator.weights.copy(), operator.bias.astype(np.int64)
    operator.weight_scale = operator.weight_scale.copy()
    k = taps(operator)
    for channel in np.flatnonzero(_violations(operator)):
        for _ in range(HALVINGS):
            sums = weight_sums(operator)[channel]
            factor = float(multiplier(operator)[channel])
            zero = operator.input.quantisation.zero_point * sums
            room = int(_limits(operator)[channel] - k * 255 * 127 - 128 * abs(sums))
            first = int(operator.bias[channel] - zero)
            if abs(first) <= room:
                break
            if (room - k * 128 * 127) * factor > SETTLED:
                operator.bias[channel] = (room if first > 0 else -room) + zero
                break
            _halve(operator, channel)
        else:
            raise ConversionError(
                f"{path}: channel {channel} of operator {operator.name} has a bias that int32 accumulators cannot "
                "hold; quantise the network again with a wider weight scale there.")
