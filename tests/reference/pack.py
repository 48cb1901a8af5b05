# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs what the other scripts here wrote into tests/fixtures and only tests read, through tests/fixture.h, where it
is large for what it says. The same bytes each time. Needs zopfli.

    python pack.py
"""
import subprocess
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PATTERNS = ["golden/*/cases.json", "golden/*/pixel_values.npy", "*/*/golden.json",
            "bad.json", "sampling.json", "search.json", "variants.json"]
WORTH_PACKING = 20_000


def main():
    for path in sorted(path for pattern in PATTERNS for path in FIXTURES.glob(pattern)):
        if path.stat().st_size < WORTH_PACKING:
            continue
        packed = path.with_name(path.name + ".gz")
        # Smaller than gzip makes it, and unpacked by all that unpack its.
        subprocess.run(["zopfli", "--i5", path], check=True)
        print(f"{packed.relative_to(FIXTURES)}: {path.stat().st_size} -> {packed.stat().st_size}")
        path.unlink()


if __name__ == "__main__":
    main()
