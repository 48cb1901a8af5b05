# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties that hold for every scene: answers parse back to the record, texts survive the tokenizer.

    python3 -m unittest test_training        (in this folder; needs the atlas of the `sprites` step for
                                              real pictures and makes coloured shapes where it is absent)
"""
import unittest

import numpy as np

import grammar
import language
import outline
from scene import Scene, SceneObject, reading_order
from tasks import TaskWriter, PROMPTS
from tokenizer import Tokenizer, train
import concepts as concept_table

ALL = {t: 1 for t in PROMPTS} | {"question": 1, "caption_in_language": 1}


def random_scene(rng, size=192):
    """A scene of rectangles and ellipses: everything the writers need, no art."""
    table = concept_table.read()
    objects = []
    for depth in range(int(rng.integers(1, 7))):
        c = table[rng.integers(len(table))]
        w, h = rng.integers(16, 90, 2)
        x, y = rng.integers(0, size - w), rng.integers(0, size - h)
        yy, xx = np.mgrid[:size, :size]
        mask = ((xx - x - w / 2) / (w / 2)) ** 2 + ((yy - y - h / 2) / (h / 2)) ** 2 <= 1
        if rng.random() < 0.3:
            mask[:, x + w // 2: x + w // 2 + 4] = False           # two parts
        rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
        box = [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1]
        colour = ["", "red", "blue", "green"][rng.integers(4)]
        objects.append(SceneObject(c.name, c.group, "shape", colour, box, 1.0, depth, 0, mask))
    texts = [{"string": "OPEN 24", "quad": [10.0, 10, 80, 12, 80, 30, 10, 28]}] if rng.random() < 0.5 else []
    return Scene(size, size, "flat", reading_order(objects, size), texts)


class Answers(unittest.TestCase):
    def setUp(self):
        self.rng = np.random.default_rng(7)
        self.writer = TaskWriter(concept_table.read(), ALL)

    def near(self, box, o):
        for a, b in zip(box, o.box):
            self.assertLessEqual(abs(a - b), 192 / 1000 + 1e-6)

    def test_answers_parse_back_to_the_record(self):
        for _ in range(150):
            scene = random_scene(self.rng)
            for task in ALL:
                q = self.writer.write(task, self.rng, scene)
                if q is None:
                    continue
                with self.subTest(task=task, prompt=q.prompt, answer=q.answer):
                    self.check(task, q, scene)

    def check(self, task, q, scene):
        objects = [scene.objects[i] for i in q.about]
        if task in ("<OD>", "<DENSE_REGION_CAPTION>", "<OPEN_VOCABULARY_DETECTION>", "<REGION_PROPOSAL>",
                    "<CAPTION_TO_PHRASE_GROUNDING>"):
            found = grammar.parse_boxes(q.answer, 192, 192, labels=task != "<REGION_PROPOSAL>")
            self.assertEqual(len(found), len(objects))
            for (label, box), o in zip(found, objects):
                self.near(box, o)
                if task == "<OD>":
                    self.assertEqual(label, o.concept)
        elif task.endswith("SEGMENTATION>"):
            if objects:
                found = grammar.parse_polygons(q.answer, 192, 192)
                drawn = outline.fill(found, 192, 192)
                mask = objects[0].mask
                self.assertGreater((drawn & mask).sum() / (drawn | mask).sum(), 0.75)
                self.assertLessEqual(sum(len(p) for p in found), 2 * 24)
            else:
                self.assertEqual(q.answer, "")
        elif task == "<OCR_WITH_REGION>":
            found = grammar.parse_quads(q.answer, 192, 192)
            self.assertEqual([s for s, _ in found], [t["string"] for t in scene.texts])
        elif task == "<REGION_TO_CATEGORY>":
            self.assertEqual(q.answer, objects[0].concept)
        elif task == "<CAPTION>":
            for o in objects:
                words = (o.concept, language.plural(o.concept))
                self.assertTrue(any(w.lower() in q.answer.lower() for w in words))

    def test_outline_runs_clockwise_from_the_top(self):
        mask = np.zeros((60, 60), bool)
        mask[10:40, 20:50] = True
        (line,) = outline.polygons(mask)
        self.assertEqual(line[0][1], line[:, 1].min())
        area = np.sum(line[:, 0] * np.roll(line[:, 1], -1) - np.roll(line[:, 0], -1) * line[:, 1])
        self.assertGreater(area, 0)


    def test_rays_keep_their_number_and_most_of_the_mask(self):
        for _ in range(50):
            for o in random_scene(self.rng).objects:
                (line,) = o.outline(16, fixed=True)
                drawn = outline.fill([line], 192, 192)
                self.assertEqual(len(line), 16)
                self.assertGreater((drawn & o.mask).sum() / (drawn | o.mask).sum(), 0.7)


class Tokens(unittest.TestCase):
    def test_round_trip(self):
        rng = np.random.default_rng(3)
        writer = TaskWriter(concept_table.read(), ALL)
        lines = []
        for _ in range(40):
            scene = random_scene(rng)
            for q in writer.some(rng, scene, 6):
                lines += [q.prompt, q.answer]
        tokenizer = Tokenizer(train(((line, 1) for line in lines), 200))
        for line in lines + ["Größe 12,5 €", "日本語 の 猫", "a  b\n c's", "<loc_7> x<sep>"]:
            self.assertEqual(tokenizer.decode(tokenizer.encode(line)), line)

    def test_pieces_meet_at_token_borders(self):
        rng = np.random.default_rng(4)
        writer = TaskWriter(concept_table.read(), ALL)
        tokenizer = Tokenizer(train([(p, 1) for p in PROMPTS.values()], 100))
        for _ in range(60):
            for q in writer.some(rng, random_scene(rng), 6):
                whole = tokenizer.encode(q.answer)
                parts = [i for text, _ in q.pieces for i in tokenizer.encode(text)]
                self.assertEqual(whole, parts, q.answer)


if __name__ == "__main__":
    unittest.main()
