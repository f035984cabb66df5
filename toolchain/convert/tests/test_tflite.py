import numpy as np
import pytest
import tflite

import tflite_files as files
from linnet_convert import bounds, model_file, passes, requantise_weights, tflite_reader
from linnet_convert.errors import ConversionError
from linnet_convert.graph import FULL_RANGE, Quantisation, multiplier
from linnet_convert.interpreter import Interpreter


def read(content, simplified=True):
    graph = tflite_reader.read(content, "net.tflite")
    if simplified:
        passes.simplify(graph, "net.tflite")
    return graph


def run(graph, codes):
    requantise_weights.narrow(graph)
    bounds.satisfy(graph, "net")
    return Interpreter(model_file.encode(graph, None, model_file.Provenance("", "", ""))[0]).run(codes)


def one(kind, in_shape, out_shape, make=None, out=(0.05, 3), **keywords):
    """A file of one operator between an input of scale 0.05 and zero point 3 and an output."""
    f = files.File()
    x = f.tensor("x", in_shape, scale=0.05, zero_point=3)
    y = f.tensor("y", out_shape, scale=out[0], zero_point=out[1])
    make(f, x, y) if make else f.operator(kind, [x], [y], **keywords)
    return f.finish([x], [y])


def test_same_padding_of_even_extents_goes_behind():
    content = one(None, [1, 8, 9, 3], [1, 4, 5, 4], lambda f, x, y: files.convolution(f, x, 4, y, stride=(2, 2)))
    operator = read(content).operators[0]
    assert operator.kind == "convolution" and operator.padding == (0, 1, 1, 1)
    assert operator.weights.shape == (4, 3, 3, 3)


def test_parameters_are_kept_and_activations_become_ranges():
    content = one(None, [1, 5, 5, 3], [1, 5, 5, 4], lambda f, x, y: files.convolution(f, x, 4, y, activation=files.RELU6), out=(0.1, -20))
    graph = read(content)
    assert graph.input.quantisation == Quantisation(np.float32(0.05), 3)
    assert graph.operators[0].range == (-20, 40)


def test_grouped_convolutions_are_recognised_by_their_weights():
    def make(f, x, y):
        weights = f.constant("w", np.ones((6, 1, 1, 2), np.int8), 0.1)
        f.operator("CONV_2D", [x, weights, -1], [y], "Conv2DOptions", Padding=files.VALID, StrideH=1, StrideW=1,
                   DilationHFactor=1, DilationWFactor=1)

    operator = read(one(None, [1, 3, 3, 4], [1, 3, 3, 6], make)).operators[0]
    assert operator.groups == 2 and not operator.bias.any()


def test_depthwise_weights_lose_their_leading_one():
    def make(f, x, y):
        weights = f.constant("w", np.ones((1, 3, 5, 8), np.int8), np.full(8, 0.1), axis=3)
        f.operator("DEPTHWISE_CONV_2D", [x, weights, -1], [y], "DepthwiseConv2DOptions", Padding=files.VALID, StrideH=1,
                   StrideW=1, DepthMultiplier=2, DilationHFactor=1, DilationWFactor=1)

    operator = read(one(None, [1, 7, 7, 4], [1, 5, 3, 8], make)).operators[0]
    assert operator.kind == "depthwise" and operator.weights.shape == (3, 5, 8)


def test_uint8_is_shifted_and_its_channels_keep_their_codes():
    f = files.File()
    x = f.tensor("x", [1, 1, 1, 4], "uint8", 0.05, 131)
    weights = f.constant("w", np.array([[100, 120, 140, 247], [0, 120, 130, 250]], np.uint8), 0.01, 120)
    y = f.tensor("y", [1, 2], "uint8", 0.1, 7)
    f.operator("FULLY_CONNECTED", [x, weights, -1], [y], "FullyConnectedOptions")
    graph = read(f.finish([x], [y]))
    assert graph.input.quantisation.zero_point == 3 and graph.output.quantisation.zero_point == -121
    requantise_weights.narrow(graph)
    operator = graph.operators[0]
    assert operator.weights.tolist() == [[-20, 0, 20, 127], [-120, 0, 10, 130]]
    assert operator.repeats == (0,) and (operator.weight_scale == np.float32(0.01)).all()


def test_taps_of_great_weights_are_repeated():
    """The tap is read twice, so the sum is that of the uint8 weights; the layer before stays as it is."""
    f = files.File()
    x = f.tensor("x", [1, 4, 4, 3], "uint8", 0.05, 131)
    middle = f.tensor("m", [1, 4, 4, 5], "uint8", 0.2, 100)
    y = f.tensor("y", [1, 4, 4, 2], "uint8", 0.9, 128)
    files.convolution(f, x, 5, middle, kind="uint8", seed=1)
    great = f.constant("w", np.array([[[[10, 255, 120, 0, 119]]], [[[120, 120, 121, 119, 120]]]], np.uint8), 0.01, 100)
    f.operator("CONV_2D", [middle, great, -1], [y], "Conv2DOptions", Padding=files.VALID, StrideH=1, StrideW=1,
               DilationHFactor=1, DilationWFactor=1)
    graph = read(f.finish([x], [y]))
    before = graph.operators[1].weights.copy()
    requantise_weights.narrow(graph)
    first, second = graph.operators
    assert first.output.shape == (4, 4, 5) and np.array_equal(second.weights, before)
    assert second.repeats == (0,)
    codes = np.random.default_rng(5).integers(-128, 128, (3, 4, 4, 3)).astype(np.int8)
    content, _ = model_file.encode(graph, None, model_file.Provenance("g", "", ""))
    model = Interpreter(content)
    values = model.run_all(codes)
    assert np.abs(model.tensors[f"{second.name}.weights"]).max() <= 127
    sums = (values[1].astype(np.int64) - first.output.quantisation.zero_point) @ before[:, 0, 0].astype(np.int64).T
    expected = np.rint(sums.astype(np.float32) * multiplier(second)) + second.output.quantisation.zero_point
    assert np.array_equal(values[2], np.clip(expected, -128, 127)) and len(np.unique(values[2])) > 20


def test_great_weights_of_a_depthwise_layer_are_scaled_down():
    f = files.File()
    x = f.tensor("x", [1, 4, 4, 2], "uint8", 0.05, 131)
    y = f.tensor("y", [1, 4, 4, 2], "uint8", 0.9, 128)
    weights = f.constant("w", np.array([[[[255, 100]]]], np.uint8), 0.01, 100)
    f.operator("DEPTHWISE_CONV_2D", [x, weights, -1], [y], "DepthwiseConv2DOptions", Padding=files.VALID, StrideH=1, StrideW=1,
               DepthMultiplier=1, DilationHFactor=1, DilationWFactor=1)
    graph = read(f.finish([x], [y]))
    requantise_weights.narrow(graph)
    operator = graph.operators[0]
    assert operator.repeats == () and np.abs(operator.weights).max() <= 127
    assert np.allclose(operator.weights.ravel() * operator.weight_scale, [1.55, 0], atol=0.01)


def test_quantise_at_the_border_is_folded():
    f = files.File()
    x = f.tensor("x", [1, 4, 4, 3], "uint8", 0.05, 131)
    inside = f.tensor("i", [1, 4, 4, 3], "int8", 0.05, 3)
    pooled = f.tensor("p", [1, 2, 2, 3], "int8", 0.05, 3)
    y = f.tensor("y", [1, 2, 2, 3], "uint8", 0.05, 131)
    f.operator("QUANTIZE", [x], [inside])
    f.operator("MAX_POOL_2D", [inside], [pooled], "Pool2DOptions", Padding=files.VALID, StrideH=2, StrideW=2, FilterHeight=2, FilterWidth=2)
    f.operator("QUANTIZE", [pooled], [y])
    assert [o.kind for o in read(f.finish([x], [y])).operators] == ["maximum_pool"]


def test_a_float_input_that_is_quantised_is_folded():
    f = files.File()
    x = f.tensor("x", [1, 4, 4, 3], "float32")
    inside = f.tensor("i", [1, 4, 4, 3], "int8", 0.05, 3)
    y = f.tensor("y", [1, 4, 4, 2])
    f.tensors[y] = ("y", [1, 4, 4, 2], "int8", 0.1, 0, 0, 0)
    f.operator("QUANTIZE", [x], [inside])
    files.convolution(f, inside, 2, y)
    graph = read(f.finish([x], [y]))
    assert graph.input.name == "i" and [o.kind for o in graph.operators] == ["convolution"]


def test_a_pad_before_a_convolution_becomes_its_padding():
    f = files.File()
    x = f.tensor("x", [1, 4, 4, 3], scale=0.05, zero_point=3)
    wide = f.tensor("p", [1, 6, 7, 3], scale=0.05, zero_point=3)
    y = f.tensor("y", [1, 4, 5, 2], scale=0.1)
    amounts = f.constant("a", np.array([[0, 0], [1, 1], [0, 3], [0, 0]], np.int32))
    f.operator("PAD", [x, amounts], [wide], "PadOptions")
    files.convolution(f, wide, 2, y, padding=files.VALID)
    graph = read(f.finish([x], [y]))
    assert [o.kind for o in graph.operators] == ["convolution"] and graph.operators[0].padding == (1, 0, 1, 3)


def test_a_pad_that_stays():
    amounts = np.array([[0, 0], [1, 2], [3, 4], [0, 0]], np.int32)
    content = one(None, [1, 4, 4, 3], [1, 7, 11, 3], lambda f, x, y: f.operator("PAD", [x, f.constant("a", amounts)], [y], "PadOptions"))
    assert read(content).operators[0].padding == (1, 3, 2, 4)


@pytest.mark.parametrize("kind,expected", [("RELU", (3, 127)), ("RELU6", (3, 123))])
def test_a_relu_on_its_own_becomes_a_range(kind, expected):
    graph = read(one(kind, [1, 4, 4, 3], [1, 4, 4, 3]))
    assert graph.operators[0].kind == "average_pool" and graph.operators[0].range == expected
    codes = np.arange(-24, 24, dtype=np.int8).reshape(1, 4, 4, 3)
    assert np.array_equal(run(graph, codes), np.clip(codes, *expected))


def test_a_relu_behind_a_convolution_is_fused():
    def make(f, x, y):
        middle = f.tensor("m", [1, 4, 4, 2], scale=0.05, zero_point=3)
        files.convolution(f, x, 2, middle)
        f.operator("RELU", [middle], [y])

    graph = read(one(None, [1, 4, 4, 3], [1, 4, 4, 2], make))
    assert [(o.kind, o.range) for o in graph.operators] == [("convolution", (3, 127))]


def test_pools_mean_reshape_concatenation_softmax():
    f = files.File()
    x = f.tensor("x", [1, 4, 4, 3], scale=0.05, zero_point=3)
    pooled = f.tensor("p", [1, 2, 2, 3], scale=0.05, zero_point=3)
    joined = f.tensor("j", [1, 2, 2, 6], scale=0.04, zero_point=-9)
    mean = f.tensor("m", [1, 6], scale=0.03, zero_point=1)
    shaped = f.tensor("s", [1, 1, 2, 3], scale=0.03, zero_point=1)
    y = f.tensor("y", [1, 1, 2, 3], scale=1 / 256, zero_point=-128)
    f.operator("AVERAGE_POOL_2D", [x], [pooled], "Pool2DOptions", Padding=files.SAME, StrideH=2, StrideW=2, FilterHeight=3,
               FilterWidth=3, FusedActivationFunction=files.RELU)
    f.operator("CONCATENATION", [pooled, pooled], [joined], "ConcatenationOptions", Axis=-1)
    f.operator("MEAN", [joined, f.constant("a", np.array([1, 2], np.int32))], [mean], "ReducerOptions", KeepDims=False)
    f.operator("RESHAPE", [mean, f.constant("r", np.array([1, 1, 2, 3], np.int32))], [shaped], "ReshapeOptions")
    f.operator("SOFTMAX", [shaped], [y], "SoftmaxOptions", Beta=1.0)
    graph = read(f.finish([x], [y]))
    assert [o.kind for o in graph.operators] == ["average_pool", "concatenation", "mean", "reshape", "softmax"]
    assert graph.operators[0].padding == (0, 0, 1, 1) and graph.operators[0].range == (3, 127)
    answer = run(graph, np.random.default_rng(0).integers(-128, 128, (3, 4, 4, 3)).astype(np.int8))
    assert np.abs((answer.astype(int) + 128).sum(axis=3) - 256).max() <= 3


def test_the_default_cut_ends_in_the_float_mean_of_the_last_map():
    def make(f, x, y):
        middle = f.tensor("m", [1, 4, 4, 5], scale=0.1, zero_point=-128)
        pooled = f.tensor("p", [1, 1, 1, 5], scale=0.1, zero_point=-128)
        files.convolution(f, x, 5, middle, activation=files.RELU)
        f.operator("AVERAGE_POOL_2D", [middle], [pooled], "Pool2DOptions", Padding=files.VALID, StrideH=1, StrideW=1, FilterHeight=4, FilterWidth=4)
        files.convolution(f, pooled, 7, y, kernel=(1, 1))

    graph = read(one(None, [1, 4, 4, 3], [1, 1, 1, 7], make))
    classifier = passes.cut_at_embedding(graph)
    assert [o.kind for o in graph.operators] == ["convolution", "mean"]
    assert graph.output.quantisation is None and graph.output.shape == (1, 1, 5)
    assert classifier.weights.shape == (7, 1, 1, 5)


def test_a_network_without_classifier_is_cut_at_its_end():
    graph = read(one(None, [1, 4, 4, 3], [1, 4, 4, 5], lambda f, x, y: files.convolution(f, x, 5, y)))
    assert passes.cut_at_embedding(graph) is None
    assert [o.kind for o in graph.operators] == ["convolution", "mean"] and graph.output.shape == (1, 1, 5)


def errors():
    dilated = one(None, [1, 4, 4, 3], [1, 4, 4, 4], lambda f, x, y: files.convolution(f, x, 4, y, dilation=2))
    yield dilated, r"operator 0 \(CONV_2D, which makes tensor y\) is dilated"
    yield one("LOGISTIC", [1, 4, 4, 3], [1, 4, 4, 3]), r"net\.tflite: operator 0 \(LOGISTIC, which makes tensor y\) is not supported"
    wrong = one(None, [1, 4, 4, 3], [1, 3, 4, 4], lambda f, x, y: files.convolution(f, x, 4, y))
    yield wrong, "4×4 positions but its output says 3×4"
    yield one("SOFTMAX", [1, 1, 1, 3], [1, 3], options="SoftmaxOptions", Beta=2.0), "has beta 2"
    yield one("RESHAPE", [1, 4, 4, 3], [1, 4, 4, 2], options="ReshapeOptions"), "another number of elements"
    yield one(None, [2, 4, 4, 3], [2, 4, 4, 4], lambda f, x, y: files.convolution(f, x, 4, y)), "batch of one"
    f = files.File()
    x, y = f.tensor("x", [1, 4, 4, 3], "float32"), f.tensor("y", [1, 4, 4, 2], "float32")
    weights = f.constant("w", np.ones((2, 1, 1, 3), np.float32))
    f.operator("CONV_2D", [x, weights, -1], [y], "Conv2DOptions", Padding=files.VALID, StrideH=1, StrideW=1, DilationHFactor=1, DilationWFactor=1)
    yield f.finish([x], [y]), "only int8 and uint8 are supported, so quantise it first"
    f = files.File()
    a, b, y = (f.tensor(n, [1, 4, 4, 3], scale=0.1) for n in "aby")
    f.operator("ADD", [a, b], [y], "AddOptions")
    yield f.finish([a, b], [y]), "2 inputs"


@pytest.mark.parametrize("content,sentence", list(errors()))
def test_what_cannot_be_read_is_named(content, sentence):
    with pytest.raises(ConversionError, match=sentence):
        read(content)


def test_every_cut_and_many_mutations_end_in_a_sentence():
    content = one(None, [1, 8, 9, 3], [1, 4, 5, 4], lambda f, x, y: files.convolution(f, x, 4, y, stride=(2, 2)))
    random = np.random.default_rng(0)
    damaged = [content[:n] for n in range(0, len(content), 7)]
    for _ in range(1500):
        mutant = bytearray(content)
        for place in random.integers(0, len(content), random.integers(1, 4)):
            mutant[place] = random.integers(0, 256)
        damaged.append(bytes(mutant))
    for mutant in damaged:
        try:
            graph = read(mutant)
            requantise_weights.narrow(graph)
            bounds.satisfy(graph, "net")
        except ConversionError as error:
            assert "\n" not in str(error)
