"""Weights to int8 codes so that the layer's outputs change least, not the weights themselves.

Optimal brain quantisation in the form of Frantar et al. 2022 (GPTQ): the weights of a row are rounded one after another,
and what rounding one costs is made good by those that are still free, as the second moments of the inputs tell.

Every step is an elementwise NumPy operation or a sum of integers, so the codes are the same on every machine.
"""

import numpy as np

DAMPING = 0.02
GREATEST = 127


def inverse_factor(moments: np.ndarray) -> np.ndarray:
    """The upper triangular U of inverse(H) = Uᵀ·U for each H of [batch, k, k], by elimination."""
    batch, k, _ = moments.shape
    lower = moments[:, ::-1, ::-1].copy()
    for i in range(k):
        lower[:, i, i] = np.sqrt(lower[:, i, i])
        lower[:, i + 1 :, i] /= lower[:, i, i][:, None]
        lower[:, i, i + 1 :] = 0
        column = lower[:, i + 1 :, i]
        lower[:, i + 1 :, i + 1 :] -= column[:, :, None] * column[:, None, :]
    upper = lower[:, ::-1, ::-1]
    inverse = np.zeros_like(upper)
    inverse[:] = np.eye(k)
    for i in range(k - 1, -1, -1):
        inverse[:, i] /= upper[:, i, i][:, None]
        inverse[:, :i] -= upper[:, :i, i][:, :, None] * inverse[:, i][:, None, :]
    return inverse


def codes(weights: np.ndarray, scale: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """int8 codes of `weights` [batch, rows, k] with `scale` [batch, rows]; `moments` [batch, k, k] are Σ x·xᵀ."""
    moments, k = moments.astype(np.float64), moments.shape[1]
    places = np.arange(k)
    moments[:, places, places] += DAMPING * moments[:, places, places].sum(axis=1, keepdims=True) / k + 1
    factor = inverse_factor(moments)
    free = weights.astype(np.float64) / scale[:, :, None]
    result = np.zeros(free.shape, np.int8)
    for i in range(k):
        chosen = np.clip(np.rint(free[:, :, i]), -GREATEST, GREATEST)
        result[:, :, i] = chosen
        error = (free[:, :, i] - chosen) / factor[:, i, i][:, None]
        free[:, :, i + 1 :] -= error[:, :, None] * factor[:, i, i + 1 :][:, None, :]
    return result
