# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of picture file that Monocle says it reads, with what Pillow makes of it: kinds.json."""

import base64
import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile, ImageOps

W, H = 11, 7
rng = np.random.default_rng(5)
ys, xs = np.mgrid[0:H, 0:W]
RGB = np.stack([20 + 20 * xs, 30 + 30 * ys, 255 - 12 * xs - 10 * ys], -1).astype(np.uint8)
NOISE = rng.integers(0, 256, (H, W, 4)).astype(np.uint8)
kinds = []


def decode(data, partial=False):
    ImageFile.LOAD_TRUNCATED_IMAGES = partial
    image = Image.open(io.BytesIO(data))
    image.load()
    upright = ImageOps.exif_transpose(image)
    return upright


def add(name, data, tolerance=0, rgb=None, alpha=None, partial=False, rows=None):
    """`rgb` and `alpha` are what is right where Pillow's is not; `rows`: of a partial file, how many count"""
    if rgb is None:
        image = decode(data, partial)
        rgb = np.asarray(image.convert("RGB"))
        if alpha is None and ("A" in image.mode or "transparency" in image.info):
            alpha = np.asarray(image.convert("RGBA"))[..., 3]
    if alpha is not None and (alpha == 255).all():
        alpha = None
    pack = lambda array: None if array is None else base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    kinds.append(
        {
            "name": name,
            "file": base64.b64encode(data).decode(),
            "size": [rgb.shape[1], rgb.shape[0]],
            "tolerance": tolerance,
            "partial": partial,
            "rows": rgb.shape[0] if rows is None else rows,
            "rgb": pack(rgb),
            "alpha": pack(alpha),
        }
    )


def refuse(name, data):
    kinds.append({"name": name, "file": base64.b64encode(data).decode(), "size": None})


def save(array, kind, mode=None, **options):
    out = io.BytesIO()
    image = array if isinstance(array, Image.Image) else Image.fromarray(array, mode)
    image.save(out, kind, **options)
    return out.getvalue()


# --- PNG ---


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def pack_row(samples, depth):
    samples = np.asarray(samples).reshape(-1)
    if depth == 16:
        return samples.astype(">u2").tobytes()
    if depth == 8:
        return samples.astype(np.uint8).tobytes()
    bits = "".join(format(int(s), f"0{depth}b") for s in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def png(samples, depth, colour, interlaced=False, before=b"", end=True, split=0, filters=False):
    raw = b""
    for x0, y0, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        part = samples[y0::dy, x0::dx]
        above = None
        for i, row in enumerate(part if part.shape[1] else []):
            data = pack_row(row, depth)
            kind = i % 5 if filters else 0
            raw += bytes([kind]) + filter_row(kind, data, above, max(1, CHANNELS[colour] * depth // 8))
            above = data
    body = zlib.compress(raw, 9)
    header = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], depth, colour, 0, 0, interlaced)
    pieces = [body[i : i + split] for i in range(0, len(body), split)] if split else [body]
    data = b"".join(chunk(b"IDAT", piece) for piece in pieces)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + data + (chunk(b"IEND", b"") if end else b"")


def filter_row(kind, row, above, step):
    above = above or bytes(len(row))
    out = []
    for i, value in enumerate(row):
        a, b, c = (row[i - step] if i >= step else 0), above[i], (above[i - step] if i >= step else 0)
        p = a + b - c
        pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
        paeth = a if pa <= pb and pa <= pc else b if pb <= pc else c
        out.append((value - [0, a, b, (a + b) // 2, paeth][kind]) & 255)
    return bytes(out)


def png_kinds():
    for colour, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items():
        for depth in depths:
            n = CHANNELS[colour]
            samples = rng.integers(0, 2**depth, (H, W, n))
            palette = rng.integers(0, 256, 3 * 2 ** min(depth, 8)).astype(np.uint8).tobytes()
            before = chunk(b"PLTE", palette) if colour == 3 else b""
            high = samples >> 8 if depth == 16 else samples * (255 // (2 ** min(depth, 8) - 1))
            # 16-bit grey: Pillow clips. What we show is the upper byte.
            own = {}
            if colour == 0 and depth == 16:
                own = {"rgb": np.repeat(high, 3, -1).astype(np.uint8)}
            for interlaced in (False, True):
                name = f"png-{colour}-{depth}{'-interlaced' if interlaced else ''}"
                add(name, png(samples, depth, colour, interlaced, before, filters=depth >= 8), **own)
            if colour in (0, 2):
                key = samples[2, 3]
                trns = chunk(b"tRNS", b"".join(struct.pack(">H", int(k)) for k in key))
                alpha = np.where((samples == key).all(-1), 0, 255).astype(np.uint8)
                rgb = (np.repeat(high, 3, -1) if colour == 0 else high).astype(np.uint8)
                add(f"png-{colour}-{depth}-trns", png(samples, depth, colour, before=trns), rgb=rgb, alpha=alpha)
            if colour == 3:
                trns = chunk(b"tRNS", rng.integers(0, 256, 2**depth).astype(np.uint8).tobytes())
                add(f"png-3-{depth}-trns", png(samples, depth, 3, before=before + trns))
    extra = chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"tEXt", b"Comment\0x")
    add("png-gamma", png(RGB, 8, 2, before=extra))
    add("png-many-idat", png(RGB, 8, 2, split=3))
    add("png-no-iend", png(RGB, 8, 2, end=False), rgb=RGB)
    add("png-opaque-alpha", png(np.dstack([RGB, np.full((H, W), 255)]), 8, 6))
    whole = png(NOISE, 8, 6, filters=True)
    cut = whole[: 33 + 8 + 4 + 4 * W * 4]
    shown = NOISE.copy()
    add("png-truncated", cut, rgb=shown[..., :3], alpha=shown[..., 3], partial=True, rows=2)
    refuse("png-cgbi", b"\x89PNG\r\n\x1a\n" + chunk(b"CgBI", bytes(4)) + whole[8:])


# --- JPEG ---


def smooth(mode):
    image = Image.fromarray(np.asarray(Image.fromarray(RGB).resize((40, 24), Image.Resampling.BICUBIC)))
    return image.convert(mode)


def segments(jpeg, keep):
    """without the APPn segments for which keep(marker) is false"""
    out, at = jpeg[:2], 2
    while jpeg[at + 1] != 0xDA:
        length = 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        if keep(jpeg[at + 1]):
            out += jpeg[at : at + length]
        at += length
    return out + jpeg[at:]


def with_adobe(jpeg, transform):
    bare = segments(jpeg, lambda m: m not in (0xE0, 0xEE))
    return bare[:2] + b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0" + bytes([transform]) + bare[2:]


def with_ids(jpeg, ids):
    data = bytearray(jpeg)
    for marker, first in ((b"\xff\xc0", 10), (b"\xff\xda", 5)):
        at = data.index(marker)
        for i, n in enumerate(ids):
            data[at + first + i * (3 if first == 10 else 2)] = n
    return bytes(data)


def jpeg_kinds():
    quality = {"quality": 95}
    bare = lambda j: segments(j, lambda m: m not in (0xE0, 0xEE))
    colour = save(smooth("RGB"), "JPEG", subsampling=0, **quality)
    cmyk = save(smooth("CMYK"), "JPEG", **quality)
    add("jpeg-grey", save(smooth("L"), "JPEG", **quality), 2)
    for subsampling, name in enumerate(("444", "422", "420")):
        add(f"jpeg-{name}", save(smooth("RGB"), "JPEG", subsampling=subsampling, **quality), 5)
    add("jpeg-progressive", save(smooth("RGB"), "JPEG", progressive=True, **quality), 5)
    add("jpeg-restart", save(smooth("RGB"), "JPEG", restart_marker_blocks=2, **quality), 5)
    add("jpeg-no-jfif", bare(colour), 3)
    add("jpeg-adobe-0", with_adobe(colour, 0), 3)
    add("jpeg-adobe-1", with_adobe(colour, 1), 3)
    add("jpeg-ids-rgb", with_ids(bare(colour), b"RGB"), 3)
    add("jpeg-ids-rgb-jfif", with_ids(colour, b"RGB"), 3)
    add("jpeg-cmyk", cmyk, 3)
    add("jpeg-cmyk-no-adobe", bare(cmyk), 3)
    add("jpeg-ycck", with_adobe(cmyk, 2), 4)
    add("jpeg-cmyk-progressive", save(smooth("CMYK"), "JPEG", progressive=True, **quality), 3)
    add("jpeg-no-eoi", colour[:-2], 3, rgb=np.asarray(decode(colour).convert("RGB")), partial=True)
    noise = Image.fromarray(rng.integers(0, 256, (48, 16, 3)).astype(np.uint8)).resize((16, 48))
    whole = save(noise, "JPEG", quality=60, subsampling=0)
    start = whole.index(b"\xff\xda")
    half = whole[: start + (len(whole) - start) // 2]
    add("jpeg-truncated", half, 4, rgb=np.asarray(decode(whole).convert("RGB")), partial=True, rows=16)
    twelve = bytearray(colour)
    twelve[twelve.index(b"\xff\xc0") + 4] = 12
    refuse("jpeg-12-bit", bytes(twelve))


# --- GIF ---


def lzw(indexes, bits):
    """plain codes with a clear before each run that would make them longer"""
    clear, out, held, n = 1 << bits, [], 0, 0
    codes, room = [clear], 0
    for index in indexes:
        if room == (1 << bits) - 3:
            codes.append(clear)
            room = 0
        codes.append(int(index))
        room += 1
    for code in codes + [clear + 1]:
        held |= code << n
        n += bits + 1
        while n >= 8:
            out.append(held & 255)
            held >>= 8
            n -= 8
    if n:
        out.append(held & 255)
    blocks = b"".join(bytes([len(out[i : i + 255])]) + bytes(out[i : i + 255]) for i in range(0, len(out), 255))
    return bytes([bits]) + blocks + b"\0"


def gif(indexes, screen=None, at=(0, 0), palette=None, local=None, transparent=None, background=0, interlaced=False):
    h, w = indexes.shape
    bits = 4
    rows = [y for start, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(start, h, step)] if interlaced else range(h)
    table = lambda p: 0x80 | 3 if p is not None else 0
    out = b"GIF89a" + struct.pack("<HHBBB", *(screen or (w, h)), table(palette), background, 0) + (palette or b"")
    if transparent is not None:
        out += b"\x21\xf9\x04\x01\0\0" + bytes([transparent]) + b"\0"
    flags = table(local) | (0x40 if interlaced else 0)
    out += b"\x2c" + struct.pack("<HHHHB", *at, w, h, flags) + (local or b"")
    return out + lzw(np.concatenate([indexes[y] for y in rows]), bits) + b";"


def gif_kinds():
    indexes = rng.integers(0, 16, (H, W))
    first, second = (rng.integers(0, 256, 48).astype(np.uint8).tobytes() for _ in range(2))
    add("gif", gif(indexes, palette=first))
    add("gif-local", gif(indexes, palette=first, local=second))
    add("gif-interlaced", gif(indexes, palette=first, interlaced=True))
    add("gif-transparent", gif(indexes, palette=first, transparent=5))
    for name, transparent in (("gif-offset", None), ("gif-offset-transparent", 3)):
        data = gif(indexes, (W + 4, H + 5), (3, 2), first, transparent=transparent, background=7)
        colours = np.frombuffer(first, np.uint8).reshape(16, 3)
        full = np.full((H + 5, W + 4), transparent or 0)
        full[2 : 2 + H, 3 : 3 + W] = indexes
        alpha = np.zeros(full.shape, np.uint8)
        alpha[2 : 2 + H, 3 : 3 + W] = np.where(indexes == transparent, 0, 255)
        assert (colours[full] == np.asarray(decode(data).convert("RGB"))).all()
        add(name, data, rgb=colours[full], alpha=alpha)  # all browsers see through what no frame covers
    add("gif-small-screen", gif(indexes, (2, 2), palette=first))
    many = Image.fromarray(rng.integers(0, 256, (40, 60)).astype(np.uint8))
    many.putpalette(rng.integers(0, 256, 768).astype(np.uint8).tobytes())
    add("gif-long-codes", save(many, "GIF"))
    whole = gif(indexes, palette=first)
    colours = np.frombuffer(first, np.uint8).reshape(16, 3)[indexes]
    add("gif-truncated", whole[: -(len(lzw(indexes.ravel(), 4)) // 2)], rgb=colours, partial=True, rows=2)


# --- BMP ---


def bmp(rows, bits, header=40, palette=b"", compression=0, masks=b"", gap=b"", top_down=False, colours=0, inside=b"", height=H, width=W):
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, -height if top_down else height, 1, bits, compression, 0, 2835, 2835, colours, 0)
        info = info[:16] if header == 16 else info + inside
        info += bytes(header - len(info))
    start = 14 + len(info) + len(masks) + len(palette) + len(gap)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + info + masks + palette + gap + rows


def bmp_rows(samples, bits):
    pad = lambda row: row + bytes(-len(row) % 4)
    if bits == 16:
        return b"".join(pad(np.asarray(row).astype("<u2").tobytes()) for row in samples[::-1])
    return b"".join(pad(pack_row(row, min(bits, 8))) for row in samples[::-1])


def rle(indexes, bits, delta=False):
    out = b""
    for y, row in enumerate(indexes[::-1]):
        row = [int(i) for i in row]
        packed = bytes(row) if bits == 8 else pack_row(row, 4)
        if delta and y == 1:
            continue
        if delta and y == 0:
            out += bytes([3, row[0] * 17 if bits == 4 else row[0]]) + b"\0\x02\x02\x02"
        elif y % 2:
            out += bytes([0, len(row)]) + packed + bytes(len(packed) % 2) + b"\0\0"
        else:
            out += b"".join(bytes([1, i * 16 if bits == 4 else i]) for i in row) + b"\0\0"
    return out + b"\0\1"


def bmp_kinds():
    colours = rng.integers(0, 256, (256, 4)).astype(np.uint8)
    colours[:, 3] = 0
    for bits in (1, 4, 8):
        indexes = rng.integers(0, 2**bits, (H, W))
        four, three = colours[: 2**bits].tobytes(), colours[: 2**bits, :3].tobytes()
        rows = bmp_rows(indexes, bits)
        add(f"bmp-{bits}", bmp(rows, bits, palette=four))
        add(f"bmp-{bits}-top-down", bmp(rows, bits, palette=four, top_down=True))
        add(f"bmp-{bits}-os2", bmp(rows, bits, 12, palette=three))
        add(f"bmp-{bits}-v5", bmp(rows, bits, 124, palette=four))
        add(f"bmp-{bits}-gap", bmp(rows, bits, palette=four, gap=bytes(10)), rgb=colours[:, 2::-1][indexes])
    few = rng.integers(0, 5, (H, W))
    add("bmp-8-few", bmp(bmp_rows(few, 8), 8, palette=colours[:5].tobytes(), colours=5))
    two = rng.integers(0, 4, (H, W))
    add("bmp-2", bmp(bmp_rows(two, 2), 2, palette=colours[:4].tobytes()), rgb=colours[:, 2::-1][two])
    add("bmp-16-os2-2", bmp(bmp_rows(few, 8), 8, 64, palette=colours.tobytes()))
    bgr = bmp_rows(RGB[..., ::-1].reshape(H, -1), 24)
    add("bmp-24", bmp(bgr, 24))
    add("bmp-24-top-down", bmp(bgr, 24, top_down=True))
    add("bmp-24-os2", bmp(bgr, 24, 12))
    add("bmp-24-v4", bmp(bgr, 24, 108))
    add("bmp-24-gap", bmp(bgr, 24, gap=bytes(70)))
    add("bmp-24-short-padding", bmp(bgr[:-3], 24), rgb=RGB)
    add("bmp-24-truncated", bmp(bgr, 24)[: 54 + 3 * 36 + 5], rgb=RGB, partial=True, rows=-3)
    words = rng.integers(0, 65536, (H, W))
    add("bmp-16", bmp(bmp_rows(words, 16), 16))
    m555, m565 = struct.pack("<III", 0x7C00, 0x3E0, 0x1F), struct.pack("<III", 0xF800, 0x7E0, 0x1F)
    add("bmp-16-555", bmp(bmp_rows(words, 16), 16, masks=m555, compression=3))
    add("bmp-16-565", bmp(bmp_rows(words, 16), 16, masks=m565, compression=3))
    scale = lambda v, most: (v * 255 // most).astype(np.uint8)
    m444 = struct.pack("<IIII", 0xF00, 0xF0, 0xF, 0xF000)
    rgb444 = np.stack([scale(words >> 8 & 15, 15), scale(words >> 4 & 15, 15), scale(words & 15, 15)], -1)
    add("bmp-16-4444", bmp(bmp_rows(words, 16), 16, 56, inside=m444, compression=3), rgb=rgb444, alpha=scale(words >> 12, 15))
    bgra = bmp_rows(NOISE[..., [2, 1, 0, 3]].reshape(H, -1), 32)
    add("bmp-32", bmp(bgra, 32))
    m888 = struct.pack("<III", 0xFF0000, 0xFF00, 0xFF)
    add("bmp-32-masks", bmp(bgra, 32, masks=m888, compression=3))
    rgba = bmp_rows(NOISE[..., [0, 1, 2, 3]].reshape(H, -1), 32)
    for header in (56, 108, 124):
        add(f"bmp-32-alpha-{header}", bmp(bgra, 32, header, inside=m888 + struct.pack("<I", 0xFF000000), compression=3))
    swapped = struct.pack("<IIII", 0xFF, 0xFF00, 0xFF0000, 0xFF000000)
    add("bmp-32-swapped", bmp(rgba, 32, 108, inside=swapped, compression=3))
    ten = rng.integers(0, 1024, (H, W, 3))
    values = ten[..., 0] << 20 | ten[..., 1] << 10 | ten[..., 2]
    m10 = struct.pack("<III", 0x3FF00000, 0xFFC00, 0x3FF)
    rows = b"".join(row.astype("<u4").tobytes() for row in values[::-1])
    add("bmp-32-101010", bmp(rows, 32, masks=m10, compression=3), rgb=scale(ten, 1023))
    empty = bmp_rows(np.dstack([RGB[..., ::-1], np.zeros((H, W), np.uint8)]).reshape(H, -1), 32)
    add("bmp-32-empty-alpha", bmp(empty, 32, 108, inside=m888 + struct.pack("<I", 0xFF000000), compression=3), rgb=RGB)
    for bits, compression in ((8, 1), (4, 2)):
        indexes = rng.integers(0, 2**bits, (H, W))
        four = colours[: 2**bits].tobytes()
        add(f"bmp-rle{bits}", bmp(rle(indexes, bits), bits, palette=four, compression=compression), rgb=colours[:, 2::-1][indexes])
        shown = indexes.copy()
        # The first row is a run of three, the second and what two steps further in the third skip are of the first colour.
        shown[H - 1, :3], shown[H - 1, 3:], shown[H - 2] = indexes[H - 1, 0], 0, 0
        shown[H - 3] = 0
        shown[H - 3, 5:] = indexes[H - 3, : W - 5]
        data = bmp(rle(indexes, bits, True), bits, palette=four, compression=compression)
        add(f"bmp-rle{bits}-delta", data, rgb=colours[:, 2::-1][shown])
        cut = bmp(rle(indexes, bits)[:60], bits, palette=four, compression=compression)
        add(f"bmp-rle{bits}-truncated", cut, rgb=colours[:, 2::-1][indexes], partial=True, rows=-2)
    refuse("bmp-jpeg", bmp(bytes(100), 0, compression=4))


# --- TGA ---


def tga(data, kind, bits, descriptor=0, ident=b"", palette=b"", spec=(0, 0, 0)):
    header = struct.pack("<BBBHHBHHHHBB", len(ident), bool(palette), kind, *spec, 0, 0, W, H, bits, descriptor)
    return header + ident + palette + data


def packets(pixels, n):
    """runs across the ends of rows"""
    units = [pixels[i : i + n] for i in range(0, len(pixels), n)]
    out, at = b"", 0
    while at < len(units):
        run = 1
        while at + run < len(units) and run < 128 and units[at + run] == units[at]:
            run += 1
        if run > 1:
            out += bytes([127 + run]) + units[at]
        else:
            while at + run < len(units) and run < 40 and units[at + run] != units[at + run - 1]:
                run += 1
            out += bytes([run - 1]) + b"".join(units[at : at + run])
        at += run
    return out


def tga_kinds():
    flat = (NOISE // 86 * 80 + 40).astype(np.uint8)
    orders = {0: flat[::-1], 0x20: flat, 0x10: flat[::-1, ::-1], 0x30: flat[:, ::-1]}
    for descriptor, pixels in orders.items():
        name = {0: "", 0x20: "-top", 0x10: "-right", 0x30: "-top-right"}[descriptor]
        bgr, bgra = pixels[..., 2::-1].tobytes(), pixels[..., [2, 1, 0, 3]].tobytes()
        add(f"tga-24{name}", tga(bgr, 2, 24, descriptor), rgb=flat[..., :3])
        add(f"tga-32{name}", tga(bgra, 2, 32, descriptor | 8), rgb=flat[..., :3], alpha=flat[..., 3])
        add(f"tga-24-packed{name}", tga(packets(bgr, 3), 10, 24, descriptor, b"name"), rgb=flat[..., :3])
        grey = np.repeat(flat[..., :1], 3, -1)
        add(f"tga-8{name}", tga(pixels[..., 0].tobytes(), 3, 8, descriptor), rgb=grey)
        add(f"tga-8-packed{name}", tga(packets(pixels[..., 0].tobytes(), 1), 11, 8, descriptor), rgb=grey)
        add(f"tga-16-grey{name}", tga(pixels[..., [0, 3]].tobytes(), 3, 16, descriptor), rgb=grey, alpha=flat[..., 3])
    words = rng.integers(0, 32768, (H, W))
    five = np.stack([words >> 10 & 31, words >> 5 & 31, words & 31], -1)
    rgb = (five * 255 // 31).astype(np.uint8)
    add("tga-16", tga(words[::-1].astype("<u2").tobytes(), 2, 16), rgb=rgb)
    add("tga-16-packed", tga(packets(words[::-1].astype("<u2").tobytes(), 2), 10, 16), rgb=rgb)
    indexes = rng.integers(0, 8, (H, W))
    colours = rng.integers(0, 256, (8, 4)).astype(np.uint8)
    for bits, table, expected in (
        (24, colours[:, 2::-1].tobytes(), colours[:, :3]),
        (32, colours[:, [2, 1, 0, 3]].tobytes(), colours),
        (16, words[0, :8].astype("<u2").tobytes(), rgb[0, :8]),
    ):
        alpha = expected[indexes][..., 3] if bits == 32 else None
        for first in (0, 5):
            data = (indexes[::-1] + first).astype(np.uint8).tobytes()
            name = f"tga-mapped-{bits}{'-offset' if first else ''}"
            add(name, tga(data, 1, 8, 0, b"", table, (first, 8, bits)), rgb=expected[indexes][..., :3], alpha=alpha)
            add(f"{name}-packed", tga(packets(data, 1), 9, 8, 0, b"", table, (first, 8, bits)), rgb=expected[indexes][..., :3], alpha=alpha)
    empty = np.dstack([RGB[::-1, :, ::-1], np.zeros((H, W), np.uint8)]).tobytes()
    add("tga-32-empty-alpha", tga(empty, 2, 32), rgb=RGB)
    bgr = RGB[::-1, :, ::-1].tobytes()
    add("tga-24-truncated", tga(bgr[: 3 * 3 * W + 4], 2, 24), rgb=RGB, partial=True, rows=-3)


# --- PNM ---


def pnm_kinds():
    for maxval in (1, 15, 100, 255, 256, 1000, 65535):
        grey = rng.integers(0, maxval + 1, (H, W))
        colour = rng.integers(0, maxval + 1, (H, W, 3))
        depth = ">u2" if maxval > 255 else np.uint8
        # Pillow has 16-bit grey as integers and clips them.
        scaled = np.rint(grey / maxval * 255).astype(np.uint8)
        own = {"rgb": np.repeat(scaled[..., None], 3, -1)} if maxval > 255 else {}
        text = lambda a: b"\n".join(b" ".join(b"%d" % v for v in row.reshape(-1)) for row in a)
        add(f"pgm-{maxval}", b"P5\n# comment\n%d %d\n%d\n" % (W, H, maxval) + grey.astype(depth).tobytes(), **own)
        add(f"ppm-{maxval}", b"P6 %d %d %d\n" % (W, H, maxval) + colour.astype(depth).tobytes())
        add(f"pgm-plain-{maxval}", b"P2\n%d %d #c\n%d\n" % (W, H, maxval) + text(grey), **own)
        add(f"ppm-plain-{maxval}", b"P3\n%d %d\n%d\n" % (W, H, maxval) + text(colour))
    bits = rng.integers(0, 2, (H, W))
    add("pbm", b"P4\n%d %d\n" % (W, H) + b"".join(pack_row(row, 1) for row in bits))
    add("pbm-plain", b"P1\n%d %d\n" % (W, H) + b"\n".join(b"".join(b"%d" % v for v in row) for row in bits))
    add("ppm-truncated", b"P6 %d %d 255\n" % (W, H) + RGB.tobytes()[: 4 * 3 * W + 9], rgb=RGB, partial=True, rows=4)
    refuse("pam", b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\nabc")


# --- EXIF ---


def entry(tag, kind, count, value):
    return struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")


def exif_kinds():
    six = struct.pack("<H", 6)
    good = entry(0x112, 3, 1, six)
    make = entry(0x10F, 2, 4, b"abc\0")
    cases = {
        "short": [good],
        "long": [entry(0x112, 4, 1, struct.pack("<I", 6))],
        "byte": [entry(0x112, 1, 1, b"\x06")],
        "two": [entry(0x112, 3, 2, six + six)],
        "zero-count": [entry(0x112, 3, 0, six)],
        "text": [entry(0x112, 2, 2, b"6\0")],
        "behind-damage": [entry(0x10F, 2, 4000, struct.pack("<I", 90000)), good],
        "behind-unknown-type": [entry(0x10F, 99, 1, b""), good],
        "twice": [good, entry(0x112, 3, 1, struct.pack("<H", 3))],
        "nine": [entry(0x112, 3, 1, struct.pack("<H", 9))],
    }
    jpeg = save(smooth("RGB"), "JPEG", quality=95, subsampling=0)
    for name, entries in cases.items():
        for count in (len(entries), 500):
            tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", count) + b"".join(entries) + bytes(4)
            suffix = f"{name}{'-cut' if count == 500 else ''}"
            add(f"exif-png-{suffix}", png(RGB, 8, 2, before=chunk(b"eXIf", tiff)))
            body = b"Exif\0\0" + tiff
            add(f"exif-jpeg-{suffix}", jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:], 3)


def main(out):
    for make in (png_kinds, jpeg_kinds, gif_kinds, bmp_kinds, tga_kinds, pnm_kinds, exif_kinds):
        make()
    text = json.dumps({"format": 1, "kinds": kinds}, separators=(",", ":"), sort_keys=True)
    Path(out).write_text(text)
    print(len(kinds), "kinds")


main(sys.argv[1])
