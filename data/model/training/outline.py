# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a mask into polygons with few points, clockwise from the topmost point."""
import numpy as np
from PIL import Image, ImageDraw

# Moore neighbourhood, clockwise from west.
_RING = [(-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1)]


def _trace(mask):
    """Returns the boundary pixels (x, y) of the part that holds the topmost pixel, clockwise."""
    padded = np.pad(mask, 1)
    y = int(np.argmax(padded.any(1)))
    x = int(np.argmax(padded[y]))
    rows = padded.tolist()
    start, came, points = (x, y), 0, [(x, y)]
    for _ in range(4 * (mask.shape[0] + mask.shape[1]) + mask.size // 4):
        for turn in range(8):
            direction = (came + turn) % 8
            dx, dy = _RING[direction]
            if rows[y + dy][x + dx]:
                x, y = x + dx, y + dy
                came = (direction + 5) % 8
                break
        else:
            break
        if (x, y) == start:
            break
        points.append((x, y))
    return np.array(points, dtype=np.float32) - 1


def _simplify(points, tolerance):
    """Douglas-Peucker on a closed line, split at the first point and the one farthest from it."""
    far = int(((points - points[0]) ** 2).sum(1).argmax())
    keep = {0, far}
    stack = [(0, far), (far, len(points))]
    closed = np.vstack([points, points[:1]])
    while stack:
        a, b = stack.pop()
        if b - a < 2:
            continue
        p, q = closed[a], closed[b]
        d = q - p
        inner = closed[a + 1:b] - p
        distance = np.abs(d[0] * inner[:, 1] - d[1] * inner[:, 0]) / max(float(np.hypot(*d)), 1e-6)
        i = int(distance.argmax())
        if distance[i] > tolerance:
            keep.add(a + 1 + i)
            stack += [(a, a + 1 + i), (a + 1 + i, b)]
    return points[sorted(keep)]


def fill(polygons, width, height, scale=1.0):
    """Returns the mask of polygons given as flat or [N, 2] point lists."""
    image = Image.new("1", (width, height))
    pen = ImageDraw.Draw(image)
    for polygon in polygons:
        flat = np.asarray(polygon, dtype=float).reshape(-1, 2) * scale
        if len(flat) >= 3:
            pen.polygon([tuple(p) for p in flat], fill=1)
    return np.asarray(image)


def rays(mask, count):
    """Returns one polygon of exactly `count` points: where rays from the middle of the box leave the mask
    for the last time, clockwise from straight up.  Rougher than `polygons` on hollow shapes, but every point
    has a meaning of its own, which a small model learns far sooner."""
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    angle = -np.pi / 2 + 2 * np.pi * np.arange(count) / count
    steps = np.linspace(0, 1.45, 120)
    x = (left + right) / 2 + np.outer(np.cos(angle) * (right - left) / 2, steps)
    y = (top + bottom) / 2 + np.outer(np.sin(angle) * (bottom - top) / 2, steps)
    inside = (x >= left) & (x < right) & (y >= top) & (y < bottom)
    inside &= mask[y.astype(int).clip(0, mask.shape[0] - 1), x.astype(int).clip(0, mask.shape[1] - 1)]
    last = np.where(inside.any(1), len(steps) - 1 - inside[:, ::-1].argmax(1), 8)
    k = np.arange(count)
    return [np.stack([x[k, last], y[k, last]], 1)]


def polygons(mask, max_points=24, max_parts=3, small=0.1):
    """Returns up to `max_parts` polygons ([N, 2] float, pixel coordinates) that cover `mask`."""
    total, rest, parts = mask.sum(), mask.copy(), []
    while rest.any() and len(parts) < max_parts:
        line = _trace(rest)
        if len(line) >= 3:
            filled = fill([line], mask.shape[1], mask.shape[0])
            rows = np.clip(line.astype(int), 0, None)
            filled = filled.copy()
            filled[rows[:, 1], rows[:, 0]] = True
        else:
            filled = np.zeros_like(mask)
            filled[line.astype(int)[:, 1], line.astype(int)[:, 0]] = True
        if (filled & mask).sum() >= small * total and len(line) >= 6:
            parts.append((filled & mask).sum())
            parts[-1] = (parts[-1], line)
        rest = rest & ~filled
    parts.sort(key=lambda part: -part[0])
    result, left = [], max_points
    for i, (_area, line) in enumerate(parts):
        tolerance, points = 1.0, _simplify(line, 1.0)
        limit = max(4, left if len(parts) == 1 else left * 2 // 3)
        while len(points) > limit:
            tolerance *= 1.35
            points = _simplify(line, tolerance)
        if len(points) >= 3 and left >= 3:
            top = int(np.lexsort((points[:, 0], points[:, 1]))[0])
            result.append(np.roll(points, -top, 0) + 0.5)
            left -= len(points)
    return result
