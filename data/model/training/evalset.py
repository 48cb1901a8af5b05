# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes fixed evaluation pictures with their truth, for `monocle-cli eval` and any other judge.

For each set of scenes (seen, style, stamps): JPEG pictures, `instances.json` (COCO instances with the exact masks as
run lengths), `captions.json` (COCO captions with slots), `grounding.jsonl`, `regions.jsonl`, `questions.jsonl`,
`ocr.jsonl` (where there is text).  `languages` asks for names in other languages, of the pictures of `seen`.
`photographs`, where there are any: the held-out ones, each asked for what it shows.
"""
import json

import numpy as np
from PIL import Image

import language
import photographs
from colours import COLOURS
from presets import SHARES
from scene import SETS, scenes_of
from tasks import LANGUAGE_NAMES, TaskWriter

KINDS = {"How many": "count", "Is there": "presence", "What color": "colour", "Where": "place", "What is": "relation"}


def write(preset, atlas, makers, out, count, photos=None):
    # What is asked about scenes speaks of what can be in them.
    writer = TaskWriter(atlas.drawn, SHARES, preset.max_points, preset.fixed_points, preset.languages)
    for name in SETS:
        scenes = scenes_of(makers[name], count, 1000)
        _write_set(out / name, scenes, writer, atlas.drawn)
        if name == "seen" and preset.languages:
            _write_languages(out / "languages", scenes, writer)
    if photos:
        _write_photographs(out / "photographs", photos, atlas.concepts)


def run_lengths(mask):
    """Returns a mask as COCO's run lengths, column by column, the first run of what is not in it."""
    flat = np.concatenate([[0], mask.T.reshape(-1).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(flat))
    ends = np.concatenate([[0], edges] if edges.size and edges[-1] == mask.size else [[0], edges, [mask.size]])
    return {"size": list(mask.shape), "counts": np.diff(ends).tolist()}


def _save(picture, path):
    picture.save(path, quality=90, subsampling=0, optimize=True)


def _lines(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def kind_of(prompt):
    return next(kind for start, kind in KINDS.items() if prompt.startswith(start))


def _question(writer, scene, number, first):
    """Returns the first question that can be asked, or else another one: every scene gives one."""
    rng = np.random.default_rng((3, number))
    while first is None:
        first = writer.write("question", rng, scene)
    return first


def _write_set(folder, scenes, writer, concepts):
    (folder / "images").mkdir(parents=True, exist_ok=True)
    numbers = {c.name: i + 1 for i, c in enumerate(concepts)}
    images, annotations, captions = [], [], []
    questions, grounding, regions, ocr = [], [], [], []
    for i, (scene, picture) in enumerate(scenes):
        rng = np.random.default_rng((2, i))
        file = f"{i:06d}.jpg"
        _save(picture, folder / "images" / file)
        images.append({"id": i + 1, "file_name": file, "width": scene.width, "height": scene.height})
        for o in scene.objects:
            x1, y1, x2, y2 = o.box
            annotations.append({
                "id": len(annotations) + 1, "image_id": i + 1, "category_id": numbers[o.concept], "iscrowd": 0,
                "bbox": [x1, y1, x2 - x1, y2 - y1], "area": int(o.mask.sum()), "segmentation": run_lengths(o.mask),
                "attributes": {"colour": o.colour, "visible": o.visible, "style": o.style}})
        caption = writer.write("<CAPTION>", rng, scene).answer
        slots = [{"name": n, "phrase": p, "count": len(idx), "plural": language.plural(n)}
                 for p, n, idx in language.groups(scene)]
        captions.append({"id": i + 1, "image_id": i + 1, "caption": caption, "slots": slots})
        q = _question(writer, scene, i, writer.write("question", rng, scene))
        questions.append({"image": file, "question": q.prompt, "answer": q.answer, "kind": kind_of(q.prompt)})
        for task in ("<OPEN_VOCABULARY_DETECTION>", "<REFERRING_EXPRESSION_SEGMENTATION>"):
            q = writer.write(task, rng, scene)
            if not q:
                continue
            row = {"image": file, "task": task, "text": q.input, "boxes": [scene.objects[k].box for k in q.about]}
            if task != "<OPEN_VOCABULARY_DETECTION>":
                row["segmentation"] = run_lengths(scene.objects[q.about[0]].mask)
            grounding.append(row)
        regions += _regions(file, scene, np.random.default_rng((4, i)))
        for t in scene.texts:
            ocr.append({"image": file, "text": t["string"], "quad": t["quad"]})
    categories = [{"id": n, "name": name, "supercategory": c.group} for (name, n), c in zip(numbers.items(), concepts)]
    info = {"description": "Generated scenes of Monocle's default model", "colours": COLOURS}
    store = {"instances.json": {"info": info, "images": images, "categories": categories, "annotations": annotations},
             "captions.json": {"info": info, "images": images, "annotations": captions}}
    for file, content in store.items():
        (folder / file).write_text(json.dumps(content))
    for file, rows in (("questions.jsonl", questions), ("grounding.jsonl", grounding), ("regions.jsonl", regions),
                       *([("ocr.jsonl", ocr)] if ocr else [])):
        _lines(folder / file, rows)


def _regions(file, scene, rng):
    """Returns one line for each task about a region: a box as a person draws it, up to 6 % off at each side."""
    o = scene.objects[rng.integers(len(scene.objects))]
    w, h = o.box[2] - o.box[0], o.box[3] - o.box[1]
    drawn = np.clip(o.box + rng.uniform(-0.06, 0.06, 4) * [w, h, w, h], 0, scene.width).round(1).tolist()
    return [{"image": file, "task": "<REGION_TO_CATEGORY>", "region": drawn, "answer": o.concept},
            {"image": file, "task": "<REGION_TO_SEGMENTATION>", "region": o.box, "segmentation": run_lengths(o.mask)}]


def _write_languages(folder, scenes, writer):
    (folder / "images").mkdir(parents=True, exist_ok=True)
    rows = []
    for i, (scene, picture) in enumerate(scenes):
        _save(picture, folder / "images" / f"{i:06d}.jpg")
        q = writer.write("caption_in_language", np.random.default_rng((5, i)), scene)
        if q:
            kind = next(name for name in LANGUAGE_NAMES.values() if name in q.prompt).lower()
            rows.append({"image": f"{i:06d}.jpg", "question": q.prompt, "answer": q.answer, "kind": kind})
    _lines(folder / "languages.jsonl", rows)


def _write_photographs(folder, photos, concepts):
    """The coarser label is right, and what this build calls the thing."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    rows = []
    for p in photographs.read(photos, concepts, photographs.HELD_OUT):
        file = p.file.replace("/", "-").rsplit(".", 1)[0] + ".png"
        Image.open(photos / p.file).convert("RGB").save(folder / "images" / file)
        rows.append({"image": file, "task": "<REGION_TO_CATEGORY>", "kind": p.file.split("/")[0],
                     "answer": sorted({p.coarse, concepts[p.concept].name})})
    _lines(folder / "photographs.jsonl", rows)
