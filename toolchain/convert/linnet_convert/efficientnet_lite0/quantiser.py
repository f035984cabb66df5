"""Post-training quantisation, layer after layer, in arithmetic that gives the same numbers on every machine.

Two copies of the calibration pictures go through the network: one with the codes that the layers before really make
(sums of int8 products: exact), and one that stands for the float network, whose weights and activations are rounded
to grids so fine that they do not matter and so coarse that every sum is exact in float64. No result depends on the
order of a sum, so none depends on the processor, the threads or the linear algebra library.

Weights: symmetric, a scale an output channel, the greatest magnitude at 127, rounded as `rounding` says. Outputs of ReLU6 hold 0…6; of the other
layers and of additions, the range with the least mean square error. Each bias is moved so that the mean of its channel
after the activation comes to that of the float network.
"""

import math

import numpy as np

from .. import passes
from ..graph import FULL_RANGE, Graph, Operator, Quantisation, Tensor, same_padding
from ..interpreter import Codes, add, windows
from . import rounding
from .network import EXTENT, Layer

GRID = 2.0**-12
WEIGHT_BITS = 15
BATCH = 6
BINS = 4096
SAMPLES = 120_000
CORRECTIONS = 4
NARROWINGS = np.arange(100, 58, -2) / 100
MEAN, DEVIATION = 127.0, 128.0


class Activation:
    """A tensor of the calibration pictures: the codes of the quantised network and the values of the float one."""

    def __init__(self, tensor: Tensor, codes: np.ndarray, values: np.ndarray):
        self.tensor, self.codes, self.values = tensor, codes, values

    @property
    def scale(self) -> np.float32:
        return self.tensor.quantisation.scale

    @property
    def zero_point(self) -> int:
        return self.tensor.quantisation.zero_point


def on_grid(values: np.ndarray) -> np.ndarray:
    """Rounded to the grid of the float network's activations; exact in float32 up to ±4096."""
    return (np.rint(values / GRID) * GRID).astype(np.float32)


def per_channel(layer: Layer, values: np.ndarray) -> np.ndarray:
    """A value a channel in a shape that multiplies the layer's weights."""
    return values[:, None, None, None] if layer.kind == "convolution" else values


def reach(layer: Layer) -> np.ndarray:
    """The greatest magnitude of each channel's weights."""
    axes = (1, 2, 3) if layer.kind == "convolution" else (0, 1)
    return np.maximum(np.abs(layer.weights).max(axis=axes), 1e-8)


def fine_weights(layer: Layer) -> np.ndarray:
    """The weights of the float network on a grid of 2^15 steps a channel."""
    exponent = WEIGHT_BITS - np.frexp(reach(layer))[1]
    step = per_channel(layer, np.ldexp(1.0, exponent))
    return np.rint(layer.weights * step) / step


def coded_weights(layer: Layer, moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 codes and a float32 scale a channel."""
    scale = (reach(layer) / 127).astype(np.float32)
    if layer.kind == "convolution":
        rows = layer.weights.reshape(1, len(layer.weights), -1)
        return rounding.codes(rows, scale[None], moments)[0].reshape(layer.weights.shape), scale
    rows = layer.weights.reshape(-1, 1, len(scale)).transpose(2, 1, 0)
    return rounding.codes(rows, scale[:, None], moments)[:, 0].T.reshape(layer.weights.shape), scale


def second_moments(layer: Layer, x: Activation) -> np.ndarray:
    """Σ x·xᵀ over the windows of some pictures: one matrix, or one a channel for a depthwise layer; whole numbers."""
    every = -(-x.codes[..., 0].size // SAMPLES)
    centred = x.codes[::every].astype(np.float64) - x.zero_point
    centred = np.pad(centred, [(0, 0), *padding(layer, x.codes), (0, 0)])
    taps = np.stack([t for _, _, t in windows(centred, kernel(layer), (layer.stride, layer.stride))], axis=3)
    if layer.kind == "convolution":
        taps = taps.reshape(1, -1, taps.shape[3] * taps.shape[4])
        return taps.transpose(0, 2, 1) @ taps
    taps = np.ascontiguousarray(taps.reshape(-1, *taps.shape[3:]).transpose(2, 1, 0))
    return taps @ taps.transpose(0, 2, 1)


def kernel(layer: Layer) -> tuple[int, int]:
    return layer.weights.shape[1:3] if layer.kind == "convolution" else layer.weights.shape[:2]


def padding(layer: Layer, x: np.ndarray) -> list[tuple[int, int]]:
    return [same_padding(x.shape[1 + axis], kernel(layer)[axis], layer.stride) for axis in (0, 1)]


def sums(layer: Layer, weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Σ x·w in float64, x padded with zeros; exact for the numbers this module gives it."""
    x = np.pad(x.astype(np.float64), [(0, 0), *padding(layer, x), (0, 0)])
    weights, total = weights.astype(np.float64), 0
    for ky, kx, taps in windows(x, kernel(layer), (layer.stride, layer.stride)):
        total = total + (taps @ weights[:, ky, kx].T if layer.kind == "convolution" else taps * weights[ky, kx])
    return total


def in_batches(function, *arrays: np.ndarray) -> np.ndarray:
    count = len(arrays[0])
    return np.concatenate([function(*(a[i : i + BATCH] for a in arrays)) for i in range(0, count, BATCH)])


def channel_means(values: np.ndarray) -> np.ndarray:
    """Means over pictures and positions; the sums are exact, so their order does not matter."""
    return values.sum(axis=(0, 1, 2), dtype=np.float64) / (values.size // values.shape[3])


def quantisation(least: float, greatest: float) -> Quantisation:
    """256 codes over a range that holds zero; the scale is rounded to four digits."""
    scale = np.float32(f"{(greatest - least) / 255:.3e}")
    return Quantisation(scale, int(np.clip(np.rint(-128 - least / scale), -128, 127)))


def best_quantisation(values: np.ndarray) -> Quantisation:
    """The range inside that of `values` whose codes have the least mean square error over them."""
    least, greatest = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    counts, edges = np.histogram(values, BINS, (least, greatest))
    centres = (edges[1:] + edges[:-1]) / 2

    def error(candidate: Quantisation) -> float:
        codes = np.clip(np.rint(centres / candidate.scale) + candidate.zero_point, *FULL_RANGE)
        return math.fsum(counts * ((codes - candidate.zero_point) * np.float64(candidate.scale) - centres) ** 2)

    candidates = [quantisation(least * a, greatest * b) for a in NARROWINGS for b in NARROWINGS]
    return min(candidates, key=error)


def activated(layer: Layer, sums: np.ndarray) -> np.ndarray:
    """The layer's values on the grid, after its ReLU6 if it has one."""
    return on_grid(np.clip(sums, 0, 6) if layer.relu6 else sums)


def corrected_bias(layer: Layer, accumulators: np.ndarray, unit: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The bias in steps of `unit` with which each channel's mean after the activation comes to the one wanted."""
    bias = layer.bias.copy()
    for _ in range(CORRECTIONS if layer.relu6 else 1):
        reals = in_batches(lambda a: activated(layer, a * unit + bias), accumulators)
        bias += wanted - channel_means(reals)
    return np.rint(bias / unit).astype(np.int64)


def quantised_layer(layer: Layer, x: Activation) -> tuple[Operator, Activation]:
    """One convolution: its operator and what it makes of the calibration pictures."""
    weights, scale = coded_weights(layer, second_moments(layer, x))
    unit = np.float64(x.scale) * scale.astype(np.float64)
    accumulators = in_batches(lambda c: sums(layer, weights, c.astype(np.int16) - x.zero_point).astype(np.int32), x.codes)
    fine = fine_weights(layer)
    values = in_batches(lambda v: activated(layer, sums(layer, fine, v) + layer.bias), x.values)
    bias = corrected_bias(layer, accumulators, unit, channel_means(values))
    accumulators += bias.astype(np.int32)
    shape = accumulators.shape[1:]
    if layer.relu6:
        chosen = Quantisation(np.float32(6 / 255), -128)
    else:
        chosen = best_quantisation(accumulators.astype(np.float32) * unit.astype(np.float32))
    limits = (chosen.code(0), chosen.code(6)) if layer.relu6 else FULL_RANGE
    y = Tensor(layer.name, shape, chosen)
    (top, bottom), (left, right) = padding(layer, x.codes)
    operator = Operator(
        layer.kind, layer.name, [x.tensor], y, kernel=kernel(layer), stride=(layer.stride, layer.stride),
        padding=(top, left, bottom, right), range=limits, weights=weights, weight_scale=scale, bias=bias)
    factor = (np.float32(x.scale) * scale) / np.float32(chosen.scale)
    codes = in_batches(lambda a: np.clip(
        np.rint(a.astype(np.float32) * factor) + chosen.zero_point, *limits).astype(np.int8), accumulators)
    return operator, Activation(y, codes, values)


def quantised_addition(name: str, a: Activation, b: Activation) -> tuple[Operator, Activation]:
    real = [(x.codes.astype(np.float32) - np.float32(x.zero_point)) * x.scale for x in (a, b)]
    y = Tensor(name, a.tensor.shape, best_quantisation(real[0] + real[1]))
    codes = add(None, {"range": FULL_RANGE}, [(x.codes, Codes.of(x.tensor)) for x in (a, b)], Codes.of(y), None)
    return Operator("add", name, [a.tensor, b.tensor], y), Activation(y, codes, a.values + b.values)


def quantised(layers: list[Layer], pictures: np.ndarray, report=lambda text: None) -> Graph:
    """The quantised network from the picture to the float32 embedding. `pictures` is uint8 [n, 224, 224, 3]."""
    image = Tensor("image", (EXTENT, EXTENT, 3), Quantisation(np.float32(1 / DEVIATION), int(MEAN) - 128))
    codes = (pictures.astype(np.int16) - 128).astype(np.int8)
    x = Activation(image, codes, ((pictures.astype(np.float32) - MEAN) / DEVIATION).astype(np.float32))
    graph = Graph("efficientnet-lite0", image, image)
    kept: dict[str, Activation] = {}
    for number, layer in enumerate(layers):
        operator, x = quantised_layer(layer, x)
        graph.operators.append(operator)
        if layer.residual:
            operator, x = quantised_addition(f"{layer.name.rpartition('.')[0]}.add", kept[layer.residual], x)
            graph.operators.append(operator)
        if not layer.relu6:
            kept = {layer.name: x}
        if (number + 1) % 7 == 0:
            report(f"{number + 1} of {len(layers)} layers")
    graph.output = x.tensor
    passes.end_in_embedding(graph, x.tensor)
    return graph
