import hashlib
import json
import struct

import numpy as np
import pytest

from linnet_convert import bounds, container, fixtures, model_file
from linnet_convert.errors import ConversionError
from linnet_convert.graph import multiplier
from linnet_convert.preprocessing import Preprocessing
from linnet_convert.sketch import Sketch

PROVENANCE = model_file.Provenance("name", "source", "Apache-2.0")


def encoded(graph, recipe=None):
    bounds.satisfy(graph, "net")
    return model_file.encode(graph, recipe, PROVENANCE)


@pytest.mark.parametrize("make", fixtures.NETWORKS)
def test_layout_and_digest(make):
    content, digest = encoded(make())
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__")
    assert (8 + length) % 64 == 0
    end = 0
    for entry in header.values():
        begin, end_of_entry = entry["data_offsets"]
        assert begin == end and begin % 64 == 0 and (end_of_entry - begin) % 64 == 0
        end = end_of_entry
    assert 8 + length + end == len(content)
    assert all(isinstance(v, str) for v in metadata.values())
    assert digest == metadata["linnet.digest"] == "sha256:" + hashlib.sha256(
        metadata["linnet.graph"].encode() + content[8 + length :]).hexdigest()


@pytest.mark.parametrize("make", fixtures.NETWORKS)
def test_the_same_network_gives_the_same_bytes(make):
    assert encoded(make()) == encoded(make())


@pytest.mark.parametrize("make", fixtures.NETWORKS)
def test_scales_read_back_exactly_and_bounds_hold(make):
    graph = make()
    content, _ = encoded(graph)
    tensors, metadata = container.decode(content, "net")
    for described, tensor in zip(json.loads(metadata["linnet.graph"])["tensors"], graph.tensors()):
        if tensor.quantisation is not None:
            assert np.float32(described["scale"]) == tensor.quantisation.scale
    for operator in graph.operators:
        if operator.weights is not None:
            k, (first, second) = bounds.taps(operator), np.abs(bounds.bias_rows(operator))
            reach = np.maximum(first + k * 128 * 127, second + k * 255 * 127)
            assert reach.max() < 2**31
            assert (reach * multiplier(operator).astype(np.float64)).max() < 2**30
            assert tensors[f"{operator.name}.bias"].shape[0] == 2


def test_a_bias_that_only_saturates_is_clamped():
    s = Sketch("net", (1, 1, 4), 0)
    y = s.fully_connected(s.input, 2)
    operator = s.graph.operators[0]
    operator.bias[:] = [2**31 - 1, -(2**31)]
    operator.weight_scale[:] = 0.01
    graph = s.finish(y)
    bounds.satisfy(graph, "net")
    assert np.abs(operator.bias).max() < 2**31 - 4 * 255 * 127
    assert (operator.bias * multiplier(operator)).tolist()[0] > 300 and operator.weight_scale[0] == np.float32(0.01)


def test_a_bias_that_does_not_saturate_gets_a_wider_scale():
    s = Sketch("net", (1, 1, 4), 0)
    graph = s.finish(s.fully_connected(s.input, 1))
    operator = graph.operators[0]
    operator.bias[:] = 2**31 - 1
    operator.weight_scale[:] = np.float32(1e-12)
    before = operator.bias * multiplier(operator)
    bounds.satisfy(graph, "net")
    assert np.allclose(operator.bias * multiplier(operator), before, rtol=1e-6) and operator.weight_scale[0] > 1e-12


def test_the_recipe_is_written_as_given():
    s = Sketch("net", (4, 4, 3), 0)
    content, _ = encoded(s.finish(s.mean(s.input)), Preprocessing("stretch", 0.5, "bilinear", (1, 2.5, 3), (4, 5, 6), "BGR"))
    graph = json.loads(container.decode(content, "net")[1]["linnet.graph"])
    assert graph["preprocessing"] == {
        "fit": "stretch", "filter": "bilinear", "mean": [1, 2.5, 3], "deviation": [4, 5, 6], "order": "BGR"}


def test_a_damaged_container_is_an_error():
    s = Sketch("net", (4, 4, 3), 0)
    content, _ = encoded(s.finish(s.convolution(s.input, 3)))
    for damaged in (b"", content[:7], content[:30], b"\xff" * 64, content[:200]):
        with pytest.raises(ConversionError):
            container.decode(damaged, "net")
