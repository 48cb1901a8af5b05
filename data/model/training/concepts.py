# SPDX-License-Identifier: GPL-3.0-or-later
"""The concept table: what the model can name, in which languages, and where its pictures are.

`concepts-seed.tsv` is written by hand (name, group, emoji, synonyms, photographs), as is `concepts-names.tsv`
(names where those of CLDR will not do); `make` resolves both against the installed art and the CLDR names into
`concepts.tsv`, which every other step reads.
"""
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SEED = HERE / "concepts-seed.tsv"
NAMES = HERE / "concepts-names.tsv"
TABLE = HERE / "concepts.tsv"

LANGUAGES = ["de", "fr", "es", "it", "pt", "nl", "pl", "zh", "ja", "ko"]

# Drawing styles, each one npm package of Iconify.  `emojione` is held out: never trained on.
ICON_SETS = ["noto", "twemoji", "openmoji", "fluent-emoji", "fluent-emoji-flat", "noto-v1",
             "emojione-v1", "streamline-emojis", "fxemoji", "emojione"]
HELD_OUT_STYLE = "emojione"
LONGEST_PHRASE = 6             # words of a stamp's sentence; longer ones tell a story about something else
STAMP_STYLE = "stamp"          # the cut-outs of Tux Paint, mostly photographs


@dataclass
class Concept:
    name: str
    level: int                 # 1: drawn in every build; 2: drawn only in the build trained on a GPU
    group: str
    synonyms: list
    names: dict                # language -> name
    icons: dict                # icon set -> list of icon names
    stamps: list               # paths below the stamps folder
    photos: list               # "folder/label" of the labelled photographs


def icon_sets(npm: Path):
    """Returns icon set -> parsed icons.json."""
    return {s: json.loads((npm / "@iconify-json" / s / "icons.json").read_text()) for s in ICON_SETS}


def _slug(text):
    text = unicodedata.normalize("NFKD", text.lower())
    return "".join(c if c.isalnum() else "-" for c in text if c not in "’'.:").strip("-")


def read_seed():
    level = 1
    for line in SEED.read_text().splitlines():
        if line.startswith("# level "):
            level = int(line.split()[2].rstrip(":"))
        elif line and not line.startswith("#"):
            name, group, emoji, synonyms, photos = (line.split("\t") + ["", "", ""])[:5]
            yield name, level, group, emoji.split(), [s.strip() for s in synonyms.split(",") if s.strip()], photos


def _names_by_hand():
    """Returns concept -> language -> name."""
    head, *rows = (line.split("\t") for line in NAMES.read_text().splitlines() if not line.startswith("#"))
    return {row[0]: dict(zip(head[1:], row[1:])) for row in rows}


def _stamp_index(stamps: Path):
    """Yields (relative path, English noun phrase) of every picture that has a sentence."""
    for text in sorted(stamps.rglob("*.txt")):
        sentence = text.read_text(errors="replace").split("\n", 1)[0].strip().rstrip(".!").lower()
        for suffix in (".png", ".svg"):
            picture = text.with_suffix(suffix)
            if (picture.exists() and len(sentence.split()) <= LONGEST_PHRASE
                    and not re.search(r"silo|outline|_balloon$|planets/[1-9]", str(picture.with_suffix("")))):
                yield str(picture.relative_to(stamps)), sentence


def _longest_match(text, seed):
    """Returns the concept whose name ends the phrase; "teddy bear" wins over "bear"."""
    best = ("", None)
    for name, _level, _group, _symbols, synonyms, _photos in seed:
        for word in [name] + [s.replace("-", " ") for s in synonyms]:
            if (text == word or text.endswith(" " + word)) and len(word) > len(best[0]):
                best = (word, name)
    return best[1]


def make(npm: Path, stamps: Path):
    """Writes concepts.tsv from the seed and the installed packages."""
    emoji = json.loads((npm / "unicode-emoji-json" / "data-by-emoji.json").read_text())
    emoji = {k.replace("\ufe0f", ""): v["name"] for k, v in emoji.items()}
    sets = {s: set(d["icons"]) | set(d.get("aliases", {})) for s, d in icon_sets(npm).items()}
    cldr = {}
    for language in LANGUAGES:
        path = npm / "cldr-annotations-full" / "annotations" / language / "annotations.json"
        cldr[language] = json.loads(path.read_text())["annotations"]["annotations"]
    index = list(_stamp_index(stamps))
    seed = list(read_seed())
    lines = ["\t".join(["name", "level", "group", "synonyms"] + LANGUAGES + ICON_SETS + ["stamps", "photos"])]
    by_hand = _names_by_hand()
    for name, level, group, symbols, synonyms, photos in seed:
        slugs = [_slug(emoji[s]) for s in symbols if s in emoji] + [_slug(name)] + [_slug(s) for s in synonyms]
        row = [name, str(level), group, ", ".join(s for s in synonyms if "-" not in s)]
        for language in LANGUAGES:
            tts = cldr[language].get(symbols[0] if symbols else "", {}).get("tts", [""])
            row.append(by_hand.get(name, {}).get(language) or tts[0])
        for s in ICON_SETS:
            found = [g for g in dict.fromkeys(slugs) if g in sets[s] or g.replace("-", "") in sets[s]]
            row.append(",".join(g if g in sets[s] else g.replace("-", "") for g in found))
        row.append(",".join(p for p, text in index if _longest_match(text, seed) == name))
        row.append(photos)
        lines.append("\t".join(row))
    TABLE.write_text("\n".join(lines) + "\n")


def read(path=TABLE):
    lines = path.read_text().splitlines()
    head = lines[0].split("\t")
    result = []
    for line in lines[1:]:
        row = dict(zip(head, line.split("\t")))
        split = lambda key, by=",": [x.strip() for x in row.get(key, "").split(by) if x.strip()]
        result.append(Concept(row["name"], int(row["level"]), row["group"], split("synonyms"),
                              {c: row[c] for c in LANGUAGES}, {s: split(s) for s in ICON_SETS}, split("stamps"), split("photos")))
    return result
