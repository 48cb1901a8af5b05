# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes detectors with random weights, and what the reference computes with them.

    python make_detr.py                    the tiny ones, with their goldens, below tests/fixtures
    python make_detr.py --full OUT         one of DETR ResNet-50's shape: large, never committed
    python make_detr.py --compare OUT DIR  what `monocle-cli inspect` wrote into DIR against that

A golden is OUT/golden.json: for each picture its size, some of its pixels, of the backbone's features and the
encoder's states, all classes and boxes, and the objects that the reference's post-processing finds.
"""

import json
import re

import numpy as np
import torch
from command_line import FIXTURES, run
from PIL import Image
from safetensors.torch import save_file
from transformers import DetrConfig, DetrForObjectDetection, ResNetConfig
from transformers.models.detr.image_processing_pil_detr import DetrImageProcessorPil

PICTURES = ["pictures/photo-131x97.png", "pictures/photo-31x96.png", "images/a.png"]

STAGES = ["pixel_values", "vision_features", "encoder_states", "logits", "pred_boxes"]

# A published table has gaps, which are names like others.
NAMES = ["N/A", "person", "traffic light", "N/A", "Straßenbahn"]

TINY = {
    # The names that the newest reference has in memory, and its newest preprocessor file.
    "detr-new": dict(seed=1, dtype=torch.float32, layout="new", shortest=64, longest=107,
                     backbone=dict(embedding_size=8, hidden_sizes=[16, 16, 32, 48], depths=[1, 2, 1, 1]),
                     shape=dict(d_model=24, encoder_layers=1, decoder_layers=2, encoder_attention_heads=3,
                                decoder_attention_heads=2, encoder_ffn_dim=40, decoder_ffn_dim=36, num_queries=7)),
    # Those of the published files, and their old preprocessor file.
    "detr-published": dict(seed=2, dtype=torch.float16, layout="published", shortest=49, longest=161,
                           backbone=dict(embedding_size=4, hidden_sizes=[16, 32, 32, 64], depths=[2, 1, 1, 1]),
                           shape=dict(d_model=32, encoder_layers=2, decoder_layers=1, encoder_attention_heads=4,
                                      decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=48,
                                      num_queries=9)),
}  # fmt: skip
FULL = dict(seed=3, dtype=torch.float32, layout="published", shortest=800, longest=1333, backbone={}, shape={})

PUBLISHED = [
    (r"backbone\.model\.", "backbone.conv_encoder.model."),
    (r"embedder\.embedder\.convolution", "conv1"),
    (r"embedder\.embedder\.normalization", "bn1"),
    (r"shortcut\.convolution", "downsample.0"),
    (r"shortcut\.normalization", "downsample.1"),
    (r"layer\.(\d)\.convolution", lambda m: f"conv{int(m[1]) + 1}"),
    (r"layer\.(\d)\.normalization", lambda m: f"bn{int(m[1]) + 1}"),
    (r"encoder\.stages\.(\d)\.layers\.", lambda m: f"layer{int(m[1]) + 1}."),
    (r"o_proj", "out_proj"),
    (r"mlp\.fc", "fc"),
]


def rename(name):
    for pattern, replacement in PUBLISHED:
        name = re.sub(pattern, replacement, name)
    return name


@torch.no_grad()
def draw_weights(model, dtype):
    """Louder than a fresh model, so that queries differ; what is stored is what is computed with."""
    for name, parameter in model.named_parameters():
        if ("norm" in name or "normalization" in name) and name.endswith("weight"):
            parameter.copy_(1 + 0.2 * torch.randn_like(parameter))
        elif parameter.ndim < 2:
            parameter.copy_(0.3 * torch.randn_like(parameter))
        elif "query_position" in name:
            parameter.copy_(torch.randn_like(parameter))
        else:
            loud = 2 if "class_labels" in name else 1
            parameter.copy_(loud * torch.randn_like(parameter) / parameter[0].numel() ** 0.5)
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.copy_(0.3 * torch.randn_like(buffer))
        elif name.endswith("running_var"):
            buffer.copy_(0.3 + torch.rand_like(buffer))
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(tensor.to(dtype).float())


def make_model(spec, folder):
    """Writes a model directory; returns the reference's model and preprocessor."""
    torch.manual_seed(spec["seed"])
    names = dict(enumerate(NAMES))
    config = DetrConfig(backbone_config=ResNetConfig(layer_type="bottleneck", out_features=["stage4"], **spec["backbone"]),
                        id2label=names, label2id={name: i for i, name in names.items()}, **spec["shape"])  # fmt: skip
    model = DetrForObjectDetection(config).eval()
    draw_weights(model, spec["dtype"])
    folder.mkdir(parents=True, exist_ok=True)
    config.save_pretrained(folder)
    stored = {
        rename(name) if spec["layout"] == "published" else name: tensor.to(spec["dtype"]).contiguous()
        for name, tensor in model.state_dict().items()
        if tensor.is_floating_point()
    }
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    processor = DetrImageProcessorPil(size={"shortest_edge": spec["shortest"], "longest_edge": spec["longest"]})
    processor.save_pretrained(folder)
    if spec["layout"] == "published":
        (folder / "preprocessor_config.json").write_text(json.dumps({
            "do_normalize": True, "do_resize": True, "feature_extractor_type": "DetrFeatureExtractor",
            "format": "coco_detection", "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225],
            "max_size": spec["longest"], "size": spec["shortest"]}, indent=1) + "\n")  # fmt: skip
    return model, processor


@torch.no_grad()
def look(model, processor, path):
    image = Image.open(path).convert("RGB")
    own = processor(image, return_tensors="pt")["pixel_values"]
    height, width = own.shape[2:]
    # Across, then down, as Pillow did for every size before version 13 and as Monocle does.
    sized = image.resize((width, image.height), 2).resize((width, height), 2)
    pixels = processor(sized, do_resize=False, do_pad=False, return_tensors="pt")["pixel_values"].float()
    assert (pixels - own).abs().max() < 0.05
    output = model(pixels)
    features = model.model.backbone.model(pixels).feature_maps[-1]
    stages = [pixels, features.permute(0, 2, 3, 1), output.encoder_last_hidden_state, output.logits, output.pred_boxes]
    found = processor.post_process_object_detection(output, threshold=0.05, target_sizes=[(image.height, image.width)])
    return image, stages, found[0]


def make_golden(model, processor, folder):
    cases = []
    for picture in PICTURES:
        image, (pixels, features, states, logits, boxes), found = look(model, processor, FIXTURES / picture)
        objects = [
            {
                "label": NAMES[int(label)],
                "score": float(score),
                # The reference lets boxes reach over the edges.
                "box": [min(max(v, 0.0), float(side)) for v, side in zip(box.tolist(), image.size * 2)],
            }
            for score, label, box in zip(found["scores"], found["labels"], found["boxes"])
        ]
        cases.append({
            "image": picture,
            "size": list(pixels.shape[2:]),
            "pixels": pixels.flatten()[::101].tolist(),
            "features": features[0, -1, -1].tolist(),
            "states": states[0, -1].tolist(),
            "logits": logits.flatten().tolist(),
            "boxes": boxes.flatten().tolist(),
            "objects": sorted(objects, key=lambda o: -o["score"]),
        })  # fmt: skip
        print(picture, len(objects), [round(o["score"], 2) for o in cases[-1]["objects"]])
    (folder / "golden.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n")


def make_full(out):
    model, processor = make_model(FULL, out / "model")
    Image.effect_noise((640, 480), 90).convert("RGB").save(out / "image.png")
    for name, stage in zip(STAGES, look(model, processor, out / "image.png")[1]):
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
        folder = FIXTURES / "detr" / name
        make_golden(*make_model(spec, folder), folder)


if __name__ == "__main__":
    run(__doc__, make_tiny, make_full, compare)
