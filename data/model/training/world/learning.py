# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop: scenes with equally many balls in a batch, some mirrored, loss over all changes but the first."""
import math
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from contrast.muon import Muon
from world import tokens as T
from world.network import World

TOKENS = 2000          # of a batch
RATE, TABLE_RATE = 0.02, 3e-3
MISSING = 0.02         # of what was seen that is not, so that the rest must tell
WARM = 80


def batches(scenes, rng):
    """What tokens.write() makes of all scenes in random order, for ever."""
    kinds = [np.flatnonzero((scenes.balls == n) & ((scenes.throw_frame >= 0) == thrown)
                            & ((scenes.obstacles[:, 0] > 0) == blocked))
             for n in range(1, T.BALLS + 1) for thrown in (False, True) for blocked in (False, True)]
    while True:
        parts = []
        for rows in kinds:
            if len(rows):
                n = TOKENS // (scenes.balls[rows[0]] * (2 * T.FRAMES + 1))
                rows = rng.permutation(rows)
                parts += [rows[i:i + n] for i in range(0, len(rows), n)]
        for i in rng.permutation(len(parts)):
            yield batch(scenes, parts[i], rng)


def batch(scenes, rows, rng=None):
    n = scenes.balls[rows[0]]
    places = scenes.places[rows][:, :, :n].copy()
    throw = scenes.throw[rows].copy()
    obstacles = scenes.obstacles[rows].copy() if scenes.obstacles[rows[0], 0] > 0 else None
    if rng is not None:
        mirrored = rng.random(len(rows)) < 0.5
        places[mirrored, ..., 0] = T.SIDE - places[mirrored, ..., 0]
        throw[mirrored, 0] *= -1
        if obstacles is not None:
            obstacles[mirrored] = mirror(obstacles[mirrored])
    throws = (scenes.throw_frame[rows], scenes.throw_ball[rows], throw) if scenes.throw_frame[rows[0]] >= 0 else None
    return T.write(places, scenes.radii[rows][:, :n], throws, obstacles)


def mirror(obstacles):
    """Of kind, left, right, top: the box stays one, a ramp becomes the other."""
    kind, left, right, top = obstacles.T
    return np.stack((np.where(kind > 1, 5 - kind, kind), T.SIDE - right, T.SIDE - left, top), 1)


def loss_of(network, words, index, changes, rng=None):
    """Mean, in nats a displacement. What comes before the second frame is seen nobody can know."""
    words, index, changes = (torch.from_numpy(a) for a in (words, index[:, 2:], changes[:, 2:]))
    if rng is not None:
        words = torch.where(torch.from_numpy(rng.random(words.shape) < MISSING) & (words >= T.PLACE), T.MASK, words)
    return F.cross_entropy(network.logits(network(words), index).flatten(0, -2), changes.flatten())


def begin_with(network, folder):
    """The weights of an exported folder, whose words are the first ones: obstacles came later."""
    stored = {n.removeprefix("model."): t.float() for n, t in load_file(folder / "model.safetensors").items()
              if n.startswith("model.")}
    with torch.no_grad():
        for name, p in network.named_parameters():
            n = min(len(stored[name]), T.OBSTACLE) if name == "embed_tokens.weight" else len(p)
            p[:n] = stored[name][:n]


def learn(scenes, held_out, minutes, most_minutes, checkpoint, seed=1, say=print, start=None):
    """For so many minutes of one processor in all, or so many by the clock from now on where others want it too.

    Goes on with the checkpoint that is there; the rate follows the share of all the time. What begins with weights that
    are good already (start) learns at a lower one.
    """
    torch.manual_seed(seed)
    network = World()
    if start:
        begin_with(network, start)
    gentle = 0.2 if start else 1
    inner = [p for n, p in network.named_parameters() if p.ndim == 2 and "embed" not in n]
    outer = [p for n, p in network.named_parameters() if p.ndim == 1 or "embed" in n]
    muon = Muon(inner, decay=0.02)
    adam = torch.optim.AdamW(outer, TABLE_RATE, betas=(0.9, 0.97), weight_decay=0)
    parts = {"network": network, "muon": muon, "adam": adam}
    spent = step = seen = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(state[name])
        spent, step, seen = state["spent"], state["step"], state["seen"]
    rng = np.random.default_rng((seed, step))
    say(f"{sum(p.numel() for p in network.parameters())} parameters, {spent:.0f} s so far")

    def keep():
        torch.save({n: p.state_dict() for n, p in parts.items()} | {"spent": spent, "step": step, "seen": seen},
                   checkpoint.with_suffix(".part"))
        checkpoint.with_suffix(".part").replace(checkpoint)
        say(f"step {step} loss {np.mean(recent[-50:] or [0]):.4f} held out {measure(network, held_out):.4f} "
            f"with obstacles {measure(network, held_out, True):.4f} "
            f"tokens {seen} processor {spent:.0f} s clock {time.time() - began:.0f} s")

    before, start, began, kept, recent = spent, time.process_time(), time.time(), time.time(), []
    for words, index, changes in batches(scenes, rng):
        spent = before + time.process_time() - start
        share = max(spent / minutes, (time.time() - began) / most_minutes) / 60
        if share >= 1:
            break
        rate = min(1, (step + 1) / WARM) * min(1, (1 - share) / 0.6)       # held, then down to nothing
        for optimizer, most in ((muon, RATE), (adam, TABLE_RATE)):
            for group in optimizer.param_groups:
                group["lr"] = most * rate * gentle
        loss = loss_of(network, words, index, changes, rng)
        muon.zero_grad()
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        muon.step()
        adam.step()
        step, seen = step + 1, seen + words.size // 2
        recent.append(loss.item())
        if time.time() - kept > 60:
            kept = time.time()
            keep()
    keep()
    return network


def plain(scenes, balls, blocked=False):
    """Which have so many, no throw, and an obstacle or none."""
    return np.flatnonzero((scenes.balls == balls) & (scenes.throw_frame < 0)
                          & ((scenes.obstacles[:, 0] > 0) == blocked))


@torch.no_grad()
def measure(network, scenes, blocked=False):
    total, n = 0.0, 0
    for balls in range(1, T.BALLS + 1):
        rows = plain(scenes, balls, blocked)
        if len(rows):
            words, index, changes = batch(scenes, rows)
            total += loss_of(network, words, index, changes).item() * index.size
            n += index.size
    return total / max(n, 1)


@torch.no_grad()
def surprises(network, scenes, frames, blocked=False):
    """Of each scene without a throw, with an obstacle or without: mean of minus log-likelihoods of its first frames, as the engine has it."""
    found = []
    for balls in range(1, T.BALLS + 1):
        rows = plain(scenes, balls, blocked)
        if not len(rows):
            continue
        words, index, changes = (torch.from_numpy(a) for a in batch(scenes, rows))
        logits = network.logits(network(words), index[:, 2:frames])
        each = F.cross_entropy(logits.flatten(0, -2), changes[:, 2:frames].flatten(), reduction="none")
        found.append(each.view(len(rows), -1).mean(1).numpy())
    return np.concatenate(found)
