"""QDQ ONNX files become a graph: the quantisation between a QuantizeLinear and a DequantizeLinear is kept as it is.

Between them ONNX computes in float32; every node there is held back as *pending* until a QuantizeLinear says how its
result is quantised. Activations are channels-first in ONNX and channels-last here, which is a matter of names only,
but for a flattening of several positions: then the weights that read it are reordered.
"""

import math
import os
from dataclasses import dataclass, field, replace

import numpy as np
import onnx
from onnx import numpy_helper

from .errors import ConversionError
from .graph import FULL_RANGE, Graph, Operator, Quantisation, Tensor

SHIFT = {np.dtype(np.int8): 0, np.dtype(np.uint8): 128}


@dataclass
class Coded:
    """Constant codes with their scales and zero points, one a channel of `axis` or one in all."""

    codes: np.ndarray
    scale: np.ndarray
    zero_point: np.ndarray
    axis: int

    def real(self) -> np.ndarray:
        shape = [1] * self.codes.ndim
        if self.scale.size > 1:
            shape[self.axis] = -1
        return (self.codes.astype(np.float64) - self.zero_point.reshape(shape)) * self.scale.reshape(shape)


@dataclass
class Value:
    """What a name stands for: an activation, perhaps pending, in an order of dimensions."""

    tensor: Tensor
    channels_first: bool = True
    flat: bool = False
    pending: Operator | None = None
    limits: tuple[float, float] = (-math.inf, math.inf)


@dataclass
class Reader:
    """The network while it is read."""

    model: onnx.ModelProto
    path: str
    values: dict[str, Value | Coded | np.ndarray] = field(default_factory=dict)
    quantised: dict[str, Value | Coded] = field(default_factory=dict)
    operators: list[Operator] = field(default_factory=list)
    current: str = ""

    def fail(self, problem: str) -> ConversionError:
        return ConversionError(f"{self.path}: {self.current} {problem}.")

    def constant(self, name: str) -> np.ndarray | None:
        """The stored array of a name, or none."""
        value = self.values.get(name)
        return value if isinstance(value, np.ndarray) else None

    def activation(self, name: str) -> Value:
        """A quantised activation that a node reads."""
        value = self.values.get(name)
        if not isinstance(value, Value):
            raise self.fail(f"reads {name}, which is no activation")
        if value.pending is not None or value.tensor.quantisation is None:
            raise self.fail(f"reads {name}, which is float32; a QuantizeLinear and a DequantizeLinear must stand before it")
        return value

    def read(self) -> Graph:
        graph = self.model.graph
        self.current = "the network"
        for tensor in graph.initializer:
            self.values[tensor.name] = numpy_helper.to_array(tensor)
        inputs = [i for i in graph.input if i.name not in self.values]
        if len(inputs) != 1 or len(graph.output) != 1:
            raise self.fail(f"has {len(inputs)} inputs and {len(graph.output)} outputs; only one of each is supported")
        source = self._input(inputs[0])
        self.values[inputs[0].name] = source
        for position, node in enumerate(graph.node):
            self._node(node, position)
        self.current = "the network"
        output = self._output(graph.output[0].name)
        name = os.path.splitext(os.path.basename(self.path))[0]
        return Graph(name, source.tensor, output, self.operators)

    def _input(self, described: onnx.ValueInfoProto) -> Value:
        kind = described.type.tensor_type
        shape = [d.dim_value for d in kind.shape.dim]
        if len(shape) not in (2, 4) or shape[0] > 1 or any(n < 1 for n in shape[1:]):
            raise self.fail(f"has the input {described.name} of shape {shape}; it must be fixed but for a batch of one")
        first = len(shape) == 2 or not (shape[3] in (1, 3) and shape[1] not in (1, 3))
        spatial = (1, 1, shape[1]) if len(shape) == 2 else (*shape[2:], shape[1]) if first else tuple(shape[1:])
        return Value(Tensor(described.name, spatial, None), first)

    def _output(self, name: str) -> Tensor:
        value = self.values.get(name)
        if not isinstance(value, Value) and (value := self.quantised.get(name)) is not None and isinstance(value, Value):
            return value.tensor
        if not isinstance(value, Value):
            raise self.fail(f"ends in {name}, which is no activation")
        if value.pending is None:
            real = Tensor(name, value.tensor.shape, None)
            self.operators.append(Operator("dequantise", "dequantise.output", [value.tensor], real))
            return real
        if value.pending.kind != "softmax" and not (value.pending.kind == "mean" and value.limits == Value.limits):
            raise self.fail(f"ends in {name}, which is float32 and not quantised; quantise the network first")
        self.operators.append(value.pending)
        return value.pending.output

    def _node(self, node: onnx.NodeProto, position: int) -> None:
        from .onnx_operators import READERS

        label = f"operator {node.name or position} ({node.op_type}, which makes tensor {node.output[0] if node.output else '?'})"
        self.current = label
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        reader = READERS.get(node.op_type)
        if reader is None or node.domain not in ("", "ai.onnx"):
            raise self.fail("is not supported")
        result = reader(self, node, attributes, f"{node.op_type.lower()}.{position}")
        if node.op_type == "QuantizeLinear":
            self.quantised[node.output[0]] = result
        else:
            self.values[node.output[0]] = result

    def parameters(self, node: onnx.NodeProto) -> tuple[np.ndarray, np.ndarray]:
        """Scales and zero points of a QuantizeLinear or DequantizeLinear."""
        scale = self.constant(node.input[1])
        if scale is None or not (np.isfinite(scale).all() and (scale > 0).all()):
            raise self.fail("has a scale that is not a stored positive number")
        zero = self.constant(node.input[2]) if len(node.input) > 2 and node.input[2] else None
        zero = np.zeros(scale.shape, np.uint8) if zero is None else zero
        return scale.astype(np.float32).reshape(-1), zero.reshape(-1)

    def quantisation(self, node: onnx.NodeProto) -> Quantisation:
        scale, zero = self.parameters(node)
        if scale.size != 1 or zero.dtype not in SHIFT:
            raise self.fail(f"quantises an activation to {zero.dtype} with {scale.size} scales; only int8 and uint8 per tensor are supported")
        return Quantisation(scale[0], int(zero[0]) - SHIFT[zero.dtype])

    def settle(self, value: Value, quantisation: Quantisation, name: str) -> Value:
        """The pending operator becomes one of the graph, its output quantised as given."""
        operator, tensor = value.pending, Tensor(name, value.tensor.shape, quantisation)
        least, greatest = value.limits
        limits = (
            quantisation.code(least) if least > -math.inf else FULL_RANGE[0],
            quantisation.code(greatest) if greatest < math.inf else FULL_RANGE[1])
        carries = operator.kind in ("convolution", "depthwise", "fully_connected", "add", "average_pool", "clamp")
        if limits == FULL_RANGE or carries:
            self.operators.append(replace(operator, output=tensor, range=limits))
        else:
            plain = Tensor(f"{name}.unclamped", value.tensor.shape, quantisation)
            self.operators.append(replace(operator, output=plain))
            self.operators.append(Operator("clamp", f"{operator.name}.clamp", [plain], tensor, range=limits))
        return replace(value, tensor=tensor, pending=None, limits=Value.limits)


def is_quantised(model: onnx.ModelProto) -> bool:
    return any(node.op_type == "DequantizeLinear" for node in model.graph.node)


def parse(content: bytes, path: str) -> onnx.ModelProto:
    """The file's message, checked by the ONNX checker."""
    try:
        model = onnx.load_from_string(content)
        onnx.checker.check_model(model)
    except Exception:
        raise ConversionError(f"{path} is neither a .tflite nor a sound .onnx file.") from None
    return model


def read(model: onnx.ModelProto, path: str) -> Graph:
    """The network of a QDQ model."""
    reader = Reader(model, path)
    try:
        return reader.read()
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        raise ConversionError(f"{path}: {reader.current} contradicts itself ({error}).") from None
