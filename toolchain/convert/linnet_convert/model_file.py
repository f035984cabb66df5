"""A graph becomes a `.linnet` file, as Sources/LinnetModel/FORMAT.md lays down."""

import hashlib
import json
from dataclasses import dataclass

import numpy as np

from . import bounds, container, packing
from .graph import WEIGHTED, Graph, Operator, multiplier
from .preprocessing import Preprocessing


@dataclass(frozen=True)
class Provenance:
    """What the file says of itself."""

    name: str
    source: str
    license: str


def decimal(value: float) -> float | int:
    """The number with nine significant digits, which read back as the same float32."""
    rounded = float(f"{float(value):.9g}")
    return int(rounded) if rounded.is_integer() else rounded


def _window(operator: Operator) -> dict:
    return {"kernel": list(operator.kernel), "stride": list(operator.stride), "padding": list(operator.padding)}


def _attributes(operator: Operator) -> dict:
    values: dict = {}
    if operator.kind in ("convolution", "depthwise", "average_pool", "maximum_pool"):
        values |= _window(operator)
    if operator.kind == "pad":
        values["padding"] = list(operator.padding)
    if operator.kind == "convolution":
        values["groups"] = operator.groups
    if operator.kind in WEIGHTED + ("add", "average_pool", "maximum_pool"):
        values["range"] = list(operator.range)
    if operator.repeats:
        values["repeats"] = list(operator.repeats)
    return values


def _describe_graph(graph: Graph, preprocessing: Preprocessing | None) -> str:
    tensors = graph.tensors()
    index = {id(t): i for i, t in enumerate(tensors)}
    described = []
    for tensor in tensors:
        entry: dict = {"name": tensor.name, "shape": list(tensor.shape)}
        if tensor.quantisation is None:
            entry["type"] = "float32"
        else:
            entry["type"] = "int8"
            entry["scale"] = decimal(tensor.quantisation.scale)
            entry["zero_point"] = tensor.quantisation.zero_point
        described.append(entry)
    operators = []
    for operator in graph.operators:
        entry = {"kind": operator.kind, "name": operator.name}
        entry["inputs"] = [index[id(x)] for x in operator.inputs]
        entry["output"] = index[id(operator.output)]
        entry |= _attributes(operator)
        if operator.kind in WEIGHTED:
            entry |= {part: f"{operator.name}.{part}" for part in ("weights", "bias", "multiplier")}
        operators.append(entry)
    whole = {"tensors": described, "operators": operators, "input": 0, "output": index[id(graph.output)]}
    if graph.taps:
        whole["taps"] = [index[id(t)] for t in graph.taps]
    if preprocessing is not None:
        whole["preprocessing"] = preprocessing.described()
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _packed_weights(operator: Operator) -> np.ndarray:
    if operator.kind == "convolution":
        return packing.pack_convolution(operator.weights, operator.groups, operator.repeats)
    if operator.kind == "depthwise":
        return packing.pack_depthwise(operator.weights)
    return packing.pack_fully_connected(operator.weights, operator.repeats)


def encode(graph: Graph, preprocessing: Preprocessing | None, provenance: Provenance) -> tuple[bytes, str]:
    """The file's bytes and its digest."""
    tensors: dict[str, np.ndarray] = {}
    for operator in graph.operators:
        if operator.kind not in WEIGHTED:
            continue
        packed = _packed_weights(operator)
        groups = operator.groups if operator.kind == "convolution" else 1
        factor = multiplier(operator)
        rows = bounds.bias_rows(operator)
        tensors[f"{operator.name}.weights"] = packed
        tensors[f"{operator.name}.bias"] = np.stack(
            [packing.pad_channels(row.astype(np.int32), groups) for row in rows])
        tensors[f"{operator.name}.multiplier"] = packing.pad_channels(factor, groups)
    text = _describe_graph(graph, preprocessing)
    data = container.data_section(tensors)
    digest = "sha256:" + hashlib.sha256(text.encode() + data).hexdigest()
    metadata = {
        "linnet.format": "2" if graph.taps else "1",
        "linnet.name": provenance.name,
        "linnet.source": provenance.source,
        "linnet.license": provenance.license,
        "linnet.graph": text,
        "linnet.digest": digest,
    }
    return container.encode(tensors, metadata), digest
