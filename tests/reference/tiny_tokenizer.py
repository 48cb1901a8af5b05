# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny byte-level BPE tokenizer of Florence-2's shape: same file formats, same special tokens."""

import json
from collections import Counter
from pathlib import Path

import regex

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]

#: The 1024 tokens Florence-2 appends to BART's vocabulary, in the order of their ids.
FLORENCE_TOKENS = (
    ["<od>", "</od>", "<ocr>", "</ocr>"]
    + [f"<loc_{i}>" for i in range(1000)]
    + ["<cap>", "</cap>", "<ncap>", "</ncap>", "<dcap>", "</dcap>"]
    + ["<grounding>", "</grounding>", "<seg>", "</seg>", "<sep>"]
    + ["<region_cap>", "</region_cap>", "<region_to_desciption>", "</region_to_desciption>"]
    + ["<proposal>", "</proposal>", "<poly>", "</poly>", "<and>"]
)
IMAGE_TOKEN = "<image>"

PIECES = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")

CORPUS = """What is the text in the image? What is the text in the image, with regions?
What does the image describe? Describe in detail what is shown in the image.
Describe with a paragraph what is shown in the image.
Locate the objects with category name in the image.
Locate the objects in the image, with their descriptions.
Locate the region proposals in the image. Locate the phrases in the caption: a red cup on the table
Locate a car in the image with mask What is the polygon mask of region
Locate wheels in the image. What is the region? What does the region describe?
What text is in the region?"""


def byte_symbols():
    """GPT-2's map from a byte to one printable character."""
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    table = {b: chr(b) for b in printable}
    spare = 256
    for b in range(256):
        if b not in table:
            table[b] = chr(spare)
            spare += 1
    return table


def train_merges(count):
    """The `count` most frequent pairs of the corpus, one after the other; ties go to the smaller pair."""
    symbols = byte_symbols()
    words = Counter(
        tuple(symbols[b] for b in piece.encode()) for piece in PIECES.findall(CORPUS)
    )
    merges = []
    while len(merges) < count:
        pairs = Counter()
        for word, n in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += n
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        merged = Counter()
        for word, n in words.items():
            out, i = [], 0
            while i < len(word):
                if word[i : i + 2] == best:
                    out.append(word[i] + word[i + 1])
                    i += 2
                else:
                    out.append(word[i])
                    i += 1
            merged[tuple(out)] += n
        words = merged
    return merges


class TinyTokenizer:
    """Base vocabulary: 4 special tokens, 256 bytes, `merges` merged pairs, `<mask>`."""

    def __init__(self, merges):
        self.merges = train_merges(merges)
        tokens = SPECIAL + list(byte_symbols().values()) + [a + b for a, b in self.merges] + ["<mask>"]
        self.vocab = {token: i for i, token in enumerate(tokens)}
        assert len(self.vocab) == len(tokens)
        self.base_size = len(tokens)

    def tokenizer_json(self, florence_tokens, image_token, pair_lists):
        """The content of tokenizer.json; `pair_lists` writes merges as newer libraries do."""

        def added(i, content, normalized, lstrip=False):
            return {
                "id": i, "content": content, "single_word": False, "lstrip": lstrip,
                "rstrip": False, "normalized": normalized, "special": True,
            }  # fmt: skip

        tokens = [added(i, t, True) for i, t in enumerate(SPECIAL)]
        tokens.append(added(self.base_size - 1, "<mask>", True, lstrip=True))
        extra = (FLORENCE_TOKENS if florence_tokens else []) + ([IMAGE_TOKEN] if image_token else [])
        tokens += [added(self.base_size + i, t, False) for i, t in enumerate(extra)]
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
        return {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens,
            "normalizer": None,
            "pre_tokenizer": byte_level,
            "post_processor": {
                "type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0],
                "trim_offsets": True, "add_prefix_space": False,
            },
            "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True},
            "model": {
                "type": "BPE", "dropout": None, "unk_token": None,
                "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": False,
                "vocab": self.vocab,
                "merges": [list(p) if pair_lists else " ".join(p) for p in self.merges],
            },
        }  # fmt: skip

    def write_tokenizer_json(self, folder, florence_tokens, image_token, pair_lists):
        content = self.tokenizer_json(florence_tokens, image_token, pair_lists)
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (Path(folder) / "tokenizer.json").write_text(text, encoding="utf-8")

    def write_vocab_and_merges(self, folder):
        folder = Path(folder)
        (folder / "vocab.json").write_text(json.dumps(self.vocab, ensure_ascii=False), encoding="utf-8")
        lines = ["#version: 0.2"] + [" ".join(p) for p in self.merges]
        (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def reference(self):
        """The same tokenizer in the reference library, with every added token."""
        from tokenizers import Tokenizer
        from transformers import PreTrainedTokenizerFast

        content = json.dumps(self.tokenizer_json(True, True, True), ensure_ascii=False)
        fast = PreTrainedTokenizerFast(
            tokenizer_object=Tokenizer.from_str(content),
            bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>", unk_token="<unk>",
            pad_token="<pad>", mask_token="<mask>", clean_up_tokenization_spaces=False,
        )  # fmt: skip
        fast.image_token = IMAGE_TOKEN
        fast.image_token_id = self.base_size + len(FLORENCE_TOKENS)
        return fast
