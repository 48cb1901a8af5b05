# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/fixtures/parse.json: generated texts and what the reference's post-processing makes of them.

For each of the fifteen tasks: hand-written edge cases and random strings, well formed and malformed.
"""

import json
import random
from pathlib import Path

import torch

import reference
from tiny_tokenizer import TinyTokenizer

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
RANDOM_PER_TASK = 110
SIZES = [(640, 480), (1000, 1000), (768, 768), (37, 53), (1, 1), (4000, 3000), (1920, 1080), (333, 777), (999, 1001)]

PHRASES = [
    "car", "a green car", " a yellow building", "wheel", "person ", "the image", "it", "a", "other objects",
    "one another", "It", "café", "naïve façade", "汽车", "машина", "🚗", "red 🚗 car", "x", "7", "a, b. c!",
    "it's", "don't", "\"quoted\"", "tab\there", " lead", "trail ", "  both  ", "dog.", "a>b", "100%", "&amp;",
    "back\\slash", "each  other", "nbsp\u00a0in", "\u00a0nbsp", "zero\u200bwidth", "e\u0301", "a set", "I", "STOP",
    "ＦＵＬＬ", "unit\x1fsep", "line\u2028sep", "nel\u0085x", "\x1c it \x1d", "it\u3000"
]  # fmt: skip
MARKERS = [
    "<od>", "</od>", "<box>", "</box>", "<bbox>", "</bbox>", "<ground>", "<obj>", "<ocr>", "</ocr>", "<cap>",
    "<grounding>", "</grounding>", "<seg>", "<proposal>", "<and>", "<region_cap>", "<unk>", "<mask>",
]  # fmt: skip
BROKEN = [
    "<loc_>", "<loc_12", "loc_12>", "<loc_-1>", "<loc_1000>", "<loc_12345>", "<LOC_5>", "<loc_ 5>", "<loc_5 >", "<",
    "<<", ">", "<loc_05>", "<loc_5.5>", "<poly", "</poly", "<sep", "< sep>", "<s", "</s", "<pad",
]  # fmt: skip


def locs(rng, count):
    """Location tokens, with the ends of the range more often than chance."""
    pick = lambda: rng.choice([0, 999, 1, 998, 500]) if rng.random() < 0.15 else rng.randrange(1000)
    return "".join(f"<loc_{pick()}>" for _ in range(count))


def phrase(rng):
    roll = rng.random()
    if roll < 0.75:
        return rng.choice(PHRASES)
    if roll < 0.85:
        return rng.choice(PHRASES) + rng.choice([" ", "\n", "\n\n", "\r\n", ", "]) + rng.choice(PHRASES)
    if roll < 0.92:
        return rng.choice(["\n", " \n ", "\t", " ", "\r"]) + rng.choice(PHRASES)
    return rng.choice(["", " ", "\n", "   "])


def text_sentence(rng):
    words = [phrase(rng) for _ in range(rng.randrange(0, 8))]
    return rng.choice([" ", ", ", ""]).join(words)


def boxes(rng):
    return "".join(phrase(rng) + locs(rng, rng.choice([4, 4, 4, 4, 8, 12, 16])) for _ in range(rng.randrange(1, 5)))


def bare_boxes(rng):
    return locs(rng, 4 * rng.randrange(1, 7))


def quads(rng):
    return "".join(phrase(rng) + locs(rng, 8) for _ in range(rng.randrange(1, 5)))


def polygons(rng):
    groups = []
    for _ in range(rng.randrange(1, 4)):
        parts = [locs(rng, rng.choice([4, 6, 8, 12, 7, 3, 2, 1])) for _ in range(rng.randrange(1, 4))]
        body = "<sep>".join(parts)
        groups.append(f"<poly>{body}</poly>" if rng.random() < 0.5 else body)
    return "".join(groups)


def phrase_polygons(rng):
    return "".join(phrase(rng) + polygons(rng) for _ in range(rng.randrange(1, 4)))


GRAMMARS = {
    "pure_text": [text_sentence],
    "ocr": [quads],
    "description_with_bboxes": [boxes],
    "bboxes": [bare_boxes, boxes],
    "phrase_grounding": [boxes],
    "polygons": [polygons, phrase_polygons],
    "description_with_bboxes_or_polygons": [boxes, phrase_polygons],
}
ALL_GRAMMARS = [text_sentence, quads, boxes, bare_boxes, polygons, phrase_polygons]


def wrap(rng, text):
    roll = rng.random()
    if roll < 0.7:
        return f"</s><s>{text}</s>"
    if roll < 0.8:
        return f"</s><s><s><s>{text}</s>"
    if roll < 0.9:
        return f"</s><s>{text}</s><pad><pad>"
    return text


def damage(rng, text):
    """One to three random edits: cut, insert, delete, double or swap."""
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.randrange(1, 12))
        edit = rng.randrange(6)
        if edit == 0:
            text = text[:at]
        elif edit == 1:
            text = text[:at] + text[end:]
        elif edit == 2:
            insert = ["<s>", "</s>", "<pad>", "<sep>", "<poly>", "</poly>", "\n", " "] + MARKERS + BROKEN
            text = text[:at] + rng.choice(insert) + text[at:]
        elif edit == 3:
            text = text[:end] + text[at:end] + text[end:]
        elif edit == 4:
            text = text.replace("><", rng.choice(["> <", ">\n<", "><sep><", "></s><", ">,<"]), 1)
        else:
            text = text[:at] + locs(rng, rng.randrange(1, 6)) + text[at:]
    return text


def soup(rng):
    pieces = PHRASES + MARKERS + BROKEN + ["<s>", "</s>", "<pad>", "<sep>", "<poly>", "</poly>", "\n"]
    out = [rng.choice(pieces) if rng.random() < 0.45 else locs(rng, rng.randrange(1, 9)) for _ in range(rng.randrange(9))]
    return "".join(out)


L4, L6, L8 = (
    "<loc_100><loc_200><loc_300><loc_400>",
    "<loc_100><loc_100><loc_200><loc_100><loc_200><loc_200>",
    "<loc_0><loc_0><loc_999><loc_0><loc_999><loc_999><loc_0><loc_999>",
)
EDGES = [
    "", "</s>", "</s><s></s>", "<s>", " ", "\n", "<pad>", "car", "</s><s>a car</s>", "</s><s> a car \n</s>",
    f"car{L4}", f"{L4}", f"car{L4}</s>", f"</s><s>car{L4}{L4}wheel{L4}</s>", "dog" + "<loc_7>" * 7, "dog" + "<loc_7>" * 3,
    f"café{L4}", f"a<b{L4}", f"汽车{L4}", f"two\nlines{L4}", f"\nlead{L4}", f"trail\n{L4}", f"it{L4}", f" it {L4}",
    f"It{L4}", f"the image{L4}a dog{L4}", f"it\u00e9{L4}", f"<od>car{L4}</od>", f"car<od>{L4}", f"car<box>{L4}</box>",
    f"<ground>car{L4}", f"car<obj>{L4}", f"<poly>{L6}</poly>", f"cat<poly>{L6}</poly><poly>{L4}</poly>dog<poly>{L4}<sep>{L4}</poly>",
    f"{L6}<loc_5><sep>{L6}", "<loc_1><loc_2>", "<loc_1><loc_2><sep><sep>", "<sep><sep><sep><sep>", "<poly></poly><poly></poly>",
    f"cat<poly>{L6}", f"cat{L6}</poly>", f"</poly>{L6}<poly>", f"<poly>{L6}<poly>{L4}</poly>", f"<poly>{L6}</poly>{L6}",
    f"cat{L6}<sep>{L6}", f"<poly>{L6}<sep></poly>", f"<poly><sep>{L6}</poly>", f"<poly>x{L6}</poly>", f"cat<poly>{L6}x</poly>",
    "<loc_1>" * 5 + "<poly>" + "<loc_2>" * 4 + "</poly>", "cat" + "<loc_1>" * 3 + "<sep>", "cat<loc_1><sep><loc_2><sep>",
    f"STOP{L8}", f"STOP{L8}GO{L8}", f"</s><s>STOP{L8}</s>", f"A\nB{L8}", f"\n{L8}", f" {L8}", f"{L8}", f"{L8}{L8}",
    f"x{L8}{L8}", f"x{L4}{L8}", f"x{L4}y{L8}", f"x{L8}{L4}", "x" + "<loc_1>" * 9 + "y" + "<loc_2>" * 8, f"<mask>{L8}", f"a<b{L8}",
    "x" + "<loc_999>" * 8, "x" + "<loc_0>" * 8, "x<loc_1000><loc_1001><loc_1002><loc_1003>", "x<loc_0005>" + "<loc_1>" * 7,
    "x" + "<loc_1>" * 1000,
    "x" * 3000 + L8, "<" * 200, "<loc_" * 200, "x<loc_1> <loc_2><loc_3><loc_4>", f"x{L4} {L4}", f"x {L4}.{L4}", f"car{L4}\n{L4}",
    f"\u00a0car\u00a0{L4}", f"\x1fcar\x1c{L4}", f"\u2028car{L4}", f"\u0085car\u0085{L4}", f"\u200bcar{L4}", f"\ufeffcar{L4}", f"car\r{L4}",
    f"car\r\n{L4}", f"\ufffdcar{L4}", f"<s>car<s>{L4}<s>{L4}", f"c</s>ar{L4}", f"<loc_1></s><loc_2><s><loc_3><pad><loc_4>", f"x{L4}</s>{L4}",
    "<<s>s>", "</<s>s>car" + L4, "<pa<s>d>x" + L4, f"a<unk>{L8}", f"<mask>car{L4}<and>dog{L4}", f"car{L4}<and>{L4}",
]  # fmt: skip

#: Numbers no tokenizer has: the reference overflows, or takes digits of other scripts. Only survival matters.
EXOTIC = [
    "x" + "<loc_99999999999999999999>" * 8, "x<loc_9223372036854775807>" + "<loc_1>" * 7,
    "x<loc_9223372036854775808>" + "<loc_1>" * 7, "x<loc_2147483647>" + "<loc_3000000000>" * 7,
    "x" + "<loc_16777217>" * 8, "x<loc_٣>" + "<loc_1>" * 7,
]  # fmt: skip


def make_texts(rng, kind):
    """(class, text) pairs: edges for everyone, then random ones by the task's own grammar and others'."""
    texts = [("edge", t) for t in EDGES] + [("exotic", t) for t in EXOTIC]
    own = GRAMMARS[kind]
    seen = {t for _, t in texts}
    while len(texts) < len(EDGES) + len(EXOTIC) + RANDOM_PER_TASK:
        roll = rng.random()
        if roll < 0.4:
            item = ("wellformed", wrap(rng, rng.choice(own)(rng)))
        elif roll < 0.65:
            item = ("damaged", damage(rng, wrap(rng, rng.choice(own)(rng))))
        elif roll < 0.8:
            item = ("other grammar", wrap(rng, rng.choice(ALL_GRAMMARS)(rng)))
        else:
            item = ("soup", wrap(rng, soup(rng)))
        if item[1] not in seen:
            seen.add(item[1])
            texts.append(item)
    return texts


def coordinates(post_processor):
    """[size, bin, pixel] and [size, pixel, bin]: all the float32 roundings that differ from exact arithmetic
    on common sizes, a sample on others, and some ordinary ones."""
    rng = random.Random(7)
    to_pixel, to_bin = [], []
    common = [640, 480, 768, 1024, 1280, 720, 1920, 1080, 800, 600, 4000, 3000, 224, 333]
    for size in common + sorted(rng.sample(range(1, 6000), 60)):
        k = torch.arange(1000)
        got = post_processor.dequantize(torch.stack([k, k], -1), (size, size))[:, 0].tolist()
        odd = [i for i in range(1000) if got[i] != (2 * i + 1) * size // 2000]
        keep = odd if size in common else odd[:4]
        to_pixel += [[size, i, got[i]] for i in sorted(set(keep + [0, 999, rng.randrange(1000)]))]
        x = torch.arange(size + 1, dtype=torch.float32)
        got = post_processor.quantize(torch.stack([x, x], -1), (size, size))[:, 0].tolist()
        odd = [i for i in range(size + 1) if got[i] != min(999, i * 1000 // size)]
        keep = odd if size in common else odd[:4]
        to_bin += [[size, i, got[i]] for i in sorted(set(keep + [0, size, rng.randrange(size)]))]
    return {"bin_to_pixel": to_pixel, "pixel_to_bin": to_bin}


def main():
    processor = reference.make_processor(768, 577, TinyTokenizer(10).reference())
    tasks, failures = [], 0
    for number, (task, kind) in enumerate(processor.tasks_answer_post_processing_type.items()):
        rng = random.Random(1000 + number)
        cases = []
        for i, (origin, text) in enumerate(make_texts(rng, kind)):
            size = SIZES[0] if i % 3 == 0 else rng.choice(SIZES)
            case = {"class": origin, "text": text, "size": size, "result": None}
            try:
                case["result"] = processor.post_process_generation(text, task=task, image_size=size)[task]
            except Exception as error:
                case["error"] = f"{type(error).__name__}: {error}"
                failures += 1
            cases.append(case)
        tasks.append({"task": task, "parser": kind, "cases": cases})
        print(task, len(cases), sum("error" in c for c in cases), "raised,", sum(bool(c["result"]) for c in cases), "not empty")
    table = coordinates(processor.post_processor)
    print({name: len(rows) for name, rows in table.items()})
    content = json.dumps({"format": 1, "tasks": tasks, **table}, ensure_ascii=True, separators=(",", ":"))
    (FIXTURES / "parse.json").write_text(content)


if __name__ == "__main__":
    main()
