# SPDX-License-Identifier: GPL-3.0-or-later
"""Computes what the reference does with a tiny Qwen2.5-VL, whose weights are made by a rule: tests/fixtures/qwen25vl.

    python make_qwen25vl.py

golden.json has all that the model is made of, so that nothing but numbers that were computed is kept: the files, the
shapes of the tensors under their published names, whose numbers are hashes of names and places; then pictures, questions
and answers as make_qwen3vl.py has them. Its tokenizer is that of tests/fixtures/qwen3vl.
"""

import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from command_line import FIXTURES
from make_clip import round_list
from make_qwen3vl import N_ANSWER, PICTURES, QUESTIONS, SPECIALS, STEP, answer, find_logits, planes_of, small_tokenizer
from PIL import Image
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

FOLDER = FIXTURES / "qwen25vl"
START = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
LEAST, MOST = 8 * 8 * 9, 8 * 8 * 20
ROWS_STEP = 5

# Windows that fit and such that do not, and a layer without; heads that share keys; pairs that turn by all three axes.
VISION = dict(depth=3, hidden_act="silu", hidden_size=16, intermediate_size=12, num_heads=2, in_chans=3, out_hidden_size=16,
              patch_size=4, spatial_merge_size=2, spatial_patch_size=4, temporal_patch_size=2, window_size=16,
              fullatt_block_indexes=[1], tokens_per_second=2)  # fmt: skip


def make_config(tokenizer):
    """As the published files have it: what belongs to words among everything else."""
    start, end, image, video = tokenizer.convert_tokens_to_ids(SPECIALS[3:])
    return dict(architectures=["Qwen2_5_VLForConditionalGeneration"], model_type="qwen2_5_vl", hidden_act="silu",
                hidden_size=16, intermediate_size=20, max_position_embeddings=192, max_window_layers=2,
                num_attention_heads=2, num_hidden_layers=2, num_key_value_heads=1, rms_norm_eps=1e-6,
                rope_theta=1000000.0, rope_scaling={"type": "mrope", "mrope_section": [2, 1, 1]},
                sliding_window=32768, use_sliding_window=False, tie_word_embeddings=False, vocab_size=len(tokenizer),
                image_token_id=image, video_token_id=video, vision_start_token_id=start, vision_end_token_id=end,
                vision_config=VISION)  # fmt: skip


def hash_numbers(name, n):
    """From -1 to 1, as tests/models/hashed-ofa.c has them."""
    seed = 2166136261
    for byte in name.encode():
        seed = (seed ^ byte) * 16777619 & 0xFFFFFFFF
    x = (seed + np.arange(n, dtype=np.uint64) * 2654435761) & 0xFFFFFFFF
    x ^= x >> 16
    x = x * 0x7FEB352D & 0xFFFFFFFF
    x ^= x >> 15
    x = x * 0x846CA68B & 0xFFFFFFFF
    x ^= x >> 16
    return x / 2147483648.0 - 1


def make_tensor(name, shape):
    numbers = hash_numbers(name, int(np.prod(shape)))
    if "embed_tokens" in name:
        scale = 1.0
    else:
        scale = float(np.sqrt(6 / np.prod(shape[1:]))) if len(shape) > 1 else 0.3
    values = scale * numbers + (1 if "norm" in name or "ln_q" in name else 0)
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def publish(name):
    return name.replace("model.visual.", "visual.").replace("model.language_model.", "model.")


def read_inputs(model, tokenizer, images, picture, question):
    found = images(images=picture, return_tensors="pt")
    n = int(found["image_grid_thw"].prod()) // 4
    text = f"{START}<|im_start|>user\n<|vision_start|>{'<|image_pad|>' * n}<|vision_end|>{question}<|im_end|>\n"
    ids = torch.tensor([tokenizer.encode(text + "<|im_start|>assistant\n")])
    kinds = (ids == model.config.image_token_id).to(torch.long)
    return dict(input_ids=ids, pixel_values=found["pixel_values"].to(model.dtype), image_grid_thw=found["image_grid_thw"],
                attention_mask=torch.ones_like(ids), mm_token_type_ids=kinds)  # fmt: skip


def rows_of(model, inputs):
    rows = model.model.get_image_features(inputs["pixel_values"], inputs["image_grid_thw"]).pooler_output
    return torch.cat(list(rows)) if isinstance(rows, (list, tuple)) else rows


@torch.no_grad()
def make_tiny():
    tokenizer = small_tokenizer()
    config = make_config(tokenizer)
    model = Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(**json.loads(json.dumps(config))))
    state = {name: make_tensor(publish(name), tuple(tensor.shape)) for name, tensor in model.state_dict().items()}
    model.load_state_dict(state)
    model.set_attn_implementation("eager")
    model = model.eval().double()
    end, pad = tokenizer.convert_tokens_to_ids(["<|im_end|>", "<|endoftext|>"])
    model.generation_config.update(eos_token_id=[end, pad], pad_token_id=pad, bos_token_id=pad)
    images = Qwen2VLImageProcessorPil(size={"longest_edge": MOST, "shortest_edge": LEAST}, patch_size=4,
                                      temporal_patch_size=2, merge_size=2, image_mean=MEAN, image_std=STD)  # fmt: skip
    pixels = dict(min_pixels=LEAST, max_pixels=MOST, patch_size=4, temporal_patch_size=2, merge_size=2, image_mean=MEAN,
                  image_std=STD, image_processor_type="Qwen2VLImageProcessor", processor_class="Qwen2_5_VLProcessor")  # fmt: skip
    shapes = {publish(name): list(tensor.shape) for name, tensor in state.items()}
    golden = {"config": config, "preprocessor_config": pixels, "shapes": shapes, "pictures": []}
    for path in PICTURES:
        questions = []
        for question in QUESTIONS:
            picture = Image.open(FIXTURES / path).convert("RGB")
            inputs = read_inputs(model, tokenizer, images, picture, question)
            questions.append({
                "text": question, "ids": inputs["input_ids"][0].tolist(),
                "greedy": answer(model, tokenizer, inputs, N_ANSWER),
                "beams": answer(model, tokenizer, inputs, N_ANSWER, num_beams=3, early_stopping=False),
                "following": [0], "logits": round_list(find_logits(model, inputs, [0]).flatten()[::STEP]),
            })  # fmt: skip
        planes = planes_of(inputs, VISION["patch_size"])
        golden["pictures"].append({
            "image": path, "rows": round_list(planes.sum(2).flatten()), "columns": round_list(planes.sum(1).flatten()),
            "embeds": round_list(rows_of(model, inputs).flatten()[::ROWS_STEP]), "questions": questions,
        })  # fmt: skip
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "golden.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    make_tiny()
