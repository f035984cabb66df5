"""Float ONNX networks with seeded random weights, and their quantisation by ONNX Runtime."""

import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static


class Sketch:
    """A float network drawn one node after another; every method returns the name of what it makes."""

    def __init__(self, shape, seed=0):
        self.random = np.random.default_rng(seed)
        self.shape, self.nodes, self.stored = shape, [], []

    def store(self, values) -> str:
        name = f"w{len(self.stored)}"
        self.stored.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def node(self, kind, inputs, **attributes) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=f"{kind}_{len(self.nodes)}", **attributes))
        return name

    def normal(self, *shape) -> np.ndarray:
        return self.random.normal(0, 1 / np.sqrt(np.prod(shape[1:])), shape).astype(np.float32)

    def conv(self, x, inner, out, kernel=1, groups=1, **attributes):
        weights = self.store(self.normal(out, inner // groups, kernel, kernel))
        return self.node("Conv", [x, weights, self.store(self.normal(out) / 4)], group=groups, kernel_shape=[kernel] * 2, **attributes)

    def clip(self, x, least=0.0, greatest=6.0):
        return self.node("Clip", [x, self.store(np.float32(least)), self.store(np.float32(greatest))])

    def gemm(self, x, inner, out):
        return self.node("Gemm", [x, self.store(self.normal(out, inner)), self.store(self.normal(out))], transB=1)

    def model(self, output) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes, "sketch", [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)], self.stored)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        return onnx.shape_inference.infer_shapes(model)


class Feed(CalibrationDataReader):
    def __init__(self, batches):
        self.batches = iter(batches)

    def get_next(self):
        batch = next(self.batches, None)
        return None if batch is None else {"x": batch}


def quantised(model, folder, activations=QuantType.QInt8, per_channel=True) -> onnx.ModelProto:
    shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
    random = np.random.default_rng(5)
    batches = [random.uniform(-1, 1, shape).astype(np.float32) for _ in range(8)]
    source, target = os.path.join(folder, "float.onnx"), os.path.join(folder, "qdq.onnx")
    onnx.save(model, source)
    quantize_static(
        source, target, Feed(batches), quant_format=QuantFormat.QDQ, per_channel=per_channel,
        activation_type=activations, weight_type=QuantType.QInt8)
    return onnx.load(target)


def picture_network() -> onnx.ModelProto:
    """Every operator that a picture classifier commonly has."""
    s = Sketch([1, 3, 33, 30])
    x = s.clip(s.conv("x", 3, 8, 3, strides=[2, 2], pads=[1, 1, 1, 1]))
    y = s.clip(s.conv(x, 8, 8, 3, 8, pads=[1, 1, 1, 1]))
    x = s.node("Add", [s.conv(y, 8, 8), x])
    x = s.node("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    a = s.node("Relu", [s.conv(x, 8, 10, 5, 2, auto_pad="SAME_UPPER", strides=[2, 2])])
    b = s.node("AveragePool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    x = s.node("Concat", [a, b], axis=1)
    x = s.node("GlobalAveragePool", [s.node("Relu", [s.conv(x, 18, 20)])])
    return s.model(s.node("Softmax", [s.gemm(s.node("Flatten", [x]), 20, 7)], axis=-1))


def flattened_network() -> onnx.ModelProto:
    """A classifier that reads several positions, as AlexNet's and VGG's do, with a hidden layer."""
    s = Sketch([1, 3, 12, 9], seed=1)
    x = s.node("MaxPool", [s.node("Relu", [s.conv("x", 3, 6, 3)])], kernel_shape=[2, 2], strides=[2, 2])
    x = s.node("Relu", [s.gemm(s.node("Flatten", [x]), 6 * 5 * 3, 14)])
    return s.model(s.gemm(x, 14, 5))


def depthwise_multiple_network() -> onnx.ModelProto:
    s = Sketch([1, 4, 9, 9], seed=2)
    x = s.conv("x", 4, 8, 3, 4, pads=[1, 0, 2, 1], strides=[1, 2])
    x = s.node("Relu", [s.node("Add", [x, s.conv(x, 8, 8)])])
    x = s.node("ReduceMean", [x], axes=[2, 3], keepdims=0)
    return s.model(s.node("Add", [s.node("MatMul", [x, s.store(s.normal(8, 3))]), s.store(s.normal(3))]))
