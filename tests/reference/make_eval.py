# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/fixtures/eval: random truth and detections, and what pycocotools says of them.

pip install pycocotools==2.0.11 (and numpy); nothing else of the reference is needed.
"""
import contextlib
import copy
import io
import json
import unicodedata
from pathlib import Path

import numpy as np
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

OUT = Path(__file__).resolve().parent.parent / "fixtures" / "eval"
KEYS = ["ap", "ap_50", "ap_75", "ap_small", "ap_medium", "ap_large",
        "ar_1", "ar_10", "ar_100", "ar_small", "ar_medium", "ar_large"]


def polygon(rng, box, points, far=0.0):
    """A star-shaped polygon that about fills a box x, y, w, h; with `far` it leaves the picture."""
    x, y, w, h = box
    angles = np.sort(rng.uniform(0, 2 * np.pi, points))
    radii = rng.uniform(0.4, 1.0, points)
    px = x + w / 2 + np.cos(angles) * radii * w / 2 + rng.normal(0, far, points)
    py = y + h / 2 + np.sin(angles) * radii * h / 2 + rng.normal(0, far, points)
    digits = [0, 1, 2, 6][rng.integers(4)]
    return [round(float(v), digits) for pair in zip(px, py) for v in pair]


def text_of(rle):
    return {"size": [int(s) for s in rle["size"]], "counts": rle["counts"].decode()}


def runs_of(rle):
    flat = masks.decode(rle).reshape(-1, order="F")
    counts, value = [0], 0
    for pixel in flat:
        if pixel != value:
            counts.append(0)
            value = pixel
        counts[-1] += 1
    return {"size": [int(s) for s in rle["size"]], "counts": counts}


def outline(rng, box, width, height, k):
    """Polygons, run lengths or compressed run lengths, by turns."""
    parts = [polygon(rng, box, int(rng.integers(3, 14)), far=[0, 0, 3][rng.integers(3)])
             for _ in range([1, 1, 2, 3][rng.integers(4)])]
    if k % 3 == 0:
        return parts
    rle = masks.merge(masks.frPyObjects(parts, height, width))
    return text_of(rle) if k % 3 == 1 else runs_of(rle)


def random_box(rng, width, height):
    w, h = np.exp(rng.uniform(np.log(4), np.log([width, height])))
    x, y = rng.uniform(0, width - w), rng.uniform(0, height - h)
    digits = [0, 1, 3][rng.integers(3)]
    return [round(float(v), digits) for v in (x, y, w, h)]


def truth(rng, n_images, n_categories, most):
    images, annotations = [], []
    ids = rng.permutation(np.arange(1, 10 * n_images))[:n_images]
    for n in range(n_images):
        width, height = int(rng.integers(30, 260)), int(rng.integers(30, 260))
        images.append({"id": int(ids[n]), "file_name": f"{n}.png", "width": width, "height": height})
        for _ in range(int(rng.integers(0, most)) if n % 7 else 0):
            k = len(annotations)
            box = random_box(rng, width, height)
            crowd = int(rng.random() < 0.12)
            shape = outline(rng, box, width, height, k if not crowd else k // 3 * 3 + 1 + k % 2)
            annotations.append({
                "id": k + 1, "image_id": int(ids[n]), "category_id": int(rng.integers(1, n_categories + 1)) * 3,
                "iscrowd": crowd, "bbox": box, "segmentation": shape,
                "area": round(box[2] * box[3] * float(rng.uniform(0.4, 1)), 2)})
    categories = [{"id": 3 * (c + 1), "name": f"thing {c + 1}"} for c in range(n_categories)]
    return {"images": images, "annotations": annotations, "categories": categories}


def detections(rng, data, levels, extra):
    """Disturbed copies of the truth and some more; scores of few levels, so that there are ties."""
    sizes = {i["id"]: (i["width"], i["height"]) for i in data["images"]}
    found = []

    def add(image, category, box):
        width, height = sizes[image]
        score = float(rng.integers(1, levels)) / levels
        shape = masks.merge(masks.frPyObjects([polygon(rng, box, int(rng.integers(3, 10)))], height, width))
        found.append({"image_id": image, "category_id": category, "score": score,
                      "bbox": [round(float(v), 2) for v in box], "segmentation": text_of(shape)})

    for a in data["annotations"]:
        for _ in range(int(rng.integers(0, 3))):
            box = np.array(a["bbox"]) + rng.normal(0, 0.08, 4) * np.array(a["bbox"])[[2, 3, 2, 3]]
            box[2:] = np.maximum(box[2:], 0)
            add(a["image_id"], a["category_id"] if rng.random() < 0.85 else 3, box)
    for image in sizes:
        for _ in range(int(rng.integers(0, extra))):
            box = random_box(rng, *sizes[image])
            add(image, 3 * int(rng.integers(1, len(data["categories"]) + 1)), box)
    return [found[i] for i in rng.permutation(len(found))]


def with_masks_of_truth(rng, data, found):
    """Some detections with the very mask of an object, moved a little."""
    for a in data["annotations"][::2]:
        image = next(i for i in data["images"] if i["id"] == a["image_id"])
        size = image["height"], image["width"]
        s = a["segmentation"]
        if isinstance(s, list):
            rle = masks.merge(masks.frPyObjects(s, *size))
        else:
            rle = masks.frPyObjects(s, *size) if isinstance(s["counts"], list) else s
        pixels = np.roll(masks.decode(rle), rng.integers(0, 3, 2), (0, 1))
        rle = masks.encode(np.asfortranarray(pixels))
        box = [round(float(v), 2) for v in masks.toBbox(rle)]
        found.append({"image_id": a["image_id"], "category_id": a["category_id"],
                      "score": float(rng.integers(1, 20)) / 20, "bbox": box, "segmentation": text_of(rle)})


def judge(data, found, kind):
    coco = COCO()
    coco.dataset = copy.deepcopy(data)
    coco.createIndex()
    kept = [{k: v for k, v in d.items() if k != ("segmentation" if kind == "bbox" else "bbox")} for d in found]
    evaluation = COCOeval(coco, coco.loadRes(copy.deepcopy(kept)), kind)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return dict(zip(KEYS, (float(v) for v in evaluation.stats)))


def matches():
    cases = []
    for n, (images, categories, most, levels, extra) in enumerate(
            [(12, 3, 8, 1000, 4), (12, 1, 20, 10, 10), (30, 5, 6, 4, 3), (4, 1, 12, 1000, 300), (8, 2, 5, 2, 1)]):
        rng = np.random.default_rng((7, n))
        data = truth(rng, images, categories, most)
        found = detections(rng, data, levels, extra)
        with_masks_of_truth(rng, data, found)
        with contextlib.redirect_stdout(io.StringIO()):
            cases.append({"truth": data, "found": found, "boxes": judge(data, found, "bbox"),
                          "masks": judge(data, found, "segm")})
    return cases


def outlines():
    """Polygons of every kind and their run lengths; pairs of masks and their IoU."""
    cases = []
    rng = np.random.default_rng(8)
    odd = [[5, 5, 5, 5, 5, 5], [0, 0, 10, 0, 10, 10, 0, 10], [2, 2, 30, 2, 30, 30, 2, 30, 2, 2],
           [-8, -3, 50, 10, 12.5, 70.25], [3, 3, 17, 17, 3, 17, 17, 3], [0.5, 0.5, 1.5, 0.5, 1.5, 1.5, 0.5, 1.5],
           [1, 1, 1, 20, 1, 40], [1, 1, 20, 1, 40, 1], [10.1, 3.3, 10.1, 3.3, 22.7, 19.9, 4.4, 31.2],
           [-1000, -1000, 1000, -1000, 1000, 1000, -1000, 1000], [0, 0, 40, 40, 0.3, 40]]
    for n in range(160):
        width, height = (int(rng.integers(1, 80)) for _ in range(2))
        if n < len(odd):
            parts = [[float(v) for v in odd[n]]]
        else:
            box = random_box(rng, width + 6, height + 6)
            parts = [polygon(rng, box, int(rng.integers(3, 30)), far=[0, 0, 5, 40][n % 4])
                     for _ in range(int(rng.integers(1, 4)))]
        rle = masks.merge(masks.frPyObjects(parts, height, width))
        cases.append({"polygons": parts, "size": [height, width], "counts": rle["counts"].decode(),
                      "runs": runs_of(rle)["counts"], "area": int(masks.area(rle))})
    pairs = []
    for n in range(60):
        height, width = int(rng.integers(5, 60)), int(rng.integers(5, 60))
        a, b = (masks.encode(np.asfortranarray((rng.random((height, width)) < p).astype(np.uint8)))
                for p in rng.choice([0, 0.01, 0.3, 0.9, 1], 2))
        pairs.append({"size": [height, width], "a": a["counts"].decode(), "b": b["counts"].decode(),
                      "iou": float(masks.iou([a], [b], [0])[0, 0]), "crowd": float(masks.iou([a], [b], [1])[0, 0])})
    return {"polygons": cases, "pairs": pairs}


def distance(a, b):
    """The plainest table of Levenshtein distances."""
    table = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1,
                              table[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
    return table[-1][-1]


def texts():
    rng = np.random.default_rng(9)
    letters = list("abcdeäöüß ABC 0123.,!é한글中文字😀") + ["e\u0301", "\u00a0", "\n", "\t"]
    cases = []
    for n in range(200):
        truth_ = "".join(letters[rng.integers(len(letters))] for _ in range(int(rng.integers(0, 24))))
        found = [c if rng.random() < 0.8 else letters[rng.integers(len(letters))] for c in truth_ if rng.random() < 0.9]
        found = "".join(found) if n % 5 else "".join(letters[rng.integers(len(letters))] for _ in range(n % 17))
        a, b = (" ".join(unicodedata.normalize("NFC", t).split()) for t in (found, truth_))
        cases.append({"text": found, "truth": truth_, "squeezed": a, "distance": distance(a, b), "length": len(b)})
    return cases


def small_set(folder):
    """All kinds of files about the two pictures of fixtures/images, as a person would write them."""
    folder.mkdir(parents=True, exist_ok=True)
    images = [{"id": 9, "file_name": "b.png", "width": 120, "height": 80},
              {"id": 4, "file_name": "a.png", "width": 37, "height": 53}]
    # What the tiny model of fixtures/models/native-96 calls things.
    categories = [{"id": 1, "name": "Loc_750"}, {"id": 2, "name": "box"}]
    annotations = [
        {"id": 1, "image_id": 4, "category_id": 1, "bbox": [8, 40.5, 20, 2.5], "iscrowd": 0,
         "segmentation": [[8, 40.5, 28, 40.5, 28, 43, 8, 43]], "area": 50},
        {"id": 2, "image_id": 4, "category_id": 2, "bbox": [1, 2, 29, 38], "iscrowd": 0,
         "segmentation": {"size": [53, 37], "counts": [55, 36, 17, 36, 1817]}, "area": 72},
        {"id": 3, "image_id": 9, "category_id": 1, "bbox": [0, 0, 120, 80], "iscrowd": 1,
         "segmentation": {"size": [80, 120], "counts": [0, 9600]}, "area": 9600}]
    captions = [{"id": 1, "image_id": 4, "caption": "Two red boxes and a loc.",
                 "slots": [{"name": "box", "phrase": "red box", "count": 2}, {"name": "loc", "phrase": "loc", "count": 1}]},
                {"id": 2, "image_id": 9, "caption": "Nothing much."}]
    rows = {
        "questions.jsonl": [
            {"image": "a.png", "question": "How many boxes are in the image?", "answer": ["two", "2"], "kind": "count"},
            {"image": "b.png", "question": "What color is the box?", "answer": "red", "kind": "colour"}],
        "grounding.jsonl": [
            {"image": "a.png", "task": "<OPEN_VOCABULARY_DETECTION>", "text": "box", "boxes": [[1, 2, 30, 40]]},
            {"image": "a.png", "task": "<OPEN_VOCABULARY_DETECTION>", "text": "dog", "boxes": []},
            {"image": "b.png", "task": "phrase-grounding", "text": "a box and a dog",
             "phrases": [{"text": "a box", "boxes": [[0, 0, 60, 40], [60, 40, 120, 80]]}, {"text": "a dog", "boxes": []}]},
            {"image": "a.png", "task": "<REFERRING_EXPRESSION_SEGMENTATION>", "text": "the box", "boxes": [[1, 2, 30, 40]]},
            {"image": "b.png", "task": "referring-segmentation", "text": "the box", "boxes": [[10, 10, 60, 40]],
             "segmentation": [[10, 10, 60, 10, 60, 40, 10, 40]]}],
        "ocr.jsonl": [
            {"image": "b.png", "text": "STOP", "quad": [5, 5, 60, 5, 60, 35, 5, 35]},
            {"image": "b.png", "text": "here", "quad": [5, 50, 60, 50, 60, 60, 5, 60]}]}
    (folder / "instances.json").write_text(
        json.dumps({"images": images, "categories": categories, "annotations": annotations}, indent=1) + "\n")
    (folder / "captions.json").write_text(json.dumps({"images": images, "annotations": captions}, indent=1) + "\n")
    for name, content in rows.items():
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in content))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    small_set(OUT / "set")
    content = {"format": 1, "matches": matches(), "outlines": outlines(), "texts": texts()}
    (OUT / "reference.json").write_text(json.dumps(content, separators=(",", ":"), ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
