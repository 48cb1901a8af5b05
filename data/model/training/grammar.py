# SPDX-License-Identifier: GPL-3.0-or-later
"""Florence-2's answer grammar: location tokens, writers of answers, and parsers that read them back.

A written answer is a list of pieces (text, object index or None): the text is the answer, the index
tells the trainer which object the decoder should look at while it writes that piece.
"""
import re

BINS = 1000
WHOLE = "<loc_0><loc_0><loc_999><loc_999>"       # the region that is the whole picture
_LOC = re.compile(r"<loc_(\d+)>")


def quantise(value, size):
    return min(max(int(value / (size / BINS)), 0), BINS - 1)


def dequantise(bin_, size):
    return (bin_ + 0.5) * size / BINS


def locations(points, width, height):
    """Returns the location tokens of a flat list x, y, x, y, ..."""
    return "".join(f"<loc_{quantise(v, (width, height)[i % 2])}>" for i, v in enumerate(points))


def box(o, scene):
    return locations(o.box, scene.width, scene.height)


def labelled_boxes(items, scene):
    """items: (label, [object indices]).  A label stands once before all of its boxes."""
    pieces = []
    for label, indices in items:
        pieces.append((label, indices[0]))
        pieces += [(box(scene.objects[i], scene), i) for i in indices]
    return pieces


def polygon(index, scene, max_points, fixed=False):
    parts = scene.objects[index].outline(max_points, fixed)
    return [("<sep>".join(locations(p.reshape(-1), scene.width, scene.height) for p in parts), index)]


def quads(texts, scene):
    return [(t["string"] + locations(t["quad"], scene.width, scene.height), None) for t in texts]


def text_of(pieces):
    return "".join(text for text, _index in pieces)


# -- reading back -------------------------------------------------------------------------------------

def clean(answer):
    return re.sub(r"</?s>|<pad>", "", answer)


def parse_boxes(answer, width, height, labels=True):
    """Returns [(label, [x1, y1, x2, y2])] of description_with_bboxes, grounding and proposals."""
    pattern = r"([^<]+)((?:<loc_\d+>){4,})" if labels else r"()((?:<loc_\d+>){4,})"
    result = []
    for label, locs in re.findall(pattern, clean(answer)):
        bins = [int(b) for b in _LOC.findall(locs)]
        for i in range(0, len(bins) - 3, 4):
            result.append((label.strip(), [dequantise(b, (width, height)[k % 2])
                                           for k, b in enumerate(bins[i:i + 4])]))
    return result


def parse_polygons(answer, width, height):
    """Returns the polygons (flat pixel lists) of one segmentation answer."""
    result = []
    for part in clean(answer).split("<sep>"):
        bins = [int(b) for b in _LOC.findall(part)]
        bins = bins[:len(bins) // 2 * 2]
        if len(bins) >= 6:
            result.append([dequantise(b, (width, height)[k % 2]) for k, b in enumerate(bins)])
    return result


def parse_quads(answer, width, height):
    """Returns [(string, 8 numbers)] of an answer to OCR with region."""
    result = []
    for string, locs in re.findall(r"([^<\n]+?)((?:<loc_\d+>){8})", clean(answer)):
        result.append((string, [dequantise(int(b), (width, height)[k % 2])
                                for k, b in enumerate(_LOC.findall(locs))]))
    return result
