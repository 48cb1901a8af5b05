# SPDX-License-Identifier: GPL-3.0-or-later
"""The builds: one row each.  `cpu` is what two shared cores can train in hours, `gpu` what one GPU can
in minutes, `further` what goes on from the shipped weights with what they are weak at (`card`: the same on a GPU),
`miniature` what a test can in two or three minutes."""
from dataclasses import dataclass, field, replace

from concepts import LANGUAGES

SHARES = {"<OD>": 20, "<OPEN_VOCABULARY_DETECTION>": 20, "<CAPTION_TO_PHRASE_GROUNDING>": 5,
          "<REFERRING_EXPRESSION_SEGMENTATION>": 17, "<REGION_TO_SEGMENTATION>": 6,
          "<CAPTION>": 9, "<DETAILED_CAPTION>": 2.5, "<MORE_DETAILED_CAPTION>": 1.5,
          "<DENSE_REGION_CAPTION>": 2.5, "<REGION_TO_DESCRIPTION>": 2.5, "<REGION_TO_CATEGORY>": 8,
          "<REGION_PROPOSAL>": 1, "question": 5}
FIRST_SHARES = {"<OD>": 25, "<OPEN_VOCABULARY_DETECTION>": 35, "<REGION_TO_CATEGORY>": 30, "<CAPTION>": 10}
LANGUAGE_SHARE = {"caption_in_language": 6}
TEXT_SHARES = {"<OCR>": 8, "<OCR_WITH_REGION>": 8, "<REGION_TO_OCR>": 6}
# Of a photograph it is known what fills the frame, and nothing about where else it might be.
PHOTOGRAPH_SHARES = {"<REGION_TO_CATEGORY>": 45, "<CAPTION>": 20, "<OPEN_VOCABULARY_DETECTION>": 15, "<OD>": 10,
                     "caption_in_language": 10}


@dataclass
class Shape:
    """The dimensions of one network; `config()` of export.py writes them as config.json."""
    image: int = 192
    window: int = 6
    dims: tuple = (32, 64, 160, 320)
    depths: tuple = (1, 1, 3, 1)
    heads: tuple = (1, 2, 5, 10)
    d_model: int = 256
    encoder_layers: int = 2
    decoder_layers: int = 3
    text_heads: int = 8
    ffn: int = 1024
    positions: int = 1024
    vocabulary: int = 2496

    @property
    def grid(self):
        return self.image // 32


@dataclass
class Preset:
    level: int = 1                     # concepts up to this level
    merges: int = 2200                 # of the tokenizer, without those of whole names
    languages: tuple = ("de", "fr", "es", "zh", "ja", "ko")     # of captions, beside English
    whole_names: bool = True           # every word of a name in another language is one token
    max_points: int = 12               # of an outline
    fixed_points: bool = True          # exactly so many, see outline.rays
    shape: Shape = field(default_factory=Shape)
    batch: int = 16                    # scenes
    questions: int = 4                 # a scene
    most: int = 4                      # objects in a scene, once the first stages are over
    rate: float = 8e-4                 # peak learning rate
    warm_up: int = 150                 # steps
    naming: float = 0.12               # share of the time for stage 0: names from mosaics, vision only
    first: float = 0.33                # share of the time until every task is asked
    growth: tuple = (0.06, 0.14)       # and until two objects are shown, and more
    sigma: float = 9.5                 # of a location's target at first, in bins
    photographs: float = 0.2           # share of the pictures, where there are photographs
    whole: float = 0.7                 # of them shown whole; the rest as mosaics of four
    absent: float = 0.24               # share of groundings of a thing that is not there
    near: float = 0.0                  # of these, share that is akin to a thing that is there
    twins: float = 0.25                # share of the scenes with several of one kind, to be counted
    stamps: float = 0.2                # share of the cut-out photographs among the styles
    tiles: float = 0.0                 # share of the things that are photographs with square corners
    kinds: tuple = None                # shares of tasks.QUESTIONS, all alike without
    sizes: dict = field(default_factory=lambda: {"min_side": 0.17, "max_side": 0.78})
    shares: dict = field(default_factory=lambda: SHARES | LANGUAGE_SHARE)

    def going_on(self):
        """The same for weights that are trained already: no early stages, and a lower rate."""
        return replace(self, naming=0.0, first=0.0, growth=(0.0, 0.0), sigma=min(4.0, self.sigma),
                       rate=0.6 * self.rate)


CPU = Preset()
PRESETS = {
    "cpu": CPU,
    "miniature": replace(CPU, merges=400, languages=("de",), batch=8, questions=3, warm_up=20,
                         shape=Shape(dims=(16, 32, 64, 96), depths=(1, 1, 1, 1), heads=(1, 2, 4, 6), d_model=96,
                                     encoder_layers=1, decoder_layers=2, text_heads=4, ffn=192)),
    # What the model card calls weak, asked more often: relations, three and four of a kind, five and six things, smaller
    # ones, absent things that are akin to one that is there. What it is good at keeps the larger part.
    "further": replace(CPU, most=6, rate=6e-4, sigma=2.5, near=0.3, twins=0.35, kinds=(2, 1, 1, 1, 4),
                       sizes={"min_side": 0.12, "max_side": 0.78}, shares=SHARES | LANGUAGE_SHARE | {"question": 18}),
    # What two cores had no time for: every concept, 384 pixels, small things and many of them, relations, reading, ten
    # languages whose names are whole tokens, photographs on photographs. 12.4 million parameters, 24.8 MB as shipped.
    "gpu": replace(CPU, level=2, languages=tuple(LANGUAGES), max_points=20, batch=384, questions=6, most=8, rate=1.5e-3,
                   warm_up=200, naming=0.08, first=0.15, sizes={"min_side": 1 / 12, "max_side": 0.8}, tiles=0.12,
                   kinds=(1.5, 1, 1, 1, 2.5), merges=1500, shape=Shape(image=384, window=12, ffn=896, positions=512),
                   shares=SHARES | LANGUAGE_SHARE | TEXT_SHARES | {"question": 9}),
}
# The same on a card, in batches that keep it busy.
PRESETS["card"] = replace(PRESETS["further"], batch=256, questions=6, rate=1.6e-3, warm_up=100)
