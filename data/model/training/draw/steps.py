# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the model of pictures from words, as the command line calls them."""
from pathlib import Path

import torch

from draw import hub, learning
from draw.codes import Codes
from draw.network import Ofa
from draw.words import Words


def _say(*words):
    print(*words, flush=True)


def _at(places):
    return places.run / "codes.pt", places.run / "words.pt"


def _network(path, network):
    network.load_state_dict(torch.load(path, weights_only=True, map_location="cpu")["network"])
    return network


def train(args, places, preset):
    """Both stages, each for its minutes; what is there already goes on where it was."""
    torch.set_num_threads(args.threads)
    places.run.mkdir(parents=True, exist_ok=True)
    codes_at, words_at = _at(places)
    first, second = preset.minutes if args.minutes is None else (args.minutes * s for s in (0.25, 0.75))
    common = dict(seed=args.seed, device=args.device, workers=preset.workers and args.workers, say=_say)
    codes = learning.learn_codes(preset, codes_at, first, args.until, **common)
    learning.learn_words(preset, codes, words_at, second, args.until, **common)


def export(args, places, name, preset):
    codes_at, words_at = _at(places)
    words = Words(preset.things)
    size = hub.write(_network(codes_at, Codes(preset)), _network(words_at, Ofa(preset, len(words))), preset, name,
                     Path(args.out))
    print(f"{args.out}: {size / 1e6:.2f} MB")


def evaluate(args, places):
    from draw import figures, scenes
    torch.set_num_threads(args.threads)
    model = hub.Model(args.out, args.device)
    things, side = model.preset.things, model.preset.side
    wanted = figures.prompts(things, args.scenes)
    columns = {"model": model.draw([c for _, c in wanted], args.seed),
               "nearest": [scenes.paint(s, side) for s in figures.nearest(wanted, things)],
               "true pictures": [scenes.paint(s, side) for s, _ in wanted]}
    hub.sheet(columns["model"], 8, places.work / "draw.png")
    found = [figures.shares(figures.by_eye(c, wanted, things)) for c in columns.values()]
    lines = [f"{len(wanted)} prompts, by the eye:", *figures.table(found, list(columns))]
    if args.cli:
        default = Path(__file__).parents[2]
        found = [figures.shares(figures.by_model(c, wanted, args.cli, default)) for c in columns.values()]
        lines += [f"by the default model, of {found[0]['object'][1]} of them:", *figures.table(found, list(columns))]
    print("\n".join(lines))


def verify(args):
    things = hub.Model(args.out).preset.things
    captions = [learning.scene_of((learning.HELD_OUT, 9, i), things)[1] for i in range(8)]
    lines, worst = hub.engine(args.out, args.cli, captions)
    print("\n".join(lines))
    if worst > 1e-3:
        raise SystemExit("the engine computes something else")
