# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes fixed evaluation pictures with their truth, for `monocle-cli eval` and any other judge.

For each set (seen, style, stamps): JPEG pictures, `instances.json` (COCO instances with polygons),
`captions.json` (COCO captions), `questions.jsonl`, `grounding.jsonl`, `ocr.jsonl` (empty without text).
"""
import json

import numpy as np

import language
from colours import COLOURS
from evaluation import SETS, scenes_of
from presets import SHARES
from tasks import TaskWriter


def write(preset, atlas, makers, out, count):
    writer = TaskWriter(atlas.concepts, SHARES, preset.max_points, preset.fixed_points)
    for name in SETS:
        _write_set(out / name, scenes_of(makers[name], count, 1000), writer, atlas.concepts)


def _write_set(folder, scenes, writer, concepts):
    (folder / "images").mkdir(parents=True, exist_ok=True)
    numbers = {c.name: i + 1 for i, c in enumerate(concepts)}
    images, annotations, captions = [], [], []
    questions, grounding, ocr = [], [], []
    for i, (scene, picture) in enumerate(scenes):
        rng = np.random.default_rng((2, i))
        file = f"{i:06d}.jpg"
        picture.save(folder / "images" / file, quality=90, subsampling=0, optimize=True)
        images.append({"id": i + 1, "file_name": file, "width": scene.width, "height": scene.height})
        for o in scene.objects:
            x1, y1, x2, y2 = o.box
            annotations.append({
                "id": len(annotations) + 1, "image_id": i + 1, "category_id": numbers[o.concept], "iscrowd": 0,
                "bbox": [x1, y1, x2 - x1, y2 - y1], "area": int(o.mask.sum()),
                "segmentation": [p.round(1).reshape(-1).tolist() for p in o.outline()],
                "attributes": {"colour": o.colour, "visible": o.visible, "style": o.style}})
        caption = writer.write("<CAPTION>", rng, scene).answer
        slots = [{"name": n, "phrase": p, "count": len(idx)} for p, n, idx in language.groups(scene)]
        captions.append({"id": i + 1, "image_id": i + 1, "caption": caption, "slots": slots})
        for task, store in (("question", questions), ("<OPEN_VOCABULARY_DETECTION>", grounding),
                            ("<REFERRING_EXPRESSION_SEGMENTATION>", grounding)):
            q = writer.write(task, rng, scene)
            if q and task == "question":
                store.append({"image": file, "question": q.prompt, "answer": q.answer})
            elif q:
                store.append({"image": file, "task": task, "text": q.input,
                              "boxes": [scene.objects[k].box for k in q.about]})
        for t in scene.texts:
            ocr.append({"image": file, "text": t["string"], "quad": t["quad"]})
    categories = [{"id": n, "name": name, "supercategory": c.group} for (name, n), c in zip(numbers.items(), concepts)]
    info = {"description": "Generated scenes of Monocle's default model", "colours": COLOURS}
    store = {"instances.json": {"info": info, "images": images, "categories": categories, "annotations": annotations},
             "captions.json": {"info": info, "images": images, "annotations": captions}}
    for file, content in store.items():
        (folder / file).write_text(json.dumps(content))
    for file, rows in (("questions.jsonl", questions), ("grounding.jsonl", grounding), ("ocr.jsonl", ocr)):
        (folder / file).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
