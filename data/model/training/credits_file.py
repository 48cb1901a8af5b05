# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes CREDITS: every source of pictures and names, with version, authors and licence, as the packages say."""
import gzip
import json
import re
import subprocess
from collections import Counter

import concepts as concept_table
import photographs

WALLPAPERS = ["mate-backgrounds", "gnome-backgrounds", "ukui-wallpapers", "lomiri-wallpapers-20.04",
              "lomiri-wallpapers-16.04", "plasma-workspace-wallpapers"]
STAMPS = "tuxpaint-stamps-default"
PHOTOGRAPHS = {
    "grocery": """GroceryStoreDataset by Marcus Klasson and others <https://github.com/marcusklasson/GroceryStoreDataset>
    MIT, Copyright (c) 2019 Marcus Klasson; {count} photographs, of the training split.  The notice of the licence:
    Permission is granted, free of charge, to use, copy, modify, merge, publish, distribute, sublicense and sell
    copies, provided that the copyright notice above and this permission notice are included in all copies or
    substantial portions; provided "as is", without warranty of any kind.""",
    "clothing": """clothing-dataset-small by Alexey Grigorev and contributors <https://github.com/alexeygrigorev/clothing-dataset-small>
    CC0 1.0; {count} photographs, of the training split.""",
}


def _debian_version(places, package):
    deb = next((places.work / "deb").glob(package + "_*.deb"))
    return subprocess.run(["dpkg-deb", "-f", str(deb), "Version"], capture_output=True, text=True, check=True).stdout.strip()


def _new_stamps(changelog):
    """Returns the parts of the change log that say who gave which picture."""
    kept, taking = [], False
    for line in changelog.splitlines():
        if re.match(r"  \* ", line) or re.match(r"\S", line):
            taking = bool(re.match(r"  \* .*stamps?\b", line, re.I)) and "locali" not in line.lower()
        if taking and not re.search(r"\bsound|descri", line, re.I):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept))


def _photographs(places, atlas):
    """Returns the lines about the labelled photographs of which some are in `places.photos`."""
    counts = Counter(p.file.split("/")[0] for p in photographs.read(places.photos, atlas.concepts, photographs.TRAINED))
    lines = ["", "Photographs", "-" * 11]
    for folder, count in sorted(counts.items()):
        lines += PHOTOGRAPHS[folder].format(count=count).splitlines()
    return lines


def write(places, atlas, wallpapers, out):
    lines = ["Sources of Monocle's default model", "=" * 34, "",
             "The weights in this folder were trained by the Monocle project from random numbers on pictures composed",
             "of the sources below; no weights of others were used.  The weights are under GPL-3.0-or-later.",
             "What each package says about its authors and licence follows; names and versions are the packages' own.",
             "", "Drawings (npm packages of Iconify, https://iconify.design)", "-" * 58]
    for style in concept_table.ICON_SETS:
        folder = places.npm / "@iconify-json" / style
        info = json.loads((folder / "info.json").read_text())
        version = json.loads((folder / "package.json").read_text())["version"]
        used = sum(e["style"] == style for e in atlas.entries)
        role = "held out: used for evaluation only" if style == concept_table.HELD_OUT_STYLE else f"{used} drawings"
        lines += [f"@iconify-json/{style} {version}: {info['name']} by {info['author']['name']}"
                  f" <{info['author'].get('url', '')}>", f"    {info['license']['title']} ({info['license']['spdx']})"
                  f" {info['license'].get('url', '')}; {role}"]
    lines += ["", "Names", "-----"]
    for package, licence in (("cldr-annotations-full", "Unicode License v3, Copyright Unicode, Inc."),
                             ("unicode-emoji-json", "MIT, Copyright Mu-An Chiou")):
        version = json.loads((places.npm / package / "package.json").read_text())["version"]
        lines.append(f"{package} {version}: {licence}")
    lines += _photographs(places, atlas) if places.photos else []
    stamps = sorted(e["name"] for e in atlas.entries if e["style"] == concept_table.STAMP_STYLE and not e["held_out"])
    lines += ["", "Cut-out photographs and drawings", "-" * 32,
              f"{STAMPS} {_debian_version(places, STAMPS)} (Debian): Copyright 2002-2022 Bill Kendrick and the contributors below;",
              "    GPL-2-or-later; single pictures also public domain, CC BY, CC BY-SA or GFDL as said below.",
              f"    {len(stamps)} pictures used in training:", ""]
    lines += ["    " + name for name in stamps]
    text = gzip.decompress((places.root / "usr/share/doc" / STAMPS / "changelog.gz").read_bytes()).decode("utf-8", "replace")
    lines += ["", "    Who gave the pictures of that package, in the words of its own change log:", ""]
    lines += ["    " + line for line in _new_stamps(text).splitlines()]
    lines += ["", "Backgrounds (Debian packages)", "-" * 29, "Pictures used, without their endings: " + ", ".join(wallpapers), ""]
    for package in WALLPAPERS:
        lines += [f"{package} {_debian_version(places, package)}.  Its copyright file:", ""]
        copyright_ = (places.root / "usr/share/doc" / package / "copyright").read_text(errors="replace")
        # The texts of the licences themselves are left out; they are well known and long.
        for paragraph in re.split(r"\n\s*\n", copyright_):
            if not re.match(r"License:", paragraph) or len(paragraph) < 400:
                if len(paragraph) < 3000 and "TERMS AND CONDITIONS" not in paragraph and paragraph.strip():
                    lines += ["    " + line.rstrip() for line in paragraph.splitlines()] + [""]
    out.write_text("\n".join(lines) + "\n")
