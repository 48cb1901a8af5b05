# SPDX-License-Identifier: GPL-3.0-or-later
"""Saves a tiny model with the version of transformers that is installed, and answers with it.

    python save_model.py OUT        writes OUT/NAME/* and OUT/answers.json

answers.json: {"transformers": version, "models": {NAME: {"image", "prompt", "task", "ids"}}}. What the answers are
is asked of the very model that was saved, so they hold whatever the version makes of the files it reads.
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from PIL import Image
from transformers import Florence2Config, Florence2ForConditionalGeneration, GenerationConfig

from command_line import UNPACKED

SOURCE = UNPACKED / "models" / "native-96"
IMAGE = UNPACKED / "images" / "a.png"
TASK, PROMPT = "<OD>", "Locate the objects with category name in the image."
MAX_NEW_TOKENS = 24

torch.set_num_threads(1)


def load_state(source):
    from safetensors.torch import load_file

    if (source / "model.safetensors").exists():
        return load_file(source / "model.safetensors")
    return {k: v.float() for k, v in torch.load(source / "pytorch_model.bin").items()}


def load_model(source=SOURCE):
    """The fixture's weights, put in by hand: what is tried is how this version writes."""
    values = json.loads((source / "config.json").read_text())
    for key in ("dtype", "transformers_version"):
        values.pop(key, None)
    model = Florence2ForConditionalGeneration(Florence2Config(**values)).eval()
    model.load_state_dict(load_state(source), strict=False)
    model.tie_weights()
    settings = json.loads((source / "generation_config.json").read_text())
    settings.pop("_from_model_config", None)
    model.generation_config = GenerationConfig(**settings)
    return model


def load_processor(source=SOURCE):
    from transformers import BartTokenizerFast, CLIPImageProcessor, PreTrainedTokenizerFast
    from transformers.models.florence2.processing_florence2 import Florence2Processor

    try:
        from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil as Images
    except ImportError:
        Images = CLIPImageProcessor
    settings = json.loads((source / "preprocessor_config.json").read_text())
    settings = {k: v for k, v in settings.items() if k not in ("image_processor_type", "processor_class")}
    length = settings.pop("image_seq_length")
    images = Images(**settings)
    images.image_seq_length = length
    Tokenizer = BartTokenizerFast if transformers.__version__.startswith("4.") else PreTrainedTokenizerFast
    tokenizer = Tokenizer(
        tokenizer_file=str(source / "tokenizer.json"),
        bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>", unk_token="<unk>",
        pad_token="<pad>", mask_token="<mask>", clean_up_tokenization_spaces=False,
    )  # fmt: skip
    tokenizer.image_token = "<image>"
    tokenizer.image_token_id = tokenizer.convert_tokens_to_ids("<image>")
    return Florence2Processor(images, tokenizer)


@torch.no_grad()
def answer(model, processor, max_new_tokens=MAX_NEW_TOKENS):
    pixels = processor.image_processor(Image.open(IMAGE).convert("RGB"), return_tensors="pt")["pixel_values"]
    text = processor.tokenizer(PROMPT)["input_ids"]
    ids = torch.tensor([[model.config.image_token_id] * processor.image_processor.image_seq_length + text])
    out = model.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=pixels.to(model.dtype),
        max_new_tokens=max_new_tokens,
    )  # fmt: skip
    return out[0].tolist()


def save(out, name, model, processor, **how):
    folder = out / name
    model.save_pretrained(folder, **how)
    processor.save_pretrained(folder)
    return {"image": "images/a.png", "task": TASK, "prompt": PROMPT, "max_new_tokens": MAX_NEW_TOKENS,
            "ids": answer(model, processor)}  # fmt: skip


def untie(model):
    """A head of its own, as a fine-tune has it that trained it apart."""
    head = torch.nn.Linear(model.config.text_config.d_model, model.config.text_config.vocab_size, bias=False)
    order = torch.randperm(head.out_features, generator=torch.Generator().manual_seed(5))
    weight = model.get_output_embeddings().weight.detach()
    head.weight = torch.nn.Parameter(0.8 * weight + 0.2 * weight[order])
    model.config.tie_word_embeddings = False
    model.config.text_config.tie_word_embeddings = False
    model.set_output_embeddings(head)


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    processor = load_processor()
    models = {"plain": save(out, "plain", load_model(), processor)}
    models["sharded"] = save(out, "sharded", load_model(), processor, max_shard_size="150KB")
    if transformers.__version__.startswith("4."):
        models["bin"] = save(out, "bin", load_model(), processor, safe_serialization=False)
    model = load_model()
    untie(model)
    models["untied"] = save(out, "untied", model, processor)
    answers = {"transformers": transformers.__version__, "models": models}
    (out / "answers.json").write_text(json.dumps(answers, indent=1) + "\n")


if __name__ == "__main__":
    main()
