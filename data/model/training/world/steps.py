# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the model of what happens next, as the command line calls them."""
import json
import subprocess
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from world import learning, tokens
from world.network import CONFIG, World

# Seeds of scenes: those that are learnt, and those that only the export looks at. What is measured begins at 3e9.
LEARNT, N_LEARNT = 1_000_000, 60_000         # of each kind
HELD_OUT, N_HELD_OUT = 4_000_000_000, 3000

SHOWN = 8              # frames by which scenes are told from others
SLACK = 1.25           # times the least likely of a thousand


def scenes(args, places, first, n, blocked=False):
    """The same generator as the program's: it is the program's."""
    path = places.work / f"world-{'blocked' if blocked else 'usual'}-{first}-{n}.npy"
    if not path.exists():
        if not args.cli:
            raise SystemExit("--cli must say where monocle-cli is: it makes the scenes")
        subprocess.run([args.cli, "next-frames", "--write-scenes", str(n), "--first", str(first), "--out", str(path),
                        *(["--obstacles"] if blocked else [])], check=True)
    return np.load(path, mmap_mode="r")


def both(args, places, first, n):
    """Scenes without obstacles and with them, as many of each."""
    return tokens.Scenes(np.concatenate([scenes(args, places, first, n, blocked) for blocked in (False, True)]))


def train(args, places):
    torch.set_num_threads(args.threads)
    limit = args.seconds / 60 if args.seconds else 1e9
    learning.learn(both(args, places, LEARNT, N_LEARNT), both(args, places, HELD_OUT, 600), args.minutes, limit,
                   places.checkpoint, args.seed, say=lambda *words: print(*words, flush=True),
                   start=Path(args.start) if args.start else None)


def export(args, places):
    """Weights in 16 bits, and how unlikely the scenes are that it knows."""
    network = World()
    state = torch.load(places.checkpoint, weights_only=True)["network"]
    state = {name: tensor.half() for name, tensor in state.items()}
    network.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    save_file({"model." + name: tensor.contiguous() for name, tensor in state.items()}, out / "model.safetensors",
              metadata={"format": "pt"})
    found = np.sort(learning.surprises(network, scenes(args, places, HELD_OUT, N_HELD_OUT), SHOWN))
    limit = round(SLACK * float(found[int(0.999 * len(found))]), 2)
    world = dict(side=tokens.SIDE, places_per_unit=tokens.PER_UNIT, first_place=tokens.FIRST_PLACE,
                 places=tokens.PLACES, reach=tokens.REACH, change=tokens.CHANGE, things=tokens.BALLS,
                 frames=tokens.FRAMES, least_radius=tokens.LEAST_RADIUS, radii_per_unit=2, radii=tokens.RADII,
                 most_surprise=limit)
    config = dict(model_type="monocle-world", architectures=["MonocleWorld"], torch_dtype="float16") | CONFIG
    (out / "config.json").write_text(json.dumps(config | {"world": world}, indent=2) + "\n")
    print(f"surprise: mean {found.mean():.3f}, one of a thousand above {limit / SLACK:.3f}, refused above {limit}")


MEASURED = 3_000_000_000


def verify(args, places):
    """How unlikely scenes are, by PyTorch and by the engine: all words, layers and logits of what is shown agree."""
    network = World()
    stored = load_file(Path(args.out) / "model.safetensors")
    network.load_state_dict({name.removeprefix("model."): tensor.float() for name, tensor in stored.items()})
    worst, seen = 0.0, 0
    for seed in range(MEASURED, MEASURED + args.scenes):
        row = scenes(args, places, seed, 1)
        if row.throw_frame[0] >= 0:
            continue
        wanted = float(learning.surprises(network, row, SHOWN)[0])
        answer = subprocess.run([args.cli, "next-frames", "--scene", str(seed), "--model", args.out, "--futures", "1",
                                 "--frames", "1", "--precision", "f32", "--format", "json"],
                                check=True, capture_output=True, text=True)
        worst, seen = max(worst, abs(json.loads(answer.stdout)["surprise"] - wanted)), seen + 1
    print(f"{seen} scenes, at most {worst:.2e} nats apart")
    if seen == 0 or worst > 1e-4:
        raise SystemExit("the engine computes something else")
