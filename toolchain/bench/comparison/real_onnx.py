"""Writes a network as ONNX in real numbers: what engines take that quantise by their own scheme, or not at all.

Weights are the real numbers for which the codes stand. Where the codes saturate at zero, real numbers are clamped as the
network was before it was quantised: a rectifier, with the bound of six where the scale shows it.
"""

from pathlib import Path

import numpy as np
import onnx
from linnet_convert.graph import LEAST, Graph, Operator, Tensor
from onnx import TensorProto, helper

from .qdq_onnx import OPSET, Writer

SIX = (5.9, 6.1)


def upper_bound(tensor: Tensor) -> float | None:
    """The bound of a rectified activation: six, or infinity; none if it is not rectified."""
    if tensor.quantisation.zero_point != LEAST:
        return None
    top = 255 * float(tensor.quantisation.scale)
    return 6.0 if SIX[0] < top < SIX[1] else float("inf")


def real_weights(operator: Operator) -> np.ndarray:
    """float32 weights in the graph's own order."""
    axis = operator.weights.ndim - 1 if operator.kind == "depthwise" else 0
    shape = [-1 if i == axis else 1 for i in range(operator.weights.ndim)]
    return (operator.weights * operator.weight_scale.astype(np.float64).reshape(shape)).astype(np.float32)


def real_bias(operator: Operator) -> np.ndarray:
    scale = operator.weight_scale.astype(np.float64) * np.float64(operator.input.quantisation.scale)
    return (operator.bias * scale).astype(np.float32)


class RealWriter(Writer):
    def __init__(self, graph: Graph):
        super().__init__(graph, np.int8)

    def real(self, tensor: Tensor) -> str:
        return self.names[id(tensor)]

    def codes(self, real: str, tensor: Tensor, flat: bool) -> None:
        bound = None if tensor is self.graph.output else upper_bound(tensor)
        if bound == 6:
            real = self.node("Clip", [real, self.constant(np.float32(0)), self.constant(np.float32(6))])
        elif bound is not None:
            real = self.node("Relu", [real])
        if flat:
            real = self.node("Reshape", [real, self.constant(np.array([1, tensor.shape[2], 1, 1]))])
        self.names[id(tensor)] = real

    def weighted(self, operator: Operator, weights: np.ndarray) -> list[str]:
        scale = np.broadcast_to(operator.weight_scale, len(weights)).astype(np.float64)
        values = weights * scale.reshape(-1, *[1] * (weights.ndim - 1))
        return [self.constant(values.astype(np.float32), "weights"), self.constant(real_bias(operator), "bias")]

    def row(self, operator: Operator, length: int) -> str:
        return self.node("Reshape", [self.real(operator.input), self.constant(np.array([1, length]))])

    def write(self) -> onnx.ModelProto:
        height, width, channels = self.graph.input.shape
        source = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, channels, height, width])
        self.names[id(self.graph.input)] = "input"
        self.operators()
        count = self.graph.output.count
        self.nodes.append(helper.make_node(
            "Reshape", [self.names[id(self.graph.output)], self.constant(np.array([1, count]))], ["output"]))
        target = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, count])
        graph = helper.make_graph(self.nodes, self.graph.name, [source], [target], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        return model


def export(graph: Graph, path: Path) -> None:
    """Writes `graph` to `path`. Input 1×C×H×W and output 1×n are float32."""
    onnx.save(RealWriter(graph).write(), path)
