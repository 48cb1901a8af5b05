# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a model of moving things that knows obstacles and draws frames, with random weights, and what the reference
computes with it.

    python make_world_frames.py      below tests/fixtures/world

Both decoders are transformers' LlamaForCausalLM; what makes codes of pixels and pixels of codes is the recipe's own
(data/model/training/world/sight.py). golden.json: a scene with an obstacle, its words and what is likeliest; a frame, its
codes, how it comes back, the words of one that is drawn, its codes and its pixels.
"""

import json
import sys

import numpy as np
import torch
from command_line import FIXTURES, TESTS
from make_world import Words, scores
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

sys.path.insert(0, str(TESTS.parent / "data" / "model" / "training"))
from world.sight import Sight  # noqa: E402

WORLD = dict(
    side=10.0, places_per_unit=2, first_place=2, places=16, reach=3, change=4, things=2, frames=6, least_radius=1.0,
    radii_per_unit=2, radii=3, sizes=11, most_surprise=9.0,
)  # fmt: skip
COLOURS = [[200, 30, 40], [20, 160, 60], [40, 60, 220]]
KINDS, REACHES = 3, 3
SEEN, FORESEEN = 3, 3


class Shape:
    channels, multiples, blocks, groups, z_channels, levels = 4, (1, 1), 1, 2, 4, (3, 2, 2, 2)


PIXELS, PATCH = 6, 2
SQUARES = (PIXELS // PATCH) ** 2
CODES = int(np.prod(Shape.levels))


def make_decoder(n_words, positions, seed):
    torch.manual_seed(seed)
    config = LlamaConfig(
        hidden_size=8, intermediate_size=12, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2,
        vocab_size=(n_words + 3) // 4 * 4, max_position_embeddings=positions, rms_norm_eps=1e-5, tie_word_embeddings=True,
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            loud = 0.9 if "embed" in name else 2.5 / p.shape[-1] ** 0.5
            p.copy_((1 + 0.2 * torch.randn_like(p) if p.ndim == 1 else loud * torch.randn_like(p)).half().float())
    return model


def make_sight():
    torch.manual_seed(9)
    sight = Sight(Shape).eval()
    with torch.no_grad():
        for name, p in sight.named_parameters():
            if p.ndim == 1:
                p.copy_(0.3 * torch.randn_like(p) + (1 if "norm" in name and "weight" in name else 0))
            else:
                p.copy_(1.4 * torch.randn_like(p) / p[0].numel() ** 0.5)
            p.copy_(p.half().float())
    return sight


def sizes(model):
    c = model.config
    return dict(
        hidden_size=c.hidden_size, intermediate_size=c.intermediate_size, num_hidden_layers=c.num_hidden_layers,
        rope_theta=10000.0, num_attention_heads=c.num_attention_heads, num_key_value_heads=c.num_key_value_heads,
        rms_norm_eps=c.rms_norm_eps, vocab_size=c.vocab_size, max_position_embeddings=c.max_position_embeddings,
        tie_word_embeddings=True, hidden_act="silu",
    )  # fmt: skip


def foresee(model, words, scene):
    """Tokens and places in steps, as make_world.py walks, but for what stands in the way first."""
    w, things = words.w, len(scene["radii"])
    seen = np.rint(np.array(scene["places"]) * w["side"] * w["places_per_unit"]).astype(int).reshape(-1, 2 * things)
    o, first = scene["obstacle"], words.n
    pairs = [[first + (o["kind"] - 1) * REACHES + i, first + KINDS * REACHES + round(o[k] * w["side"])]
             for i, k in enumerate(("left", "right", "top"))]  # fmt: skip
    pairs += [[words.radius + i * w["radii"] + round((r * w["side"] - w["least_radius"]) * w["radii_per_unit"]), 0]
              for i, r in enumerate(scene["radii"])]  # fmt: skip
    places, last, reach, most = [list(seen[0])], [0] * (2 * things), w["reach"], w["change"]
    pairs += [[words.at(c, p), 0] for c, p in enumerate(places[0])]
    for t in range(1, SEEN + FORESEEN):
        now = list(places[-1])
        for c in range(2 * things):
            own = scores(model, pairs)[-1][words.change + c * words.changes :][: words.changes]
            change = int(own.argmax()) - most
            if t < len(seen):
                change = int(np.clip(np.clip(seen[t, c] - now[c], -reach, reach) - last[c], -most, most))
            last[c] = int(np.clip(last[c] + change, -reach, reach))
            now[c] += last[c]
            pairs.append([words.at(c, now[c]), words.by(c, last[c])])
        places.append(now)
    return pairs, places


class FrameWords:
    def __init__(self, w):
        self.w = w
        self.radius = 3 + SQUARES
        self.colour = self.radius + w["things"] * w["radii"]
        self.place = self.colour + w["things"] * len(COLOURS)
        self.code = self.place + 2 * w["places"]
        self.obstacle = self.code + CODES
        self.n = self.obstacle + KINDS * REACHES + w["sizes"]

    def stands(self, o):
        size = self.obstacle + KINDS * REACHES
        return [[self.obstacle + (o["kind"] - 1) * REACHES + i, size + round(o[k] * self.w["side"])]
                for i, k in enumerate(("left", "right", "top"))]  # fmt: skip

    def head(self, places, radii, colours):
        w, pairs = self.w, []
        for k in range(w["things"]):
            for axis in range(2):
                if k >= len(radii):
                    pairs.append([0, 0])
                    continue
                at = int(np.rint(places[k][axis] * w["side"] * w["places_per_unit"])) - w["first_place"]
                size = round((radii[k] * w["side"] - w["least_radius"]) * w["radii_per_unit"])
                beside = self.colour + k * len(COLOURS) + colours[k] if axis else self.radius + k * w["radii"] + size
                pairs.append([self.place + axis * w["places"] + min(max(at, 0), w["places"] - 1), beside])
        return pairs + [[1, 3]]

    def codes(self, codes):
        return [[self.code + c, 3 + i + 1 if i + 1 < SQUARES else 2] for i, c in enumerate(codes)]


def make_frame(rng, scene, colours):
    """Anything, in which things have their colours."""
    frame = rng.integers(120, 256, (PIXELS, PIXELS, 3))
    for (x, y), r, c in zip(scene["places"][-1], scene["radii"], colours):
        v, u = np.mgrid[:PIXELS, :PIXELS] + 0.5
        frame[np.hypot(u - x * PIXELS, v - y * PIXELS) <= r * PIXELS + 0.3] = COLOURS[c]
    return frame


def main():
    words, drawing = Words(WORLD), FrameWords(WORLD)
    model = make_decoder(words.n + KINDS * REACHES + WORLD["sizes"], 40, 6)
    painter, sight = make_decoder(drawing.n, REACHES + 2 * (2 * WORLD["things"] + SQUARES + 1), 7), make_sight()
    rng = np.random.default_rng(4)
    scene = dict(
        places=[[[0.3 + 0.03 * t, 0.2 + 0.05 * t], [0.7, 0.6 - 0.04 * t]] for t in range(SEEN)], radii=[0.15, 0.2],
        obstacle=dict(kind=2, left=0.0, right=0.4, top=0.7),
    )  # fmt: skip
    pairs, places = foresee(model, words, scene)
    colours = [2, 0]
    frame = make_frame(rng, scene, colours)
    pixels = torch.from_numpy(frame / 255.0).float().permute(2, 0, 1)[None]
    with torch.no_grad():
        codes = sight.read(pixels)[0].tolist()
        back = sight.draw(torch.tensor([codes]))[0].clamp(0, 1).permute(1, 2, 0) * 255
    elsewhere = [[[0.5, 0.4], [0.25, 0.8]], [[0.35, 0.9], [0.65, 0.15]]]
    drawn, all_pairs = [], []
    for there in elsewhere:
        fed = drawing.stands(scene["obstacle"]) + drawing.head(scene["places"][-1], scene["radii"], colours) + drawing.codes(codes)
        fed += drawing.head(there, scene["radii"], colours)
        found, gaps = [], []
        for _ in range(SQUARES):
            own = scores(painter, fed)[-1][drawing.code :][:CODES]
            best = np.sort(own)
            gaps.append(float(best[-1] - best[-2]))
            found.append(int(own.argmax()))
            fed.append(drawing.codes(found)[-1] if len(found) == SQUARES else [drawing.code + found[-1], 3 + len(found)])
        assert min(gaps) > 1e-2, gaps
        drawn.append(found)
        all_pairs.append(fed)
    with torch.no_grad():
        painted = sight.draw(torch.tensor(drawn)).clamp(0, 1).permute(0, 2, 3, 1) * 255
    folder = FIXTURES / "world" / "frames"
    folder.mkdir(parents=True, exist_ok=True)
    config = dict(model_type="monocle-world", architectures=["MonocleWorld"]) | sizes(model)
    shape = dict(ch=Shape.channels, ch_mult=list(Shape.multiples), num_res_blocks=Shape.blocks, num_groups=Shape.groups,
                 z_channels=Shape.z_channels, embed_dim=len(Shape.levels), n_embed=CODES)  # fmt: skip
    section = sizes(painter) | dict(pixels=PIXELS, colours=[c for one in COLOURS for c in one], least_decibels=1.0, vqgan=shape)
    (folder / "config.json").write_text(json.dumps(config | dict(world=WORLD, frames=section), indent=1) + "\n")
    tensors = {n: t for n, t in model.state_dict().items()}
    tensors |= {"frames." + n: t for n, t in painter.state_dict().items()}
    tensors |= {"frames.vqgan." + n: t for n, t in sight.state_dict().items()}
    tensors["frames.vqgan.quantize.embed.weight"] = sight.table
    save_file({n: t.detach().half().contiguous() for n, t in tensors.items() if "lm_head" not in n},
              folder / "model.safetensors", metadata={"format": "pt"})  # fmt: skip
    golden = dict(
        scene, words=[int(p[0]) for p in pairs], beside=[int(p[1]) for p in pairs],
        likeliest=[[int(p) for p in row] for row in places[SEEN:]], colours=colours, frame=frame.reshape(-1).tolist(),
        codes=codes, back=[round(float(v), 2) for v in back.reshape(-1)], elsewhere=elsewhere, drawn=drawn,
        fed=[[list(map(int, p)) for p in one] for one in all_pairs],
        painted=[[round(float(v), 2) for v in one.reshape(-1)] for one in painted],
    )  # fmt: skip
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
