# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of the contrastive model's recipe: what is true of a picture, how texts are cut, what is exported.

    python3 -m unittest test_contrast        (in this folder; needs numpy and Pillow, and no art)
"""
import json
import re
import os
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

import concepts as concept_table
import language
from contrast.pictures import PictureMaker, box_around
from contrast.pieces import END, Pieces, train
from contrast.presets import PRESETS
from contrast.queries import FALSE, TRUE, UNDECIDED, Claim, Phrases, Seen, corpus, holds, truth
from test_training import random_scene

try:
    import torch
except ImportError:
    torch = None

DOG, CAT, FISH = 0, 1, 2
TABLE = concept_table.read()
PHRASES = Phrases(TABLE)


class Truth(unittest.TestCase):
    def test_claims(self):
        seen = Seen({DOG: ["red", "red", "blue"], CAT: [""]}, {FISH})
        for claims, expected in (
                ([Claim(DOG)], TRUE), ([Claim(5)], FALSE), ([Claim(FISH)], UNDECIDED),
                ([Claim(DOG, "red", 2)], TRUE), ([Claim(DOG, "red", 3)], FALSE), ([Claim(DOG, "blue", 1)], TRUE),
                ([Claim(DOG, "red", 1)], UNDECIDED), ([Claim(DOG, None, 3)], TRUE), ([Claim(DOG, "green")], FALSE),
                ([Claim(CAT, "black")], UNDECIDED), ([Claim(CAT, None, 1)], TRUE),
                ([Claim(DOG), Claim(CAT)], TRUE), ([Claim(DOG), Claim(FISH)], UNDECIDED),
                ([Claim(FISH), Claim(5)], FALSE)):
            with self.subTest(claims=claims):
                self.assertEqual(holds(claims, seen), expected)

    def test_what_is_written_about_a_picture_is_true_of_it(self):
        rng = np.random.default_rng(3)
        astray = 0
        for _ in range(100):
            scene = random_scene(rng)
            for o in scene.objects:
                o.index = next(i for i, c in enumerate(TABLE) if c.name == o.concept)
            seen = Seen.of(scene.objects)
            self.assertEqual(holds(PHRASES.caption(seen), seen), TRUE)
            claims = PHRASES.about(rng, seen)
            self.assertEqual(holds(claims, seen), TRUE, (claims, seen))
            astray += holds(PHRASES.astray(rng, claims), seen) != TRUE
            words = PHRASES.write(rng, claims).lower()
            for c in claims:
                name = TABLE[c.concept].name
                self.assertTrue(name in words or language.plural(name) in words, words)
        self.assertGreater(astray, 80)

    def test_table(self):
        table = truth([[Claim(DOG)], [Claim(CAT)]], [Seen({DOG: [""]}), Seen({CAT: [""]}), Seen({}, {DOG})])
        self.assertEqual(table.tolist(), [[1, 0], [0, 1], [-1, 0]])


class Cutting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pieces = Pieces(train(corpus(PHRASES, np.random.default_rng(1), 200), 500))

    def test_pieces_join_to_the_text(self):
        names = {i: symbol for symbol, i in self.pieces.ids.items()}
        letters = {letter: b for b, letter in enumerate(self._letters())}
        for text in ("a red dog", "This is a photo of 2 Äpfel.", "冰淇淋", "il n'y a rien"):
            ids = self.pieces.encode(text, 99)
            self.assertEqual((ids[0], ids[-1]), (self.pieces.start, self.pieces.end))
            symbols = "".join(names[i] for i in ids[1:-1]).replace(END, " ")
            words = bytes(letters[c] if c != " " else 32 for c in symbols).decode()
            self.assertEqual(re.sub(r"\s", "", words), re.sub(r"\s", "", text.lower()))

    @staticmethod
    def _letters():
        from tokenizer import byte_letters
        return byte_letters().values()

    def test_long_texts_keep_their_end(self):
        ids = self.pieces.encode("a dog and " * 50, 32)
        self.assertEqual((len(ids), ids[-1]), (32, self.pieces.end))

    def test_case_does_not_matter(self):
        self.assertEqual(self.pieces.encode("A RED Dog", 32), self.pieces.encode("a red dog", 32))

    def test_files_agree(self):
        files = self.pieces.files(32)
        whole = json.loads(files["tokenizer.json"])
        self.assertEqual(whole["model"]["vocab"], json.loads(files["vocab.json"]))
        self.assertEqual(whole["model"]["merges"], files["merges.txt"].splitlines()[1:])
        self.assertEqual(max(self.pieces.ids.values()), self.pieces.end)


class Shown(unittest.TestCase):
    def test_boxes_stay_inside(self):
        rng = np.random.default_rng(5)
        for _ in range(200):
            left, top, right, bottom = box_around(rng, [10, 2, 90, 60], 96, 64)
            self.assertTrue(0 <= left < right <= 96 and 0 <= top < bottom <= 64)

    def test_cells_are_taught_what_covers_them(self):
        left = np.zeros((64, 64), bool)
        left[:, :32] = True
        self.assertEqual(PictureMaker._taught(64, [(DOG, left)]).reshape(4, 4).tolist(), [[DOG, DOG, -1, -1]] * 4)


@unittest.skipUnless(torch, "needs torch")
class Learning(unittest.TestCase):
    """With rectangles in place of art: two names, told apart by colour and place."""

    class Rectangles:
        def make(self, rng, side, scenes):
            concept = int(rng.integers(2))
            picture = np.full((side, side, 3), 240, np.uint8)
            picture[side // 2 * concept:][:side // 2] = (220, 30, 30) if concept else (30, 30, 220)
            return picture, Seen({concept: ["red"]}), np.full((side // 16) ** 2, concept, np.int64)

    def setUp(self):
        from contrast.learning import Batches, Trainer
        torch.manual_seed(1)
        preset = PRESETS["contrast-miniature"]
        pieces = Pieces(train(corpus(PHRASES, np.random.default_rng(1), 50), preset.merges))
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.preset, self.pieces, self.trainer = preset, pieces, Trainer(preset, pieces)
        self.batches = Batches(self.Rectangles(), Phrases(TABLE[:12]), pieces, preset, 1)

    def test_muon_makes_matrices_orthogonal(self):
        from contrast.muon import orthogonal
        values = torch.linalg.svdvals(orthogonal(torch.randn(2, 8, 32)))
        self.assertTrue(((values > 0.3) & (values < 1.4)).all(), values)

    def test_names_are_learnt_and_survive_the_export(self):
        from contrast import hub
        self.trainer.begin(self.batches)
        losses = [self.trainer.learn(self.batches.make(step, 64, 12, 0.0), step / 100)["name"] for step in range(100)]
        self.assertGreater(sum(losses[:5]) / 5, 1.5)
        self.assertLess(sum(losses[-5:]) / 5, 0.5)
        path = Path(self.folder.name)
        self.trainer.save(path / "checkpoint.pt")
        self.trainer.load(path / "checkpoint.pt")
        hub.write(self.trainer.average.state_dict(), self.pieces.merges, self.preset, path / "model")
        model = hub.Model(path / "model")
        shown, seen, _ = zip(*(self.batches.maker.make(np.random.default_rng(i), 64, 0) for i in range(12)))
        scores = model.pictures([Image.fromarray(p) for p in shown]) @ model.texts(
            [f"a photo of {c.name}" for c in TABLE[:12]]).T
        self.assertEqual(scores.argmax(1).tolist(), [list(s.things)[0] for s in seen])

    def test_processes_compose_what_one_would(self):
        from contrast.learning import Composed
        source = Composed(self.batches, 1)
        self.addCleanup(source.stop)
        for number in range(3):
            one, other = self.batches.make(number, 64, 6, 0.0), source.make(number, 64, 6, 0.0)
            np.testing.assert_array_equal(one["pixels"], other["pixels"])
            for key in ("cells", "truth"):
                self.assertTrue(torch.equal(one[key], other[key]), key)
            for mine, theirs in zip(one["texts"], other["texts"]):
                for a, b in zip(mine, theirs):
                    self.assertTrue(torch.equal(a, b))

    def test_a_process_that_dies_ends_the_run(self):
        from contrast.learning import Batches, Composed
        class Dying:
            def make(self, *_):
                os._exit(3)
        source = Composed(Batches(Dying(), Phrases(TABLE[:12]), self.pieces, self.preset, 1), 2)
        self.addCleanup(source.stop)
        with self.assertRaisesRegex(RuntimeError, "status 3"):
            source.make(0, 64, 6, 0.0)

    def test_short_and_long_texts_keep_their_order(self):
        from contrast.learning import padded, read
        texts = ["dog", "a photo of a dog and three red cats", "cat", "there is a dog in the picture", "dog"]
        with torch.no_grad():
            rows = read(self.trainer.towers, padded(self.pieces, texts, 32))
            for text, row in zip(texts, rows):
                alone = read(self.trainer.towers, padded(self.pieces, [text], 32))[0]
                self.assertLess((row - alone).abs().max().item(), 1e-5)


if __name__ == "__main__":
    unittest.main()
