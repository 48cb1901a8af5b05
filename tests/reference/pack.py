# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs what is large for what it says in tests/fixtures, where it lies. The build unpacks it (tests/fixtures.sh), so
that no test knows. The same bytes each time.

    python pack.py          all that is worth it and is not packed yet
"""
import lzma

from command_line import FIXTURES

ENOUGH = 4000
#: As they are, or for people.
LEFT = {".gz", ".jpg", ".md", ".png", ".xz"}
#: Literal context, literal position and position bits: of text, of numbers of four and of two bytes.
WAYS = [(3, 0, 0), (3, 0, 2), (2, 2, 2), (0, 2, 2), (3, 1, 1), (0, 1, 1)]


def pack(data):
    ways = [dict(id=lzma.FILTER_LZMA2, preset=9 | lzma.PRESET_EXTREME, lc=lc, lp=lp, pb=pb) for lc, lp, pb in WAYS]
    return min((lzma.compress(data, check=lzma.CHECK_CRC32, filters=[way]) for way in ways), key=len)


def main():
    for path in sorted(FIXTURES.rglob("*")):
        if path.is_dir() or path.suffix in LEFT or path.stat().st_size < ENOUGH:
            continue
        data = path.read_bytes()
        packed, beside = pack(data), path.with_name(path.name + ".xz")
        if len(packed) < 0.9 * len(data):
            beside.write_bytes(packed)
            path.unlink()
            print(f"{path.relative_to(FIXTURES)}: {len(data)} -> {len(packed)}")


if __name__ == "__main__":
    main()
