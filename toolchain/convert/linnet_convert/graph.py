"""The network between reader and writer: the operators of FORMAT.md with weights in their natural order.

Shapes are (height, width, channels), without the batch. Weights are symmetric and lie in −127…127, greater ones only
where the operator repeats their taps:
convolution [out, kernel height, kernel width, in / groups], depthwise [kernel height, kernel width, out],
fully connected [out, in]. Biases are int32 at scale input · weight.
"""

from dataclasses import dataclass, field

import numpy as np

LEAST, GREATEST = -128, 127
FULL_RANGE = (LEAST, GREATEST)
WEIGHTED = ("convolution", "depthwise", "fully_connected")


@dataclass(frozen=True)
class Quantisation:
    """real = scale · (code − zero_point); the scale is a float32."""

    scale: np.float32
    zero_point: int

    def code(self, real: float) -> int:
        """The code nearest to `real`, saturated."""
        return int(np.clip(np.rint(np.float64(real) / np.float64(self.scale)) + self.zero_point, LEAST, GREATEST))


@dataclass(eq=False)
class Tensor:
    """An activation. Without quantisation it holds float32."""

    name: str
    shape: tuple[int, int, int]
    quantisation: Quantisation | None

    @property
    def count(self) -> int:
        return self.shape[0] * self.shape[1] * self.shape[2]


@dataclass(eq=False)
class Operator:
    """One step. Which attributes matter is decided by `kind`, as FORMAT.md's table says."""

    kind: str
    name: str
    inputs: list[Tensor]
    output: Tensor
    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    groups: int = 1
    range: tuple[int, int] = FULL_RANGE
    weights: np.ndarray | None = None
    weight_scale: np.ndarray | None = None
    bias: np.ndarray | None = None
    repeats: tuple[int, ...] = ()

    @property
    def input(self) -> Tensor:
        return self.inputs[0]


@dataclass(eq=False)
class Graph:
    """Operators in execution order, from one int8 input to one output, and the statistics of inner maps beside it."""

    name: str
    input: Tensor
    output: Tensor
    operators: list[Operator] = field(default_factory=list)
    taps: list[Tensor] = field(default_factory=list)

    @property
    def dimension(self) -> int:
        """Numbers of the vector: those of the output, and of the taps behind it."""
        return self.output.count + sum(t.count for t in self.taps)

    def producer(self, tensor: Tensor) -> Operator | None:
        return next((o for o in self.operators if o.output is tensor), None)

    def consumers(self, tensor: Tensor) -> list[Operator]:
        return [o for o in self.operators if any(x is tensor for x in o.inputs)]

    def replace_uses(self, old: Tensor, new: Tensor) -> None:
        """Every operator that reads `old` reads `new`; so does the graph's output."""
        for operator in self.operators:
            operator.inputs = [new if x is old else x for x in operator.inputs]
        if self.output is old:
            self.output = new

    def tensors(self) -> list[Tensor]:
        return [self.input] + [o.output for o in self.operators]

    def drop_unreachable(self) -> None:
        """Keeps only what the output needs."""
        needed = {id(t) for t in [self.output, *self.taps]}
        kept = []
        for operator in reversed(self.operators):
            if id(operator.output) in needed:
                kept.append(operator)
                needed.update(id(x) for x in operator.inputs)
        self.operators = kept[::-1]


def window_extent(extent: int, before: int, after: int, kernel: int, stride: int) -> int:
    """How many windows fit."""
    return (extent + before + after - kernel) // stride + 1


def same_padding(extent: int, kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's SAME padding of one axis, made explicit: the odd position goes behind."""
    total = max((-(-extent // stride) - 1) * stride + kernel - extent, 0)
    return total // 2, total - total // 2


def multiplier(operator: Operator) -> np.ndarray:
    """FORMAT.md's float32 multiplier of each output channel: s_x · s_w[c] / s_y from left to right."""
    s_x, s_y = operator.input.quantisation.scale, operator.output.quantisation.scale
    return (np.float32(s_x) * operator.weight_scale.astype(np.float32)) / np.float32(s_y)
