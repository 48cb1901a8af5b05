# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the contrastive model; `python3 data/model/training --help` lists them with the others."""
import json
from pathlib import Path

import numpy as np

import backgrounds
import photographs
import scene
import sprites
from contrast import queries
from contrast.pictures import PictureMaker
from contrast.pieces import Pieces, train as train_pieces

LEVEL = 1                      # concepts up to this level, as in the default model
STAMPS = 0.2                   # share of the cut-out photographs among the styles


def makers(places, side):
    """Returns (atlas, PictureMaker of training)."""
    atlas = sprites.Atlas(places.atlas, LEVEL)
    photos = photographs.Photographs(places.photos, atlas.concepts) if places.photos else None
    train = atlas.choose(held_out=False)
    behind = backgrounds.Backgrounds(places.backgrounds)
    options = {"stamp_share": STAMPS, "photographs": photos, "finish": False}
    close = scene.SceneMaker(atlas, behind, 96, train, min_side=0.45, max_side=0.78, **options)
    wide = scene.SceneMaker(atlas, behind, side, train, min_side=0.17, max_side=0.78, **options)
    return atlas, PictureMaker(close, wide, photos)


def pieces_of(places, preset, phrases, seed):
    if not places.tokenizer.exists():
        merges = train_pieces(queries.corpus(phrases, np.random.default_rng(seed)), preset.merges)
        Pieces(merges).save(places.tokenizer)
    return Pieces.load(places.tokenizer)


def train(args, places, preset):
    import torch
    from contrast.learning import Batches, Composed, Trainer
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    atlas, maker = makers(places, preset.shape.image)
    phrases = queries.Phrases(atlas.concepts)
    pieces = pieces_of(places, preset, phrases, args.seed)
    batches = Batches(maker, phrases, pieces, preset, args.seed)
    # The processes are begun before a graphics card is touched, which they could not share.
    source = Composed(batches, args.workers) if args.workers > 1 else batches
    trainer = Trainer(preset, pieces, args.device)
    if places.checkpoint.exists():
        trainer.load(places.checkpoint)
        print(f"going on from step {trainer.step}, {trainer.seconds / 60:.1f} minutes")
    else:
        trainer.begin(batches)
    trainer.train(source, args.minutes, places.checkpoint, args.save_minutes, args.until)
    if source is not batches:
        source.stop()


def export(args, places, preset):
    import torch
    from contrast import hub
    state = torch.load(places.checkpoint, map_location="cpu", weights_only=True)
    out = Path(args.out or places.work / "export-contrast")
    size = hub.write(state["average"], Pieces.load(places.tokenizer).merges, preset, out)
    print(f"step {state['step']}, {state['seen']} pictures, {state['seconds'] / 60:.0f} minutes -> {out}, "
          f"{size / 1e6:.2f} MB")


def evaluate(args, places, makers, atlas):
    import torch
    from contrast import figures, hub
    torch.set_num_threads(args.threads)
    folder = Path(args.out or places.work / "export-contrast")
    result = figures.run(hub.Model(folder), atlas, makers, args.scenes, places.photos)
    for part, row in result.items():
        print(part)
        for name, value in row.items():
            print(f"    {name:36} {100 * value:6.1f} %")
    (places.run / "figures.json").write_text(json.dumps(result, indent=1) + "\n")


def verify(args, places, makers, atlas):
    from contrast import hub
    phrases, rng = queries.Phrases(atlas.concepts), np.random.default_rng(9)
    scenes = scene.scenes_of(makers["seen"], 8, 1000)
    texts = [phrases.name(rng, i % len(atlas.concepts)) for i in range(60)]
    texts += [phrases.write(rng, phrases.caption(queries.Seen.of(s.objects))) for s, _ in scenes]
    folder, pictures = Path(args.out or places.work / "export-contrast"), [p for _, p in scenes]
    lines = hub.engine(folder, args.cli, pictures, texts) if args.cli else hub.reference(folder, pictures, texts)
    print("\n".join(lines))
