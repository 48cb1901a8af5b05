# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the reference implementation (transformers' native Florence-2, eager attention, CPU)."""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import Florence2Config, Florence2ForConditionalGeneration, GenerationConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.florence2.processing_florence2 import Florence2Processor

torch.set_num_threads(1)

STAGES = ["pixel_values", "vision_features", "image_embeds", "encoder_states", "logits"]

BANNED_PHRASES = json.loads((Path(__file__).parent / "banned_phrases.json").read_text())


def post_processor_config():
    """What the published processor_config.json holds."""
    return {
        "bboxes": {},
        "description_with_bboxes": {},
        "description_with_bboxes_or_polygons": {},
        "description_with_polygons": {},
        "ocr": {"area_threshold": 0.0, "pattern": r"(.+?)" + r"<loc_(\d+)>" * 8},
        "phrase_grounding": {"banned_grounding_tokens": BANNED_PHRASES},
        "polygons": {},
        "pure_text": {},
    }


def make_config(model, image_token_id):
    return Florence2Config(
        vision_config={
            "depths": model.depths, "embed_dim": model.dims, "num_heads": model.heads,
            "num_groups": model.groups, "window_size": model.window, "projection_dim": model.width,
            "mlp_ratio": model.mlp_ratio, "max_position_embeddings": model.table,
        },
        text_config={
            "model_type": "bart", "d_model": model.width, "vocab_size": model.vocab_size,
            "encoder_layers": model.layers[0], "decoder_layers": model.layers[1],
            "encoder_attention_heads": model.encoder_heads,
            "decoder_attention_heads": model.decoder_heads,
            "encoder_ffn_dim": model.ffn, "decoder_ffn_dim": model.ffn,
            "max_position_embeddings": model.positions, "scale_embedding": False,
        },
        image_token_id=image_token_id,
    )  # fmt: skip


def empty_model(config):
    return Florence2ForConditionalGeneration._from_config(config, attn_implementation="eager").eval()


def load_state(network, state, final_logits_bias=None):
    """Loads native names; the original layout's final_logits_bias becomes the bias of the head."""
    missing, unexpected = network.load_state_dict(state, strict=False)
    assert not unexpected, unexpected
    tied = {"lm_head.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"}
    assert all(any(m.endswith(t) for t in tied) for m in missing), missing
    network.tie_weights()
    if final_logits_bias is not None:
        network.lm_head.bias = torch.nn.Parameter(final_logits_bias.flatten().clone())
    return network


def make_processor(image_size, image_tokens, tokenizer):
    images = CLIPImageProcessorPil(
        do_resize=True, do_center_crop=False, do_rescale=True, do_normalize=True, do_convert_rgb=False,
        size={"height": image_size, "width": image_size}, resample=3,
        image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225],
    )  # fmt: skip
    images.image_seq_length = image_tokens
    return Florence2Processor(images, tokenizer, post_processor_config=post_processor_config())


def prompt_ids(processor, prompt):
    """The text part of the encoder input, `<s> prompt </s>`, and the sentence the task stands for."""
    sentence = processor._construct_prompts(prompt)[0]
    ids = processor.tokenizer(sentence, add_special_tokens=True)["input_ids"]
    return ids, sentence


def pixel_values(processor, path):
    image = Image.open(path).convert("RGB")
    return processor.image_processor(image, return_tensors="pt")["pixel_values"]


def encoder_ids(network, image_tokens, ids):
    return torch.tensor([[network.config.image_token_id] * image_tokens + ids])


@torch.no_grad()
def run_stages(network, pixels, image_tokens, ids, decoder_ids):
    """Every stage that `monocle-cli inspect` writes, as float32 arrays by name."""
    images = network.get_image_features(pixels, return_dict=True)
    out = network(
        input_ids=encoder_ids(network, image_tokens, ids), pixel_values=pixels,
        decoder_input_ids=torch.tensor([decoder_ids]), return_dict=True,
    )  # fmt: skip
    tower = images.last_hidden_state.flatten(2).transpose(1, 2)
    stages = [pixels, tower, images.pooler_output, out.encoder_last_hidden_state, out.logits]
    arrays = {n: np.ascontiguousarray(t.float().numpy(), dtype="<f4") for n, t in zip(STAGES, stages)}
    arrays["input_ids"] = np.array([ids], dtype="<i8")
    return arrays


class Noise:
    """Disturbs the logits by a fixed fraction of their spread, to find near-ties."""

    def __init__(self, network, amount, seed):
        self.generator = torch.Generator().manual_seed(seed)
        self.amount = amount
        self.handle = network.lm_head.register_forward_hook(self.disturb)

    def disturb(self, _module, _inputs, logits):
        noise = torch.randn(logits.shape, generator=self.generator, dtype=torch.float32)
        return logits + noise.to(logits.dtype) * (self.amount * logits.std())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.handle.remove()


@torch.no_grad()
def generate(network, pixels, image_tokens, ids, settings, encoder_outputs=None):
    """Token ids, sequence score and log-probability of every generated token.

    The log-probability of a token is log_softmax of the raw float32 logits, 0.0 where it was forced.
    """
    config = GenerationConfig(
        do_sample=False, use_cache=True, bos_token_id=0, pad_token_id=1, eos_token_id=2,
        decoder_start_token_id=2, return_dict_in_generate=True, output_scores=True,
        output_logits=True, **settings,
    )  # fmt: skip
    tokens = encoder_ids(network, image_tokens, ids)
    source = {"pixel_values": pixels} if encoder_outputs is None else {"encoder_outputs": encoder_outputs}
    out = network.generate(
        input_ids=tokens, attention_mask=torch.ones_like(tokens), generation_config=config, **source
    )
    sequence = out.sequences[0]
    result = {"ids": sequence.tolist()}
    if settings["num_beams"] > 1:
        result["score"] = out.sequences_scores[0].item()
        steps = network.compute_transition_scores(
            out.sequences[:1], out.scores, out.beam_indices[:1], normalize_logits=False
        )[0]
        result["token_logprobs"] = steps.tolist()[: len(sequence) - 1]
    else:
        steps = []
        for i, token in enumerate(sequence[1:].tolist()):
            forced = torch.isinf(out.scores[i][0]).sum() == out.scores[i].shape[1] - 1
            raw = torch.log_softmax(out.logits[i][0].float(), dim=-1)[token].item()
            steps.append(0.0 if forced else raw)
        result["score"] = None
        result["token_logprobs"] = steps
    return result
