"""One reader for each operator of a `.tflite` file that FORMAT.md can express."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import tflite

from .graph import Operator, Tensor, same_padding, window_extent
from .requantise_weights import without_zero_points

if TYPE_CHECKING:
    from .tflite_reader import Reader


def _options(table, kind):
    options = kind()
    if table is not None:
        options.Init(table.Bytes, table.Pos)
    return options


def _window(reader: Reader, options, x: Tensor, y: Tensor, kernel: tuple[int, int]) -> dict:
    """Stride and explicit padding, checked against the output's shape."""
    stride = (options.StrideH(), options.StrideW())
    if min(stride + kernel) < 1:
        raise reader.fail(f"has stride {stride} and kernel {kernel}; both must be at least one")
    pairs = [(0, 0), (0, 0)]
    if options.Padding() == tflite.Padding.SAME:
        pairs = [same_padding(x.shape[i], kernel[i], stride[i]) for i in (0, 1)]
    extents = tuple(window_extent(x.shape[i], *pairs[i], kernel[i], stride[i]) for i in (0, 1))
    if extents != y.shape[:2]:
        raise reader.fail(f"makes {extents[0]}×{extents[1]} positions but its output says {y.shape[0]}×{y.shape[1]}")
    padding = (pairs[0][0], pairs[1][0], pairs[0][1], pairs[1][1])
    return {"kernel": kernel, "stride": stride, "padding": padding}


def _weights(reader: Reader, inputs: list[int], x: Tensor, axis: int) -> dict:
    """Weights without their zero point, a scale an output channel, and the bias; output channels on `axis`."""
    weights = reader.constant(inputs[1])
    if weights is None:
        raise reader.fail("has weights that are computed, which is not supported")
    if weights.dtype not in (np.int8, np.uint8):
        raise reader.fail(f"has weights of type {weights.dtype}; only int8 and uint8 are supported, so quantise it first")
    if x.quantisation is None:
        raise reader.fail("works on float32; only full-integer networks can be converted, so quantise it first")
    scales, points = reader.scales(inputs[1])
    channels = weights.shape[axis]
    if len(scales) not in (1, channels):
        raise reader.fail(f"has {len(scales)} weight scales for {channels} channels")
    bias = reader.constant(inputs[2]) if len(inputs) > 2 and inputs[2] >= 0 else None
    bias = np.zeros(channels, np.int64) if bias is None else bias.astype(np.int64)
    if bias.shape != (channels,):
        raise reader.fail(f"has {bias.size} biases for {channels} channels")
    scales, points = (np.broadcast_to(v, channels) for v in (scales, points))
    return {"weights": without_zero_points(weights, points, axis), "weight_scale": scales, "bias": bias}


def _undilated(reader: Reader, options) -> None:
    if (options.DilationHFactor(), options.DilationWFactor()) != (1, 1):
        raise reader.fail("is dilated, which is not supported")


def convolution(reader: Reader, inputs, output, table, name) -> Operator:
    options = _options(table, tflite.Conv2DOptions)
    _undilated(reader, options)
    x, y = reader.activation(inputs[0]), reader.activation(output)
    parts = _weights(reader, inputs, x, axis=0)
    out, height, width, inner = parts["weights"].shape
    if inner == 0 or x.shape[2] % inner or out % (x.shape[2] // inner) or y.shape[2] != out:
        raise reader.fail(f"has weights of shape {[out, height, width, inner]} for {x.shape[2]} → {y.shape[2]} channels")
    window = _window(reader, options, x, y, (height, width))
    return Operator(
        "convolution", name, [x], y, groups=x.shape[2] // inner,
        range=reader.range(options.FusedActivationFunction(), y), **window, **parts)


def depthwise(reader: Reader, inputs, output, table, name) -> Operator:
    options = _options(table, tflite.DepthwiseConv2DOptions)
    _undilated(reader, options)
    x, y = reader.activation(inputs[0]), reader.activation(output)
    parts = _weights(reader, inputs, x, axis=3)
    parts["weights"] = parts["weights"][0]
    height, width, out = parts["weights"].shape
    if out % x.shape[2] or y.shape[2] != out:
        raise reader.fail(f"has {out} filters for {x.shape[2]} → {y.shape[2]} channels")
    window = _window(reader, options, x, y, (height, width))
    return Operator("depthwise", name, [x], y, range=reader.range(options.FusedActivationFunction(), y), **window, **parts)


def fully_connected(reader: Reader, inputs, output, table, name) -> Operator:
    options = _options(table, tflite.FullyConnectedOptions)
    if options.WeightsFormat() != 0:
        raise reader.fail("has shuffled weights, which are not supported")
    x, y = reader.activation(inputs[0]), reader.activation(output)
    parts = _weights(reader, inputs, x, axis=0)
    out, inner = parts["weights"].shape
    limits = reader.range(options.FusedActivationFunction(), y)
    if inner == x.count and y.shape == (1, 1, out):
        return Operator("fully_connected", name, [x], y, range=limits, **parts)
    if inner == x.shape[2] and y.shape == (*x.shape[:2], out):
        parts["weights"] = parts["weights"].reshape(out, 1, 1, inner)
        return Operator("convolution", name, [x], y, range=limits, **parts)
    raise reader.fail(f"has weights of shape {[out, inner]} for an input of shape {list(x.shape)}")


def add(reader: Reader, inputs, output, table, name) -> Operator:
    options = _options(table, tflite.AddOptions)
    a, b, y = reader.activation(inputs[0]), reader.activation(inputs[1]), reader.activation(output)
    if a.shape != b.shape or a.shape != y.shape:
        raise reader.fail(f"adds shapes {list(a.shape)} and {list(b.shape)}; only equal shapes are supported")
    return Operator("add", name, [a, b], y, range=reader.range(options.FusedActivationFunction(), y))


def _pool(kind: str):
    def pool(reader: Reader, inputs, output, table, name) -> Operator:
        options = _options(table, tflite.Pool2DOptions)
        x, y = reader.activation(inputs[0]), reader.activation(output)
        window = _window(reader, options, x, y, (options.FilterHeight(), options.FilterWidth()))
        return Operator(kind, name, [x], y, range=reader.range(options.FusedActivationFunction(), y), **window)

    return pool


def mean(reader: Reader, inputs, output, table, name) -> Operator:
    x, y = reader.activation(inputs[0]), reader.activation(output)
    axes = reader.constant(inputs[1])
    rank = len(reader.shape(inputs[0]))
    if axes is None or rank != 4 or {int(a) % rank for a in axes.ravel()} != {1, 2}:
        raise reader.fail("is a mean over other axes than height and width, which is not supported")
    return Operator("mean", name, [x], y)


def pad(reader: Reader, inputs, output, table, name) -> Operator:
    x, y = reader.activation(inputs[0]), reader.activation(output)
    amounts = reader.constant(inputs[1])
    if amounts is None or amounts.shape != (4, 2) or amounts[[0, 3]].any() or (amounts < 0).any():
        raise reader.fail("pads other axes than height and width, which is not supported")
    if len(inputs) > 2 and inputs[2] >= 0:
        value = reader.constant(inputs[2])
        shift = 128 if value is not None and value.dtype == np.uint8 else 0
        if value is None or int(value.ravel()[0]) - shift != x.quantisation.zero_point:
            raise reader.fail("pads with another value than zero, which is not supported")
    (top, bottom), (left, right) = ([int(v) for v in amounts[i]] for i in (1, 2))
    return Operator("pad", name, [x], y, padding=(top, left, bottom, right))


def reshape(reader: Reader, inputs, output, table, name) -> Operator:
    x, y = reader.activation(inputs[0]), reader.activation(output)
    if x.count != y.count:
        raise reader.fail(f"turns shape {list(x.shape)} into {list(y.shape)}, which holds another number of elements")
    return Operator("reshape", name, [x], y)


def concatenation(reader: Reader, inputs, output, table, name) -> Operator:
    options = _options(table, tflite.ConcatenationOptions)
    parts, y = [reader.activation(i) for i in inputs], reader.activation(output)
    rank = len(reader.shape(output))
    if options.Axis() % rank != rank - 1:
        raise reader.fail(f"joins along axis {options.Axis()}; only channels are supported")
    if options.FusedActivationFunction() != tflite.ActivationFunctionType.NONE:
        raise reader.fail("has a fused activation, which is not supported")
    return Operator("concatenation", name, parts, y)


def softmax(reader: Reader, inputs, output, table, name) -> Operator:
    options = _options(table, tflite.SoftmaxOptions)
    if options.Beta() != 1:
        raise reader.fail(f"has beta {options.Beta():g}; only 1 is supported")
    return Operator("softmax", name, [reader.activation(inputs[0])], reader.activation(output))


def _unary(kind: str):
    def unary(reader: Reader, inputs, output, table, name) -> Operator:
        return Operator(kind, name, [reader.activation(inputs[0])], reader.activation(output))

    return unary


def _clamp(activation: int):
    def clamp(reader: Reader, inputs, output, table, name) -> Operator:
        x, y = reader.activation(inputs[0]), reader.activation(output)
        return Operator("clamp", name, [x], y, range=reader.range(activation, y))

    return clamp


READERS = {
    "CONV_2D": convolution,
    "DEPTHWISE_CONV_2D": depthwise,
    "FULLY_CONNECTED": fully_connected,
    "ADD": add,
    "AVERAGE_POOL_2D": _pool("average_pool"),
    "MAX_POOL_2D": _pool("maximum_pool"),
    "MEAN": mean,
    "PAD": pad,
    "PADV2": pad,
    "RESHAPE": reshape,
    "SQUEEZE": reshape,
    "EXPAND_DIMS": reshape,
    "CONCATENATION": concatenation,
    "SOFTMAX": softmax,
    "QUANTIZE": _unary("requantise"),
    "DEQUANTIZE": _unary("dequantise"),
    "RELU": _clamp(tflite.ActivationFunctionType.RELU),
    "RELU6": _clamp(tflite.ActivationFunctionType.RELU6),
    "RELU_N1_TO_1": _clamp(tflite.ActivationFunctionType.RELU_N1_TO_1),
}
