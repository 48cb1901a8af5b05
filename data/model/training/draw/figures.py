# SPDX-License-Identifier: GPL-3.0-or-later
"""How often what is drawn is what was asked for, on prompts with things, colours and relations that training never had
together. Two judges: the eye that knows these shapes, and the default model, through the program. Beside the model:
true pictures of the prompts, which is what a judge can see at all, and the training picture whose prompt has the most
words in common."""
import json
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image

from colours import COLOURS as COLOUR_WORDS, pixel_colours
from draw import eye, learning, scenes

SIDE = 192                     # what the default model sees
# What it has names for; of all others it cannot be a judge.
NAMED = {"star", "balloon", "house", "tree", "mushroom", "umbrella", "car", "fish", "apple"}
TRAINED = 20000                # pictures among which the nearest is looked for


def prompts(things, n, seed=11):
    """Returns [(scene, caption)] that training has none like; all colours are said."""
    found, kinds = [], ["one", "many", "relation", "relation"]
    for i in range(n):
        rng = np.random.default_rng((learning.HELD_OUT, seed, i))
        while True:
            scene = scenes.make(rng, things, kept=True, kind=kinds[i % len(kinds)])
            scene.said = (True, True)
            caption = scenes.say(rng, scene)
            if not {"thing", "things", "next", "beside"} & set(caption.split()):
                break
        found.append((scene, caption))
    return found


def nearest(wanted, things, seed=1):
    """Returns for each caption the training scene whose prompt is most like it: words in common by words of both, and
    of neighbours likewise."""
    def words(caption):
        parts = caption.strip(".").split()
        return set(parts) | set(zip(parts, parts[1:]))
    known = [learning.scene_of((seed, 2, i), things) for i in range(TRAINED)]
    bags, result = [words(c) for _, c in known], []
    for _, caption in wanted:
        own = words(caption)
        result.append(known[int(np.argmax([len(own & b) / len(own | b) for b in bags]))][0])
    return result


def _order(scene, a, b):
    """Whether a lies to b as the scene wants it."""
    across, down = b[0] - a[0], b[1] - a[1]
    return {"left": across > abs(down), "right": -across > abs(down), "above": down > abs(across),
            "below": -down > abs(across)}[scene.relation]


def judge(scene, found):
    """found: [(name, colour or None, x, y)].  Returns verdicts by name; what cannot be judged is not among them."""
    wanted, verdicts = scene.things, {}
    if scene.kind == "many":
        same = [f for f in found if f[0] == wanted[0].name]
        verdicts["object"] = bool(same)
        verdicts["colour"] = bool(same) and all(f[1] == wanted[0].colour for f in same)
        verdicts["count"] = len(same) == len(wanted) == len(found)
        return verdicts
    taken, left = [], list(found)
    for thing in wanted:
        same = [f for f in left if f[0] == thing.name]
        same.sort(key=lambda f: f[1] != thing.colour)
        taken.append(same[0] if same else None)
        if same:
            left.remove(same[0])
    verdicts["object"] = all(taken)
    verdicts["colour"] = all(t and t[1] == w.colour for t, w in zip(taken, wanted))
    if scene.kind == "relation":
        verdicts["relation"] = all(taken) and _order(scene, *(t[2:] for t in taken))
    return verdicts


def by_eye(pictures, wanted, things):
    rows = []
    for picture, (scene, _) in zip(pictures, wanted):
        found, strange = eye.look(picture, things)
        verdicts = judge(scene, [(f.name, f.colour, f.x, f.y) for f in found])
        verdicts["size"] = bool(found) and all(f.size in {t.size for t in scene.things} for f in found)
        verdicts["place"] = eye.place_of(picture) == scene.place
        alike = len(found) == len(scene.things) and not strange
        verdicts["all of it"] = alike and all(verdicts.values())
        rows.append(verdicts)
    return rows


def _colour(picture, box):
    """Of what in a box is no background."""
    x1, y1, x2, y2 = (int(round(v * len(picture) / SIDE)) for v in box)
    behind = np.abs(picture - scenes.background(eye.place_of(picture), len(picture))).max(-1) > eye.APART
    part = np.zeros_like(behind)
    part[y1:y2, x1:x2] = behind[y1:y2, x1:x2]
    pixels = (picture[part] * 255).astype(np.uint8)
    if not len(pixels):
        return None
    counts = np.bincount(pixel_colours(pixels), minlength=len(COLOUR_WORDS))
    known = [i for i, c in enumerate(COLOUR_WORDS) if c in eye.NAMES]
    return COLOUR_WORDS[max(known, key=lambda i: counts[i])]


def by_model(pictures, wanted, cli, model):
    """Only of things that it has names for; a colour is that of what it frames."""
    chosen = [i for i, (s, _) in enumerate(wanted) if all(t.name in NAMED for t in s.things)]
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / f"{i}.png") for i in chosen]
        for i, path in zip(chosen, paths):
            image = Image.fromarray((pictures[i] * 255).round().astype(np.uint8))
            image.resize((SIDE, SIDE), Image.BICUBIC).save(path)
        lines = subprocess.run([cli, "run", "--model", str(model), "--task", "detect", "--format", "json", "--min-score",
                                "0", *paths], check=True, capture_output=True, text=True).stdout.splitlines()
    rows = []
    for i, line in zip(chosen, lines):
        found = []
        for o in json.loads(line)["objects"]:
            box = o["box"]
            found.append((o["label"], _colour(pictures[i], box), (box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
        rows.append(judge(wanted[i][0], found))
    return rows


def shares(rows):
    """{verdict: (share, of how many)}"""
    found = defaultdict(list)
    for row in rows:
        for name, verdict in row.items():
            found[name].append(verdict)
    return {name: (float(np.mean(v)), len(v)) for name, v in found.items()}


def table(columns, names):
    lines = ["| right | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for key in ("object", "colour", "relation", "count", "size", "place", "all of it"):
        cells = [c.get(key) for c in columns]
        if any(cells):
            lines.append(f"| {key} | " + " | ".join(f"{100 * c[0]:.1f} %" if c else "-" for c in cells) + " |")
    return lines
