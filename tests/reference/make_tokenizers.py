# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/fixtures/tokenizers.json: small tokenizers of every kind, texts, and what the reference
library makes of them."""

import json
from pathlib import Path

import small_tokenizers
from token_texts import make_texts

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
COUNT = 450
SIZE = 600


def run(tokenizer, texts):
    ids = [tokenizer.encode(t, add_special_tokens=False).ids for t in texts]
    whole = tokenizer.encode("a").ids
    return {
        "ids": ids,
        "a": whole,
        # A text of a C test ends at NUL.
        "decoded": [tokenizer.decode(row, skip_special_tokens=False).replace("\0", "\ufffd") for row in ids],
    }


def main():
    texts = make_texts(COUNT, 5, longest=8, runs=False) + [c * 70 for c in ("a", " ", "汽", "\u0301", "7", "\n", "<", "'s")]
    corpus, charsmap = small_tokenizers.corpus(), small_tokenizers.make_charsmap()
    rows = []
    for name, build in small_tokenizers.KINDS.items():
        tokenizer = build(corpus, SIZE, charsmap)
        rows.append({"name": name, "file": json.loads(tokenizer.to_str()), **run(tokenizer, texts)})
    content = json.dumps({"format": 1, "texts": texts, "tokenizers": rows}, separators=(",", ":"))
    (FIXTURES / "tokenizers.json").write_text(content)
    print(len(rows), "tokenizers,", len(texts), "texts")


if __name__ == "__main__":
    main()
