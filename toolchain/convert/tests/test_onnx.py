import numpy as np
import onnx
import onnxruntime
import pytest
from onnxruntime.quantization import QuantType

from linnet_convert import bounds, model_file, onnx_reader, passes, requantise_weights
from linnet_convert.errors import ConversionError
from linnet_convert.interpreter import Interpreter

import onnx_networks as networks


def converted(model, cut=False):
    graph = onnx_reader.read(onnx_reader.parse(model.SerializeToString(), "net.onnx"), "net.onnx")
    passes.simplify(graph, "net.onnx")
    classifier = passes.cut_at_embedding(graph) if cut else None
    requantise_weights.narrow(graph)
    bounds.satisfy(graph, "net.onnx")
    content, _ = model_file.encode(graph, None, model_file.Provenance("net", "", ""))
    return graph, Interpreter(content), classifier


def runtime_outputs(model, x):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return np.concatenate([session.run(None, {"x": picture[None]})[0] for picture in x])


@pytest.mark.parametrize("activations", [QuantType.QInt8, QuantType.QUInt8])
@pytest.mark.parametrize("per_channel", [True, False])
@pytest.mark.parametrize(
    "make", [networks.picture_network, networks.flattened_network, networks.depthwise_multiple_network])
def test_a_quantised_network_answers_as_onnx_runtime(make, activations, per_channel, tmp_path):
    model = networks.quantised(make(), str(tmp_path), activations, per_channel)
    graph, interpreter, _ = converted(model)
    x = np.random.default_rng(9).uniform(-1, 1, (20, *[d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim][1:]))
    x = x.astype(np.float32)
    expected = runtime_outputs(model, x)
    q = graph.input.quantisation
    codes = np.clip(np.rint(x / q.scale) + q.zero_point, -128, 127).astype(np.int8).transpose(0, 2, 3, 1)
    answer = interpreter.run(codes).reshape(expected.shape)
    step = np.abs(expected).max() / 127
    assert np.abs(answer - expected).max() <= 2.5 * step
    assert np.mean(np.abs(answer - expected) <= 1.01 * step) > 0.97


def test_the_cut_ends_at_the_embedding_and_gives_the_classifier(tmp_path):
    model = networks.quantised(networks.picture_network(), str(tmp_path))
    graph, interpreter, classifier = converted(model, cut=True)
    assert graph.output.shape == (1, 1, 20) and graph.output.quantisation is None
    assert graph.operators[-1].kind == "mean"
    assert classifier.weights.shape == (7, 20)


def test_a_hidden_layer_is_the_embedding_of_a_flattened_network(tmp_path):
    graph, _, classifier = converted(networks.quantised(networks.flattened_network(), str(tmp_path)), cut=True)
    assert graph.output.shape == (1, 1, 14) and graph.operators[-1].kind == "dequantise"
    assert classifier.weights.shape == (5, 14)


def test_an_unknown_operator_is_named(tmp_path):
    s = networks.Sketch([1, 3, 8, 8])
    model = networks.quantised(s.model(s.node("HardSwish", [s.conv("x", 3, 4)])), str(tmp_path))
    with pytest.raises(ConversionError, match=r"net\.onnx: operator HardSwish_1 \(HardSwish, which makes tensor n1\) is not supported"):
        converted(model)


def test_a_float_network_is_an_error_that_says_so():
    with pytest.raises(ConversionError, match="float32"):
        converted(networks.picture_network())


def test_other_bytes_are_no_onnx():
    for content in (b"", b"\x08", b"hello there, this is text", bytes(range(256))):
        with pytest.raises(ConversionError, match="neither a .tflite nor a sound .onnx"):
            onnx_reader.parse(content, "net.onnx")


def test_two_inputs_are_an_error():
    s = networks.Sketch([1, 3, 8, 8])
    model = s.model(s.node("Add", ["x", "y"]))
    model.graph.input.append(onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 3, 8, 8]))
    with pytest.raises(ConversionError, match="2 inputs"):
        onnx_reader.read(model, "net.onnx")
