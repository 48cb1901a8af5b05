# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws generated scenes with their boxes, names and outlines on one sheet, to be looked at by a person."""
import numpy as np
from PIL import Image, ImageDraw


def write(makers, path, seed, columns=6, rows=4):
    rng = np.random.default_rng(seed)
    size = makers["train"].size
    sheet = Image.new("RGB", (size * columns, size * rows))
    for i in range(columns * rows):
        maker = makers[("train", "train", "seen", "style", "stamps", "train")[i % columns]]
        if maker.photographs and i >= columns * (rows - 2):
            scene, picture = maker.photograph(rng) if i < columns * (rows - 1) else maker.mosaic(rng, 2, tiles=True)
        elif i >= columns * (rows - 1):
            scene, picture = maker.mosaic(rng, 3)
        else:
            scene, picture = maker.make(rng, 1 + i // columns * 2)
        pen = ImageDraw.Draw(picture)
        for o in scene.objects:
            pen.rectangle(o.box, outline=(255, 0, 0))
            pen.text((o.box[0], o.box[1]), f"{o.colour} {o.concept}", fill=(255, 0, 255))
            for line in o.outline(12):
                pen.polygon([tuple(p) for p in line], outline=(0, 200, 0))
        for t in scene.texts:
            pen.polygon(t["quad"], outline=(0, 0, 255))
        sheet.paste(picture, (i % columns * size, i // columns * size))
    sheet.save(path)
