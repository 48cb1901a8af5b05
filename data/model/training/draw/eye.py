# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a picture of these scenes, read by the shapes themselves: pieces that are not background, each compared
with all things in all sizes. It knows this world and no other, so it is an exact judge of it."""
import functools
from dataclasses import dataclass

import numpy as np

from draw.scenes import PLACES, SIZES, WHOLE, background
from draw.shapes import COLOURS, layers

NAMES, TABLE = list(COLOURS), np.array(list(COLOURS.values()), np.float32) / 255
APART = 0.11                   # of a channel, what is no background
LEAST = 40                     # pixels of a piece
WORST = 0.13                   # mean error of a thing that is still taken for one
SLACK = 2                      # pixels


@dataclass
class Seen:
    name: str
    colour: str
    size: str
    x: float                   # of the middle
    y: float
    error: float


def pieces(mask):
    """Returns masks of connected pixels, diagonals included, the large ones."""
    left, found = mask.copy(), []
    height, width = mask.shape
    for start in zip(*np.nonzero(left)):
        if not left[start]:
            continue
        piece, ahead = np.zeros_like(mask), [start]
        left[start] = False
        while ahead:
            y, x = ahead.pop()
            piece[y, x] = True
            for v in range(max(0, y - 1), min(height, y + 2)):
                for u in range(max(0, x - 1), min(width, x + 2)):
                    if left[v, u]:
                        left[v, u] = False
                        ahead.append((v, u))
        if piece.sum() >= LEAST:
            found.append(piece)
    return found


@functools.cache
def _extent(name, side, colour, place, whole):
    """(top, bottom, middle, width) of what of a thing is told from the background."""
    covered, coloured, fixed = layers(name, side)
    behind = background(place, whole)[whole // 2, 0]
    drawn = behind * (1 - covered) + coloured * TABLE[colour] + fixed
    mask = np.abs(drawn - behind).max(-1) > APART
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    return rows[0], rows[-1], (columns[0] + columns[-1]) / 2, columns[-1] - columns[0]


def place_of(picture):
    """The background that most of a picture is."""
    errors = [np.median(np.abs(picture - background(p, len(picture))).max(-1)) for p in PLACES]
    return PLACES[int(np.argmin(errors))]


def _colour_of(pixels):
    apart = np.abs(pixels[:, None] - TABLE).sum(-1)
    near, best = apart.min(1) < 0.45, apart.argmin(1)
    return int(np.bincount(best[near] if near.any() else best, minlength=len(TABLE)).argmax())


def _compare(picture, place, behind, piece, things, scale):
    rows, columns = np.nonzero(piece.any(1))[0], np.nonzero(piece.any(0))[0]
    top, bottom, middle, width = rows[0], rows[-1], (columns[0] + columns[-1]) / 2, columns[-1] - columns[0]
    colour, best = _colour_of(picture[piece]), None
    for name in things:
        for size, side in SIZES.items():
            n = side * scale
            t, b, m, w = _extent(name, n, colour, place, len(picture))
            if abs((b - t) - (bottom - top)) > 0.5 * n or abs(w - width) > 0.3 * n:
                continue
            covered, coloured, fixed = layers(name, n)
            for dy in range(-SLACK, SLACK + 1):
                for dx in range(-SLACK, SLACK + 1):
                    y, x = top - t + dy, int(round(middle - m)) + dx
                    y0, x0, y1, x1 = max(y, 0), max(x, 0), min(y + n, len(picture)), min(x + n, len(picture))
                    cut = np.s_[y0 - y:y1 - y, x0 - x:x1 - x]
                    there = np.s_[y0:y1, x0:x1]
                    wanted = behind[there] * (1 - covered[cut]) + coloured[cut] * TABLE[colour] + fixed[cut]
                    counts = (covered[cut][..., 0] > 0.3) | piece[there]
                    wrong = np.abs(wanted - picture[there]).mean(-1)[counts].sum()
                    outside = piece.sum() - piece[there].sum()
                    error = (wrong + 0.5 * outside) / max(1, counts.sum() + outside)
                    if best is None or error < best.error:
                        best = Seen(name, NAMES[colour], size, x + n / 2, y + n / 2, float(error))
    return best


def look(picture, things):
    """Returns (the things in a picture of 0 to 1, how many pieces are none of them)."""
    place = place_of(picture)
    behind = background(place, len(picture))
    found, strange = [], 0
    for piece in pieces(np.abs(picture - behind).max(-1) > APART):
        best = _compare(picture, place, behind, piece, things, len(picture) // WHOLE)
        if best and best.error < WORST:
            found.append(best)
        else:
            strange += 1
    return found, strange
