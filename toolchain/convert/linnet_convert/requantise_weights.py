"""Weights with a zero point become symmetric int8 with a scale an output channel."""

import numpy as np

GREATEST = 127
SHRINKS = np.linspace(0.7, 1.5, 801)
COMMON = 1.0


def symmetric(
    weights: np.ndarray, scales: np.ndarray, points: np.ndarray, bias: np.ndarray, axis: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes in −127…127, float32 scales and int64 biases at the new scales.

    `scales` and `points` hold a value for each channel of `axis`. A channel whose codes fit after its zero
    point is taken off keeps them, its scale and its bias exactly; any other is scaled down by `shrunk`.
    """
    rows = np.moveaxis(weights, axis, 0).astype(np.int64)
    flat = rows.reshape(len(rows), -1) - points[:, None]
    shrink = np.ones(len(flat))
    for channel in np.flatnonzero(np.abs(flat).max(axis=1, initial=0) > GREATEST):
        flat[channel], shrink[channel] = shrunk(flat[channel])
    codes = flat.astype(np.int8).reshape(rows.shape)
    scale = (scales.astype(np.float64) * shrink).astype(np.float32)
    return np.ascontiguousarray(np.moveaxis(codes, 0, axis)), scale, np.rint(bias / shrink).astype(np.int64)


def cost(errors: np.ndarray) -> np.ndarray:
    """Mean square of the error that errors of weights make in the sum, for inputs that share a common level:
    Σe² for what differs from input to input, (Σe)² for the level."""
    return (errors**2).sum(axis=-1) + COMMON * errors.sum(axis=-1) ** 2


def shrunk(row: np.ndarray) -> tuple[np.ndarray, float]:
    """The codes in −127…127 and the factor whose product comes nearest to `row` by `cost`."""
    factors = np.abs(row).max() / GREATEST * SHRINKS
    codes = np.clip(np.rint(row / factors[:, None]), -GREATEST, GREATEST)
    codes = np.stack([levelled(row, c, f) for c, f in zip(codes, factors)])
    best = int(np.argmin(cost(codes * factors[:, None] - row)))
    return codes[best].astype(np.int64), float(factors[best])


def levelled(row: np.ndarray, codes: np.ndarray, factor: float) -> np.ndarray:
    """Rounds some weights the other way where that lowers the cost: the sum of the errors goes towards zero."""
    codes = codes.copy()
    errors = codes * factor - row
    for _ in range(len(row)):
        total = errors.sum()
        step = -np.sign(total) * factor
        gain = (2 * errors * step + step**2) + COMMON * ((total + step) ** 2 - total**2)
        gain[np.abs(codes + np.sign(step)) > GREATEST] = np.inf
        best = int(np.argmin(gain))
        if not gain[best] < 0:
            break
        codes[best] += np.sign(step)
        errors[best] += step
    return codes
