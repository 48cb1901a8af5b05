# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of the model, and back from it: what foresees places, and what draws frames, in one file."""
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from world import frames, learning, painter, sight, tokens
from world.network import CONFIG, World

LEAST_DECIBELS = 22.0


def describe(limit):
    """config.json"""
    shape = sight.Shape
    world = dict(side=tokens.SIDE, places_per_unit=tokens.PER_UNIT, first_place=tokens.FIRST_PLACE,
                 places=tokens.PLACES, reach=tokens.REACH, change=tokens.CHANGE, things=tokens.BALLS,
                 frames=tokens.FRAMES, least_radius=tokens.LEAST_RADIUS, radii_per_unit=2, radii=tokens.RADII,
                 sizes=tokens.SIZES, most_surprise=limit)
    vqgan = dict(ch=shape.channels, ch_mult=list(shape.multiples), num_res_blocks=shape.blocks, num_groups=shape.groups,
                 z_channels=shape.z_channels, embed_dim=len(shape.levels), n_embed=sight.CODES)
    drawing = painter.CONFIG | dict(
        pixels=frames.PIXELS, colours=[int(v) for v in np.round(frames.COLOURS.reshape(-1) * 255)],
        least_decibels=LEAST_DECIBELS, vqgan=vqgan)
    return dict(model_type="monocle-world", architectures=["MonocleWorld"], torch_dtype="float16") | CONFIG | {
        "world": world, "frames": drawing}


def narrow(name, tensor):
    """16 bits; 8 of what draws, to which they are enough: 0.02 nats a code."""
    return tensor.to(torch.float8_e4m3fn if name.startswith("frames.model.") and tensor.ndim == 2 else torch.float16)


def write(network, seeing, drawing, out, limit):
    """Weights in 16 bits and 8."""
    found = {"model." + n: t for n, t in network.items()}
    found |= {"frames.model." + n: t for n, t in drawing.items()}
    found |= {"frames.vqgan." + n: t for n, t in seeing.items()}
    found["frames.vqgan.quantize.embed.weight"] = sight.table(sight.LEVELS)
    out.mkdir(parents=True, exist_ok=True)
    save_file({n: narrow(n, t).contiguous() for n, t in found.items()}, out / "model.safetensors", metadata={"format": "pt"})
    (out / "config.json").write_text(json.dumps(describe(limit), indent=2) + "\n")


def rounded(state):
    """As it is in 16 bits."""
    return {n: t.half().float() for n, t in state.items()}


class Model:
    """All networks with the numbers of a folder."""

    def __init__(self, folder):
        stored = {n: t.float() for n, t in load_file(Path(folder) / "model.safetensors").items()}
        part = lambda prefix: {n.removeprefix(prefix): t for n, t in stored.items() if n.startswith(prefix)}  # noqa: E731
        self.world, self.painter, self.sight = World(), painter.Painter(), sight.Sight()
        self.world.load_state_dict(part("model."))
        self.painter.load_state_dict(part("frames.model."))
        seeing = part("frames.vqgan.")
        seeing.pop("quantize.embed.weight")
        self.sight.load_state_dict(seeing)
        self.sight.eval()

    @torch.no_grad()
    def draw(self, seen, places, radii, colours, obstacle):
        """seen [P, P, 3] of 0 to 255 and places [1 + n, balls, 2] of it and of others to n frames, likewise."""
        codes = self.sight.read(torch.from_numpy(seen / 255.0).float().permute(2, 0, 1)[None]).numpy()
        n = len(places) - 1
        both = np.stack((np.repeat(places[:1], n, 0), places[1:]), 1)
        read = np.repeat(codes[:, None], 2, 1).repeat(n, 0)
        words = painter.write(both, radii[None].repeat(n, 0), colours[None].repeat(n, 0), obstacle[None].repeat(n, 0),
                              read)
        drawn = self.sight.draw(self.painter.draw(torch.from_numpy(words)))
        return (drawn.clamp(0, 1) * 255).permute(0, 2, 3, 1).numpy()


# --- the engine's -------------------------------------------------------------------------------------------------

SCALE, GAP = 2, 2          # of the picture that --drawn writes


def cut(path):
    """[rows, columns, P, P, 3] of it"""
    pixels, side = np.asarray(Image.open(path).convert("RGB")), SCALE * frames.PIXELS
    rows, columns = (n // (side + GAP) for n in pixels.shape[:2])
    at = lambda i: GAP + i * (side + GAP)  # noqa: E731
    return np.array([[pixels[at(i):at(i) + side:SCALE, at(k):at(k) + side:SCALE] for k in range(columns)]
                     for i in range(rows)]).astype(float)


def ask(cli, folder, seed, blocked, n_frames):
    """What the engine says of a scene, and the frames that it draws."""
    with tempfile.TemporaryDirectory() as out:
        answer = subprocess.run([cli, "next-frames", "--scene", str(seed), "--model", folder, "--futures", "1", "--frames",
                                 str(n_frames), "--precision", "f32", "--format", "json", "--drawn", f"{out}/drawn.png",
                                 *(["--obstacles"] if blocked else [])], capture_output=True, text=True)
        if answer.returncode:
            return None, None
        return json.loads(answer.stdout), cut(f"{out}/drawn.png")


def compare(model, row, answer, pictures, shown):
    """Nats apart; grey levels apart of what is drawn, how many frames are drawn alike, of what scenes look like."""
    n = row.balls[0]
    nats = abs(answer["surprise"] - float(learning.surprises(model.world, row, shown, row.obstacles[0, 0] > 0)[0]))
    radii = row.radii[0] * (np.arange(tokens.BALLS) < n)
    place = lambda rows: np.pad(np.array(rows) * tokens.SIDE, ((0, 0), (0, tokens.BALLS - n), (0, 0)))  # noqa: E731
    truth = place([*answer["seen"][-1:], *answer["truth"]])
    looks = frames.draw(truth, *(a[None].repeat(len(truth), 0) for a in (radii, row.colours[0], row.obstacles[0])))
    looks = np.abs(np.round(looks.transpose(0, 2, 3, 1) * 255) - pictures[-1]).max()
    wanted = model.draw(pictures[-1][0], place([*answer["seen"][-1:], *answer["likeliest"]]), radii, row.colours[0],
                        row.obstacles[0])
    apart = np.abs(wanted - pictures[0][1:]).max((1, 2, 3))
    return nats, np.median(apart), int((apart <= 1).sum()), len(apart), looks
