"""A network in ncnn's two files: layers as text, weights as bytes; in int8 or in real numbers.

ncnn has int8 convolutions but reads neither QDQ ONNX nor quantised .tflite, so its files are written here. Weights keep
their codes and scales. Its activations have a scale but no zero point: the scale is taken from the greatest magnitude that
the tensor's codes stand for, so a rectified tensor keeps seven of its eight bits. Between two layers with weights the
activations stay int8, as ncnn's own tool arranges it.
"""

from pathlib import Path

import numpy as np
from linnet_convert.graph import Graph, Operator, Tensor

from .networks import Network
from .qdq_onnx import Unsupported
from .real_onnx import real_bias, real_weights, upper_bound

MAGIC = 7767517
INT8_TAG, FLOAT_TAG = 0x000D4B38, 0
REQUANTISED = 100
GREATEST = 127


def activation_scale(tensor: Tensor) -> np.float32:
    """Codes of ncnn for one of the real number."""
    zero_point, scale = tensor.quantisation.zero_point, float(tensor.quantisation.scale)
    return np.float32(GREATEST / (max(128 + zero_point, 127 - zero_point) * scale))


class Writer:
    def __init__(self, graph: Graph, integers: bool):
        self.graph, self.integers = graph, integers
        self.layers: list[str] = []
        self.weights = bytearray()
        self.blobs: dict[int, list[str]] = {}
        self.blob_count = 0

    def uses(self, tensor: Tensor) -> int:
        return sum(x is tensor for o in self.graph.operators for x in o.inputs) + (tensor is self.graph.output)

    def made(self, kind: str, inputs: list[str], parameters: dict | None = None) -> str:
        """Adds a layer with one output and names that."""
        blob = f"b{len(self.layers)}"
        values = " ".join(f"{key}={value}" for key, value in (parameters or {}).items())
        self.layers.append(f"{kind} l{len(self.layers)} {len(inputs)} 1 {' '.join([*inputs, blob])} {values}".strip())
        self.blob_count += 1
        return blob

    def gives(self, tensor: Tensor, blob: str) -> None:
        """Makes a blob as often as it is read: a reader takes its blob away."""
        count = self.uses(tensor)
        if count > 1:
            copies = [f"{blob}_{number}" for number in range(count)]
            self.layers.append(f"Split l{len(self.layers)} 1 {count} {blob} {' '.join(copies)}")
            self.blob_count += count
            self.blobs[id(tensor)] = copies
        else:
            self.blobs[id(tensor)] = [blob]

    def taken(self, tensor: Tensor) -> str:
        return self.blobs[id(tensor)].pop()

    def floats(self, values: np.ndarray) -> None:
        self.weights += np.ascontiguousarray(values, "<f4").tobytes()

    def tagged(self, operator: Operator, order: tuple[int, ...]) -> None:
        values = operator.weights if self.integers else real_weights(operator)
        values = values.transpose(order).astype("<i1" if self.integers else "<f4")
        self.weights += np.uint32(INT8_TAG if self.integers else FLOAT_TAG).astype("<u4").tobytes()
        self.weights += values.tobytes()
        self.weights += bytes(-len(self.weights) % 4)

    def next_scale(self, operator: Operator) -> np.float32 | None:
        """The scale of the output if only layers with weights read it."""
        readers = self.graph.consumers(operator.output)
        if not self.integers or not readers or operator.output is self.graph.output:
            return None
        windows = all(o.kind in ("convolution", "depthwise") and not self.is_row(o) for o in [operator, *readers])
        return activation_scale(operator.output) if windows else None

    def activation(self, operator: Operator) -> dict:
        bound = None if operator.output is self.graph.output else upper_bound(operator.output)
        if bound is None:
            return {}
        return {9: 1} if bound == float("inf") else {9: 3, -23310: f"2,0.0,{bound}"}

    def weighted(self, operator: Operator, kind: str, parameters: dict, order: tuple[int, ...]) -> str:
        """A layer with weights; parameter 8 says which scales follow them."""
        following = self.next_scale(operator)
        if self.integers:
            parameters |= {8: 1 if following is None else 1 + REQUANTISED}
        self.tagged(operator, order)
        self.floats(real_bias(operator))
        if self.integers:
            self.floats(1 / operator.weight_scale.astype(np.float64))
            self.floats(activation_scale(operator.input))
        if following is not None:
            self.floats(following)
        return self.made(kind, [self.taken(operator.input)], parameters | self.activation(operator))

    def window(self, operator: Operator, places: dict[str, int]) -> dict:
        top, left, bottom, right = operator.padding
        values = {"w": operator.kernel[1], "h": operator.kernel[0], "across": operator.stride[1], "down": operator.stride[0],
                  "left": left, "right": right, "top": top, "bottom": bottom}
        return {places[name]: value for name, value in values.items()}

    CONVOLUTION = {"w": 1, "h": 11, "across": 3, "down": 13, "left": 4, "right": 15, "top": 14, "bottom": 16}
    POOL = {"w": 1, "h": 11, "across": 2, "down": 12, "left": 3, "right": 14, "top": 13, "bottom": 15}

    def convolution(self, operator: Operator) -> str:
        if operator.groups != 1:
            raise Unsupported("grouped convolutions are not written for ncnn")
        if self.is_row(operator):
            return self.inner_product(operator, (0, 1, 2, 3))
        parameters = {0: operator.output.shape[2], **self.window(operator, self.CONVOLUTION), 5: 1, 6: operator.weights.size}
        return self.weighted(operator, "Convolution", parameters, (0, 3, 1, 2))

    def depthwise(self, operator: Operator) -> str:
        channels = operator.output.shape[2]
        if channels != operator.input.shape[2]:
            raise Unsupported("depthwise convolutions that multiply channels are not written for ncnn")
        parameters = {0: channels, **self.window(operator, self.CONVOLUTION), 5: 1, 6: operator.weights.size, 7: channels}
        return self.weighted(operator, "ConvolutionDepthWise", parameters, (2, 0, 1))

    def fully_connected(self, operator: Operator) -> str:
        if operator.input.shape[:2] != (1, 1):
            raise Unsupported("a fully connected layer over rows and columns is not written for ncnn")
        return self.inner_product(operator, (0, 1))

    def inner_product(self, operator: Operator, order: tuple[int, ...]) -> str:
        return self.weighted(operator, "InnerProduct", {0: operator.output.shape[2], 1: 1, 2: operator.weights.size}, order)

    @staticmethod
    def is_row(operator: Operator) -> bool:
        """Whether a convolution is a product with one row, which is what ncnn's pooling leaves of one position."""
        extents = operator.input.shape[:2], operator.output.shape[:2], operator.kernel
        return operator.kind == "convolution" and extents == ((1, 1),) * 3

    def rectified(self, blob: str, operator: Operator) -> str:
        bound = None if operator.output is self.graph.output else upper_bound(operator.output)
        if bound is None:
            return blob
        return self.made("ReLU", [blob]) if bound == float("inf") else self.made("Clip", [blob], {0: "0.0", 1: bound})

    def add(self, operator: Operator) -> str:
        return self.rectified(self.made("BinaryOp", [self.taken(x) for x in operator.inputs], {0: 0}), operator)

    def mean(self, operator: Operator) -> str:
        return self.made("Pooling", [self.taken(operator.input)], {0: 1, 4: 1})

    def average_pool(self, operator: Operator) -> str:
        if operator.kernel == operator.input.shape[:2] and not any(operator.padding):
            return self.mean(operator)
        return self.made("Pooling", [self.taken(operator.input)], {0: 1, 5: 1, **self.window(operator, self.POOL)})

    def maximum_pool(self, operator: Operator) -> str:
        return self.made("Pooling", [self.taken(operator.input)], {0: 0, 5: 1, **self.window(operator, self.POOL)})

    def softmax(self, operator: Operator) -> str:
        return self.made("Softmax", [self.taken(operator.input)], {0: 0, 1: 1})

    def requantise(self, operator: Operator) -> str:
        return self.made("Noop", [self.taken(operator.input)])

    def reshape(self, operator: Operator) -> str:
        if operator.input.shape[:2] != (1, 1) or operator.output.shape[:2] != (1, 1):
            raise Unsupported("a reshape of rows and columns is not written for ncnn")
        return self.made("Noop", [self.taken(operator.input)])

    def write(self) -> tuple[str, bytes]:
        height, width, channels = self.graph.input.shape
        self.gives(self.graph.input, self.made("Input", [], {0: width, 1: height, 2: channels}))
        for operator in self.graph.operators:
            method = getattr(self, operator.kind, None)
            if method is None:
                raise Unsupported(f"{operator.kind} is not written for ncnn")
            self.gives(operator.output, method(operator))
        self.layers[-1] = self.layers[-1].replace(self.taken(self.graph.output), "output")
        return "\n".join([str(MAGIC), f"{len(self.layers)} {self.blob_count}", *self.layers]) + "\n", bytes(self.weights)


def export(network: Network, folder: Path, integers: bool) -> Path:
    """Writes PATH.param and PATH.bin beside each other and names the first. Blobs b0 and output are float32."""
    path = folder / f"{network.source.stem}.{'int8' if integers else 'real'}.param"
    text, weights = Writer(network.graph, integers).write()
    path.write_text(text)
    path.with_suffix(".bin").write_bytes(weights)
    return path
