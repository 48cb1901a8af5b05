# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a run from an exported folder instead of from random numbers.

The tokenizer of the run may have more merges than the folder's.  A token that is new starts as the mean of the
pieces that the folder's tokenizer cuts it into.  A name in another language starts as its English name, shifted
as all names of that language are and towards the tokens that are never written: so the language has one direction
to be learnt, and English answers are not disturbed.  Helper heads are not exported; they start anew.
"""
import json
import re
import struct

import torch

from tokenizer import ADDED, Tokenizer, words_of

EMBEDDING = "model.language_model.shared.weight"
NOISE = 0.02                   # tells apart new tokens of the same pieces
SHIFT = 0.75                   # of a language, about the length of a name's row
UNWRITTEN = 0.7


def read_safetensors(path):
    """Returns name -> float32 tensor of a file that export.py wrote."""
    return tensors_of(path.read_bytes())


def tensors_of(content):
    """Returns name -> float32 tensor of the bytes of such a file."""
    (length,) = struct.unpack_from("<Q", content)
    header, data = json.loads(content[8:8 + length]), bytearray(content[8 + length:])
    tensors = {}
    for name, about in header.items():
        if name != "__metadata__":
            begin, end = about["data_offsets"]
            flat = torch.frombuffer(data[begin:end], dtype=torch.float16)
            tensors[name] = flat.reshape(about["shape"]).float()
    return tensors


def translations(tokenizer, concepts, languages):
    """Returns token -> (English name, language) of the names that begin with a token of their own; one that stands
    behind another word begins with a blank, as does its English."""
    found = {}
    for concept in concepts:
        for language in languages:
            for blank in ("", " "):
                words = words_of(blank + concept.names[language])
                if words and words[0] in tokenizer.ids:
                    found.setdefault(words[0], (blank + concept.name, language))
    return found


def rows_of(old, new, embedding, translated):
    """Returns the embedding of `new`, a Tokenizer, made of the rows that belong to `old`."""
    result = embedding.mean(0).repeat(new.vocabulary, 1)
    if new.vocabulary == old.vocabulary:         # rows that fill it up are nothing but what they are
        result = embedding.clone()
    unwritten = embedding[[old.ids[t] for t in ADDED if re.fullmatch(r"</?[nd]?cap>", t)]].mean(0)
    shifts = {}
    for i, token in enumerate(new.tokens):
        if token in old.ids:
            result[i] = embedding[old.ids[token]]
            continue
        noise = torch.randn(embedding.shape[1])
        if token in translated:
            english, language = translated[token]
            shift = shifts.setdefault(language, torch.nn.functional.normalize(torch.randn_like(noise), dim=0))
            result[i] = embedding[old.encode(english)].mean(0) + UNWRITTEN * unwritten + SHIFT * shift
        else:
            result[i] = embedding[old.pieces(token)].mean(0) + NOISE * noise
    return result


def load(folder, model, tokenizer, translated=None):
    """Fills `model` from the folder, whose merges must be the first of the tokenizer's."""
    old = Tokenizer.of_folder(folder)
    assert tokenizer.merges[:len(old.merges)] == old.merges, "the tokenizer is no extension of the folder's"
    tensors = read_safetensors(folder / "model.safetensors")
    tensors[EMBEDDING] = rows_of(old, tokenizer, tensors[EMBEDDING], translated or {})
    model.load_state_dict(tensors)
