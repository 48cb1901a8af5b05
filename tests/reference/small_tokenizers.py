# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokenizers with the pipelines of well-known ones, trained by the reference library on our own texts."""

import json
import struct
import unicodedata
from collections import Counter

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

QWEN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CLIP = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
BYTES = [f"<0x{b:02X}>" for b in range(256)]
MARK = "\u2581"


def make_charsmap():
    """A table as SentencePiece compiles it: compatibility forms, some pairs, blanks."""
    ranges = [(0xA0, 0xFF), (0x132, 0x140), (0x1C4, 0x1CC), (0x2000, 0x200A), (0x2070, 0x209C), (0x2100, 0x214D), (0x2160, 0x217F), (0x2460, 0x24EA), (0x3000, 0x3001), (0x3131, 0x314E), (0x3300, 0x3357), (0xFB00, 0xFB06), (0xFDFA, 0xFDFA), (0xFF01, 0xFF9F), (0x1D400, 0x1D433)]  # fmt: skip
    table = {chr(c): unicodedata.normalize("NFKC", chr(c)) for low, high in ranges for c in range(low, high + 1)}
    table.update({a + m: unicodedata.normalize("NFC", a + m) for a in "aeiounAEIOUN" for m in "\u0300\u0301\u0303\u0308"})
    table.update({chr(c): "" for c in [*range(1, 9), 0xB, *range(0xE, 0x20), 0x7F, 0xAD, 0xFEFF]})
    table.update({c: " " for c in "\t\n\f\r\u1680\u200b\u200e\u2028\u2029\u2581\ufffd"})
    table = {k.encode(): v.encode() for k, v in table.items() if k != v}

    texts, places = b"", {}
    for text in table.values():
        if text not in places:
            places[text] = len(texts)
            texts += text + b"\0"
    trie = {}
    for key, text in table.items():
        node = trie
        for byte in key:
            node = node.setdefault(byte, {})
        node[0] = places[text]
    # A double array: the children of a unit are at its offset, xor their byte; a value is at byte 0.
    units, used = {0: 0}, {0}
    todo = [(0, trie)]
    while todo:
        at, node = todo.pop()
        offset = next(o for o in range(1, 1 << 20) if not any((o ^ b) in used for b in node))
        units[at] |= ((at ^ offset) << 10) | ((0 in node) << 8)
        for byte, child in node.items():
            used.add(offset ^ byte)
            units[offset ^ byte] = (child | 1 << 31) if byte == 0 else byte
            if byte != 0:
                todo.append((offset ^ byte, child))
    array = [units.get(i, 0) for i in range(max(units) + 1)]
    array += [0] * (-len(array) % 256)
    return struct.pack("<I", 4 * len(array)) + struct.pack(f"<{len(array)}I", *array) + texts


def precompiled(charsmap):
    return normalizers.Precompiled(charsmap)


def train(tokenizer, trainer, corpus):
    tokenizer.train_from_iterator(corpus, trainer)
    return tokenizer


def common(corpus, count):
    """Without the rarer characters: a Unigram model has a token for each."""
    seen = Counter("".join(corpus))
    keep = {c for c, _ in seen.most_common(count)}
    return ["".join(c for c in line if c in keep) for line in corpus]


def bpe(size, **more):
    return trainers.BpeTrainer(vocab_size=size, show_progress=False, **more)


def clip_like(corpus, size, charsmap):
    t = Tokenizer(models.BPE(unk_token="<|endoftext|>", end_of_word_suffix="</w>"))
    t.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(CLIP), "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    t.decoder = decoders.ByteLevel()
    train(t, bpe(size, end_of_word_suffix="</w>", initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|startoftext|>", "<|endoftext|>"]), corpus)
    t.add_special_tokens([AddedToken("<|startoftext|>", normalized=True, special=True), AddedToken("<|endoftext|>", normalized=False, special=True)])
    t.post_processor = processors.RobertaProcessing(("<|endoftext|>", 1), ("<|startoftext|>", 0), trim_offsets=False, add_prefix_space=False)
    return t


def smollm_like(corpus, size, charsmap):
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    t.decoder = decoders.ByteLevel()
    train(t, bpe(size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|endoftext|>", "<|im_start|>"]), corpus)
    t.add_tokens([AddedToken("  ", normalized=False), AddedToken("photo", single_word=True)])
    return t


def qwen_like(corpus, size, charsmap):
    t = Tokenizer(models.BPE(ignore_merges=True))
    t.normalizer = normalizers.NFC()
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(QWEN), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    t.post_processor = processors.ByteLevel(trim_offsets=False)
    train(t, bpe(size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()), corpus)
    t.add_special_tokens([AddedToken("<|im_start|>", normalized=False, special=True), AddedToken("<mask>", lstrip=True, rstrip=True, special=True, normalized=False)])
    return t


def gemma_like(corpus, size, charsmap):
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    t.normalizer = normalizers.Replace(" ", MARK)
    t.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    t.decoder = decoders.Sequence([decoders.Replace(MARK, " "), decoders.ByteFallback(), decoders.Fuse()])
    train(t, bpe(size, special_tokens=["<pad>", "<eos>", "<bos>", "<unk>", *BYTES], limit_alphabet=120), corpus)
    plain = json.loads(t.to_str())
    plain["added_tokens"] = [a for a in plain["added_tokens"] if not a["content"].startswith("<0x")]
    t = Tokenizer.from_str(json.dumps(plain))
    t.add_tokens([AddedToken("\n\n", normalized=False), AddedToken("<b>", normalized=False)])
    t.post_processor = processors.TemplateProcessing(single="<bos> $A", pair="<bos> $A <bos> $B", special_tokens=[("<bos>", 2)])
    return t


def llama_like(corpus, size, charsmap):
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    t.normalizer = normalizers.Sequence([normalizers.Prepend(MARK), normalizers.Replace(" ", MARK)])
    t.decoder = decoders.Sequence([decoders.Replace(MARK, " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    t.pre_tokenizer = pre_tokenizers.Split(MARK, "merged_with_next")
    train(t, bpe(size, special_tokens=["<unk>", "<s>", "</s>"], limit_alphabet=90), corpus)
    t.pre_tokenizer = None
    t = Tokenizer.from_str(t.to_str())
    return t


def t5_like(corpus, size, charsmap):
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizers.Sequence([precompiled(charsmap), normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), MARK)])
    t.pre_tokenizer = pre_tokenizers.Metaspace(replacement=MARK, prepend_scheme="always")
    t.decoder = decoders.Metaspace(replacement=MARK, prepend_scheme="always")
    train(t, trainers.UnigramTrainer(vocab_size=size, show_progress=False, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>"), common(corpus, 150))
    t.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    return t


def bytes_unigram(corpus, size, charsmap):
    """Unigram with bytes for what it does not know, and the lead only before the first piece."""
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Strip()])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(replacement=MARK, prepend_scheme="first", split=True), pre_tokenizers.Digits()])
    train(t, trainers.UnigramTrainer(vocab_size=size, show_progress=False, special_tokens=["<unk>", *BYTES], unk_token="<unk>"), common(corpus, 150))
    plain = json.loads(t.to_str())
    plain["added_tokens"] = [a for a in plain["added_tokens"] if not a["content"].startswith("<0x")]
    plain["model"]["byte_fallback"] = True
    plain["decoder"] = json.loads(decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(replacement=MARK, prepend_scheme="first")]).__getstate__())
    return Tokenizer.from_str(json.dumps(plain))


def letters_like(corpus, size, charsmap):
    """Characters with a prefix inside words."""
    t = Tokenizer(models.BPE(unk_token="<unk>", continuing_subword_prefix="##"))
    t.normalizer = normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Strip()])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("contiguous")])
    t.decoder = decoders.WordPiece(prefix="##", cleanup=True)
    train(t, bpe(size, continuing_subword_prefix="##", special_tokens=["<unk>"], limit_alphabet=100), corpus)
    t.add_tokens([AddedToken("Photo")])
    return t


def words_like(corpus, size, charsmap):
    t = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    t.normalizer = normalizers.Sequence([normalizers.NFD()])
    t.pre_tokenizer = pre_tokenizers.Whitespace()
    t.decoder = decoders.BPEDecoder(suffix="</w>")
    return train(t, bpe(size, end_of_word_suffix="</w>", special_tokens=["<unk>"], limit_alphabet=100), corpus)


def bert_like(corpus, size, charsmap):
    t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer()
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece()
    train(t, trainers.WordPieceTrainer(vocab_size=size, show_progress=False, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"], limit_alphabet=150), corpus)
    t.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return t


KINDS = {
    "clip": clip_like, "smollm": smollm_like, "qwen": qwen_like, "gemma": gemma_like, "llama": llama_like, "t5": t5_like,
    "bytes-unigram": bytes_unigram, "letters": letters_like, "words": words_like, "bert": bert_like,
}  # fmt: skip


def corpus(seed=3):
    from token_texts import make_texts
    from tiny_tokenizer import CORPUS

    return [*CORPUS.split("\n"), *CORPUS.lower().split(". ")] * 3 + make_texts(400, seed, runs=False)
