# SPDX-License-Identifier: GPL-3.0-or-later
"""The weighted mean of exported folders that went on from one another: what one of them lost on the way another
still knows.  The first gives the shapes, the tokenizer and the other files.  A token that a folder lacks is the
mean of the others.
"""
import shutil

import torch

from export import weights as bytes_of
from start import EMBEDDING, read_safetensors
from tokenizer import Tokenizer


def _embedding(folders, weights, tables):
    first = Tokenizer.of_folder(folders[0])
    total = torch.zeros_like(tables[0])
    counted = torch.zeros(len(total), 1)
    for folder, weight, table in zip(folders, weights, tables):
        tokenizer = Tokenizer.of_folder(folder)
        pairs = [(first.ids[t], i) for t, i in tokenizer.ids.items() if t in first.ids]
        if tokenizer.vocabulary == first.vocabulary:
            pairs = [(i, i) for i in range(first.vocabulary)]
        here, there = torch.tensor(pairs).T
        total[here] += weight * table[there]
        counted[here] += weight
    return total / counted


def write(folders, weights, out):
    """folders: of one architecture; weights: of each, their sum is 1."""
    assert abs(sum(weights) - 1) < 1e-6, weights
    states = [read_safetensors(folder / "model.safetensors") for folder in folders]
    mean = {name: sum(w * s[name] for w, s in zip(weights, states)) for name in states[0] if name != EMBEDDING}
    mean[EMBEDDING] = _embedding(folders, weights, [s[EMBEDDING] for s in states])
    out.mkdir(parents=True, exist_ok=True)
    for file in folders[0].iterdir():
        if file.suffix in (".json", ".txt"):
            shutil.copyfile(file, out / file.name)
    (out / "model.safetensors").write_bytes(bytes_of(mean))
