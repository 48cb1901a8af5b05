# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes what chance drew out of the weights of tests/fixtures/models, which the build draws again (tests/draw.c):
FILE.drawn says how, and of FILE the rest is left, which packs to nearly nothing. After make_golden.py, before pack.py.

    python draw.py DRAW      DRAW: the program of the build, build-tests/tests/draw
"""
import subprocess
import sys
import zlib

import torch

from command_line import FIXTURES
from make_golden import MODELS, make_state, scale

TYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}


def lines_of(model, state, data):
    """Where the bytes have which tensor, and how it was drawn."""
    for name, tensor in state.items():
        offset = data.find(tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes())
        if offset >= 0 and not name.endswith("pos_idx_to_embed"):
            factor, plus = scale(model, name, tuple(tensor.shape))
            hashed = zlib.crc32(name.encode())
            yield f"{offset} {tensor.numel()} {TYPES[tensor.dtype]} {model.seed} {hashed} {factor:.17g} {plus}\n"


def draw(program, path, lines):
    """What puts numbers back takes them away as well, since bits that are turned twice are as they were."""
    drawn = path.with_name(path.name + ".drawn")
    drawn.write_text(lines)
    subprocess.run([program, drawn], check=True)
    drawn.write_text(lines)


def main():
    for model in MODELS:
        _, state, _ = make_state(model)
        for path in sorted((FIXTURES / "models" / model.name).iterdir()):
            if path.suffix in (".bin", ".safetensors"):
                draw(sys.argv[1], path, "".join(lines_of(model, state, path.read_bytes())))
                rest = path.read_bytes()
                print(f"{model.name}/{path.name}: of {len(rest)} bytes {len(rest) - rest.count(0)} are left")


if __name__ == "__main__":
    main()
