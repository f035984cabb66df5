"""The parts of the default backbone's making, small; the whole build is `build-default-model`."""

import collections
import io
import json
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest

from linnet_convert import container
from linnet_convert.efficientnet_lite0 import network, quantiser, rounding, torch_file
from linnet_convert.errors import ConversionError
from linnet_convert.interpreter import Interpreter
from linnet_convert import model_file

MODELS = Path(__file__).resolve().parents[3] / "models"


class Named:
    """Pickles as the global it is made with, whatever that is."""

    def __init__(self, module, name):
        self.module, self.name = module, name


def pickled(body: bytes) -> bytes:
    return b"\x80\x02" + body + b"."


def file_of(body: bytes, storages: bytes = b"", keys=()) -> bytes:
    heads = [pickle.dumps(v, 2) for v in (torch_file.MAGIC, torch_file.VERSION, {"little_endian": True})]
    return b"".join(heads) + pickled(body) + pickle.dumps(list(keys), 2) + storages


def one_tensor(shape=(2, 3), strides=(3, 1), offset=0, count=6) -> bytes:
    """{"w": a view of storage "0"}, as the format writes it."""
    identity = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK" + bytes([count]) + b"NtQ"
    numbers = lambda values: b"(" + b"".join(b"K" + bytes([v]) for v in values) + b"t"
    view = b"ctorch._utils\n_rebuild_tensor_v2\n(" + identity + b"K" + bytes([offset]) + numbers(shape) + numbers(strides) + b"\x89NtR"
    body = b"}X\x01\x00\x00\x00w" + view + b"s"
    return file_of(body, struct.pack("<q", count) + np.arange(count, dtype="<f4").tobytes(), ["0"])


def test_weights_are_read():
    assert torch_file.read(one_tensor(), "w.pth")["w"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert torch_file.read(one_tensor((3, 2), (1, 3)), "w.pth")["w"].tolist() == [[0, 3], [1, 4], [2, 5]]


@pytest.mark.parametrize("content", [
    b"", b"\x80", one_tensor()[:-1], one_tensor()[:60], one_tensor((2, 4)), one_tensor(offset=1),
    file_of(b"cos\nsystem\n(X\x04\x00\x00\x00truetR"), file_of(b"cbuiltins\neval\n(X\x01\x00\x00\x001tR"),
    file_of(b"cnumpy\nload\n(X\x01\x00\x00\x001tR"), pickle.dumps(collections.OrderedDict(a=1), 2)])
def test_nothing_else_is_built(content):
    with pytest.raises(ConversionError, match="w.pth is not the file of weights"):
        torch_file.read(content, "w.pth")


def test_the_unpickler_knows_four_names():
    unpickler = torch_file.RestrictedUnpickler(io.BytesIO(b""))
    for module, name in (("os", "system"), ("builtins", "exec"), ("torch", "load"), ("collections", "Counter"), ("torch.storage", "_load_from_bytes")):
        with pytest.raises(ValueError):
            unpickler.find_class(module, name)
    assert len(torch_file.NAMES) == 4


def test_the_factor_is_that_of_the_inverse():
    random = np.random.default_rng(0)
    x = random.integers(-50, 50, (3, 40, 7)).astype(np.float64)
    moments = x.transpose(0, 2, 1) @ x
    upper = rounding.inverse_factor(moments)
    assert np.allclose(np.tril(upper, -1), 0)
    assert np.allclose(upper.transpose(0, 2, 1) @ upper, np.linalg.inv(moments))


def test_rounding_serves_the_outputs():
    """On inputs that go together, outputs come nearer to those of the float weights than by rounding to nearest."""
    random = np.random.default_rng(1)
    x = np.rint(random.normal(0, 20, (500, 4)) @ random.normal(0, 1, (4, 24)) + random.normal(0, 3, (500, 24)))
    weights = random.normal(0, 1, (1, 6, 24))
    scale = np.abs(weights).max(axis=2) / 127 * 16
    codes = rounding.codes(weights, scale, (x.T @ x)[None])
    error = lambda c: np.square((c * scale[:, :, None] - weights)[0] @ x.T).mean()
    assert error(codes) < 0.5 * error(np.rint(weights / scale[:, :, None]))


def small_layers(seed=0):
    random = np.random.default_rng(seed)
    normal = lambda *shape: random.normal(0, 0.5, shape)
    spread = lambda n: random.uniform(0.5, 3, n)
    Layer = network.Layer
    return [
        Layer("stem", "convolution", normal(8, 3, 3, 3), normal(8), 2, True, spread(8)),
        Layer("a.depthwise", "depthwise", normal(3, 3, 8), normal(8), 1, True, spread(8)),
        Layer("a.project", "convolution", normal(6, 1, 1, 8), normal(6), 1, False, spread(6)),
        Layer("b.expand", "convolution", normal(12, 1, 1, 6) / 4, normal(12), 1, True, spread(12)),
        Layer("b.depthwise", "depthwise", normal(5, 5, 12) / 3, normal(12), 1, True, spread(12)),
        Layer("b.project", "convolution", normal(6, 1, 1, 12), normal(6), 1, False, spread(6), "a.project"),
        Layer("head", "convolution", normal(16, 1, 1, 6), normal(16), 1, True, spread(16)),
    ]


def float_run(layers, pictures):
    x, kept = (pictures.astype(np.float64) - 127) / 128, {}
    for layer in layers:
        x = quantiser.sums(layer, layer.weights, x) + layer.bias
        x = np.clip(x, 0, 6) if layer.relu6 else x
        x = x + kept[layer.residual] if layer.residual else x
        kept[layer.name] = x
    return x.mean(axis=(1, 2))


def test_equalising_leaves_the_function_as_it_is():
    pictures = np.random.default_rng(2).integers(0, 256, (3, 16, 16, 3))
    layers = small_layers()
    before = float_run(layers, pictures)
    network.equalise(layers)
    assert np.allclose(float_run(layers, pictures), before)
    assert np.ptp(layers[2].spread) != 0 and (np.square(layers[2].spread) + np.square(layers[5].spread)).round(6).min() > 0


def test_the_quantised_network_follows_the_float_one(monkeypatch):
    monkeypatch.setattr(quantiser, "EXTENT", 16)
    pictures = np.random.default_rng(3).integers(0, 256, (12, 16, 16, 3)).astype(np.uint8)
    graph = quantiser.quantised(small_layers(), pictures)
    content, _ = model_file.encode(graph, None, model_file.Provenance("", "", ""))
    again, _ = model_file.encode(quantiser.quantised(small_layers(), pictures), None, model_file.Provenance("", "", ""))
    assert content == again
    codes = (pictures.astype(np.int16) - 128).astype(np.int8)
    ours, theirs = Interpreter(content).run(codes).reshape(12, 16), float_run(small_layers(), pictures)
    cosine = (ours * theirs).sum(axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    assert cosine.min() > 0.999


def test_the_stored_model_and_head_belong_together():
    tensors, metadata = container.decode((MODELS / "efficientnet-lite0.linnet").read_bytes(), "model")
    head, about = container.decode((MODELS / "imagenet.head").read_bytes(), "head")
    assert about["linnet.backbone"] == metadata["linnet.digest"]
    assert (MODELS / "imagenet.head").stat().st_size <= 2_000_000
    classes = json.loads(about["linnet.classes"])
    assert len(set(classes)) == 1000 == len(head["weights"]) and classes[0] == "tench" and classes[999] == "toilet tissue"
    card = (MODELS / "README.md").read_text()
    assert metadata["linnet.digest"] in card
