# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of the model of pictures from words that hold whatever it has learnt: python3 test_draw.py"""
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parent))

from draw import codes, eye, figures, hub, learning, network, scenes  # noqa: E402
from draw.presets import PRESETS  # noqa: E402
from draw.words import Words  # noqa: E402

TOY = PRESETS["toy"]


class Scenes(unittest.TestCase):
    def test_every_word_is_a_token(self):
        words, rng = Words(TOY.things), np.random.default_rng(1)
        for _ in range(500):
            caption = scenes.say(rng, scenes.make(rng, TOY.things))
            for i in words.encode(caption):
                self.assertTrue(i < 4 or i >= 260 or words.tokens[i] in ".,?:", caption)
        self.assertGreater(len(words.encode("dog")), len(words.encode("car")))

    def test_what_is_kept_is_kept(self):
        rng = np.random.default_rng(2)
        for kept in (False, True):
            for _ in range(200):
                scene = scenes.make(rng, TOY.things, kept=kept)
                pairs = any(scenes.is_kept_pair(t.name, t.colour) for t in scene.things)
                self.assertLessEqual(pairs, kept)
                self.assertEqual(scenes.is_kept(scene), kept)

    def test_things_lie_inside_and_apart(self):
        rng = np.random.default_rng(3)
        for _ in range(300):
            things = scenes.make(rng, TOY.things).things
            for i, a in enumerate(things):
                self.assertTrue(0 <= a.x <= 64 - a.side and 0 <= a.y <= 64 - a.side)
                self.assertTrue(all(a.x + a.side <= b.x or b.x + b.side <= a.x or a.y + a.side <= b.y
                                    or b.y + b.side <= a.y for b in things[:i]))

    def test_the_eye_sees_what_is_painted(self):
        wanted = figures.prompts(TOY.things, 40)
        seen = figures.shares(figures.by_eye([scenes.paint(s, 64) for s, _ in wanted], wanted, TOY.things))
        self.assertGreater(seen["all of it"][0], 0.85)
        # Of other pictures it says so.
        others = [scenes.paint(wanted[i - 1][0], 64) for i in range(len(wanted))]
        self.assertLess(figures.shares(figures.by_eye(others, wanted, TOY.things))["all of it"][0], 0.1)


class Networks(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(4)
        self.words = Words(TOY.things)
        self.codes, self.network = codes.Codes(TOY), network.Ofa(TOY, len(self.words))
        for name, w in self.network.named_parameters():
            w.data += torch.randn_like(w) * (0.3 if "table" in name else 0.05)

    def test_codes_are_their_table(self):
        z = torch.randn(50, len(TOY.levels))
        near, index = codes.rounded(z, TOY.levels)
        self.assertTrue(torch.allclose(near, codes.table(TOY.levels)[index], atol=1e-6))
        self.assertEqual(len(codes.table(TOY.levels)), int(np.prod(TOY.levels)))

    def test_a_code_sees_only_those_before_it(self):
        ids, there = learning.padded([self.words.encode("a red star"), self.words.encode("two big blue cars at night")])
        drawn = torch.randint(0, 750, (2, 64))
        other = drawn.clone()
        other[:, 30:] = torch.randint(0, 750, (2, 34))
        with torch.no_grad():
            a, b = self.network(ids, there, drawn), self.network(ids, there, other)
            alone = self.network(ids[:1, :there[0].sum()], there[:1, :there[0].sum()], drawn[:1])
        self.assertTrue(torch.allclose(a[:, :31], b[:, :31], atol=1e-5))
        self.assertFalse(torch.allclose(a[:, 31:], b[:, 31:], atol=1e-5))
        # What a shorter prompt is filled up with changes nothing.
        self.assertTrue(torch.allclose(a[:1], alone, atol=1e-4))

    def test_led_is_further_from_no_words(self):
        ids, there = learning.padded([self.words.encode(c) for c in ("a red star", "")])
        likeliest = self.network.sample(ids, there, 64, torch.Generator().manual_seed(1), top_p=1e-9, scale=3.0)
        with torch.no_grad():
            wanted, other = self.network(ids, there, likeliest.repeat(2, 1))
            led = self.network.led(*self.network.encoder(ids, there), likeliest[:, :-1], 3.0)[0]
        self.assertTrue(torch.allclose(led - other, 3 * (wanted - other), atol=1e-3))
        self.assertTrue((led.argmax(-1) == likeliest[0]).all())

    def test_a_folder_is_the_model(self):
        with tempfile.TemporaryDirectory() as folder:
            size = hub.write(self.codes, self.network, TOY, "toy", Path(folder))
            self.assertLess(size, 3_600_000)
            model = hub.Model(folder)
            ids, there = learning.padded([model.words.encode("three small green hearts")])
            drawn = torch.randint(0, 750, (1, 64))
            with torch.no_grad():
                a, b = self.network(ids, there, drawn), model.network(ids, there, drawn)
                self.assertLess((a - b).abs().max() / a.abs().max(), 0.02)
                self.assertLess((self.codes.draw(drawn) - model.codes.draw(drawn)).abs().max(), 0.05)


if __name__ == "__main__":
    unittest.main()
