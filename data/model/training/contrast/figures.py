# SPDX-License-Identifier: GPL-3.0-or-later
"""What an exported folder is worth on what training never saw: names of regions and of photographs, search."""
import numpy as np
from PIL import Image

import photographs
from contrast.hub import WORDING
from contrast.queries import Phrases, Seen, TRUE, Claim, holds
from evalset import _regions
from scene import scenes_of

FIRST = 5                      # hits of a search that are looked at


def worded(names):
    """The sentences a person's labels become: the application puts the bare name in."""
    return [WORDING.format(name) for name in names]


def _ranked(scores):
    return np.argsort(-scores, axis=1, kind="stable")


def naming(model, scenes, concepts):
    """Top-1 and top-5 of the region of one thing of each scene, the box as evalset draws it."""
    names = [c.name for c in concepts]
    cut, wanted = [], []
    for i, (scene, picture) in enumerate(scenes):
        row = _regions("", scene, np.random.default_rng((4, i)))[0]
        cut.append(picture.crop([round(v) for v in row["region"]]))
        wanted.append(names.index(row["answer"]))
    rows = model.pictures(cut)
    wanted = np.array(wanted)[:, None]
    order = _ranked(rows @ model.texts(worded(names)).T)
    result = {"top1": (order[:, :1] == wanted).mean(), "top5": (order[:, :5] == wanted).any(1).mean(),
              "chance": 1 / len(names)}
    for language in concepts[0].names:
        texts = model.texts([c.names[language] or c.name for c in concepts])
        result["top1 " + language] = (_ranked(rows @ texts.T)[:, :1] == wanted).mean()
    return result


def naming_photographs(model, folder, concepts):
    """Top-1 of whole held-out photographs among all names; the coarser label is right, as in the other card."""
    names = [c.name for c in concepts]
    texts, result = model.texts(worded(names)), {}
    groups = {}
    for p in photographs.read(folder, concepts, photographs.HELD_OUT):
        groups.setdefault(p.file.split("/")[0], []).append(p)
    for group, members in groups.items():
        rows = model.pictures([Image.open(folder / p.file) for p in members])
        order = _ranked(rows @ texts.T)
        right = [[names[i] in (p.coarse, concepts[p.concept].name) for i in top[:5]] for p, top in zip(members, order)]
        result[group + " top1"] = np.mean([r[0] for r in right])
        result[group + " top5"] = np.mean([any(r) for r in right])
    return result | {"chance": 1 / len(names)}


def search(model, scenes, concepts):
    """Each scene is searched for by its short caption: recall among the first hits. Each name and each colour of a
    thing likewise: the share of the first hits that hold it."""
    phrases, pictures = Phrases(concepts), model.pictures([p for _, p in scenes])
    seen = [Seen.of(s.objects) for s, _ in scenes]
    claims = [phrases.caption(s) for s in seen]
    order = _ranked(model.texts([phrases.sentence(c) for c in claims]) @ pictures.T)
    # Another scene of which the very same is true is as good an answer.
    right = np.array([[i == j or claims[i] == claims[j] for j in row[:FIRST]] for i, row in enumerate(order)])
    result = {"caption recall@1": right[:, 0].mean(), f"caption recall@{FIRST}": right.any(1).mean(),
              "caption chance": min(1, FIRST / len(scenes))}
    kinds = {"name": [[Claim(c)] for c in range(len(concepts))],
             "colour": sorted({(Claim(c.concept, c.colour),) for cs in claims for c in cs if c.colour})}
    for kind, asked in kinds.items():
        if not asked:
            continue
        hits, chances = [], []
        texts = [phrases.sentence(a) for a in asked]
        for words, row in zip(asked, _ranked(model.texts(worded(texts) if kind == "name" else texts) @ pictures.T)):
            true = np.array([holds(words, s) == TRUE for s in seen])
            if true.any():
                hits.append(true[row[:FIRST]].sum() / min(FIRST, true.sum()))
                chances.append(true.mean())
        result[f"{kind}: hits among the first {FIRST}"] = np.mean(hits)
        result[f"{kind}: chance"] = np.mean(chances)
    return result


def run(model, atlas, makers, count, photos):
    figures = {}
    for name in ("seen", "style", "stamps"):
        scenes = scenes_of(makers[name], count, 1000)
        figures["names, " + name] = naming(model, scenes, atlas.drawn)
        figures["search, " + name] = search(model, scenes, atlas.drawn)
    if photos:
        figures["photographs"] = naming_photographs(model, photos, atlas.concepts)
    return {part: {name: round(float(v), 4) for name, v in row.items()} for part, row in figures.items()}
