# SPDX-License-Identifier: GPL-3.0-or-later
"""The scene generator: a picture and the record of what is in it.

The record is the only truth: every prompt and answer is derived from it (tasks.py).  It is plain
data, so an annotation file made by hand can be turned into one and train the same way.
"""
import io
from dataclasses import asdict, dataclass, field

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from colours import COLOURS, colour_name
from concepts import HELD_OUT_STYLE, STAMP_STYLE
from outline import polygons, rays
from photographs import STYLE as PHOTOGRAPH

PAINTABLE = {"vehicle", "thing", "clothes", "toy", "furniture", "music", "building"}
TEXT_SHARE = 0.4               # of the scenes, where there is a painter of text
# What figures are measured on: names of scene makers.
SETS = {"seen": "styles seen", "style": "style never seen", "stamps": "cut-out photographs never seen"}
MIN_VISIBLE = 0.3              # an object of which less is seen is not spoken of
STAMP_SHARE = 0.12             # of the scenes' styles, where there are cut-out photographs
TWIN_SHARE = 0.25              # of the scenes with several things: several of one kind, to be counted
TILES = 0.6                    # share of a mosaic of photographs that is none of drawings


@dataclass
class SceneObject:
    concept: str
    group: str
    style: str
    colour: str                # "" where no colour dominates
    box: list                  # x1, y1, x2, y2 of the visible part, pixels
    visible: float             # share of the object that is not hidden
    depth: int                 # paint order, 0 is the farthest
    index: int = -1            # concept number of this build
    mask: object = field(default=None, repr=False)      # visible part, bool [H, W]; not stored

    def outline(self, max_points=24, fixed=False):
        """Polygons of the visible part; `fixed`: one polygon of exactly so many points."""
        return rays(self.mask, max_points) if fixed else polygons(self.mask, max_points)


@dataclass
class Scene:
    width: int
    height: int
    background: str
    objects: list              # in reading order
    texts: list = field(default_factory=list)           # {"string", "quad"} from the layout

    def record(self):
        """Returns the record as plain data, with outlines in place of masks."""
        data = asdict(self)
        for plain, real in zip(data["objects"], self.objects):
            plain.pop("mask")
            plain["polygons"] = [p.round(1).reshape(-1).tolist() for p in real.outline()]
        return data


def reading_order(objects, size):
    """Rows of a fifth of the picture from top to bottom, inside a row from left to right."""
    def key(o):
        x, y = (o.box[0] + o.box[2]) / 2, (o.box[1] + o.box[3]) / 2
        return int(y / size * 5), x
    return sorted(objects, key=key)


class SceneMaker:
    """Makes scenes of `size` pixels from one half (training or held out) of the atlas."""

    def __init__(self, atlas, backgrounds, size, sprites, min_side=0.16, max_side=0.75, painter=None,
                 stamp_share=STAMP_SHARE, photographs=None, finish=True, tile_share=0.0, twin_share=TWIN_SHARE):
        self.atlas, self.backgrounds, self.size = atlas, backgrounds, size
        self.sprites = sprites
        self.styles = [s for s in sprites if s != STAMP_STYLE]
        self.has_stamps = STAMP_STYLE in sprites
        self.min_side, self.max_side = min_side, max_side
        self.painter = painter                   # writing.TextPainter, or None for scenes without text
        self.stamp_share, self.twin_share = stamp_share, twin_share
        self.photographs = photographs           # photographs.Photographs, or None
        self.tile_share = tile_share if photographs else 0.0     # of the things that are photographs
        self.finish = finish                     # light, blur and noise here; else augment.py gives them later

    def make(self, rng, count):
        """Returns (Scene, RGB picture) with about `count` objects."""
        background, canvas = self.backgrounds.draw(rng, self.size)
        layers = self._place(rng, count)
        for sprite, x, y, _entry in layers:
            self._paste(rng, canvas, sprite, x, y)
        objects, texts = self._visible(layers), []
        if self.painter and rng.random() < TEXT_SHARE:
            texts = self.painter.paint(rng, canvas, int(rng.integers(1, 5)))
            objects = [o for o in objects if not any(_hidden(o, t) for t in texts)]
        return Scene(self.size, self.size, background, objects, texts), self._finish(rng, canvas)

    def photograph(self, rng):
        """Returns a photograph whole, as a scene of one object that is as large as the picture."""
        picture, concept = self.photographs.draw(rng, self.size, self.size)
        about = self.atlas.concepts[concept]
        o = SceneObject(about.name, about.group, PHOTOGRAPH, "", [0, 0, self.size, self.size], 1.0, 0, concept,
                        np.ones((self.size, self.size), bool))
        return Scene(self.size, self.size, "photo", [o]), self._finish(rng, picture)

    def mosaic(self, rng, side, tiles=False):
        """Returns a picture of side x side sprites, one a cell: the diet of the first stage.  With `tiles`, most
        of them are photographs."""
        background, canvas = self.backgrounds.draw(rng, self.size)
        cell, layers = self.size / side, []
        for row in range(side):
            for column in range(side):
                if tiles and rng.random() < TILES:
                    sprite, entry = self._tile(rng, cell)
                else:
                    sprite, entry = self._sprite(rng, self._style(rng), cell * rng.uniform(0.7, 1.0))
                x = int(cell * column + max(0, cell - sprite.width) * rng.random())
                y = int(cell * row + max(0, cell - sprite.height) * rng.random())
                layers.append((sprite, x, y, entry))
                self._paste(rng, canvas, sprite, x, y)
        return Scene(self.size, self.size, background, self._visible(layers)), self._finish(rng, canvas)

    # -- choosing -------------------------------------------------------------------------------

    def _style(self, rng):
        if self.has_stamps and (not self.styles or rng.random() < self.stamp_share):
            return STAMP_STYLE
        return self.styles[rng.integers(len(self.styles))]

    def _place(self, rng, count):
        """Chooses sprites and positions so that hardly anything is hidden by more than 40 %."""
        one_style = self._style(rng) if rng.random() < 0.6 else None
        twins = rng.random() < self.twin_share and count > 1      # several of one kind, to be counted
        layers, taken, kind = [], [], None
        for _ in range(count):
            style = one_style or self._style(rng)
            largest = self.max_side if count == 1 else self.max_side / (0.8 + 0.2 * count)
            side = self.size * float(np.exp(rng.uniform(np.log(self.min_side), np.log(largest))))
            if self.tile_share and rng.random() < self.tile_share:
                sprite, entry = self._tile(rng, side)
            else:
                sprite, entry = self._sprite(rng, style, side, kind if twins and rng.random() < 0.7 else None)
                kind = entry["concept"] if kind is None else kind
            for attempt in range(12):
                x = int(rng.uniform(-0.08 * sprite.width, self.size - 0.92 * sprite.width))
                y = int(rng.uniform(-0.08 * sprite.height, self.size - 0.92 * sprite.height))
                box = (x, y, x + sprite.width, y + sprite.height)
                allowed = 0.3 if rng.random() < 0.3 else 0.08
                if all(_overlap(box, other) <= allowed for other in taken):
                    layers.append((sprite, x, y, entry))
                    taken.append(box)
                    break
        return layers

    def _sprite(self, rng, style, side, concept=None):
        """Returns (RGBA picture with its longer side near `side`, atlas entry), freshly varied."""
        choice = self.sprites[style]
        keys = list(choice)
        concept = concept if concept in choice else keys[rng.integers(len(keys))]
        index = choice[concept][rng.integers(len(choice[concept]))]
        entry = dict(self.atlas.entries[index])
        image = Image.fromarray(self.atlas.sprite(index))
        group = self.atlas.concepts[concept].group
        if rng.random() < 0.5:
            image = image.transpose(Image.FLIP_LEFT_RIGHT)
        scale = side / max(image.size)
        stretch = float(np.exp(rng.normal(0, 0.07)))
        image = image.resize((max(6, round(image.width * scale * stretch)),
                              max(6, round(image.height * scale / stretch))), Image.BILINEAR)
        if rng.random() < 0.6:
            image = image.rotate(float(rng.normal(0, 10)), Image.BILINEAR, expand=True)
        if group in PAINTABLE and entry["colour"] not in ("", "black", "white", "gray") and rng.random() < 0.4:
            image = _shift_hue(image, int(rng.integers(20, 236)))
            entry["colour"] = colour_name(np.asarray(image))
        if rng.random() < 0.15:
            image.putalpha(image.getchannel("A").filter(ImageFilter.MinFilter(3)))
        if rng.random() < 0.3:
            image.putalpha(image.getchannel("A").filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.5)))))
        return image, entry

    def _tile(self, rng, cell):
        """Returns (photograph with square corners, atlas entry)."""
        w, h = (int(cell * rng.uniform(0.7, 1.0)) for _ in range(2))
        picture, concept = self.photographs.draw(rng, w, h, least=0.6)
        picture.putalpha(255)
        return picture, {"concept": concept, "style": PHOTOGRAPH, "colour": ""}

    # -- painting -------------------------------------------------------------------------------

    def _paste(self, rng, canvas, sprite, x, y):
        if rng.random() < 0.25:
            shadow = sprite.getchannel("A").point(lambda a: int(a * 0.35))
            d = max(1, sprite.height // 14)
            canvas.paste((0, 0, 0), (x + d, y + d), shadow.filter(ImageFilter.GaussianBlur(2)))
        canvas.paste(sprite, (x, y), sprite)

    def _finish(self, rng, canvas):
        if self.finish:
            for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
                if rng.random() < 0.4:
                    canvas = change(canvas).enhance(float(rng.uniform(0.7, 1.3)))
            if rng.random() < 0.12:
                canvas = canvas.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.0))))
        if rng.random() < 0.15:
            store = io.BytesIO()
            canvas.save(store, "JPEG", quality=int(rng.integers(35, 90)))
            canvas = Image.open(store)
        if self.finish and rng.random() < 0.15:
            noise = rng.normal(0, rng.uniform(2, 10), (self.size, self.size, 1))
            canvas = Image.fromarray(np.clip(np.asarray(canvas) + noise, 0, 255).astype(np.uint8))
        return canvas.convert("RGB")

    def _visible(self, layers):
        """Returns the objects that can be seen, in reading order, with masks and boxes of what is seen."""
        size, found = self.size, []
        covered = np.zeros((size, size), bool)
        for depth in range(len(layers) - 1, -1, -1):
            sprite, x, y, entry = layers[depth]
            alpha = np.asarray(sprite)[..., 3] > 127
            full = int(alpha.sum())
            x0, y0 = max(x, 0), max(y, 0)
            x1, y1 = min(x + sprite.width, size), min(y + sprite.height, size)
            mask = np.zeros((size, size), bool)
            mask[y0:y1, x0:x1] = alpha[y0 - y:y1 - y, x0 - x:x1 - x]
            seen = mask & ~covered
            covered |= mask
            area = int(seen.sum())
            if area < 60 or area < MIN_VISIBLE * full:
                continue
            rows, columns = np.nonzero(seen.any(1))[0], np.nonzero(seen.any(0))[0]
            concept = self.atlas.concepts[entry["concept"]]
            found.append(SceneObject(concept.name, concept.group, entry["style"], entry["colour"],
                                     [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1],
                                     round(area / max(full, 1), 3), depth, entry["concept"], seen))
        return reading_order(found, size)


def _overlap(a, b):
    """Returns the share of the smaller box that the two have in common."""
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))


def _hidden(o, text):
    """Whether a string lies over a noticeable part of an object; such an object is not spoken of."""
    xs, ys = text["quad"][0::2], text["quad"][1::2]
    return _overlap(o.box, (min(xs), min(ys), max(xs), max(ys))) > 0.05


def _shift_hue(image, amount):
    h, s, v = image.convert("RGB").convert("HSV").split()
    h = h.point(lambda value: (value + amount) % 256)
    result = Image.merge("HSV", (h, s, v)).convert("RGB")
    result.putalpha(image.getchannel("A"))
    return result


def makers(atlas, backgrounds, held_out_backgrounds, size, painters=(None, None), stamp_share=STAMP_SHARE,
           photographs=None, tile_share=0.0, twin_share=TWIN_SHARE, **limits):
    """Returns the scene makers by name: train, seen (training styles, new backgrounds), style, stamps.
    `painters`: of text with the fonts and words of training, and with the held-out ones.  `stamp_share`,
    `photographs`, `tile_share` and `twin_share` are the training's; what is measured on stays as it is."""
    train = atlas.choose(held_out=False)
    unseen = atlas.choose(held_out=True)
    style = {HELD_OUT_STYLE: unseen[HELD_OUT_STYLE]}
    stamps = {STAMP_STYLE: unseen[STAMP_STYLE]}
    return {"train": SceneMaker(atlas, backgrounds, size, train, painter=painters[0], stamp_share=stamp_share,
                                photographs=photographs, finish=False, tile_share=tile_share,
                                twin_share=twin_share, **limits),
            "seen": SceneMaker(atlas, held_out_backgrounds, size, train, painter=painters[1], **limits),
            "style": SceneMaker(atlas, held_out_backgrounds, size, style, painter=painters[1], **limits),
            "stamps": SceneMaker(atlas, held_out_backgrounds, size, stamps, painter=painters[1], **limits)}


def scenes_of(maker, count, seed, most=4):
    """Returns `count` fixed scenes with 1 to `most` objects."""
    result = []
    for i in range(count):
        rng = np.random.default_rng((seed, i))
        while True:
            scene, picture = maker.make(rng, 1 + i % most)
            if scene.objects:
                break
        result.append((scene, picture))
    return result
