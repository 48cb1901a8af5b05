# SPDX-License-Identifier: GPL-3.0-or-later
"""Florence-2 model directories: tensor names, configuration files and weight containers of both layouts."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}

#: native name part -> original name part, applied in this order
RENAMES = [
    ("model.multi_modal_projector.image_projection.weight", "image_projection"),
    ("model.multi_modal_projector.image_position_embed.", "image_pos_embed."),
    ("model.multi_modal_projector.", ""),
    ("model.language_model.", "language_model.model."),
]
BLOCK_RENAMES = [
    (".conv1.", ".conv1.fn.dw."),
    (".conv2.", ".conv2.fn.dw."),
    (".window_attn.", ".window_attn.fn."),
    (".channel_attn.", ".channel_attn.fn."),
    (".ffn.", ".ffn.fn.net."),
    (".norm2.", ".ffn.norm."),
]


def original_name(native):
    """The microsoft checkpoint's name of a tensor of the transformers one."""
    for old, new in RENAMES:
        if native.startswith(old):
            return new + native[len(old) :]
    name = native.removeprefix("model.")
    if name.startswith("vision_tower.convs."):
        return name.replace(".conv.", ".proj.")
    kind = "window_attn" if ".spatial_block." in name else "channel_attn"
    name = name.replace(".norm1.", f".{kind}.norm.") if ".norm1." in name else name
    for old, new in BLOCK_RENAMES:
        if old in name and ".norm." not in name:
            name = name.replace(old, new)
            break
    return name


def to_original(state, final_logits_bias):
    """A native state dict under its original names, with the stored buffers of that layout."""
    out = {}
    for name, tensor in state.items():
        if name.endswith("image_projection.weight"):
            tensor = tensor.t().contiguous()
        out[original_name(name)] = tensor
    out["language_model.final_logits_bias"] = final_logits_bias.reshape(1, -1)
    return out


def write_json(path, content):
    Path(path).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_weights(folder, container, state, tied=None):
    """Writes `state` as one safetensors file, three shards with an index, or a torch zip archive."""
    folder = Path(folder)
    if container == "safetensors":
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    elif container == "sharded":
        write_shards(folder, state, 3)
    elif container == "bin":
        # The archives hold the tied names too, as views of one storage.
        shared = {alias: state[name] for alias, name in (tied or {}).items()}
        torch.save({**state, **shared}, folder / "pytorch_model.bin")
    else:
        raise ValueError(container)


def write_shards(folder, state, count):
    sizes = {name: t.numel() * t.element_size() for name, t in state.items()}
    total, limit = sum(sizes.values()), sum(sizes.values()) / count
    shards, filled = [{}], 0
    for name in sorted(state):
        if filled > limit * len(shards) and len(shards) < count:
            shards.append({})
        shards[-1][name] = state[name]
        filled += sizes[name]
    weight_map = {}
    for i, shard in enumerate(shards):
        file = f"model-{i + 1:05d}-of-{len(shards):05d}.safetensors"
        save_file(shard, folder / file, metadata={"format": "pt"})
        weight_map |= dict.fromkeys(shard, file)
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    write_json(folder / "model.safetensors.index.json", index)


def preprocessor_config(image_size, image_tokens):
    """preprocessor_config.json as both layouts publish it."""
    square = {"height": image_size, "width": image_size}
    return {
        "do_convert_rgb": None, "do_normalize": True, "do_rescale": True, "do_resize": True,
        "do_center_crop": False, "image_processor_type": "CLIPImageProcessor",
        "image_seq_length": image_tokens,
        "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225],
        "processor_class": "Florence2Processor", "resample": 3,
        "size": square, "crop_size": square,
    }  # fmt: skip


def original_config(model, dtype):
    """config.json as the microsoft checkpoints have it: generation settings live in text_config."""
    settings = model.generation
    return {
        "_name_or_path": "florence2",
        "architectures": ["Florence2ForConditionalGeneration"],
        "bos_token_id": 0, "eos_token_id": 2, "ignore_index": -100, "model_type": "florence2",
        "pad_token_id": 1, "projection_dim": model.width,
        "text_config": {
            "vocab_size": model.vocab_size, "activation_dropout": 0.1, "activation_function": "gelu",
            "add_bias_logits": False, "add_final_layer_norm": False, "attention_dropout": 0.1,
            "bos_token_id": 0, "classif_dropout": 0.1, "classifier_dropout": 0.0,
            "d_model": model.width,
            "decoder_attention_heads": model.decoder_heads, "decoder_ffn_dim": model.ffn,
            "decoder_layerdrop": 0.0, "decoder_layers": model.layers[1],
            "decoder_start_token_id": 2, "dropout": 0.1,
            "early_stopping": settings["early_stopping"],
            "encoder_attention_heads": model.encoder_heads, "encoder_ffn_dim": model.ffn,
            "encoder_layerdrop": 0.0, "encoder_layers": model.layers[0], "eos_token_id": 2,
            "forced_eos_token_id": settings["forced_eos_token_id"],
            "forced_bos_token_id": settings["forced_bos_token_id"],
            "gradient_checkpointing": False, "init_std": 0.02, "is_encoder_decoder": True,
            "max_position_embeddings": model.positions,
            "no_repeat_ngram_size": settings["no_repeat_ngram_size"],
            "normalize_before": False, "num_hidden_layers": model.layers[0], "pad_token_id": 1,
            "scale_embedding": False, "num_beams": settings["num_beams"],
        },
        "vision_config": {
            "model_type": "davit", "drop_path_rate": 0.1, "patch_size": [7, 3, 3, 3],
            "patch_stride": [4, 2, 2, 2], "patch_padding": [3, 1, 1, 1],
            "patch_prenorm": [False, True, True, True], "enable_checkpoint": False,
            "dim_embed": model.dims, "num_heads": model.heads, "num_groups": model.groups,
            "depths": model.depths, "window_size": model.window, "projection_dim": model.width,
            "visual_temporal_embedding": {"type": "COSINE", "max_temporal_embeddings": 100},
            "image_pos_embed": {"type": "learned_abs_2d", "max_pos_embeddings": model.table},
            "image_feature_source": ["spatial_avg_pool", "temporal_avg_pool"],
        },
        "vocab_size": model.vocab_size, "torch_dtype": dtype,
        "transformers_version": "4.41.0.dev0", "is_encoder_decoder": True,
    }  # fmt: skip
