# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes image classifiers with random weights, and what the reference computes with them.

    python make_vit.py                    the tiny ones, with their goldens, below tests/fixtures
    python make_vit.py --full OUT         one of ViT-B/16's shape: large, never committed
    python make_vit.py --compare OUT DIR  what `monocle-cli inspect` wrote into DIR against that

A golden is OUT/golden.json: for each picture the logits, the probabilities and the names that the reference's
pipeline puts first.
"""

import json

import numpy as np
import torch
from command_line import FIXTURES, run
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import ViTConfig, ViTForImageClassification
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

PICTURES = ["pictures/photo-131x97.png", "pictures/photo-31x96.png", "images/a.png"]

# Names as they occur: commas, blanks, letters of other scripts.
NAMES = ["tabby, tabby cat", "red car", "Straßenbahn", "猫", "tree frog", "a", "cup"]

TINY = {
    "vit-32": dict(seed=1, dtype=torch.float32, names=NAMES, resample=2, mean=[0.5] * 3, std=[0.5] * 3,
                   shape=dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
                              image_size=32, patch_size=8)),
    "vit-48": dict(seed=2, dtype=torch.float16, names=[f"name {i}" for i in range(13)], resample=3,
                   mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225],
                   shape=dict(hidden_size=24, num_hidden_layers=3, num_attention_heads=3, intermediate_size=40,
                              image_size=48, patch_size=16, layer_norm_eps=1e-5)),
}  # fmt: skip
FULL = dict(seed=3, dtype=torch.float32, names=[f"name {i}" for i in range(1000)], resample=2, mean=[0.5] * 3,
            std=[0.5] * 3, shape=dict(image_size=224, patch_size=16))  # fmt: skip


def make_model(spec, folder):
    """Writes a model directory; returns the reference's model and preprocessor as read back from it."""
    torch.manual_seed(spec["seed"])
    names = spec["names"]
    config = ViTConfig(
        **spec["shape"], id2label=dict(enumerate(names)), label2id={name: i for i, name in enumerate(names)}
    )
    model = ViTForImageClassification(config).eval()
    # Louder than a fresh model, so that tokens differ and names do not come out alike.
    for name, parameter in model.named_parameters():
        with torch.no_grad():
            if "layernorm" in name and name.endswith("weight"):
                parameter.copy_(1 + 0.2 * torch.randn_like(parameter))
            elif parameter.ndim < 2 or "embeddings" in name and "projection" not in name:
                parameter.copy_(0.3 * torch.randn_like(parameter))
            else:
                parameter.copy_(1.2 * torch.randn_like(parameter) / parameter[0].numel() ** 0.5)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    # The precision that is stored is the one that is computed with.
    stored = {name: tensor.to(spec["dtype"]) for name, tensor in load_file(folder / "model.safetensors").items()}
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    side = spec["shape"]["image_size"]
    processor = ViTImageProcessorPil(
        size={"height": side, "width": side}, resample=spec["resample"], image_mean=spec["mean"], image_std=spec["std"]
    )
    processor.save_pretrained(folder)
    return ViTForImageClassification.from_pretrained(folder, dtype=torch.float32).eval(), processor


@torch.no_grad()
def look(model, processor, path):
    image = Image.open(path).convert("RGB")
    # Across, then down, as Pillow did for every size before version 13 and as Monocle does.
    image = image.resize((processor.size["width"], image.height), processor.resample)
    pixels = processor(image, return_tensors="pt")["pixel_values"].float()
    tokens = model.vit(pixels).last_hidden_state
    logits = model(pixels).logits
    return pixels, tokens, logits


def make_golden(model, processor, folder):
    cases = []
    for picture in PICTURES:
        _, tokens, logits = look(model, processor, FIXTURES / picture)
        probabilities = logits.double().softmax(-1)[0]
        best = probabilities.topk(5)
        cases.append({
            "image": picture,
            "token": tokens[0, -1].tolist(),
            "logits": logits[0].tolist(),
            "probabilities": probabilities.tolist(),
            "best": [[model.config.id2label[int(i)], float(p)] for p, i in zip(best.values, best.indices)],
        })  # fmt: skip
    (folder / "golden.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n")


def make_full(out):
    model, processor = make_model(FULL, out / "model")
    Image.effect_noise((640, 480), 90).convert("RGB").save(out / "image.png")
    stages = look(model, processor, out / "image.png")
    for name, stage in zip(["pixel_values", "vision_features", "logits"], stages):
        np.save(out / f"{name}.npy", stage.numpy())


def compare(out, found):
    for name in ["pixel_values", "vision_features", "logits"]:
        wanted, got = np.load(out / f"{name}.npy"), np.load(found / f"{name}.npy")
        print(f"{name} {wanted.shape}: relative error {np.linalg.norm(got - wanted) / np.linalg.norm(wanted):.3g}")
    print("first name", wanted.argmax(), got.argmax())


def make_tiny():
    for name, spec in TINY.items():
        folder = FIXTURES / "vit" / name
        make_golden(*make_model(spec, folder), folder)


if __name__ == "__main__":
    run(__doc__, make_tiny, make_full, compare)
