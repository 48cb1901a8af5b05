# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/fixtures/tokenizer.json: strings with their ids, and ids with their texts.

The tokenizer is the published one (tests/fixtures/florence-2/tokenizer.json) with the 1024 Florence
tokens appended in the order of their ids.
"""

import json
import random
import unicodedata

from tokenizers import AddedToken, Tokenizer
from transformers import PreTrainedTokenizerFast

from command_line import FIXTURES, UNPACKED
from reference import BANNED_PHRASES
from tiny_tokenizer import CORPUS, FLORENCE_TOKENS

COUNT = 2000
ID_COUNT = 400

SENTENCES = [
    "A green car parked in front of a yellow building.", "Three people, two dogs & 1 cat!", "It's what we'd've said: don't, can't, I'll, you're, they've, I'm, he'd.",
    "IT'S WHAT WE'D SAY; DON'T", "it\u2019s curly, don\u2019t", "'s 't 're 've 'm 'll 'd", "''s'''t", "x's'y't", "rock 'n' roll", "O'Neill's", "'tis", "'Sup",
    "Ein grünes Auto parkt vor einem gelben Gebäude.", "Une voiture verte garée devant un bâtiment jaune à l'été.", "Зелёная машина стоит перед жёлтым зданием.",
    "一辆绿色的汽车停在一栋黄色的建筑物前。", "黄色い建物の前に緑の車が停まっている。", "노란 건물 앞에 초록색 차가 주차되어 있다.", "سيارة خضراء متوقفة أمام مبنى أصفر.",
    "מכונית ירוקה חונה מול בניין צהוב.", "एक पीली इमारत के सामने खड़ी हरी कार।", "รถสีเขียวจอดอยู่หน้าตึกสีเหลือง", "Ένα πράσινο αυτοκίνητο μπροστά σε κίτρινο κτίριο.",
    "Một chiếc ô tô màu xanh lá cây đậu trước tòa nhà màu vàng.", "მწვანე მანქანა", "Կանաչ մեքենա", "பச்சை கார்", "ಹಸಿರು ಕಾರು", "පච්ච", "ဓာတ်ပုံ", "ភាសាខ្មែរ", "አማርኛ", "ᏣᎳᎩ", "ᠮᠣᠩᠭᠣᠯ",
    "https://example.org/a_b?c=d&e=%20f#g", "user@example.com", "C:\\Temp\\file.txt", "int main(void) { return 0; }", "$1,234.56 (50%) #1 @home ~ ^_^", "3.14159e-10", "1st 2nd 3rd 100th",
    "2024-06-15T12:34:56Z", "+1 (555) 010-9999", "H2O CO2 m² x₁ ½ ¾ ⅷ Ⅳ ① ㊿ 𝟘𝟙", "٠١٢٣٤٥٦٧٨٩", "०१२३४५", "１２３４", "๑๒๓", "৪৫৬", "a1b2c3", "abc123def", "12 34  56",
    "👍", "👩‍👩‍👧‍👦", "🏳️‍🌈", "👋🏽", "🇩🇪🇫🇷", "❤️", "☺︎", "1️⃣", "🤷‍♀️ shrug", "a👍b", " 👍 ", "e\u0301", "n\u0303o", "ä vs a\u0308", "Z\u0351\u036b\u0343a\u0310l\u0321g\u0322o\u0300",
    "ﬁ ligature", "ＦＵＬＬ ｗｉｄｔｈ", "𝒜𝒷𝒸 𝔻", "ǅ ǈ ʰ ª º", "a\u200bb\u200cc\u200dd", "\ufeffbom", "soft\u00adhyphen", "\u202eright\u202c", "\ufffd\ufffd", "\ue000\uf8ff", "\U0010ffff\U000f0000",
]  # fmt: skip
SPACES = [" ", "  ", "   ", " " * 17, "\t", "\t\t", "\n", "\n\n\n", "\r\n", "\r", "\v", "\f", "\u00a0", "\u00a0\u00a0 ", "\u2003", "\u3000", "\u1680", "\u180e", "\u2028", "\u2029", "\u202f", "\u205f", "\u0085", "\u200b", "\x1c", "\x1f", " \n ", "\n ", " \t", "\t "]  # fmt: skip
CONTROL = [chr(c) for c in list(range(1, 32)) + [127, 128, 0x9F, 0xAD, 0x61C, 0x200E, 0x2066, 0xFFF9, 0xFFFD, 0xFFFE, 0x1FFFF, 0xE0001, 0xE0041]]
WORDS = ["car", "Car", "CAR", "the", "wheel", "building", "antidisestablishmentarianism", "x", "I", "café", "naïve", "Straße", "don't", "it's", "we'll", "'s", "42", "1999", "3", "...", "!", "?!", ",", "--", "\u2014", "(", ")", "\"", "#", "_", "a_b", "汽车", "машина", "🚗", "é", "e\u0301", "²"]  # fmt: skip
#: Blocks of scripts encoded long ago, so that every Unicode version agrees on their classes.
BLOCKS = [(0x20, 0x7E), (0xA1, 0xFF), (0x100, 0x17F), (0x180, 0x233), (0x250, 0x2AD), (0x300, 0x34E), (0x391, 0x3CE), (0x400, 0x481), (0x531, 0x556), (0x5D0, 0x5EA), (0x621, 0x64A), (0x660, 0x669), (0x905, 0x939), (0x93E, 0x94C), (0x966, 0x96F), (0xE01, 0xE30), (0xE40, 0xE59), (0x10D0, 0x10F6), (0x1100, 0x1159), (0x1200, 0x1206), (0x13A0, 0x13F4), (0x2010, 0x2027), (0x2030, 0x205E), (0x2070, 0x2071), (0x2080, 0x208E), (0x20A0, 0x20AF), (0x2100, 0x213A), (0x2153, 0x2183), (0x2190, 0x21F3), (0x2200, 0x22F1), (0x2460, 0x24EA), (0x2500, 0x2595), (0x2600, 0x2613), (0x3001, 0x303F), (0x3041, 0x3094), (0x30A1, 0x30FE), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3), (0xE000, 0xE0FF), (0xF900, 0xFA2D), (0xFF01, 0xFF9F), (0x10330, 0x10349), (0x1D400, 0x1D454), (0x1F300, 0x1F320), (0x1F600, 0x1F64F), (0x20000, 0x200FF)]  # fmt: skip
SPECIAL = ["<s>", "</s>", "<pad>", "<unk>", "<mask>", "<sep>", "<poly>", "</poly>", "<od>", "<and>", "<region_to_desciption>"]
BROKEN = ["<loc_1000>", "<loc_", "<loc_1", "loc_5>", "<loc_05>", "<LOC_5>", "<S>", "< s>", "<s", "s>", "<image>", "<OD>", "<CAPTION>", "<poly", "<|endoftext|>", "madeupword0000", "<<s>>", "<mask", "Ġcar", "ĊĠ"]  # fmt: skip
TASKS = ["<REGION_TO_CATEGORY>", "<REFERRING_EXPRESSION_SEGMENTATION>", "<OPEN_VOCABULARY_DETECTION>"]


def reference_tokenizer():
    backend = Tokenizer.from_file(str(UNPACKED / "florence-2" / "tokenizer.json"))
    backend.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in FLORENCE_TOKENS])
    assert backend.get_vocab_size() == 51289 and backend.token_to_id("<and>") == 51288
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>",
        mask_token="<mask>", clean_up_tokenization_spaces=False,
    )  # fmt: skip


def loc(rng):
    return f"<loc_{rng.randrange(1000)}>"


def random_letters(rng):
    low, high = rng.choice(BLOCKS)
    word = "".join(chr(rng.randint(low, high)) for _ in range(rng.randrange(1, 9)))
    return "".join(c for c in word if unicodedata.category(c) != "Cn")


def piece(rng):
    roll = rng.random()
    if roll < 0.40:
        return rng.choice(WORDS)
    if roll < 0.58:
        return random_letters(rng)
    if roll < 0.68:
        return rng.choice(SPACES)
    if roll < 0.76:
        return rng.choice(SPECIAL + [loc(rng)] * 8)
    if roll < 0.82:
        return rng.choice(BROKEN)
    if roll < 0.86:
        return rng.choice(CONTROL)
    if roll < 0.93:
        return str(rng.randrange(10 ** rng.randrange(1, 12)))
    return rng.choice(SENTENCES)[: rng.randrange(1, 20)]


def make_strings(rng):
    fixed = ["", " ", *SENTENCES, *SPACES, *CONTROL, *WORDS, *SPECIAL, *BROKEN, *FLORENCE_TOKENS[::37], *BANNED_PHRASES[::3]]
    fixed += CORPUS.split("\n") + [line + "." for line in CORPUS.split(". ")]
    fixed += [" " + s for s in SENTENCES] + [s + " " for s in SENTENCES] + [s.upper() for s in SENTENCES[:12]]
    fixed += [a + b + c for a in ("x", " ", "<s>") for b in SPECIAL for c in ("y", " y")]
    fixed += ["a" + s + "b" for s in SPACES] + ["a " + s + " b" for s in SPACES] + [s + "<mask>" + s for s in SPACES] + [s + "<loc_5>" + s for s in SPACES]
    fixed += [f"What is the region {loc(rng)}{loc(rng)}{loc(rng)}{loc(rng)}?" for _ in range(40)]
    fixed += [f"car{loc(rng)}{loc(rng)}{loc(rng)}{loc(rng)}wheel {loc(rng)} {loc(rng)}" for _ in range(20)]
    fixed += ["a" * n for n in (7, 64, 257, 2000)] + ["ab" * 500, "é" * 300, "汽" * 200, "👍" * 100, " " * 500, "\n" * 100, "!" * 300, "7" * 400]
    fixed += ["".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(n)) for n in (50, 200, 1000)]
    strings = dict.fromkeys(fixed)
    while len(strings) < COUNT:
        joint = rng.choice(["", "", " ", " ", "  "])
        strings[joint.join(piece(rng) for _ in range(rng.randrange(1, 11)))] = None
    return list(strings)


def make_ids(rng, size, forbidden):
    """Sequences a model could emit: any ids, so bytes that are no valid UTF-8 too."""
    rows = []
    byte_like = [i for i in range(4, size) if i not in forbidden]
    while len(rows) < ID_COUNT:
        pool = [byte_like, range(50269, 51269), [0, 1, 2, 3, 50264], list(forbidden["broken"])]
        weights = rng.choice([(6, 2, 1, 1), (1, 0, 0, 3), (1, 4, 1, 0)])
        rows.append([rng.choice(rng.choices(pool, weights)[0]) for _ in range(rng.randrange(1, 24))])
    return rows


def main():
    rng = random.Random(20)
    tokenizer = reference_tokenizer()
    decode = lambda ids: tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
    strings = []
    for text in make_strings(rng):
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        strings.append({"text": text, "ids": ids, "decoded": decode(ids)})
    # A text of a C test ends at NUL, so ids with that byte are left out.
    with_nul = {i for i in range(51289) if "\0" in decode([i])}
    broken = [i for i in range(51289) if "\ufffd" in decode([i])]
    forbidden = dict.fromkeys(with_nul)
    forbidden["broken"] = broken
    ids = [{"ids": row, "decoded": decode(row)} for row in make_ids(rng, 51289, forbidden)]
    content = json.dumps({"format": 1, "strings": strings, "ids": ids}, separators=(",", ":"))
    (FIXTURES / "tokenizer.json").write_text(content)
    changed = [s["text"] for s in strings if s["text"] != s["decoded"]]
    print(len(strings), "strings,", len(ids), "id rows;", len(changed), "strings do not come back:", changed[:6])


if __name__ == "__main__":
    main()
