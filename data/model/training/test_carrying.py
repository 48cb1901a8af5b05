# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a run independent of the machine: scenes that do not depend on how many processes make them, the archive,
the state in pieces.

    python3 -m unittest test_carrying        (in this folder; needs numpy and Pillow, and no art)
"""
import argparse
import json
import os
import tempfile
import time
import unittest
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

import concepts as concept_table
import keep
import pack
from batches import BatchMaker, BatchSource
from presets import CPU
from tasks import PROMPTS, TaskWriter
from test_training import ALL, random_scene
from tokenizer import Tokenizer, train

try:
    import torch
except ImportError:
    torch = None

TINY = replace(CPU, batch=5, naming=0.3)


class Drawer:
    """Scenes without art, in the manner of a scene maker."""
    photographs = None

    def make(self, rng, count):
        scene = random_scene(rng)
        picture = rng.integers(0, 256, (192, 192, 3), dtype=np.uint8)
        return scene, picture

    def mosaic(self, rng, side, tiles=False):
        return self.make(rng, side)


class Dying(Drawer):
    def make(self, rng, count):
        os._exit(3)


def batch_maker(drawer):
    writer = TaskWriter(concept_table.read(), ALL)
    return BatchMaker(TINY, drawer, (writer, writer, writer), Tokenizer(train([(p, 1) for p in PROMPTS.values()], 60)))


def flat(batch):
    """All arrays of a batch by name, copied."""
    arrays = {k: v.copy() for k, v in batch.items() if k != "groups"}
    return arrays | {f"{i}.{k}": v for i, group in enumerate(batch["groups"]) for k, v in group.items()}


class Processes(unittest.TestCase):
    PROGRESS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]

    def batches(self, workers, first=0):
        """With the same progress for all that is ordered ahead, which a run only has on the whole."""
        source = BatchSource(lambda: batch_maker(Drawer()), (7,), TINY, workers, first)
        try:
            return [flat(source.next(0.6)) for _ in self.PROGRESS[first:]]
        finally:
            source.stop()

    def same(self, a, b):
        self.assertEqual(len(a), len(b))
        for one, other in zip(a, b):
            self.assertEqual(set(one), set(other))
            for name in one:
                np.testing.assert_array_equal(one[name], other[name], err_msg=name)

    def test_scenes_do_not_depend_on_the_number_of_processes(self):
        one = self.batches(1)
        self.same(one, self.batches(2))
        self.same(one, self.batches(3))
        self.assertFalse(np.array_equal(one[0]["pixels"], one[1]["pixels"]))
        self.assertFalse(np.array_equal(one[0]["pixels"][0], one[0]["pixels"][1]))

    def test_a_run_goes_on_with_the_scenes_it_would_have_had(self):
        self.same(self.batches(2)[3:], self.batches(2, first=3))

    def test_stages_follow_the_progress(self):
        maker, pixels = batch_maker(Drawer()), np.zeros((TINY.batch, 192, 192, 3), np.uint8)
        self.assertEqual(maker.make((7,), 0, 0.1, pixels)["groups"], [])
        self.assertEqual(len(maker.make((7,), 0, 0.5, pixels)["groups"]), 2)

    def test_it_says_whether_it_would_wait(self):
        source = BatchSource(lambda: batch_maker(Drawer()), (7,), TINY, 1)
        try:
            self.assertFalse(source.is_ready())      # nothing is ordered yet
            source.next(0.6)
            end = time.monotonic() + 60
            while not source.is_ready() and time.monotonic() < end:
                time.sleep(0.01)
            self.assertTrue(source.is_ready())
            self.same([flat(source.next(0.6))], self.batches(1)[1:2])
        finally:
            source.stop()

    def test_a_process_that_dies_ends_the_run(self):
        source = BatchSource(lambda: batch_maker(Dying()), (7,), TINY, 2)
        with self.assertRaisesRegex(RuntimeError, "status 3"):
            source.next(0.6)
        source.stop()


def working_folder(work):
    """A working folder with a handful of made-up sprites, wallpapers, words and photographs."""
    rng, entries, pixels, offset = np.random.default_rng(2), [], [], 0
    for i in range(6):
        h, w = rng.integers(20, 60, 2)
        sprite = np.full((h, w, 4), (40 * i, 90, 200, 255), np.uint8)
        sprite[:5, :5, 3] = 0
        entries.append({"concept": i, "style": "noto", "name": f"s{i}", "held_out": i == 5, "h": int(h), "w": int(w),
                        "colour": "blue", "offset": offset})
        pixels.append(sprite.reshape(-1))
        offset += sprite.size
    places = argparse.Namespace(work=work, atlas=work / "atlas", backgrounds=work / "backgrounds.npz",
                                fonts=work / "fonts", words=work / "dict" / "words", photos=work / "photos",
                                tokenizer=work / "merges-of-run.json")
    np.save(places.atlas.with_suffix(".npy"), np.concatenate(pixels))
    places.atlas.with_suffix(".json").write_text(json.dumps(entries))
    np.savez(places.backgrounds, images=rng.integers(0, 256, (9, 32, 32, 3), dtype=np.uint8),
             names=np.array([f"w{i}" for i in range(9)]))
    places.words.parent.mkdir()
    places.words.write_text("\n".join(["Apple", "pear", "x"] + ["a" * (2 + i % 8) for i in range(600)]))
    lines = ["file\tsplit\tlabel\tcoarse_label"]
    for label in ("melon", "shoes"):
        (places.photos / label).mkdir(parents=True)
        for i in range(12):
            file = f"{label}/{i}.png"
            Image.new("RGB", (300, 200), (20 * i, 10, 10)).save(places.photos / file)
            lines.append(f"{file}\t{'val' if i == 11 else 'train'}\t{label}\t{label}")
    (places.photos / "labels.tsv").write_text("\n".join(lines) + "\n")
    places.tokenizer.write_text(json.dumps({"merges": [["a", "b"]]}))
    return places


class Archive(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        top = Path(self.folder.name)
        (top / "work").mkdir()
        self.places, self.file, self.top = working_folder(top / "work"), top / "a.zip", top

    def unpacked(self, name):
        work = self.top / name
        work.mkdir(exist_ok=True)
        places = argparse.Namespace(**{k: work / v.relative_to(self.places.work) for k, v in vars(self.places).items()})
        places.photos = None
        pack.unpack(self.file, places)
        return places

    def test_the_same_inputs_give_the_same_bytes(self):
        pack.write(self.places, self.places.tokenizer, self.file)
        pack.write(self.places, self.places.tokenizer, self.top / "b.zip")
        self.assertEqual(self.file.read_bytes(), (self.top / "b.zip").read_bytes())

    def test_what_comes_out_is_what_went_in(self):
        pack.write(self.places, self.places.tokenizer, self.file)
        there = self.unpacked("there")
        self.assertEqual(json.loads(there.atlas.with_suffix(".json").read_text()),
                         json.loads(self.places.atlas.with_suffix(".json").read_text()))
        before, after = (np.load(p.atlas.with_suffix(".npy")).astype(int).reshape(-1, 4) for p in (self.places, there))
        np.testing.assert_array_equal(before[:, 3], after[:, 3])
        opaque = before[:, 3] > 0
        self.assertLess(np.abs(before - after)[opaque].mean(), 8)
        np.testing.assert_array_equal(np.load(there.backgrounds)["names"], np.load(self.places.backgrounds)["names"])
        self.assertEqual(there.words.read_text().split()[0], "pear")
        self.assertEqual(there.tokenizer.read_bytes(), self.places.tokenizer.read_bytes())
        rows = [line.split("\t") for line in (there.photos / "labels.tsv").read_text().splitlines()[1:]]
        self.assertEqual(len(rows), 24)
        self.assertEqual({row[1] for row in rows if "/11." in row[0]}, {"val"})
        with Image.open(there.photos / rows[0][0]) as picture:
            self.assertEqual(min(picture.size), pack.PHOTO_SIDE)

    def test_unpacking_again_changes_nothing(self):
        pack.write(self.places, self.places.tokenizer, self.file)
        there = self.unpacked("there")
        stamp = there.atlas.with_suffix(".npy").stat().st_mtime_ns
        self.unpacked("there")
        self.assertEqual(there.atlas.with_suffix(".npy").stat().st_mtime_ns, stamp)

    def test_it_takes_photographs_of_each_label_until_it_is_full(self):
        limit = pack.LIMIT
        self.addCleanup(setattr, pack, "LIMIT", limit)
        pack.write(self.places, self.places.tokenizer, self.file)
        whole = self.file.stat().st_size
        self.assertLess(whole, limit)
        pack.LIMIT = pack.RESERVE + whole
        pack.write(self.places, self.places.tokenizer, self.file)
        self.assertLessEqual(self.file.stat().st_size, pack.LIMIT)
        rows = [line.split("\t") for line in (self.unpacked("small").photos / "labels.tsv").read_text().splitlines()[1:]]
        counts = [sum(row[2] == label for row in rows) for label in ("melon", "shoes")]
        self.assertLess(sum(counts), 24)
        self.assertLessEqual(abs(counts[0] - counts[1]), 2)


class Kept(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "kept"
        self.addCleanup(setattr, keep, "PIECE", keep.PIECE)
        keep.PIECE = 1000

    def test_pieces_make_the_whole(self):
        weights = bytes(range(256)) * 11
        keep.write(self.folder, weights, {"config.json": "{}"}, {"step": 4})
        pieces = sorted(self.folder.glob("weights-*"))
        self.assertEqual(len(pieces), 3)
        self.assertLessEqual(max(p.stat().st_size for p in pieces), 1000)
        self.assertEqual(keep.read(self.folder), (weights, {"step": 4}))
        out = self.folder.parent / "model"
        self.assertEqual(keep.join(self.folder, out), {"step": 4})
        self.assertEqual((out / "model.safetensors").read_bytes(), weights)
        self.assertEqual((out / "config.json").read_text(), "{}")

    def test_a_kill_between_the_pieces_leaves_the_state_before(self):
        keep.write(self.folder, b"a" * 2500, {}, {"step": 1})
        before = {p.name: p.read_bytes() for p in self.folder.iterdir()}
        keep.write(self.folder, b"b" * 2500, {}, {"step": 2})
        self.assertEqual(len(list(self.folder.iterdir())), 5)        # the old pieces are gone
        # As if it had stopped before the manifest: new pieces beside the old ones.
        for name, data in before.items():
            (self.folder / name).write_bytes(data)
        self.assertEqual(keep.read(self.folder), (b"a" * 2500, {"step": 1}))

    def test_a_damaged_piece_is_refused(self):
        keep.write(self.folder, b"a" * 2500, {}, {"step": 1})
        next(self.folder.glob("weights-*")).write_bytes(b"c" * 10)
        with self.assertRaises(SystemExit):
            keep.read(self.folder)

    def test_nothing_kept_is_no_state(self):
        self.assertIsNone(keep.read(self.folder))


@unittest.skipIf(torch is None, "no torch")
class Variation(unittest.TestCase):
    def setUp(self):
        import augment
        self.augment = augment
        self.pixels = np.random.default_rng(5).integers(0, 256, (40, 24, 24, 3), dtype=np.uint8)

    def varied(self, seed):
        torch.manual_seed(seed)
        return self.augment.varied(torch.from_numpy(self.pixels).float() / 255, torch.Generator().manual_seed(seed))

    def test_it_stays_a_picture_and_leaves_some_as_they_are(self):
        result = self.varied(1)
        self.assertGreaterEqual(float(result.min()), 0)
        self.assertLessEqual(float(result.max()), 1)
        apart = (result - torch.from_numpy(self.pixels).float() / 255).abs().amax((1, 2, 3))
        untouched = int((apart < 1e-6).sum())
        self.assertGreater(untouched, 1)
        self.assertLess(untouched, 20)

    def test_it_follows_its_generator(self):
        self.assertTrue(torch.equal(self.varied(1), self.varied(1)))
        self.assertFalse(torch.equal(self.varied(1), self.varied(2)))

    def test_blur_keeps_a_plain_picture_and_spreads_a_point(self):
        x = torch.full((2, 16, 16, 3), 0.3)
        self.assertLess(float((self.augment._blurred(x, torch.tensor([0.5, 1.0])) - x).abs().max()), 1e-6)
        x = torch.zeros(1, 15, 15, 3)
        x[0, 7, 7] = 1
        y = self.augment._blurred(x, torch.tensor([1.0]))
        self.assertAlmostEqual(float(y.sum()), 3, places=4)
        self.assertAlmostEqual(float(y[0, 7, 8, 0] / y[0, 7, 7, 0]), float(np.exp(-0.5)), places=4)
        self.assertTrue(torch.allclose(y, y.transpose(1, 2)))


if __name__ == "__main__":
    unittest.main()
