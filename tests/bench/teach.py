# SPDX-License-Identifier: GPL-3.0-or-later
"""How well and how long the default model is taught: eight names that it does not know, from five photographs each.

    python teach.py BUILD PHOTOS [--seed 1] [OPTION of monocle-cli train...]

PHOTOS is a folder with labels.tsv: file, split (train or val), label; its photographs are in grocery/ and clothing/.
What is learnt is judged by the photographs of the same names that are val, and by clothes, which the model knew
before. Processor time is that of the training, all of it; two cores that nothing else uses take half of it at best.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

NAMES = ["granny smith", "royal gala", "red bell pepper", "yellow bell pepper", "honeydew melon", "cantaloupe",
         "yoggi strawberry yoghurt", "arla standard milk"]  # fmt: skip
# What the model calls what the data set calls otherwise.
CALLED = {"longsleeve": "long sleeve shirt", "outwear": "jacket", "pants": "trousers", "shoes": "shoe"}
EACH, OTHERS = 5, 260


def convert(photos, row, folder):
    """A PNG, which every build reads; its name."""
    path = folder / (Path(row["file"]).stem + ".png")
    Image.open(photos / row["file"]).convert("RGB").save(path, compress_level=1)
    return path.name


def write_set(photos, rows, path, answer):
    """Lines about whole pictures. answer: what a line says besides, of a row."""
    images = path.parent / "images"
    images.mkdir(exist_ok=True)
    lines = [{"image": convert(photos, row, images), "task": "region-to-category", **answer(row)} for row in rows]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def make_sets(photos, folder, seed):
    with open(photos / "labels.tsv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    lot = random.Random(seed)
    taught = [row for row in rows if row["label"] in NAMES and row["split"] == "val"]
    for name in NAMES:
        taught += lot.sample([row for row in rows if row["label"] == name and row["split"] == "train"], EACH)
    write_set(photos, taught, folder / "taught.jsonl", lambda row: {"output": row["label"], "split": row["split"]})
    clothes = [row for row in rows if row["split"] == "val" and row["file"].startswith("clothing/")]
    write_set(photos, clothes, folder / "clothes.jsonl",
              lambda row: {"answer": CALLED.get(row["label"], row["label"])})  # fmt: skip
    others = folder / "others"
    others.mkdir()
    for row in lot.sample([row for row in rows if row["label"] not in NAMES and row["split"] == "train"], OTHERS):
        convert(photos, row, others)


def run(arguments):
    """What it wrote, the clock's and the processors' seconds."""
    began = time.monotonic()
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as child:
        text = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{arguments[0]} {arguments[1]} ended with {child.returncode}")
    return text, time.monotonic() - began, usage.ru_utime + usage.ru_stime


def count_right(cli, path, *more):
    text, _, _ = run([cli, "eval", "--set", path, "--format", "json", *more])
    (task,) = json.loads(text)["tasks"]
    return next(figure for figure in task["figures"] if figure["figure"] == "accuracy" and "kind" not in figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments, more = parser.parse_known_args()
    cli = arguments.build / "app/monocle-cli"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_sets(arguments.photos, folder, arguments.seed)
        before = count_right(cli, folder / "clothes.jsonl")
        text, clock, busy = run([cli, "train", "--from", folder / "taught.jsonl", "--keep-from", folder / "others",
                                 "--seed", str(arguments.seed), "--out", folder / "learnt", "--format", "json",
                                 *more])  # fmt: skip
        verdict = json.loads(text.splitlines()[-1])
        after = count_right(cli, folder / "clothes.jsonl", "--adapter", folder / "learnt")
    fresh = verdict["new"]
    print(f"seed {arguments.seed}: new {fresh['after']:.1%} of {fresh['questions']}, before {fresh['before']:.1%}; "
          f"clothes {after['value']:.1%} of {after['of']}, before {before['value']:.1%}; "
          f"{clock:.0f} s by the clock, {busy:.0f} s of all processors, {busy / 2:.0f} s each of two")  # fmt: skip
    print(json.dumps(verdict))


if __name__ == "__main__":
    main()
