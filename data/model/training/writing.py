# SPDX-License-Identifier: GPL-3.0-or-later
"""Text in scenes: words, numbers and random letters on labels and signs, with the quad of each string.

Ten font families and 300 words are held out from training.
"""
import numpy as np
from PIL import Image, ImageDraw, ImageFont

# Family (the start of a file name below the fonts folder); the last ten are held out.
FAMILIES = ["Lato-", "OpenSans-", "Roboto-", "Inter-", "Cantarell-", "LiberationSans-", "LiberationSerif-",
            "LiberationMono-", "DejaVuSans", "DejaVuSerif", "NimbusRoman-", "NimbusSans-", "NimbusMonoPS-",
            "C059-", "URWGothic-", "EBGaramond", "Hack-", "Carlito-",
            "DancingScript", "ComicNeue-", "FiraCode-", "P052-", "URWBookman-", "Z003-", "LiberationSansNarrow-",
            "DejaVuSansMono", "RobotoCondensed-", "NimbusSansNarrow-"]
HELD_OUT_FAMILIES = 10
HELD_OUT_WORDS = 300
SHOWN_WORDS = ["OPEN", "CLOSED", "SALE", "EXIT", "STOP", "Menu", "Total", "Coffee", "Tea", "Bread", "Milk",
               "Push", "Pull", "Welcome", "Hello", "Save", "Print", "Cancel", "File", "Edit", "Help"]


def family(path):
    """Returns the family of a font file, or None.  The longest name counts: "DejaVuSans" is not wanted for its Mono."""
    return max((f for f in FAMILIES if path.name.startswith(f)), key=len, default=None)


def fonts(folder, held_out=False):
    """Returns the font files of the training or of the held-out families."""
    families = FAMILIES[-HELD_OUT_FAMILIES:] if held_out else FAMILIES[:-HELD_OUT_FAMILIES]
    return [p for p in sorted(folder.rglob("*.[ot]tf")) if family(p) in families]


def good_words(path):
    """Returns the English words of 2 to 9 letters."""
    return [w for w in path.read_text().split() if w.isascii() and w.isalpha() and w.islower() and 2 <= len(w) <= 9]


def words(path, held_out=False):
    """Returns the good words; every n-th, 300 in all, is held out."""
    good = good_words(path)
    step = len(good) // HELD_OUT_WORDS
    return good[::step][:HELD_OUT_WORDS] if held_out else [w for i, w in enumerate(good) if i % step]


class TextPainter:
    """Writes one to four strings on a picture."""

    def __init__(self, font_files, word_list, smallest=0.045, largest=0.2):
        self.fonts, self.words = font_files, word_list
        self.smallest, self.largest = smallest, largest

    def string(self, rng):
        kind = rng.random()
        if kind < 0.6:
            chosen = [SHOWN_WORDS if rng.random() < 0.15 else self.words for _ in range(int(rng.integers(1, 4)))]
            text = " ".join(w[rng.integers(len(w))] for w in chosen)
            return [text, text.capitalize(), text.upper()][rng.integers(3)]
        if kind < 0.8:
            return [f"{rng.integers(1, 100)}.{rng.integers(0, 100):02d}", str(rng.integers(0, 10000)),
                    f"{rng.integers(1, 29)}/{rng.integers(1, 13)}/{rng.integers(1990, 2030)}",
                    f"{rng.integers(0, 24)}:{rng.integers(0, 60):02d}"][rng.integers(4)]
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        return "".join(letters[rng.integers(len(letters))] for _ in range(int(rng.integers(2, 7))))

    def paint(self, rng, picture, count):
        """Writes on `picture` in place; returns [{"string", "quad"}] from top to bottom."""
        size, taken, found = picture.width, [], []
        for _ in range(count * 4):
            if len(found) == count:
                break
            height = size * float(np.exp(rng.uniform(np.log(self.smallest), np.log(self.largest))))
            font = ImageFont.truetype(str(self.fonts[rng.integers(len(self.fonts))]), max(7, int(height)))
            string = self.string(rng)
            x1, y1, x2, y2 = font.getbbox(string)
            w, h, pad = x2 - x1, y2 - y1, int(height * 0.3) + 1
            if w + 2 * pad > size * 0.95 or h < 4:
                continue
            layer = Image.new("RGBA", (w + 2 * pad, h + 2 * pad), (0, 0, 0, 0))
            ink, paper = _contrast(rng)
            pen = ImageDraw.Draw(layer)
            if rng.random() < 0.75:
                pen.rounded_rectangle([0, 0, layer.width - 1, layer.height - 1], pad // 2 if rng.random() < 0.5 else 0, fill=paper)
            pen.text((pad - x1, pad - y1), string, font=font, fill=ink)
            angle = float(rng.normal(0, 4)) if rng.random() < 0.4 else 0.0
            turned = layer.rotate(angle, Image.BICUBIC, expand=True)
            if turned.width >= size or turned.height >= size:
                continue
            x, y = (int(rng.integers(0, size - s)) for s in turned.size)
            box = (x, y, x + turned.width, y + turned.height)
            if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
                continue
            taken.append(box)
            picture.paste(turned, (x, y), turned)
            a = np.deg2rad(-angle)
            turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
            corners = np.array([[-w / 2, -h / 2], [w / 2, -h / 2], [w / 2, h / 2], [-w / 2, h / 2]]) @ turn.T
            quad = corners + [x + turned.width / 2, y + turned.height / 2]
            found.append({"string": string, "quad": [round(float(v), 1) for v in quad.reshape(-1)]})
        return sorted(found, key=lambda t: (t["quad"][1], t["quad"][0]))


def _contrast(rng):
    """Returns (ink, paper) as RGBA with enough difference to be read."""
    while True:
        ink, paper = rng.integers(0, 256, 3), rng.integers(0, 256, 3)
        if abs(float(ink.mean()) - float(paper.mean())) > 90:
            return tuple(int(c) for c in ink) + (255,), tuple(int(c) for c in paper) + (255,)
