# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores and what they are worth.

    python3 -m unittest test_calibration        (in this folder; needs numpy, Pillow and torch, and no art)
"""
import json
import math
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np

try:
    import calibration
except ImportError:                              # no torch
    calibration = None


def answer(*parts):
    """parts: (text of a token, its probability).  Returns (texts, (id, log-probability) pairs)."""
    return [text for text, _ in parts], [(i, math.log(p)) for i, (_, p) in enumerate(parts)]


def places(*numbers, probability=0.02):
    return [(f"<loc_{n}>", probability) for n in numbers]


@unittest.skipUnless(calibration, "no torch")
class Scores(unittest.TestCase):
    def test_a_name_has_the_mean_of_its_tokens_and_a_place_its_own(self):
        said = answer(("</s>", 1), ("<s>", 1), ("red", 0.5), (" car", 0.125), *places(0, 0, 499, 499, 500, 0, 999, 499),
                      ("dog", 0.9), *places(10, 20, 30), ("cat", 0.4), *places(1, 2, 3, 4), ("</s>", 0.9))
        found = calibration.boxes(calibration.chunks(*said), 100)
        self.assertEqual([name for name, _, _ in found], ["red car", "red car", "cat"])
        np.testing.assert_allclose([score for _, _, score in found], [0.25, 0.25, 0.4])
        np.testing.assert_allclose(found[1][1], [50.05, 0.05, 99.95, 49.95])
        bare = calibration.boxes(calibration.chunks(*answer(("<s>", 1), *places(1, 2, 3, 4, probability=0.03))), 100)
        self.assertEqual([name for name, _, _ in bare], [""])
        self.assertAlmostEqual(bare[0][2], 0.03)

    def test_blanks_around_a_name_do_not_count(self):
        said = answer(("<s>", 1), (" ", 0.001), (" car", 0.5), *places(0, 0, 9, 9))
        self.assertAlmostEqual(calibration.boxes(calibration.chunks(*said), 100)[0][2], 0.5)

    def test_a_thing_is_found_once_by_the_surest(self):
        truth = [("car", [0, 0, 10, 10])]
        found = [("car", [0, 0, 10, 9], 0.3), ("car", [0, 0, 9, 10], 0.6), ("dog", [0, 0, 10, 10], 0.9),
                 ("car", [50, 50, 60, 60], 0.2)]
        self.assertEqual(calibration.judge_boxes(found, truth), [(0.9, False), (0.6, True), (0.3, False), (0.2, False)])

    def test_a_text_is_right_as_a_whole(self):
        question = SimpleNamespace(answer="red car")
        said = answer(("</s>", 1), ("<s>", 1), ("red", 0.5), (" car", 0.5), ("</s>", 0.25))
        (score, right), = calibration.judge("question", SimpleNamespace(width=100), question, *said)
        self.assertTrue(right)
        self.assertAlmostEqual(score, (0.5 * 0.5 * 0.25) ** 0.25)


@unittest.skipUnless(calibration, "no torch")
class Lines(unittest.TestCase):
    def setUp(self):
        self.rng = np.random.default_rng(5)

    def draw(self, low, high, count, temperature, shift):
        scores = self.rng.uniform(low, high, count)
        return scores, (self.rng.random(count) < calibration.calibrated(scores, temperature, shift)).astype(float)

    def test_it_finds_the_line_that_the_answers_follow(self):
        for line in ((1, 0), (2.5, -1), (0.6, 2)):
            scores, right = self.draw(0.01, 0.999, 20000, *line)
            found = calibration.fit(scores, right)
            np.testing.assert_allclose(found, line, atol=0.12)
            self.assertLess(calibration.error(calibration.calibrated(scores, *found), right), 0.015)

    def test_scores_of_places_come_to_the_share_that_is_right(self):
        scores = self.rng.uniform(0.015, 0.025, 1000)
        right = (self.rng.random(1000) < 0.8).astype(float)
        after = calibration.calibrated(scores, *calibration.fit(scores, right))
        self.assertGreater(calibration.error(scores, right), 0.7)
        self.assertLess(calibration.error(after, right), 0.03)

    def test_whatever_comes_the_line_rises_and_is_one_that_the_engine_takes(self):
        scores = self.rng.uniform(0.0, 1.0, 50)
        for right in (np.ones(50), np.zeros(50), (scores < 0.5).astype(float), (scores > 0.5).astype(float)):
            temperature, shift = calibration.fit(scores, right)
            self.assertTrue(1 / calibration.STEEPEST <= temperature <= calibration.STEEPEST)
            self.assertLessEqual(abs(shift), calibration.FURTHEST)
            after = calibration.calibrated(np.array([0.0, 0.5, 1.0]), temperature, shift)
            self.assertTrue(np.isfinite(after).all() and (np.diff(after) >= 0).all())

    def test_the_lowest_score_leaves_out_what_is_mostly_wrong(self):
        scores = np.concatenate([np.full(100, 0.12), np.full(100, 0.85)])
        right = np.concatenate([np.arange(100) < 5, np.arange(100) < 85]).astype(float)
        self.assertEqual(calibration.lowest_worth_showing(scores, right, 120), 0.15)
        self.assertEqual(calibration.lowest_worth_showing(scores, np.ones(200), 200), 0.0)


@unittest.skipUnless(calibration, "no torch")
class Written(unittest.TestCase):
    def test_it_says_nothing_else_anew(self):
        rng = np.random.default_rng(6)
        scores = rng.uniform(0.01, 0.99, 500)
        rows = np.stack([scores, (rng.random(500) < 0.5 * scores)], 1)
        with tempfile.TemporaryDirectory() as name, mock.patch("builtins.print"), mock.patch.object(
                calibration, "gather", lambda *_: ({task: rows for task in calibration.TASKS}, 400)):
            folder = Path(name)
            (folder / "model-info.json").write_text('{"tasks": ["detect"]}')
            calibration.write(folder, *[None] * 6)
            info = json.loads((folder / "model-info.json").read_text())
            self.assertEqual(info["tasks"], ["detect"])
            self.assertEqual(set(info["calibration"]), set(calibration.TASKS.values()))
            self.assertTrue(0 <= info["lowest_score"] < 1)
            picture = xml.etree.ElementTree.fromstring((folder / "reliability.svg").read_text())
            self.assertEqual(len(picture.findall(".//{*}rect")), 1 + len(calibration.SHOWN))


if __name__ == "__main__":
    unittest.main()
