# SPDX-License-Identifier: GPL-3.0-or-later
"""CLIP's tokenizer on a vocabulary of our own: lower case, byte-level BPE whose last piece of a word ends in `</w>`.

Ids: 256 bytes, the same that end a word, the merges, `<|startoftext|>` and `<|endoftext|>`.
"""
import json
import re
import unicodedata
from collections import Counter

from tokenizer import byte_letters, joined, merges_of

END = "</w>"
START_TOKEN, END_TOKEN = "<|startoftext|>", "<|endoftext|>"
_WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\s\w]|_)+")
# The same in the syntax of the tokenizers library, as the published files have it.
_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
_LETTERS = byte_letters()


def words_of(text):
    """Splits text into words, each a list of byte letters of which the last is marked."""
    for word in _WORDS.findall(unicodedata.normalize("NFC", text).lower()):
        letters = [_LETTERS[b] for b in word.encode()]
        letters[-1] += END
        yield letters


def train(lines, merges):
    """lines: iterable of (text, weight).  Returns the merges (a, b), most frequent first; ties by name."""
    counts = Counter()
    for text, weight in lines:
        for word in words_of(text):
            counts[tuple(word)] += weight
    return merges_of(counts, merges)


class Pieces:
    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.ranks = {pair: i for i, pair in enumerate(self.merges)}
        # In the order of the published vocabularies: printable letters first, then the others.
        bytes_ = sorted(_LETTERS.values(), key=ord)
        symbols = bytes_ + [b + END for b in bytes_] + [a + b for a, b in self.merges] + [START_TOKEN, END_TOKEN]
        self.ids = {symbol: i for i, symbol in enumerate(symbols)}
        assert len(self.ids) == len(symbols), "two merges give the same piece"
        self.start, self.end = self.ids[START_TOKEN], self.ids[END_TOKEN]
        self.vocabulary = len(symbols)
        self._known = {}

    @classmethod
    def load(cls, path):
        return cls(json.loads(path.read_text()))

    def save(self, path):
        path.write_text(json.dumps(self.merges, ensure_ascii=False) + "\n")

    def _word(self, word):
        while len(word) > 1:
            best = min(zip(word, word[1:]), key=lambda pair: self.ranks.get(pair, len(self.ranks)))
            if best not in self.ranks:
                break
            word = joined(word, best)
        return [self.ids[symbol] for symbol in word]

    def encode(self, text, longest):
        """Returns the ids with both ends, at most `longest` of them."""
        if text not in self._known:
            self._known[text] = [i for word in words_of(text) for i in self._word(word)]
        return [self.start] + self._known[text][:longest - 2] + [self.end]

    def files(self, longest):
        """Returns name -> text of the tokenizer's files in the published layout."""
        special = lambda token, normalized: {
            "id": self.ids[token], "content": token, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": normalized, "special": True}
        bpe = {"type": "BPE", "dropout": None, "unk_token": END_TOKEN, "continuing_subword_prefix": "",
               "end_of_word_suffix": END, "fuse_unk": False, "byte_fallback": False, "vocab": self.ids,
               "merges": [f"{a} {b}" for a, b in self.merges]}
        whole = {
            "version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [special(START_TOKEN, True), special(END_TOKEN, False)],
            "normalizer": {"type": "Sequence", "normalizers": [
                {"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
                {"type": "Lowercase"}]},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": _PATTERN}, "behavior": "Removed", "invert": True},
                {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}]},
            "post_processor": {"type": "RobertaProcessing", "sep": [END_TOKEN, self.end],
                               "cls": [START_TOKEN, self.start], "trim_offsets": False, "add_prefix_space": False},
            "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
            "model": bpe}
        settings = {"tokenizer_class": "CLIPTokenizer", "bos_token": START_TOKEN, "eos_token": END_TOKEN,
                    "pad_token": END_TOKEN, "unk_token": END_TOKEN, "do_lower_case": True, "errors": "replace",
                    "model_max_length": longest}
        return {"tokenizer.json": json.dumps(whole, ensure_ascii=False) + "\n",
                "tokenizer_config.json": json.dumps(settings, indent=1) + "\n",
                "vocab.json": json.dumps(self.ids, ensure_ascii=False) + "\n",
                "merges.txt": "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in self.merges)}
