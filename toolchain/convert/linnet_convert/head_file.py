"""A classifier that followed the embedding becomes a `linear` head file."""

import json
from dataclasses import dataclass

import numpy as np

from . import container
from .errors import USAGE, ConversionError
from .graph import Operator
from .model_file import Provenance


def class_names(path: str | None, count: int) -> list[str]:
    """A line a class from a labels file; numbered names where none is given."""
    if path is None:
        return [f"class {i}" for i in range(count)]
    try:
        lines = container.read_bytes(path).decode().splitlines()
    except UnicodeDecodeError:
        raise ConversionError(f"{path} is not UTF-8 text.", USAGE) from None
    names = [line.strip() for line in lines if line.strip()]
    if len(names) != count:
        raise ConversionError(f"{path} names {len(names)} classes but the classifier has {count}.", USAGE)
    return names


@dataclass(frozen=True)
class Classifier:
    """Logits are scale · (weights · embedding) + bias: int8 [classes, dimension], a float32 scale and bias a row."""

    weights: np.ndarray
    scale: np.ndarray
    bias: np.ndarray
    # The mean and the deviation of the embeddings that it was trained on, where they are known: [2, dimension].
    statistics: np.ndarray | None = None


def of_operator(operator: Operator) -> Classifier:
    """A quantised classifier's weights as they are, its bias in real numbers."""
    unit = np.float64(operator.input.quantisation.scale) * operator.weight_scale.astype(np.float64)
    weights = operator.weights.reshape(len(operator.weights), -1)
    return Classifier(weights, operator.weight_scale, (operator.bias * unit).astype(np.float32))


def of_reals(weights: np.ndarray, bias: np.ndarray) -> Classifier:
    """A float classifier: each row to int8, symmetric."""
    rows = weights.astype(np.float64)
    scale = np.maximum(np.abs(rows).max(axis=1) / 127, 1e-30).astype(np.float32)
    codes = np.clip(np.rint(rows / scale.astype(np.float64)[:, None]), -127, 127).astype(np.int8)
    return Classifier(codes, scale, bias.astype(np.float32))


def encode(classifier: Classifier, classes: list[str], digest: str, provenance: Provenance, dimension: int) -> bytes:
    """The head file for the raw embeddings of the backbone with this digest, the first of `dimension` numbers."""
    treatment = {"blocks": [[0, classifier.weights.shape[1], 1]], "power": "none", "normalised": False, "whole": False}
    metadata = {
        "linnet.head": "2",
        "linnet.method": "linear",
        "linnet.scorer": "linear",
        "linnet.treatment": json.dumps(treatment, separators=(",", ":")),
        "linnet.classes": json.dumps(classes, ensure_ascii=False, separators=(",", ":")),
        "linnet.backbone": digest,
        "linnet.backbone.name": provenance.name,
        "linnet.dimension": str(dimension),
        "linnet.gain": "1",
        "linnet.temperature": "1",
        "linnet.source": provenance.source,
        "linnet.license": provenance.license,
    }
    tensors = {
        "weights": np.ascontiguousarray(classifier.weights, np.int8),
        "weights.scale": classifier.scale.astype(np.float32),
        "bias": classifier.bias.astype(np.float32),
    }
    if classifier.statistics is not None:
        tensors["source.mean"], tensors["source.deviation"] = classifier.statistics.astype(np.float32)
    return container.encode(tensors, metadata)
