"""Full-integer `.tflite` files become a graph: int8 with every parameter kept, uint8 shifted by 128."""

import os
import struct

import numpy as np
import tflite

from .errors import ConversionError
from .graph import FULL_RANGE, Graph, Operator, Quantisation, Tensor
from .tflite_operators import READERS

OPERATORS = {v: k for k, v in vars(tflite.BuiltinOperator).items() if isinstance(v, int)}
TYPES = {v: k for k, v in vars(tflite.TensorType).items() if isinstance(v, int)}
ARRAYS = {"INT8": np.int8, "UINT8": np.uint8, "INT32": np.int32, "INT64": np.int64, "FLOAT32": np.float32}
SHIFT = {"INT8": 0, "UINT8": 128}


class Reader:
    """One subgraph while it is read: tensors by index, operators so far."""

    def __init__(self, content: bytes, path: str):
        self.path = path
        self.file = os.path.basename(path)
        self.model = tflite.Model.GetRootAsModel(content, 0)
        if self.model.SubgraphsLength() != 1:
            raise ConversionError(f"{path} has {self.model.SubgraphsLength()} subgraphs; only one is supported.")
        self.subgraph = self.model.Subgraphs(0)
        self.activations: dict[int, Tensor] = {}
        self.operators: list[Operator] = []
        self.names: set[str] = set()
        self.current = ""

    def fail(self, problem: str) -> ConversionError:
        return ConversionError(f"{self.path}: {self.current} {problem}.")

    def tensor_name(self, index: int) -> str:
        name = self.subgraph.Tensors(index).Name()
        return name.decode(errors="replace") if name else f"tensor {index}"

    def type(self, index: int) -> str:
        code = self.subgraph.Tensors(index).Type()
        return TYPES.get(code, str(code))

    def shape(self, index: int) -> list[int]:
        tensor = self.subgraph.Tensors(index)
        return [int(x) for x in tensor.ShapeAsNumpy()] if tensor.ShapeLength() else []

    def constant(self, index: int) -> np.ndarray | None:
        """The stored values of a tensor, or none for an activation."""
        tensor = self.subgraph.Tensors(index)
        buffer = self.model.Buffers(tensor.Buffer())
        if buffer is None or buffer.DataLength() == 0:
            return None
        kind = ARRAYS.get(self.type(index))
        if kind is None:
            raise self.fail(f"reads tensor {self.tensor_name(index)} of unsupported type {self.type(index)}")
        return np.frombuffer(buffer.DataAsNumpy().tobytes(), kind).reshape(self.shape(index))

    def scales(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Scales and zero points of a tensor, one each or one a channel."""
        parameters = self.subgraph.Tensors(index).Quantization()
        if parameters is None or parameters.ScaleLength() == 0:
            raise self.fail(
                f"has tensor {self.tensor_name(index)} of type {self.type(index)} without quantisation; only "
                "full-integer networks (int8 or uint8) can be converted, so quantise it first")
        scales = parameters.ScaleAsNumpy().astype(np.float32)
        if not (np.isfinite(scales).all() and (scales > 0).all()):
            raise self.fail(f"has tensor {self.tensor_name(index)} with a scale that is not a positive number")
        points = np.zeros(len(scales), np.int64)
        if parameters.ZeroPointLength() == len(scales):
            points = parameters.ZeroPointAsNumpy().astype(np.int64)
        return scales, points

    def spatial_shape(self, index: int) -> tuple[int, int, int]:
        """Height, width, channels without the batch, which must be one."""
        shape = self.shape(index)
        if len(shape) > 4 or (len(shape) == 4 and shape[0] != 1):
            raise self.fail(f"has tensor {self.tensor_name(index)} of shape {shape}; only a batch of one is supported")
        if len(shape) == 4 or (len(shape) > 1 and shape[0] == 1):
            shape = shape[1:]
        if len(shape) > 3 or any(x < 1 for x in shape):
            raise self.fail(f"has tensor {self.tensor_name(index)} of unsupported shape {shape}")
        return tuple([1] * (3 - len(shape)) + shape)

    def activation(self, index: int) -> Tensor:
        """The graph tensor of an index; uint8 is shifted to int8."""
        if index in self.activations:
            return self.activations[index]
        if index < 0 or self.constant(index) is not None:
            what = "a constant" if index >= 0 else "an absent tensor"
            raise self.fail(f"reads {what} where an activation is expected, which is not supported")
        kind, quantisation = self.type(index), None
        if kind in SHIFT:
            scales, points = self.scales(index)
            if len(scales) != 1:
                raise self.fail(f"has activation {self.tensor_name(index)} quantised per channel; only per tensor is supported")
            zero_point = int(points[0]) - SHIFT[kind]
            if not -128 <= zero_point <= 127:
                raise self.fail(f"has tensor {self.tensor_name(index)} with a zero point outside its type")
            quantisation = Quantisation(scales[0], zero_point)
        elif kind != "FLOAT32":
            raise self.fail(f"has tensor {self.tensor_name(index)} of unsupported type {kind}")
        tensor = Tensor(self.tensor_name(index), self.spatial_shape(index), quantisation)
        self.activations[index] = tensor
        return tensor

    def unique(self, name: str) -> str:
        """An operator's name, short and not used before."""
        candidate, number = name, 2
        while candidate in self.names:
            candidate, number = f"{name}.{number}", number + 1
        self.names.add(candidate)
        return candidate

    def read(self) -> Graph:
        self.current = "the network"
        if self.subgraph.InputsLength() != 1 or self.subgraph.OutputsLength() != 1:
            raise self.fail(
                f"has {self.subgraph.InputsLength()} inputs and {self.subgraph.OutputsLength()} outputs; "
                "only one of each is supported")
        source = self.activation(int(self.subgraph.Inputs(0)))
        for position in range(self.subgraph.OperatorsLength()):
            self._operator(position)
        self.current = "the network"
        output = self.activation(int(self.subgraph.Outputs(0)))
        name = os.path.splitext(self.file)[0]
        return Graph(name, source, output, self.operators)

    def _operator(self, position: int) -> None:
        operator = self.subgraph.Operators(position)
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        kind = OPERATORS.get(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()), "unknown")
        if kind == "CUSTOM" and code.CustomCode():
            kind = code.CustomCode().decode(errors="replace")
        inputs = [int(x) for x in operator.InputsAsNumpy()] if operator.InputsLength() else []
        outputs = [int(x) for x in operator.OutputsAsNumpy()] if operator.OutputsLength() else []
        target = self.tensor_name(outputs[0]) if outputs else "nothing"
        self.current = f"operator {position} ({kind}, which makes tensor {target})"
        if outputs and all(self.type(index) in ("INT32", "INT64") for index in outputs):
            # Arithmetic on shapes, left by a network for batches of any size; with a batch of one the tensors say it.
            return
        reader = READERS.get(kind)
        if reader is None:
            raise self.fail("is not supported")
        if len(outputs) != 1:
            raise self.fail(f"has {len(outputs)} outputs; only one is supported")
        table = operator.BuiltinOptions()
        self.operators.append(reader(self, inputs, outputs[0], table, f"{kind.lower()}.{position}"))

    def range(self, activation: int, tensor: Tensor) -> tuple[int, int]:
        """The codes between which a fused activation clamps."""
        functions = tflite.ActivationFunctionType
        q = tensor.quantisation
        if activation == functions.NONE:
            return FULL_RANGE
        if activation == functions.RELU:
            return q.code(0), FULL_RANGE[1]
        if activation == functions.RELU6:
            return q.code(0), q.code(6)
        if activation == functions.RELU_N1_TO_1:
            return q.code(-1), q.code(1)
        raise self.fail(f"has a fused activation {activation} that is not supported")


def read(content: bytes, path: str) -> Graph:
    """The network of a full-integer `.tflite` file."""
    if len(content) < 8 or content[4:8] != b"TFL3":
        raise ConversionError(f"{path} is not a .tflite file.")
    try:
        return Reader(content, path).read()
    except (struct.error, IndexError, ValueError, TypeError, AttributeError, OverflowError, MemoryError):
        raise ConversionError(f"{path} is damaged: its tables point outside the file or contradict each other.") from None
