# SPDX-License-Identifier: GPL-3.0-or-later
"""monocle-cli convert beside the packages of others: what it writes, they read, and see the same things there.

Each package is used where Python has it; skipped where it has none. Argument: monocle-cli.
"""
import json
import os
import subprocess
import sys
import tempfile

WIDTH, HEIGHT = 640, 480
BOXES = {"car": [100.0, 120.0, 300.0, 240.0], "dog": [400.0, 300.0, 480.0, 380.0]}
NEAR = 1.0  # whole pixels, and which of them is the first, are the business of formats


def write_coco(folder):
    """The car has a box, the dog its outline."""
    truth = {
        "info": {}, "licenses": [],
        "images": [{"id": 1, "file_name": "street.png", "width": WIDTH, "height": HEIGHT}],
        "categories": [{"id": 1, "name": "car", "supercategory": ""}, {"id": 2, "name": "dog", "supercategory": ""}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [100, 120, 200, 120], "area": 24000, "iscrowd": 0,
             "segmentation": [[100, 120, 300, 120, 300, 240, 100, 240]]},
            {"id": 2, "image_id": 1, "category_id": 2, "bbox": [400, 300, 80, 80], "area": 3200, "iscrowd": 0,
             "segmentation": [[400, 300, 480, 300, 440, 380]]}]}
    images = os.path.join(folder, "images")
    os.makedirs(images)
    import numpy
    import cv2
    cv2.imwrite(os.path.join(images, "street.png"), numpy.zeros((HEIGHT, WIDTH, 3), numpy.uint8))
    path = os.path.join(folder, "instances_default.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(truth, file)
    return path


def convert(source, to, target, *options):
    subprocess.run([sys.argv[1], "convert", "--from", "coco", "--to", to, "--copy-images", *options, source, target],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def compare(what, found):
    """found: (label, x1, y1, x2, y2)"""
    assert sorted(label for label, *_ in found) == sorted(BOXES), (what, found)
    for label, *box in found:
        assert all(abs(a - b) <= NEAR for a, b in zip(box, BOXES[label])), (what, label, box)


def supervision(source, folder):
    import supervision as sv

    yolo, voc, coco = (os.path.join(folder, "sv-" + name) for name in ("yolo", "voc", "coco"))
    convert(source, "yolo", yolo)
    convert(source, "voc", voc)
    convert(source, "coco", coco)
    sets = {
        "yolo": sv.DetectionDataset.from_yolo(os.path.join(yolo, "images/train"), os.path.join(yolo, "labels/train"),
                                              os.path.join(yolo, "data.yaml")),
        "voc": sv.DetectionDataset.from_pascal_voc(os.path.join(voc, "JPEGImages"), os.path.join(voc, "Annotations")),
        "coco": sv.DetectionDataset.from_coco(os.path.join(folder, "images"), os.path.join(coco, "instances.json")),
    }
    for name, dataset in sets.items():
        ((_, _, found),) = list(dataset)
        compare("supervision " + name, [(dataset.classes[number], *box)
                                        for number, box in zip(found.class_id, found.xyxy.tolist())])
    return len(sets)


def datumaro(source, folder):
    from datumaro.components.dataset import Dataset

    formats = {"coco": "coco_instances", "yolo": "yolo", "voc": "voc", "cvat": "cvat", "open-images": "open_images"}
    for ours, theirs in formats.items():
        target = os.path.join(folder, "dm-" + ours)
        if ours == "coco":
            # It wants the folders of the set itself.
            os.makedirs(target)
            os.symlink(os.path.join(folder, "images"), os.path.join(target, "images"))
            convert(source, ours, os.path.join(target, "annotations"), "--split", "1/0")
        else:
            convert(source, ours, target, *([] if ours == "cvat" else ["--split", "1/0"]))
        if ours == "cvat":
            os.symlink(os.path.join(folder, "images"), os.path.join(target, "images"))
        dataset = Dataset.import_from(target, theirs)
        found = {}
        for item in dataset:
            for annotation in item.annotations:
                category = dataset.categories()[next(iter(dataset.categories()))]
                label = category[annotation.label].name if annotation.label is not None else ""
                # It calls classes by their codes there.
                label = {"/m/1": "car", "/m/2": "dog"}.get(label, label)
                if label in BOXES and hasattr(annotation, "get_bbox"):
                    x, y, width, height = annotation.get_bbox()
                    found[label] = (label, x, y, x + width, y + height)
        compare("datumaro " + ours, list(found.values()))
    return len(formats)


def label_studio(source, folder):
    from label_studio_sdk.label_interface import LabelInterface

    target = os.path.join(folder, "label-studio")
    convert(source, "label-studio", target)
    with open(os.path.join(target, "tasks.xml"), encoding="utf-8") as file:
        interface = LabelInterface(file.read())
    with open(os.path.join(target, "tasks.json"), encoding="utf-8") as file:
        tasks = json.load(file)
    for task in tasks:
        for annotation in task["annotations"]:
            assert interface.validate_annotation(annotation), annotation
            for region in annotation["result"]:
                assert interface.validate_region(region), region
            assert len(annotation["result"]) == len(BOXES)
    return len(tasks)


def main():
    done = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            source = write_coco(folder)
        except ImportError as error:
            print(f"skipped: {error}")
            sys.exit(77)
        for peer in (supervision, datumaro, label_studio):
            try:
                done.append(f"{peer.__name__}: {peer(source, folder)}")
            except ImportError as error:
                print(f"skipped: {peer.__name__}: {error}")
    print(", ".join(done))
    if not done:
        sys.exit(77)


main()
