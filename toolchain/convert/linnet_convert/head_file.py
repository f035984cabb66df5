"""A classifier that followed the embedding becomes a `linear` head file."""

import json

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


def encode(
    weights: np.ndarray, scale: np.ndarray, bias: np.ndarray, classes: list[str], digest: str, provenance: Provenance
) -> bytes:
    """The head file of int8 `weights` [classes, dimension] with a float32 scale and bias a row; logits are
    scale · (weights · embedding) + bias of the raw embedding."""
    metadata = {
        "linnet.head": "1",
        "linnet.method": "linear",
        "linnet.classes": json.dumps(classes, ensure_ascii=False, separators=(",", ":")),
        "linnet.backbone": digest,
        "linnet.backbone.name": provenance.name,
        "linnet.dimension": str(weights.shape[1]),
        "linnet.embedding": "raw",
        "linnet.gain": "1",
        "linnet.temperature": "1",
        "linnet.source": provenance.source,
        "linnet.license": provenance.license,
    }
    tensors = {
        "weights": np.ascontiguousarray(weights, np.int8),
        "weights.scale": scale.astype(np.float32),
        "bias": bias.astype(np.float32),
    }
    return container.encode(tensors, metadata)


def from_classifier(classifier: Operator, labels: str | None, digest: str, provenance: Provenance) -> bytes:
    """The head of a quantised classifier: its weights as they are, its bias in real numbers."""
    weights = classifier.weights.reshape(len(classifier.weights), -1)
    scale = classifier.input.quantisation.scale
    bias = classifier.bias.astype(np.float64) * (np.float64(scale) * classifier.weight_scale.astype(np.float64))
    names = class_names(labels, len(weights))
    return encode(weights, classifier.weight_scale, bias, names, digest, provenance)
