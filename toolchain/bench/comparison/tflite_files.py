"""Writes a network as an int8 `.tflite` file, for networks that have none of their own."""

from pathlib import Path

import flatbuffers
import numpy as np
from linnet_convert.graph import FULL_RANGE, Graph, Operator, Tensor, same_padding

from .qdq_onnx import Unsupported

VERSIONS = {"CONV_2D": 3, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 4, "AVERAGE_POOL_2D": 2, "MAX_POOL_2D": 2, "MEAN": 2,
            "ADD": 2, "SOFTMAX": 2, "PAD": 2, "RESHAPE": 1, "QUANTIZE": 2, "CONCATENATION": 2}
SCHEMA = 3


class Writer:
    """One graph while it is written, by the schema's own classes."""

    def __init__(self, graph: Graph, schema):
        self.graph, self.schema = graph, schema
        self.buffers, self.tensors, self.operators = [schema.BufferT()], [], []
        self.codes: list[str] = []
        self.indices: dict[int, int] = {}

    def tensor(self, name: str, shape, kind: int, quantisation=None, values: np.ndarray | None = None) -> int:
        buffer = 0
        if values is not None:
            self.buffers.append(self.schema.BufferT(data=np.frombuffer(values.tobytes(), np.uint8)))
            buffer = len(self.buffers) - 1
        self.tensors.append(self.schema.TensorT(
            shape=[int(n) for n in shape], type=kind, buffer=buffer, name=name, quantization=quantisation))
        return len(self.tensors) - 1

    def scales(self, scale, zero_points, axis: int = 0):
        return self.schema.QuantizationParametersT(
            scale=np.atleast_1d(scale).astype(np.float32), zeroPoint=np.atleast_1d(zero_points).astype(np.int64),
            quantizedDimension=axis)

    def activation(self, tensor: Tensor) -> int:
        """An activation's index. What a fully connected layer makes has two axes."""
        if id(tensor) not in self.indices:
            producer = self.graph.producer(tensor)
            flat = producer is not None and self.is_flat(producer)
            shape = (1, tensor.count) if flat else (1, *tensor.shape)
            quantisation = self.scales(tensor.quantisation.scale, tensor.quantisation.zero_point)
            self.indices[id(tensor)] = self.tensor(tensor.name, shape, self.schema.TensorType.INT8, quantisation)
        return self.indices[id(tensor)]

    def is_flat(self, operator: Operator) -> bool:
        if operator.kind in ("softmax", "requantise"):
            before = self.graph.producer(operator.input)
            return before is not None and self.is_flat(before)
        return operator.kind == "fully_connected"

    def constant(self, name: str, values: np.ndarray) -> int:
        return self.tensor(name, values.shape, self.schema.TensorType.INT32, None, values.astype("<i4"))

    def operator(self, kind: str, inputs: list[int], output: int, options=None) -> None:
        if kind not in self.codes:
            self.codes.append(kind)
        made = self.schema.OperatorT(opcodeIndex=self.codes.index(kind), inputs=inputs, outputs=[output])
        if options is not None:
            made.builtinOptions = options
            made.builtinOptionsType = getattr(self.schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
        self.operators.append(made)

    def weighted(self, operator: Operator, weights: np.ndarray, axis: int) -> list[int]:
        count = weights.shape[axis]
        scale = np.broadcast_to(operator.weight_scale, count).astype(np.float32)
        zeros = np.zeros(count, np.int64)
        bias_scale = (np.float32(operator.input.quantisation.scale) * scale).astype(np.float32)
        return [
            self.tensor(f"{operator.name}.weights", weights.shape, self.schema.TensorType.INT8,
                        self.scales(scale, zeros, axis), weights.astype(np.int8)),
            self.tensor(f"{operator.name}.bias", (count,), self.schema.TensorType.INT32,
                        self.scales(bias_scale, zeros), operator.bias.astype("<i4"))]

    def padded(self, operator: Operator) -> tuple[int, int]:
        """The input and the kind of padding; what is neither SAME nor VALID is padded before."""
        top, left, bottom, right = operator.padding
        pairs = [same_padding(operator.input.shape[i], operator.kernel[i], operator.stride[i]) for i in (0, 1)]
        source = self.activation(operator.input)
        if not any(operator.padding):
            return source, self.schema.Padding.VALID
        if pairs == [(top, bottom), (left, right)]:
            return source, self.schema.Padding.SAME
        if operator.kind not in ("convolution", "depthwise"):
            raise Unsupported("padded pools are not written as .tflite")
        height, width, channels = operator.input.shape
        quantisation = self.scales(operator.input.quantisation.scale, operator.input.quantisation.zero_point)
        wide = self.tensor(f"{operator.name}.padded", (1, height + top + bottom, width + left + right, channels),
                           self.schema.TensorType.INT8, quantisation)
        amounts = self.constant(f"{operator.name}.amounts", np.array([[0, 0], [top, bottom], [left, right], [0, 0]]))
        self.operator("PAD", [source, amounts], wide, self.schema.PadOptionsT())
        return wide, self.schema.Padding.VALID

    def window(self, options, operator: Operator, padding: int):
        options.padding = padding
        options.strideH, options.strideW = operator.stride
        return options

    def convolution(self, operator: Operator, output: int) -> None:
        if operator.groups != 1:
            raise Unsupported("grouped convolutions are not written as .tflite")
        source, padding = self.padded(operator)
        options = self.window(self.schema.Conv2DOptionsT(), operator, padding)
        self.operator("CONV_2D", [source, *self.weighted(operator, operator.weights, 0)], output, options)

    def depthwise(self, operator: Operator, output: int) -> None:
        source, padding = self.padded(operator)
        options = self.window(self.schema.DepthwiseConv2DOptionsT(), operator, padding)
        options.depthMultiplier = operator.output.shape[2] // operator.input.shape[2]
        self.operator("DEPTHWISE_CONV_2D", [source, *self.weighted(operator, operator.weights[None], 3)], output, options)

    def fully_connected(self, operator: Operator, output: int) -> None:
        inputs = [self.activation(operator.input), *self.weighted(operator, operator.weights, 0)]
        self.operator("FULLY_CONNECTED", inputs, output, self.schema.FullyConnectedOptionsT())

    def add(self, operator: Operator, output: int) -> None:
        self.operator("ADD", [self.activation(x) for x in operator.inputs], output, self.schema.AddOptionsT())

    def pool(self, kind: str, operator: Operator, output: int) -> None:
        if operator.input.quantisation != operator.output.quantisation:
            raise Unsupported("pools that change the scale are not written as .tflite")
        source, padding = self.padded(operator)
        options = self.window(self.schema.Pool2DOptionsT(), operator, padding)
        options.filterHeight, options.filterWidth = operator.kernel
        self.operator(kind, [source], output, options)

    def average_pool(self, operator: Operator, output: int) -> None:
        self.pool("AVERAGE_POOL_2D", operator, output)

    def maximum_pool(self, operator: Operator, output: int) -> None:
        self.pool("MAX_POOL_2D", operator, output)

    def mean(self, operator: Operator, output: int) -> None:
        axes = self.constant(f"{operator.name}.axes", np.array([1, 2]))
        self.operator("MEAN", [self.activation(operator.input), axes], output, self.schema.ReducerOptionsT(keepDims=True))

    def softmax(self, operator: Operator, output: int) -> None:
        self.operator("SOFTMAX", [self.activation(operator.input)], output, self.schema.SoftmaxOptionsT(beta=1.0))

    def requantise(self, operator: Operator, output: int) -> None:
        self.operator("QUANTIZE", [self.activation(operator.input)], output, self.schema.QuantizeOptionsT())

    def concatenation(self, operator: Operator, output: int) -> None:
        inputs = [self.activation(x) for x in operator.inputs]
        self.operator("CONCATENATION", inputs, output, self.schema.ConcatenationOptionsT(axis=3))

    def write(self) -> bytes:
        self.activation(self.graph.input)
        for operator in self.graph.operators:
            method = getattr(self, operator.kind, None)
            if method is None or operator.range != FULL_RANGE:
                raise Unsupported(f"{operator.kind} is not written as .tflite with the range {operator.range}")
            method(operator, self.activation(operator.output))
        code = self.schema.BuiltinOperator
        subgraph = self.schema.SubGraphT(
            tensors=self.tensors, inputs=[self.indices[id(self.graph.input)]],
            outputs=[self.indices[id(self.graph.output)]], operators=self.operators, name="main")
        model = self.schema.ModelT(
            version=SCHEMA, subgraphs=[subgraph], buffers=self.buffers, description=self.graph.name,
            operatorCodes=[self.schema.OperatorCodeT(getattr(code, kind), None, VERSIONS[kind], getattr(code, kind))
                           for kind in self.codes])
        builder = flatbuffers.Builder(1 << 22)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def export(graph: Graph, path: Path) -> None:
    """Writes `graph` to `path`, int8 throughout."""
    from ai_edge_litert import schema_py_generated

    path.write_bytes(Writer(graph, schema_py_generated).write())
