# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts and answers of every task, made from a scene record.

Each writer returns (prompt, pieces) or None where the scene gives no such question.  The prompts are
Florence-2's own (its processor replaces the task tags by these sentences).
"""
from dataclasses import dataclass

import numpy as np

import grammar
import language
from colours import COLOURS

PROMPTS = {
    "<CAPTION>": "What does the image describe?",
    "<DETAILED_CAPTION>": "Describe in detail what is shown in the image.",
    "<MORE_DETAILED_CAPTION>": "Describe with a paragraph what is shown in the image.",
    "<OCR>": "What is the text in the image?",
    "<OCR_WITH_REGION>": "What is the text in the image, with regions?",
    "<OD>": "Locate the objects with category name in the image.",
    "<DENSE_REGION_CAPTION>": "Locate the objects in the image, with their descriptions.",
    "<REGION_PROPOSAL>": "Locate the region proposals in the image.",
    "<CAPTION_TO_PHRASE_GROUNDING>": "Locate the phrases in the caption: {input}",
    "<REFERRING_EXPRESSION_SEGMENTATION>": "Locate {input} in the image with mask",
    "<REGION_TO_SEGMENTATION>": "What is the polygon mask of region {input}",
    "<OPEN_VOCABULARY_DETECTION>": "Locate {input} in the image.",
    "<REGION_TO_CATEGORY>": "What is the region {input}?",
    "<REGION_TO_DESCRIPTION>": "What does the region {input} describe?",
    "<REGION_TO_OCR>": "What text is in the region {input}?",
}
LANGUAGE_NAMES = {"de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
                  "nl": "Dutch", "pl": "Polish", "zh": "Chinese", "ja": "Japanese", "ko": "Korean"}
QUESTIONS = ("how many", "is there", "what colour", "where", "relations")
SHORT_LISTS = ("zh", "ja")     # languages that put an ideographic comma between names
ABSENT = 0.18                  # share of open-vocabulary questions about a thing that is not there


@dataclass
class Question:
    task: str
    input: str
    prompt: str
    pieces: list
    about: list                # indices of the objects the answer names, in its order

    @property
    def answer(self):
        return grammar.text_of(self.pieces)


class TaskWriter:
    """Writes questions about scenes; `concepts` are the concepts of this build."""

    def __init__(self, concepts, shares, max_points=24, fixed_points=False, languages=tuple(LANGUAGE_NAMES),
                 absent=ABSENT, kinds=None, near=0.0):
        """kinds: shares of the QUESTIONS; all alike without.  near: share of the absent things that are of the group of
        one that is there, and so need a closer look."""
        self.concepts = concepts
        self.languages, self.absent, self.near = languages, absent, near
        self.kinds = np.array(kinds) / sum(kinds) if kinds else None
        self.names = [c.name for c in concepts]
        self.by_name = {c.name: c for c in concepts}
        self.tasks = [t for t, share in shares.items() if share > 0]
        total = sum(shares[t] for t in self.tasks)
        self.weights = [shares[t] / total for t in self.tasks]
        self.max_points, self.fixed_points = max_points, fixed_points

    def some(self, rng, scene, count):
        """Returns up to `count` different questions about one scene."""
        if not scene.objects:
            alone = [t for t in self.tasks if "OCR" in t] if scene.texts else []
            return [q for q in (self.write(t, rng, scene) for t in alone[:count - 1] + ["<OD>"]) if q]
        result, seen = [], set()
        for _ in range(count * 3):
            if len(result) == count:
                break
            task = self.tasks[rng.choice(len(self.tasks), p=self.weights)]
            question = self.write(task, rng, scene)
            if question and question.prompt not in seen:
                seen.add(question.prompt)
                result.append(question)
        return result

    def write(self, task, rng, scene):
        made = getattr(self, "_" + task.strip("<>").lower())(rng, scene)
        if made is None:
            return None
        input_, pieces, about = made
        prompt = PROMPTS[task].replace("{input}", input_) if task in PROMPTS else input_
        return Question(task, input_, prompt, pieces, about)

    # -- boxes ------------------------------------------------------------------------------------

    def _od(self, rng, scene):
        items = [(o.concept, [i]) for i, o in enumerate(scene.objects)]
        return "", grammar.labelled_boxes(items, scene), list(range(len(items)))

    def _dense_region_caption(self, rng, scene):
        items = [(language.phrase(o, language.size_word(o, scene)), [i]) for i, o in enumerate(scene.objects)]
        return "", grammar.labelled_boxes(items, scene), list(range(len(items)))

    def _region_proposal(self, rng, scene):
        pieces = [(grammar.box(o, scene), i) for i, o in enumerate(scene.objects)]
        return "", pieces, list(range(len(pieces)))

    def _wanted(self, rng, scene):
        """Returns (phrase, indices of all objects it fits): a name, a synonym or colour and name."""
        o = scene.objects[rng.integers(len(scene.objects))]
        same = [i for i, other in enumerate(scene.objects) if other.concept == o.concept]
        words = [o.concept] * 3 + self.by_name[o.concept].synonyms[:2]
        name = words[rng.integers(len(words))] if rng.random() < 0.5 else o.concept
        if o.colour and o.colour != o.concept and rng.random() < 0.4:
            return f"{o.colour} {name}", [i for i in same if scene.objects[i].colour == o.colour]
        return name, same

    def _absent(self, rng, scene):
        here = {o.concept for o in scene.objects}
        if rng.random() < 0.3:                   # the right thing in a colour that it does not have
            o = scene.objects[rng.integers(len(scene.objects))]
            alike = {other.colour for other in scene.objects if other.concept == o.concept}
            colour = COLOURS[rng.integers(len(COLOURS))]
            if "" not in alike and colour not in alike:
                return f"{colour} {o.concept}"
        names = self.names
        if self.near and rng.random() < self.near:
            group = scene.objects[rng.integers(len(scene.objects))].group
            names = [c.name for c in self.concepts if c.group == group and c.name not in here] or names
        while True:
            name = names[rng.integers(len(names))]
            if name not in here:
                return name

    def _open_vocabulary_detection(self, rng, scene):
        if rng.random() < self.absent:
            return self._absent(rng, scene), [], []
        words, indices = self._wanted(rng, scene)
        return words, grammar.labelled_boxes([(words, indices)], scene), indices

    def _caption_to_phrase_grounding(self, rng, scene):
        found = language.groups(scene)
        rng.shuffle(found)
        found = found[:int(rng.integers(1, 4))]
        parts = [(language.counted(p, name, len(idx)), idx) for p, name, idx in found]
        if rng.random() < self.absent:
            name = self._absent(rng, scene)
            parts.insert(int(rng.integers(len(parts) + 1)), (language.article(name, name), []))
        caption = language.joined([words for words, _ in parts])
        caption = caption[0].upper() + caption[1:] + "." if rng.random() < 0.7 else caption
        items, at = [], 0
        for words, indices in parts:
            words = caption[at:at + len(words)] if at == 0 else words
            at += len(words)
            if indices:
                items.append((words, indices))
        return caption, grammar.labelled_boxes(items, scene), [i for _, idx in items for i in idx]

    # -- outlines ---------------------------------------------------------------------------------

    def _referred(self, rng, scene):
        """Returns (an expression that fits exactly one object, its index)."""
        i = int(rng.integers(len(scene.objects)))
        o = scene.objects[i]
        options = []
        alike = [other for other in scene.objects if other.concept == o.concept]
        if len(alike) == 1:
            options += [o.concept, "the " + o.concept]
        if o.colour and sum(other.colour == o.colour for other in alike) == 1:
            options.append(f"the {language.phrase(o)}")
        where = language.place(o, scene)
        if sum(language.place(other, scene) == where for other in alike) == 1:
            options.append(f"the {o.concept} {where}")
        return (options[rng.integers(len(options))], i) if options else None

    def _referring_expression_segmentation(self, rng, scene):
        if not self.fixed_points and rng.random() < self.absent / 3:
            return "the " + self._absent(rng, scene), [], []
        found = self._referred(rng, scene)
        if not found:
            return None
        words, i = found
        return words, grammar.polygon(i, scene, self.max_points, self.fixed_points), [i]

    def _region_to_segmentation(self, rng, scene):
        i = int(rng.integers(len(scene.objects)))
        return grammar.box(scene.objects[i], scene), grammar.polygon(i, scene, self.max_points, self.fixed_points), [i]

    # -- regions to words -------------------------------------------------------------------------

    def _region_to_category(self, rng, scene):
        i = int(rng.integers(len(scene.objects)))
        o = scene.objects[i]
        return _jittered(rng, o, scene), [(o.concept, i)], [i]

    def _region_to_description(self, rng, scene):
        i = int(rng.integers(len(scene.objects)))
        o = scene.objects[i]
        words = language.phrase(o, language.size_word(o, scene))
        pieces = [(language.article(words, o.concept), i), (" " + language.place(o, scene), i)]
        if len(scene.objects) > 1:
            others = [k for k in range(len(scene.objects)) if k != i]
            distance = lambda k: sum((scene.objects[k].box[d] - o.box[d]) ** 2 for d in range(4))
            k = min(others, key=distance)
            other = scene.objects[k]
            pieces.append((f", {language.relation(o, other)} " + language.article(language.phrase(other), other.concept), k))
        return _jittered(rng, o, scene), pieces, [i]

    # -- captions ---------------------------------------------------------------------------------

    def _caption(self, rng, scene):
        found = language.groups(scene)
        pieces = []
        for n, (p, name, idx) in enumerate(found):
            words = language.counted(p, name, len(idx))
            before = "" if n == 0 else " and " if n == len(found) - 1 else ", "
            pieces.append((before + (words[0].upper() + words[1:] if n == 0 else words), idx[0]))
        return "", pieces + [(".", None)], list(range(len(scene.objects)))

    def _detailed_caption(self, rng, scene):
        count = len(scene.objects)
        noun = "object" if count == 1 else "objects"
        pieces = [(f"The image shows {language.NUMBERS[min(count, 12)]} {noun}:", None)]
        for i, o in enumerate(scene.objects):
            before = " " if i == 0 else " and " if i == count - 1 else ", "
            pieces.append((before + language.article(language.phrase(o), o.concept), i))
            pieces.append((" " + language.place(o, scene), i))
        return "", pieces + [(f", on {language.BACKGROUNDS[scene.background]}.", None)], list(range(count))

    def _more_detailed_caption(self, rng, scene):
        _, pieces, about = self._detailed_caption(rng, scene)
        for a, b in list(zip(scene.objects, scene.objects[1:]))[:3]:
            i, k = scene.objects.index(a), scene.objects.index(b)
            pieces.append((f" The {language.phrase(a)} is", i))
            pieces.append((f" {language.relation(a, b)} the {language.phrase(b)}.", k))
        return "", pieces, about

    def _caption_in_language(self, rng, scene):
        """The names of what is there, each once: no grammar to get wrong."""
        code = self.languages[rng.integers(len(self.languages))]
        comma = "、" if code in SHORT_LISTS else ", "
        first = {}
        for i, o in enumerate(scene.objects):
            first.setdefault(self.by_name[o.concept].names[code], i)
        if "" in first:
            return None
        pieces = [((comma if n else "") + word, i) for n, (word, i) in enumerate(first.items())]
        return f"Describe the image in {LANGUAGE_NAMES[code]}.", pieces, list(first.values())

    # -- questions --------------------------------------------------------------------------------

    def _question(self, rng, scene):
        kind = rng.integers(len(QUESTIONS)) if self.kinds is None else rng.choice(len(QUESTIONS), p=self.kinds)
        o = scene.objects[rng.integers(len(scene.objects))]
        i = scene.objects.index(o)
        alike = [k for k, other in enumerate(scene.objects) if other.concept == o.concept]
        if kind == 0:
            word = language.NUMBERS[min(len(alike), 12)]
            return f"How many {language.plural(o.concept)} are in the image?", [(word, i)], alike
        if kind == 1:
            if rng.random() < 0.5:
                return f"Is there {language.article(o.concept, o.concept)} in the image?", [("yes", i)], [i]
            name = self._absent(rng, scene)
            return f"Is there {language.article(name, name.split()[-1])} in the image?", [("no", None)], []
        if len(alike) > 1:
            return None
        if kind == 2:
            return (f"What color is the {o.concept}?", [(o.colour, i)], [i]) if o.colour else None
        if kind == 3:
            return f"Where is the {o.concept}?", [(language.place(o, scene), i)], [i]
        wanted = ["to the left of", "to the right of", "above", "below"][rng.integers(4)]
        fits = [k for k, other in enumerate(scene.objects) if k != i and language.relation(other, o) == wanted]
        if len(fits) != 1:
            return None
        return f"What is {wanted} the {o.concept}?", [(language.phrase(scene.objects[fits[0]]), fits[0])], fits

    # -- text -------------------------------------------------------------------------------------

    def _ocr(self, rng, scene):
        return ("", [(" ".join(t["string"] for t in scene.texts), None)], []) if scene.texts else None

    def _ocr_with_region(self, rng, scene):
        return ("", grammar.quads(scene.texts, scene), []) if scene.texts else None

    def _region_to_ocr(self, rng, scene):
        if not scene.texts:
            return None
        t = scene.texts[rng.integers(len(scene.texts))]
        xs, ys = t["quad"][0::2], t["quad"][1::2]
        where = grammar.locations([min(xs), min(ys), max(xs), max(ys)], scene.width, scene.height)
        return where, [(t["string"], None)], []


def _jittered(rng, o, scene):
    """The region of a question as a person would draw it: the box, up to 6 % off at each side."""
    if [*o.box] == [0, 0, scene.width, scene.height] and rng.random() < 0.5:
        return grammar.box(o, scene)             # a photograph as a whole
    w, h = o.box[2] - o.box[0], o.box[3] - o.box[1]
    off = rng.uniform(-0.06, 0.06, 4) * [w, h, w, h]
    return grammar.locations([a + b for a, b in zip(o.box, off)], scene.width, scene.height)
