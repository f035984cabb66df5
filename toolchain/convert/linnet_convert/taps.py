"""Taps: inner feature maps whose channel means and deviations stand behind the embedding."""

from .errors import ConversionError
from .graph import Graph, Operator, Tensor

GREATEST_POSITIONS = 1 << 22


def add(graph: Graph, names: list[str], path: str) -> None:
    """Has the network also give the statistics of the maps named, in the order given."""
    for name in names:
        tap(graph, find(graph, name, path))


def tap(graph: Graph, tensor: Tensor) -> None:
    statistics = Tensor(f"{tensor.name}.statistics", (1, 1, 2 * tensor.shape[2]), None)
    graph.operators.append(Operator("statistics", f"statistics.{len(graph.taps)}", [tensor], statistics))
    graph.taps.append(statistics)


def find(graph: Graph, name: str, path: str) -> Tensor:
    """The map of this name, or that an operator of this name makes; for a number, the last map of so many channels."""
    maps = [o.output for o in graph.operators if is_map(o.output)]
    named = [o.output for o in graph.operators if is_map(o.output) and name in (o.name, o.output.name)]
    named = named or [t for t in maps if name.isdecimal() and t.shape[2] == int(name)]
    if not named:
        known = ", ".join(f"{o.name} ({'×'.join(map(str, o.output.shape))})" for o in graph.operators if is_map(o.output))
        raise ConversionError(f"{path}: there is no feature map {name!r} to tap; there are: {known}.")
    if any(o.kind == "statistics" and o.input is named[-1] for o in graph.operators):
        raise ConversionError(f"{path}: the feature map {name!r} is tapped twice.")
    return named[-1]


def is_map(tensor: Tensor) -> bool:
    positions = tensor.shape[0] * tensor.shape[1]
    return tensor.quantisation is not None and 1 < positions <= GREATEST_POSITIONS
