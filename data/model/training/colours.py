# SPDX-License-Identifier: GPL-3.0-or-later
"""Names the colour of a sprite, or says that it has none that a person would name."""
import numpy as np

COLOURS = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray"]
DOMINANT = 0.52                # share of the visible pixels that must agree


def pixel_colours(rgb):
    """Returns the index into COLOURS of each pixel of an [N, 3] uint8 array."""
    x = rgb.astype(np.float32) / 255
    high, low = x.max(1), x.min(1)
    chroma = high - low
    safe = np.maximum(chroma, 1e-6)
    r, g, b = x[:, 0], x[:, 1], x[:, 2]
    hue = np.where(high == r, (g - b) / safe % 6, np.where(high == g, (b - r) / safe + 2, (r - g) / safe + 4)) * 60
    saturation = chroma / np.maximum(high, 1e-6)
    named = np.select([hue < 14, hue < 40, hue < 66, hue < 165, hue < 255, hue < 290, hue < 340],
                      [0, 1, 2, 3, 4, 5, 6], 0)
    named = np.where((named <= 1) & (high < 0.72) & (saturation > 0.25) & (hue > 8) & (hue < 45), 7, named)
    named = np.where(((named == 0) | (named == 6)) & (saturation < 0.5) & (high > 0.8), 6, named)
    grey = (saturation < 0.16) | (chroma < 0.09)
    return np.where(high < 0.2, 8, np.where(grey, np.where(high > 0.86, 9, np.where(high < 0.3, 8, 10)), named))


def colour_name(rgba):
    """Returns the dominant colour's name of an RGBA array, or "" if no colour dominates."""
    rgb = rgba[rgba[..., 3] > 128][:, :3]
    if len(rgb) < 20:
        return ""
    counts = np.bincount(pixel_colours(rgb[:: max(1, len(rgb) // 800)]), minlength=len(COLOURS))
    best = int(counts.argmax())
    return COLOURS[best] if counts[best] >= DOMINANT * counts.sum() else ""
