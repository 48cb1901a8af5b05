# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties that hold for every scene: answers parse back to the record, texts survive the tokenizer.

    python3 -m unittest test_training        (in this folder; needs numpy and Pillow, and no art)
"""
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

import batches
import evalset
import grammar
import language
import outline
import photographs
from colours import COLOURS
from scene import Scene, SceneObject, reading_order
from tasks import LANGUAGE_NAMES, PROMPTS, TaskWriter
from tokenizer import Tokenizer, complete, train
import concepts as concept_table

try:
    import torch
except ImportError:
    torch = None

ALL = {t: 1 for t in PROMPTS} | {"question": 1, "caption_in_language": 1}


def random_scene(rng, size=192):
    """A scene of rectangles and ellipses: everything the writers need, no art."""
    table, count = concept_table.read(), int(rng.integers(1, 7))
    objects = []
    while len(objects) < count:
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
        objects.append(SceneObject(c.name, c.group, "shape", colour, box, 1.0, len(objects), 0, mask))
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
        asked = set()
        for _ in range(150):
            scene = random_scene(self.rng)
            for task in ALL:
                q = self.writer.write(task, self.rng, scene)
                if q is None:
                    continue
                with self.subTest(task=task, prompt=q.prompt, answer=q.answer):
                    asked.add(task)
                    self.check(task, q, scene)
        self.assertEqual(asked, set(ALL))

    def check(self, task, q, scene):
        """Reads an answer back and holds it against the record, as far as the answer says something of it."""
        objects = [scene.objects[i] for i in q.about]
        everything = list(range(len(scene.objects)))
        if task in ("<OD>", "<DENSE_REGION_CAPTION>", "<OPEN_VOCABULARY_DETECTION>", "<REGION_PROPOSAL>",
                    "<CAPTION_TO_PHRASE_GROUNDING>"):
            found = grammar.parse_boxes(q.answer, 192, 192, labels=task != "<REGION_PROPOSAL>")
            self.assertEqual(len(found), len(objects))
            for (label, box), o in zip(found, objects):
                self.near(box, o)
                if task == "<OD>":
                    self.assertEqual(label, o.concept)
                elif task == "<DENSE_REGION_CAPTION>":
                    self.assertEqual(label, language.phrase(o, language.size_word(o, scene)))
                elif task == "<CAPTION_TO_PHRASE_GROUNDING>":
                    self.assertIn(label, q.input)
                    self.assertIn(o.colour, label)
                elif task == "<OPEN_VOCABULARY_DETECTION>":
                    self.assertEqual(label, q.input)
            if task in ("<OD>", "<DENSE_REGION_CAPTION>", "<REGION_PROPOSAL>"):
                self.assertEqual(q.about, everything)
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
        elif task == "<OCR>":
            self.assertEqual(q.answer, " ".join(t["string"] for t in scene.texts))
        elif task == "<REGION_TO_OCR>":
            (text,) = [t for t in scene.texts if t["string"] == q.answer]
            (_, box), = grammar.parse_boxes("x" + q.input, 192, 192)
            self.assertLess(max(abs(a - b) for a, b in zip(box, text["quad"][0:2] + text["quad"][4:6])), 3)
        elif task == "<REGION_TO_CATEGORY>":
            self.assertEqual(q.answer, objects[0].concept)
        elif task == "<REGION_TO_DESCRIPTION>":
            words = language.phrase(objects[0], language.size_word(objects[0], scene))
            self.assertTrue(q.answer.startswith(language.article(words, objects[0].concept)))
            self.assertIn(language.place(objects[0], scene), q.answer)
        elif task == "<CAPTION>":
            self.assertEqual(q.about, everything)
            said = q.answer.lower()
            for words, name, indices in language.groups(scene):
                self.assertIn(language.counted(words, name, len(indices)).lower(), said)
        elif task.endswith("DETAILED_CAPTION>"):
            self.assertEqual(q.about, everything)
            said = q.answer.split(":")[1]
            for o in objects:
                words = language.article(language.phrase(o), o.concept) + " " + language.place(o, scene)
                self.assertIn(words, said)
                said = said.replace(words, "", 1)                # twins are said twice
            self.assertIn(language.BACKGROUNDS[scene.background], said)
            for a, b in list(zip(objects, objects[1:]))[:3] if "MORE" in task else ():
                self.assertIn(f"The {language.phrase(a)} is {language.relation(a, b)} the {language.phrase(b)}.", said)
        elif task == "caption_in_language":
            code = next(code for code, name in LANGUAGE_NAMES.items() if name in q.prompt)
            names = q.answer.replace("、", ", ").split(", ")
            table = {c.name: c.names[code] for c in self.writer.concepts}
            self.assertEqual(names, list(dict.fromkeys(table[o.concept] for o in scene.objects)))
        elif task == "question":
            self.check_question(q, objects, scene)
        else:
            self.fail("no test of this task")

    def check_question(self, q, objects, scene):
        kind = evalset.kind_of(q.prompt)
        if kind == "count":
            self.assertEqual(language.NUMBERS.index(q.answer), len(objects))
        elif kind == "presence":
            self.assertEqual(q.answer, "yes" if objects else "no")
            if objects:
                self.assertIn(objects[0].concept, q.prompt)
            else:
                same = lambda o: f" {language.article(language.phrase(o), o.concept)} in " in q.prompt
                self.assertFalse(any(same(o) for o in scene.objects))
        elif kind == "colour":
            self.assertIn(q.answer, COLOURS)
            self.assertEqual(q.answer, objects[0].colour)
        elif kind == "place":
            self.assertEqual(q.answer, language.place(objects[0], scene))
        else:
            self.assertEqual(q.answer, language.phrase(objects[0]))

    def test_absent_things_are_absent_and_as_near_as_told(self):
        writer = TaskWriter(concept_table.read(), {"<OPEN_VOCABULARY_DETECTION>": 1}, absent=1.0, near=1.0)
        for _ in range(100):
            scene = random_scene(self.rng)
            name = writer.write("<OPEN_VOCABULARY_DETECTION>", self.rng, scene).input
            here = {o.concept for o in scene.objects}
            self.assertNotIn(name, here | {language.phrase(o) for o in scene.objects})
            if name in writer.by_name:
                self.assertIn(writer.by_name[name].group, {o.group for o in scene.objects})

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


class Places(unittest.TestCase):
    def test_inside_a_box_is_where_no_word_may_stand(self):
        loc0 = 100
        answer = [0, 5] + [loc0 + k for k in range(8)] + [6, 7, loc0, loc0 + 1, 2]
        inside = batches.inside_boxes(answer, loc0)
        self.assertEqual([i for i, value in enumerate(inside) if value], [3, 4, 5, 7, 8, 9, 13])

    def test_run_lengths_are_those_of_coco(self):
        self.assertEqual(evalset.run_lengths(np.array([[0, 1], [0, 1], [1, 0]], bool)),
                         {"size": [3, 2], "counts": [2, 3, 1]})
        self.assertEqual(evalset.run_lengths(np.ones((2, 2), bool))["counts"], [0, 4])
        self.assertEqual(evalset.run_lengths(np.zeros((2, 2), bool))["counts"], [4])


class Pictures(unittest.TestCase):
    def test_photographs_of_the_validation_split_are_never_drawn(self):
        table = concept_table.read()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "grocery").mkdir()
            rows = [("grocery/a.png", "train", "watermelon", "melon"), ("grocery/b.png", "val", "galia melon", "melon"),
                    ("grocery/c.png", "train", "galia melon", "melon"), ("grocery/d.png", "train", "brick", "brick")]
            (folder / "labels.tsv").write_text("\n".join(map("\t".join, [("file", "split", "label", "coarse"), *rows])))
            for file, *_ in rows:
                Image.new("RGB", (40, 30), (255, 0, 0) if "b.png" in file else (0, 255, 0)).save(folder / file)
            found = photographs.read(folder, table, "train")
            self.assertEqual([table[p.concept].name for p in found], ["watermelon", "melon"])
            cut = photographs.Photographs(folder, table)
            rng = np.random.default_rng(1)
            for _ in range(60):
                picture, concept = cut.draw(rng, 24, 32)
                self.assertEqual(picture.size, (24, 32))
                red, green, _blue = np.asarray(picture).reshape(-1, 3).mean(0)
                self.assertGreater(green, red)
                self.assertIn(table[concept].name, ("watermelon", "melon"))


class Tokens(unittest.TestCase):
    def test_more_merges_change_no_id_of_the_known(self):
        old = Tokenizer(train([("the cat and the dog", 3)], 12))
        new = Tokenizer(train([("der Hund und die Katze", 3)], 30, old.merges))
        self.assertEqual(new.merges[:len(old.merges)], old.merges)
        self.assertGreater(len(new.merges), len(old.merges))
        self.assertEqual(new.encode("the cat"), old.encode("the cat"))
        self.assertLess(len(new.encode(" Hund")), len(old.encode(" Hund")))

    def test_names_made_whole_are_one_token_a_word(self):
        old = train([("the cat and the dog", 3)], 12)
        names = ["Katze", " Katze", "猫", "곰 인형", "étoile"]
        whole = Tokenizer(complete(old, names))
        self.assertEqual(whole.merges[:len(old)], old)
        self.assertEqual([len(whole.encode(name)) for name in names], [1, 1, 1, 2, 1])
        self.assertEqual(len(set(whole.tokens)), len(whole.tokens))
        self.assertEqual(whole.encode("the cat"), Tokenizer(old).encode("the cat"))

    @unittest.skipIf(torch is None, "no torch")
    def test_a_longer_tokenizer_keeps_the_rows_of_the_shorter(self):
        import start
        table = [c for c in concept_table.read() if c.name in ("dog", "cat")]
        old = Tokenizer(train([("the cat and the dog", 3)], 12))
        new = Tokenizer(complete(old.merges, [c.names["de"] for c in table]))
        embedding = torch.randn(old.vocabulary, 8)
        translated = start.translations(new, table, ["de"])
        self.assertEqual(translated["Hund"], ("dog", "de"))
        rows = start.rows_of(old, new, embedding, translated)
        for token in old.tokens:
            self.assertTrue(torch.equal(rows[new.ids[token]], embedding[old.ids[token]]))
        apart = lambda a, b: float((rows[new.ids[a]] - rows[new.ids[b]] -
                                    embedding[old.encode("dog")].mean(0) + embedding[old.encode("cat")].mean(0)).norm())
        self.assertLess(apart("Hund", "Katze"), 1e-5)

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
