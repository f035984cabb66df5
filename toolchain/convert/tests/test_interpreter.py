"""The arithmetic of FORMAT.md against values worked out by hand."""

import numpy as np
import pytest

from linnet_convert import bounds, model_file
from linnet_convert.graph import Graph, Operator, Quantisation, Tensor
from linnet_convert.interpreter import Interpreter


def tensor(name, shape, scale=None, zero_point=0):
    return Tensor(name, shape, None if scale is None else Quantisation(np.float32(scale), zero_point))


def run(codes, kind, x, y, more=(), **attributes):
    """One operator on a batch of codes; `more` are further uses of the input."""
    graph = Graph("one", x, y, [Operator(kind, "one", [x, *more], y, **attributes)])
    bounds.satisfy(graph, "one")
    content, _ = model_file.encode(graph, None, model_file.Provenance("one", "", ""))
    return Interpreter(content).run(np.asarray(codes, np.int8).reshape(-1, *x.shape))


def weighted(weights, scale, bias):
    return {"weights": np.array(weights, np.int8), "weight_scale": np.array(scale, np.float32), "bias": np.array(bias, np.int64)}


def test_fully_connected():
    """(10 − 2)·3 + (−4 − 2)·(−5) + 6 = 60 by 0.5·0.25/2 = 0.0625 makes 3.75, so 4 − 1; the other channel −13·0.125 = −1.625 − 1."""
    x, y = tensor("x", (1, 1, 2), 0.5, 2), tensor("y", (1, 1, 2), 2, -1)
    answer = run([10, -4], "fully_connected", x, y, **weighted([[3, -5], [-1, 0]], [0.25, 0.5], [6, -5]))
    assert answer.ravel().tolist() == [3, -3]


@pytest.mark.parametrize("accumulator,code", [(1, 0), (3, 2), (5, 2), (-1, 0), (-3, -2), (-5, -2), (7, 4)])
def test_halves_go_to_the_even_neighbour(accumulator, code):
    x, y = tensor("x", (1, 1, 1), 0.5), tensor("y", (1, 1, 1), 1)
    assert run([accumulator], "fully_connected", x, y, **weighted([[1]], [1], [0])).item() == code


def test_the_range_clamps_behind_the_zero_point():
    x, y = tensor("x", (1, 1, 1), 1), tensor("y", (1, 1, 1), 1, 50)
    parts = weighted([[1]], [1], [0])
    assert [run([v], "fully_connected", x, y, range=(50, 90), **parts).item() for v in (-9, 30, 60)] == [50, 80, 90]


def test_padding_of_a_convolution_is_the_zero_point():
    """Windows of ones over a 2×2 picture of 7s with zero point 7 sum to nothing wherever they stand."""
    x, y = tensor("x", (2, 2, 1), 1, 7), tensor("y", (4, 4, 1), 1, 5)
    answer = run([7] * 4, "convolution", x, y, kernel=(3, 3), padding=(2, 2, 2, 2), **weighted(np.ones((1, 3, 3, 1)), [1], [0]))
    assert (answer == 5).all()


def test_convolution_stride_and_orientation():
    x, y = tensor("x", (2, 4, 1), 1), tensor("y", (1, 2, 1), 1)
    weights = np.array([[[[1], [2]], [[3], [4]]]])
    answer = run([1, 2, 3, 4, 5, 6, 7, 8], "convolution", x, y, kernel=(2, 2), stride=(2, 2), **weighted(weights, [1], [0]))
    assert answer.ravel().tolist() == [1 + 4 + 15 + 24, 3 + 8 + 21 + 32]


def test_groups_see_their_own_channels():
    x, y = tensor("x", (1, 1, 4), 1), tensor("y", (1, 1, 2), 1)
    answer = run([1, 2, 3, 4], "convolution", x, y, groups=2, **weighted(np.array([[10, 1], [10, 1]]).reshape(2, 1, 1, 2), [1, 1], [0, 0]))
    assert answer.ravel().tolist() == [12, 34]


def test_depthwise_multiples_stand_beside_each_other():
    x, y = tensor("x", (1, 1, 2), 1), tensor("y", (1, 1, 4), 1)
    answer = run([5, 7], "depthwise", x, y, **weighted(np.array([1, 2, 3, 4]).reshape(1, 1, 4), [1] * 4, [0] * 4))
    assert answer.ravel().tolist() == [5, 10, 21, 28]


def test_addition():
    """r_a = 0.5, r_b = 1.5, so e = 0, shift 20: (5 − 1)·0.5 + (3 + 2)·1.5 = 9.5; half a step up, floor, so 10 − 4."""
    x, y = tensor("x", (1, 1, 1), 0.5, 1), tensor("y", (1, 1, 1), 1, -4)
    b = tensor("b", (1, 1, 1), 1.5, -2)
    first = Operator("requantise", "b", [x], b)
    graph = Graph("add", x, y, [first, Operator("add", "add", [x, b], y)])
    content, _ = model_file.encode(graph, None, model_file.Provenance("", "", ""))
    values = Interpreter(content).run_all(np.array([5], np.int8).reshape(1, 1, 1, 1))
    assert values[1].item() == -1 and values[2].item() == int(np.floor(4 * 0.5 + 1 * 1.5 + 0.5)) - 4


@pytest.mark.parametrize("codes,mean", [([1, 2], 2), ([-1, -2], -2), ([1, 1, 2], 1), ([-1, -1, -2], -1), ([3, 4], 4)])
def test_average_pools_of_one_quantisation_round_away_from_zero(codes, mean):
    x, y = tensor("x", (1, len(codes), 1), 0.3, 9), tensor("y", (1, 1, 1), 0.3, 9)
    assert run(codes, "average_pool", x, y, kernel=(1, len(codes))).item() == mean


def test_average_pools_of_two_quantisations_are_scaled():
    """(1 + 4 − 2·1)·(2 / (0.5·2)) = 6, − 3."""
    x, y = tensor("x", (1, 2, 1), 2, 1), tensor("y", (1, 1, 1), 0.5, -3)
    assert run([1, 4], "average_pool", x, y, kernel=(1, 2)).item() == 3


def test_padding_does_not_count_in_pools():
    x = tensor("x", (1, 2, 1), 1, 30)
    mean = run([-40, -20], "average_pool", x, tensor("y", (1, 3, 1), 1, 30), kernel=(1, 2), padding=(0, 1, 0, 1))
    assert mean.ravel().tolist() == [-40, -30, -20]
    most = run([-128, -20], "maximum_pool", x, tensor("y", (1, 3, 1), 1, 30), kernel=(1, 2), padding=(0, 1, 0, 1), range=(-100, 127))
    assert most.ravel().tolist() == [-100, -20, -20]


def test_means():
    x = tensor("x", (2, 2, 1), 0.5, -10)
    assert run([1, 2, 3, 5], "mean", x, tensor("y", (1, 1, 1))).item() == np.float32(51) * (np.float32(0.5) / np.float32(4))
    assert run([1, 2, 3, 5], "mean", x, tensor("y", (1, 1, 1), 1, 0)).item() == 6


def test_halves_of_a_mean_meet_the_zero_point_before_they_are_rounded():
    """(1 + 2 − 2·0) / 2 = 1.5, with zero point 1 rne(2.5) = 2."""
    assert run([1, 2], "mean", tensor("x", (1, 2, 1), 1, 0), tensor("y", (1, 1, 1), 1, 1)).item() == 2


def test_requantising_has_eight_bits_of_fraction():
    """Ratio 1/3: m = 85, (256·1 + 128 + 85·3) >> 8 = 2. Ratio 1/510 is too small for that: rne(255/510) = 0."""
    x = tensor("x", (1, 1, 1), 1, 0)
    assert run([3], "requantise", x, tensor("y", (1, 1, 1), 3, 1)).item() == 2
    assert run([127], "requantise", x, tensor("y", (1, 1, 1), 3, 0)).item() == (128 + 85 * 127) >> 8 == 42
    assert run([127], "requantise", tensor("x", (1, 1, 1), 1, -128), tensor("y", (1, 1, 1), 510, 0)).item() == 0


def test_requantise_and_dequantise():
    x = tensor("x", (1, 1, 3), 0.5, 4)
    assert run([4, 7, 127], "requantise", x, tensor("y", (1, 1, 3), 0.25, -1)).ravel().tolist() == [-1, 5, 127]
    assert run([4, 7, -4], "dequantise", x, tensor("y", (1, 1, 3))).ravel().tolist() == [0, 1.5, -4]


def test_pad_and_reshape():
    x = tensor("x", (1, 2, 1), 1, -5)
    assert run([1, 2], "pad", x, tensor("y", (2, 4, 1), 1, -5), padding=(0, 1, 1, 1)).ravel().tolist() == [-5, 1, 2, -5] + [-5] * 4
    assert run([1, 2], "reshape", x, tensor("y", (1, 1, 2), 1, -5)).shape == (1, 1, 1, 2)


def test_concatenation_requantises_what_differs():
    x = tensor("x", (1, 1, 1), 1, 0)
    y = tensor("y", (1, 1, 2), 1, 0)
    assert run([7], "concatenation", x, y, more=[x]).ravel().tolist() == [7, 7]
    assert run([7], "concatenation", x, tensor("y", (1, 1, 2), 2, 1), more=[x]).ravel().tolist() == [5, 5]


def test_softmax():
    x = tensor("x", (1, 1, 3), np.float32(np.log(2)), 0)
    real = run([1, 0, 0], "softmax", x, tensor("y", (1, 1, 3)))
    assert np.allclose(real.ravel(), [0.5, 0.25, 0.25], atol=1e-6)
    assert run([1, 0, 0], "softmax", x, tensor("y", (1, 1, 3), 1 / 256, -128)).ravel().tolist() == [0, -64, -64]


def test_a_batch_is_as_its_pictures_one_by_one():
    random = np.random.default_rng(0)
    x, y = tensor("x", (5, 4, 3), 0.02, 3), tensor("y", (3, 2, 6), 0.5, 0)
    parts = weighted(random.integers(-127, 128, (6, 3, 3, 3)), np.full(6, 0.01), random.integers(-99, 99, 6))
    codes = random.integers(-128, 128, (4, 5, 4, 3)).astype(np.int8)
    together = run(codes, "convolution", x, y, kernel=(3, 3), **parts)
    alone = [run(c, "convolution", x, y, kernel=(3, 3), **parts) for c in codes]
    assert np.array_equal(together, np.concatenate(alone))
