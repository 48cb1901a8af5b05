# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts about pictures, and whether each is true of a picture: names in eleven languages, colours, counts, sentences.

A text is a list of claims that must all hold. Since the record of a picture says what is in it, each text of a batch
is true, false or undecided for each of its pictures, not only for the one it was written about.
"""
from collections import namedtuple
from dataclasses import dataclass, field

import numpy as np

import language
from colours import COLOURS
from concepts import LANGUAGES

TRUE, FALSE, UNDECIDED = 1, 0, -1
FRAMES = ["{}", "{}", "{}", "{}.", "a photo of {}", "a photo of {}.", "This is a photo of {}.", "a picture of {}",
          "a drawing of {}", "there is {} in the picture"]
ENGLISH = 0.5                  # share of the names

# `number` None: one or more; 1: "a dog", undecided where there are two.
Claim = namedtuple("Claim", "concept colour number", defaults=(None, None))


@dataclass
class Seen:
    """What is known of a picture."""
    things: dict               # concept -> the colour of each, "" where none dominates
    maybe: set = field(default_factory=set)             # concepts that may be cut off or not

    @classmethod
    def of(cls, objects, maybe=()):
        things = {}
        for o in objects:
            things.setdefault(o.index, []).append(o.colour)
        return cls(things, set(maybe) - set(things))


def _holds(claim, seen):
    have = seen.things.get(claim.concept)
    if have is None:
        return UNDECIDED if claim.concept in seen.maybe else FALSE
    alike = [c for c in have if claim.colour in (None, c)]
    if len(alike) < len(have) and "" in have and claim.colour:
        if claim.number is not None or not alike:
            return UNDECIDED
    if not alike:
        return FALSE
    if claim.number is None or claim.number == len(alike):
        return TRUE
    return UNDECIDED if claim.number == 1 else FALSE


def holds(claims, seen):
    """Returns whether all claims hold: one that is false decides."""
    return min((_holds(c, seen) for c in claims), key=lambda t: (t != FALSE, t != UNDECIDED))


def truth(texts, pictures):
    """texts: lists of claims.  Returns [pictures, texts] of TRUE, FALSE and UNDECIDED."""
    return np.array([[holds(claims, seen) for claims in texts] for seen in pictures], np.int8)


class Phrases:
    """Writes texts, of the concepts of one build."""

    def __init__(self, concepts):
        self.concepts = concepts
        self.languages = LANGUAGES

    def name(self, rng, concept):
        """Returns a name of a concept, in a frame or alone, in one of the languages."""
        c = self.concepts[concept]
        if rng.random() >= ENGLISH:
            foreign = c.names.get(self.languages[rng.integers(len(self.languages))])
            if foreign:
                return foreign
        name = c.name
        if c.synonyms and rng.random() < 0.15:
            name = c.synonyms[rng.integers(len(c.synonyms))]
        kind = rng.random()
        if kind < 0.35:
            return name
        if kind < 0.42:
            return language.plural(name)
        return FRAMES[rng.integers(len(FRAMES))].format(language.article(name, name))

    def _counted(self, claim):
        name = self.concepts[claim.concept].name
        words = f"{claim.colour} {name}" if claim.colour and claim.colour != name else name
        return language.counted(words, name, claim.number or 1)

    def sentence(self, claims):
        return language.joined([self._counted(c) for c in claims])

    def write(self, rng, claims):
        words = self.sentence(claims)
        kind = rng.random()
        if kind < 0.4:
            return words
        if kind < 0.7:
            return words[0].upper() + words[1:] + "."
        return FRAMES[rng.integers(len(FRAMES))].format(words)

    def caption(self, seen):
        """Returns the claims of the short caption: each kind and colour with its number. Where one of a kind has no
        colour, it is not counted: "a red dog" may be any of them."""
        return [Claim(concept, colour or None, None if "" in colours and len(set(colours)) > 1 else colours.count(colour))
                for concept, colours in seen.things.items() for colour in dict.fromkeys(colours)]

    def about(self, rng, seen):
        """Returns claims that are true of a picture: of one thing or of all."""
        claims = self.caption(seen)
        if len(claims) > 1 and rng.random() < 0.6:
            order = rng.permutation(len(claims))
            return [claims[i] for i in order[:int(rng.integers(2, len(claims) + 1))]]
        return [claims[rng.integers(len(claims))]]

    def astray(self, rng, claims):
        """Returns the claims with another colour, number or thing in one of them."""
        at = int(rng.integers(len(claims)))
        claim = claims[at]
        kind = rng.random()
        if claim.colour and kind < 0.45:
            other = claim._replace(colour=COLOURS[rng.integers(len(COLOURS))])
        elif kind < 0.65:
            other = claim._replace(number=int(rng.integers(1, 5)))
        else:
            other = claim._replace(concept=int(rng.integers(len(self.concepts))))
        return claims[:at] + [other] + claims[at + 1:]


def corpus(phrases, rng, sentences=4000):
    """Yields (text, weight) for the tokenizer: every name in every language, and sentences."""
    for c in phrases.concepts:
        yield c.name, 60
        yield language.plural(c.name), 20
        for synonym in c.synonyms:
            yield synonym, 20
        for name in c.names.values():
            yield name, 12
    for frame in FRAMES:
        yield frame.format(""), 200
    for _ in range(sentences):
        claims = [Claim(int(rng.integers(len(phrases.concepts))), COLOURS[rng.integers(len(COLOURS))],
                        int(rng.integers(1, 5))) for _ in range(int(rng.integers(1, 4)))]
        yield phrases.sentence(claims), 1
