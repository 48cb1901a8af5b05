# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken pictures; each value is (expectation, reason, bytes)."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

ERROR, OK, ANY = "error", "ok", "any"


def chunk(kind, data, crc=None):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) if crc is None else crc)


def png(width=4, height=4, depth=8, colour=2, data=None, before=b"", end=True):
    raw = bytes((1 + 3 * 4) * 4) if data is None else data
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(raw, 9))
    return b"\x89PNG\r\n\x1a\n" + body + (chunk(b"IEND", b"") if end else b"")


def bmp(width=4, height=4, bits=24, offset=54, size=40, data=bytes(48), compression=0, colours=0):
    info = struct.pack("<IiiHHIIiiII", size, width, height, 1, bits, compression, 0, 0, 0, colours, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(data), 0, 0, offset) + info + data


def tga(width=4, height=4, kind=2, bits=24, data=bytes(48), palette=(0, 0, 0)):
    return struct.pack("<BBBHHBHHHHBB", 0, palette[1] > 0, kind, *palette, 0, 0, width, height, bits, 0) + data


def picture(kind, **options):
    rng = np.random.default_rng(2)
    image = Image.fromarray(rng.integers(0, 256, (24, 24, 3)).astype(np.uint8))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif_jpeg(tiff):
    flat = io.BytesIO()
    Image.new("RGB", (16, 8), (200, 40, 40)).save(flat, "JPEG", quality=80, exif=b"Exif\0\0" + tiff)
    return flat.getvalue()


def png_files():
    whole = png()
    return {
        "empty.png": (ERROR, "no bytes", b""),
        "text.png": (ERROR, "text", b"not a picture\n"),
        "signature.png": (ERROR, "signature only", whole[:8]),
        "truncated.png": (OK, "ends in the pixel data: the rows before it", picture("PNG")[:900]),
        "no-end.png": (ANY, "no IEND", png(end=False)),
        "no-data.png": (ERROR, "no pixel data", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)) + chunk(b"IEND", b"")),
        "crc.png": (ANY, "wrong checksum of the header", whole[:29] + b"\0\0\0\0" + whole[33:]),
        "huge.png": (ERROR, "claims 100000x100000", png(100000, 100000)),
        "huge-overflow.png": (ERROR, "claims 2^31-1 squared", png(2**31 - 1, 2**31 - 1)),
        "wide.png": (ERROR, "claims 1000000x1", png(10**6, 1)),
        "zero-width.png": (ERROR, "0x4", png(0, 4)),
        "zero-height.png": (ERROR, "4x0", png(4, 0)),
        "depth-3.png": (ERROR, "3 bits a sample", png(depth=3)),
        "colour-5.png": (ERROR, "colour type 5", png(colour=5)),
        "no-palette.png": (ERROR, "palette picture without palette", png(colour=3, data=bytes(20))),
        "filter-9.png": (ERROR, "row filter 9", png(data=(b"\x09" + bytes(12)) * 4)),
        "short-data.png": (OK, "too few rows: those that are there", png(data=bytes(20))),
        "bad-zlib.png": (ERROR, "pixel data is no zlib stream", whole.replace(zlib.compress(bytes(52), 9), b"\xff" * len(zlib.compress(bytes(52), 9)))),
        "bomb.png": (ANY, "4x4, but the data expands to 16 MB", png(data=bytes(1 << 24))),
        "chunk-length.png": (ANY, "chunk longer than the file", whole[:33] + b"\x7f\xff\xff\xff" + whole[37:]),
    }  # fmt: skip


def jpeg_files():
    jpeg = picture("JPEG", quality=80)
    progressive = picture("JPEG", quality=80, progressive=True)
    sof = jpeg.index(b"\xff\xc0")
    size = lambda w, h: jpeg[: sof + 5] + struct.pack(">HH", h, w) + jpeg[sof + 9 :]
    sos = jpeg.index(b"\xff\xda")
    orientation = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    ifd = lambda entries, count=None: b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries) // 12 if count is None else count) + entries + bytes(4)
    return {
        "empty.jpg": (ERROR, "start marker only", jpeg[:2]),
        "truncated-header.jpg": (ERROR, "ends in the tables", jpeg[:100]),
        "no-scan.jpg": (ERROR, "ends before the scan", jpeg[:sos]),
        "truncated.jpg": (ANY, "ends in the scan", jpeg[: (sos + len(jpeg)) // 2]),
        "truncated-progressive.jpg": (ANY, "progressive, ends in a scan", progressive[: len(progressive) // 2]),
        "noise.jpg": (ANY, "scan overwritten", jpeg[: sos + 14] + bytes(range(256)) + jpeg[-2:]),
        "zero.jpg": (ERROR, "0x0", size(0, 0)),
        "huge.jpg": (ANY, "claims 65535x65535", size(65535, 65535)),
        "components.jpg": (ERROR, "7 components", jpeg[: sof + 9] + b"\x07" + jpeg[sof + 10 :]),
        "sampling.jpg": (ERROR, "sampling factor 0", jpeg[: sof + 11] + b"\0" + jpeg[sof + 12 :]),
        "segment-length.jpg": (ERROR, "segment of length 0", b"\xff\xd8\xff\xe1\0\0" + jpeg[2:]),
        "exif-truncated.jpg": (OK, "EXIF ends in its first entry", exif_jpeg(ifd(orientation)[:14])),
        "exif-offset.jpg": (OK, "EXIF directory offset beyond the segment", exif_jpeg(b"II*\0\xff\xff\xff\x7f" + bytes(20))),
        "exif-count.jpg": (OK, "EXIF directory counts 65535 entries", exif_jpeg(ifd(bytes(12), 65535))),
        "exif-loop.jpg": (OK, "EXIF directory points to itself", exif_jpeg(ifd(struct.pack("<HHII", 0x8769, 4, 1, 8)))),
        "exif-type.jpg": (OK, "orientation is a string of 2^31 bytes", exif_jpeg(ifd(struct.pack("<HHII", 0x0112, 2, 2**31, 8)))),
        "exif-magic.jpg": (OK, "EXIF byte order XX", exif_jpeg(b"XX*\0\x08\0\0\0" + bytes(20))),
    }  # fmt: skip


def other_files():
    gif = picture("GIF")
    return {
        "truncated.bmp": (ANY, "half the pixels", bmp()[:78]),
        "header.bmp": (ERROR, "ends in the header", bmp()[:30]),
        "offset.bmp": (ANY, "pixels start beyond the file", bmp(offset=10**6)),
        "huge.bmp": (ERROR, "claims 2^31-1 squared", bmp(2**31 - 1, 2**31 - 1)),
        "negative.bmp": (ERROR, "negative width", bmp(width=-4)),
        "minimum.bmp": (ERROR, "height -2^31", bmp(height=-(2**31))),
        "zero.bmp": (ERROR, "0x0", bmp(0, 0)),
        "bits.bmp": (ERROR, "5 bits a pixel", bmp(bits=5)),
        "rle.bmp": (ERROR, "run-length coded", bmp(bits=8, compression=1)),
        "palette.bmp": (ANY, "indices beyond the palette", bmp(bits=8, colours=2, offset=62, data=bytes(8) + b"\xff" * 16)),
        "truncated.gif": (ANY, "ends in the data", gif[: len(gif) - 300]),
        "header.gif": (ERROR, "ends in the header", gif[:10]),
        "zero.gif": (ANY, "0x0 screen", gif[:6] + bytes(4) + gif[10:]),
        "huge.gif": (ANY, "65535x65535 screen", gif[:6] + b"\xff" * 4 + gif[10:]),
        "no-image.gif": (ERROR, "no picture in it", b"GIF89a\x04\0\x04\0\0\0\0;"),
        "outside.gif": (ERROR, "frame outside the screen", b"GIF89a\x04\0\x04\0\x80\0\0" + bytes(6) + b",\xff\0\xff\0\x04\0\x04\0\0\x02\x02\x4c\x01\0;"),
        "code-size.gif": (ERROR, "code size 200", b"GIF89a\x04\0\x04\0\x80\0\0" + bytes(6) + b",\0\0\0\0\x04\0\x04\0\0\xc8\x02\x4c\x01\0;"),
        "truncated.tga": (ANY, "half the pixels", tga(data=bytes(20))),
        "header.tga": (ERROR, "ends in the header", tga()[:10]),
        "zero.tga": (ERROR, "0x0", tga(0, 0)),
        "huge.tga": (ANY, "claims 65535x65535 and holds 48 bytes", tga(65535, 65535)),
        "palette.tga": (ANY, "palette index beyond the palette", tga(kind=1, bits=8, palette=(0, 2, 24), data=bytes(6) + b"\xff" * 16)),
        "rle.tga": (ANY, "run past the end", tga(kind=10, data=b"\xff\0\0\0\xff")),
        "bits.tga": (ERROR, "17 bits a pixel", tga(bits=17)),
        "truncated.ppm": (OK, "half the pixels", b"P6 4 4 255\n" + bytes(20)),
        "header.ppm": (ERROR, "ends in the header", b"P6 4"),
        "huge.ppm": (ERROR, "claims 999999999 squared", b"P6 999999999 999999999 255\n" + bytes(20)),
        "overflow.ppm": (ERROR, "width of 30 digits", b"P6 " + b"9" * 30 + b" 4 255\n" + bytes(20)),
        "zero.ppm": (ERROR, "0x0", b"P6 0 0 255\n"),
        "negative.ppm": (ERROR, "negative width", b"P6 -4 4 255\n" + bytes(48)),
        "maximum.ppm": (ERROR, "maximum 70000", b"P6 4 4 70000\n" + bytes(96)),
        "comment.ppm": (ERROR, "a comment that never ends", b"P6 #" + b"x" * 300),
        "truncated.pgm": (OK, "half the pixels", b"P5 4 4 255\n" + bytes(8)),
    }  # fmt: skip


def kinds():
    return {"image": png_files() | jpeg_files() | other_files()}
