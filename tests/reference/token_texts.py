# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that are hard for tokenizers: scripts, marks, emoji, blanks, controls, code, long runs."""

import random
import unicodedata

WORDS = """the a of photo car Car CAR wheel building don't DON'T it's we'll they're I'VE 's 'T 42 1999 3.14 007 ... ! ?! -- ( ) # _ a_b
x=y; foo(bar) naïve Straße İstanbul ΟΔΟΣ Ǆ ﬁn Ⅷ ² ½ ① ㈱ 汽车 東京 машина 한국어 สวัสดี नमस्ते مرحبا שלום ქართული বাংলা தமிழ் ភាសា
😀 👋🏽 👩‍👩‍👧‍👦 🇩🇪🇫🇷 ❤️ 1️⃣ é e\u0301 o\u0302\u0323 n\u0303 Å \u212b ｆｕｌｌ ｶﾞ が か\u3099 ﷺ ™ ℹ️ ª\uff9e
https://example.org/?q=1&r=%20 user@host.net C:\\dir $5.00 50% +1 <b> </s> <mask> <|endoftext|> <|im_start|> <unk> <0x41> [UNK] ## ▁ Ġ Ċ </w> ##s""".split()  # fmt: skip
BLANKS = [" ", " ", " ", " ", "  ", "   ", " " * 9, "\t", "\n", "\n\n", "\r\n", "\r", " \n ", "\v", "\f", "\x85", "\xa0", "\u1680", "\u2003", "\u2009 ", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\u200b", "\u180e", "\ufeff", ""]  # fmt: skip
CONTROLS = [chr(c) for c in [*range(1, 32), 127, 128, 0x8F, 0x9F, 0xAD, 0x600, 0x61C, 0x6DD, 0x200C, 0x200D, 0x200E, 0x202E, 0x2060, 0x2066, 0xFFF9, 0xFFFD, 0xFFFE, 0x1FFFF, 0xE0001, 0xE0041, 0x10FFFF]]  # fmt: skip
MARKS = [chr(c) for c in [0x300, 0x301, 0x308, 0x323, 0x327, 0x345, 0x34F, 0x489, 0x5B0, 0x64B, 0x670, 0x93C, 0x93F, 0x9BE, 0xE31, 0xE33, 0x102B, 0x1038, 0x1160, 0x11A8, 0x20DD, 0x20E3, 0x3099, 0xFE0F, 0xFF9E, 0x1D165, 0x1F3FD]]  # fmt: skip
BLOCKS = [(0x20, 0x7E), (0xA1, 0xFF), (0x100, 0x17F), (0x180, 0x233), (0x250, 0x2AD), (0x300, 0x34E), (0x370, 0x3FF), (0x400, 0x52F), (0x531, 0x556), (0x5B0, 0x5EA), (0x600, 0x6FF), (0x900, 0x97F), (0x980, 0x9FF), (0xB80, 0xBFF), (0xE01, 0xE5B), (0xF00, 0xF69), (0x1000, 0x109F), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x137C), (0x13A0, 0x13F4), (0x1780, 0x17F9), (0x1E00, 0x1EFF), (0x1F00, 0x1FFE), (0x2000, 0x206F), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x20D0, 0x20F0), (0x2100, 0x218B), (0x2190, 0x22FF), (0x2460, 0x24FF), (0x2500, 0x27BF), (0x2E80, 0x2FD5), (0x3000, 0x30FF), (0x3131, 0x318E), (0x3200, 0x33FF), (0x4E00, 0x9FA5), (0xA000, 0xA48C), (0xAC00, 0xD7A3), (0xE000, 0xE0FF), (0xF900, 0xFAD9), (0xFB00, 0xFDFB), (0xFE00, 0xFE6B), (0xFF01, 0xFFDC), (0x10330, 0x1034A), (0x10400, 0x1044F), (0x1D100, 0x1D1DD), (0x1D400, 0x1D7FF), (0x1F100, 0x1F19A), (0x1F300, 0x1F64F), (0x20000, 0x200FF), (0x2F800, 0x2FA1D)]  # fmt: skip
CODE = [
    "for (int i = 0; i < 10; i++) {\n    total += a[i] * 2;\n}\n",
    "def f(x):\n\treturn {'a': x, \"b\": None}  # comment\n",
    "<html>\r\n  <p class=\"x\">1 &lt; 2</p>\r\n</html>",
    "SELECT * FROM t WHERE a='b''c' AND n>=10;",
    "\\frac{a}{b} \\sum_{i=1}^{n} x_i^2",
]


def letters(rng):
    low, high = rng.choice(BLOCKS)
    word = "".join(chr(rng.randint(low, high)) for _ in range(rng.randrange(1, 8)))
    # Only what was encoded long ago: every Unicode version agrees on that.
    return "".join(c for c in word if unicodedata.ucd_3_2_0.category(c) != "Cn")


def piece(rng):
    roll = rng.random()
    if roll < 0.42:
        return rng.choice(WORDS)
    if roll < 0.62:
        return letters(rng)
    if roll < 0.70:
        return rng.choice(BLANKS)
    if roll < 0.76:
        return rng.choice(CONTROLS)
    if roll < 0.86:
        return rng.choice(WORDS)[:2] + "".join(rng.choice(MARKS) for _ in range(rng.randrange(1, 5)))
    if roll < 0.94:
        return str(rng.randrange(10 ** rng.randrange(1, 9)))
    code = rng.choice(CODE)
    start = rng.randrange(len(code))
    return code[start : start + rng.randrange(1, 24)]


def long_runs(rng):
    runs = ["a", "é", "汽", "👍", " ", "\n", "\t", "!", "7", "\u0301", "ab", " a", "▁", "\r\n", "' ", "가", "x\u0323"]
    for run in runs:
        yield from (run * n for n in (31, 257, 1500))
    for n in (40, 300, 2000):
        yield "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(n))
        yield "".join(rng.choice(" \n\t\r") for _ in range(n))
        yield "e" + "".join(rng.choice(MARKS) for _ in range(n))


def make_texts(count, seed, longest=12, runs=True):
    rng = random.Random(seed)
    texts = dict.fromkeys(["", *BLANKS, *CONTROLS, *CODE, *WORDS, *MARKS])
    texts.update(dict.fromkeys("a" + b + "b" for b in [*BLANKS, *CONTROLS, *MARKS]))
    texts.update(dict.fromkeys(a + w + b for w in WORDS[-16:] for a in ("x", " ") for b in ("y", " y")))
    if runs:
        texts.update(dict.fromkeys(long_runs(rng)))
    texts = dict.fromkeys(rng.sample(list(texts), min(len(texts), count // 2)))
    while len(texts) < count:
        joint = rng.choice(["", "", " ", " ", rng.choice(BLANKS)])
        texts[joint.join(piece(rng) for _ in range(rng.randrange(1, longest)))] = None
    return list(texts)
