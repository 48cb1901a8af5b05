# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a full-size model with random weights and its golden outputs. Large and slow; never committed.

    python make_full.py OUT [--size base|large] [--layout original|native] [--dtype F32|F16|BF16]
                            [--image FILE] [--max-tokens 24] [--threads 1]

Writes OUT/model/ (a model directory), OUT/image.png, OUT/golden/*.npy (the stages of `monocle-cli inspect`,
see compare.py) and OUT/golden/beam.json (settings, prompt, ids, scores).
"""

import argparse
import lzma
import json
import shutil
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from transformers.modeling_outputs import BaseModelOutput

import layouts
import reference
from make_golden import PUBLISHED
from make_tokenizer import reference_tokenizer
from tiny_tokenizer import IMAGE_TOKEN

FACTS = Path(__file__).resolve().parent.parent / "fixtures" / "florence-2"
PROMPT = "<OD>"
DECODER_IDS = [2, 0, 5901, 50269, 50600, 51100, 51268, 4]


@dataclass
class Full:
    """Dimensions of a published model, by the names layouts.py uses."""

    dims: list
    heads: list
    width: int
    encoder_heads: int
    layers: list
    ffn: int
    positions: int
    vocab_size: int
    seed: int = 1
    image: int = 768
    window: int = 12
    image_tokens: int = 577
    mlp_ratio: float = 4.0
    table: int = 50

    def __post_init__(self):
        self.depths = [1, 1, 9, 1]
        self.groups = self.heads
        self.decoder_heads = self.encoder_heads
        self.generation = dict(PUBLISHED)


SIZES = {
    "base": {"dims": [128, 256, 512, 1024], "heads": [4, 8, 16, 32], "width": 768, "encoder_heads": 12,
             "layers": [6, 6], "ffn": 3072, "positions": 1024},
    "large": {"dims": [256, 512, 1024, 2048], "heads": [8, 16, 32, 64], "width": 1024, "encoder_heads": 16,
              "layers": [12, 12], "ffn": 4096, "positions": 1024},
}  # fmt: skip


def random_tensor(model, name, shape, dtype):
    """As in make_golden.py, but with branches that add little to their residual: at full depth larger ones
    make the network so ill-conditioned that float32 and float64 differ by 2e-3 in the reference itself."""
    rng = np.random.default_rng([model.seed, zlib.crc32(name.encode())])
    values = rng.standard_normal(shape, dtype=np.float32)
    fan_in = int(np.prod(shape[1:]))
    if name.endswith(".bias"):
        values *= 0.1
    elif "norm" in name:
        values = 1 + 0.1 * values
    elif name.endswith("shared.weight"):
        values *= 3.2 / np.sqrt(model.width)
        values[2] *= 1.6
    elif "embed_positions" in name or "image_position_embed" in name:
        values *= 0.4
    elif len(shape) == 4 and shape[1] == 1:
        values *= 0.2 / np.sqrt(fan_in)
    else:
        values /= np.sqrt(fan_in)
    if name.endswith(("proj.weight", "fc2.weight")) and not name.endswith(("q_proj.weight", "k_proj.weight")):
        values *= 0.25
    return torch.from_numpy(values.astype(np.float32)).to(dtype)


def make_state(model, network, dtype):
    state = {}
    for name, tensor in network.state_dict().items():
        if "lm_head" in name or "embed_tokens" in name:
            continue
        if name.endswith("pos_idx_to_embed"):
            state[name] = tensor.to(dtype)
        else:
            state[name] = random_tensor(model, name, tuple(tensor.shape), dtype)
    return state


def write_model(model, size, layout, network, state, dtype, folder):
    folder.mkdir(parents=True)
    if layout == "original":
        source = FACTS / ("original-base" if size == "base" else "original-large-1k")
        shutil.copy(source / "config.json", folder)
        shutil.copy(source / "generation_config.json", folder)
        shutil.copy(FACTS / "original-base" / "preprocessor_config.json", folder)
        (folder / "tokenizer.json").write_bytes(lzma.decompress((FACTS / "tokenizer.json.xz").read_bytes()))
        bias = torch.zeros(model.vocab_size, dtype=dtype)
        layouts.write_weights(folder, "safetensors", layouts.to_original(state, bias))
        return
    network.config.save_pretrained(folder)
    for name in ("generation_config", "preprocessor_config", "processor_config"):
        shutil.copy(FACTS / "native-large" / f"{name}.json", folder)
    tokenizer = reference_tokenizer()
    tokenizer.add_tokens([IMAGE_TOKEN], special_tokens=True)
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    layouts.write_weights(folder, "safetensors", state)


def make_picture(path):
    """A 640x480 scene: graded sky and ground, a few solids, fine noise."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:480, 0:640] / [[[480]], [[640]]]
    shade = np.stack([90 + 120 * y, 130 + 60 * x * (1 - y), 210 - 150 * y], axis=-1)
    image = Image.fromarray(shade.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.rectangle([60, 240, 330, 400], fill=(30, 120, 60))
    draw.ellipse([90, 360, 170, 440], fill=(20, 20, 24))
    draw.ellipse([230, 360, 310, 440], fill=(20, 20, 24))
    draw.polygon([(420, 400), (520, 120), (610, 400)], fill=(200, 170, 60))
    pixels = np.asarray(image, dtype=np.int16) + rng.integers(-10, 11, size=(480, 640, 3))
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", choices=SIZES, default="base")
    parser.add_argument("--layout", choices=["original", "native"], default="original")
    parser.add_argument("--dtype", choices=layouts.DTYPES, default="F32")
    parser.add_argument("--image", type=Path)
    parser.add_argument("--max-tokens", type=int, default=24)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    clock = time.monotonic()

    def lap(what):
        nonlocal clock
        print(f"{what:24} {time.monotonic() - clock:7.1f} s", flush=True)
        clock = time.monotonic()

    model = Full(**SIZES[args.size], vocab_size=51289 if args.layout == "original" else 51328)
    dtype = layouts.DTYPES[args.dtype]
    with torch.device("meta"):
        names = reference.empty_model(reference.make_config(model, 51289 if args.layout == "native" else 3))
    network = names.to_empty(device="cpu")
    projector = network.model.multi_modal_projector
    network._init_weights(projector.visual_temporal_embed)
    state = make_state(model, network, dtype)
    lap("random weights")
    write_model(model, args.size, args.layout, network, state, dtype, args.out / "model")
    lap("model written")
    reference.load_state(network, {name: tensor.float() for name, tensor in state.items()})
    del state
    lap("model loaded")

    picture = args.out / "image.png"
    Image.open(args.image).convert("RGB").save(picture) if args.image else make_picture(picture)
    tokenizer = reference_tokenizer()
    tokenizer.image_token, tokenizer.image_token_id = IMAGE_TOKEN, network.config.image_token_id
    processor = reference.make_processor(model.image, model.image_tokens, tokenizer)
    pixels = reference.pixel_values(processor, picture)
    ids, sentence = reference.prompt_ids(processor, PROMPT)
    arrays = reference.run_stages(network, pixels, model.image_tokens, ids, DECODER_IDS)
    golden = args.out / "golden"
    golden.mkdir()
    for name, array in arrays.items():
        np.save(golden / f"{name}.npy", array)
        if array.dtype.kind == "f":
            print(f"  {name:16} {list(array.shape)} rms {np.sqrt((array.astype(np.float64) ** 2).mean()):.4g}")
    lap("stages (tower run twice)")

    settings = model.generation | {"max_new_tokens": args.max_tokens}
    encoded = lambda: BaseModelOutput(last_hidden_state=torch.from_numpy(arrays["encoder_states"]))
    result = reference.generate(network, None, model.image_tokens, ids, settings, encoded())
    lap(f"{len(result['ids']) - 1} tokens, {settings['num_beams']} beams")
    stable = None
    for amount in (3e-5, 3e-4, 3e-3):
        with reference.Noise(network, amount, 0):
            if reference.generate(network, None, model.image_tokens, ids, settings, encoded())["ids"] != result["ids"]:
                break
        stable = amount
    text = tokenizer.decode(result["ids"], skip_special_tokens=False, clean_up_tokenization_spaces=False)
    beam = {"prompt": PROMPT, "sentence": sentence, "input_ids": ids, "decoder_ids": DECODER_IDS,
            "settings": settings, "stable": stable, **result, "text": text}  # fmt: skip
    (golden / "beam.json").write_text(json.dumps(beam, indent=1), encoding="utf-8")
    print(json.dumps({k: beam[k] for k in ("ids", "score", "stable", "text")}, ensure_ascii=False))
    lap("stability")


if __name__ == "__main__":
    main()
