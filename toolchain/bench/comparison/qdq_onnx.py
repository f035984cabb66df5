"""Writes a network as QDQ ONNX: the operators in real numbers, each between DequantizeLinear and QuantizeLinear.

That is how ONNX Runtime and OpenVINO take a network that is already quantised. Weights, scales, zero points and biases are
those of the graph, so the codes mean the same; only the layout is theirs (channels before rows), and activations are uint8
(codes + 128) or int8, whichever an engine has the faster kernels for.
"""

from pathlib import Path

import numpy as np
import onnx
from linnet_convert.graph import FULL_RANGE, Graph, Operator, Tensor
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
SHIFTS = {np.uint8: 128, np.int8: 0}


class Unsupported(Exception):
    """An operator that has no ONNX form here."""


class Writer:
    """One graph while it is written."""

    def __init__(self, graph: Graph, activations: type):
        self.graph, self.activations = graph, activations
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.names: dict[int, str] = {}
        self.count = 0

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}.{self.count}"

    def constant(self, value: np.ndarray, stem: str = "constant") -> str:
        name = self.name(stem)
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def node(self, kind: str, inputs: list[str], **attributes) -> str:
        name = self.name(kind.lower())
        self.nodes.append(helper.make_node(kind, inputs, [name], name=f"{name}.node", **attributes))
        return name

    def parameters(self, tensor: Tensor) -> list[str]:
        """Scale and zero point of an activation."""
        if tensor.quantisation is None:
            raise Unsupported(f"{tensor.name} is float32")
        zero_point = self.activations(tensor.quantisation.zero_point + SHIFTS[self.activations])
        return [self.constant(np.float32(tensor.quantisation.scale)), self.constant(zero_point)]

    def real(self, tensor: Tensor) -> str:
        """The real numbers of a tensor's codes."""
        return self.node("DequantizeLinear", [self.names[id(tensor)], *self.parameters(tensor)])

    def codes(self, real: str, tensor: Tensor, flat: bool) -> None:
        """Makes the codes of a tensor from real numbers, which are one row if they are `flat`."""
        codes = self.node("QuantizeLinear", [real, *self.parameters(tensor)])
        height, width, channels = tensor.shape
        if flat:
            codes = self.node("Reshape", [codes, self.constant(np.array([1, channels, height, width]))])
        self.names[id(tensor)] = codes

    def weighted(self, operator: Operator, weights: np.ndarray) -> list[str]:
        """Weights and bias in real numbers; the output channel is the weights' first axis."""
        scale = np.broadcast_to(operator.weight_scale, len(weights)).astype(np.float32)
        bias_scale = (np.float32(operator.input.quantisation.scale) * scale).astype(np.float32)
        zeros = np.zeros(len(weights))
        return [
            self.node("DequantizeLinear", [
                self.constant(weights.astype(np.int8), "weights"), self.constant(scale),
                self.constant(zeros.astype(np.int8))], axis=0),
            self.node("DequantizeLinear", [
                self.constant(operator.bias.astype(np.int32), "bias"), self.constant(bias_scale),
                self.constant(zeros.astype(np.int32))], axis=0),
        ]

    def row(self, operator: Operator, length: int) -> str:
        """The input in real numbers, as one row."""
        codes = self.node("Reshape", [self.names[id(operator.input)], self.constant(np.array([1, length]))])
        return self.node("DequantizeLinear", [codes, *self.parameters(operator.input)])

    def clamped(self, real: str, operator: Operator) -> str:
        """What a range narrower than all codes leaves."""
        if operator.range == FULL_RANGE:
            return real
        scale, zero_point = operator.output.quantisation.scale, operator.output.quantisation.zero_point
        limits = [np.float32((code - zero_point) * scale) for code in operator.range]
        return self.node("Clip", [real, *map(self.constant, limits)])

    def window(self, operator: Operator) -> dict:
        top, left, bottom, right = operator.padding
        return {"kernel_shape": list(operator.kernel), "strides": list(operator.stride), "pads": [top, left, bottom, right]}

    def convolution(self, operator: Operator) -> str:
        inputs = [self.real(operator.input), *self.weighted(operator, operator.weights.transpose(0, 3, 1, 2))]
        return self.node("Conv", inputs, group=operator.groups, **self.window(operator))

    def depthwise(self, operator: Operator) -> str:
        inputs = [self.real(operator.input), *self.weighted(operator, operator.weights.transpose(2, 0, 1)[:, None])]
        return self.node("Conv", inputs, group=operator.input.shape[2], **self.window(operator))

    def fully_connected(self, operator: Operator) -> str:
        height, width, channels = operator.input.shape
        out = operator.output.shape[2]
        weights = operator.weights.reshape(out, height, width, channels).transpose(0, 3, 1, 2).reshape(out, -1)
        inputs = [self.row(operator, weights.shape[1]), *self.weighted(operator, weights)]
        return self.node("Gemm", inputs, transB=1)

    def add(self, operator: Operator) -> str:
        return self.node("Add", [self.real(x) for x in operator.inputs])

    def mean(self, operator: Operator) -> str:
        return self.node("GlobalAveragePool", [self.real(operator.input)])

    def average_pool(self, operator: Operator) -> str:
        if operator.kernel == operator.input.shape[:2] and not any(operator.padding):
            return self.mean(operator)
        return self.node("AveragePool", [self.real(operator.input)], **self.window(operator))

    def maximum_pool(self, operator: Operator) -> str:
        return self.node("MaxPool", [self.real(operator.input)], **self.window(operator))

    def pad(self, operator: Operator) -> str:
        top, left, bottom, right = operator.padding
        pads = np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)
        return self.node("Pad", [self.real(operator.input), self.constant(pads), self.constant(np.float32(0))])

    def reshape(self, operator: Operator) -> str:
        rows = self.node("Transpose", [self.real(operator.input)], perm=[0, 2, 3, 1])
        shape = np.array([1, *operator.output.shape], np.int64)
        return self.node("Transpose", [self.node("Reshape", [rows, self.constant(shape)])], perm=[0, 3, 1, 2])

    def concatenation(self, operator: Operator) -> str:
        return self.node("Concat", [self.real(x) for x in operator.inputs], axis=1)

    def softmax(self, operator: Operator) -> str:
        return self.node("Softmax", [self.real(operator.input)], axis=1)

    def requantise(self, operator: Operator) -> str:
        return self.real(operator.input)

    def operators(self) -> None:
        for operator in self.graph.operators:
            method = getattr(self, operator.kind, None)
            if method is None:
                raise Unsupported(f"{operator.kind} has no ONNX form here")
            self.codes(self.clamped(method(operator), operator), operator.output, operator.kind == "fully_connected")

    def write(self) -> onnx.ModelProto:
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(self.activations))
        height, width, channels = self.graph.input.shape
        source = helper.make_tensor_value_info("input", kind, [1, height, width, channels])
        self.names[id(self.graph.input)] = self.node("Transpose", ["input"], perm=[0, 3, 1, 2])
        self.operators()
        last = self.names[id(self.graph.output)]
        self.nodes.append(helper.make_node("Flatten", [last], ["output"], axis=1))
        target = helper.make_tensor_value_info("output", kind, [1, self.graph.output.count])
        graph = helper.make_graph(self.nodes, self.graph.name, [source], [target], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        return model


def export(graph: Graph, path: Path, activations: type) -> None:
    """Writes `graph` to `path` with activations np.uint8 or np.int8. Input 1×H×W×C and output 1×n are codes of that type."""
    onnx.save(Writer(graph, activations).write(), path)
