# SPDX-License-Identifier: GPL-3.0-or-later
"""The builds of the contrastive model: what a part of a core can train in an hour, and what a test can in seconds."""
from dataclasses import dataclass, field


@dataclass
class Shape:
    image: int = 128
    patch: int = 16
    width: int = 128
    layers: int = 6
    heads: int = 4
    text_width: int = 128
    text_layers: int = 2
    text_heads: int = 4
    longest: int = 32              # ids of a text
    space: int = 128               # width of the common space
    vocabulary: int = 4096

    @property
    def grid(self):
        return self.image // self.patch


@dataclass
class Preset:
    merges: int = 3600
    shape: Shape = field(default_factory=Shape)
    # (share of the time at which it ends, side, batch, share of scenes)
    stages: tuple = ((0.35, 48, 128, 0.0), (0.6, 64, 96, 0.0), (0.75, 96, 64, 0.5), (1.0, 128, 48, 0.6))
    rate: float = 4e-3             # of AdamW, which has the tables and vectors
    turn: float = 0.02             # of Muon, which has the matrices
    warm_up: int = 30
    decay: float = 0.05
    average: float = 0.99


PRESETS = {"contrast": Preset(),
           # For minutes of a card: wider, larger pictures and batches. 3.9 million parameters.
           "contrast-card": Preset(shape=Shape(width=192, heads=6), warm_up=60, average=0.995,
                                   stages=((0.25, 64, 256, 0.0), (0.5, 96, 256, 0.4), (1.0, 128, 256, 0.6))),
           "contrast-miniature": Preset(merges=300, stages=((0.5, 32, 8, 0.0), (1.0, 64, 8, 0.6)), warm_up=5, rate=5e-3,
                                        shape=Shape(image=64, width=32, layers=2, heads=1, text_width=32,
                                                    text_layers=1, text_heads=1, space=32))}
