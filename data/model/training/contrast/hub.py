# SPDX-License-Identifier: GPL-3.0-or-later
"""The hub layout of `CLIPModel`: written, read back, and held against the reference implementation."""
import json
import subprocess
import tempfile

import numpy as np
import torch
from PIL import Image

from contrast.learning import MEAN, STD, padded, read
from contrast.pieces import Pieces
from contrast.presets import Shape
from contrast.towers import EPS, Towers
from export import weights
from start import read_safetensors

WORDING = "a photo of {}"      # what the application puts labels into


def config(shape, pieces):
    ends = {"bos_token_id": pieces.start, "eos_token_id": pieces.end, "pad_token_id": pieces.end}
    tower = lambda width, layers, heads: {
        "hidden_size": width, "intermediate_size": 4 * width, "num_hidden_layers": layers, "num_attention_heads": heads,
        "projection_dim": shape.space, "hidden_act": "gelu", "layer_norm_eps": EPS, "attention_dropout": 0.0}
    return {"architectures": ["CLIPModel"], "model_type": "clip", "dtype": "float16", "projection_dim": shape.space,
            "text_config": {"model_type": "clip_text_model", "vocab_size": pieces.vocabulary,
                            "max_position_embeddings": shape.longest, **ends,
                            **tower(shape.text_width, shape.text_layers, shape.text_heads)},
            "vision_config": {"model_type": "clip_vision_model", "image_size": shape.image, "patch_size": shape.patch,
                              "num_channels": 3, **tower(shape.width, shape.layers, shape.heads)}}


def preprocessor(shape):
    """Any picture is scaled to the square, nothing is cut off."""
    side = {"height": shape.image, "width": shape.image}
    return {"image_processor_type": "CLIPImageProcessor", "processor_class": "CLIPProcessor", "do_resize": True,
            "size": side, "resample": 3, "do_center_crop": False, "crop_size": side, "do_rescale": True,
            "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": list(MEAN), "image_std": list(STD),
            "do_convert_rgb": True}


def write(state, merges, preset, out):
    pieces, shape = Pieces(merges), preset.shape
    out.mkdir(parents=True, exist_ok=True)
    (out / "model.safetensors").write_bytes(weights(state))
    texts = {"config.json": config(shape, pieces), "preprocessor_config.json": preprocessor(shape),
             "model-info.json": {"wording": WORDING}}
    for name, content in texts.items():
        (out / name).write_text(json.dumps(content, indent=1) + "\n")
    for name, text in pieces.files(shape.longest).items():
        (out / name).write_text(text)
    return sum(f.stat().st_size for f in out.iterdir() if f.is_file())


class Model:
    """An exported folder: vectors of pictures and of texts, all of length one."""

    def __init__(self, folder):
        told = json.loads((folder / "config.json").read_text())
        text, vision = told["text_config"], told["vision_config"]
        self.shape = Shape(vision["image_size"], vision["patch_size"], vision["hidden_size"], vision["num_hidden_layers"],
                           vision["num_attention_heads"], text["hidden_size"], text["num_hidden_layers"],
                           text["num_attention_heads"], text["max_position_embeddings"], told["projection_dim"],
                           text["vocab_size"])
        merges = (folder / "merges.txt").read_text().splitlines()[1:]
        self.pieces = Pieces([line.split(" ") for line in merges])
        self.towers = Towers(self.shape).eval()
        self.towers.load_state_dict(read_safetensors(folder / "model.safetensors"))

    def pixels(self, picture):
        side = self.shape.image
        x = np.asarray(picture.convert("RGB").resize((side, side), Image.BICUBIC), np.float32) / 255
        return torch.from_numpy((x - np.array(MEAN, np.float32)) / np.array(STD, np.float32))

    @torch.no_grad()
    def pictures(self, pictures, batch=50):
        rows = [self.towers.pictures(torch.stack([self.pixels(p) for p in pictures[i:i + batch]]))[0]
                for i in range(0, len(pictures), batch)]
        return torch.cat(rows).numpy()

    @torch.no_grad()
    def texts(self, texts):
        return read(self.towers, padded(self.pieces, texts, self.shape.longest)).numpy()


def _apart(a, b):
    return float(np.abs(a / np.linalg.norm(a, axis=1, keepdims=True) - b).max())


def reference(folder, pictures, texts):
    """Compares with transformers: ids, vectors of pictures and of texts; returns lines that say how far apart."""
    from transformers import CLIPImageProcessor, CLIPModel, PreTrainedTokenizerFast
    ours, theirs = Model(folder), CLIPModel.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
    same = sum(tokenizer(t)["input_ids"] == ours.pieces.encode(t, ours.shape.longest) for t in texts)
    pixels = CLIPImageProcessor.from_pretrained(folder)(images=[p.convert("RGB") for p in pictures], return_tensors="pt")
    with torch.no_grad():
        seen = theirs.visual_projection(theirs.vision_model(**pixels).pooler_output)
        rows = []
        for text in texts:
            ids = torch.tensor([ours.pieces.encode(text, ours.shape.longest)])
            rows.append(theirs.text_projection(theirs.text_model(input_ids=ids).pooler_output))
    return [f"texts cut alike: {same} of {len(texts)}",
            f"vectors of {len(pictures)} pictures: {_apart(seen.numpy(), ours.pictures(pictures)):.1e} apart at most",
            f"vectors of {len(texts)} texts: {_apart(torch.cat(rows).numpy(), ours.texts(texts)):.1e} apart at most"]


def engine(folder, cli, pictures, texts, most=1e-4):
    """Compares with the engine in f32, through `monocle-cli embed`."""
    ours = Model(folder)
    with tempfile.TemporaryDirectory() as place:
        files = [f"{place}/{i}.png" for i in range(len(pictures))]
        for picture, file in zip(pictures, files):
            picture.save(file)
        said = [word for text in texts for word in ("--text", text)]
        subprocess.run([cli, "embed", "--model", folder, "--precision", "f32", "--out", f"{place}/rows.npy", *said, *files],
                       check=True)
        rows = np.load(f"{place}/rows.npy")
    apart = _apart(rows, np.concatenate([ours.texts(texts), ours.pictures(pictures)]))
    if apart > most:
        raise SystemExit(f"{folder}: the engine's vectors are {apart:.1e} apart, more than {most}")
    return [f"engine: vectors of {len(pictures)} pictures and {len(texts)} texts {apart:.1e} apart at most"]
