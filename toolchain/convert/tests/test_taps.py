"""Statistics of inner maps: their arithmetic, and how the command line names the maps."""

import json

import numpy as np
import pytest

from linnet_convert import container, model_file, passes, taps
from linnet_convert.command import main
from linnet_convert.errors import ConversionError
from linnet_convert.interpreter import Interpreter
from linnet_convert.sketch import Sketch
from test_command import network


def test_means_and_deviations_are_those_of_the_population():
    s = Sketch("one", (3, 5, 7), 1, zero_point=9)
    s.mean(s.input)
    graph = s.finish(s.graph.operators[-1].output)
    taps.tap(graph, s.input)
    model = Interpreter(model_file.encode(graph, None, model_file.Provenance("", "", ""))[0])
    codes = np.random.default_rng(0).integers(-128, 128, (4, 3, 5, 7)).astype(np.int8)
    real = (codes.astype(np.float64) - 9) * float(s.input.quantisation.scale)
    vector = model.vectors(codes)
    assert vector.shape == (4, 21) and vector.dtype == np.float32
    assert np.allclose(vector[:, :7], real.mean(axis=(1, 2)), rtol=1e-6, atol=1e-7)
    assert (vector[:, :7] == vector[:, 7:14]).all()
    assert np.allclose(vector[:, 14:], real.std(axis=(1, 2)), rtol=1e-6)
    assert (model.vectors(np.full((1, 3, 5, 7), 40, np.int8))[:, 14:] == 0).all()


@pytest.fixture
def place(tmp_path):
    (tmp_path / "net.tflite").write_bytes(network())
    return tmp_path


def converted(place, *names):
    assert main([str(place / "net.tflite"), "-o", str(place / "net.linnet"), *(["--tap", *names] if names else [])]) == 0
    return container.decode((place / "net.linnet").read_bytes(), "net")[1]


@pytest.mark.parametrize("name", ["m", "convolution.0", "5"])
def test_maps_are_named_by_tensor_operator_or_channels(place, name):
    metadata = converted(place, name)
    graph = json.loads(metadata["linnet.graph"])
    statistics = [o for o in graph["operators"] if o["kind"] == "statistics"]
    assert metadata["linnet.format"] == "2" and graph["taps"] == [o["output"] for o in statistics]
    assert [graph["tensors"][o["inputs"][0]]["name"] for o in statistics] == ["m"]


def test_without_taps_the_format_is_the_first(place):
    metadata = converted(place)
    assert metadata["linnet.format"] == "1" and "taps" not in json.loads(metadata["linnet.graph"])


@pytest.mark.parametrize("names,sentence", [(["absent"], "there are: convolution.0"), (["m", "5"], "tapped twice"), (["4"], "no feature map '4'")])
def test_a_map_that_cannot_be_tapped_is_said(place, names, sentence, capsys):
    assert main([str(place / "net.tflite"), "-o", str(place / "net.linnet"), "--tap", *names]) == 1
    assert sentence in capsys.readouterr().err and not (place / "net.linnet").exists()


def test_what_a_tap_needs_is_kept():
    s = Sketch("side", (4, 4, 3), 2)
    side = s.convolution(s.input, 6)
    s.mean(s.input)
    graph = s.finish(s.graph.operators[-1].output)
    taps.tap(graph, side)
    graph.drop_unreachable()
    assert [o.kind for o in graph.operators] == ["convolution", "mean", "statistics"]


def test_a_vector_is_no_map():
    s = Sketch("vector", (4, 4, 3), 3)
    pooled = s.mean(s.input, scale=0.02)
    graph = s.finish(s.fully_connected(pooled, 4))
    passes.rename(graph)
    with pytest.raises(ConversionError, match="no feature map"):
        taps.find(graph, "mean.0", "net")
