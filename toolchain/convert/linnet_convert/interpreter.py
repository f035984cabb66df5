"""The arithmetic of FORMAT.md in plain NumPy, run from the bytes of a model file: the reference for every kernel.

Arrays are [batch, height, width, channels]. Integer sums are formed by floating products, which are exact:
every partial sum fits the significand.
"""

import json

import numpy as np

from . import container, packing

F32 = np.float32


class Interpreter:
    """A model file that can be run."""

    def __init__(self, content: bytes, path: str = "model"):
        self.tensors, self.metadata = container.decode(content, path)
        self.graph = json.loads(self.metadata["linnet.graph"])
        self.described = self.graph["tensors"]

    def input_shape(self) -> tuple[int, int, int]:
        return tuple(self.described[self.graph["input"]]["shape"])

    def run(self, codes: np.ndarray) -> np.ndarray:
        """The output for a batch of int8 inputs."""
        return self.run_all(codes)[self.graph["output"]]

    def vectors(self, codes: np.ndarray) -> np.ndarray:
        """The output and the taps behind it, in real numbers: [batch, n] float32."""
        values = self.run_all(codes)
        tensors = [self.graph["output"], *self.graph.get("taps", ())]
        return np.concatenate([self.real(values[t], t).reshape(len(codes), -1) for t in tensors], axis=1)

    def real(self, values: np.ndarray, tensor: int) -> np.ndarray:
        """What a tensor's codes stand for."""
        codes = Codes(self.described[tensor])
        return values if codes.is_float else codes.scale * (values.astype(np.int64) - codes.zero_point).astype(F32)

    def run_all(self, codes: np.ndarray) -> dict[int, np.ndarray]:
        """Every tensor by its number, for a batch of int8 inputs."""
        assert codes.dtype == np.int8 and codes.shape[1:] == self.input_shape()
        values = {self.graph["input"]: codes}
        for operator in self.graph["operators"]:
            inputs = [(values[i], Codes(self.described[i])) for i in operator["inputs"]]
            out = self.described[operator["output"]]
            result = KINDS[operator["kind"]](self, operator, inputs, Codes(out), out)
            values[operator["output"]] = result.reshape(len(codes), *out["shape"])
        return values


class Codes:
    """Scale and zero point of a tensor, in the types the arithmetic wants."""

    def __init__(self, described: dict):
        self.is_float = described["type"] == "float32"
        self.scale = F32(described.get("scale", 0))
        self.zero_point = np.int64(described.get("zero_point", 0))

    @classmethod
    def of(cls, tensor) -> "Codes":
        """The parameters of a graph's int8 tensor."""
        quantisation = tensor.quantisation
        return cls({"type": "int8", "scale": quantisation.scale, "zero_point": quantisation.zero_point})

    def equals(self, other: "Codes") -> bool:
        return self.scale == other.scale and self.zero_point == other.zero_point


def saturate(scaled: np.ndarray, zero_point: np.int64, limits=(-128, 127)) -> np.ndarray:
    """clamp(rne(scaled) + zero point, limits) as int8."""
    return np.clip(np.rint(scaled).astype(np.int64) + zero_point, *limits).astype(np.int8)


def padded(x: np.ndarray, padding: list[int], value: int) -> np.ndarray:
    top, left, bottom, right = padding
    return np.pad(x, [(0, 0), (top, bottom), (left, right), (0, 0)], constant_values=value)


def windows(x: np.ndarray, kernel: list[int], stride: list[int]):
    """For each tap (ky, kx), the positions it meets: [batch, out height, out width, channels]."""
    height = (x.shape[1] - kernel[0]) // stride[0] + 1
    width = (x.shape[2] - kernel[1]) // stride[1] + 1
    for ky in range(kernel[0]):
        for kx in range(kernel[1]):
            rows = slice(ky, ky + (height - 1) * stride[0] + 1, stride[0])
            columns = slice(kx, kx + (width - 1) * stride[1] + 1, stride[1])
            yield ky, kx, x[:, rows, columns]


def requantised_sums(model, operator, sums: np.ndarray, out: Codes, groups: int) -> np.ndarray:
    """The epilogue of all weighted operators; `sums` holds Σ x·w."""
    channels = sums.shape[-1]
    bias = packing.unpad_channels(model.tensors[operator["bias"]][0], channels, groups).astype(np.int64)
    factor = packing.unpad_channels(model.tensors[operator["multiplier"]], channels, groups)
    accumulators = (sums.astype(np.int64) + bias).astype(np.int32)
    return saturate(accumulators.astype(F32) * factor, out.zero_point, operator["range"])


def exact_type(weights: np.ndarray) -> type:
    """The narrowest float in which every partial sum of products with int8 is an exact integer."""
    sums = np.abs(weights.astype(np.int64)).reshape(len(weights), -1).sum(axis=1)
    return np.float32 if 128 * int(sums.max(initial=0)) < 1 << 24 else np.float64


def convolution(model, operator, inputs, out, described):
    (x, codes), groups = inputs[0], operator["groups"]
    channels, inner = described["shape"][2], x.shape[3] // groups
    weights = packing.unpack_convolution(
        model.tensors[operator["weights"]], channels, operator["kernel"], inner, groups,
        operator.get("repeats", ()))
    exact = exact_type(weights)
    weights = weights.astype(exact)
    x = padded(x, operator["padding"], codes.zero_point).astype(exact)
    per_group = channels // groups
    parts = []
    for g in range(groups):
        total = 0
        for ky, kx, taps in windows(x[..., g * inner : (g + 1) * inner], operator["kernel"], operator["stride"]):
            total = total + taps @ weights[g * per_group : (g + 1) * per_group, ky, kx].T
        parts.append(total)
    return requantised_sums(model, operator, np.concatenate(parts, axis=-1), out, groups)


def depthwise(model, operator, inputs, out, described):
    x, codes = inputs[0]
    channels = described["shape"][2]
    weights = packing.unpack_depthwise(model.tensors[operator["weights"]], channels, operator["kernel"])
    weights = weights.astype(np.int32)
    x = padded(x, operator["padding"], codes.zero_point).astype(np.int32)
    multiple = channels // x.shape[3]
    total = 0
    for ky, kx, taps in windows(x, operator["kernel"], operator["stride"]):
        total = total + (np.repeat(taps, multiple, axis=3) if multiple > 1 else taps) * weights[ky, kx]
    return requantised_sums(model, operator, total, out, 1)


def fully_connected(model, operator, inputs, out, described):
    x = inputs[0][0].reshape(len(inputs[0][0]), -1).astype(np.float64)
    weights = packing.unpack_fully_connected(
        model.tensors[operator["weights"]], described["shape"][2], x.shape[1],
        operator.get("repeats", ())).astype(np.float64)
    return requantised_sums(model, operator, x @ weights.T, out, 1)


def add(model, operator, inputs, out, described):
    (a, codes_a), (b, codes_b) = inputs
    ratio_a, ratio_b = codes_a.scale / out.scale, codes_b.scale / out.scale
    exponent = int(np.frexp(max(ratio_a, ratio_b))[1]) - 1
    shift = 20 - exponent
    factor_a, factor_b = (np.int64(np.rint(np.ldexp(np.float64(r), shift))) for r in (ratio_a, ratio_b))
    total = (np.int64(1) << (shift - 1)) - factor_a * codes_a.zero_point - factor_b * codes_b.zero_point
    total = total + a * factor_a + b * factor_b
    return np.clip((total >> shift) + out.zero_point, *operator["range"]).astype(np.int8)


def average_pool(model, operator, inputs, out, described):
    x, codes = inputs[0]
    ones = padded(np.ones((1, *x.shape[1:3], 1), np.int64), operator["padding"], 0)
    x = padded(x.astype(np.int64), operator["padding"], 0)
    total = sum(taps for _, _, taps in windows(x, operator["kernel"], operator["stride"]))
    count = sum(taps for _, _, taps in windows(ones, operator["kernel"], operator["stride"]))
    if codes.equals(out):
        average = np.sign(total) * ((np.abs(total) + count // 2) // count)
        return np.clip(average, *operator["range"]).astype(np.int8)
    factor = codes.scale / (out.scale * count.astype(F32))
    return saturate((total - count * codes.zero_point).astype(F32) * factor, out.zero_point, operator["range"])


def maximum_pool(model, operator, inputs, out, described):
    x = padded(inputs[0][0], operator["padding"], -128)
    greatest = None
    for _, _, taps in windows(x, operator["kernel"], operator["stride"]):
        greatest = taps if greatest is None else np.maximum(greatest, taps)
    return np.clip(greatest, *operator["range"]).astype(np.int8)


def mean(model, operator, inputs, out, described):
    x, codes = inputs[0]
    total = (x.astype(np.int64) - codes.zero_point).sum(axis=(1, 2)).astype(F32)
    count = F32(x.shape[1] * x.shape[2])
    if out.is_float:
        return total * (codes.scale / count)
    return saturate(total * (codes.scale / (out.scale * count)) + F32(out.zero_point), np.int64(0))


def statistics(model, operator, inputs, out, described):
    x, codes = inputs[0]
    x, count = x.astype(np.int64), x.shape[1] * x.shape[2]
    sums, squares = x.sum(axis=(1, 2)), (x * x).sum(axis=(1, 2))
    means = (sums - count * codes.zero_point).astype(F32) * (codes.scale / F32(count))
    spread = np.sqrt((count * squares - sums * sums).astype(np.float64))
    deviations = (spread * (np.float64(codes.scale) / np.float64(count))).astype(F32)
    return np.concatenate([means, deviations], axis=1)


def pad(model, operator, inputs, out, described):
    return padded(inputs[0][0], operator["padding"], inputs[0][1].zero_point)


def reshape(model, operator, inputs, out, described):
    return inputs[0][0]


def requantised(x: np.ndarray, codes: Codes, out: Codes) -> np.ndarray:
    ratio, centred = codes.scale / out.scale, x - codes.zero_point
    if 2.0**-8 <= ratio <= 2.0**7:
        factor = np.int64(np.rint(ratio * F32(256)))
        return np.clip((256 * out.zero_point + 128 + factor * centred) >> 8, -128, 127).astype(np.int8)
    return saturate(centred.astype(F32) * ratio, out.zero_point)


def requantise(model, operator, inputs, out, described):
    return requantised(*inputs[0], out)


def concatenation(model, operator, inputs, out, described):
    return np.concatenate([x if codes.equals(out) else requantised(x, codes, out) for x, codes in inputs], axis=3)


def softmax(model, operator, inputs, out, described):
    x, codes = inputs[0]
    distance = codes.scale * (x.astype(np.int64) - x.max(axis=3, keepdims=True)).astype(F32)
    powers = np.exp(distance.astype(np.float64))
    probabilities = (powers / np.cumsum(powers, axis=3)[..., -1:]).astype(F32)
    return probabilities if out.is_float else saturate(probabilities / out.scale, out.zero_point)


def dequantise(model, operator, inputs, out, described):
    x, codes = inputs[0]
    return codes.scale * (x - codes.zero_point).astype(F32)


KINDS = {
    "convolution": convolution,
    "depthwise": depthwise,
    "fully_connected": fully_connected,
    "add": add,
    "average_pool": average_pool,
    "maximum_pool": maximum_pool,
    "mean": mean,
    "pad": pad,
    "reshape": reshape,
    "requantise": requantise,
    "concatenation": concatenation,
    "softmax": softmax,
    "dequantise": dequantise,
    "statistics": statistics,
}
