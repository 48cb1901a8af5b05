# SPDX-License-Identifier: GPL-3.0-or-later
"""Byte-level BPE as in GPT-2: trainer, encoder, decoder and the tokenizer.json writer.

Ids: `<s> <pad> </s> <unk>`, 256 bytes, the merges, `<mask>`, then Florence-2's added tokens in its
order and `<image>`; the embedding is padded to a multiple of 64 as in the native layout.
"""
import json
import re
from collections import Counter

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
ADDED = (["<od>", "</od>", "<ocr>", "</ocr>"] + [f"<loc_{i}>" for i in range(1000)]
         + ["<cap>", "</cap>", "<ncap>", "</ncap>", "<dcap>", "</dcap>", "<grounding>", "</grounding>",
            "<seg>", "</seg>", "<sep>", "<region_cap>", "</region_cap>", "<region_to_desciption>",
            "</region_to_desciption>", "<proposal>", "</proposal>", "<poly>", "</poly>", "<and>", "<image>"])
_WORDS = re.compile(r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
_CUT = re.compile("(" + "|".join(re.escape(t) for t in sorted(SPECIAL + ["<mask>"] + ADDED, key=len, reverse=True)) + ")")


def byte_letters():
    """GPT-2's printable letter of each byte."""
    plain = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    letters, extra = {}, 0
    for b in range(256):
        letters[b] = chr(b) if b in plain else chr(256 + extra)
        extra += b not in plain
    return letters


_LETTERS = byte_letters()
_BYTES = {letter: b for b, letter in _LETTERS.items()}


def words_of(text):
    """Splits text into pre-tokens, written in byte letters."""
    return ["".join(_LETTERS[b] for b in word.encode()) for word in _WORDS.findall(text)]


def train(lines, merges, start=()):
    """lines: iterable of (text, weight).  Returns the list of merges (a, b), most frequent first; with `start`
    these are the first of them and as many more are found as are missing."""
    counts = Counter()
    for text, weight in lines:
        for part in _CUT.split(text)[::2]:
            for word in words_of(part):
                counts[word] += weight
    return merges_of(counts, merges, start)


def joined(word, pair):
    """Returns the symbols of a word with those of the pair in one, wherever they follow one another."""
    result = []
    for symbol in word:
        if result and (result[-1], symbol) == pair:
            result[-1] += symbol
        else:
            result.append(symbol)
    return result


def merges_of(counts, merges, start=()):
    """counts: word, as any sequence of symbols -> how often.  Returns the merges as `train` does; ties by name."""
    words = {key: list(key) for key in counts}
    pairs, where = Counter(), {}
    for key, word in words.items():
        for pair in zip(word, word[1:]):
            pairs[pair] += counts[key]
            where.setdefault(pair, set()).add(key)
    result = []
    for known in [*start] + [None] * (merges - len(start)):
        best = known or max(pairs, key=lambda pair: (pairs[pair], pair), default=None)
        if not known and (best is None or pairs[best] <= 0):
            break
        result.append(best)
        for key in where.pop(best, ()):
            word = words[key]
            for pair in zip(word, word[1:]):
                pairs[pair] -= counts[key]
            words[key] = word = joined(word, best)
            for pair in zip(word, word[1:]):
                pairs[pair] += counts[key]
                where.setdefault(pair, set()).add(key)
        pairs.pop(best, None)
    return result


def complete(merges, texts):
    """Returns more merges, so many that every word of `texts` is one token: a name in a language of which little
    is written is learnt whole or not at all."""
    words = dict.fromkeys(word for text in texts for word in words_of(text))
    found, known = list(merges), {tuple(m) for m in merges}
    while True:
        tokenizer, before = Tokenizer(found), len(found)
        for word in words:
            parts = [tokenizer.tokens[i] for i in tokenizer.pieces(word)]
            for n in range(1, len(parts)):
                pair = ("".join(parts[:n]), parts[n])
                if pair not in known:
                    known.add(pair)
                    found.append(pair)
        if len(found) == before:
            return found


class Tokenizer:
    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        # Two merges may give one token; ids have no gaps, since others number the added tokens by counting.
        merged = dict.fromkeys(a + b for a, b in self.merges)
        base = SPECIAL + [_LETTERS[b] for b in range(256)] + list(merged) + ["<mask>"]
        self.base_size = len(base)
        self.tokens = base + ADDED
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.rank = {pair: i for i, pair in enumerate(self.merges)}
        self.loc0 = self.ids["<loc_0>"]
        self.vocabulary = (len(self.tokens) + 63) // 64 * 64
        self._known = {}

    @classmethod
    def load(cls, path):
        return cls(json.loads(path.read_text())["merges"])

    @classmethod
    def of_folder(cls, folder):
        """The tokenizer of an exported model."""
        return cls(json.loads((folder / "tokenizer.json").read_text())["model"]["merges"])

    def save(self, path):
        path.write_text(json.dumps({"merges": self.merges}))

    def pieces(self, word):
        """Returns the ids of one pre-token, written in byte letters."""
        if word not in self._known:
            parts = list(word)
            while len(parts) > 1:
                ranked = [(self.rank.get(pair, 1 << 30), i) for i, pair in enumerate(zip(parts, parts[1:]))]
                rank, _ = min(ranked)
                if rank == 1 << 30:
                    break
                parts = joined(parts, self.merges[rank])
            self._known[word] = [self.ids[p] for p in parts]
        return self._known[word]

    def encode(self, text):
        """Returns ids without the surrounding <s> and </s>."""
        ids = []
        for i, part in enumerate(_CUT.split(text)):
            if i % 2:
                ids.append(self.ids[part])
            else:
                for word in words_of(part):
                    ids += self.pieces(word)
        return ids

    def decode(self, ids):
        data = b""
        for i in ids:
            token = self.tokens[i] if i < len(self.tokens) else ""
            known = 4 <= i < self.base_size - 1
            data += bytes(_BYTES[c] for c in token) if known else token.encode()
        return data.decode(errors="replace")

    def json(self):
        """Returns the content of tokenizer.json, added tokens included."""
        def added(i, content):
            return {"id": i, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
                    "normalized": False, "special": True}
        tokens = [added(self.ids[t], t) for t in SPECIAL + ["<mask>"] + ADDED]
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        return {
            "version": "1.0", "truncation": None, "padding": None,
            "added_tokens": sorted(tokens, key=lambda t: t["id"]), "normalizer": None,
            "pre_tokenizer": level,
            "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0],
                               "trim_offsets": True, "add_prefix_space": False},
            "decoder": level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
                      "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False,
                      "vocab": {t: i for t, i in self.ids.items() if i < self.base_size},
                      "merges": [list(m) for m in self.merges]}}
