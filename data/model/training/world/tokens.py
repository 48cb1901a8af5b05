# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes as tokens: where balls are, by eighths of a unit, and how far they go from frame to frame.

    [left, right and top of an obstacle]
    radius of each ball, then frame by frame:
      x y of each ball   [x y of a throw]

Each token is two words, whose rows of the table are added: a place and how far it is from the place before, a throw and
how far it goes. What is told apart is by how much a displacement differs from the one before: of what flies on that is
nothing. A place is what a displacement made of the one before, so nothing is lost from frame to frame. Each
coordinate of each ball has words of its own: what a token is about need not be found out.
"""
import numpy as np

SIDE, PER_UNIT = 32, 8
BALLS, FRAMES = 3, 24
LEAST_RADIUS, RADII = 3.0, 5            # by halves
FIRST_PLACE, PLACES = 20, 217           # in eighths
REACH = 32
BINS = 2 * REACH + 1
CHANGE = 56
CHANGES = 2 * CHANGE + 1

MASK = 0
THROW = 1
RADIUS = THROW + BALLS
PLACE = RADIUS + BALLS * RADII
DISPLACEMENT = PLACE + BALLS * 2 * PLACES
DIFFERENCE = DISPLACEMENT + BALLS * 2 * BINS
OBSTACLE = DIFFERENCE + BALLS * 2 * CHANGES
OBSTACLES, REACHES = 3, 3               # kinds, and how far each reaches: left, right, top
SIZE = OBSTACLE + OBSTACLES * REACHES
SIZES = SIDE + 1
WORDS = (SIZE + SIZES + 3) // 4 * 4
POSITIONS = 160

ROW = 17 + FRAMES * 8                   # of what `next-frames --write-scenes` writes


class Scenes:
    """Rows of that file: [n, ROW]."""

    def __init__(self, rows):
        rows = np.asarray(rows, np.float32)
        self.balls = rows[:, 0].astype(int)
        self.radii = rows[:, 1:4]
        self.gravity, self.restitution = rows[:, 4], rows[:, 5]
        self.throw_frame, self.throw_ball = rows[:, 6].astype(int), rows[:, 7].astype(int)
        self.throw = np.round(rows[:, 8:10] * PER_UNIT).astype(int)
        self.colours = rows[:, 10:13].astype(int)
        self.obstacles = rows[:, 13:17].astype(int)                       # kind, left, right, top
        frames = rows[:, 17:].reshape(-1, FRAMES, 8)
        self.events = frames[:, :, 0].astype(int)
        self.places = frames[:, :, 2:].reshape(-1, FRAMES, BALLS, 2)


def follow(places):
    """Places, displacements and how they change, in eighths, [n, FRAMES, .., 2]: closed loop."""
    exact = np.round(places * PER_UNIT).astype(int)
    kept, moved, changed = [exact[:, 0]], [np.zeros_like(exact[:, 0])], [np.zeros_like(exact[:, 0])]
    for t in range(1, exact.shape[1]):
        move = np.clip(exact[:, t] - kept[-1], -REACH, REACH)
        changed.append(np.clip(move - moved[-1], -CHANGE, CHANGE))
        moved.append(moved[-1] + changed[-1])
        kept.append(kept[-1] + moved[-1])
    return np.stack(kept, 1), np.stack(moved, 1), np.stack(changed, 1)


def write(places, radii, throws=None, obstacles=None):
    """Words of scenes with equally many balls, where what moves stands in them, and by how much that changed.

    places [n, frames, balls, 2], radii [n, balls]; throws: frame, ball, speed in eighths, of each; obstacles [n, 4] where
    each has one.
    Returns words [n, tokens, 2], index and changes [n, frames, balls, 2].
    """
    n, frames, balls = places.shape[:3]
    kept, moved, changed = follow(places)
    slot = 2 * np.arange(balls)[:, None] + np.arange(2)                    # [balls, 2]
    place = PLACE + slot * PLACES + np.clip(kept - FIRST_PLACE, 0, PLACES - 1)
    bins = np.full_like(place, MASK)
    bins[:, 1:] = DISPLACEMENT + slot * BINS + moved[:, 1:] + REACH
    first = 0 if obstacles is None else REACHES
    words = np.full((n, first + balls + frames * 2 * balls + (0 if throws is None else 2), 2), MASK, np.int64)
    index = np.empty((n, frames, balls, 2), np.int64)
    if obstacles is not None:
        words[:, :first, 0] = OBSTACLE + (obstacles[:, :1] - 1) * REACHES + np.arange(REACHES)
        words[:, :first, 1] = SIZE + obstacles[:, 1:]
    words[:, first:first + balls, 0] = RADIUS + np.arange(balls) * RADII + np.clip(
        np.round((radii - LEAST_RADIUS) * 2).astype(int), 0, RADII - 1)
    rows, each = np.arange(n), np.arange(2 * balls)
    at = np.full(n, first + balls)
    for t in range(frames):
        words[rows[:, None], at[:, None] + each, 0] = place[:, t].reshape(n, -1)
        words[rows[:, None], at[:, None] + each, 1] = bins[:, t].reshape(n, -1)
        index[:, t] = (at[:, None] + each).reshape(n, balls, 2)
        at = at + 2 * balls
        if throws is not None:
            who = rows[throws[0] == t]
            ball, speed = throws[1][who], np.clip(throws[2][who], -REACH, REACH)
            for axis in range(2):
                words[who, at[who] + axis, 0] = THROW + ball
                words[who, at[who] + axis, 1] = DISPLACEMENT + (2 * ball + axis) * BINS + speed[:, axis] + REACH
            at[who] += 2
    return words, index, changed + CHANGE
