# SPDX-License-Identifier: GPL-3.0-or-later
"""Training pictures with what is known of them: one thing that fills the frame, scenes, photographs."""
import numpy as np
from PIL import Image

from batches import cells
from contrast.queries import Seen

CUT = 0.75                     # share of the close pictures that are cut to the thing's box, whatever its shape
MARGIN = (-0.06, 0.15)         # of the box, added at each side


def box_around(rng, box, width, height):
    """Returns a box near to another, as a person or a detector draws it, inside the picture."""
    w, h = box[2] - box[0], box[3] - box[1]
    left, top, right, bottom = rng.uniform(*MARGIN, 4) * [w, h, w, h]
    return (max(0, box[0] - left), max(0, box[1] - top), min(width, box[2] + right), min(height, box[3] + bottom))


class PictureMaker:
    """`close`: makes scenes of one large thing; `wide`: scenes of several; both of one half of the atlas."""

    def __init__(self, close, wide, photographs=None, photograph_share=0.25):
        self.close, self.wide, self.photographs = close, wide, photographs
        self.photograph_share = photograph_share if photographs else 0.0

    def make(self, rng, side, scenes):
        """Returns (picture [S, S, 3], Seen, concept of each cell or -1); a share of `scenes` shows several things."""
        if rng.random() < scenes:
            return self._scene(rng, side)
        if rng.random() < self.photograph_share:
            picture, concept = self.photographs.draw(rng, side, side)
            return np.asarray(picture), Seen({concept: [""]}), np.full((side // 16) ** 2, -1, np.int64)
        return self._close(rng, side)

    def _close(self, rng, side):
        scene = None
        while scene is None or len(scene.objects) != 1:
            scene, picture = self.close.make(rng, 1)
        o = scene.objects[0]
        box = (0, 0, scene.width, scene.height)
        if rng.random() < CUT:
            box = box_around(rng, o.box, scene.width, scene.height)
        mask = o.mask if box[2] - box[0] == scene.width and side == scene.width else np.asarray(
            Image.fromarray(o.mask).resize((side, side), Image.NEAREST, box))
        if picture.size != (side, side) or box != (0, 0, side, side):
            picture = picture.resize((side, side), Image.BILINEAR, box)
        return np.asarray(picture), Seen.of([o]), self._taught(side, [(o.index, mask)])

    def _scene(self, rng, side):
        scene = None
        while scene is None or not scene.objects:
            if rng.random() < 0.15:
                scene, picture = self.wide.mosaic(rng, 2, tiles=bool(self.photographs) and rng.random() < 0.5)
            else:
                scene, picture = self.wide.make(rng, int(rng.integers(1, 5)))
        masks = [(o.index, o.mask) for o in scene.objects]
        if picture.size != (side, side):
            picture = picture.resize((side, side), Image.BILINEAR)
            masks = [(i, np.asarray(Image.fromarray(m).resize((side, side), Image.NEAREST))) for i, m in masks]
        return np.asarray(picture), Seen.of(scene.objects), self._taught(side, masks)

    @staticmethod
    def _taught(side, masks):
        grid = side // 16
        concepts, best = np.full(grid * grid, -1, np.int64), np.full(grid * grid, 0.15)
        for concept, mask in masks:
            cover = cells(mask, grid)
            cover = np.where(cover >= 0.6 * cover.max(), np.maximum(cover, 0.151), cover)
            concepts[cover > best] = concept
            best = np.maximum(best, cover)
        return concepts
