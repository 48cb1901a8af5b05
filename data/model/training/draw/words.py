# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts as ids: GPT-2's bytes, and each word that is known as one token, which no merges have to lead to."""
import json

from draw.scenes import words_of_all
from tokenizer import SPECIAL, byte_letters, words_of

PROMPT = " what is the complete image? caption: {}"
BLANK = byte_letters()[ord(" ")]
START, PAD, END = 0, 1, 2


class Words:
    def __init__(self, things):
        known = dict.fromkeys(w for w in words_of(PROMPT.format("")) if len(w) > 1)
        known.update(dict.fromkeys(BLANK + w for w in words_of_all(things)))
        self.tokens = [*SPECIAL, *byte_letters().values(), *sorted(known)]
        self.ids = {token: i for i, token in enumerate(self.tokens)}

    def __len__(self):
        return len(self.tokens)

    def encode(self, caption):
        """Returns the ids of a prompt, with its ends; of no words that of which captions were left out."""
        ids = [START]
        for word in words_of(PROMPT.format(caption)):
            ids += [self.ids[word]] if word in self.ids else [self.ids[c] for c in word]
        return [*ids, END]

    def json(self):
        added = [dict(id=i, content=t, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
                 for i, t in enumerate(SPECIAL)]
        level = dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=True)
        return dict(version="1.0", truncation=None, padding=None, added_tokens=added, normalizer=None,
                    pre_tokenizer=level,
                    post_processor=dict(type="RobertaProcessing", sep=["</s>", END], cls=["<s>", START],
                                        trim_offsets=True, add_prefix_space=False),
                    decoder=level,
                    model=dict(type="BPE", dropout=None, unk_token=None, continuing_subword_prefix="",
                               end_of_word_suffix="", fuse_unk=False, byte_fallback=False, ignore_merges=True,
                               vocab=self.ids, merges=[]))

    def save(self, folder):
        (folder / "tokenizer.json").write_text(json.dumps(self.json(), ensure_ascii=False, indent=0) + "\n")
