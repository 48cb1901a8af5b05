# SPDX-License-Identifier: GPL-3.0-or-later
"""Rasterises every picture of every concept into one atlas file.

The atlas is what the scene generator pastes from: RGBA sprites cut tight to their alpha, the longer
side SIDE pixels, with concept, style, colour name and whether the sprite is held out from training.
"""
import hashlib
import io
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

import concepts as concept_table
from colours import colour_name

SIDE = 128
HELD_OUT_STAMPS = 0.15         # share of the cut-out photographs that is never trained on


def held_out(key, share):
    """A fixed pseudo-random share of keys: the same on every machine and in every build."""
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 2**32 < share


def svg_of(icons, name):
    """Returns one icon of a parsed icons.json as SVG text (aliases and flips resolved)."""
    flip = False
    while name in icons.get("aliases", {}):
        alias = icons["aliases"][name]
        flip ^= bool(alias.get("hFlip"))
        name = alias["parent"]
    icon = icons["icons"][name]
    w = icon.get("width", icons.get("width", 16))
    h = icon.get("height", icons.get("height", 16))
    left, top = icon.get("left", 0), icon.get("top", 0)
    return ('<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'width="{w}" height="{h}" viewBox="{left} {top} {w} {h}">{icon["body"]}</svg>'), flip


def _render(svg):
    out = subprocess.run(["rsvg-convert", "-a", "-w", str(SIDE + 32), "-h", str(SIDE + 32)],
                         input=svg.encode() if isinstance(svg, str) else svg, capture_output=True)
    if out.returncode or not out.stdout:
        return None
    return Image.open(io.BytesIO(out.stdout)).convert("RGBA")


def tight(image):
    """Cuts an RGBA picture to its visible part and scales the longer side to SIDE."""
    alpha = np.asarray(image)[..., 3]
    rows, columns = np.nonzero((alpha > 40).any(1))[0], np.nonzero((alpha > 40).any(0))[0]
    if len(rows) < 8 or len(columns) < 8:
        return None
    image = image.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    scale = SIDE / max(image.size)
    size = (max(8, round(image.width * scale)), max(8, round(image.height * scale)))
    return np.asarray(image.resize(size, Image.LANCZOS))


def _jobs(table, npm, stamps):
    sets = concept_table.icon_sets(npm)
    for index, concept in enumerate(table):
        for style, names in concept.icons.items():
            for name in names:
                yield index, style, name, style == concept_table.HELD_OUT_STYLE, sets[style]
        for path in concept.stamps:
            yield index, concept_table.STAMP_STYLE, path, held_out(path, HELD_OUT_STAMPS), stamps / path


def _work(job):
    index, style, name, out, source = job
    if isinstance(source, Path):
        image = _render(source.read_bytes()) if source.suffix == ".svg" else Image.open(source).convert("RGBA")
        flip = False
    else:
        svg, flip = svg_of(source, name)
        image = _render(svg)
    pixels = tight(image) if image is not None else None
    if pixels is None or (pixels[..., 3] > 128).mean() > 0.985 and style == concept_table.STAMP_STYLE:
        return None
    if flip:
        pixels = pixels[:, ::-1]
    entry = {"concept": index, "style": style, "name": name, "held_out": out,
             "h": pixels.shape[0], "w": pixels.shape[1], "colour": colour_name(pixels)}
    return entry, np.ascontiguousarray(pixels)


def make(npm, stamps, out, workers=2):
    """Writes the atlas: `out`.npy with all pixels in a row and `out`.json with one entry a sprite."""
    table = concept_table.read()
    entries, pieces, offset = [], [], 0
    with ThreadPoolExecutor(workers) as pool:
        for result in pool.map(_work, _jobs(table, npm, stamps)):
            if result:
                entry, pixels = result
                entry["offset"] = offset
                offset += pixels.size
                entries.append(entry)
                pieces.append(pixels.reshape(-1))
    np.save(out.with_suffix(".npy"), np.concatenate(pieces))
    out.with_suffix(".json").write_text(json.dumps(entries))
    return entries


class Atlas:
    """Reads sprites from the files that `make` wrote, limited to concepts up to a level.

    `concepts` are all that the build can name: those drawn, in front, and those known from photographs alone.
    """

    def __init__(self, path, level=1):
        self.pixels = np.load(path.with_suffix(".npy"), mmap_mode="r")
        table = concept_table.read()
        drawn = [i for i, c in enumerate(table) if c.level <= level]
        self.drawn = [table[i] for i in drawn]
        self.concepts = self.drawn + [c for c in table if c.level > level and c.photos]
        renumber = {old: new for new, old in enumerate(drawn)}
        self.entries = []
        for entry in json.loads(path.with_suffix(".json").read_text()):
            if entry["concept"] in renumber:
                self.entries.append(entry | {"concept": renumber[entry["concept"]]})

    def sprite(self, index):
        e = self.entries[index]
        return self.pixels[e["offset"]:e["offset"] + e["h"] * e["w"] * 4].reshape(e["h"], e["w"], 4)

    def choose(self, held_out=False, styles=None):
        """Returns style -> concept -> sprite indices, of the training or of the held-out pictures."""
        result = {}
        for i, e in enumerate(self.entries):
            if e["held_out"] == held_out and (styles is None or e["style"] in styles):
                result.setdefault(e["style"], {}).setdefault(e["concept"], []).append(i)
        return result
