# SPDX-License-Identifier: GPL-3.0-or-later
"""A run in files small enough to be carried: the averaged weights in 16 bits, in pieces, and all else that an exported
folder holds.  It is what a run leaves every minute, what another machine goes on from, and, joined, the model.

The moments of the optimizer stay behind: they would treble the size, and are found again in a warm-up.  The manifest is
written last and by renaming, and names its pieces, so that a kill at any moment leaves the whole of one state.
"""
import hashlib
import json
import os
import zipfile
from pathlib import Path

PIECE = 15 << 20               # bytes
MANIFEST, FILES, WEIGHTS = "manifest.json", "files.zip", "model.safetensors"


def _replace(path, data):
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)


def write(folder, weights, files, progress):
    """weights: bytes of the safetensors file; files: name -> text of the rest; progress: plain data to go on with."""
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(weights).hexdigest()
    count = -(-len(weights) // PIECE)
    names = [f"weights-{digest[:12]}.{i}" for i in range(count)]
    size = -(-len(weights) // count)
    for i, name in enumerate(names):
        _replace(folder / name, weights[i * size:(i + 1) * size])
    if not (folder / FILES).exists():
        part = folder / (FILES + ".part")
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        os.replace(part, folder / FILES)
    _replace(folder / MANIFEST, json.dumps({"weights": names, "sha256": digest, "progress": progress}, indent=1).encode())
    for old in folder.glob("weights-*"):
        if old.name not in names:
            old.unlink()


def read(folder):
    """Returns (bytes of the weights, progress), or None where no state is kept."""
    if not (folder / MANIFEST).exists():
        return None
    manifest = json.loads((folder / MANIFEST).read_text())
    weights = b"".join((folder / Path(name).name).read_bytes() for name in manifest["weights"])
    if hashlib.sha256(weights).hexdigest() != manifest["sha256"]:
        raise SystemExit(f"{folder}: the pieces are not those that {MANIFEST} names")
    return weights, manifest["progress"]


def join(folder, out):
    """Makes an exported folder of what `write` left; returns its progress."""
    weights, progress = read(folder) or exit(f"{folder}: no {MANIFEST}")
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / FILES) as archive:
        for name in archive.namelist():
            _replace(out / Path(name).name, archive.read(name))
    _replace(out / WEIGHTS, weights)
    return progress
