# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/fixtures/training/lessons.npy: what tokens the reference makes of 500 answers, which the C test makes by itself.

A number an answer: 24 bits of a hash of its token ids. Places are quantised by transformers' processor of
Florence-2, words are cut by tokenizers with the published vocabulary. Wants torch, transformers, tokenizers.
"""


import numpy as np
import torch
from tokenizers import AddedToken, Tokenizer
from transformers.models.florence2.processing_florence2 import Florence2PostProcessor

from command_line import FIXTURES, UNPACKED

N = 500
WORDS = ["granny smith", "Apfel", "苹果", "t-shirt", "3,5 kg", "a dog’s toy", "É", "x", "under  the\ttable", "1 < 2"]
FIND, PLACE, READ, DESCRIBE = range(4)


class Numbers:
    """The same everywhere: hashed counters."""

    def __init__(self, seed):
        self.at, self.seed = 0, seed

    def below(self, n):
        self.at += 1
        h = (self.at + self.seed * 7919) * 2654435761 % 2**32
        h = (h ^ (h >> 16)) * 2246822519 % 2**32
        return (h >> 8) % n


def load_tokenizer():
    tokenizer = Tokenizer.from_file(str(UNPACKED / "florence-2/tokenizer.json"))
    lines = (UNPACKED / "florence-2/added_tokens_by_id.tsv").read_text().splitlines()
    rows = sorted((int(a), b) for a, b in (line.split("\t")[:2] for line in lines if line[0].isdigit()))
    for number, text in rows:
        if number >= tokenizer.get_vocab_size():
            tokenizer.add_special_tokens([AddedToken(text, special=True)])
            assert tokenizer.token_to_id(text) == number, text
    return tokenizer


def draw_words(numbers):
    return " ".join(WORDS[numbers.below(len(WORDS))] for _ in range(1 + numbers.below(3)))


def clean(words):
    """Markers begin with "<"; an answer is one line."""
    for mark in "<\r\n\t":
        words = words.replace(mark, " ")
    return words.strip()


def draw_object(numbers, width, height):
    """Words, and quarters of pixels; often on the edge."""
    words, corners = draw_words(numbers), []
    for i in range(8):
        side = (width, height)[i % 2]
        edge = numbers.below(6)
        at = numbers.below(4 * side + 1)
        corners.append({0: 0, 1: side}.get(edge, at / 4))
    return words, corners


def write(quantizer, kind, objects, width, height):
    def bins(corners):
        pairs = torch.tensor(corners, dtype=torch.float32).reshape(-1, 2)
        return quantizer(pairs, (width, height)).reshape(-1).tolist()

    places = [(clean(words), bins(corners)) for words, corners in objects]
    places.sort(key=lambda place: (place[1][1] * 10 // 1000, place[1][0]))
    text = ""
    for words, at in places:
        at = at if kind == READ else [*at[:2], *at[4:6]]
        text += ("" if kind == PLACE else words) + "".join(f"<loc_{i}>" for i in at)
    return text


def fold(ids):
    h = 2166136261
    for i in ids:
        h = (h ^ i) * 16777619 % 2**32
    return h >> 8


def main():
    tokenizer, quantizer = load_tokenizer(), make_quantizer()
    hashes = []
    for i in range(N):
        numbers, kind = Numbers(i), i % 4
        width, height = 1 + numbers.below(4000), 1 + numbers.below(4000)
        if kind == DESCRIBE:
            text = clean(draw_words(numbers))
        else:
            objects = [draw_object(numbers, width, height) for _ in range(numbers.below(5))]
            text = write(quantizer, kind, objects, width, height)
        hashes.append(fold([0, *tokenizer.encode(text, add_special_tokens=False).ids, 2]))
    np.save(FIXTURES / "training/lessons.npy", np.array(hashes, np.int32))


def make_quantizer():
    processor = Florence2PostProcessor.__new__(Florence2PostProcessor)
    processor.quantize_bins = (1000, 1000)
    return lambda pairs, size: Florence2PostProcessor.quantize(processor, pairs, size)


if __name__ == "__main__":
    main()
