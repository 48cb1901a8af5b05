#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small tokenizer.model made as LLaMA's was, and what SentencePiece makes of prompts with
Unified-IO 2's own pieces behind it: tests/fixtures/unifiedio2/pieces.json.gz."""
import base64
import gzip
import io
import json
import pathlib

import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2 as proto

HERE = pathlib.Path(__file__).resolve().parent

WORDS = """a the this that red blue green small large old young dog cat car tree house street man woman
child ball table chair window door sits stands runs plays looks near under over behind between with
and or is are was image picture region object caption describe segment bounding box depth surface
normal category short answer what which where how many locations list matching text""".split()


def make_model():
    """Sentences of a fixed walk through the words."""
    lines, at = [], 1
    for _ in range(900):
        line = []
        for _ in range(9):
            at = (at * 48271) % 2147483647
            line.append(WORDS[at % len(WORDS)])
        lines.append(" ".join(line).capitalize() + ".")
    out = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=out, model_type="bpe", vocab_size=420,
        byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        hard_vocab_limit=False, num_threads=1, minloglevel=2)
    return out.getvalue()


def add_pieces(data):
    model = proto.ModelProto.FromString(data)
    first = [model.pieces[i] for i in (1, 2, 0)]
    kept = [p.SerializeToString() for p in first + list(model.pieces[3:])]
    del model.pieces[:]
    for piece in kept:
        model.pieces.add().ParseFromString(piece)
    names = [f"<extra_id_{i}>" for i in reversed(range(1200))]
    for i in range(1, 9):
        names += [f"<image_history_{i}>", f"<audio_history_{i}>"]
    names += ["<image_input>", "<audio_input>", "[Text]▁[S]", "[Text]▁[R]", "[Text]▁[X]",
              "[Image]▁[S]", "[Image]▁[R]", "[Audio]▁[S]", "[Audio]▁[R]"]
    for name in names:
        model.pieces.add(piece="▁" + name, score=0.0,
                         type=proto.ModelProto.SentencePiece.USER_DEFINED)
    processor = spm.SentencePieceProcessor()
    processor.LoadFromSerializedProto(model.SerializeToString())
    return processor


TEXTS = [
    "[Text] [S] Caption this image.",
    "[Text] [S] What is the category of the object at <extra_id_200> <extra_id_345> <extra_id_999> "
    "<extra_id_1199>?",
    "[Image] [S] Segment the object in this bounding box: <extra_id_205> <extra_id_300> "
    "<extra_id_400> <extra_id_1000> small dog",
    "[Text] [S] Which region does the text \"the man behind a car\" describe?",
    "[Image] [S] An image of a random picture.",
    "[Text] [S] Zwölf große Bären, 3,5 km – ünd 猫? Short answer:",
    "[Text] [S] two  blanks and\nlines\ttabs",
    "[Audio] [S] <image_input> and <audio_input> <image_history_8>",
    "[Text] [X] e",
]

if __name__ == "__main__":
    data = make_model()
    processor = add_pieces(data)
    found = {"model": base64.b64encode(data).decode(),
             "n": spm.SentencePieceProcessor(model_proto=data).GetPieceSize(),
             "texts": [{"text": text, "ids": processor.EncodeAsIds(text) + [1]} for text in TEXTS]}
    path = HERE.parent / "fixtures" / "unifiedio2" / "pieces.json.gz"
    path.write_bytes(gzip.compress(json.dumps(found).encode(), 9, mtime=0))
    print(path, path.stat().st_size, found["n"])
