"""One reader for each ONNX operator that FORMAT.md can express; each returns what the node's output stands for."""

from dataclasses import replace

import numpy as np

from .graph import WEIGHTED, Operator, Tensor, same_padding, window_extent
from .onnx_reader import Coded, Reader, Value
from .requantise_weights import without_zero_points

UNQUANTISED = None


def quantize(reader: Reader, node, attributes, name):
    value = reader.values.get(node.input[0])
    if not isinstance(value, Value):
        raise reader.fail("quantises a constant at run time, which is not supported")
    quantisation = reader.quantisation(node)
    if value.pending is not None:
        return reader.settle(value, quantisation, node.output[0])
    if value.tensor.quantisation is None:
        value.tensor.quantisation = quantisation
        return replace(value)
    if value.tensor.quantisation == quantisation:
        return value
    tensor = Tensor(node.output[0], value.tensor.shape, quantisation)
    reader.operators.append(Operator("requantise", name, [value.tensor], tensor))
    return replace(value, tensor=tensor)


def dequantize(reader: Reader, node, attributes, name):
    codes = reader.constant(node.input[0])
    if codes is None:
        value = reader.quantised.get(node.input[0])
        if value is None:
            raise reader.fail("reads codes that no QuantizeLinear makes, which is not supported")
        if value.tensor.quantisation != reader.quantisation(node):
            raise reader.fail("has other parameters than the QuantizeLinear before it")
        return value
    scale, zero = reader.parameters(node)
    return Coded(codes, scale, zero.astype(np.int64), attributes.get("axis", 1) % max(codes.ndim, 1))


def constant(reader: Reader, node, attributes, name):
    from onnx import numpy_helper

    if "value" not in attributes:
        raise reader.fail("holds no tensor, which is not supported")
    return numpy_helper.to_array(attributes["value"])


def alias(reader: Reader, node, attributes, name):
    return reader.values[node.input[0]]


def _pending(operator: Operator, shape, **keywords) -> Value:
    return Value(Tensor(operator.name, tuple(shape), UNQUANTISED), pending=operator, **keywords)


def _spatial(reader: Reader, name: str) -> Value:
    value = reader.activation(name)
    if value.flat or not value.channels_first:
        raise reader.fail("reads something else than channels-first pictures, which is not supported")
    return value


def _window(reader: Reader, attributes, x: Tensor, kernel) -> dict:
    """Stride and explicit padding; a rounding up of the extents becomes padding at the far end."""
    if len(kernel) != 2 or any(d != 1 for d in attributes.get("dilations", [])):
        raise reader.fail("is dilated or not two-dimensional, which is not supported")
    stride = tuple(attributes.get("strides", [1, 1]))
    automatic = attributes.get("auto_pad", b"NOTSET").decode()
    pads = list(attributes.get("pads", [0, 0, 0, 0]))
    if automatic.startswith("SAME"):
        pairs = [same_padding(x.shape[i], kernel[i], stride[i]) for i in (0, 1)]
        pairs = [p[::-1] for p in pairs] if automatic == "SAME_LOWER" else pairs
        pads = [pairs[0][0], pairs[1][0], pairs[0][1], pairs[1][1]]
    if min((*stride, *kernel)) < 1 or min(pads) < 0:
        raise reader.fail("has a kernel, stride or padding that is not positive")
    if attributes.get("ceil_mode", 0):
        for axis in (0, 1):
            span = x.shape[axis] + pads[axis] + pads[axis + 2] - kernel[axis]
            extra = -span % stride[axis]
            starts_inside = (span + extra) < x.shape[axis] + pads[axis]
            pads[axis + 2] += extra if starts_inside else 0
    return {"kernel": tuple(kernel), "stride": stride, "padding": tuple(pads)}


def _extents(reader: Reader, x: Tensor, window: dict) -> tuple[int, int]:
    pads = window["padding"]
    extents = tuple(
        window_extent(x.shape[i], pads[i], pads[i + 2], window["kernel"][i], window["stride"][i]) for i in (0, 1))
    if min(extents) < 1:
        raise reader.fail("has a kernel that is larger than the picture")
    return extents


def _weights(reader: Reader, node, x: Tensor, position: int) -> Coded:
    coded = reader.values.get(node.input[position])
    if not isinstance(coded, Coded) or coded.codes.dtype not in (np.int8, np.uint8):
        raise reader.fail("has weights that are not stored as int8 or uint8 behind a DequantizeLinear; quantise it first")
    return coded


def _bias(reader: Reader, node, position: int, unit: np.ndarray) -> np.ndarray:
    """The bias as int64 in steps of `unit`, input scale · weight scale."""
    if len(node.input) <= position or not node.input[position]:
        return np.zeros(len(unit), np.int64)
    value = reader.values.get(node.input[position])
    real = value.real() if isinstance(value, Coded) else value
    if not isinstance(real, np.ndarray):
        raise reader.fail("has a bias that is computed, which is not supported")
    return np.rint(np.broadcast_to(real.astype(np.float64).reshape(-1), len(unit)) / unit).astype(np.int64)


def _weighted(reader: Reader, node, x: Tensor, coded: Coded, axis: int, bias_position: int) -> dict:
    """Weights without their zero point in ONNX's order, scales and bias; output channels on `axis`."""
    channels = coded.codes.shape[axis]
    if coded.scale.size not in (1, channels) or (coded.scale.size > 1 and coded.axis != axis):
        raise reader.fail("has weight scales that do not belong to its output channels")
    scale = np.broadcast_to(coded.scale, channels)
    unit = np.float64(x.quantisation.scale) * scale.astype(np.float64)
    bias = _bias(reader, node, bias_position, unit)
    weights = without_zero_points(coded.codes, np.broadcast_to(coded.zero_point, channels), axis)
    return {"weights": weights, "weight_scale": scale, "bias": bias}


def convolution(reader: Reader, node, attributes, name):
    value = _spatial(reader, node.input[0])
    x, coded = value.tensor, _weights(reader, node, value.tensor, 1)
    parts = _weighted(reader, node, x, coded, 0, 2)
    out, inner, *kernel = coded.codes.shape
    groups = attributes.get("group", 1)
    if groups * inner != x.shape[2] or out % groups:
        raise reader.fail(f"has weights of shape {list(coded.codes.shape)} in {groups} groups for {x.shape[2]} channels")
    window = _window(reader, attributes, x, kernel)
    shape = (*_extents(reader, x, window), out)
    if inner == 1 and groups > 1:
        parts["weights"] = np.ascontiguousarray(parts["weights"][:, 0].transpose(1, 2, 0))
        return _pending(Operator("depthwise", name, [x], x, **window, **parts), shape)
    parts["weights"] = np.ascontiguousarray(parts["weights"].transpose(0, 2, 3, 1))
    return _pending(Operator("convolution", name, [x], x, groups=groups, **window, **parts), shape)


def _fully_connected(reader: Reader, node, value: Value, coded: Coded, transposed: bool, name: str) -> Value:
    parts = _weighted(reader, node, value.tensor, coded, 0 if transposed else 1, 2)
    weights = parts["weights"] if transposed else parts["weights"].T
    if weights.shape[1] != value.tensor.count:
        raise reader.fail(f"has weights for {weights.shape[1]} inputs but reads {value.tensor.count}")
    height, width, channels = value.tensor.shape
    if value.channels_first and (height, width) != (1, 1):
        if not value.flat:
            raise reader.fail("reads several positions, which is not supported")
        weights = weights.reshape(-1, channels, height, width).transpose(0, 2, 3, 1).reshape(len(weights), -1)
    parts["weights"] = np.ascontiguousarray(weights)
    return _pending(Operator("fully_connected", name, [value.tensor], value.tensor, **parts), (1, 1, len(weights)))


def gemm(reader: Reader, node, attributes, name):
    if attributes.get("alpha", 1) != 1 or attributes.get("beta", 1) != 1 or attributes.get("transA", 0):
        raise reader.fail("has alpha, beta or transA, which are not supported")
    value = reader.activation(node.input[0])
    coded = _weights(reader, node, value.tensor, 1)
    return _fully_connected(reader, node, value, coded, bool(attributes.get("transB", 0)), name)


def matmul(reader: Reader, node, attributes, name):
    value = reader.activation(node.input[0])
    coded = _weights(reader, node, value.tensor, 1)
    if coded.codes.ndim != 2:
        raise reader.fail("has weights that are no matrix, which is not supported")
    return _fully_connected(reader, node, value, coded, False, name)


def _biased(reader: Reader, value: Value, constant, name: str) -> Value:
    """A constant a channel joins the bias of a pending weighted operator; else a 1×1 depthwise convolution adds it."""
    real = constant.real() if isinstance(constant, Coded) else constant
    channels = value.tensor.shape[2]
    place = -3 if value.channels_first and value.tensor.shape[:2] != (1, 1) else -1
    along = real.ndim >= -place and real.shape[place] == real.size
    if real.size != 1 and not (real.size == channels and (along or value.tensor.shape[:2] == (1, 1))):
        raise reader.fail(f"adds a constant of shape {list(real.shape)} to {channels} channels")
    operator = value.pending
    if operator is None or operator.kind not in WEIGHTED or value.limits != Value.limits:
        if operator is not None or value.tensor.quantisation is None:
            raise reader.fail("adds a constant to float32; a QuantizeLinear and a DequantizeLinear must stand before it")
        x = value.tensor
        operator = Operator(
            "depthwise", name, [x], x, weights=np.full((1, 1, channels), 127, np.int8),
            weight_scale=np.full(channels, 1 / 127, np.float32), bias=np.zeros(channels, np.int64))
        value = replace(value, tensor=Tensor(name, x.shape, UNQUANTISED))
    unit = np.float64(operator.input.quantisation.scale) * operator.weight_scale.astype(np.float64)
    bias = operator.bias + np.rint(real.astype(np.float64).reshape(-1) / unit).astype(np.int64)
    return replace(value, pending=replace(operator, bias=bias))


def add(reader: Reader, node, attributes, name):
    sides = [reader.values.get(i) for i in node.input]
    for value, other in (sides, sides[::-1]):
        if isinstance(value, Value) and isinstance(other, (Coded, np.ndarray)):
            return _biased(reader, value, other, name)
    a, b = (reader.activation(i) for i in node.input)
    if a.tensor.shape != b.tensor.shape or a.flat != b.flat or a.channels_first != b.channels_first:
        raise reader.fail(f"adds shapes {list(a.tensor.shape)} and {list(b.tensor.shape)}; only equal shapes are supported")
    operator = Operator("add", name, [a.tensor, b.tensor], a.tensor)
    return _pending(operator, a.tensor.shape, channels_first=a.channels_first, flat=a.flat)


def _pool(kind: str):
    def pool(reader: Reader, node, attributes, name):
        x = _spatial(reader, node.input[0]).tensor
        window = _window(reader, attributes, x, attributes["kernel_shape"])
        if kind == "average_pool" and attributes.get("count_include_pad", 0) and any(window["padding"]):
            raise reader.fail("counts padding in its mean, which is not supported")
        if any(p >= k for p, k in zip(window["padding"], window["kernel"] * 2)):
            raise reader.fail("has padding as large as its kernel")
        return _pending(Operator(kind, name, [x], x, **window), (*_extents(reader, x, window), x.shape[2]))

    return pool


def global_average(reader: Reader, node, attributes, name):
    x = _spatial(reader, node.input[0]).tensor
    return _pending(Operator("mean", name, [x], Tensor(node.output[0], (1, 1, x.shape[2]), None)), (1, 1, x.shape[2]))


def reduce_mean(reader: Reader, node, attributes, name):
    value = reader.activation(node.input[0])
    axes = attributes.get("axes")
    if axes is None and len(node.input) > 1:
        axes = reader.constant(node.input[1])
    spatial = {2, 3} if value.channels_first else {1, 2}
    if axes is None or value.flat or {int(a) % 4 for a in axes} != spatial:
        raise reader.fail("is a mean over other axes than height and width, which is not supported")
    x = value.tensor
    operator = Operator("mean", name, [x], Tensor(node.output[0], (1, 1, x.shape[2]), None))
    return _pending(operator, (1, 1, x.shape[2]), flat=not attributes.get("keepdims", 1))


def _limited(reader: Reader, node, name, least: float, greatest: float) -> Value:
    value = reader.values.get(node.input[0])
    if isinstance(value, Value) and value.pending is None and value.tensor.quantisation is not None:
        operator = Operator("clamp", name, [value.tensor], value.tensor)
        value = replace(value, tensor=Tensor(name, value.tensor.shape, None), pending=operator)
    if not isinstance(value, Value) or value.pending is None:
        raise reader.fail("reads float32; a QuantizeLinear and a DequantizeLinear must stand before it")
    limits = (max(value.limits[0], least), min(value.limits[1], greatest))
    return replace(value, limits=limits)


def relu(reader: Reader, node, attributes, name):
    return _limited(reader, node, name, 0.0, np.inf)


def clip(reader: Reader, node, attributes, name):
    limits = [attributes.get("min", -np.inf), attributes.get("max", np.inf)]
    for position in (1, 2):
        if len(node.input) > position and node.input[position]:
            stored = reader.values.get(node.input[position])
            real = stored.real() if isinstance(stored, Coded) else stored
            if not isinstance(real, np.ndarray):
                raise reader.fail("has limits that are computed, which is not supported")
            limits[position - 1] = float(real.reshape(-1)[0])
    return _limited(reader, node, name, *limits)


def flatten(reader: Reader, node, attributes, name):
    """Flatten, Reshape and Squeeze to one vector: the tensor stays, the order of its elements is remembered."""
    value = reader.values[node.input[0]]
    if not isinstance(value, Value):
        return _reshaped_constant(reader, node, value)
    target = None
    if node.op_type == "Reshape":
        target = reader.constant(node.input[1])
        if target is None:
            raise reader.fail("has a shape that is computed, which is not supported")
        sizes = [int(n) for n in target if int(n) != 1]
        if len(target) == 0 or len(sizes) > 1 or int(target[0]) not in (-1, 0, 1):
            raise reader.fail(f"makes the shape {[int(n) for n in target]}; only one vector is supported")
    if node.op_type == "Flatten" and attributes.get("axis", 1) != 1:
        raise reader.fail("keeps other dimensions than the batch, which is not supported")
    if node.op_type == "Squeeze" and value.tensor.shape[:2] != (1, 1):
        raise reader.fail("squeezes something else than one position, which is not supported")
    return replace(value, flat=True)


def _reshaped_constant(reader: Reader, node, value):
    shape = reader.constant(node.input[1]) if len(node.input) > 1 else None
    if not isinstance(value, np.ndarray) or shape is None:
        raise reader.fail("reshapes a constant, which is not supported")
    return value.reshape([int(n) for n in shape])


def transpose(reader: Reader, node, attributes, name):
    value = reader.values.get(node.input[0])
    order = list(attributes.get("perm", []))
    if isinstance(value, Coded) and value.codes.ndim == 2 and order in ([], [1, 0]):
        return Coded(value.codes.T, value.scale, value.zero_point, 1 - value.axis)
    if isinstance(value, Value) and not value.flat:
        if order == [0, 3, 1, 2] and not value.channels_first:
            return replace(value, channels_first=True)
        if order == [0, 2, 3, 1] and value.channels_first:
            return replace(value, channels_first=False)
    raise reader.fail(f"transposes by {order}, which is not supported")


def concatenation(reader: Reader, node, attributes, name):
    parts = [reader.activation(i) for i in node.input]
    rank = 2 if parts[0].flat else 4
    channel = 1 if rank == 2 or parts[0].channels_first else 3
    vectors = all(p.tensor.shape[:2] == (1, 1) for p in parts)
    if attributes["axis"] % rank != channel or any(p.flat for p in parts) and not vectors:
        raise reader.fail("joins along another axis than channels, which is not supported")
    if len({(p.tensor.shape[:2], p.channels_first, p.flat) for p in parts}) != 1:
        raise reader.fail("joins pictures of different extents")
    shape = (*parts[0].tensor.shape[:2], sum(p.tensor.shape[2] for p in parts))
    operator = Operator("concatenation", name, [p.tensor for p in parts], parts[0].tensor)
    return _pending(operator, shape, channels_first=parts[0].channels_first, flat=parts[0].flat)


def softmax(reader: Reader, node, attributes, name):
    value = reader.activation(node.input[0])
    rank = 2 if value.flat or value.tensor.shape[:2] == (1, 1) else 4
    if rank == 4 or attributes.get("axis", -1) not in (-1, 1, 3):
        raise reader.fail("works over several positions, which is not supported")
    real = Tensor(node.output[0], value.tensor.shape, None)
    return _pending(Operator("softmax", name, [value.tensor], real), value.tensor.shape, flat=value.flat)


def pad(reader: Reader, node, attributes, name):
    value = _spatial(reader, node.input[0])
    amounts = reader.constant(node.input[1]) if len(node.input) > 1 else np.array(attributes.get("pads", []))
    level = reader.values.get(node.input[2]) if len(node.input) > 2 and node.input[2] else np.zeros(1)
    level = level.real() if isinstance(level, Coded) else level
    if attributes.get("mode", b"constant") != b"constant" or amounts is None or len(amounts) != 8 or np.any(level):
        raise reader.fail("pads with something else than zeros, which is not supported")
    before, after = [int(n) for n in amounts[:4]], [int(n) for n in amounts[4:]]
    if any(before[:2] + after[:2]) or min(before + after) < 0:
        raise reader.fail("pads other axes than height and width, which is not supported")
    height, width, channels = value.tensor.shape
    shape = (height + before[2] + after[2], width + before[3] + after[3], channels)
    padding = (before[2], before[3], after[2], after[3])
    return _pending(Operator("pad", name, [value.tensor], value.tensor, padding=padding), shape)


READERS = {
    "QuantizeLinear": quantize,
    "DequantizeLinear": dequantize,
    "Constant": constant,
    "Identity": alias,
    "Dropout": alias,
    "Conv": convolution,
    "Gemm": gemm,
    "MatMul": matmul,
    "Add": add,
    "AveragePool": _pool("average_pool"),
    "MaxPool": _pool("maximum_pool"),
    "GlobalAveragePool": global_average,
    "ReduceMean": reduce_mean,
    "Relu": relu,
    "Clip": clip,
    "Flatten": flatten,
    "Reshape": flatten,
    "Squeeze": flatten,
    "Transpose": transpose,
    "Concat": concatenation,
    "Softmax": softmax,
    "Pad": pad,
}
