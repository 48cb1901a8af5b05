# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of a model: OFA's layout without what sees pictures, and beside it what draws codes; and back from it."""
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from draw import learning
from draw.codes import Codes
from draw.network import Ofa
from draw.presets import PRESETS
from draw.words import PROMPT, Words


def config_of(p, n_words):
    codes = int(np.prod(p.levels))
    return dict(
        model_type="ofa", architectures=["OFAModel"], torch_dtype="float16", resnet_type="none", d_model=p.width,
        encoder_layers=p.encoder, encoder_ffn_dim=p.hidden, encoder_attention_heads=p.heads,
        decoder_layers=p.decoder, decoder_ffn_dim=p.hidden, decoder_attention_heads=p.heads,
        vocab_size=n_words + codes, max_position_embeddings=p.positions, token_bucket_size=p.buckets,
        image_bucket_size=p.cells, code_image_size=p.side, normformer=True, activation_function="gelu",
        scale_embedding=False, attn_scale_factor=2.0, add_type_embedding=True, layernorm_embedding=True,
        code_layernorm_embedding=True, entangle_position_embedding=False, pad_token_id=1, bos_token_id=0,
        eos_token_id=2, decoder_start_token_id=0,
        vqgan=dict(ch=p.channels, ch_mult=list(p.multiples), num_res_blocks=p.blocks, num_groups=p.groups,
                   z_channels=p.z_channels, embed_dim=len(p.levels), n_embed=codes))


def tensors_of(codes, network):
    found = {f"vqgan.{n}": t for n, t in codes.state_dict().items() if not n.startswith("reader.")}
    found["vqgan.quantize.embed.weight"] = codes.table
    return found | network.state_dict()


def write(codes, network, p, name, out):
    """Weights in 16 bits.  Returns how many bytes the folder has."""
    out.mkdir(parents=True, exist_ok=True)
    words = Words(p.things)
    save_file({n: t.half().contiguous() for n, t in tensors_of(codes, network).items()}, out / "model.safetensors",
              metadata={"format": "pt", "preset": name})
    (out / "config.json").write_text(json.dumps(config_of(p, len(words)) | {"preset": name}, indent=1) + "\n")
    (out / "generation_config.json").write_text(json.dumps({"guidance_scale": p.scale}, indent=1) + "\n")
    words.save(out)
    return sum(f.stat().st_size for f in out.iterdir())


class Model:
    """Both networks with the numbers of a folder, which are those of 16 bits."""

    def __init__(self, folder, device="cpu"):
        self.preset = PRESETS[json.loads((Path(folder) / "config.json").read_text())["preset"]]
        self.words, self.device = Words(self.preset.things), device
        self.scale = json.loads((Path(folder) / "generation_config.json").read_text())["guidance_scale"]
        self.codes, self.network = Codes(self.preset), Ofa(self.preset, len(self.words))
        stored = {n: t.float() for n, t in load_file(Path(folder) / "model.safetensors").items()}
        self.network.load_state_dict({n: t for n, t in stored.items() if not n.startswith("vqgan.")})
        drawing = {n.removeprefix("vqgan."): t for n, t in stored.items() if n.startswith("vqgan.")}
        drawing.pop("quantize.embed.weight")
        self.codes.load_state_dict(drawing, strict=False)
        self.codes.to(device).eval()
        self.network.to(device).eval()

    def asked(self, captions):
        """Prompts, padded, and behind them as many of no words where they are led away from such."""
        ids = [self.words.encode(c) for c in captions]
        return learning.padded(ids + [self.words.encode("")] * len(ids) if self.scale > 1 else ids, self.device)

    @torch.no_grad()
    def draw(self, captions, seed=0, top_p=0.9, temperature=1.0, at_once=64):
        """Returns pictures of 0 to 1, [N, S, S, 3]."""
        generator, found = torch.Generator(self.device).manual_seed(seed), []
        for i in range(0, len(captions), at_once):
            ids, there = self.asked(captions[i:i + at_once])
            drawn = self.network.sample(ids, there, self.preset.cells ** 2, generator, temperature, top_p, self.scale)
            found.append(((self.codes.draw(drawn).clamp(-1, 1) + 1) / 2).permute(0, 2, 3, 1).cpu().numpy())
        return np.concatenate(found)


def sheet(pictures, columns, path, scale=1):
    """Writes pictures of 0 to 1 side by side."""
    rows = [np.concatenate(pictures[i:i + columns], 1) for i in range(0, len(pictures) // columns * columns, columns)]
    image = Image.fromarray((np.concatenate(rows) * 255).round().astype(np.uint8))
    image = image.resize((image.width * scale, image.height * scale), Image.NEAREST)
    # By boxes of equal counts, the default, backgrounds take all colours and things get others than they have.
    image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)


def _is_led_alike(model, folder, cli, caption):
    """Whether the engine's picture of the likeliest codes, each after those before it, is PyTorch's."""
    wanted = (model.draw([caption], top_p=1e-9)[0] * 255).round()
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([cli, "run", "--model", str(folder), "--task", "generate", "--text", caption, "--top-k", "1",
                        "--precision", "f32", "--out", f"{out}/drawn.png"], check=True, capture_output=True)
        return int(np.abs(np.asarray(Image.open(f"{out}/drawn.png")) - wanted).max() <= 1)


def engine(folder, cli, captions):
    """Returns lines about how far the engine's states, logits and pictures are from PyTorch's, at codes that PyTorch
    drew, and the largest relative difference there was."""
    model, worst, same, led, largest = Model(folder), np.zeros(2), 0, 0, 0.0
    generator = torch.Generator().manual_seed(5)
    for caption in captions:
        ids, there = learning.padded([model.words.encode(caption)])
        with torch.no_grad():
            drawn = model.network.sample(ids, there, model.preset.cells ** 2, generator)
            states, where, hidden = model.network.encoder(ids, there)
            wanted = model.network.logits(states, where, hidden, drawn[:, :-1])[0].numpy()
            picture = model.codes.draw(drawn)[0].permute(1, 2, 0).numpy()
        with tempfile.TemporaryDirectory() as out:
            fed = [0, *(int(c) + len(model.words) for c in drawn[0])]
            Image.new("RGB", (8, 8)).save(Path(out) / "blank.png")
            subprocess.run([cli, "inspect", "--model", str(folder), "--image", str(Path(out) / "blank.png"), "--prompt",
                            PROMPT.format(caption), "--decoder-ids", ",".join(map(str, fed)), "--precision", "f32",
                            "--out", out], check=True, capture_output=True)
            read = np.load(Path(out) / "input_ids.npy").reshape(-1)
            if read.tolist() != ids[0].tolist():
                raise SystemExit(f"other ids of “{caption}”: {read.tolist()}, not {ids[0].tolist()}")
            # Behind the last code comes nothing that anybody asks for.
            logits = np.load(Path(out) / "logits.npy")[0, :-1, len(model.words):]
            pixels = np.load(Path(out) / "picture.npy")[0]
        worst = np.maximum(worst, [np.abs(logits - wanted).max(), np.abs(pixels - picture).max()])
        largest = max(largest, float(np.abs(wanted).max()))
        same += int((logits.argmax(-1) == wanted.argmax(-1)).all())
        led += _is_led_alike(model, folder, cli, caption)
    lines = [f"{len(captions)} prompts: logits at most {worst[0]:.2e} apart (of {largest:.1f}), pixels {worst[1]:.2e} "
             f"(of -1 to 1); all likeliest codes equal in {same}; of likeliest codes one after the other, led, the same "
             f"picture in {led}"]
    return lines, max(worst[0] / largest, worst[1])
