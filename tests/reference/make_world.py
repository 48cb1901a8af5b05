# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a model of moving things with random weights, and what the reference computes with it.

    python make_world.py      below tests/fixtures/world

The decoder is transformers' LlamaForCausalLM; the tokens are written here once more, plainly. golden.json: a scene's
words, the logits of its last tokens, what follows if each step is the likeliest, with a throw and without, and how
unlikely what was seen is.
"""

import json

import numpy as np
import torch
from command_line import FIXTURES
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

WORLD = dict(
    side=20.0, places_per_unit=4, first_place=6, places=60, reach=7, change=9, things=2, frames=9, least_radius=2.0,
    radii_per_unit=2, radii=3, most_surprise=7.0,
)  # fmt: skip
SEEN, FORESEEN = 4, 5


class Words:
    """Numbers of the words, in the order of engine/models/world/configuration.c."""

    def __init__(self, w):
        self.w = w
        self.bins, self.changes = 2 * w["reach"] + 1, 2 * w["change"] + 1
        self.throw = 1
        self.radius = self.throw + w["things"]
        self.place = self.radius + w["things"] * w["radii"]
        self.move = self.place + 2 * w["things"] * w["places"]
        self.change = self.move + 2 * w["things"] * self.bins
        self.n = self.change + 2 * w["things"] * self.changes

    def at(self, coordinate, place):
        return self.place + coordinate * self.w["places"] + min(max(place - self.w["first_place"], 0),
                                                                self.w["places"] - 1)  # fmt: skip

    def by(self, coordinate, move):
        reach = self.w["reach"]
        return self.move + coordinate * self.bins + min(max(move, -reach), reach) + reach


def make_model(words):
    torch.manual_seed(5)
    config = LlamaConfig(
        hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3, num_key_value_heads=3,
        vocab_size=(words.n + 3) // 4 * 4, max_position_embeddings=48, rms_norm_eps=1e-5, tie_word_embeddings=True,
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            loud = 0.6 if "embed" in name else 1.5 / p.shape[-1] ** 0.5
            p.copy_(1 + 0.2 * torch.randn_like(p) if p.ndim == 1 else loud * torch.randn_like(p))
    return model


def scores(model, pairs):
    with torch.no_grad():
        rows = model.get_input_embeddings()(torch.tensor(pairs)).sum(1)[None]
        return model(inputs_embeds=rows).logits[0].numpy()


def walk(model, words, scene, frames):
    """Tokens, places in steps of all frames, mean surprise: the likeliest where nothing was seen."""
    w, things = words.w, len(scene["radii"])
    seen = np.rint(np.array(scene["places"]) * w["side"] * w["places_per_unit"]).astype(int).reshape(-1, 2 * things)
    size = [min(max(round((r * w["side"] - w["least_radius"]) * w["radii_per_unit"]), 0), w["radii"] - 1)
            for r in scene["radii"]]  # fmt: skip
    pairs = [[words.radius + i * w["radii"] + k, 0] for i, k in enumerate(size)]
    places, surprise, thrown = [list(seen[0])], [], scene.get("throw")
    last, reach, most = [0] * (2 * things), w["reach"], w["change"]
    pairs += [[words.at(c, p), 0] for c, p in enumerate(places[0])]
    for t in range(1, frames):
        if thrown and thrown["frame"] == t - 1:
            for axis, v in enumerate((thrown["vx"], thrown["vy"])):
                step = int(np.rint(v * w["side"] * w["places_per_unit"]))
                pairs.append([words.throw + thrown["thing"], words.by(2 * thrown["thing"] + axis, step)])
        now = list(places[-1])
        for c in range(2 * things):
            logits = scores(model, pairs)[-1]
            own = logits[words.change + c * words.changes :][: words.changes]
            if t < len(seen):
                change = int(np.clip(np.clip(seen[t, c] - now[c], -reach, reach) - last[c], -most, most))
                if t > 1:
                    surprise.append(np.log(np.exp(own - own[change + most]).sum()))
            else:
                change = int(own.argmax()) - most
            last[c] = int(np.clip(last[c] + change, -reach, reach))
            now[c] += last[c]
            pairs.append([words.at(c, now[c]), words.by(c, last[c])])
        places.append(now)
    return pairs, places, float(np.mean(surprise))


def main():
    words = Words(WORLD)
    model = make_model(words)
    folder = FIXTURES / "world" / "tiny"
    folder.mkdir(parents=True, exist_ok=True)
    c = model.config
    config = dict(
        model_type="monocle-world", architectures=["MonocleWorld"], hidden_act="silu", hidden_size=c.hidden_size,
        intermediate_size=c.intermediate_size, num_hidden_layers=c.num_hidden_layers, rope_theta=10000.0,
        num_attention_heads=c.num_attention_heads, num_key_value_heads=c.num_key_value_heads, rms_norm_eps=c.rms_norm_eps,
        vocab_size=c.vocab_size, max_position_embeddings=c.max_position_embeddings, tie_word_embeddings=True, world=WORLD,
    )  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    tensors = {n: t.detach().contiguous() for n, t in model.state_dict().items() if n != "lm_head.weight"}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})

    rng = np.random.default_rng(3)
    golden = []
    for things, throw in ((2, None), (1, None), (2, dict(frame=1, thing=1, vx=0.04, vy=-0.0713)),
                          (1, dict(frame=5, thing=0, vx=-0.05, vy=0.02))):  # fmt: skip
        first, speed = rng.uniform(0.2, 0.8, (things, 2)), rng.uniform(-0.06, 0.06, (things, 2))
        scene = dict(
            places=[[[round(float(v), 4) for v in p] for p in first + t * speed] for t in range(SEEN)],
            radii=[round(float(r), 3) for r in rng.uniform(0.09, 0.17, things)],
        )
        if throw:
            scene["throw"] = throw
        pairs, places, surprise = walk(model, words, scene, SEEN + FORESEEN)
        scene |= dict(words=[int(p[0]) for p in pairs], beside=[int(p[1]) for p in pairs], surprise=surprise,
                      likeliest=[[int(p) for p in row] for row in places[SEEN:]],
                      logits=[round(float(v), 6) for v in scores(model, pairs)[-1]])  # fmt: skip
        golden.append(scene)
    (folder / "golden.json").write_text(json.dumps({"scenes": golden}) + "\n")


if __name__ == "__main__":
    main()
