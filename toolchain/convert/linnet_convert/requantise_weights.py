"""Weights with a zero point become symmetric int8 with a scale an output channel."""

import numpy as np

GREATEST = 127


def symmetric(
    weights: np.ndarray, scales: np.ndarray, points: np.ndarray, bias: np.ndarray, axis: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes in −127…127, float32 scales and int64 biases at the new scales.

    `scales` and `points` hold a value for each channel of `axis`. A channel whose codes fit after its zero
    point is taken off keeps them, its scale and its bias exactly; any other is scaled down to fit.
    """
    rows = np.moveaxis(weights, axis, 0).astype(np.int64)
    flat = rows.reshape(len(rows), -1) - points[:, None]
    reach = np.abs(flat).max(axis=1, initial=0)
    shrink = np.where(reach > GREATEST, reach / GREATEST, 1.0)
    codes = np.rint(flat / shrink[:, None]).astype(np.int8).reshape(rows.shape)
    scale = (scales.astype(np.float64) * shrink).astype(np.float32)
    return np.ascontiguousarray(np.moveaxis(codes, 0, axis)), scale, np.rint(bias / shrink).astype(np.int64)
