# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes models that outline by words with random weights, and what the reference computes with them.

    python make_clipseg.py                    the tiny ones, with their goldens, below tests/fixtures
    python make_clipseg.py --full OUT         one of CLIPSeg rd64-refined's shape: large, never committed
    python make_clipseg.py --compare OUT DIR  what `monocle-cli inspect` wrote into DIR against that

A golden is OUT/golden.json: words with what they come to, and for each picture some of its pixels, of what the decoder
reads of it, of the maps of each word, and how many pixels of the picture are at least as likely as a threshold, and where.
"""

import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from command_line import FIXTURES, run
from make_clip import clip_tokenizer
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPSegConfig, CLIPSegForImageSegmentation
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

PICTURES = ["pictures/photo-131x97.png", "pictures/photo-31x96.png"]
WORDS = ["cat", "the green door"]
THRESHOLD = 0.4

STAGES = ["pixel_values", "vision_features", "text_embeds", "mask_logits"]

TINY = {
    # Both heads; positions that are fewer, and more, than the patches of a picture; both ways to end a text.
    "clipseg-refined": dict(seed=1, dtype=torch.float16, side=80, fine=True, legacy=True, patch=16, grid=48,
                            levels=[0, 2], width=16),
    "clipseg-plain": dict(seed=2, dtype=torch.float32, side=24, fine=False, legacy=False, patch=8, grid=32,
                          levels=[0, 1, 2], width=8),
}  # fmt: skip

FULL = dict(seed=3, dtype=torch.float32, side=352, fine=True, legacy=True, patch=16, grid=224, levels=[3, 6, 9],
            width=64, full=True)  # fmt: skip


def describe(spec, tokenizer):
    """The shapes: tiny towers, or those of the published model; a short vocabulary in any case."""
    if spec.get("full"):
        text = dict(vocab_size=len(tokenizer), bos_token_id=tokenizer.bos_token_id, eos_token_id=2)
        vision = dict(image_size=spec["grid"], patch_size=spec["patch"])
        return dict(text_config=text, vision_config=vision)
    text = dict(vocab_size=len(tokenizer), hidden_size=24, intermediate_size=32, num_hidden_layers=2,
                num_attention_heads=3, max_position_embeddings=20, bos_token_id=tokenizer.bos_token_id,
                eos_token_id=2 if spec["legacy"] else tokenizer.eos_token_id)  # fmt: skip
    vision = dict(hidden_size=24, intermediate_size=32, num_hidden_layers=4, num_attention_heads=3,
                  image_size=spec["grid"], patch_size=spec["patch"])  # fmt: skip
    return dict(text_config=text, vision_config=vision, projection_dim=20, decoder_num_attention_heads=2,
                decoder_intermediate_size=24)  # fmt: skip


def make_model(spec, folder):
    torch.manual_seed(spec["seed"])
    tokenizer = clip_tokenizer(330)
    config = CLIPSegConfig(reduce_dim=spec["width"], extract_layers=spec["levels"],
                           use_complex_transposed_convolution=spec["fine"], **describe(spec, tokenizer))  # fmt: skip
    model = CLIPSegForImageSegmentation(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name and name.endswith("weight"):
                parameter.copy_(1 + 0.2 * torch.randn_like(parameter))
            elif parameter.ndim < 2:
                parameter.copy_(0.3 * torch.randn_like(parameter))
            elif "embedding" in name and "patch" not in name:
                parameter.copy_(0.5 * torch.randn_like(parameter))
            else:
                parameter.copy_(torch.randn_like(parameter) / parameter[0].numel() ** 0.5)
        # As many pixels above the threshold as below.
        for name, parameter in model.named_parameters():
            if "transposed_convolution" in name and parameter.ndim == 4:
                parameter.mul_(2.5)
            elif "transposed_convolution" in name:
                parameter.fill_(-0.4)
            if "film" in name:
                parameter.mul_(2)
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(tensor.to(spec["dtype"]).float())
    folder.mkdir(parents=True, exist_ok=True)
    config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    stored = {name: t.to(spec["dtype"]).contiguous() for name, t in model.state_dict().items() if t.is_floating_point()}
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    processor = ViTImageProcessorPil(
        size={"height": spec["side"], "width": spec["side"]}, resample=2,
        image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225],
    )  # fmt: skip
    processor.save_pretrained(folder)
    return model.double(), tokenizer, processor


@torch.no_grad()
def look(model, tokenizer, processor, path):
    image = Image.open(path).convert("RGB")
    side = processor.size["width"]
    # Across, then down, as Pillow did for every size before version 13 and as Monocle does.
    sized = image.resize((side, image.height), 2).resize((side, side), 2)
    pixels = processor(sized, do_resize=False, return_tensors="pt")["pixel_values"].to(next(model.parameters()).dtype)
    levels, conditions, maps = None, [], []
    for word in WORDS:
        ids = torch.tensor([tokenizer(word)["input_ids"]])
        condition = model.get_conditional_embeddings(batch_size=1, input_ids=ids)
        output = model(pixel_values=pixels, conditional_embeddings=condition)
        conditions.append(condition[0])
        maps.append(output.logits.reshape(side, side))
        if levels is None:
            states = model.clip.vision_model(pixels, output_hidden_states=True).hidden_states
            activations = [states[i + 1] for i in model.config.extract_layers][::-1]
            levels = [reduce(a)[0] for reduce, a in zip(model.decoder.reduces, activations)]
    likely = torch.stack(maps).sigmoid()[:, None]
    likely = torch.nn.functional.interpolate(likely, size=(image.height, image.width), mode="bilinear")[:, 0]
    return pixels, levels, conditions, maps, likely


def make_golden(model, tokenizer, processor, folder):
    cases = []
    for picture in PICTURES:
        pixels, levels, conditions, maps, likely = look(model, tokenizer, processor, FIXTURES / picture)
        cases.append({
            "image": picture,
            "pixels": pixels.flatten()[::101].tolist(),
            # Without the class token, which comes first here.
            "levels": torch.stack([level[-1] for level in levels]).flatten().tolist(),
            "conditions": torch.stack(conditions).flatten().tolist(),
            "maps": torch.stack(maps).flatten()[::31].tolist(),
            "objects": [
                {
                    "label": word,
                    "score": float(map[map >= THRESHOLD].mean()),
                    "pixels": int((map >= THRESHOLD).sum()),
                    # How many pixels of every row and of every column.
                    "rows": (map >= THRESHOLD).sum(1).tolist(),
                    "columns": (map >= THRESHOLD).sum(0).tolist(),
                }
                for word, map in zip(WORDS, likely)
            ],
        })  # fmt: skip
        print(picture, [(o["pixels"], round(o["score"], 3)) for o in cases[-1]["objects"]])
    golden = {"words": WORDS, "threshold": THRESHOLD, "cases": cases}
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


def make_full(out):
    model, tokenizer, processor = make_model(FULL, out / "model")
    Image.effect_noise((640, 480), 90).convert("RGB").save(out / "image.png")
    pixels, levels, conditions, maps, _ = look(model.float(), tokenizer, processor, out / "image.png")
    # The class token comes last in Monocle.
    levels = torch.stack([torch.cat([level[1:], level[:1]]) for level in levels])
    for name, stage in zip(STAGES, [pixels, levels, torch.stack(conditions), torch.stack(maps)]):
        np.save(out / f"{name}.npy", stage.float().numpy())
    print(f'monocle-cli inspect --model {out}/model --image {out}/image.png --prompt "{", ".join(WORDS)}" --out DIR')


def compare(out, found):
    for name in STAGES:
        wanted, got = np.load(out / f"{name}.npy"), np.load(found / f"{name}.npy").reshape(-1)
        error = np.linalg.norm(got - wanted.reshape(-1)) / np.linalg.norm(wanted)
        print(f"{name} {wanted.shape}: relative error {error:.3g}")


def make_tiny():
    for name, spec in TINY.items():
        folder = FIXTURES / "clipseg" / name
        make_golden(*make_model(spec, folder), folder)


if __name__ == "__main__":
    run(__doc__, make_tiny, make_full, compare)
