# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares our tokenizer with the reference library on 10,000 texts.

    check_tokenizers.py PATH/TO/tokenize-lines [NAME=DIRECTORY ...] [--spiece FILE] [--count N]

DIRECTORY holds a tokenizer.json that somebody published; without any, only those of small_tokenizers.py
are compared, of 4,000 tokens each. FILE: a SentencePiece model whose table of characters is used.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

from tokenizers import Tokenizer

import small_tokenizers
from token_texts import make_texts


def read_charsmap(path):
    """The bytes of field 2 in field 3 of a SentencePiece model."""
    data = Path(path).read_bytes()

    def fields(data):
        at = 0

        def number():
            nonlocal at
            value = shift = 0
            while True:
                byte = data[at]
                at += 1
                value |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    return value

        while at < len(data):
            key = number()
            if key & 7 == 2:
                size = number()
                yield key >> 3, data[at : at + size]
                at += size
            elif key & 7 == 0:
                yield key >> 3, number()
            else:
                at += 4 if key & 7 == 5 else 8

    spec = next(value for key, value in fields(data) if key == 3)
    return next(value for key, value in fields(spec) if key == 2)


def compare(tool, name, directory, texts):
    reference = Tokenizer.from_file(str(Path(directory) / "tokenizer.json"))
    reference.no_truncation()
    reference.no_padding()
    lines = "".join(json.dumps([t]) + "\n" for t in texts)
    start = time.monotonic()
    ours = subprocess.run([tool, directory], input=lines.encode(), capture_output=True)
    seconds = time.monotonic() - start
    if ours.returncode != 0:
        print(f"{name}: {ours.stderr.decode().strip()}")
        return False
    wrong = []
    for text, line in zip(texts, ours.stdout.decode().split("\n")[:-1], strict=True):
        got = json.loads(line, strict=False)
        encoded = reference.encode(text, add_special_tokens=False).ids
        around = len(reference.encode(text).ids) - len(encoded)
        # A NUL cannot be in a text of ours.
        decoded = reference.decode(encoded, skip_special_tokens=False).replace("\0", "\ufffd")
        if got["ids"] != encoded:
            wrong.append((text, "ids", encoded, got["ids"]))
        elif got["decoded"] != decoded:
            wrong.append((text, "decoded", decoded, got["decoded"]))
        elif got["around"] != around:
            wrong.append((text, "around", around, got["around"]))
    print(f"{name}: {len(texts) - len(wrong)} of {len(texts)} texts equal, loaded in {ours.stderr.decode().strip()} ms, all in {seconds:.1f} s")
    for text, what, expected, got in wrong[:5]:
        print(f"  {what} of {ascii(text[:80])}:\n    {str(expected)[:200]!a}\n    {str(got)[:200]!a}")
    return not wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("published", nargs="*")
    parser.add_argument("--spiece")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--only")
    options = parser.parse_args()
    texts = make_texts(options.count, 11)
    good = True
    for one in options.published:
        name, directory = one.split("=", 1)
        good &= compare(options.tool, name, directory, texts)
    charsmap = read_charsmap(options.spiece) if options.spiece else small_tokenizers.make_charsmap()
    corpus = small_tokenizers.corpus()
    for name, build in small_tokenizers.KINDS.items():
        if options.only and name not in options.only.split(","):
            continue
        with tempfile.TemporaryDirectory() as directory:
            build(corpus, 4000, charsmap).save(str(Path(directory) / "tokenizer.json"))
            good &= compare(options.tool, name, directory, texts)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
