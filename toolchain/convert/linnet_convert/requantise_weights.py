"""Weights with a zero point become symmetric int8 with a scale an output channel.

Once its zero point is taken off, a uint8 weight lies in −255…255. Most channels fit −127…127 all the same and keep their
codes and scale. Where one does not, the input channels that it weighs too heavily are made twice, so that w = w₁ + w₂
exactly; that costs next to nothing where the layers before can simply make a few channels more. Where they cannot, the
channel is scaled down to fit, which is near but not exact.
"""

import numpy as np

from .graph import WEIGHTED, Graph, Operator, Tensor

GREATEST = 127
SHRINKS = np.linspace(0.7, 1.5, 401)
LEVEL = 25.0


def without_zero_points(weights: np.ndarray, points: np.ndarray, axis: int) -> np.ndarray:
    """int16 weights from which each channel's zero point has been taken."""
    shape = [1] * weights.ndim
    shape[axis] = -1
    return weights.astype(np.int16) - points.astype(np.int16).reshape(shape)


def narrow(graph: Graph) -> None:
    """Brings every weight of the graph into −127…127."""
    for operator in graph.operators:
        if operator.kind in WEIGHTED:
            double_inputs(graph, operator)
            shrink(operator)


def double_inputs(graph: Graph, operator: Operator) -> None:
    """Makes the input channels twice whose weights are too great, if that can be had and suffices."""
    weights = operator.weights
    dense = operator.kind == "fully_connected" and operator.input.shape[:2] == (1, 1)
    dense |= operator.kind == "convolution" and operator.groups == 1
    great = np.abs(weights) > GREATEST
    if not dense or not great.any() or np.abs(weights).max() > 2 * GREATEST:
        return
    channels = np.flatnonzero(great.any(axis=tuple(range(weights.ndim - 1))))
    if not can_double(graph, operator.input):
        return
    double(graph, operator.input, channels)
    first = np.clip(weights, -GREATEST, GREATEST)
    operator.weights = np.concatenate([first, (weights - first)[..., channels]], axis=-1)


def can_double(graph: Graph, tensor: Tensor) -> bool:
    """Whether the layers before can make some channels of a tensor twice, and only one operator reads it."""
    operator = graph.producer(tensor)
    if operator is None or tensor is graph.output or len(graph.consumers(tensor)) != 1:
        return False
    if operator.kind == "depthwise" and operator.input.shape[2] != tensor.shape[2]:
        return False
    if operator.kind in ("depthwise", "average_pool", "maximum_pool", "mean"):
        return can_double(graph, operator.input)
    return operator.kind == "fully_connected" or operator.kind == "convolution" and operator.groups == 1


def double(graph: Graph, tensor: Tensor, channels: np.ndarray) -> None:
    """Appends copies of `channels` to a tensor that `can_double`."""
    operator = graph.producer(tensor)
    tensor.shape = (*tensor.shape[:2], tensor.shape[2] + len(channels))
    if operator.kind in WEIGHTED:
        axis = operator.weights.ndim - 1 if operator.kind == "depthwise" else 0
        again = lambda values, along: np.concatenate([values, np.take(values, channels, along)], along)
        operator.weights = again(operator.weights, axis)
        operator.weight_scale, operator.bias = again(operator.weight_scale, 0), again(operator.bias, 0)
    if operator.kind not in ("convolution", "fully_connected"):
        double(graph, operator.input, channels)


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
