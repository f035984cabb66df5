"""Weights with a zero point become symmetric int8 with a scale an output channel.

Once its zero point is taken off, a uint8 weight lies in −255…255. Most channels fit −127…127 all the same and keep their
codes and scale. Where one does not, the layer reads the taps that it weighs too heavily twice, so that w = w₁ + w₂
exactly. A depthwise layer cannot do that; its channel is scaled down to fit, which is near but not exact.
"""

import numpy as np

from . import packing
from .graph import WEIGHTED, Graph, Operator

GREATEST = packing.GREATEST
SHRINKS = np.linspace(0.7, 1.5, 401)
LEVEL = 25.0


def without_zero_points(weights: np.ndarray, points: np.ndarray, axis: int) -> np.ndarray:
    """int16 weights from which each channel's zero point has been taken."""
    shape = [1] * weights.ndim
    shape[axis] = -1
    return weights.astype(np.int16) - points.astype(np.int16).reshape(shape)


def narrow(graph: Graph) -> None:
    """Brings every weight of the graph into −127…127, or has the taps repeated whose weights are greater."""
    for operator in graph.operators:
        if operator.kind in WEIGHTED:
            operator.repeats = repeats(operator)
            if not operator.repeats:
                shrink(operator)


def shrink_repeated(graph: Graph) -> None:
    """Does without repeats: scales down the channels of the operators that have any."""
    for operator in graph.operators:
        if operator.repeats:
            operator.repeats = ()
            shrink(operator)


def repeats(operator: Operator) -> tuple[int, ...]:
    """The groups of taps that an operator with great weights must read again, if its kind can."""
    if operator.kind == "depthwise":
        return ()
    if operator.kind == "convolution":
        rows = packing.taps_of_convolution(operator.weights)
    else:
        rows = packing.taps_of_fully_connected(operator.weights)
    parts = -(-np.abs(rows).max(axis=0).astype(np.int64) // GREATEST)
    again = np.maximum(parts.reshape(-1, packing.RUN).max(axis=1) - 1, 0)
    return tuple(int(group) * packing.RUN for group in np.repeat(np.arange(len(again)), again))


def shrink(operator: Operator) -> None:
    """Scales down the channels whose weights are still too great."""
    axis = operator.weights.ndim - 1 if operator.kind == "depthwise" else 0
    rows = np.moveaxis(operator.weights, axis, 0)
    flat = rows.reshape(len(rows), -1).astype(np.int64)
    factors = np.ones(len(flat))
    for channel in np.flatnonzero(np.abs(flat).max(axis=1, initial=0) > GREATEST):
        flat[channel], factors[channel] = shrunk(flat[channel])
    operator.weights = np.ascontiguousarray(np.moveaxis(flat.astype(np.int8).reshape(rows.shape), 0, axis))
    operator.weight_scale = (operator.weight_scale.astype(np.float64) * factors).astype(np.float32)
    operator.bias = np.rint(operator.bias / factors).astype(np.int64)


def shrunk(row: np.ndarray) -> tuple[np.ndarray, float]:
    """The codes in −127…127 and the factor whose product errs least in the sum."""
    best = (np.inf, None, 1.0)
    for factor in np.abs(row).max() / GREATEST * SHRINKS:
        error, codes = settled(row, np.clip(np.rint(row / factor), -GREATEST, GREATEST), factor)
        if error < best[0]:
            best = (error, codes, float(factor))
    return best[1].astype(np.int64), best[2]


def settled(row: np.ndarray, codes: np.ndarray, factor: float) -> tuple[float, np.ndarray]:
    """Rounds weights the other way, one at a time, as long as that lowers the error; the error and the codes.

    The error of a sum over inputs that differ freely but share a level: Σe² + LEVEL · (Σe)²."""
    errors = codes * factor - row
    for _ in range(2 * len(row)):
        total = errors.sum()
        step = -np.sign(total)
        gains = 2 * errors * step * factor + factor**2 + LEVEL * ((total + step * factor) ** 2 - total**2)
        gains[np.abs(codes + step) > GREATEST] = np.inf
        place = int(np.argmin(gains))
        if not gains[place] < -1e-9:
            break
        codes[place] += step
        errors[place] += step * factor
    return float((errors**2).sum() + LEVEL * errors.sum() ** 2), codes
