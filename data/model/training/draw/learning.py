# SPDX-License-Identifier: GPL-3.0-or-later
"""Two loops: pictures to codes and back, then codes from words. Scenes are made as they are needed, none is seen
twice."""
import time

import numpy as np
import torch
import torch.nn.functional as F

from contrast.muon import Muon
from draw import scenes
from draw.codes import Codes
from draw.network import Ofa
from draw.words import PAD, Words

HELD_OUT = 4_000_000_000       # seeds of scenes that are only looked at
DROPPED = 0.05                 # of the captions, so that words can be turned up against none
WARM = 60
EDGES = 8.0                    # how much more pixels count where something begins


def scene_of(seed, things, **more):
    rng = np.random.default_rng(seed)
    scene = scenes.make(rng, things, **more)
    return scene, scenes.say(rng, scene)


def crowd(rng, things):
    """A scene of up to five different things, for those that learn no words."""
    while True:
        scene = scenes.Scene("pair", [scenes.draw_thing(rng, things) for _ in range(int(rng.integers(1, 6)))], "",
                             scenes.PLACES[rng.integers(3)])
        if not scenes.is_kept(scene) and scenes.scatter(rng, scene.things, scenes.FINE):
            return scene


def pictures(found, side, device="cpu"):
    """[N, 3, S, S] of -1 to 1."""
    x = np.stack([scenes.paint(s, side) for s in found])
    return torch.from_numpy(x).permute(0, 3, 1, 2).to(device) * 2 - 1


def padded(ids, device="cpu"):
    n = max(map(len, ids))
    rows = torch.tensor([i + [PAD] * (n - len(i)) for i in ids], device=device)
    return rows, rows != PAD


def optimizers_of(network, p, is_matrix):
    """Those of (the matrices, all else), each with its rate."""
    inner = [w for n, w in network.named_parameters() if is_matrix(n, w)]
    outer = [w for n, w in network.named_parameters() if not is_matrix(n, w)]
    return [(Muon(inner, decay=0.02), p.rate[0]),
            (torch.optim.AdamW(outer, p.rate[1], betas=(0.9, 0.97), weight_decay=0), p.rate[1])]


class Clock:
    """How much of a stage is over: by the processor's time, or by the clock where others want the processor too."""

    def __init__(self, minutes, until, state):
        self.minutes, self.until = minutes, until or 1e12
        self.before, self.began = state.get("spent", 0.0), state.get("began", time.time())
        self.start = time.process_time()

    @property
    def spent(self):
        return self.before + time.process_time() - self.start

    @property
    def share(self):
        return max(self.spent / 60 / self.minutes, (time.time() - self.began) / max(1, self.until - self.began))


class Source:
    """Numbers of scenes to batches, in processes of their own where there are some."""

    def __init__(self, make, workers):
        self.make, self.workers = make, workers

    def __iter__(self):
        if not self.workers:
            step = 0
            while True:
                yield self.make(step)
                step += 1
        loader = torch.utils.data.DataLoader(_Endless(self.make), batch_size=None, num_workers=self.workers,
                                             prefetch_factor=4)
        yield from loader


class _Endless(torch.utils.data.IterableDataset):
    def __init__(self, make):
        self.make = make

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        step = info.id
        while True:
            yield self.make(step)
            step += info.num_workers


def run(parts, optimizers, loss_of, source, clock, checkpoint, state, say, save=60):
    """optimizers: [(optimizer, rate)].  Goes on until the clock says so; what is kept is enough to go on."""
    step, kept, recent = state.get("step", 0), time.time(), []

    def keep():
        torch.save({n: p.state_dict() for n, p in parts.items()} | dict(spent=clock.spent, began=clock.began, step=step),
                   checkpoint.with_suffix(".part"))
        checkpoint.with_suffix(".part").replace(checkpoint)
        say(f"step {step} loss {np.mean(recent[-100:] or [0]):.4f} share {clock.share:.2f} spent {clock.spent:.0f} s")

    for batch in source:
        share = clock.share
        if share >= 1:
            break
        for optimizer, most in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = most * min(1, (step + 1) / WARM) * min(1, (1 - share) / 0.6 + 0.01)
            optimizer.zero_grad()
        loss = loss_of(batch)
        loss.backward()
        for optimizer, _ in optimizers:
            torch.nn.utils.clip_grad_norm_([w for g in optimizer.param_groups for w in g["params"]], 1.0)
            optimizer.step()
        step += 1
        recent.append(float(loss.detach()))
        if time.time() - kept > save:
            kept = time.time()
            keep()
    keep()


def load(checkpoint, parts, device):
    if not checkpoint.exists():
        return {}
    state = torch.load(checkpoint, weights_only=True, map_location=device)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return state


# -- pictures to codes -------------------------------------------------------------------------------------------

def picture_loss(drawn, wanted):
    """Edges count more: most of a picture is background."""
    slope = torch.zeros_like(wanted[:, :1])
    across, down = wanted.diff(dim=3).abs().amax(1, True), wanted.diff(dim=2).abs().amax(1, True)
    slope[..., 1:] += across
    slope[..., :-1] += across
    slope[..., 1:, :] += down
    slope[..., :-1, :] += down
    weight = 1 + EDGES * F.max_pool2d(slope.clamp(max=1), 3, 1, 1)
    error = drawn - wanted
    return (weight * (error.square() + 0.1 * error.abs())).sum() / (weight.sum() * 3)


def psnr(codes, p, n=64, device="cpu"):
    found = [scene_of((HELD_OUT, i), p.things)[0] for i in range(n)]
    x = pictures(found, p.side, device)
    with torch.no_grad():
        drawn, index = codes(x)
    error = ((drawn.clamp(-1, 1) - x) / 2).square().mean((1, 2, 3)).clamp(min=1e-10)
    return float((-10 * error.log10()).mean()), len(index.unique())


def learn_codes(p, checkpoint, minutes, until=None, seed=1, device="cpu", workers=0, say=print):
    torch.manual_seed(seed)
    codes = Codes(p).to(device)
    both = optimizers_of(codes, p, lambda n, w: w.ndim == 4 and "conv_out" not in n)
    parts = {"network": codes, "muon": both[0][0], "adam": both[1][0]}
    state = load(checkpoint, parts, device)
    first = state.get("step", 0)

    def make(step):
        rng = np.random.default_rng((seed, 1, first + step))
        found = [crowd(rng, p.things) if k % 4 else scenes.make(rng, p.things) for k in range(p.batch[0])]
        return pictures(found, p.side)

    def loss_of(x):
        x = x.to(device)
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            drawn, _ = codes(x)
        return picture_loss(drawn.float(), x)

    run(parts, both, loss_of, Source(make, workers), Clock(minutes, until, state), checkpoint, state, say)
    quality, used = psnr(codes, p, device=device)
    say(f"tokenizer: {quality:.2f} dB, {used} codes used by 64 pictures")
    return codes


# -- words to codes ----------------------------------------------------------------------------------------------

def batch_of(seeds, p, words, dropped=0.0):
    """Returns (pictures, ids, which of them are there)."""
    found, ids = [], []
    for seed in seeds:
        scene, caption = scene_of(seed, p.things)
        found.append(scene)
        ids.append(words.encode("" if np.random.default_rng((*seed, 7)).random() < dropped else caption))
    return (pictures(found, p.side), *padded(ids))


def held_out_loss(network, codes, p, words, device="cpu", n=96):
    with torch.no_grad():
        x, ids, there = (t.to(device) for t in batch_of([(HELD_OUT, i) for i in range(n)], p, words))
        wanted = codes.read(x)
        return float(F.cross_entropy(network(ids, there, wanted).flatten(0, 1).float(), wanted.flatten()))


def learn_words(p, codes, checkpoint, minutes, until=None, seed=1, device="cpu", workers=0, say=print):
    torch.manual_seed(seed + 1)
    words = Words(p.things)
    codes = codes.to(device).eval()
    network = Ofa(p, len(words)).to(device)
    both = optimizers_of(network, p, lambda n, w: w.ndim == 2 and "embed" not in n and "table" not in n)
    parts = {"network": network, "muon": both[0][0], "adam": both[1][0]}
    state = load(checkpoint, parts, device)
    first = state.get("step", 0)

    def make(step):
        start = (first + step) * p.batch[1]
        return batch_of([(seed, 2, start + k) for k in range(p.batch[1])], p, words, DROPPED)

    def loss_of(batch):
        x, ids, there = (t.to(device) for t in batch)
        with torch.no_grad():
            wanted = codes.read(x)
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            scores = network(ids, there, wanted)
        return F.cross_entropy(scores.flatten(0, 1).float(), wanted.flatten())

    def tell(text):
        say(f"{text} held out {held_out_loss(network, codes, p, words, device):.4f}" if text.startswith("step") else text)

    run(parts, both, loss_of, Source(make, workers), Clock(minutes, until, state),
        checkpoint, state, tell)
    return network
