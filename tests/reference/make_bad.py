# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/fixtures/bad/: small broken, lying and hostile files of every kind, and bad.json that lists them.

Nothing here is ever executed by a correct reader: the hostile pickles name functions that a loader must refuse.
"""

import json
import shutil
from pathlib import Path

import bad_images
import bad_json
import bad_weights

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def main():
    root = FIXTURES / "bad"
    shutil.rmtree(root, ignore_errors=True)
    cases = []
    for kind, files in {**bad_weights.kinds(), **bad_images.kinds(), **bad_json.kinds()}.items():
        folder = root / kind
        folder.mkdir(parents=True)
        for name, (expect, why, content) in files.items():
            (folder / name).write_bytes(content)
            cases.append({"file": f"bad/{kind}/{name}", "kind": kind, "expect": expect, "why": why})
    text = ",\n".join(json.dumps(case) for case in cases)
    (FIXTURES / "bad.json").write_text(f'{{"format": 1, "cases": [\n{text}\n]}}\n', encoding="utf-8")
    print(len(cases), "files,", sum((FIXTURES / c["file"]).stat().st_size for c in cases), "bytes")


if __name__ == "__main__":
    main()
