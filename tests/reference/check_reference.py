# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the pinned reference and this folder's tensor names against independent facts.

Writes nothing. fixtures/florence-2/goldens_tiny.json was computed with the original (microsoft) modules and a
hash-made model; the tensor tables come from the published checkpoints. Run it when a pinned version changes.
"""

import json
import math
import re
from types import SimpleNamespace

import numpy as np
import torch

import layouts
import reference
from command_line import UNPACKED

FACTS = UNPACKED / "florence-2"


def hashed(name, shape):
    """The tensor of that name as goldens_tiny.json's note defines it, in [-1, 1)."""
    h = 2166136261
    for byte in name.encode():
        h = ((h ^ byte) * 16777619) % 2**32
    x = (h + np.arange(math.prod(shape), dtype=np.uint64) * 2654435761) % 2**32
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) % 2**32
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) % 2**32
    x ^= x >> 16
    return (x.astype(np.uint32).view(np.int32) / 2**31).reshape(shape)


def weight(native, shape):
    name = layouts.original_name(native)
    if name == "image_projection":
        return (hashed(name, shape[::-1]) * math.sqrt(3 / shape[1])).T
    values = hashed(name, shape)
    if name.endswith(".bias"):
        return 0.1 * values
    if "norm" in name:
        return 1 + 0.1 * values
    if "embed_positions" in name or "_embeddings" in name:
        return 0.5 * values
    return values if "shared" in name else values * math.sqrt(3 / math.prod(shape[1:]))


def tiny_network(config):
    model = SimpleNamespace(
        depths=config["depths"], dims=config["dims"], heads=config["heads"], groups=config["heads"],
        window=config["window"], width=config["d"], mlp_ratio=4.0, table=50, vocab_size=config["vocab"],
        layers=[config["layers"]] * 2, encoder_heads=config["lm_heads"], decoder_heads=config["lm_heads"],
        ffn=config["ffn"], positions=config["positions"],
    )  # fmt: skip
    network = reference.empty_model(reference.make_config(model, 3)).double()
    state = {}
    for name, tensor in network.state_dict().items():
        if name.endswith("pos_idx_to_embed"):
            state[name] = tensor
        elif "lm_head" not in name and "embed_tokens" not in name:
            values = weight(name, tuple(tensor.shape)).astype(np.float32)
            state[name] = torch.from_numpy(np.ascontiguousarray(values)).double()
    return reference.load_state(network, state)


def check_tiny():
    golden = json.loads((FACTS / "goldens_tiny.json").read_text())
    config, outputs = golden["config"], golden["outputs"]
    network = tiny_network(config)
    side = config["image"]
    pixels = torch.from_numpy((2 * hashed("pixel_values", (1, 3, side, side))).astype(np.float32)).double()
    ids, image_tokens = golden["prompt_ids"], 10
    arrays = reference.run_stages(network, pixels, image_tokens, ids, golden["teacher_forced_decoder_ids"])
    pairs = {"stage3_block0_channel": "vision_features", "image_features": "image_embeds",
             "encoder_layer1": "encoder_states", "decoder_logits": "logits"}  # fmt: skip
    for theirs, ours in pairs.items():
        worst = np.abs(arrays[ours].ravel()[:8] - np.array(outputs[theirs]["first8"])).max()
        assert worst < 2e-6, (ours, worst)
    for name, expected in outputs.items():
        if not name.startswith(("greedy", "beam3")):
            continue
        find = lambda pattern, missing: int((re.search(pattern, name) or [0, missing])[1])
        bias = torch.zeros(config["vocab"], dtype=torch.float64)
        bias[2] = find(r"eosbias(\d+)", 0)
        network.lm_head.bias = torch.nn.Parameter(bias)
        settings = {
            "num_beams": 3 if name.startswith("beam3") else 1, "early_stopping": name.endswith("true"),
            "max_new_tokens": find(r"new_(\d+)", 20), "no_repeat_ngram_size": 3, "length_penalty": 1.0,
            "forced_bos_token_id": 0, "forced_eos_token_id": 2,
        }  # fmt: skip
        got = reference.generate(network, pixels, image_tokens, ids, settings)
        if isinstance(expected, dict):
            assert abs(got["score"] - expected["score"]) < 1e-5, name
            expected = expected["ids"]
        assert got["ids"] == expected, name
    print("goldens_tiny.json: stages and", sum(n.startswith(("greedy", "beam3")) for n in outputs), "generations agree")


def check_names():
    for size in ("base", "large"):
        rows = (FACTS / f"tensors_{size}.tsv").read_text().splitlines()
        fields = [row.split("\t") for row in rows]
        pairs = [(f[2], f[0]) for f in fields if len(f) > 2 and f[2].startswith("model.")]
        assert all(layouts.original_name(native) == original for native, original in pairs)
        print(f"tensors_{size}.tsv: {len(pairs)} names agree")


if __name__ == "__main__":
    check_names()
    check_tiny()
