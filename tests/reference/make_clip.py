# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes models of two towers (CLIP, SigLIP, SigLIP 2) with random weights, and what the reference computes with
them.

    python make_clip.py                    the tiny ones, with their goldens, below tests/fixtures
    python make_clip.py --full KIND OUT    one of a published shape ("clip", "siglip"): large, never committed
    python make_clip.py --compare OUT DIR  what `monocle-cli inspect` wrote into DIR against that

A golden is MODEL/golden.json: texts with their token ids and vectors, pictures with their vectors, and the logits
between them. Everything is computed in double precision from the weights as they are stored.
"""

import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import torch
from command_line import FIXTURES, run
from PIL import Image
from safetensors.torch import load_file, save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import CLIPConfig, CLIPModel, PreTrainedTokenizerFast, SiglipConfig, SiglipModel
from transformers import Siglip2Config, Siglip2Model
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip2.image_processing_pil_siglip2 import Siglip2ImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

NOISE = {"clip/tall-9x41.png": (9, 41), "clip/wide-41x9.png": (41, 9)}
PICTURES = ["pictures/photo-131x97.png", *NOISE]
# Pillow resizes some pictures in columns first since its version 13: where that makes a difference, the wide one.
PICTURES_STRETCHED = ["pictures/photo-131x97.png", "clip/wide-41x9.png"]

# What is cut, cut off, or has no tokens of its own; the last of them is longer than a tower has places for.
TEXTS = ["a photo of a cat", "Two  Dogs\tplaying; it's the 21st!", "ein Fuß, ΌΔΟΣ", "", "cat",
         "a red car in front of the old house with the green door and a very long line of words behind it"]  # fmt: skip
CORPUS = ["a photo of a cat and a dog", "a red car in front of a house", "the green door of the old house",
          "two dogs playing in the snow", "a very long line of words behind it", "ein Fuß", "ΌΔΟΣ όδος"]  # fmt: skip


def clip_tokenizer(words):
    """CLIP's own pipeline around a small vocabulary."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>", continuing_subword_prefix=""))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    pattern = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), behavior="removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False),
    ])  # fmt: skip
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=words, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), end_of_word_suffix="</w>",
        show_progress=False,
    )  # fmt: skip
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.add_special_tokens(["<|startoftext|>", "<|endoftext|>"])
    first, last = (tokenizer.token_to_id(token) for token in ["<|startoftext|>", "<|endoftext|>"])
    tokenizer.post_processor = processors.RobertaProcessing(
        ("<|endoftext|>", last), ("<|startoftext|>", first), trim_offsets=False, add_prefix_space=False
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|startoftext|>", eos_token="<|endoftext|>",
        unk_token="<|endoftext|>", pad_token="<|endoftext|>",
    )  # fmt: skip


def siglip_tokenizer(words):
    """SigLIP's: pieces with scores, filled up with the token that ends a text."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="first")
    trainer = trainers.UnigramTrainer(
        vocab_size=words, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator([line.lower() for line in CORPUS] * 4, trainer)
    end = tokenizer.token_to_id("</s>")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", end)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="</s>", unk_token="<unk>", pad_token="</s>", padding_side="right"
    )


def gemma_tokenizer(words):
    """SigLIP 2's: characters that merge, bytes where there is none, filled up with a token of its own."""
    bytes_ = [f"<0x{i:02X}>" for i in range(256)]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    trainer = trainers.BpeTrainer(
        vocab_size=words, special_tokens=["<pad>", "<eos>", "<bos>", "<unk>"] + bytes_, show_progress=False
    )
    tokenizer.train_from_iterator([line.lower() for line in CORPUS if line.isascii()], trainer)
    end = tokenizer.token_to_id("<eos>")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", end)])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<eos>", bos_token="<bos>", unk_token="<unk>", pad_token="<pad>",
        padding_side="right",
    )  # fmt: skip


# Activations, what ends a text, head widths (8 and 20, 16 and 8), patches that do not divide the side, pictures
# that are smaller than what is cut out of them.
TINY = {
    "clip-quick": dict(kind="clip", seed=1, dtype=torch.float32, words=330, legacy=False, act="quick_gelu",
                       text=dict(hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=3,
                                 max_position_embeddings=24),
                       vision=dict(hidden_size=40, intermediate_size=40, num_hidden_layers=2, num_attention_heads=2,
                                   image_size=32, patch_size=8), dims=24),
    "clip-gelu": dict(kind="clip", seed=2, dtype=torch.float16, words=330, legacy=True, act="gelu", edge=25,
                      text=dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
                                max_position_embeddings=12),
                      vision=dict(hidden_size=24, intermediate_size=48, num_hidden_layers=3, num_attention_heads=3,
                                  image_size=28, patch_size=14), dims=16),
    "siglip": dict(kind="siglip", seed=3, dtype=torch.float16, words=90, act="gelu_pytorch_tanh",
                   text=dict(hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3,
                             max_position_embeddings=16, projection_size=32),
                   vision=dict(hidden_size=32, intermediate_size=72, num_hidden_layers=2, num_attention_heads=4,
                               image_size=30, patch_size=7)),
    "siglip2-naflex": dict(kind="siglip2", seed=4, dtype=torch.float16, words=330, act="gelu_pytorch_tanh",
                           text=dict(hidden_size=32, intermediate_size=32, num_hidden_layers=1,
                                     num_attention_heads=4, max_position_embeddings=16),
                           vision=dict(hidden_size=32, intermediate_size=40, num_hidden_layers=1,
                                       num_attention_heads=4, patch_size=4, num_patches=36)),
}  # fmt: skip
FULL = {
    "clip": dict(kind="clip", seed=5, dtype=torch.float32, words=1000, legacy=False, act="quick_gelu",
                 text={}, vision={}, dims=512),
    "siglip": dict(kind="siglip", seed=6, dtype=torch.float32, words=90, act="gelu_pytorch_tanh", text={}, vision={}),
}  # fmt: skip

KINDS = {
    "clip": (CLIPConfig, CLIPModel, clip_tokenizer),
    "siglip": (SiglipConfig, SiglipModel, siglip_tokenizer),
    "siglip2": (Siglip2Config, Siglip2Model, gemma_tokenizer),
}


def make_config(spec, tokenizer):
    text = dict(spec["text"], vocab_size=len(tokenizer), hidden_act=spec["act"])
    vision = dict(spec["vision"], hidden_act=spec["act"])
    config, _, _ = KINDS[spec["kind"]]
    if spec["kind"] == "clip":
        text["bos_token_id"] = tokenizer.bos_token_id
        text["eos_token_id"] = 2 if spec["legacy"] else tokenizer.eos_token_id
        return config(text_config=text, vision_config=vision, projection_dim=spec["dims"])
    return config(text_config=text, vision_config=vision)


def make_processor(spec, config):
    if spec["kind"] == "clip":
        side = config.vision_config.image_size
        return CLIPImageProcessorPil(size={"shortest_edge": spec.get("edge", side)}, crop_size={"height": side, "width": side})
    if spec["kind"] == "siglip":
        side = config.vision_config.image_size
        return SiglipImageProcessorPil(size={"height": side, "width": side}, resample=3)
    vision = config.vision_config
    return Siglip2ImageProcessorPil(patch_size=vision.patch_size, max_num_patches=vision.num_patches)


def make_loud(model):
    """Louder than a fresh model, so that tokens differ and vectors do not come out alike."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.startswith("logit"):
                continue
            if "norm" in name and name.endswith("weight"):
                parameter.copy_(1 + 0.2 * torch.randn_like(parameter))
            elif parameter.ndim < 2 or "embedding" in name and "patch" not in name or "probe" in name:
                parameter.copy_(0.3 * torch.randn_like(parameter))
            else:
                parameter.copy_(1.2 * torch.randn_like(parameter) / parameter[0].numel() ** 0.5)


def write_old_config(folder):
    """As the first uploads have it: numbers for sizes, sections twice, buffers among the weights."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config["text_config_dict"] = dict(config["text_config"])
    config["text_config"].update(hidden_act="quick_gelu", num_attention_heads=1)
    config["vision_config_dict"] = None
    path.write_text(json.dumps(config, indent=2) + "\n")
    path = folder / "preprocessor_config.json"
    settings = json.loads(path.read_text())
    settings["size"], settings["crop_size"] = settings["size"]["shortest_edge"], settings["crop_size"]["height"]
    settings["feature_extractor_type"] = "CLIPFeatureExtractor"
    del settings["image_processor_type"]
    path.write_text(json.dumps(settings, indent=2) + "\n")


def make_model(spec, folder):
    """Writes a model directory; returns the reference's model, processor and tokenizer."""
    torch.manual_seed(spec["seed"])
    _, kind, make_tokenizer = KINDS[spec["kind"]]
    tokenizer = make_tokenizer(spec["words"])
    config = make_config(spec, tokenizer)
    model = kind(config)
    make_loud(model)
    with torch.no_grad():
        model.logit_scale.fill_(2.3)
        if spec["kind"] != "clip":
            model.logit_bias.fill_(-1.7)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    stored = {name: tensor.to(spec["dtype"]) for name, tensor in load_file(folder / "model.safetensors").items()}
    if spec.get("legacy"):
        n = config.text_config.max_position_embeddings
        stored["text_model.embeddings.position_ids"] = torch.arange(n).unsqueeze(0)
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    processor = make_processor(spec, config)
    processor.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()), ensure_ascii=False, separators=(",", ":")) + "\n")
    path.chmod(0o644)
    (folder / "model.safetensors").chmod(0o644)
    if spec.get("legacy"):
        write_old_config(folder)
    return kind.from_pretrained(folder, dtype=torch.float32).eval().double(), processor, tokenizer


def clean(text):
    """What the reference's SigLIP tokenizer does before its model sees a text."""
    import string

    return " ".join(text.lower().translate(str.maketrans("", "", string.punctuation)).split())


def read_texts(spec, tokenizer, config):
    """Token ids as the reference's processor makes them; of CLIP without what texts are filled up with."""
    most = config.text_config.max_position_embeddings
    if spec["kind"] == "clip":
        return [tokenizer(text, truncation=True, max_length=most)["input_ids"] for text in TEXTS]
    return [tokenizer(clean(text), truncation=True, max_length=most, padding="max_length")["input_ids"]
            for text in TEXTS]  # fmt: skip


@torch.no_grad()
def embed_text(model, ids):
    found = model.get_text_features(input_ids=torch.tensor([ids]))
    return getattr(found, "pooler_output", found)[0]


@torch.no_grad()
def embed_picture(model, processor, path):
    inputs = processor(Image.open(path).convert("RGB"), return_tensors="pt")
    inputs = {name: value.double() if value.is_floating_point() else value for name, value in inputs.items()}
    found = model.get_image_features(**inputs)
    return inputs, getattr(found, "pooler_output", found)[0]


def find_logits(model, images, texts):
    images, texts = (torch.nn.functional.normalize(torch.stack(rows), dim=-1) for rows in (images, texts))
    return model.logit_scale.exp() * images @ texts.T + getattr(model, "logit_bias", 0)


def round_list(tensor):
    return [float(f"{float(value):.9g}") for value in tensor.flatten()]


def make_golden(spec, model, processor, tokenizer, folder):
    ids = read_texts(spec, tokenizer, model.config)
    texts = [embed_text(model, row) for row in ids]
    paths = PICTURES_STRETCHED if spec["kind"] == "siglip" else PICTURES
    pictures = [embed_picture(model, processor, FIXTURES / path) for path in paths]
    logits = find_logits(model, [vector for _, vector in pictures], texts)
    golden = {
        "texts": [{"text": text, "ids": row, "vector": round_list(vector)}
                  for text, row, vector in zip(TEXTS, ids, texts)],
        "pictures": [{"image": path, "pixels": describe_pixels(spec, inputs), "vector": round_list(vector)}
                     for path, (inputs, vector) in zip(paths, pictures)],
        "logits": [round_list(row) for row in logits],
    }  # fmt: skip
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")


def describe_pixels(spec, inputs):
    """The size, and the sums of rows by channel: a pixel out of place is seen in them."""
    pixels = inputs["pixel_values"][0]
    if spec["kind"] == "siglip2":
        rows, columns = (int(n) for n in inputs["spatial_shapes"][0])
        side = int((pixels.shape[1] // 3) ** 0.5)
        pixels = pixels[: rows * columns].reshape(rows, columns, side, side, 3)
        pixels = pixels.permute(4, 0, 2, 1, 3).reshape(3, rows * side, columns * side)
    return {"height": pixels.shape[1], "width": pixels.shape[2], "rows": round_list(pixels.sum(2)),
            "columns": round_list(pixels.sum(1))}  # fmt: skip


def make_full(kind, out):
    spec = FULL[kind]
    model, processor, tokenizer = make_model(spec, out / "model")
    Image.effect_noise((640, 480), 90).convert("RGB").save(out / "image.png")
    ids = read_texts(spec, tokenizer, model.config)
    inputs, picture = embed_picture(model, processor, out / "image.png")
    texts = [embed_text(model, row) for row, text in zip(ids, TEXTS) if text]
    np.save(out / "pixel_values.npy", inputs["pixel_values"].float().numpy())
    np.save(out / "image_embeds.npy", torch.nn.functional.normalize(picture[None], dim=-1).numpy())
    np.save(out / "text_embeds.npy", torch.nn.functional.normalize(torch.stack(texts), dim=-1).numpy())
    np.save(out / "logits_per_image.npy", find_logits(model, [picture], texts).detach().numpy())
    (out / "prompt.txt").write_text("\n".join(text for text in TEXTS if text))
    print(f'monocle-cli inspect --model {out}/model --image {out}/image.png --prompt "$(cat {out}/prompt.txt)" --out DIR')


def compare(out, found):
    for name in ["pixel_values", "image_embeds", "text_embeds", "logits_per_image"]:
        wanted, got = np.load(out / f"{name}.npy"), np.load(found / f"{name}.npy")
        error = np.linalg.norm(got - wanted) / np.linalg.norm(wanted)
        print(f"{name} {wanted.shape}: relative error {error:.3g}")
        if name.endswith("embeds"):
            print(f"  lowest cosine {(wanted * got).sum(-1).min():.7f}")


def make_tiny():
    (FIXTURES / "clip").mkdir(exist_ok=True)
    rng = np.random.default_rng(1)
    for path, (width, height) in NOISE.items():
        Image.fromarray(rng.integers(0, 256, (height, width, 3), np.uint8)).save(FIXTURES / path)
    for name, spec in TINY.items():
        folder = FIXTURES / "clip" / name
        make_golden(spec, *make_model(spec, folder), folder)


if __name__ == "__main__":
    run(__doc__, make_tiny, make_full, compare, full=("KIND", "OUT"))
