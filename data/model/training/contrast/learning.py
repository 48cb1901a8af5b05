# SPDX-License-Identifier: GPL-3.0-or-later
"""Losses, the stages and the loop.

Each step shows B pictures and reads all names, each in some language, with 1.5 B texts about the pictures. Three
things are learnt from the cosines: which name (of a picture), which text and which picture (of one another: InfoNCE,
where several may be right), and whether a text is true of a picture (a sigmoid, as in SigLIP). A linear map of the
cells' states, dropped at export, names the things in the cells.
"""
import collections
import copy
import math
import multiprocessing
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import augment
from contrast import queries
from contrast.muon import Muon
from contrast.towers import Towers

# The pictures' own normalisation: what the published CLIP files have.
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


SHORT = 6                      # ids of a text that is read with the short ones
AGAIN = 0.5                    # share of a batch that was shown before and comes again, mirrored
KEPT = 2000                    # pictures that may come again


class Teacher(nn.Module):
    """What is learnt with and not exported: the map of the cells and the sigmoid's shift."""

    def __init__(self, shape):
        super().__init__()
        self.cells = nn.Linear(shape.width, shape.space)
        self.shift = nn.Parameter(torch.tensor(-6.0))


def padded(pieces, texts, longest):
    """Returns groups of (places in `texts`, ids [T, n], place of the end of each): short texts are read apart."""
    rows = [pieces.encode(text, longest) for text in texts]
    groups = []
    for short in (True, False):
        places = [i for i, row in enumerate(rows) if (len(row) <= SHORT) == short]
        if places:
            n = max(len(rows[i]) for i in places)
            groups.append((torch.tensor(places), torch.tensor([rows[i] + [pieces.end] * (n - len(rows[i])) for i in places]),
                           torch.tensor([len(rows[i]) - 1 for i in places])))
    return groups


def read(towers, groups):
    """Returns the unit vectors of the texts of `padded`, in their order."""
    places = torch.cat([g[0] for g in groups])
    vectors = torch.cat([towers.words(ids, ends) for _, ids, ends in groups])
    return vectors[places.argsort().to(vectors.device)]


def _which(logits, right, decided):
    """Cross entropy of each row where several columns may be right; rows with none right or wrong say nothing."""
    rows = (right.any(1) & (decided & ~right).any(1)).nonzero().flatten()
    if not len(rows):
        return logits.sum() * 0
    open_ = logits[rows].masked_fill(~decided[rows], float("-inf"))
    return (open_.logsumexp(1) - open_.masked_fill(~right[rows], float("-inf")).logsumexp(1)).mean()


class Batches:
    """Pictures, texts and what is true, as tensors; every batch follows from the seed and its number."""

    def __init__(self, maker, phrases, pieces, preset, seed):
        self.maker, self.phrases, self.pieces, self.preset, self.seed = maker, phrases, pieces, preset, seed
        self.side, self.kept = 0, collections.deque(maxlen=KEPT)

    def _shown(self, rng, side, count, scenes):
        fresh = count if len(self.kept) < KEPT // 4 else count - int(AGAIN * count)
        shown = [self.maker.make(rng, side, scenes) for _ in range(fresh)]
        again = [self.kept[rng.integers(len(self.kept))] for _ in range(count - fresh)]
        self.kept += shown
        grid = side // self.preset.shape.patch
        return shown + [(p[:, ::-1], s, c.reshape(grid, grid)[:, ::-1].reshape(-1)) for p, s, c in again]

    def make(self, number, side, count, scenes):
        rng = np.random.default_rng((self.seed, number % 2**32))
        if side != self.side:
            self.side, self.kept = side, collections.deque(maxlen=KEPT)
        shown = self._shown(rng, side, count, scenes)
        seen = [s for _, s, _ in shown]
        # Names of what is there, and as many again.
        there = sorted(set().union(*(s.things for s in seen)))
        others = np.setdiff1d(np.arange(len(self.phrases.concepts)), there)
        named = there + sorted(rng.permutation(others)[:max(8, len(there))].tolist())
        texts = [self.phrases.name(rng, c) for c in named]
        claims = [[queries.Claim(c)] for c in named]
        for i in range(0, count, 2):
            true = self.phrases.about(rng, seen[i])
            for kind in (true, self.phrases.astray(rng, true))[:1 + i // 2 % 2]:
                claims.append(kind)
                texts.append(self.phrases.write(rng, kind))
        place = np.full(len(self.phrases.concepts) + 1, -1)
        place[named] = np.arange(len(named))
        taught = np.stack([c for _, _, c in shown])
        return {"pixels": np.stack([p for p, _, _ in shown]), "cells": torch.from_numpy(place[taught]),
                "texts": padded(self.pieces, texts, self.preset.shape.longest),
                "truth": torch.from_numpy(queries.truth(claims, seen)), "names": len(named)}


def _numbers(batch):
    """A batch without tensors, which processes hand over by a file each; or one with them again."""
    change = {np.ndarray: torch.from_numpy, torch.Tensor: torch.Tensor.numpy}
    return {k: [tuple(change[type(t)](t) for t in group) for group in v] if k == "texts" else
            change[type(v)](v) if k in ("cells", "truth") else v for k, v in batch.items()}


def _work(batches, orders, results):
    os.nice(5)                                   # where all cores are busy, the one that learns goes first
    torch.set_num_threads(1)
    while True:
        results.put(_numbers(batches.make(*orders.get())))


class Composed:
    """The same batches from processes of their own, in the order in which they come; each has shown pictures of its
    own that come again."""

    def __init__(self, batches, workers):
        context = multiprocessing.get_context("fork")
        self.orders, self.results = context.Queue(), context.Queue()
        self.ahead, self.missing = 3 * workers, 0
        self.processes = [context.Process(target=_work, args=(batches, self.orders, self.results), daemon=True)
                          for _ in range(workers)]
        for process in self.processes:
            process.start()

    def make(self, number, side, count, scenes):
        """One that was ordered a moment ago, when a stage may not have been over."""
        while self.missing < self.ahead:
            self.orders.put((number + self.missing, side, count, scenes))
            self.missing += 1
        while True:
            try:
                batch = self.results.get(timeout=5)
                break
            except multiprocessing.queues.Empty:
                dead = [p.exitcode for p in self.processes if not p.is_alive()]
                if dead:
                    raise RuntimeError(f"a process that composes pictures ended with status {dead[0]}") from None
        self.missing -= 1
        return _numbers(batch)

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.join()


class Trainer:
    def __init__(self, preset, pieces, device="cpu"):
        self.preset, self.device = preset, device
        torch.backends.cuda.matmul.allow_tf32 = True
        preset.shape.vocabulary = pieces.vocabulary
        self.towers, self.teacher = Towers(preset.shape).to(device), Teacher(preset.shape).to(device)
        self.average = copy.deepcopy(self.towers)
        matrices, wide, rest = [], [], []
        for name, p in [*self.towers.named_parameters(), *self.teacher.named_parameters()]:
            kind = matrices if ".encoder." in name and p.ndim == 2 else wide if p.ndim > 1 and "token" not in name else rest
            kind.append(p)
        self.muon = Muon(matrices, decay=preset.decay)
        self.optimizer = torch.optim.AdamW([{"params": wide, "weight_decay": preset.decay},
                                            {"params": rest, "weight_decay": 0.0}], betas=(0.9, 0.98))
        self.step = self.seen = 0
        self.seconds = 0.0
        self.noise = torch.Generator().manual_seed(1)

    # -- state ----------------------------------------------------------------------------------

    def save(self, path):
        part = path.with_name(path.name + ".part")
        torch.save({"towers": self.towers.state_dict(), "teacher": self.teacher.state_dict(),
                    "average": self.average.state_dict(), "optimizer": self.optimizer.state_dict(),
                    "muon": self.muon.state_dict(), "step": self.step, "seen": self.seen, "seconds": self.seconds}, part)
        part.replace(path)

    def load(self, path):
        state = torch.load(path, map_location=self.device, weights_only=True)
        for name in ("towers", "teacher", "average", "optimizer", "muon"):
            getattr(self, name).load_state_dict(state[name])
        self.step, self.seen, self.seconds = state["step"], state["seen"], state["seconds"]

    def begin(self, batches):
        """What is taken from pictures before the first step."""
        side = self.preset.shape.image
        shown = [batches.make(-1 - i, side, 60, 0.5)["pixels"] for i in range(2)]
        self.towers.see(self._pixels(np.concatenate(shown)))
        self.average.load_state_dict(self.towers.state_dict())

    # -- learning -------------------------------------------------------------------------------

    def _pixels(self, pixels):
        x = augment.varied(torch.from_numpy(pixels).to(self.device).float().div_(255), self.noise)
        return (x - torch.tensor(MEAN, device=x.device)) / torch.tensor(STD, device=x.device)

    def losses(self, batch, progress):
        towers, count = self.towers, batch["names"]
        words = read(towers, [[t.to(self.device) for t in group] for group in batch["texts"]])
        pictures, cells = towers.pictures(self._pixels(batch["pixels"]))
        scale = towers.logit_scale.exp()
        logits = scale * pictures @ words.T
        truth = batch["truth"].to(self.device)
        right, decided = truth == queries.TRUE, truth != queries.UNDECIDED
        result = {"name": _which(logits[:, :count], right[:, :count], decided[:, :count]),
                  "text": _which(logits[:, count:], right[:, count:], decided[:, count:]),
                  "picture": _which(logits.T, right.T, decided.T)}
        true = F.binary_cross_entropy_with_logits(logits + self.teacher.shift, right.float(), reduction="none")
        result["true"] = (true * decided).sum() / len(pictures)
        known = batch["cells"].to(self.device)
        chosen = (known >= 0).nonzero(as_tuple=True)
        if len(chosen[0]):
            states = F.normalize(self.teacher.cells(cells[chosen]), dim=-1)
            result["cell"] = F.cross_entropy(20 * states @ words[:count].T, known[chosen], label_smoothing=0.05)
        weights = {"name": 1.0, "text": 0.4, "picture": 0.5, "true": 0.15, "cell": 0.6 * (1 - 0.6 * progress)}
        return sum(weights[name] * loss for name, loss in result.items()), result

    def learn(self, batch, progress):
        share = min(1.0, (self.step + 1) / self.preset.warm_up)
        share *= 0.02 + 0.49 * (1 + math.cos(math.pi * min(1.0, progress)))
        for optimizer, rate in ((self.optimizer, self.preset.rate), (self.muon, self.preset.turn)):
            for group in optimizer.param_groups:
                group["lr"] = rate * share
        total, parts = self.losses(batch, progress)
        self.optimizer.zero_grad()
        self.muon.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(self.towers.parameters(), 1.0)
        self.optimizer.step()
        self.muon.step()
        with torch.no_grad():
            self.towers.logit_scale.clamp_(0, math.log(100))
            share = 1 - min(self.preset.average, (self.step + 1) / (self.step + 10))
            for mean, now in zip(self.average.parameters(), self.towers.parameters()):
                mean.lerp_(now, share)
        self.step += 1
        self.seen += len(batch["pixels"])
        return {name: loss.item() for name, loss in parts.items()}

    def train(self, batches, minutes, checkpoint, save_minutes, until=None):
        """Goes on until `minutes` of processor time in all, or until the clock says `until`; rate and stages follow the
        share that has passed of whichever ends first. On a machine that others use the schedule so keeps its form."""
        done, busy, began, saved, lines = self.seconds, time.process_time(), time.time(), time.time(), []
        while True:
            self.seconds = done + time.process_time() - busy
            late = (time.time() - began) / max(until - began, 1) if until else 0
            progress = max(self.seconds / (60 * minutes), late)
            if progress >= 1:
                break
            _, side, count, scenes = next(s for s in self.preset.stages if progress < s[0])
            lines.append(self.learn(batches.make(self.step, side, count, scenes), progress))
            if self.step % 20 == 0:
                mean = {name: sum(line.get(name, 0) for line in lines) / len(lines) for name in lines[-1]}
                print(f"step {self.step}, {self.seen} pictures, {self.seconds / 60:.1f} min, {100 * progress:.0f} %, "
                      f"{side} px: " + ", ".join(f"{name} {value:.3f}" for name, value in mean.items()), flush=True)
                lines = []
            if time.time() - saved > 60 * save_minutes:
                self.save(checkpoint)
                saved = time.time()
        self.save(checkpoint)
