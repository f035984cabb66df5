"""Passes over the graph: what the format has no operator for is folded into what it has."""

import numpy as np

from .errors import ConversionError
from .graph import FULL_RANGE, WEIGHTED, Graph, Operator, Tensor

RANGED = WEIGHTED + ("add", "average_pool", "maximum_pool")


def simplify(graph: Graph, path: str) -> None:
    """All passes, in the order in which they help each other."""
    fold_border(graph)
    drop_identities(graph)
    fold_clamps(graph)
    match_quantisation(graph)
    fold_pads(graph)
    drop_flattening(graph)
    drop_identities(graph)
    graph.drop_unreachable()
    check_types(graph, path)


def fold_border(graph: Graph) -> None:
    """A float32 input that is only quantised loses that step: the codes are the input."""
    for operator in graph.consumers(graph.input):
        if operator.kind == "requantise" and graph.input.quantisation is None:
            graph.operators.remove(operator)
            replaced, graph.input = graph.input, operator.output
            graph.replace_uses(replaced, graph.input)


def _is_identity(operator: Operator) -> bool:
    x, y = operator.input, operator.output
    if x.shape != y.shape or x.quantisation != y.quantisation or len(operator.inputs) != 1:
        return False
    if operator.kind == "pad":
        return not any(operator.padding)
    return operator.kind in ("requantise", "reshape", "concatenation")


def drop_identities(graph: Graph) -> None:
    """Steps that change neither shape nor quantisation go."""
    for operator in list(graph.operators):
        if _is_identity(operator):
            graph.operators.remove(operator)
            graph.replace_uses(operator.output, operator.input)


def _intersect(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    least, greatest = max(a[0], b[0]), min(a[1], b[1])
    return (least, max(least, greatest))


def fold_clamps(graph: Graph) -> None:
    """A ReLU on its own becomes the range of the operator before it, or else of a 1×1 average behind it."""
    for operator in list(graph.operators):
        if operator.kind != "clamp":
            continue
        before = graph.producer(operator.input)
        alone = len(graph.consumers(operator.input)) == 1 and operator.input is not graph.output
        same = operator.input.quantisation == operator.output.quantisation
        if before is not None and before.kind in RANGED and alone and same:
            before.range = _intersect(before.range, operator.range)
            before.output = operator.output
            graph.operators.remove(operator)
        else:
            operator.kind = "average_pool"


def match_quantisation(graph: Graph) -> None:
    """Operators that cannot change the quantisation but should are followed by one that can."""
    for operator in list(graph.operators):
        x, y = operator.input.quantisation, operator.output.quantisation
        if operator.kind in ("maximum_pool", "pad", "reshape") and y is not None and x != y:
            same = Tensor(f"{operator.output.name}.codes", operator.output.shape, x)
            step = Operator("requantise", f"{operator.name}.requantise", [same], operator.output)
            operator.output = same
            graph.operators.insert(graph.operators.index(operator) + 1, step)


def fold_pads(graph: Graph) -> None:
    """A pad before convolutions becomes their padding; one that other operators read stays."""
    for operator in list(graph.operators):
        if operator.kind != "pad" or operator.output is graph.output:
            continue
        readers = graph.consumers(operator.output)
        if all(r.kind in ("convolution", "depthwise") for r in readers):
            for reader in readers:
                reader.padding = tuple(a + b for a, b in zip(reader.padding, operator.padding))
                reader.inputs = [operator.input]
            graph.operators.remove(operator)


def drop_flattening(graph: Graph) -> None:
    """Fully connected layers read any shape as one vector, so a reshape before them is not needed."""
    for operator in graph.operators:
        if operator.kind != "fully_connected":
            continue
        before = graph.producer(operator.input)
        if before is not None and before.kind == "reshape":
            operator.inputs = [before.input]
    graph.drop_unreachable()


def check_types(graph: Graph, path: str) -> None:
    """Only the output may be float32, and where the format wants equal quantisation it is equal."""
    if graph.input.quantisation is None:
        raise ConversionError(
            f"{path}: the input {graph.input.name} is float32; only full-integer networks can be converted, "
            "so quantise it first.")
    for operator in graph.operators:
        what = f"{path}: operator {operator.name}, which makes tensor {operator.output.name},"
        if operator.output.quantisation is None and operator.output is not graph.output:
            raise ConversionError(f"{what} works on float32; quantise the network first.")
        if operator.output.quantisation is None and operator.kind not in ("dequantise", "softmax", "mean"):
            raise ConversionError(f"{what} works on float32; quantise the network first.")
        if operator.kind == "add":
            check_add(operator, what)


def check_add(operator: Operator, what: str) -> None:
    """FORMAT.md's bound on the exponent of an addition's larger ratio."""
    ratios = [np.float32(x.quantisation.scale) / np.float32(operator.output.quantisation.scale) for x in operator.inputs]
    exponent = int(np.frexp(max(ratios))[1]) - 1
    if not -10 <= exponent <= 7:
        raise ConversionError(f"{what} adds tensors whose scales are too far from the output's.")


def cut_at_embedding(graph: Graph) -> Operator | None:
    """Makes the graph end at its float32 embedding; the classifier behind it, if there is one, is taken off.

    The classifier is the last fully connected layer, or 1×1 convolution of one position, with nothing but
    softmax, reshape and changes of type behind it. The embedding is the mean of the last feature map where the
    network averages one, otherwise the real numbers that the classifier reads.
    """
    end = graph.output
    while (operator := graph.producer(end)) is not None and operator.kind in (
        "softmax", "reshape", "requantise", "dequantise"
    ):
        end = operator.input
    classifier = None
    if operator is not None and _is_classifier(operator):
        classifier, end = operator, operator.input
    while (operator := graph.producer(end)) is not None and operator.kind in ("reshape", "dequantise"):
        end = operator.input
    end_in_embedding(graph, end)
    graph.drop_unreachable()
    return classifier


def _is_classifier(operator: Operator) -> bool:
    if operator.kind == "fully_connected":
        return True
    one = operator.kind == "convolution" and operator.groups == 1
    return one and operator.input.shape[:2] == (1, 1) and operator.output.shape[:2] == (1, 1)


def _is_full_mean(operator: Operator | None) -> bool:
    if operator is None or operator.output.shape[:2] != (1, 1):
        return False
    if operator.kind == "mean":
        return True
    whole = operator.kind == "average_pool" and operator.kernel == operator.input.shape[:2]
    quantisation = operator.output.quantisation
    free = operator.range == FULL_RANGE or (
        operator.range[1] == FULL_RANGE[1]
        and operator.range[0] == quantisation.zero_point
        and operator.input.quantisation.zero_point == FULL_RANGE[0])
    return whole and not any(operator.padding) and free


def end_in_embedding(graph: Graph, end: Tensor) -> None:
    operator = graph.producer(end)
    if _is_full_mean(operator):
        end = operator.input
    channels = end.shape[2] if _is_full_mean(operator) or end.shape[:2] != (1, 1) else end.count
    kind = "mean" if end.shape[:2] != (1, 1) else "dequantise"
    graph.output = Tensor("embedding", (1, 1, channels), None)
    graph.operators.append(Operator(kind, "embedding", [end], graph.output))


def rename(graph: Graph) -> None:
    """Short names in the order of execution: `convolution.0`, `depthwise.1`, …"""
    for position, operator in enumerate(graph.operators):
        if operator.name != "embedding":
            operator.name = f"{operator.kind}.{position}"
