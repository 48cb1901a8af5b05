# SPDX-License-Identifier: GPL-3.0-or-later
"""The text the tokenizer is trained on: what the model will read and write, and the concept names."""
import numpy as np

import language
from colours import COLOURS
from tasks import LANGUAGE_NAMES, PROMPTS, SHORT_LISTS, TaskWriter


def foreign_names(preset, concepts):
    """Yields the names in other languages as they stand in an answer."""
    for code in preset.languages:
        for concept in concepts:
            yield concept.names[code]
            if code not in SHORT_LISTS:
                yield " " + concept.names[code]


def lines(preset, concepts, maker, seed, scenes=1500):
    """Yields (text, weight).  Names weigh enough to become tokens of their own."""
    for prompt in PROMPTS.values():
        yield prompt.replace("{input}", ""), 300
    for code in preset.languages:
        yield f"Describe the image in {LANGUAGE_NAMES[code]}.", 60
    for concept in concepts:
        for name in [concept.name] + [s for s in concept.synonyms]:
            for form in (name, " " + name, " " + language.plural(name)):
                yield form, 60 if name == concept.name else 20
    for colour in COLOURS:
        yield colour + " " + colour + " " + colour.capitalize(), 60
    if preset.shares.get("caption_in_language"):
        for name in foreign_names(preset, concepts):
            yield name, 20
    rng = np.random.default_rng((seed, 99))
    writer = TaskWriter(concepts, preset.shares, preset.max_points, preset.fixed_points, preset.languages)
    for _ in range(scenes):
        scene, _picture = maker.make(rng, int(rng.integers(1, 7)))
        for question in writer.some(rng, scene, 5):
            yield question.prompt, 1
            yield question.answer, 1
