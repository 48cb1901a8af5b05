# SPDX-License-Identifier: GPL-3.0-or-later
"""All that training needs in one file, for a machine without network: `pack` writes it, `unpack` makes a working
folder of it that training cannot tell from the one it came from.

The file is a zip with fixed times and order, so the same inputs give the same bytes. Pictures are WebP, which is
lossy; what that costs is in REDUCED and in the archive's own README.txt. The tables of names are not in it: they are
part of the recipe.
"""
import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

import writing
from photographs import HELD_OUT, TRAINED

LIMIT = 24 << 20               # bytes of the archive
RESERVE = 256 << 10            # of them for the directory and all that is not a picture of PHOTO_SIDE
SPRITE = {"quality": 75, "alpha_quality": 80, "method": 6}
WALLPAPER = {"quality": 65, "method": 6}
PHOTO = {"quality": 50, "method": 6}
PHOTO_SIDE = 176               # pixels of a photograph's shorter side
HELD_OUT_SHARE = 10            # one photograph in so many is one to measure on
FONTS_A_FAMILY = 3
CHARACTERS = "".join(map(chr, range(32, 127)))
REDUCED = f"""Reduced against the working folder it was packed from:
- sprites: WebP at quality {SPRITE['quality']}, transparency at {SPRITE['alpha_quality']}; size and held-out marks as they were
- wallpapers: WebP at quality {WALLPAPER['quality']}, size as it was
- photographs: at most {PHOTO_SIDE} pixels on the shorter side, WebP at quality {PHOTO['quality']}; as many as fit,
  taken from each label in turn
- fonts: at most {FONTS_A_FAMILY} files a family, ASCII only
- words: those that the recipe uses
"""


def _webp(pixels, **options):
    store = io.BytesIO()
    Image.fromarray(pixels).save(store, "WEBP", **options)
    return store.getvalue()


class _Archive:
    """A zip whose bytes depend on nothing but what is put into it."""

    def __init__(self, path):
        self.zip = zipfile.ZipFile(path, "w")
        self.bytes = 0

    def add(self, name, data, squeeze=False):
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.create_system = 3
        info.external_attr = 0o644 << 16
        info.compress_type = zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED
        self.zip.writestr(info, data, compresslevel=9)
        self.bytes += info.compress_size + 2 * len(name) + 100


def _add_blob(archive, name, pieces):
    """Many small files as one, with the length of each: an entry of its own would cost a hundred bytes."""
    archive.add(name + ".sizes", json.dumps([len(p) for p in pieces]), squeeze=True)
    archive.add(name, b"".join(pieces))


def _read_blob(archive, name):
    data, at = archive.read(name), 0
    for size in json.loads(archive.read(name + ".sizes")):
        yield data[at:at + size]
        at += size


def _font(path):
    """Returns a font file with nothing but the characters that are written."""
    from fontTools import subset
    options = subset.Options(layout_features=[], name_IDs=[], notdef_outline=True, hinting=False)
    font = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(font)
    store = io.BytesIO()
    font.save(store)
    return store.getvalue()


def _fonts(folder):
    """Returns the files of the training and held-out families, the first few of each family in order of name."""
    chosen, counts = [], {}
    for path in sorted(writing.fonts(folder) + writing.fonts(folder, held_out=True), key=lambda p: p.name):
        family = writing.family(path)
        counts[family] = counts.get(family, 0) + 1
        if counts[family] <= FONTS_A_FAMILY:
            chosen.append(path)
    return chosen


def _photograph(path):
    image = Image.open(path).convert("RGB")
    scale = min(1.0, PHOTO_SIDE / min(image.size))
    return np.asarray(image.resize((round(image.width * scale), round(image.height * scale)), Image.LANCZOS))


def _in_turn(lines):
    """Orders the lines of labels.tsv so that any beginning holds about as many of each label, and one held-out
    photograph for HELD_OUT_SHARE others; inside a label the order is a fixed shuffle."""
    labels = {}
    for line in lines:
        file, split, label, _ = line.split("\t")
        labels.setdefault((split, file.split("/")[0], label), []).append(line)
    ranked = []
    for (split, group, label), rows in sorted(labels.items()):
        rows.sort(key=lambda row: hashlib.sha256(row.encode()).digest())
        ranked += [(rank * (HELD_OUT_SHARE if split == HELD_OUT else 1), split, group, label, row)
                   for rank, row in enumerate(rows) if split in (TRAINED, HELD_OUT)]
    return [row for *_, row in sorted(ranked)]


def write(places, tokenizer, out):
    """Packs the working folder, the merges of `tokenizer` and the photographs into `out`; returns lines that say what
    is in it."""
    part = out.with_name(out.name + ".part")
    archive = _Archive(part)
    archive.add("README.txt", REDUCED)
    archive.add("merges.json", Path(tokenizer).read_bytes(), squeeze=True)

    entries = json.loads(places.atlas.with_suffix(".json").read_text())
    pixels = np.load(places.atlas.with_suffix(".npy"), mmap_mode="r")
    sprite = lambda e: np.asarray(pixels[e["offset"]:e["offset"] + e["h"] * e["w"] * 4]).reshape(e["h"], e["w"], 4)
    _add_blob(archive, "sprites", [_webp(sprite(e), **SPRITE) for e in entries])
    archive.add("sprites.json", json.dumps(entries), squeeze=True)

    stored = np.load(places.backgrounds)
    _add_blob(archive, "wallpapers", [_webp(image, **WALLPAPER) for image in stored["images"]])
    archive.add("wallpapers.json", json.dumps(list(map(str, stored["names"]))), squeeze=True)

    fonts = _fonts(places.fonts)
    for path in fonts:
        archive.add("fonts/" + path.name, _font(path), squeeze=True)
    words = writing.good_words(places.words)
    archive.add("words", "\n".join(words) + "\n", squeeze=True)

    said = [f"{len(entries)} sprites, {len(stored['names'])} wallpapers, {len(fonts)} fonts, {len(words)} words"]
    if places.photos:
        heading, *lines = (places.photos / "labels.tsv").read_text().splitlines()
        taken, pieces, size = [], [], 0
        room = LIMIT - RESERVE - archive.bytes
        for line in _in_turn(lines):
            piece = _webp(_photograph(places.photos / line.split("\t")[0]), **PHOTO)
            if size + len(piece) + len(line) > room:
                break
            taken.append(line)
            pieces.append(piece)
            size += len(piece) + len(line)
        _add_blob(archive, "photographs", pieces)
        archive.add("photographs.tsv", "\n".join([heading] + taken) + "\n", squeeze=True)
        said.append(f"{len(taken)} of {len(lines)} photographs")
    archive.zip.close()
    size = part.stat().st_size
    if size > LIMIT:
        part.unlink()
        raise SystemExit(f"{out}: {size / 2**20:.1f} MiB, more than {LIMIT >> 20}")
    part.replace(out)
    return said + [f"{size / 2**20:.2f} MiB, sha256 {hashlib.sha256(out.read_bytes()).hexdigest()}", REDUCED.rstrip()]


def unpack(file, places, merges=True):
    """Makes the working folder of `places` from an archive, unless it is there already.  `merges`: the run's tokenizer
    too."""
    mark = places.work / "unpacked"
    digest = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text() != digest:
        mark.unlink(missing_ok=True)
        with zipfile.ZipFile(file) as archive:
            _unpack_pictures(archive, places)
            places.fonts.mkdir(parents=True, exist_ok=True)
            for name in archive.namelist():
                if name.startswith("fonts/"):
                    (places.fonts / Path(name).name).write_bytes(archive.read(name))
            places.words.parent.mkdir(parents=True, exist_ok=True)
            places.words.write_bytes(archive.read("words"))
            if "photographs" in archive.namelist():
                _unpack_photographs(archive, places.work / "photographs")
            (places.work / "merges.json").write_bytes(archive.read("merges.json"))
        mark.write_text(digest)
    if merges and not places.tokenizer.exists():
        places.tokenizer.write_bytes((places.work / "merges.json").read_bytes())
    if (places.work / "photographs").exists():
        places.photos = places.work / "photographs"


def _unpack_pictures(archive, places):
    entries = json.loads(archive.read("sprites.json"))
    pixels = np.empty(sum(e["h"] * e["w"] * 4 for e in entries), np.uint8)
    for entry, data in zip(entries, _read_blob(archive, "sprites"), strict=True):
        sprite = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
        assert sprite.shape[:2] == (entry["h"], entry["w"]), entry
        pixels[entry["offset"]:entry["offset"] + sprite.size] = sprite.reshape(-1)
    np.save(places.atlas.with_suffix(".npy"), pixels)
    places.atlas.with_suffix(".json").write_text(json.dumps(entries))
    images = [np.asarray(Image.open(io.BytesIO(data)).convert("RGB")) for data in _read_blob(archive, "wallpapers")]
    np.savez(places.backgrounds, images=np.stack(images), names=np.array(json.loads(archive.read("wallpapers.json"))))


def _unpack_photographs(archive, folder):
    """The files get names of their own kind: .webp whatever they were."""
    heading, *lines = archive.read("photographs.tsv").decode().splitlines()
    rows = []
    for line, data in zip(lines, _read_blob(archive, "photographs"), strict=True):
        file, rest = line.split("\t", 1)
        path = (folder / file).with_suffix(".webp")
        if folder not in path.resolve().parents:
            raise SystemExit(f"{file}: outside the folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        rows.append(f"{path.relative_to(folder)}\t{rest}")
    (folder / "labels.tsv").write_text("\n".join([heading] + rows) + "\n")
