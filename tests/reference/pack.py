# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs what the other scripts here wrote into tests/fixtures and only tests read, through tests/fixture.h, where it
is large for what it says. The same bytes each time.

    python pack.py
"""
import gzip
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PATTERNS = ["golden/*/cases.json", "golden/*/pixel_values.npy", "*/*/golden.json",
            "sampling.json", "search.json"]
WORTH_PACKING = 20_000


def main():
    for path in sorted(path for pattern in PATTERNS for path in FIXTURES.glob(pattern)):
        if path.stat().st_size < WORTH_PACKING:
            continue
        packed = path.with_name(path.name + ".gz")
        with open(packed, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as out:
            out.write(path.read_bytes())
        print(f"{packed.relative_to(FIXTURES)}: {path.stat().st_size} -> {packed.stat().st_size}")
        path.unlink()


if __name__ == "__main__":
    main()
