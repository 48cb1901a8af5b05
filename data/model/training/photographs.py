# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelled photographs: a thing that fills the frame, its name, and no box.

The folder holds `labels.tsv` (file, split, label, coarser label; a heading) and the pictures it names.  A concept
says in concepts.tsv which labels are its own, as "folder/label"; a finer label goes before a coarser one.
"""
from collections import namedtuple

import numpy as np
from PIL import Image, ImageEnhance

STYLE = "photograph"
TRAINED, HELD_OUT = "train", "val"
Photograph = namedtuple("Photograph", "file label coarse concept")


def read(folder, concepts, split):
    """Returns the photographs of one split; `concept` is an index into `concepts`."""
    owners = {label: i for i, c in enumerate(concepts) for label in c.photos}
    found = []
    for line in (folder / "labels.tsv").read_text().splitlines()[1:]:
        file, part, label, coarse = line.split("\t")
        group = file.split("/")[0]
        concept = owners.get(f"{group}/{label}", owners.get(f"{group}/{coarse}"))
        if part == split and concept is not None:
            found.append(Photograph(file, label, coarse, concept))
    return found


class Photographs:
    """Cuts varied pieces out of the photographs that may be trained on."""

    def __init__(self, folder, concepts):
        self.folder, self.concepts = folder, concepts
        self.groups = {}                         # folder -> concept -> photographs
        for photograph in read(folder, concepts, TRAINED):
            group = self.groups.setdefault(photograph.file.split("/")[0], {})
            group.setdefault(photograph.concept, []).append(photograph)
        self.names = sorted(self.groups)
        # Of a hundred pictures of one thing each says less than the first ten: by the root of their number.
        self.weights = {}
        for name, group in self.groups.items():
            roots = np.sqrt([len(group[c]) for c in group])
            self.weights[name] = roots / roots.sum()
        sizes = np.sqrt([len(self.groups[name]) for name in self.names])
        self.shares = sizes / sizes.sum()

    def draw(self, rng, width, height, least=0.45):
        """Returns (RGB picture of width x height, concept index): at least `least` of a photograph's area."""
        group = self.names[rng.choice(len(self.names), p=self.shares)]
        kinds = self.groups[group]
        concept = list(kinds)[rng.choice(len(kinds), p=self.weights[group])]
        photograph = kinds[concept][rng.integers(len(kinds[concept]))]
        image = Image.open(self.folder / photograph.file).convert("RGB")
        if rng.random() < 0.5:
            image = image.transpose(Image.FLIP_LEFT_RIGHT)
        if rng.random() < 0.3:
            image = image.rotate(float(rng.normal(0, 8)), Image.BILINEAR)
        share = rng.uniform(least, 1)
        aspect = float(np.exp(rng.normal(0, 0.12)))
        w = min(image.width, image.width * np.sqrt(share) * aspect)
        h = min(image.height, image.height * np.sqrt(share) / aspect)
        x, y = rng.uniform(0, image.width - w), rng.uniform(0, image.height - h)
        image = image.resize((width, height), Image.BILINEAR, (x, y, x + w, y + h))
        for change, much in ((ImageEnhance.Brightness, 0.3), (ImageEnhance.Contrast, 0.3), (ImageEnhance.Color, 0.4)):
            if rng.random() < 0.5:
                image = change(image).enhance(float(rng.uniform(1 - much, 1 + much)))
        return image, concept
