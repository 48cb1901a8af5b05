# SPDX-License-Identifier: GPL-3.0-or-later
"""Backgrounds of scenes: crops of wallpapers, gradients, flat fills and drawn rooms or horizons."""
import re

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from sprites import held_out

WALLPAPER_SIDE = 512
HELD_OUT_WALLPAPERS = 8


def make(roots, out):
    """Shrinks every large wallpaper below `roots` into one file; the first eight by hash are held out."""
    found = {}
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp") and path.stat().st_size > 60_000:
                key = path.parent.parent.parent.name if path.stem.replace("x", "").isdigit() else path.stem
                key = re.sub(r"-[dl]$|_\d+x\d+$", "", key)      # dark and light, sizes of one picture
                found.setdefault(key, path)
    names, images = [], []
    for key, path in sorted(found.items(), key=lambda kv: not held_out(kv[0], 0.5)):
        try:
            image = Image.open(path).convert("RGB")
        except OSError:
            continue
        if min(image.size) < 600:
            continue
        scale = WALLPAPER_SIDE / min(image.size)
        image = image.resize((round(image.width * scale), round(image.height * scale)), Image.BOX)
        left = (image.width - WALLPAPER_SIDE) // 2
        images.append(np.asarray(image.crop((left, 0, left + WALLPAPER_SIDE, WALLPAPER_SIDE))))
        names.append(key)
    np.savez(out, images=np.stack(images), names=np.array(names))
    return names


class Backgrounds:
    """Draws one background an image; `held_out` takes only the wallpapers never trained on."""

    def __init__(self, path, held_out=False):
        images = np.load(path)["images"]
        self.wallpapers = images[:HELD_OUT_WALLPAPERS] if held_out else images[HELD_OUT_WALLPAPERS:]

    def draw(self, rng, size):
        """Returns (kind, RGB picture of size x size)."""
        kind = rng.choice(["photo", "gradient", "flat", "drawn"], p=[0.35, 0.2, 0.25, 0.2])
        return kind, getattr(self, "_" + kind)(rng, size)

    def _photo(self, rng, size):
        wallpaper = self.wallpapers[rng.integers(len(self.wallpapers))]
        side = int(rng.integers(size, WALLPAPER_SIDE + 1))
        x, y = rng.integers(0, WALLPAPER_SIDE - side + 1, 2)
        image = Image.fromarray(wallpaper[y:y + side, x:x + side]).resize((size, size), Image.BILINEAR)
        return image.transpose(Image.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else image

    def _gradient(self, rng, size):
        corners = rng.integers(0, 256, (2, 2, 3)) * 0.6 + rng.integers(0, 103, 3)
        n = 2 if rng.random() < 0.6 else int(rng.integers(3, 12))
        grid = corners if n == 2 else np.clip(corners[:1, :1] + rng.normal(0, 35, (n, n, 3)), 0, 255)
        return Image.fromarray(grid.astype(np.uint8)).resize((size, size), Image.BICUBIC)

    def _flat(self, rng, size):
        bright = rng.random() < 0.5
        colour = rng.integers(215, 256, 3) if bright else rng.integers(0, 256, 3)
        return Image.new("RGB", (size, size), tuple(int(c) for c in colour))

    def _drawn(self, rng, size):
        colours = [tuple(int(c) for c in rng.integers(40, 256, 3)) for _ in range(4)]
        image = Image.new("RGB", (size, size), colours[0])
        pen = ImageDraw.Draw(image)
        horizon = int(size * rng.uniform(0.35, 0.8))
        pen.rectangle([0, horizon, size, size], fill=colours[1])
        for _ in range(int(rng.integers(0, 4))):
            x, y = rng.uniform(0, size, 2)
            w, h = rng.uniform(0.1, 0.5, 2) * size
            shape = pen.rectangle if rng.random() < 0.6 else pen.ellipse
            shape([x, y, x + w, y + h], fill=colours[int(rng.integers(1, 4))])
        return image.filter(ImageFilter.GaussianBlur(1)) if rng.random() < 0.3 else image
