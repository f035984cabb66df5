"""A `.linnet` file becomes a graph again, so that other engines can be given what it holds.

An embedding in real numbers is given back as codes of the feature map's own scale: one rounding more at the very end, for
every engine alike, and outputs that can be compared byte by byte.
"""

import json

import numpy as np
from linnet_convert import bounds, container, packing
from linnet_convert.errors import ConversionError
from linnet_convert.graph import WEIGHTED, Graph, Operator, Quantisation, Tensor


def _weights(operator: Operator, blocks: np.ndarray, repeats: list[int]) -> np.ndarray:
    out = operator.output.shape[2]
    if operator.kind == "depthwise":
        return packing.unpack_depthwise(blocks, out, operator.kernel)
    if operator.kind == "fully_connected":
        return packing.unpack_fully_connected(blocks, out, operator.input.count, repeats)
    inner = operator.input.shape[2] // operator.groups
    return packing.unpack_convolution(blocks, out, operator.kernel, inner, operator.groups, repeats)


def _fill(operator: Operator, entry: dict, arrays: dict[str, np.ndarray]) -> None:
    """Weights in their natural order, the scale that makes the multiplier, and the bias without the zero point."""
    channels = operator.output.shape[2]
    operator.weights = _weights(operator, arrays[entry["weights"]], entry.get("repeats", [])).astype(np.int16)
    factor = packing.unpad_channels(arrays[entry["multiplier"]], channels, operator.groups)
    s_x, s_y = (np.float64(t.quantisation.scale) for t in (operator.input, operator.output))
    operator.weight_scale = (factor.astype(np.float64) * s_y / s_x).astype(np.float32)
    folded = packing.unpad_channels(arrays[entry["bias"]][0], channels, operator.groups).astype(np.int64)
    operator.bias = folded + operator.input.quantisation.zero_point * bounds.weight_sums(operator)


def _tensor(described: dict) -> Tensor:
    quantisation = None
    if described["type"] == "int8":
        quantisation = Quantisation(np.float32(described["scale"]), described["zero_point"])
    return Tensor(described["name"], tuple(described["shape"]), quantisation)


def _end_in_codes(graph: Graph) -> None:
    last = graph.producer(graph.output)
    if graph.output.quantisation is not None or last is None:
        return
    if last.kind == "dequantise":
        graph.operators.remove(last)
        graph.output = last.input
    elif last.kind == "mean":
        graph.output.quantisation = last.input.quantisation
    else:
        raise ConversionError(f"{graph.name} ends in a {last.kind} of real numbers, which other engines cannot be given.")


def read(content: bytes, path: str) -> Graph:
    arrays, metadata = container.decode(content, path)
    described = json.loads(metadata["linnet.graph"])
    tensors = [_tensor(entry) for entry in described["tensors"]]
    operators = []
    for entry in described["operators"]:
        pairs = {name: tuple(entry[name]) for name in ("kernel", "stride", "padding", "range") if name in entry}
        operator = Operator(
            entry["kind"], entry["name"], [tensors[i] for i in entry["inputs"]], tensors[entry["output"]],
            groups=entry.get("groups", 1), **pairs)
        if operator.kind in WEIGHTED:
            _fill(operator, entry, arrays)
        operators.append(operator)
    graph = Graph(metadata["linnet.name"], tensors[described["input"]], tensors[described["output"]], operators)
    _end_in_codes(graph)
    return graph
