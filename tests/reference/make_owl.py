# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes models that find by words (OWL-ViT, OWLv2) with random weights, and what the reference computes with them.

    python make_owl.py                    the tiny ones, with their goldens, below tests/fixtures
    python make_owl.py --full KIND OUT    one of a published shape ("owlvit", "owlv2"): large, never committed
    python make_owl.py --compare OUT DIR  what `monocle-cli inspect` wrote into DIR against that

A golden is MODEL/golden.json: texts with their token ids and vectors, pictures with the sums of their pixels, what is
at each place (box, logit of each text, thing or none), and the detections that the reference's post-processing gives:
by words, with overlaps of one text left out, and by another picture, with the scores that it has before it makes the
best of them 1. Everything is computed in double precision from the weights as they are stored; the pixels of OWLv2
are those of the reference's processor on tensors, which needs torchvision.
"""

import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from command_line import FIXTURES, run
from make_clip import clip_tokenizer, make_loud, round_list
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import Owlv2Config, Owlv2ForObjectDetection, OwlViTConfig, OwlViTForObjectDetection
from transformers.models.owlv2.image_processing_owlv2 import Owlv2ImageProcessor
from transformers.models.owlv2.image_processing_owlv2 import box_iou
from transformers.models.owlvit.image_processing_pil_owlvit import OwlViTImageProcessorPil

# Larger and smaller than what the towers take, wide and tall. Pillow resizes some pictures in columns first since its
# version 13: where that makes a difference, the wide ones.
PICTURES = {
    "owlvit": ["pictures/photo-131x97.png", "clip/wide-41x9.png"],
    "owlv2": ["pictures/photo-131x97.png", "clip/wide-41x9.png", "clip/tall-9x41.png"],
}
# The last of them is longer than a tower has places for.
TEXTS = ["a photo of a cat", "dog", "the green door",
         "a red car in front of the old house with the green door and a very long line of words behind it"]  # fmt: skip
EXAMPLE = "clip/wide-41x9.png"
THRESHOLDS = [0.1, 0.5]
OVERLAP = 0.3

TINY = {
    "owlvit": dict(kind="owlvit", seed=1, dtype=torch.float16, words=330, side=40,
                   text=dict(hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=3,
                             max_position_embeddings=12),
                   vision=dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
                               image_size=40, patch_size=8), dims=24),
    "owlv2": dict(kind="owlv2", seed=2, dtype=torch.float16, words=330, side=48,
                  text=dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
                            max_position_embeddings=16),
                  vision=dict(hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3,
                              image_size=48, patch_size=6), dims=32),
}  # fmt: skip
FULL = {
    "owlvit": dict(kind="owlvit", seed=3, dtype=torch.float32, words=1000, side=768, text={}, vision={}, dims=512),
    "owlv2": dict(kind="owlv2", seed=4, dtype=torch.float32, words=1000, side=960, text={},
                  vision=dict(image_size=960), dims=512),
}  # fmt: skip
KINDS = {
    "owlvit": (OwlViTConfig, OwlViTForObjectDetection, OwlViTImageProcessorPil),
    "owlv2": (Owlv2Config, Owlv2ForObjectDetection, Owlv2ImageProcessor),
}


def write_settings(spec, folder):
    """As the published files have it: of OWL-ViT those of the first upload, with a pair for the size."""
    clip = dict(image_mean=[0.48145466, 0.4578275, 0.40821073], image_std=[0.26862954, 0.26130258, 0.27577711])
    if spec["kind"] == "owlvit":
        settings = dict(clip, crop_size=spec["side"], do_center_crop=True, do_normalize=True, do_resize=True,
                        feature_extractor_type="OwlViTFeatureExtractor", resample=3, size=[spec["side"]] * 2)  # fmt: skip
    else:
        settings = dict(clip, do_normalize=True, do_pad=True, do_rescale=True, do_resize=True, resample=2,
                        image_processor_type="Owlv2ImageProcessor", processor_class="Owlv2Processor",
                        rescale_factor=0.00392156862745098, size={"height": spec["side"], "width": spec["side"]})  # fmt: skip
    (folder / "preprocessor_config.json").write_text(json.dumps(settings, indent=2) + "\n")


def make_model(spec, folder):
    """Writes a model directory; returns the reference's model, processor and tokenizer."""
    torch.manual_seed(spec["seed"])
    config, kind, processor = KINDS[spec["kind"]]
    tokenizer = clip_tokenizer(spec["words"])
    text = dict(spec["text"], vocab_size=len(tokenizer), bos_token_id=tokenizer.bos_token_id,
                eos_token_id=tokenizer.eos_token_id)  # fmt: skip
    model = kind(config(text_config=text, vision_config=spec["vision"], projection_dim=spec["dims"]))
    make_loud(model)
    with torch.no_grad():
        # Some of each: scores on both sides of a half, boxes that are not all of one size.
        model.class_head.logit_scale.bias.fill_(2.5)
        model.class_head.logit_shift.bias.fill_(-0.6)
        model.box_head.dense2.bias[2:] = 1.3
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    stored = {name: tensor.to(spec["dtype"]) for name, tensor in load_file(folder / "model.safetensors").items()}
    n = model.config.text_config.max_position_embeddings
    stored[f"{spec['kind']}.text_model.embeddings.position_ids"] = torch.arange(n).unsqueeze(0)
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    write_settings(spec, folder)
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()), ensure_ascii=False, separators=(",", ":")) + "\n")
    for path in folder.iterdir():
        path.chmod(0o644)
    model = kind.from_pretrained(folder, dtype=torch.float32).eval().double()
    # Computed when it is made, and in single precision.
    places = spec["side"] // model.config.vision_config.patch_size
    model.box_bias = model.compute_box_bias(places, places).double()
    size = {"height": spec["side"], "width": spec["side"]}
    return model, processor(size=size), tokenizer


def read_picture(processor, path):
    picture = Image.open(path).convert("RGB")
    return picture, processor(picture, return_tensors="pt")["pixel_values"].double()


def read_texts(tokenizer, config):
    """Token ids as they are, and all of one length with a mask."""
    most = config.text_config.max_position_embeddings
    ids = [tokenizer(text, truncation=True, max_length=most)["input_ids"] for text in TEXTS]
    filled = torch.tensor([row + [0] * (most - len(row)) for row in ids])
    mask = torch.tensor([[1] * len(row) + [0] * (most - len(row)) for row in ids])
    return ids, filled, mask


def describe_boxes(found, labels, scores):
    return [{"box": round_list(box), "label": int(label), "score": round_list(score)[0]}
            for box, label, score in zip(found["boxes"], labels, scores)]  # fmt: skip


def leave_out_overlaps(found):
    """The best first, of each text none that shares too much with a better one."""
    kept = []
    for i in torch.argsort(-found["scores"]).tolist():
        same = [k for k in kept if found["labels"][k] == found["labels"][i]]
        if not same or box_iou(found["boxes"][i][None], found["boxes"][same])[0].max() <= OVERLAP:
            kept.append(i)
    return {name: values[kept] for name, values in found.items()}


def find_words(processor, output, size):
    found = []
    for threshold in THRESHOLDS:
        kept = processor.post_process_object_detection(output, threshold=threshold, target_sizes=[size])[0]
        kept = leave_out_overlaps(kept)
        found.append({"threshold": threshold, "objects": describe_boxes(kept, kept["labels"], kept["scores"])})
    return found


def find_like(model, processor, pixels, query, size):
    """The place of the example, and what the reference keeps, with scores that are no ratios."""
    output = model.image_guided_detection(pixel_values=pixels, query_pixel_values=query)
    embedding, _ = model.image_embedder(pixel_values=query)
    _, index, _ = model.embed_image_query(features_of(model, query), embedding)
    kept = processor.post_process_image_guided_detection(
        output, threshold=0.0, nms_threshold=OVERLAP, target_sizes=torch.tensor([size])
    )[0]
    all_boxes = processor.post_process_object_detection(output_as_words(output), threshold=0.0, target_sizes=[size])[0]
    places = [int((all_boxes["boxes"] - box).abs().sum(-1).argmin()) for box in kept["boxes"]]
    scores = all_boxes["scores"][places]
    order = torch.argsort(-scores)
    kept = {"boxes": kept["boxes"][order]}
    return {"place": int(index.flatten()[0]), "objects": describe_boxes(kept, [0] * len(order), scores[order])}


def find_region(model, output, pixels, picture):
    """By a region of the picture itself. The place that stands for it is none of the reference's business: where the
    box fits and there is a thing; in OWL-ViT, of those that fit almost as well as the best the one least like the
    picture on average."""
    width, height = picture.size
    region = [width * 0.3, height * 0.2, width * 0.8, height * 0.7]
    scale = torch.tensor([max(width, height)] * 2 if output.get("objectness_logits") is not None else [width, height])
    corners = corners_of(output.pred_boxes[0])
    shares = box_iou(corners, torch.tensor([region]).double() / torch.cat([scale, scale]))[0][:, 0]
    classes = output.class_embeds[0]
    if output.get("objectness_logits") is not None:
        place = int((shares * output.objectness_logits[0].sigmoid()).argmax())
    else:
        likeness = classes @ classes.mean(0)
        place = int(likeness.masked_fill(shares < 0.8 * shares.max(), torch.inf).argmin())
    features = features_of(model, pixels)
    logits, _ = model.class_predictor(features, classes[place][None, None], None)
    return {"region": region, "place": place, "objects": keep_all(logits[0, :, 0], corners * torch.cat([scale, scale]))}


def keep_all(logits, boxes):
    found = {"scores": logits.sigmoid(), "boxes": boxes, "labels": torch.zeros(len(logits))}
    found = leave_out_overlaps(found)
    return describe_boxes(found, found["labels"], found["scores"])


def corners_of(boxes):
    return torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], -1)


def features_of(model, pixels):
    embedding, _ = model.image_embedder(pixel_values=pixels)
    return embedding.reshape(1, -1, embedding.shape[-1])


def find_things(output, size):
    return keep_all(output.objectness_logits[0], corners_of(output.pred_boxes[0]) * max(size))


def output_as_words(output):
    return type("Output", (), {"logits": output.logits, "pred_boxes": output.target_pred_boxes})()


@torch.no_grad()
def make_golden(spec, model, processor, tokenizer, folder):
    ids, filled, mask = read_texts(tokenizer, model.config)
    golden = {"texts": [], "pictures": []}
    example, query = read_picture(processor, FIXTURES / EXAMPLE)
    for path in PICTURES[spec["kind"]]:
        picture, pixels = read_picture(processor, FIXTURES / path)
        size = (picture.height, picture.width)
        output = model(input_ids=filled, attention_mask=mask, pixel_values=pixels)
        golden["pictures"].append({
            "image": path,
            "pixels": {"rows": round_list(pixels[0].sum(2)), "columns": round_list(pixels[0].sum(1))},
            "boxes": round_list(output.pred_boxes), "logits": round_list(output.logits),
            "objectness": round_list(output.objectness_logits) if spec["kind"] == "owlv2" else [],
            "words": find_words(processor, output, size),
            "like": find_like(model, processor, pixels, query, size),
            "region": find_region(model, output, pixels, picture),
            "things": find_things(output, size) if spec["kind"] == "owlv2" else [],
        })  # fmt: skip
    golden["texts"] = [{"text": text, "ids": row, "vector": round_list(vector)}
                       for text, row, vector in zip(TEXTS, ids, output.text_embeds[0])]  # fmt: skip
    golden["example"] = EXAMPLE
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")


@torch.no_grad()
def make_full(kind, out):
    spec = FULL[kind]
    model, processor, tokenizer = make_model(spec, out / "model")
    Image.effect_noise((640, 480), 90).convert("RGB").save(out / "image.png")
    _, pixels = read_picture(processor, out / "image.png")
    _, filled, mask = read_texts(tokenizer, model.config)
    output = model.float()(input_ids=filled, attention_mask=mask, pixel_values=pixels.float())
    np.save(out / "pixel_values.npy", pixels.float().numpy())
    np.save(out / "text_embeds.npy", output.text_embeds[0].numpy())
    np.save(out / "pred_boxes.npy", output.pred_boxes.numpy())
    np.save(out / "logits.npy", output.logits.numpy())
    if kind == "owlv2":
        np.save(out / "objectness.npy", output.objectness_logits.numpy())
    (out / "prompt.txt").write_text("\n".join(TEXTS))
    print(f'monocle-cli inspect --model {out}/model --image {out}/image.png --prompt "$(cat {out}/prompt.txt)" --out DIR')


def compare(out, found):
    for path in sorted(out.glob("*.npy")):
        wanted, got = np.load(path), np.load(found / path.name)
        error = np.linalg.norm(got - wanted) / np.linalg.norm(wanted)
        print(f"{path.stem} {wanted.shape}: relative error {error:.3g}, largest difference {abs(got - wanted).max():.3g}")


def make_tiny():
    for name, spec in TINY.items():
        folder = FIXTURES / "owl" / name
        make_golden(spec, *make_model(spec, folder), folder)


if __name__ == "__main__":
    run(__doc__, make_tiny, make_full, compare, full=("KIND", "OUT"))
