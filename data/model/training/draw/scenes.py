# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of coloured shapes and what is said of them. Everything lies on the grid of codes, in three sizes, so that a
thing is always the same few codes, and a small model in an hour comes to know them."""
from dataclasses import dataclass

import numpy as np

from draw.shapes import COLOURS, layers

NAMES = list(COLOURS)
SIZES = {"small": 16, "": 24, "big": 40}        # pixels of 64
STEP, FINE, WHOLE = 8, 4, 64             # where things begin; of scenes that no words are learnt of
PLACES = ["", "day", "night"]
RELATIONS = ["left", "right", "above", "below"]
COUNTS = {2: "two", 3: "three", 4: "four"}
KINDS = ["one", "many", "relation", "pair"]
SHARES = [0.3, 0.25, 0.35, 0.1]

SIZE_WORDS = {"small": ["small", "small", "little", "tiny"], "": [""], "big": ["big", "big", "large", "huge"]}
PLACE_WORDS = {"": ["", "", "", "on a white background", "on white"],
               "day": ["by day", "by day", "in daylight", "on a sunny day"],
               "night": ["at night", "at night", "in the dark", "in the night"]}
RELATION_WORDS = {"left": ["left of", "to the left of", "on the left of"],
                  "right": ["right of", "to the right of", "on the right of"],
                  "above": ["above", "above", "over"], "below": ["below", "below", "under", "beneath"]}
BESIDE = ["next to", "beside"]                   # said of some that are left or right
INTROS = [""] * 6 + ["draw", "please draw", "a picture of", "a drawing of", "an image of", "there is", "show me", "paint"]


@dataclass
class Thing:
    name: str
    colour: str
    size: str
    x: int = 0                 # of 64, left and top
    y: int = 0

    @property
    def side(self):
        return SIZES[self.size]


@dataclass
class Scene:
    kind: str
    things: list
    relation: str
    place: str
    said: tuple = (True, True)         # whether colours of the first thing and of the second are spoken of


# -- what is kept from training ----------------------------------------------------------------------------------

# Of all presets, so that what is kept from training does not hang on one.
_SORTED = sorted(["circle", "square", "triangle", "star", "heart", "balloon", "house", "tree", "mushroom", "umbrella", "car",
                  "fish", "apple", "moon", "flower", "cup"])


def is_kept_pair(thing, colour):
    """A colour that this thing never has in training."""
    return (3 * _SORTED.index(thing) + NAMES.index(colour)) % 11 == 0


def is_kept_triple(first, relation, second):
    """Two things that are never in this relation in training."""
    names = _SORTED
    return (5 * names.index(first) + 3 * names.index(second) + RELATIONS.index(relation)) % 9 == 0


def is_kept(scene):
    if any(is_kept_pair(t.name, t.colour) for t in scene.things):
        return True
    return scene.kind == "relation" and is_kept_triple(scene.things[0].name, scene.relation, scene.things[1].name)


# -- making one --------------------------------------------------------------------------------------------------

def make(rng, things, kept=False, kind=None):
    """Returns a scene of training, or with `kept` one that training has none like."""
    while True:
        scene = _try(rng, things, kind)
        if scene and is_kept(scene) == kept:
            return scene


def _pick(rng, values):
    return values[rng.integers(len(values))]


def _place(rng, side, step=STEP):
    return int(rng.integers((WHOLE - side) // step + 1)) * step


def draw_thing(rng, things, sizes=("small", "", "big")):
    return Thing(_pick(rng, things), _pick(rng, NAMES), _pick(rng, sizes))


def _try(rng, things, kind):
    kind = kind or KINDS[int(np.searchsorted(np.cumsum(SHARES), rng.random()))]
    scene = Scene(kind, [], "", PLACES[int(np.searchsorted([0.5, 0.75], rng.random(), "right"))],
                  (rng.random() < 0.93, rng.random() < 0.93))
    if kind == "one":
        thing = draw_thing(rng, things)
        thing.x, thing.y = _place(rng, thing.side), _place(rng, thing.side)
        scene.things = [thing]
        return scene
    if kind == "many":
        first = draw_thing(rng, things, ("small", "small", ""))
        scene.things = [Thing(first.name, first.colour, first.size) for _ in range(int(rng.integers(2, 5)))]
        return scene if scatter(rng, scene.things) else None
    scene.things = [draw_thing(rng, things, ("small", "", "")), draw_thing(rng, things, ("small", "", ""))]
    if scene.things[0].name == scene.things[1].name and scene.things[0].colour == scene.things[1].colour:
        return None
    if kind == "pair":
        return scene if scatter(rng, scene.things) else None
    scene.relation = _pick(rng, RELATIONS)
    _relate(rng, *scene.things, scene.relation)
    return scene


def _free(a, b):
    return a.x + a.side <= b.x or b.x + b.side <= a.x or a.y + a.side <= b.y or b.y + b.side <= a.y


def scatter(rng, things, step=STEP):
    for i, thing in enumerate(things):
        for _ in range(20):
            thing.x, thing.y = _place(rng, thing.side, step), _place(rng, thing.side, step)
            if all(_free(thing, other) for other in things[:i]):
                break
        else:
            return False
    return True


def _relate(rng, a, b, relation):
    """Side by side with some air, hardly shifted the other way."""
    first, second = (a, b) if relation in ("left", "above") else (b, a)
    gap = int(rng.integers(max(1, (WHOLE - first.side - second.side) // STEP + 1))) * STEP
    start = int(rng.integers((WHOLE - first.side - second.side - gap) // STEP + 1)) * STEP
    across = int(rng.integers((WHOLE - max(a.side, b.side)) // STEP + 1)) * STEP
    shift = int(rng.integers(-1, 2)) * STEP if gap else 0
    for thing, at, off in ((first, start, 0), (second, start + first.side + gap, shift)):
        other = int(np.clip(across + off, 0, WHOLE - thing.side))
        thing.x, thing.y = (at, other) if relation in ("left", "right") else (other, at)


# -- painting ----------------------------------------------------------------------------------------------------

_backgrounds = {}


def background(place, side):
    if (place, side) not in _backgrounds:
        rows = np.arange(side, dtype=np.float32)[:, None, None] / side
        top, bottom, ground = {"": ((246, 246, 242),) * 3,
                               "day": ((168, 212, 248), (226, 241, 252), (178, 222, 150)),
                               "night": ((16, 20, 56), (44, 48, 104), (26, 52, 50))}[place]
        sky = (1 - rows) * np.array(top) + rows * np.array(bottom)
        image = np.where(rows < 0.8125, sky, np.array(ground)) * np.ones((1, side, 1))
        _backgrounds[place, side] = (image / 255).astype(np.float32)
    return _backgrounds[place, side].copy()


def paint(scene, side):
    """Returns RGB of 0 to 1, [side, side, 3]."""
    image, scale = background(scene.place, side), side // WHOLE
    for thing in scene.things:
        n, x, y = thing.side * scale, thing.x * scale, thing.y * scale
        covered, coloured, fixed = layers(thing.name, n)
        part = image[y:y + n, x:x + n]
        part *= 1 - covered
        part += coloured * (np.array(COLOURS[thing.colour], np.float32) / 255) + fixed
    return image


# -- speaking ----------------------------------------------------------------------------------------------------

def plural(name):
    return {"fish": "fish"}.get(name, name + "s")


def _article(words):
    return ("an " if words[0] in "aeiou" else "a ") + words


def _phrase(rng, thing, with_colour, count=1):
    name = "thing" if rng.random() < 0.03 else thing.name
    words = [_pick(rng, SIZE_WORDS[thing.size]), thing.colour if with_colour else "",
             name if count == 1 else plural(name)]
    words = " ".join(w for w in words if w)
    if count > 1:
        return f"{COUNTS[count]} {words}"
    kind = rng.random()
    return f"one {words}" if kind < 0.05 else words if kind < 0.13 else f"the {words}" if kind < 0.22 else _article(words)


def say(rng, scene):
    """Returns one of the many ways to ask for a scene."""
    phrases = [_phrase(rng, t, said) for t, said in zip(scene.things, scene.said)]
    if scene.kind == "one":
        words = phrases[0]
    elif scene.kind == "many":
        words = _phrase(rng, scene.things[0], scene.said[0], len(scene.things))
    elif scene.kind == "pair":
        words = f"{phrases[0]} and {phrases[1]}"
    else:
        beside = scene.relation in ("left", "right") and rng.random() < 0.1
        relation = _pick(rng, BESIDE if beside else RELATION_WORDS[scene.relation])
        words = f"{phrases[0]} {relation} {phrases[1]}"
    intro, where = _pick(rng, INTROS), _pick(rng, PLACE_WORDS[scene.place])
    if where and rng.random() < 0.15:
        words = f"{where}, {words}"
    else:
        words = f"{intro} {words} {where}"
    return " ".join(words.split()) + ("." if rng.random() < 0.08 else "")


def words_of_all(things):
    """All words that captions are made of."""
    texts = [*NAMES, *things, *(plural(n) for n in things), "thing", "things", *COUNTS.values(), "a", "an", "the", "one", "and", *BESIDE]
    for group in (SIZE_WORDS, PLACE_WORDS, RELATION_WORDS):
        texts += [w for words in group.values() for w in words]
    return sorted({w for text in texts + INTROS for w in text.split()})
