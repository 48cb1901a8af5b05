# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of scenes as pixels, the same as app/world/frame.c draws: balls in four colours, an obstacle, a plain ground;
and frames by chance, of which codes are learnt. What moves in a scene is of no account here."""
import numpy as np

from world import tokens as T

PIXELS = 32
COLOURS = np.array([[0.11, 0.44, 0.85], [0.90, 0.38, 0.00], [0.18, 0.60, 0.30], [0.55, 0.25, 0.70]], np.float32)
STONE = np.array([0.42, 0.42, 0.46], np.float32)
NOTHING, BOX, RAMP_LEFT, RAMP_RIGHT = range(4)

MIDDLES = np.arange(PIXELS, dtype=np.float32) + 0.5
X, Y = np.broadcast_to(MIDDLES, (PIXELS, PIXELS)), np.broadcast_to(MIDDLES[:, None], (PIXELS, PIXELS))


def over(below, cover, colour):
    return below + cover[..., None] * (colour - below)


def ground():
    level = 0.97 - 0.12 * Y / PIXELS
    return np.stack((level, level, np.minimum(level + 0.02, 1)), -1).astype(np.float32)


def slope(x, y, reach, top):
    """How far a point is above a ramp that leans on the left wall."""
    height = T.SIDE - top
    return (x * height - (y - top) * reach) / np.sqrt(height ** 2 + reach ** 2 + 1e-9)


def stand(obstacles):
    """Cover of obstacles [n, 4] (kind, left, right, top): [n, PIXELS, PIXELS]"""
    kind, left, right, top = (a[:, None, None] for a in np.asarray(obstacles, np.float32).T)
    box = np.clip(X - left + 0.5, 0, 1) * np.clip(right - X + 0.5, 0, 1) * np.clip(Y - top + 0.5, 0, 1)
    from_left = np.clip(0.5 - slope(X, Y, right, top), 0, 1)
    from_right = np.clip(0.5 - slope(T.SIDE - X, Y, T.SIDE - left, top), 0, 1)
    return np.select([kind == BOX, kind == RAMP_LEFT, kind == RAMP_RIGHT], [box, from_left, from_right], 0)


def draw(places, radii, colours, obstacles):
    """places [n, balls, 2], radii and colours [n, balls]: where a radius is 0 there is none.  [n, 3, P, P] of 0 to 1"""
    frame = over(ground()[None], stand(obstacles), STONE)
    for i in range(places.shape[1]):
        x, y, r = (a[:, None, None] for a in (places[:, i, 0], places[:, i, 1], radii[:, i]))
        cover = np.clip(r + 0.5 - np.sqrt((X - x) ** 2 + (Y - y) ** 2), 0, 1) * (r > 0)
        frame = over(frame, cover, COLOURS[colours[:, i]][:, None, None])
    return frame.transpose(0, 3, 1, 2).astype(np.float32)


# --- by chance ----------------------------------------------------------------------------------------------------

def obstacles_of(rng, n, share=0.4):
    kind = np.where(rng.random(n) < share, rng.integers(BOX, RAMP_RIGHT + 1, n), NOTHING)
    width, high = rng.integers(5, 11, n), rng.integers(4, 13, n)
    left = rng.integers(4, 29 - width)
    reach, tall = rng.integers(10, 21, n), rng.integers(6, 15, n)
    lefts = np.select([kind == BOX, kind == RAMP_RIGHT], [left, T.SIDE - reach], 0)
    rights = np.select([kind == BOX, kind == RAMP_LEFT, kind == RAMP_RIGHT], [left + width, reach, T.SIDE], 0)
    tops = np.select([kind == BOX, kind > BOX], [T.SIDE - high, T.SIDE - tall], 0)
    return np.stack((kind, lefts, rights, tops), 1)


def is_free(places, radii, obstacles):
    """Whether nothing is in anything else, by more than a little."""
    kind, left, right, top = np.asarray(obstacles, np.float32).T[:, :, None]
    x, y = places[..., 0], places[..., 1]
    off_box = np.hypot(np.maximum(np.maximum(left - x, x - right), 0), np.maximum(top - y, 0))
    far = np.select([kind == BOX, kind == RAMP_LEFT, kind == RAMP_RIGHT],
                    [off_box, slope(x, y, right, top), slope(T.SIDE - x, y, T.SIDE - left, top)], 99)
    free = (far > radii - 0.2) | (radii == 0)
    for i in range(places.shape[1]):
        for j in range(i):
            both = radii[:, i] + radii[:, j] - 0.2
            apart = np.hypot(*(places[:, i] - places[:, j]).T) > both
            free[:, i] &= apart | (radii[:, i] == 0) | (radii[:, j] == 0)
    return free.all(1)


def by_chance(rng, n, frames):
    """Scenes whose frames have nothing to do with each other but what is in them: places [n, frames, balls, 2], radii,
    colours, obstacles."""
    found = []
    while sum(len(f[0]) for f in found) < n:
        m = 3 * n
        radii = T.LEAST_RADIUS + rng.integers(0, T.RADII, (m, T.BALLS)) / 2
        radii = radii * (np.arange(T.BALLS) < rng.integers(1, T.BALLS + 1, m)[:, None])
        colours, obstacles = rng.integers(0, len(COLOURS), (m, T.BALLS)), obstacles_of(rng, m)
        r = radii[:, None, :, None]
        places = r + rng.random((m, frames, T.BALLS, 2)) * (T.SIDE - 2 * r)
        # Half of the balls on the floor are where many come to lie.
        low = rng.random((m, frames, T.BALLS)) < 0.15
        places[..., 1] = np.where(low, T.SIDE - radii[:, None], places[..., 1])
        free = np.logical_and.reduce([is_free(places[:, t], radii, obstacles) for t in range(frames)])
        found.append([a[free] for a in (places, radii, colours, obstacles)])
    return [np.concatenate([f[k] for f in found])[:n] for k in range(4)]
