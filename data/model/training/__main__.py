# SPDX-License-Identifier: GPL-3.0-or-later
"""One command a step; `python3 data/model/training --help` lists them.

Everything made lies below --work; nothing is written into the repository except by `concepts`.
"""
import argparse
import dataclasses
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import backgrounds                                          # noqa: E402
import concepts                                             # noqa: E402
import photographs                                          # noqa: E402
import scene                                                # noqa: E402
import sprites                                              # noqa: E402
import writing                                              # noqa: E402
from contrast.presets import PRESETS as CONTRAST            # noqa: E402
from draw.presets import PRESETS as DRAW                    # noqa: E402
from presets import PRESETS                                 # noqa: E402


class Places:
    """Where the inputs and the results are, all below one working folder."""

    def __init__(self, args):
        self.work = Path(args.work).resolve()
        self.npm = self.work / "npm" / "node_modules"
        self.root = self.work / "root"
        self.stamps = self.root / "usr/share/tuxpaint/stamps"
        self.atlas = self.work / "atlas"
        self.backgrounds = self.work / "backgrounds.npz"
        self.fonts = self.root / "usr/share/fonts"
        self.words = self.root / "usr/share/dict/american-english"
        self.photos = Path(args.photos).resolve() if args.photos else None
        self.run = self.work / args.run
        self.run.mkdir(parents=True, exist_ok=True)
        self.tokenizer = self.run / "tokenizer-merges.json"
        self.checkpoint = self.run / "checkpoint.pt"


def fetch(args, places, preset):
    """Installs the packages the data come from (npm, and Debian packages unpacked, not installed)."""
    subprocess.run(["sh", str(Path(__file__).parent / "fetch.sh"), str(places.work)], check=True)


def make_concepts(args, places, preset):
    """Resolves concepts-seed.tsv against the packages into concepts.tsv (only when the seed changes)."""
    concepts.make(places.npm, places.stamps)


def make_sprites(args, places, preset):
    """Rasterises all art and shrinks all wallpapers."""
    entries = sprites.make(places.npm, places.stamps, places.atlas)
    names = backgrounds.make([places.root / "usr/share/backgrounds", places.root / "usr/share/wallpapers"],
                             places.backgrounds)
    print(f"{len(entries)} sprites, {len(names)} wallpapers")


def _makers(places, preset):
    atlas = sprites.Atlas(places.atlas, preset.level)
    photos = photographs.Photographs(places.photos, atlas.concepts) if places.photos else None
    painters = (None, None)
    if preset.shares.get("<OCR>"):
        painters = tuple(writing.TextPainter(writing.fonts(places.fonts, held_out), writing.words(places.words, held_out))
                         for held_out in (False, True))
    return atlas, scene.makers(atlas, backgrounds.Backgrounds(places.backgrounds),
                               backgrounds.Backgrounds(places.backgrounds, held_out=True),
                               preset.shape.image, painters, preset.stamps, photos, preset.tiles,
                               preset.twins, **preset.sizes)


def make_tokenizer(args, places, preset):
    """Trains the byte-level BPE on generated prompts and answers, or adds to that of --start."""
    import corpus
    import tokenizer
    atlas, makers = _makers(places, preset)
    known = tokenizer.Tokenizer.of_folder(Path(args.start)).merges if args.start else []
    merges = tokenizer.train(corpus.lines(preset, atlas.concepts, makers["train"], args.seed), preset.merges, known)
    if preset.whole_names and preset.shares.get("caption_in_language"):
        merges = tokenizer.complete(merges, corpus.foreign_names(preset, atlas.concepts))
    tokenizer.Tokenizer(merges).save(places.tokenizer)
    print(f"{len(merges)} merges, vocabulary {tokenizer.Tokenizer(merges).vocabulary}")


def pack(args, places, preset):
    """Packs all that training needs into one file, --out, for a machine without network; see pack.py."""
    import pack as packer
    if not places.tokenizer.exists():
        make_tokenizer(args, places, preset)
    print("\n".join(packer.write(places, places.tokenizer, Path(args.out or places.work / f"{args.preset}.zip"))))


def _time(args, seconds):
    """Returns the minutes of training in all: --minutes, or what is left until --until after `seconds` so far."""
    return (seconds + args.until - time.time()) / 60 if args.until else args.minutes


def train(args, places, preset):
    """Trains, or goes on training, for --minutes of training time in all; --start names what to begin with.
    --packed takes all from an archive; --keep leaves each minute what another machine can go on from, and goes on from
    what is there; --dry-run trains for nothing and says how fast."""
    import torch
    import keep
    from batches import BatchMaker, BatchSource
    from tokenizer import Tokenizer
    from train import Trainer, writers
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    tokenizer = Tokenizer.load(places.tokenizer)
    atlas, makers = _makers(places, preset)
    kept = Path(args.keep) if args.keep else None
    state = keep.read(kept) if kept and not places.checkpoint.exists() else None
    if args.start and not state:
        preset = preset.going_on()
    if args.batch:
        preset = dataclasses.replace(preset, batch=args.batch)
    asked = writers(preset, atlas.concepts)
    trained = torch.load(places.checkpoint, map_location="cpu", mmap=True)["step"] if places.checkpoint.exists() else 0
    # The processes are begun before a graphics card is touched, which they could not share.
    source = BatchSource(lambda: BatchMaker(preset, makers["train"], asked, tokenizer), (args.seed,), preset, args.workers,
                         state[1]["step"] if state else trained)
    trainer = Trainer(preset, tokenizer, atlas.concepts, places.run, args.device, args.compile)
    if places.checkpoint.exists():
        trainer.load(places.checkpoint)
    elif state:
        trainer.go_on_from(*state)
    elif args.start:
        trainer.start_from(Path(args.start))
    if trainer.step:
        print(f"going on from step {trainer.step}, {trainer.seconds / 60:.1f} minutes")
    if args.dry_run:
        composing, learning, together = trainer.measure(source, args.minutes * 60)
        print(f"composed: {composing:.1f} scenes a second by {args.workers} processes\n"
              f"learnt from: {learning:.1f} scenes a second, {learning / preset.batch:.2f} steps\n"
              f"together: {together:.1f} scenes a second, {together / preset.batch:.2f} steps\n"
              f"what limits: {'composing' if composing < learning else 'learning'}")
        return
    trainer.run(source, _time(args, trainer.seconds), args.save_minutes, kept, args.again)


def join(args, places, preset):
    """Makes an exported folder, --out, of what `train --keep` left in --keep."""
    import keep
    print(keep.join(Path(args.keep), Path(args.out or places.work / "export")))


def export(args, places, preset):
    """Writes the averaged weights in the hub layout to --out."""
    import export as exporter
    exporter.write(places.checkpoint, places.tokenizer, preset, Path(args.out or places.work / "export"))


def mix(args, places, preset):
    """Writes the weighted mean of exported folders to --out: --parts FOLDER=WEIGHT FOLDER=WEIGHT ..."""
    import mix as mixer
    folders, weights = zip(*(part.rsplit("=", 1) for part in args.parts))
    mixer.write([Path(f) for f in folders], [float(w) for w in weights], Path(args.out or places.work / "mix"))


def verify(args, places, preset):
    """Compares the export in --out with the reference implementation (needs transformers), or with --cli."""
    import verify as check
    atlas, makers = _makers(places, preset)
    folder = Path(args.out or places.work / "export")
    if args.cli:
        check.engine(folder, Path(args.cli).resolve(), places.work / "verify", preset, makers)
    else:
        check.run(folder, preset, atlas, makers)


def evaluate(args, places, preset):
    """Measures a checkpoint on fixed held-out scenes and prints a table and JSON."""
    import evaluation
    atlas, makers = _makers(places, preset)
    figures = evaluation.run(places.checkpoint, places.tokenizer, preset, atlas, makers, args.scenes, args.threads,
                             places.photos, args.device, args.seconds)
    print(evaluation.table(figures))
    (places.run / "figures.json").write_text(json.dumps(figures, indent=1))


def calibrate(args, places, preset):
    """Fits what scores are worth on held-out scenes and writes it into the exported folder --out."""
    import torch
    import calibration
    import verify as check
    torch.set_num_threads(args.threads)
    atlas, makers = _makers(places, preset)
    folder = Path(args.out or places.work / "export")
    calibration.write(folder, *check.load(folder, preset), preset, atlas, makers, args.scenes)


def write_credits(args, places, preset):
    """Writes CREDITS of all sources to --out, read from the packages."""
    import credits_file
    names = np.load(places.backgrounds)["names"]
    credits_file.write(places, sprites.Atlas(places.atlas, preset.level), list(names),
                       Path(args.out or places.work / "export") / "CREDITS")


def make_samples(args, places, preset):
    """Composes the sample pictures of data/samples to --out."""
    import samples
    samples.write(places, Path(args.out or places.work / "samples"))


def evalset(args, places, preset):
    """Writes the fixed evaluation pictures with COCO JSON and question lists to --out."""
    import evalset as writer
    atlas, makers = _makers(places, preset)
    writer.write(preset, atlas, makers, Path(args.out or places.work / "evalset"), args.scenes, places.photos)


def preview(args, places, preset):
    """Draws a sheet of generated scenes with their records: look at it before training."""
    import preview as sheet
    _, makers = _makers(places, preset)
    sheet.write(makers, places.run / "preview.png", args.seed)


def miniature(args, places, preset):
    """Tokenizer, training, export and evaluation with a small network in a few minutes."""
    make_tokenizer(args, places, preset)
    train(args, places, preset)
    export(args, places, preset)
    evaluate(args, places, preset)


def train_contrast(args, places, preset):
    """Trains the contrastive model for --minutes of training time in all, or goes on with it; see contrast/."""
    from contrast import steps
    steps.train(args, places, preset)


def export_contrast(args, places, preset):
    """Writes its averaged weights in the hub layout of CLIP to --out."""
    from contrast import steps
    steps.export(args, places, preset)


def evaluate_contrast(args, places, preset):
    """Measures the exported folder --out on pictures that training never saw: names, photographs, search."""
    from contrast import steps
    atlas, makers = _makers(places, PRESETS["cpu"])
    steps.evaluate(args, places, makers, atlas)


def train_world(args, places, preset):
    """Trains the model of what happens next for --minutes of processor time in all (and --seconds by the clock)."""
    from world import steps
    steps.train(args, places)


def train_frames_world(args, places, preset):
    """Trains what draws frames of what happens next, for --minutes of processor time (and --seconds by the clock)."""
    from world import steps
    steps.train_frames(args, places)


def export_world(args, places, preset):
    """Writes the folder of the model of what happens next to --out."""
    from world import steps
    steps.export(args, places)


def verify_world(args, places, preset):
    """Compares the engine (--cli) with PyTorch on --scenes scenes, by the model of what happens next in --out."""
    from world import steps
    steps.verify(args, places)


def train_draw(args, places, preset):
    """Trains the model of pictures from words, tokens and then words, for the minutes of its preset (toy, full)."""
    from draw import steps
    steps.train(args, places, preset)


def export_draw(args, places, preset):
    """Writes the folder of the model of pictures from words to --out."""
    from draw import steps
    steps.export(args, places, args.preset, preset)


def evaluate_draw(args, places, preset):
    """Measures the folder --out on --scenes prompts that training had none like, also by --cli and the default model."""
    from draw import steps
    steps.evaluate(args, places)


def verify_draw(args, places, preset):
    """Compares the engine (--cli) with PyTorch: states, logits and pictures of the folder --out."""
    from draw import steps
    steps.verify(args)


def verify_contrast(args, places, preset):
    """Compares the exported folder --out with the reference implementation (needs transformers), or with --cli."""
    from contrast import steps
    atlas, makers = _makers(places, PRESETS["cpu"])
    steps.verify(args, places, makers, atlas)


STEPS = {"fetch": fetch, "concepts": make_concepts, "sprites": make_sprites, "preview": preview,
         "tokenizer": make_tokenizer, "pack": pack, "train": train, "join": join, "export": export, "mix": mix, "verify": verify,
         "evaluate": evaluate, "calibrate": calibrate, "evalset": evalset, "credits": write_credits, "samples": make_samples,
         "miniature": miniature, "train-contrast": train_contrast, "export-contrast": export_contrast,
         "evaluate-contrast": evaluate_contrast, "verify-contrast": verify_contrast, "train-world": train_world,
         "train-frames-world": train_frames_world,
         "export-world": export_world, "verify-world": verify_world, "train-draw": train_draw,
         "export-draw": export_draw, "evaluate-draw": evaluate_draw, "verify-draw": verify_draw}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="\n".join(f"{n:17} {f.__doc__}" for n, f in STEPS.items()))
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("--work", default="work", help="folder for everything that is made (default: ./work)")
    parser.add_argument("--preset", choices=[*PRESETS, *CONTRAST, *DRAW], default=None)
    parser.add_argument("--run", default=None, help="name of this run below --work (default: run-PRESET)")
    parser.add_argument("--minutes", type=float, help="training time in all (default: 90; train-draw: as the preset says)")
    parser.add_argument("--photos", help="folder of labelled photographs with its labels.tsv (see photographs.py)")
    parser.add_argument("--start", help="exported folder whose weights training starts from, and its tokenizer")
    parser.add_argument("--packed", help="archive that `pack` wrote: --work is made from it, nothing else is needed")
    parser.add_argument("--keep", metavar="FOLDER", help="of `train`: where its state goes every --save-minutes, in pieces")
    parser.add_argument("--save-minutes", type=float, default=4)
    parser.add_argument("--until", type=float, help="of `train`: seconds since 1970 at which training ends")
    parser.add_argument("--dry-run", action="store_true", help="of `train`: measures for --minutes, keeps nothing")
    parser.add_argument("--workers", type=int, default=1, help="processes that compose scenes")
    parser.add_argument("--batch", type=int, help="scenes a step, other than the preset's")
    parser.add_argument("--again", type=int, default=0, metavar="BATCHES",
                        help="of `train`: learn from the last so many once more rather than wait for scenes")
    parser.add_argument("--compile", action="store_true", help="the vision tower through torch.compile")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenes", type=int, default=200, help="scenes a metric (evaluate, evalset)")
    parser.add_argument("--seconds", type=float, help="of `evaluate`: no set is begun after half of them")
    parser.add_argument("--out", help="result folder (export, evalset)")
    parser.add_argument("--parts", nargs="+", metavar="FOLDER=WEIGHT", help="of `mix`; the first gives the tokenizer")
    parser.add_argument("--cli", help="monocle-cli, for `verify` to compare the engine with PyTorch on 50 scenes")
    args = parser.parse_args()
    if args.step == "miniature":
        args.preset = "miniature"
    contrast, draws = args.step.endswith("-contrast"), args.step.endswith("-draw")
    args.preset = args.preset or ("contrast" if contrast else "toy" if draws else "cpu")
    args.minutes = args.minutes or (None if draws else 90)
    args.run = args.run or ("run-world" if args.step.endswith("-world") else None)
    args.run = args.run or "run-" + args.preset
    places = Places(args)
    if args.packed:
        import pack as packer
        packer.unpack(args.packed, places, not contrast)
    STEPS[args.step](args, places, (CONTRAST if contrast else DRAW if draws else PRESETS)[args.preset])


if __name__ == "__main__":
    main()
