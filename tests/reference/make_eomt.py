# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes segmenters with random weights, and what the reference computes with them.

    python make_eomt.py                    the tiny ones, with their goldens, below tests/fixtures
    python make_eomt.py --full SIZE OUT    one of a published shape ("small", "base", "large"), never committed
    python make_eomt.py --compare OUT DIR  what `monocle-cli inspect` wrote into DIR against that

A golden is OUT/golden.json: for each picture some of its pixels, of the tokens, all classes, some of the masks, and
the segments that the reference's two kinds of post-processing find, with how many pixels of each row and column.
"""

import json

import numpy as np
import torch
from command_line import FIXTURES, run
from PIL import Image
from safetensors.torch import save_file
from transformers import EomtConfig, EomtForUniversalSegmentation
from transformers.models.eomt import modeling_eomt
from transformers.models.eomt.image_processing_pil_eomt import EomtImageProcessorPil

# Only training wants it: what a library does that need not be there.
modeling_eomt.requires_backends = lambda *_: None

PICTURES = ["pictures/photo-131x97.png", "pictures/photo-31x96.png", "images/a.png"]

STAGES = ["pixel_values", "vision_features", "class_logits", "mask_logits"]

NAMES = ["person", "sky", "Straßenbahn", "rug-merged"]

# How sure a segment must be in the goldens; random models are not surer.
THRESHOLD = 0.4

TINY = {
    "eomt-two": dict(seed=20, dtype=torch.float32, shape=dict(
        hidden_size=24, num_hidden_layers=3, num_attention_heads=3, mlp_ratio=2, image_size=64, patch_size=8,
        num_blocks=2, num_queries=7, num_register_tokens=4, num_upscale_blocks=2)),
    # Queries from the first layer on, one step finer, and another activation.
    "eomt-one": dict(seed=55, dtype=torch.float16, shape=dict(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, mlp_ratio=3, image_size=96, patch_size=16,
        num_blocks=2, num_queries=9, num_register_tokens=1, num_upscale_blocks=1, hidden_act="gelu_pytorch_tanh")),
}  # fmt: skip
FULL = {
    "small": dict(hidden_size=384, num_hidden_layers=12, num_attention_heads=6, num_blocks=3),
    "base": dict(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, num_blocks=3),
    "large": dict(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, num_blocks=4),
}


@torch.no_grad()
def draw_weights(model, dtype):
    """Louder than a fresh model, so that queries differ; what is stored is what is computed with."""
    for name, parameter in model.named_parameters():
        if "norm" in name and name.endswith("weight"):
            parameter.copy_(1 + 0.2 * torch.randn_like(parameter))
        elif "lambda" in name:
            parameter.copy_(0.3 + 0.5 * torch.randn_like(parameter))
        elif "query" in name or "token" in name:
            parameter.copy_(torch.randn_like(parameter))
        elif "position" in name:
            parameter.copy_(0.5 * torch.randn_like(parameter))
        elif parameter.ndim < 2:
            parameter.copy_(0.3 * torch.randn_like(parameter))
        else:
            loud = 5 if "class_predictor" in name else 1
            parameter.copy_(loud * torch.randn_like(parameter) / parameter[0].numel() ** 0.5)
    # Trained models have come to do without.
    model.attn_mask_probs.zero_()
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(tensor.to(dtype).float())


def make_model(spec, folder):
    """Writes a model directory; returns the reference's model and preprocessor."""
    torch.manual_seed(spec["seed"])
    names = dict(enumerate(NAMES))
    config = EomtConfig(id2label=names, label2id={name: i for i, name in names.items()}, **spec["shape"])
    model = EomtForUniversalSegmentation(config).eval()
    draw_weights(model, spec["dtype"])
    folder.mkdir(parents=True, exist_ok=True)
    config.save_pretrained(folder)
    stored = {name: tensor.to(spec["dtype"]).contiguous() for name, tensor in model.state_dict().items()}
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    side = config.image_size
    processor = EomtImageProcessorPil(size={"shortest_edge": side, "longest_edge": side}, do_pad=True)
    processor.save_pretrained(folder)
    return model, processor


@torch.no_grad()
def look(model, processor, path):
    image = Image.open(path).convert("RGB")
    own = processor(image, return_tensors="pt")["pixel_values"]
    side = model.config.image_size
    # The size before padding: black differs from everything that is normalised otherwise in no other way.
    size = processor(image, do_pad=False, do_normalize=False, do_rescale=False)["pixel_values"][0].shape[1:]
    # Across, then down, as Pillow did for every size before version 13 and as Monocle does.
    sized = image.resize((size[1], image.height), 2).resize((size[1], size[0]), 2)
    square = Image.new("RGB", (side, side))
    square.paste(sized, (0, 0))
    pixels = processor(square, do_resize=False, do_pad=False, return_tensors="pt")["pixel_values"].float()
    assert (pixels - own).abs().max() < 0.05
    output = model(pixels)
    n, prefix = model.config.num_queries, 1 + model.config.num_register_tokens
    queries, first, patches = output.last_hidden_state.split([n, prefix, output.last_hidden_state.shape[1] - n - prefix], 1)
    # Monocle has the same tokens in another order.
    tokens = torch.cat([patches, first, queries], 1)
    return image, output, [pixels, tokens, output.class_queries_logits, output.masks_queries_logits]


def describe(segmentation, segments):
    """What of each segment is not hidden by a later one."""
    found = []
    for segment in segments:
        mask = segmentation == segment["id"]
        found.append({
            "label": NAMES[segment["label_id"]],
            "score": segment["score"],
            "rows": mask.sum(1).tolist(),
            "columns": mask.sum(0).tolist(),
        })  # fmt: skip
    return found


def cut_out(processor, output, size):
    """Masks of the reference's instances, whole: its own map has only what later ones left of each."""
    masks = torch.nn.functional.interpolate(output.masks_queries_logits, size=(processor.size["shortest_edge"],) * 2,
                                            mode="bilinear")  # fmt: skip
    masks = processor.unpad_image(masks, [size], processor.size)[0]
    _, segments = processor.post_process_instance_segmentation(output, [size], threshold=THRESHOLD)[0].values()
    scores, names = output.class_queries_logits[0].softmax(-1)[:, :-1].max(-1)
    scores = scores * ((masks.sigmoid() * (masks > 0)).flatten(1).sum(1) / ((masks > 0).flatten(1).sum(1) + 1e-6))
    kept = [i for i in range(len(masks)) if (masks[i] > 0).any() and scores[i] >= THRESHOLD]
    assert [round(float(scores[i]), 3) for i in kept] == [round(s["score"], 3) for s in segments]
    found = []
    for i in kept:
        found += describe(torch.where(masks[i] > 0, 0, -1), [{"id": 0, "label_id": int(names[i]), "score": float(scores[i])}])
    return found


def make_golden(model, processor, folder):
    cases = []
    for picture in PICTURES:
        image, output, (pixels, tokens, classes, masks) = look(model, processor, FIXTURES / picture)
        size = (image.height, image.width)
        shared = processor.post_process_panoptic_segmentation(output, [size], threshold=THRESHOLD)[0]
        cases.append({
            "image": picture,
            "pixels": pixels.flatten()[::101].tolist(),
            "tokens": tokens.flatten()[::37].tolist(),
            "classes": classes.flatten().tolist(),
            "masks": masks.flatten()[::53].tolist(),
            "segment": describe(shared["segmentation"], shared["segments_info"]),
            "segment-each": cut_out(processor, output, size),
        })  # fmt: skip
        print(picture, *([(s["label"], round(s["score"], 3), sum(s["rows"])) for s in cases[-1][key]]
                         for key in ("segment", "segment-each")), sep="\n  ")  # fmt: skip
    golden = {"threshold": THRESHOLD, "cases": cases}
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")


def make_full(size, out):
    model, processor = make_model(dict(seed=3, dtype=torch.float32, shape=FULL[size]), out / "model")
    Image.effect_noise((640, 427), 90).convert("RGB").save(out / "image.png")
    for name, stage in zip(STAGES, look(model, processor, out / "image.png")[2]):
        np.save(out / f"{name}.npy", stage.numpy())


def compare(out, found):
    for name in STAGES:
        wanted, got = np.load(out / f"{name}.npy"), np.load(found / f"{name}.npy").reshape(-1)
        print(
            f"{name} {wanted.shape}: relative error",
            f"{np.linalg.norm(got - wanted.reshape(-1)) / np.linalg.norm(wanted):.3g}",
        )


def make_tiny():
    for name, spec in TINY.items():
        folder = FIXTURES / "eomt" / name
        make_golden(*make_model(spec, folder), folder)


if __name__ == "__main__":
    run(__doc__, make_tiny, make_full, compare, full=("SIZE", "OUT"))
