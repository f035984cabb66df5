"""The packed weight layout k4n16 of FORMAT.md: [n16 / 16][K / 4][16 channels][4 k]."""

import numpy as np

CHANNELS = 16
RUN = 4
GREATEST = 127


def round_up(value: int, multiple: int) -> int:
    return -(-value // multiple) * multiple


def _pack_rows(rows: np.ndarray) -> np.ndarray:
    """[channels, K] with K a multiple of 4 → blocks [n16 / 16, K / 4, 16, 4]."""
    channels, k = rows.shape
    padded = np.zeros((round_up(channels, CHANNELS), k), np.int8)
    padded[:channels] = rows
    return padded.reshape(-1, CHANNELS, k // RUN, RUN).transpose(0, 2, 1, 3)


def _unpack_rows(blocks: np.ndarray, channels: int) -> np.ndarray:
    rows = blocks.transpose(0, 2, 1, 3).reshape(blocks.shape[0] * CHANNELS, -1)
    return rows[:channels]


def _pad_last(array: np.ndarray) -> np.ndarray:
    missing = -array.shape[-1] % RUN
    return np.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, missing)])


def divided(rows: np.ndarray, repeats: tuple[int, ...]) -> np.ndarray:
    """[channels, K] → [channels, K and four for each repeat]: what a byte does not hold of a weight goes to the repeats."""
    if not repeats:
        return rows
    left = rows.astype(np.int16)
    parts = [np.clip(left, -GREATEST, GREATEST)]
    left -= parts[0]
    for first in repeats:
        group = left[:, first : first + RUN]
        parts.append(np.clip(group, -GREATEST, GREATEST))
        group -= parts[-1]
    assert not left.any()
    return np.concatenate(parts, axis=1).astype(np.int8)


def summed(rows: np.ndarray, repeats: tuple[int, ...]) -> np.ndarray:
    """What the weights of each tap amount to."""
    if not repeats:
        return rows
    k = rows.shape[1] - len(repeats) * RUN
    total = rows[:, :k].astype(np.int16)
    for index, first in enumerate(repeats):
        total[:, first : first + RUN] += rows[:, k + index * RUN : k + (index + 1) * RUN]
    return total


def taps_of_convolution(weights: np.ndarray) -> np.ndarray:
    """[out, kh, kw, in / groups] → [out, K]: the kernel's rows, each filled with zeros."""
    out, kh, kw, inner = weights.shape
    return _pad_last(weights.reshape(out, kh, kw * inner)).reshape(out, -1)


def pack_convolution(weights: np.ndarray, groups: int, repeats: tuple[int, ...] = ()) -> np.ndarray:
    """[out, kh, kw, in / groups] → one run of kw · in / groups a kernel row, groups one after another."""
    rows = divided(taps_of_convolution(weights), repeats)
    return np.concatenate([_pack_rows(group) for group in rows.reshape(groups, len(rows) // groups, -1)])


def unpack_convolution(
    blocks: np.ndarray, out: int, kernel: tuple[int, int], inner: int, groups: int, repeats: tuple[int, ...] = ()
) -> np.ndarray:
    kh, kw = kernel
    parts = blocks.reshape(groups, -1, *blocks.shape[1:])
    rows = np.concatenate([_unpack_rows(part, out // groups) for part in parts])
    return summed(rows, repeats).reshape(out, kh, -1)[:, :, : kw * inner].reshape(out, kh, kw, inner)


def pack_depthwise(weights: np.ndarray) -> np.ndarray:
    """[kh, kw, out] → kw columns of kh taps from top to bottom."""
    columns = _pad_last(weights.transpose(2, 1, 0))
    return _pack_rows(columns.reshape(columns.shape[0], -1))


def unpack_depthwise(blocks: np.ndarray, out: int, kernel: tuple[int, int]) -> np.ndarray:
    kh, kw = kernel
    return _unpack_rows(blocks, out).reshape(out, kw, -1)[:, :, :kh].transpose(2, 1, 0)


def taps_of_fully_connected(weights: np.ndarray) -> np.ndarray:
    """[out, in] → [out, K]: filled with zeros."""
    return _pad_last(weights)


def pack_fully_connected(weights: np.ndarray, repeats: tuple[int, ...] = ()) -> np.ndarray:
    """[out, in] → one run of in."""
    return _pack_rows(divided(taps_of_fully_connected(weights), repeats))


def unpack_fully_connected(blocks: np.ndarray, out: int, inner: int, repeats: tuple[int, ...] = ()) -> np.ndarray:
    return summed(_unpack_rows(blocks, out), repeats)[:, :inner]


def pad_channels(values: np.ndarray, groups: int) -> np.ndarray:
    """[n] → [groups · n16], zeros beyond the true channels of each group."""
    per_group = values.reshape(groups, -1)
    padded = np.zeros((groups, round_up(per_group.shape[1], CHANNELS)), values.dtype)
    padded[:, : per_group.shape[1]] = per_group
    return padded.reshape(-1)


def unpad_channels(values: np.ndarray, channels: int, groups: int) -> np.ndarray:
    return values.reshape(groups, -1)[:, : channels // groups].reshape(channels)
