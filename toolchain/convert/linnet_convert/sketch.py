"""Small networks with seeded random weights, for fixtures and tests."""

import numpy as np

from . import requantise_weights
from .graph import Graph, Operator, Quantisation, Tensor, window_extent


class Sketch:
    """A network drawn one operator after another; every method returns the tensor it makes."""

    def __init__(self, name: str, shape: tuple[int, int, int], seed: int, zero_point: int = -3):
        self.random = np.random.default_rng(seed)
        self.input = Tensor("input", shape, Quantisation(np.float32(0.017), zero_point))
        self.graph = Graph(name, self.input, self.input)

    def finish(self, output: Tensor) -> Graph:
        self.graph.output = output
        return self.graph

    def _tensor(self, shape, scale, zero_point) -> Tensor:
        return Tensor(f"t{len(self.graph.operators)}", tuple(shape), Quantisation(np.float32(scale), zero_point))

    def _append(self, kind: str, inputs: list[Tensor], output: Tensor, **attributes) -> Tensor:
        self.graph.operators.append(Operator(kind, f"{kind}.{len(self.graph.operators)}", inputs, output, **attributes))
        return output

    def _extents(self, x: Tensor, kernel, stride, padding) -> tuple[int, int]:
        return tuple(window_extent(x.shape[i], padding[i], padding[i + 2], kernel[i], stride[i]) for i in (0, 1))

    def _weights(self, shape, channels: int, taps: int, x: Tensor, gain: float, scale: float | None):
        """Random codes with ±127 among them, and an output scale that uses the codes `gain` times over."""
        weights = self.random.integers(-127, 128, shape).astype(np.int8)
        flat = weights.reshape(-1)
        flat[self.random.integers(0, flat.size, max(1, flat.size // 16))] = 127
        flat[self.random.integers(0, flat.size, max(1, flat.size // 16))] = -127
        weight_scale = self.random.uniform(0.0005, 0.02, channels).astype(np.float32)
        reach = 74.0 * 74.0 * np.sqrt(taps)
        bias = np.rint(self.random.normal(0, reach / 2, channels)).astype(np.int64)
        if scale is None:
            scale = float(x.quantisation.scale) * float(weight_scale.mean()) * reach * 2 / 128 / gain
        return {"weights": weights, "weight_scale": weight_scale, "bias": bias}, scale

    def _make_great(self, count: int) -> None:
        """Gives the last operator `count` weights that no byte holds, and the repeats that hold the rest."""
        if count:
            operator = self.graph.operators[-1]
            operator.weights = operator.weights.astype(np.int16)
            places = self.random.integers(0, operator.weights.size, count)
            great = self.random.integers(128, 256, count) * self.random.choice([-1, 1], count)
            operator.weights.reshape(-1)[places] = great
            operator.repeats = requantise_weights.repeats(operator)

    def convolution(self, x, channels, kernel=(1, 1), stride=(1, 1), padding=(0, 0, 0, 0), groups=1,
                    range=(-128, 127), zero_point=5, gain=1.0, scale=None, great=0):
        inner = x.shape[2] // groups
        parts, scale = self._weights((channels, *kernel, inner), channels, kernel[0] * kernel[1] * inner, x, gain, scale)
        y = self._tensor((*self._extents(x, kernel, stride, padding), channels), scale, zero_point)
        self._append("convolution", [x], y, kernel=kernel, stride=stride, padding=padding, groups=groups, range=range,
                     **parts)
        self._make_great(great)
        return y

    def depthwise(self, x, multiple=1, kernel=(3, 3), stride=(1, 1), padding=(0, 0, 0, 0),
                  range=(-128, 127), zero_point=-7, gain=1.0):
        channels = x.shape[2] * multiple
        parts, scale = self._weights((*kernel, channels), channels, kernel[0] * kernel[1], x, gain, None)
        y = self._tensor((*self._extents(x, kernel, stride, padding), channels), scale, zero_point)
        return self._append("depthwise", [x], y, kernel=kernel, stride=stride, padding=padding, range=range, **parts)

    def fully_connected(self, x, channels, range=(-128, 127), zero_point=11, gain=1.0, great=0):
        parts, scale = self._weights((channels, x.count), channels, x.count, x, gain, None)
        y = self._tensor((1, 1, channels), scale, zero_point)
        self._append("fully_connected", [x], y, range=range, **parts)
        self._make_great(great)
        return y

    def add(self, a, b, scale, zero_point=2, range=(-128, 127)):
        return self._append("add", [a, b], self._tensor(a.shape, scale, zero_point), range=range)

    def pool(self, kind, x, kernel, stride=(1, 1), padding=(0, 0, 0, 0), range=(-128, 127), scale=None, zero_point=None):
        q = x.quantisation
        y = self._tensor((*self._extents(x, kernel, stride, padding), x.shape[2]),
                         q.scale if scale is None else scale, q.zero_point if zero_point is None else zero_point)
        return self._append(kind, [x], y, kernel=kernel, stride=stride, padding=padding, range=range)

    def mean(self, x, scale=None, zero_point=-4):
        y = Tensor("mean", (1, 1, x.shape[2]), None if scale is None else Quantisation(np.float32(scale), zero_point))
        return self._append("mean", [x], y)

    def pad(self, x, padding):
        top, left, bottom, right = padding
        q = x.quantisation
        y = self._tensor((x.shape[0] + top + bottom, x.shape[1] + left + right, x.shape[2]), q.scale, q.zero_point)
        return self._append("pad", [x], y, padding=padding)

    def reshape(self, x, shape):
        return self._append("reshape", [x], self._tensor(shape, x.quantisation.scale, x.quantisation.zero_point))

    def concatenation(self, parts, scale, zero_point):
        channels = sum(p.shape[2] for p in parts)
        return self._append("concatenation", list(parts), self._tensor((*parts[0].shape[:2], channels), scale, zero_point))

    def requantise(self, x, scale, zero_point):
        return self._append("requantise", [x], self._tensor(x.shape, scale, zero_point))

    def softmax(self, x, is_float=False):
        y = Tensor("probabilities", x.shape, None if is_float else Quantisation(np.float32(1 / 256), -128))
        return self._append("softmax", [x], y)

    def dequantise(self, x):
        return self._append("dequantise", [x], Tensor("real", x.shape, None))
