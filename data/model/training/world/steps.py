# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the model of what happens next, as the command line calls them."""
import subprocess
from pathlib import Path

import numpy as np
import torch

from world import learning, tokens
from world.network import World

# Seeds of scenes: those that are learnt, and those that only the export looks at. What is measured begins at 3e9.
LEARNT, N_LEARNT = 1_000_000, 60_000         # of each kind
HELD_OUT, N_HELD_OUT = 4_000_000_000, 1500

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


def train_frames(args, places):
    """What draws frames; needs no scenes. --minutes are shared out: codes of frames take four of ten."""
    from world import painting
    torch.set_num_threads(args.threads)
    limit = args.seconds / 60 if args.seconds else 1e9
    say = lambda *words: print(*words, flush=True)  # noqa: E731
    seeing = painting.learn_sight(0.4 * args.minutes, 0.4 * limit, places.run / "sight.pt", args.seed, say)
    painting.learn_painter(seeing, 0.6 * args.minutes, 0.6 * limit, places.run / "painter.pt", args.seed, say)


def export(args, places):
    """Weights in 16 bits, and how unlikely the scenes are that it knows."""
    from world import hub
    load = lambda path, name: torch.load(path, weights_only=True)[name]  # noqa: E731
    network, state = World(), hub.rounded(load(places.checkpoint, "network"))
    network.load_state_dict(state)
    found = np.sort(np.concatenate([learning.surprises(network, tokens.Scenes(scenes(args, places, HELD_OUT, N_HELD_OUT, b)),
                                                       SHOWN, b) for b in (False, True)]))
    limit = round(SLACK * float(found[int(0.999 * len(found))]), 2)
    hub.write(state, load(places.run / "sight.pt", "sight"), load(places.run / "painter.pt", "painter"), Path(args.out),
              limit)
    print(f"surprise: mean {found.mean():.3f}, one of a thousand above {limit / SLACK:.3f}, refused above {limit}")


MEASURED = 3_000_000_000


def verify(args, places):
    """By PyTorch and by the engine: how unlikely scenes are, so that all words, layers and logits of what is shown agree;
    which frames follow, so that codes, words and pixels do; and that scenes look the same to both."""
    from world import hub
    model, worst, alike, drawn, looks = hub.Model(args.out), 0.0, 0, 0, 0.0
    for k in range(args.scenes):
        row = tokens.Scenes(scenes(args, places, MEASURED + k, 1, k % 2 == 1))
        if row.throw_frame[0] >= 0:
            continue
        answer, pictures = hub.ask(args.cli, args.out, MEASURED + k, k % 2 == 1, 8)
        if answer is None:
            print(f"scene {MEASURED + k} is refused")
            continue
        nats, _, same, n, look = hub.compare(model, row, answer, pictures, SHOWN)
        worst, alike, drawn, looks = max(worst, nats), alike + same, drawn + n, max(looks, look)
    print(f"at most {worst:.2e} nats apart; {alike} of {drawn} frames are the same pixel by pixel; scenes are drawn by both "
          f"with at most {looks:.0f} grey levels between them")
    # A code that is hardly likelier than another one may be the other one there.
    if drawn == 0 or worst > 1e-4 or alike < 0.95 * drawn or looks > 1:
        raise SystemExit("the engine computes something else")
