import numpy as np
import pytest

from linnet_convert import packing, requantise_weights
from linnet_convert.graph import Operator


def filled(*shape):
    return np.random.default_rng(sum(shape)).integers(-127, 128, shape).astype(np.int8)


def test_a_byte_lies_where_the_format_says():
    """Byte ((b·K/4 + q)·16 + j)·4 + i is the weight of channel 16b + j at k = 4q + i."""
    weights = filled(37, 11)
    content = packing.pack_fully_connected(weights).tobytes()
    for channel in range(48):
        for k in range(12):
            (b, j), (q, i) = divmod(channel, 16), divmod(k, 4)
            expected = int(weights[channel, k]) if channel < 37 and k < 11 else 0
            assert content[((b * 3 + q) * 16 + j) * 4 + i] == expected % 256


def test_kernel_rows_of_a_convolution_are_runs_of_their_own():
    weights = filled(1, 2, 3, 3)
    rows = packing.pack_convolution(weights, 1)[0, :, 0].reshape(-1)
    assert rows.tolist() == [*weights[0, 0].ravel(), 0, 0, 0, *weights[0, 1].ravel(), 0, 0, 0]


def test_depthwise_weights_stand_column_by_column():
    weights = filled(3, 2, 1)
    assert packing.pack_depthwise(weights)[0, :, 0].tolist() == [[*weights[:, 0, 0], 0], [*weights[:, 1, 0], 0]]


@pytest.mark.parametrize("groups,out,inner", [(1, 1, 1), (1, 16, 4), (1, 17, 5), (3, 21, 2), (2, 64, 3)])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (2, 5), (7, 1)])
def test_convolutions_come_back(groups, out, inner, kernel):
    weights = filled(out, *kernel, inner)
    packed = packing.pack_convolution(weights, groups)
    assert packed.shape[0] == groups * -(-out // groups // 16) and packed.nbytes % 64 == 0
    assert np.array_equal(packing.unpack_convolution(packed, out, kernel, inner, groups), weights)


def test_what_a_byte_does_not_hold_goes_to_the_repeats():
    weights = np.array([[1, 2, 3, 4, 5, 255, -130, 8]], np.int16)
    rows = packing.pack_fully_connected(weights, (4, 4))[0, :, 0]
    assert rows.tolist() == [[1, 2, 3, 4], [5, 127, -127, 8], [0, 127, -3, 0], [0, 1, 0, 0]]


@pytest.mark.parametrize("groups,out,inner", [(1, 1, 1), (1, 17, 5), (1, 3, 40), (2, 64, 3)])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (2, 5)])
def test_convolutions_with_repeats_come_back(groups, out, inner, kernel):
    weights = filled(out, *kernel, inner).astype(np.int16)
    weights[0, -1, 0, 0], weights[-1, 0, -1, -1] = 255, -254
    operator = Operator("convolution", "c", [], None, kernel=kernel, groups=groups, weights=weights)
    repeats = requantise_weights.repeats(operator)
    packed = packing.pack_convolution(weights, groups, repeats)
    assert packed.dtype == np.int8 and packed.min() >= -127 and 1 <= len(repeats) <= 3
    assert np.array_equal(packing.unpack_convolution(packed, out, kernel, inner, groups, repeats), weights)


@pytest.mark.parametrize("channels", [1, 16, 17, 40])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (5, 5), (4, 2), (1, 7)])
def test_depthwise_come_back(channels, kernel):
    weights = filled(*kernel, channels)
    assert np.array_equal(packing.unpack_depthwise(packing.pack_depthwise(weights), channels, kernel), weights)


def test_channels_are_padded_in_each_group():
    values = np.arange(1, 35, dtype=np.int32)
    padded = packing.pad_channels(values, 2)
    assert padded.shape == (64,) and padded[17:32].tolist() == [0] * 15 and padded[32] == 18
    assert np.array_equal(packing.unpad_channels(padded, 34, 2), values)
