"""Images of tissue made of blobs, whose place and noise are known."""

import numpy as np
from scipy import ndimage

SIZE = 160


def tissue(seed: int = 0) -> np.ndarray:
    """Return blobs of the size of cells on uneven light."""
    rng = np.random.default_rng(seed)
    image = np.zeros((SIZE, SIZE))
    image[rng.integers(0, SIZE, 150), rng.integers(0, SIZE, 150)] = rng.uniform(200, 2000, 150)
    light = np.exp(-((np.indices((SIZE, SIZE)) - SIZE / 2) ** 2).sum(axis=0) / SIZE**2)
    return np.asarray(ndimage.gaussian_filter(image, 2.5) * light + 40 * light)


def noisy(image: np.ndarray, seed: int, sigma: float = 1.0) -> np.ndarray:
    return image + np.random.default_rng(seed).normal(0, sigma, image.shape)
