#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unified-IO 2 in double precision, with weights that a formula makes of names and places.

Writes tests/fixtures/unifiedio2/hashed.json.gz: what a text and a picture come to, and a text and a
sound; and what a whole model answers about a sound, from its samples on. The argument is numbers that the reference computed from all modalities at once: where those
come out here, the parts are right.

    make_unifiedio2.py goldens.json
"""
import gzip
import json
import math
import pathlib
import sys

import numpy as np
from transformers.audio_utils import mel_filter_bank, spectrogram

HERE = pathlib.Path(__file__).resolve().parent
D, HEADS, WIDTH, HIDDEN = 32, 2, 16, 48
TEXT, IMAGE, AUDIO = 64, 80, 72
VIT = 24


# --- numbers of names ---

def number(name, count):
    """Number i of a name: -1 to 1."""
    h = 2166136261
    for byte in name.encode():
        h = ((h ^ byte) * 16777619) & 0xFFFFFFFF
    with np.errstate(over="ignore"):
        u = np.uint32(h) + np.arange(count, dtype=np.uint32) * np.uint32(2654435761)
        u ^= u >> np.uint32(16)
        u *= np.uint32(0x7FEB352D)
        u ^= u >> np.uint32(15)
        u *= np.uint32(0x846CA68B)
        u ^= u >> np.uint32(16)
    return u.astype(np.float64) / 2**31 - 1


def given(name, *shape):
    return number(name, math.prod(shape)).reshape(shape)


def scale(name, n):
    return 1 + 0.3 * given(name, n)


def vector(name, n):
    return 0.3 * given(name, n)


def table(name, *shape):
    return 0.5 * given(name, *shape)


def matrix(name, *shape):
    return math.sqrt(3 / math.prod(shape[1:])) * given(name, *shape)


def linear(name, x, n):
    return x @ matrix(name + ".weight", n, x.shape[-1]).T + vector(name + ".bias", n)


def product(name, x, n):
    return x @ matrix(name + ".weight", n, x.shape[-1]).T


# --- what layers are made of ---

def layer_norm(name, x, eps):
    x = x - x.mean(-1, keepdims=True)
    x = x / np.sqrt((x * x).mean(-1, keepdims=True) + eps)
    return x * scale(name + ".weight", x.shape[-1]) + vector(name + ".bias", x.shape[-1])


def rms(name, x):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6) * scale(name + ".scale", x.shape[-1])


def softmax(x):
    x = np.exp(x - x.max(-1, keepdims=True))
    return x / x.sum(-1, keepdims=True)


def gelu(x):
    return 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def silu(x):
    return x / (1 + np.exp(-x))


def heads(x, n):
    return x.reshape(len(x), n, -1).swapaxes(0, 1)


def mix(q, k, v, causal=False, cosine=None):
    if cosine is None:
        scores = q @ k.swapaxes(1, 2) / math.sqrt(q.shape[-1])
    else:
        q = q / np.linalg.norm(q, axis=-1, keepdims=True)
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
        scores = q @ k.swapaxes(1, 2) * np.exp(cosine)[:, None, None]
    if causal:
        scores = np.where(np.tri(q.shape[1], dtype=bool), scores, -np.inf)
    return (softmax(scores) @ v).swapaxes(0, 1).reshape(q.shape[1], -1)


def turn(x, angles):
    """Neighbours by angles: x [H, T, W], angles [T, W / 2]."""
    y = np.empty_like(x)
    y[..., 0::2] = x[..., 0::2] * np.cos(angles) - x[..., 1::2] * np.sin(angles)
    y[..., 1::2] = x[..., 1::2] * np.cos(angles) + x[..., 0::2] * np.sin(angles)
    return y


def attend(name, x, y, x_angles, y_angles, causal=False):
    q, k, v = [heads(product(name + part, z, D), HEADS)
               for part, z in ((".query", x), (".key", y), (".value", y))]
    q = turn(rms(name + ".query_norm", q), x_angles)
    k = turn(rms(name + ".key_norm", k), y_angles)
    return product(name + ".out", mix(q, k, v, causal), D)


def think(name, x):
    hidden = silu(product(name + ".wi_0", x, HIDDEN)) * product(name + ".wi_1", x, HIDDEN)
    return product(name + ".wo", hidden, D)


# --- places ---

def line(n):
    return np.outer(np.arange(n), 1e4 ** (-np.arange(0, WIDTH, 2) / WIDTH))


def grid(rows, columns, step=1.0):
    half = 1e4 ** (-np.arange(0, WIDTH // 2, 2) / (WIDTH // 2))
    y, x = np.meshgrid(np.arange(rows) * step, np.arange(columns) * step, indexing="ij")
    return np.concatenate([np.outer(y.ravel(), half), np.outer(x.ravel(), half)], 1)


def spread(places, side):
    """A square of places brought to another side, by cubes with a = -0.5, smoothed where it shrinks."""
    def weights(n, m):
        w = np.zeros((m, n))
        ratio = n / m
        wide = max(ratio, 1.0)
        for i in range(m):
            middle = (i + 0.5) * ratio
            first = max(int(middle - 2 * wide + 0.5), 0)
            last = min(int(middle + 2 * wide + 0.5), n)
            for j in range(first, last):
                t = abs((j - middle + 0.5) / wide)
                w[i, j] = (1.5 * t**3 - 2.5 * t**2 + 1 if t < 1
                           else -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2 if t < 2 else 0)
            w[i] /= w[i].sum()
        return w
    n = math.isqrt(len(places))
    if n == side:
        return places
    w = weights(n, side)
    square = places.reshape(n, n, -1)
    return np.einsum("ai,bj,ijc->abc", w, w, square).reshape(side * side, -1)


# --- pictures and sounds ---

def see(name, x, norm_eps, act):
    """Three layers of a tower; what the second and what the last leave."""
    left = []
    for i in range(3):
        scope = f"{name}.transformer.resblocks.{i}"
        h = layer_norm(scope + ".ln_1", x, norm_eps)
        q, k, v = [heads(h @ matrix(f"{scope}.attn.{part}_in_proj_weight", VIT, VIT).T
                         + vector(f"{scope}.attn.{part}_in_proj_bias", VIT), 2)
                   for part in ("query", "key", "value")]
        x = x + linear(scope + ".attn.out_proj", mix(q, k, v), VIT)
        h = layer_norm(scope + ".ln_2", x, norm_eps)
        x = x + linear(scope + ".mlp.fc2", act(linear(scope + ".mlp.fc1", h, 48)), VIT)
        left.append(x)
    return left[-1], left[1]


def see_image(name, patches, places, side):
    name = name.replace("_history", "") + ".image_encoder.vision_transformer"
    all_places = table(name + ".positional_embedding", 5, VIT)
    x = product(name + ".embedding", patches, VIT)
    x = np.concatenate([vector(name + ".class_embedding", VIT)[None], x])
    x = x + np.concatenate([all_places[:1], spread(all_places[1:], side)[places]])
    last, second = see(name, layer_norm(name + ".pre_ln", x, 1e-5), 1e-5, gelu)
    return last[1:], second[1:]


def hear(name, patches, places, rows, columns):
    name = name.replace("_history", "") + ".image_encoder.vision_transformer"
    all_places = table(name + ".positional_embedding", 514, VIT)
    x = linear(name + ".embedding", patches, VIT)
    x = np.concatenate([vector(name + ".cls_token", VIT)[None],
                        vector(name + ".dist_token", VIT)[None], x])
    turned = places % columns * rows + places // columns
    x = x + np.concatenate([all_places[:2], all_places[2:][turned]])
    last, second = see(name, x, 1e-6, gelu_tanh)
    return last[2:], second[2:]


def resample(name, rows, n, cosine):
    scope = name + ".resampler.perceiver"
    context = rms(scope + ".context_norm", product(name + ".pre_projection", rows, VIT))
    x = table(scope + ".latents", n, VIT)
    for i in range(2):
        layer = f"{scope}.layers_{i}"
        attention = layer + ".xattention"
        q, k, v = [heads(product(attention + part, z, VIT), 2)
                   for part, z in ((".query", rms(layer + ".pre_xattention_norm", x)),
                                   (".key", context), (".value", context))]
        logit = None
        if cosine:
            logit = vector(attention + ".logit_scale", 2)
        else:
            q, k = rms(attention + ".query_norm", q), rms(attention + ".key_norm", k)
        x = x + product(attention + ".out", mix(q, k, v, False, logit), VIT)
        h = gelu(product(layer + ".mlp.wi", rms(layer + ".pre_mlp_norm", x), 40))
        x = x + product(layer + ".mlp.wo", h, VIT)
    x = rms(scope + ".perceiver_norm", x)
    return product(name + ".post_projection", x, D) + vector(name + ".modality_embedding", D)


# --- all of it ---

TEXT_IDS = [28, 23, 42, 6, 49, 38]
TARGET_IDS = [22, 51, 47, 2, 43]
N_PATCHES = 6


def read_text():
    rows = table("text_token_embedder.weight", TEXT, D)[TEXT_IDS]
    return rows + vector("input_embedders.text.modality_embedding", D), line(len(TEXT_IDS))


def read_image():
    name = "input_embedders.image"
    places = np.arange(N_PATCHES)
    patches = given("input.image", 9, 768)[:N_PATCHES]
    rows = product(name + ".projection", np.concatenate(see_image(name, patches, places, 3), 1), D)
    return (rows + vector(name + ".modality_embedding", D),
            grid(3, 3, math.sqrt(16 / 9))[:N_PATCHES])


def read_audio():
    name = "input_embedders.audio"
    patches = given("input.audio", 2, 256)
    rows = product(name + ".projection",
                   np.concatenate(hear(name, patches, np.arange(2), 2, 1), 1), D)
    return rows + vector(name + ".modality_embedding", D), grid(2, 1, math.sqrt(16 / 9))


def read_image_history():
    name = "input_embedders.image_history"
    all_patches = given("input.history", 2, 4, 768)
    rows = [resample(name, see_image(name, patches, np.arange(4), 2)[0], 3, False)
            for patches in all_patches]
    return np.concatenate(rows), grid(4, 3)[:6]


def read_audio_history():
    name = "input_embedders.audio_history"
    patches = given("input.audio_history", 1, 2, 256)[0]
    return (resample(name, hear(name, patches, np.arange(2), 2, 1)[0], 2, True), grid(4, 2)[:2])


def encode(parts):
    x = np.concatenate([rows for rows, angles in parts])
    angles = np.concatenate([angles for rows, angles in parts])
    embedded = x
    for i in range(2):
        layer = f"encoder.layers_{i}"
        h = rms(layer + ".pre_attention_norm", x)
        x = x + attend(layer + ".attention", h, h, angles, angles)
        x = x + think(layer + ".mlp", rms(layer + ".pre_mlp_norm", x))
    return embedded, angles, rms("encoder.encoder_norm", x)


def decode(kind, n_tokens, ids, angles, states, state_angles, n_layers=3):
    rows = table(f"{kind}_token_embedder.weight", n_tokens, D)
    x = rows[ids] + vector(f"target_embedders.{kind}.modality_embedding", D)
    for i in range(n_layers):
        layer = f"decoder.layers_{i}"
        h = rms(layer + ".pre_self_attention_norm", x)
        x = x + attend(layer + ".self_attention", h, h, angles, angles, True)
        h = rms(layer + ".pre_cross_attention_norm", x)
        x = x + attend(layer + ".encoder_decoder_attention", h, states, angles, state_angles)
        x = x + think(layer + ".mlp", rms(layer + ".pre_mlp_norm", x))
    return rms("decoder.decoder_norm", x) @ rows.T / math.sqrt(D)


# --- a whole model, from samples and pixels on ---

# Words of tests/models/hashed-unifiedio2.c, with "[Text] [S] " before them and the end behind.
DESCRIBE = [1284, 14, 44, 23, 36, 19, 14, 15, 14, 33, 22, 29, 32, 34, 14, 18, 19, 33, 17, 32, 23, 30, 34, 23, 29, 28, 14,
            29, 20, 14, 3, 23, 33, 14, 15, 35, 18, 23, 29, 52, 1]
ASK = [1284, 14, 37, 22, 15, 34, 14, 23, 33, 14, 23, 34, 51, 14, 47, 22, 29, 32, 34, 14, 15, 28, 33, 37, 19, 32, 54, 1]
WORDS, N_ANSWER = 1408, 8


def hear_samples():
    """A second of silence, of which nothing is heard, and noise that changes."""
    i = np.arange(65280)
    samples = np.where(i < 16000, 0, number("samples", 65280) * np.sin(i / 9000.0))
    samples = samples.astype(np.float32).astype(np.float64)
    bands = mel_filter_bank(513, 128, 0.0, 8000.0, 16000, norm="slaney", mel_scale="slaney")
    power = spectrogram(samples, np.hanning(1024), 1024, 256, fft_length=1024, power=2.0, center=True,
                        pad_mode="reflect", mel_filters=bands, mel_floor=0.0, dtype=np.float64).T
    picture = (np.where(power != 0, np.log(np.clip(power, 1e-5, 1e5)), 0) + 4.26) / 9.14
    patches = picture.reshape(16, 16, 8, 16).swapaxes(1, 2).reshape(128, 256)
    places = np.flatnonzero((power[8::16, 8::16] != 0).ravel())
    name = "input_embedders.audio"
    rows = product(name + ".projection",
                   np.concatenate(hear(name, patches[places], places, 16, 8), 1), D)
    return rows + vector(name + ".modality_embedding", D), grid(16, 8, math.sqrt(16 / 9))[places]


def see_pixels():
    """A picture of 48 pixels a side, as large as it is seen."""
    i = np.arange(48 * 48 * 3).reshape(48, 48, 3)
    picture = (i * 2654435761 % 2**32 >> 24) / 255.0
    picture = (picture - [0.48145466, 0.4578275, 0.40821073]) / [0.26862954, 0.26130258, 0.27577711]
    patches = picture.reshape(3, 16, 3, 16, 3).swapaxes(1, 2).reshape(9, 768)
    name = "input_embedders.image"
    rows = product(name + ".projection",
                   np.concatenate(see_image(name, patches, np.arange(9), 3), 1), D)
    return rows + vector(name + ".modality_embedding", D), grid(3, 3, math.sqrt(16 / 9))


def answer(ids, senses):
    """The likeliest token after each, and what all might have been."""
    text = table("text_token_embedder.weight", WORDS, D)[ids]
    parts = [(text + vector("input_embedders.text.modality_embedding", D), line(len(ids)))] + senses
    _, angles, states = encode(parts)
    found = [0]
    while len(found) <= N_ANSWER:
        rows = decode("text", WORDS, found, line(len(found)), states, angles, 2)
        first, second = np.argsort(rows[-1])[::-1][:2]
        assert rows[-1][first] - rows[-1][second] > 1e-3
        found.append(int(first))
    return {"ids": found, "logits": sum_up(rows)}


def sum_up(a):
    rows = a.reshape(-1, a.shape[-1])
    n = min(6, a.shape[-1])
    return {"shape": list(a.shape), "sum": float(a.sum()), "abs_sum": float(np.abs(a).sum()),
            "first": rows[0, :n].tolist(), "middle": rows[len(rows) // 2, :n].tolist(),
            "last": rows[-1, -n:].tolist()}


def compare(what, a, golden):
    found = sum_up(a)
    assert found["shape"] == golden["shape"], (what, found["shape"], golden["shape"])
    off = max(np.abs(np.subtract(found[key], golden[key])).max()
              for key in ("sum", "abs_sum", "first", "middle", "last"))
    print(f"{what}: off by {off:.1e}", found if off > 1e-6 else "")
    return off < 1e-6


def check(golden):
    """Against all modalities at once."""
    codes = golden["targets"]["image"]["codes"]
    parts = [read_text(), read_image(), read_image_history(), read_audio(), read_audio_history()]
    embedded, angles, states = encode(parts)
    right = compare("embed", embedded, golden["embed"])
    right &= compare("encoder", states, golden["encoder"])
    text = decode("text", TEXT, [0] + TARGET_IDS[:-1], line(5), states, angles)
    image = decode("image", IMAGE, [0] + [c + 2 for c in codes[:-1]], grid(4, 4), states, angles)
    right &= compare("text", text, golden["targets"]["text"]["logits"])
    right &= compare("image", image, golden["targets"]["image"]["logits"])
    assert right


def write(golden):
    """What fewer modalities come to, which is how they are used."""
    codes = golden["targets"]["image"]["codes"]
    found = {"config": golden["config"], "text": TEXT_IDS, "target_text": [0] + TARGET_IDS[:-1],
             "codes": codes}
    for name, sense in (("picture", read_image), ("sound", read_audio)):
        parts = [read_text(), sense()]
        _, angles, states = encode(parts)
        text = decode("text", TEXT, found["target_text"], line(5), states, angles)
        image = decode("image", IMAGE, [0] + [c + 2 for c in codes[:-1]], grid(4, 4), states, angles)
        found[name] = {"seen": sum_up(parts[1][0]), "encoder": sum_up(states),
                       "text": sum_up(text), "text_best": text.argmax(-1).tolist(),
                       "image": sum_up(image), "image_best": image.argmax(-1).tolist()}
    heard, seen = hear_samples(), see_pixels()
    found["heard"] = {"rows": sum_up(heard[0]), "describe": answer(DESCRIBE, [heard]),
                      "ask": answer(ASK, [heard]), "ask_both": answer(ASK, [seen, heard])}
    path = HERE.parent / "fixtures" / "unifiedio2" / "hashed.json.gz"
    path.parent.mkdir(exist_ok=True)
    rounded = json.loads(json.dumps(found), parse_float=lambda x: float("%.10g" % float(x)))
    path.write_bytes(gzip.compress(json.dumps(rounded).encode(), 9, mtime=0))
    print(path, path.stat().st_size)


if __name__ == "__main__":
    check(json.load(open(sys.argv[1])))
    write(json.load(open(sys.argv[1])))
