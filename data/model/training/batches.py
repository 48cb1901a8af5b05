# SPDX-License-Identifier: GPL-3.0-or-later
"""Training batches as numpy arrays, made by processes of their own.

A batch holds pictures, what the helper head must say of each grid cell, and questions in two groups
(short and long answers) so that little of the decoder's work is padding.

Every scene has random numbers of its own, which follow from the seed, the batch's number and its place there: what is
trained on does not depend on how many processes make it.  Pictures travel in shared memory, since at 384 pixels a batch
of 512 takes 226 MB.
"""
import collections
import mmap
import multiprocessing
import os
import time

import numpy as np

import grammar

LONGEST = 88                   # ids of an answer; longer ones are left out
PADDED = 8                     # lengths are multiples of it: few shapes, and whole ones for the matrix units of cards


def cells(mask, grid):
    """Returns the share of each grid cell that a mask covers, [grid * grid]."""
    step = mask.shape[0] // grid
    rows = mask.reshape(grid, step, -1).sum(1, dtype=np.uint16)
    return rows.reshape(grid, grid, step).sum(2).reshape(-1) / (step * step)


def helper_targets(scene, covers, grid):
    """covers: `cells` of each object.  Returns (class of each cell or -1, box of the cell's object in 0..1)."""
    classes = np.full(grid * grid, -1, np.int64)
    boxes = np.zeros((grid * grid, 4), np.float32)
    best = np.full(grid * grid, 0.12)
    for o, cover in zip(scene.objects, covers):
        cover = np.where(cover >= 0.6 * cover.max(), np.maximum(cover, 0.121), cover)
        take = cover > best
        best[take] = cover[take]
        classes[take] = o.index
        boxes[take] = np.array(o.box, np.float32) / scene.width
    return classes, boxes


def encode(tokenizer, question):
    """Returns (answer ids with <s> and </s>, object index of each id or -1)."""
    ids, about = [0], [-1]
    for text, index in question.pieces:
        piece = tokenizer.encode(text)
        ids += piece
        about += [-1 if index is None else index] * len(piece)
    return ids + [2], about + [-1]


def inside_boxes(answer, loc0):
    """Returns for each id whether a box is begun before it and not complete: no word may stand there."""
    run, result = 0, []
    for i in answer:
        run = run + 1 if loc0 <= i < loc0 + grammar.BINS else 0
        result.append(run % 4 != 1 and run > 0)
    return result


def _group(items, grid, loc0):
    """items: (picture number, prompt ids, answer ids, about, covers).  Pads them into arrays."""
    n = len(items)
    whole = lambda length: -(-length // PADDED) * PADDED
    seen = 1 + grid * grid                       # tokens of the picture, in front of the prompt's
    p = whole(seen + max(len(i[1]) for i in items)) - seen
    t = whole(max(len(i[2]) for i in items))
    group = {"owner": np.array([i[0] for i in items]), "prompt": np.ones((n, p), np.int64),
             "answer": np.full((n, t), -100, np.int64), "inside": np.zeros((n, t), bool), "look": np.zeros((n, t, grid * grid), bool)}
    for k, (_owner, prompt, answer, about, covers) in enumerate(items):
        group["prompt"][k, :len(prompt)] = prompt
        group["answer"][k, :len(answer)] = answer
        group["inside"][k, :len(answer)] = inside_boxes(answer, loc0)
        for j, index in enumerate(about):
            if index >= 0:
                group["look"][k, j] = covers[index] >= min(0.12, 0.6 * covers[index].max())
    return group


class BatchMaker:
    """Makes batches for a stage.  `writers`: of questions in the first stage, in the rest, and about photographs."""

    def __init__(self, preset, maker, writers, tokenizer):
        self.preset, self.maker, self.tokenizer = preset, maker, tokenizer
        self.first, self.all, self.about_photographs = writers
        self.has_photographs = maker.photographs is not None
        self.grid = preset.shape.grid

    def make(self, seed, number, progress, pixels):
        """Returns batch `number` of a run at a share of its time; its pictures [B, S, S, 3] are written to `pixels`."""
        naming = progress < self.preset.naming
        progress = (progress - self.preset.naming) / (1 - self.preset.naming)
        helper, items = [], []
        for place in range(self.preset.batch):
            rng = np.random.default_rng((*seed, number, place))
            scene, picture, asked = self._naming(rng) if naming else self._asking(rng, progress)
            pixels[place] = np.asarray(picture)
            covers = [cells(o.mask, self.grid) for o in scene.objects]
            helper.append(helper_targets(scene, covers, self.grid))
            for q in asked:
                answer, about = encode(self.tokenizer, q)
                if len(answer) <= LONGEST:
                    items.append((place, [0] + self.tokenizer.encode(q.prompt) + [2], answer, about, covers))
        items.sort(key=lambda item: len(item[2]))
        cut = len(items) * 2 // 3
        return {"classes": np.stack([h[0] for h in helper]), "boxes": np.stack([h[1] for h in helper]),
                "groups": [_group(part, self.grid, self.tokenizer.loc0) for part in (items[:cut], items[cut:]) if part]}

    def _naming(self, rng):
        """Stage 0: mosaics of sprites, nothing to say in words."""
        scene, picture = self.maker.mosaic(rng, int(rng.choice([1, 2, 3], p=[0.1, 0.4, 0.5])), self._photograph(rng))
        return scene, picture, []

    def _asking(self, rng, progress):
        """Later stages: scenes with questions; more objects and all tasks as `progress` grows."""
        alone, pairs = self.preset.growth
        most = 1 if progress < alone else 2 if progress < pairs else self.preset.most
        asks = self.first if progress < self.preset.first else self.all
        if self._photograph(rng):
            if rng.random() < self.preset.whole:
                (scene, picture), asks = self.maker.photograph(rng), self.about_photographs
            else:
                scene, picture = self.maker.mosaic(rng, 2, tiles=True)
        elif progress > pairs and rng.random() < 0.06:
            scene, picture = self.maker.mosaic(rng, int(rng.choice([2, 3])))
        else:
            count = 1 if rng.random() < 0.15 else int(rng.integers(1, most + 1))
            scene, picture = self.maker.make(rng, count)
        return scene, picture, asks.some(rng, scene, self.preset.questions)

    def _photograph(self, rng):
        return self.has_photographs and rng.random() < self.preset.photographs


def _work(make, seed, slots, orders, results):
    maker = make()
    os.nice(5)                                   # where all cores are busy, the one that learns goes first
    while True:
        number, progress, slot = orders.get()
        began = time.process_time()
        batch = maker.make(seed, number, progress, slots[slot])
        results.put((number, slot, time.process_time() - began, batch))


class BatchSource:
    """Runs `make()` (which returns a BatchMaker) in worker processes and hands out their batches in order.

    The pictures of a batch are a view that is written again after the next call of `next`."""

    def __init__(self, make, seed, preset, workers=1, first=0):
        context = multiprocessing.get_context("fork")
        side = preset.shape.image
        size = (preset.batch, side, side, 3)
        # Anonymous maps are inherited, and need no room under /dev/shm, of which containers give little.
        self.slots = [np.frombuffer(mmap.mmap(-1, int(np.prod(size))), np.uint8).reshape(size)
                      for _ in range(2 * workers + 1)]
        self.orders, self.results = context.Queue(), context.Queue()
        self.free, self.ready, self.shown = collections.deque(range(len(self.slots))), {}, None
        self.ordered = self.wanted = first
        self.busy = self.waited = 0.0            # seconds of composing in all workers, of waiting for them here
        self.processes = [context.Process(target=_work, args=(make, seed, self.slots, self.orders, self.results),
                                          daemon=True) for _ in range(workers)]
        for process in self.processes:
            process.start()

    def next(self, progress):
        if self.shown is not None:
            self.free.append(self.shown)
        while self.free:
            self.orders.put((self.ordered, progress, self.free.popleft()))
            self.ordered += 1
        began = time.monotonic()
        while self.wanted not in self.ready:
            self._keep(*self._take())
        self.waited += time.monotonic() - began
        self.shown, batch = self.ready.pop(self.wanted)
        self.wanted += 1
        return batch | {"pixels": self.slots[self.shown]}

    def is_ready(self):
        """Whether `next` would return at once."""
        while self.wanted not in self.ready:
            try:
                self._keep(*self.results.get_nowait())
            except multiprocessing.queues.Empty:
                return False
        return True

    def _keep(self, number, slot, busy, batch):
        self.ready[number] = slot, batch
        self.busy += busy

    def _take(self):
        """A worker that was killed (for memory, say) must not leave the run waiting for ever."""
        while True:
            try:
                return self.results.get(timeout=5)
            except multiprocessing.queues.Empty:
                dead = [p.exitcode for p in self.processes if not p.is_alive()]
                if dead:
                    raise RuntimeError(f"a process that composes scenes ended with status {dead[0]}") from None

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.join()
