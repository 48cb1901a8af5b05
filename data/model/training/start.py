# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a run from an exported folder instead of from random numbers.

The tokenizer of the run may have more merges than the folder's: a token that is new starts as the mean of the
pieces that the folder's tokenizer cuts it into.  Helper heads are not exported; they start anew.
"""
import json
import struct

import torch

from tokenizer import Tokenizer

EMBEDDING = "model.language_model.shared.weight"
NOISE = 0.02                   # tells apart new tokens of the same pieces


def read_safetensors(path):
    """Returns name -> float32 tensor of a file that export.py wrote."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), bytearray(file.read())
    tensors = {}
    for name, about in header.items():
        if name != "__metadata__":
            begin, end = about["data_offsets"]
            flat = torch.frombuffer(data[begin:end], dtype=torch.float16)
            tensors[name] = flat.reshape(about["shape"]).float()
    return tensors


def rows_of(old, new, embedding):
    """Returns the embedding of `new`, a Tokenizer, made of the rows that belong to `old`."""
    result = embedding.mean(0).repeat(new.vocabulary, 1)
    for i, token in enumerate(new.tokens):
        if token in old.ids:
            result[i] = embedding[old.ids[token]]
        else:
            result[i] = embedding[old.pieces(token)].mean(0) + NOISE * torch.randn(embedding.shape[1])
    return result


def load(folder, model, tokenizer):
    """Fills `model` from the folder, whose merges must be the first of the tokenizer's."""
    old = Tokenizer.of_folder(folder)
    assert tokenizer.merges[:len(old.merges)] == old.merges, "the tokenizer is no extension of the folder's"
    tensors = read_safetensors(folder / "model.safetensors")
    tensors[EMBEDDING] = rows_of(old, tokenizer, tensors[EMBEDDING])
    model.load_state_dict(tensors)
