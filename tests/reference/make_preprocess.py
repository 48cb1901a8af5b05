# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/fixtures/preprocess.json and the pictures it speaks of, tests/fixtures/pictures/.

    python make_preprocess.py                  every picture but the photographs is drawn anew
    python make_preprocess.py --photos DIR     the photographs are also cropped anew from DIR, which holds
                                               the grocery photographs (see pictures/LICENSES.md)
"""

import argparse
import hashlib
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageOps
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PICTURES = FIXTURES / "pictures"
TARGETS = [768, 384, 192, 96]
SAMPLES = 200

#: file: source photograph, crop (left, top, width, height), mode
PHOTOS = {
    "photo-131x97.png": ("train-Lemon_001.webp", (20, 40, 131, 97), "RGB"),
    "photo-97x131.png": ("train-Kiwi_001.webp", (60, 10, 97, 131), "RGB"),
    "photo-113x29.png": ("train-Red-Bell-Pepper_001.webp", (5, 90, 113, 29), "RGB"),
    "photo-31x96.png": ("train-Banana_001.webp", (90, 30, 31, 96), "RGB"),
    "photo-grey-85x61.png": ("train-Mango_001.webp", (40, 60, 85, 61), "L"),
    "photo-rgba-77x59.png": ("train-Orange_001.webp", (70, 70, 77, 59), "RGBA"),
    "photo-palette-90x64.png": ("train-Pomegranate_001.webp", (50, 60, 90, 64), "P"),
}


def crop_photos(folder):
    for name, (source, (x, y, w, h), mode) in PHOTOS.items():
        image = Image.open(Path(folder) / source).convert("RGB").crop((x, y, x + w, y + h))
        if mode == "RGBA":
            alpha = np.linspace(0, 255, w * h).reshape(h, w).astype(np.uint8)
            image.putalpha(Image.fromarray(alpha))
        elif mode == "P":
            image = image.quantize(64)
        elif mode == "L":
            image = image.convert("L")
        image.save(PICTURES / name, optimize=True)


def write_png(path, array, colour):
    """A plain PNG of 8- or 16-bit samples; Pillow cannot write 16-bit colour."""
    height, width = array.shape[:2]
    rows = array.astype(">u2" if array.dtype.itemsize == 2 else np.uint8).reshape(height, -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8 * array.dtype.itemsize, colour, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))


def draw_pictures():
    """The pictures that are no photographs; returns the expected RGB of those Pillow reads differently."""
    rng = np.random.default_rng(9)
    exact = {}
    deep = (65535 * np.linspace(0, 1, 45 * 67 * 3).reshape(45, 67, 3) ** 1.5).astype(np.uint16)
    deep ^= rng.integers(0, 4096, deep.shape).astype(np.uint16)
    write_png(PICTURES / "rgb16-67x45.png", deep, 2)
    exact["rgb16-67x45.png"] = (deep >> 8).astype(np.uint8)
    write_png(PICTURES / "grey16-23x40.png", deep[:40, :23, 0], 0)
    exact["grey16-23x40.png"] = np.repeat((deep[:40, :23, :1] >> 8).astype(np.uint8), 3, axis=2)
    write_png(PICTURES / "grey-alpha-19x11.png", rng.integers(0, 256, (11, 19, 2)).astype(np.uint8), 4)

    scene = Image.new("P", (1000, 802), 0)
    scene.putpalette([int(v) for v in rng.integers(0, 256, 48)])
    draw = ImageDraw.Draw(scene)
    for i in range(1, 60):
        x, y, r = (int(v) for v in (rng.integers(1000), rng.integers(802), rng.integers(8, 160)))
        draw.ellipse([x - r, y - r // 2, x + r, y + r // 2], fill=i % 16)
    scene.save(PICTURES / "palette-1000x802.png", optimize=True)
    Image.fromarray(rng.integers(0, 2, (7, 9)).astype(bool)).save(PICTURES / "bilevel-9x7.png")
    Image.fromarray(rng.integers(0, 256, (1, 1, 3)).astype(np.uint8)).save(PICTURES / "rgb-1x1.png")
    Image.fromarray(rng.integers(0, 256, (53, 1, 3)).astype(np.uint8)).save(PICTURES / "rgb-1x53.png")
    Image.fromarray(rng.integers(0, 256, (2, 96, 3)).astype(np.uint8)).save(PICTURES / "rgb-96x2.png")

    small = Image.fromarray((rng.integers(0, 6, (13, 21, 3)) * 51).astype(np.uint8))
    for name in ("small.bmp", "small.ppm", "small.tga"):
        small.save(PICTURES / name)
    small.save(PICTURES / "small-rle.tga", compression="tga_rle")
    small.convert("L").save(PICTURES / "small.pgm")
    few = small.quantize(16)
    few.save(PICTURES / "small.gif", save_all=True, append_images=[ImageOps.flip(few)], duration=100)
    few.save(PICTURES / "small-palette.bmp")
    small.resize((48, 32), Image.Resampling.BICUBIC).save(PICTURES / "small.jpg", quality=90)
    small.convert("L").resize((48, 32)).save(PICTURES / "small-grey.jpg", quality=90)
    return exact


def exif(orientation, little_endian):
    """An EXIF segment with nothing but the orientation."""
    order = "<" if little_endian else ">"
    tiff = (b"II" if little_endian else b"MM") + struct.pack(order + "HI", 42, 8)
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\0\0" + tiff + struct.pack(order + "H", 1) + entry + struct.pack(order + "I", 0)


CORNERS = [[220, 30, 30], [30, 200, 40], [40, 60, 210], [230, 220, 60]]  # top left, top right, bottom left and right


def make_exif():
    """JPEGs that show the same 48x32 picture of four coloured quarters once turned upright."""
    upright = Image.new("RGB", (48, 32))
    for i, colour in enumerate(CORNERS):
        upright.paste(tuple(colour), (24 * (i % 2), 16 * (i // 2), 24 * (i % 2) + 24, 16 * (i // 2) + 16))
    turn = Image.Transpose
    stored_by = {1: None, 2: turn.FLIP_LEFT_RIGHT, 3: turn.ROTATE_180, 4: turn.FLIP_TOP_BOTTOM, 5: turn.TRANSPOSE,
                 6: turn.ROTATE_90, 7: turn.TRANSVERSE, 8: turn.ROTATE_270}  # fmt: skip
    rows = []
    for orientation in [*stored_by, 0, 9]:
        operation = stored_by.get(orientation)
        stored = upright.transpose(operation) if operation is not None else upright
        name = f"exif-{orientation}.jpg"
        stored.save(PICTURES / name, quality=95, subsampling=0, exif=exif(orientation, orientation % 2 == 0))
        read = ImageOps.exif_transpose(Image.open(PICTURES / name))
        assert read.size == upright.size
        worst = np.abs(np.asarray(read, dtype=int) - np.asarray(upright, dtype=int)).max()
        assert worst <= 3, (name, worst)
        rows.append({"file": f"pictures/{name}", "orientation": orientation, "stored_size": list(stored.size),
                     "size": list(upright.size), "corners": CORNERS})  # fmt: skip
    return rows


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def processor(size):
    return CLIPImageProcessorPil(
        do_resize=True, do_center_crop=False, do_rescale=True, do_normalize=True, do_convert_rgb=False,
        size={"height": size, "width": size}, resample=3,
        image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225],
    )  # fmt: skip


def run(image, size):
    """The reference's pixel values, float32 (3, size, size)."""
    return processor(size)(image, return_tensors="np")["pixel_values"][0]


def normalise_table():
    """The normalised float of every grey level, [3][256], through the processor itself."""
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    image = Image.fromarray(np.repeat(levels[:, :, None], 3, axis=2))
    return run(image, 16).reshape(3, 256)


def describe(name, exact, table, rng):
    image = Image.open(PICTURES / name)
    rgb = Image.fromarray(exact[name]) if name in exact else image.convert("RGB")
    case = {"file": f"pictures/{name}", "size": list(rgb.size), "mode": image.mode,
            "sha256": digest(np.asarray(rgb)), "resized": []}  # fmt: skip
    for target in TARGETS:
        resized = np.asarray(rgb.resize((target, target), Image.Resampling.BICUBIC))
        values = run(rgb, target)
        looked_up = np.stack([table[c][resized[:, :, c]] for c in range(3)])
        assert np.array_equal(values, looked_up), (name, target)
        ys, xs = rng.integers(0, target, SAMPLES), rng.integers(0, target, SAMPLES)
        case["resized"].append({
            "size": target, "sha256": digest(resized),
            "sums": resized.reshape(-1, 3).sum(axis=0, dtype=np.int64).tolist(),
            "samples": [[int(y), int(x), *resized[y, x].tolist()] for y, x in zip(ys, xs)],
            "normalised_sums": values.sum(axis=(1, 2), dtype=np.float64).tolist(),
            "normalised_samples": [[int(y), int(x), *values[:, y, x].tolist()] for y, x in zip(ys[:10], xs[:10])],
        })  # fmt: skip
    return case


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path)
    args = parser.parse_args()
    PICTURES.mkdir(exist_ok=True)
    if args.photos:
        crop_photos(args.photos)
    exact = draw_pictures()
    rng = np.random.default_rng(4)
    table = normalise_table()
    resized = [*PHOTOS, "rgb16-67x45.png", "grey16-23x40.png", "grey-alpha-19x11.png", "palette-1000x802.png",
               "bilevel-9x7.png", "rgb-1x1.png", "rgb-1x53.png", "rgb-96x2.png"]  # fmt: skip
    formats = ["small.bmp", "small-palette.bmp", "small.ppm", "small.pgm", "small.tga", "small-rle.tga", "small.gif"]
    lossy = ["small.jpg", "small-grey.jpg"]
    content = {
        "format": 1,
        "processor": "CLIPImageProcessorPil",
        "normalise": table.tolist(),
        "pictures": [describe(name, exact, table, rng) for name in resized],
        "formats": [],
        "exif": make_exif(),
    }
    for name in formats + lossy:
        rgb = Image.open(PICTURES / name).convert("RGB")
        content["formats"].append({
            "file": f"pictures/{name}", "size": list(rgb.size), "tolerance": 3 if name in lossy else 0,
            "rgb": np.asarray(rgb).flatten().tolist(),
        })  # fmt: skip
    text = json.dumps(content, separators=(",", ":"))
    (FIXTURES / "preprocess.json").write_text(text)


if __name__ == "__main__":
    main()
