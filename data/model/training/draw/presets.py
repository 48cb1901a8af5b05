# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes. `toy` is what a processor core learns in an hour; `full` is for a graphics card."""
from dataclasses import dataclass, field

PATCH = 8                      # pixels of a side that a code stands for
SIMPLE = ["circle", "square", "triangle", "star", "heart", "balloon", "house", "tree", "mushroom", "umbrella", "car",
          "fish", "apple"]


@dataclass
class Preset:
    side: int                  # pixels
    things: list
    levels: tuple              # steps of each number of a code
    channels: int              # of the network that draws, at the finest level
    multiples: tuple           # of that, from the finest level on
    blocks: int
    groups: int
    z_channels: int
    looking: tuple             # channels of the network that reads pictures, which is not shipped
    width: int
    heads: int
    hidden: int
    encoder: int
    decoder: int
    positions: int = 48        # of a prompt
    buckets: int = 32
    batch: tuple = (16, 48)    # of tokens and of pictures' words
    rate: tuple = (0.02, 3e-3)           # of matrices, and of all else
    minutes: tuple = (12, 40)
    workers: int = 0
    scale: float = 1.0         # how far codes are led by words when they are drawn; 1: not
    extra: dict = field(default_factory=dict)

    @property
    def cells(self):
        return self.side // PATCH


PRESETS = {
    "toy": Preset(64, SIMPLE, (6, 5, 5, 5), 16, (1, 1, 2, 4), 0, 4, 16, (24, 48, 96), 128, 4, 224, 2, 4,
                  scale=1.5),
    "full": Preset(128, SIMPLE + ["moon", "flower", "cup"], (8, 8, 8, 8), 64, (1, 2, 2, 4), 2, 32, 64, (64, 128, 256),
                   384, 8, 1536, 4, 8, batch=(128, 256), minutes=(3, 6), workers=14),
}
