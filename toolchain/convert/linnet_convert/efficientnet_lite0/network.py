"""EfficientNet-Lite0 (Tan and Le 2019; the Lite variant of 2020: ReLU6, no squeeze-and-excite), batch norms folded."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import ConversionError
from ..head_file import Classifier, of_reals
from ..preprocessing import Preprocessing

RECIPE = Preprocessing(mean=(127.0,) * 3, deviation=(128.0,) * 3)
EPSILON = 1e-3
EXTENT = 224
STAGES = [
    # repeats, kernel, stride, expansion, channels
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]


@dataclass(eq=False)
class Layer:
    """A convolution with its batch norm folded in, in float64. Weights: [out, kh, kw, in], depthwise [kh, kw, out].

    `residual` names the layer whose output is added to this one's. `spread` tells how far each channel's values
    before the activation go, by the batch norm: |shift| + 3 · |scale|."""

    name: str
    kind: str
    weights: np.ndarray
    bias: np.ndarray
    stride: int
    relu6: bool
    spread: np.ndarray
    residual: str | None = None


def _folded(tensors, convolution: str, norm: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    weights = tensors[f"{convolution}.weight"].astype(np.float64)
    gamma, beta, mean, variance = (
        tensors[f"{norm}.{part}"].astype(np.float64) for part in ("weight", "bias", "running_mean", "running_var"))
    factor = gamma / np.sqrt(variance + EPSILON)
    return weights * factor[:, None, None, None], beta - mean * factor, np.abs(beta) + 3 * np.abs(gamma)


def _convolution(tensors, name, convolution, norm, stride=1, relu6=True) -> Layer:
    weights, bias, spread = _folded(tensors, convolution, norm)
    return Layer(name, "convolution", np.ascontiguousarray(weights.transpose(0, 2, 3, 1)), bias, stride, relu6, spread)


def _depthwise(tensors, name, convolution, norm, stride) -> Layer:
    weights, bias, spread = _folded(tensors, convolution, norm)
    return Layer(name, "depthwise", np.ascontiguousarray(weights[:, 0].transpose(1, 2, 0)), bias, stride, True, spread)


def streams(layers: list[Layer]) -> list[tuple[list[Layer], list[Layer]]]:
    """The linear tensors between blocks, joined where an addition joins them: the layers that write and those that
    read each."""
    result: list[tuple[list[Layer], list[Layer]]] = []
    for layer, reader in zip(layers, layers[1:]):
        if layer.relu6:
            continue
        if layer.residual is None:
            result.append(([], []))
        result[-1][0].append(layer)
        result[-1][1].append(reader)
    return result


def equalise(layers: list[Layer]) -> None:
    """Gives the channels of every stream a like spread: what writes a channel is divided by a factor, what reads it
    multiplied. Nothing but convolutions and additions stands between, so the network stays the same function
    (Nagel et al. 2019, cross-layer equalisation)."""
    for writers, readers in streams(layers):
        spread = np.sqrt(np.square([w.spread for w in writers]).sum(axis=0))
        factor = np.maximum(spread / spread.max(), 1e-3)
        for writer in writers:
            writer.weights = writer.weights / factor[:, None, None, None]
            writer.bias, writer.spread = writer.bias / factor, writer.spread / factor
        for reader in readers:
            reader.weights = reader.weights * factor


def layers(tensors: dict[str, np.ndarray]) -> list[Layer]:
    """The layers in execution order; each reads the one before it (after its addition)."""
    result = [_convolution(tensors, "stem", "_conv_stem", "_bn0", 2)]
    block, channels = 0, 32
    for repeats, _, first_stride, expansion, out in STAGES:
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            source, prefix, name = result[-1].name, f"_blocks.{block}", f"block{block}"
            if expansion > 1:
                result.append(_convolution(tensors, f"{name}.expand", f"{prefix}._expand_conv", f"{prefix}._bn0"))
            result.append(_depthwise(tensors, f"{name}.depthwise", f"{prefix}._depthwise_conv", f"{prefix}._bn1", stride))
            project = _convolution(tensors, f"{name}.project", f"{prefix}._project_conv", f"{prefix}._bn2", relu6=False)
            if stride == 1 and channels == out:
                project.residual = source
            result.append(project)
            block, channels = block + 1, out
    result.append(_convolution(tensors, "head", "_conv_head", "_bn1"))
    return result


def classifier(tensors: dict[str, np.ndarray]) -> Classifier:
    """The network's own, of 1000 classes, with what `measure-source` measured."""
    own = of_reals(tensors["_fc.weight"], tensors["_fc.bias"])
    return replace(own, statistics=np.load(Path(__file__).with_name("source-statistics.npy")))


def equalised(tensors: dict[str, np.ndarray]) -> list[Layer]:
    """The layers ready to be quantised."""
    try:
        result = layers(tensors)
    except (KeyError, ValueError, IndexError) as error:
        raise ConversionError(f"the weights are not those of EfficientNet-Lite0: {error}.") from None
    equalise(result)
    return result
