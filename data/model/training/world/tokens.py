# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes as tokens: where balls are, by eighths of a unit, and how far they go from frame to frame.

    radius of each ball, then frame by frame:
      x y of each ball   [<throw> x y of the ball that is thrown]   dx dy of each ball

A place is what a displacement made of the place before, so nothing is lost from frame to frame. Each
ball has words of its own for all of that: what a token is about need not be found out.
"""
import numpy as np

SIDE, PER_UNIT = 32, 8
BALLS, FRAMES = 3, 24
LEAST_RADIUS, RADII = 3.0, 5            # by halves
FIRST_PLACE, PLACES = 20, 217           # in eighths
REACH = 32
BINS = 2 * REACH + 1

MASK = 0
THROW = 1
RADIUS = THROW + BALLS
PLACE = RADIUS + BALLS * RADII
DISPLACEMENT = PLACE + BALLS * 2 * PLACES
WORDS = (DISPLACEMENT + BALLS * 2 * BINS + 3) // 4 * 4
POSITIONS = 320

ROW = 10 + FRAMES * 8                   # of what `next-frames --write-scenes` writes


class Scenes:
    """Rows of that file: [n, ROW]."""

    def __init__(self, rows):
        rows = np.asarray(rows, np.float32)
        self.balls = rows[:, 0].astype(int)
        self.radii = rows[:, 1:4]
        self.gravity, self.restitution = rows[:, 4], rows[:, 5]
        self.throw_frame, self.throw_ball = rows[:, 6].astype(int), rows[:, 7].astype(int)
        self.throw = np.round(rows[:, 8:10] * PER_UNIT).astype(int)
        frames = rows[:, 10:].reshape(-1, FRAMES, 8)
        self.events = frames[:, :, 0].astype(int)
        self.places = frames[:, :, 2:].reshape(-1, FRAMES, BALLS, 2)


def follow(places):
    """Places and displacements in eighths, [.., FRAMES, 2] and [.., FRAMES - 1, 2]: closed loop."""
    exact = np.round(places * PER_UNIT).astype(int)
    kept, moved = [exact[:, 0]], []
    for t in range(1, exact.shape[1]):
        moved.append(np.clip(exact[:, t] - kept[-1], -REACH, REACH))
        kept.append(kept[-1] + moved[-1])
    return np.stack(kept, 1), np.stack(moved, 1)


def write(places, radii, throws=None):
    """Ids of scenes with equally many balls, and where displacements stand in them.

    places [n, frames, balls, 2], radii [n, balls]; throws: frame, ball, speed in eighths, of each.
    The last frame's places are not written: nothing follows. Returns ids, index [n, frames - 1, balls, 2].
    """
    n, frames, balls = places.shape[:3]
    kept, moved = follow(places)
    slot = 2 * np.arange(balls)[:, None] + np.arange(2)                    # [balls, 2]
    place = PLACE + slot * PLACES + np.clip(kept - FIRST_PLACE, 0, PLACES - 1)
    bins = DISPLACEMENT + slot * BINS + moved + REACH
    k = np.clip(np.round((radii - LEAST_RADIUS) * 2).astype(int), 0, RADII - 1)
    extra = 0 if throws is None else 3
    ids = np.empty((n, balls + (frames - 1) * 4 * balls + extra), np.int64)
    index = np.empty((n, frames - 1, balls, 2), np.int64)
    ids[:, :balls] = RADIUS + np.arange(balls) * RADII + k
    rows = np.arange(n)
    at = np.full(n, balls)
    each = np.arange(2 * balls)
    for t in range(frames - 1):
        ids[rows[:, None], at[:, None] + each] = place[:, t].reshape(n, -1)
        at = at + 2 * balls
        if extra:
            who = rows[throws[0] == t]
            ball, speed = throws[1][who], throws[2][who]
            ids[who, at[who]] = THROW + ball
            for axis in range(2):
                ids[who, at[who] + 1 + axis] = DISPLACEMENT + (2 * ball + axis) * BINS + np.clip(
                    speed[:, axis], -REACH, REACH) + REACH
            at[who] += 3
        ids[rows[:, None], at[:, None] + each] = bins[:, t].reshape(n, -1)
        index[:, t] = (at[:, None] + each).reshape(n, balls, 2)
        at = at + 2 * balls
    return ids, index
