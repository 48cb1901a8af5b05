# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop: resumable, bounded by time, at home on one slow core as on a GPU.

The curriculum and the learning rate follow the share of `minutes` that has passed, so the same preset
makes the best of whatever time there is.
"""
import collections
import json
import math
import os
import signal
import time

import numpy as np
import torch

import augment
import export
import keep
import losses
import start
from network import Florence2
from presets import FIRST_SHARES, PHOTOGRAPH_SHARES
from tasks import TaskWriter

AVERAGE = 0.995                # decay of the averaged weights, which are what is exported
MEASURES = ("class", "right", "box", "name", "words", "places", "error", "look", "memory", "memory_name", "memory_error",
            "norm")            # of a step, as they stand in the log


def fourier(places, width):
    """Returns features [len(places), width] of coordinates 0..1: near places have like features."""
    k = torch.arange(width // 2).float() * (24 / (width // 2)) + 0.25
    angle = torch.as_tensor(places).float()[:, None] * k * 2 * math.pi
    fade = torch.exp(-k / 10)
    x = torch.cat([torch.sin(angle) * fade, torch.cos(angle) * fade], 1)
    return torch.nn.functional.pad(x, (0, width - x.shape[1])) / x.std()


@torch.no_grad()
def start_from_fourier(model, tokenizer):
    """Location tokens and image positions start as features of the coordinate they stand for."""
    d = model.shape.d_model
    embedding = model.model.language_model.shared.weight
    embedding[tokenizer.loc0:tokenizer.loc0 + 1000] = 0.02 * fourier((torch.arange(1000) + 0.5) / 1000, d)
    place = model.model.multi_modal_projector.image_position_embed
    for table in (place.row_embeddings.weight, place.column_embeddings.weight):
        u = (torch.arange(len(table)) + 0.5) / model.shape.grid
        table.copy_(0.5 * fourier(u, table.shape[1]))


def halves(device):
    """Whether the device multiplies in bfloat16 faster than in float32: cards do, of processors only the newer ones,
    while the others take seven times as long."""
    return torch.device(device).type != "cpu" or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


class Trainer:
    def __init__(self, preset, tokenizer, concepts, folder, device="cpu", compiled=False):
        self.preset, self.tokenizer, self.folder, self.device = preset, tokenizer, folder, device
        self.concepts = concepts
        preset.shape.vocabulary = tokenizer.vocabulary
        self.model = Florence2(preset.shape).to(device, memory_format=torch.channels_last)
        self.halves = halves(device)
        self.on_card = torch.device(device).type == "cuda"
        if self.on_card:
            self.model.fuse(losses.GUIDED_LAYERS)
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
            torch.backends.cuda.enable_cudnn_sdp(False)      # makes a plan for every new shape, for seconds a step
        start_from_fourier(self.model, tokenizer)
        self.helper = losses.Helper(preset.shape, [c.name for c in concepts], tokenizer).to(device)
        self.memory_helper = losses.MemoryHelper(preset.shape).to(device)
        self.see = torch.compile(self.model.see) if compiled else self.model.see
        everything = [p for m in (self.model, self.helper, self.memory_helper) for p in m.parameters()]
        decayed = [p for p in everything if p.ndim > 1]
        plain = [p for p in everything if p.ndim <= 1]
        self.optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.05},
                                            {"params": plain, "weight_decay": 0.0}],
                                           lr=preset.rate, betas=(0.9, 0.98),
                                           **({"fused": True} if self.on_card else {"foreach": True}))
        self.average = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.step, self.scenes, self.seconds, self.asked = 0, 0, 0.0, 0
        self.warm_from = 0
        self.helpers_alone = 0                   # steps in which the helpers learn and teach nothing yet
        self.log = []

    # -- state -----------------------------------------------------------------------------------

    def go_on_from(self, weights, progress):
        """Goes on from what `keep` wrote: the curriculum where it was, optimizer and helpers from nothing."""
        self.model.load_state_dict(start.tensors_of(weights))
        self.average = {k: v.clone() for k, v in self.model.state_dict().items()}
        for key in ("step", "scenes", "asked", "seconds"):
            setattr(self, key, progress[key])
        self.warm_from, self.helpers_alone = self.step, self.step + self.preset.warm_up

    def keep(self, folder):
        """Writes what another machine can go on from, and what is the model when the time is up."""
        keep.write(folder, export.weights(self.average), export.files(self.preset, self.tokenizer),
                   {key: getattr(self, key) for key in ("step", "scenes", "asked", "seconds")})

    def start_from(self, folder):
        """Starts from an exported folder; the helpers, which are not in it, learn for themselves at first."""
        translated = start.translations(self.tokenizer, self.concepts, self.preset.languages)
        start.load(folder, self.model, self.tokenizer, translated)
        self.average = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.helpers_alone = self.preset.warm_up

    def save(self, name="checkpoint.pt"):
        state = {"model": self.model.state_dict(), "helper": self.helper.state_dict(),
                 "memory_helper": self.memory_helper.state_dict(), "average": self.average,
                 "optimizer": self.optimizer.state_dict(), "step": self.step, "scenes": self.scenes,
                 "asked": self.asked, "seconds": self.seconds, "log": self.log,
                 "helpers_alone": self.helpers_alone}
        torch.save(state, self.folder / (name + ".part"))
        os.replace(self.folder / (name + ".part"), self.folder / name)

    def load(self, path):
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.helper.load_state_dict(state["helper"], strict=False)
        if "memory_helper" in state:
            self.memory_helper.load_state_dict(state["memory_helper"])
        if len(state["optimizer"]["param_groups"][0]["params"]) == len(self.optimizer.param_groups[0]["params"]):
            self.optimizer.load_state_dict(state["optimizer"])
        else:                                    # a part was added or dropped: warm up again
            self.warm_from = state["step"]
        self.average = state["average"]
        self.helpers_alone = state.get("helpers_alone", 0)
        for key in ("step", "scenes", "asked", "seconds", "log"):
            setattr(self, key, state[key])

    # -- one step --------------------------------------------------------------------------------

    def rate(self, progress):
        warm = min(1.0, (self.step + 1 - self.warm_from) / self.preset.warm_up)
        return self.preset.rate * warm * (0.5 + 0.5 * math.cos(math.pi * min(progress, 1.0))) + 1e-6

    def move(self, batch):
        """Returns a batch as tensors on the device, all of its own."""
        own = lambda array: torch.from_numpy(array).to(self.device, copy=True)
        moved = {k: own(batch[k]) for k in ("pixels", "classes", "boxes")}
        moved["groups"] = [{k: own(v) for k, v in group.items()} for group in batch["groups"]]
        if batch["groups"]:                      # a question of each picture is enough for the memory helper
            moved["firsts"] = own(np.unique(batch["groups"][0]["owner"], return_index=True)[1])
        return moved

    def learn(self, batch, progress):
        """One step on what `move` gave; returns the MEASURES as a tensor that is still on the device, so that nothing
        waits for it."""
        device = self.device
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate(progress)
        pixels = augment.prepared(batch["pixels"], torch.Generator().manual_seed(self.step))
        tensors = {k: batch[k] for k in ("classes", "boxes")}
        sigma = (self.preset.sigma - 1.5) * (1 - progress) + 1.5
        alone = self.step < self.helpers_alone
        taught = lambda x: x.detach() if alone else x
        table = losses.gaussian_table(sigma).to(device)
        nothing = torch.zeros((), device=device)
        sums = dict.fromkeys(("words", "n_words", "places", "n_places", "error", "look", "memory", "memory_name",
                              "memory_error"), nothing)
        loc0, weights = self.tokenizer.loc0, []
        with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=self.halves):
            features, tokens = self.see(pixels)
            embedding = self.model.model.language_model.shared.weight
            class_loss, box_loss, name_loss, right, box_error = self.helper(
                taught(features), taught(tokens), taught(embedding), tensors)
            total, answers = class_loss + 2 * box_loss + 0.7 * name_loss, 0.0
            for number, group in enumerate(batch["groups"]):
                memory, mask = self.model.encode(tokens[group["owner"]], group["prompt"], group["prompt"] != 1)
                if number == 0:
                    first = batch["firsts"]
                    owner = group["owner"][first]
                    places, name, error = self.memory_helper(
                        taught(memory[first, 1:tokens.shape[1]]), {k: v[owner] for k, v in tensors.items()},
                        taught(embedding), self.helper.name_weights @ taught(embedding), loc0, table)
                    total = total + places + 0.5 * name
                    sums["memory"], sums["memory_name"] = places.detach() - losses.entropy_of(sigma), name.detach()
                    sums["memory_error"] = error / 10
                answer = group["answer"]
                fed = torch.cat([torch.full_like(answer[:, :1], 2), answer[:, :-1].clamp(min=1)], 1)
                hidden, looks = self.model.decode(fed, memory, mask)
                keep = answer >= 0
                weight = (8 / keep.sum(1, keepdim=True)).sqrt().expand_as(answer)   # long answers count less a token
                keep[:, 0] = False               # always <s>: nothing to learn
                logits = self.model.logits(hidden[keep])
                loss, *counts = losses.answer_loss(logits, answer[keep], weight[keep], group["inside"][keep],
                                                         loc0, table)
                answers = answers + loss
                weights.append(weight[keep].sum())
                for key, value in zip(("words", "n_words", "places", "n_places", "error"), counts):
                    sums[key] = sums[key] + value
                look = losses.guidance_loss(looks, group["look"])
                total = total + 0.3 * look / len(batch["groups"])
                sums["look"] = sums["look"] + look.detach() / len(batch["groups"])
        if weights:
            total = total + 2.5 * answers / sum(weights)
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        with torch.no_grad():
            decay = min(AVERAGE, (self.step + 1) / (self.step + 10))
            state = [(self.average[k], v) for k, v in self.model.state_dict().items()]
            torch._foreach_lerp_([a for a, _ in state], [v for _, v in state], 1 - decay)
        self.step += 1
        self.scenes += len(batch["pixels"])
        self.asked += sum(len(g["owner"]) for g in batch["groups"])
        n_places = sums["n_places"].clamp(min=1)
        values = {"class": class_loss, "right": right, "box": box_error, "name": name_loss,
                  "words": sums["words"] / sums["n_words"].clamp(min=1),
                  "places": sums["places"] / n_places - losses.entropy_of(sigma), "error": sums["error"] / n_places / 10,
                  "look": sums["look"], "memory": sums["memory"], "memory_name": sums["memory_name"],
                  "memory_error": sums["memory_error"], "norm": norm}
        return torch.stack([values[name].detach().float() for name in MEASURES])

    # -- the whole run -----------------------------------------------------------------------------

    def run(self, source, minutes, save_minutes=4, kept=None, again=0, stop=lambda: False, report=print):
        """Trains on the batches of `source` until `minutes` of training time (all runs together) are over.  With `kept`,
        a folder, the state is written there too.  With `again`, a device that is faster than the composing learns from
        the last so many batches once more rather than wait; their light, blur and noise are others each time."""
        told, saved = time.monotonic(), time.monotonic()
        sums, count, composed = 0.0, 0, 0
        seen, chance = collections.deque(maxlen=again), np.random.default_rng(self.step)
        halt = []
        signal.signal(signal.SIGTERM, lambda *_: halt.append(True))
        try:
            while self.seconds < minutes * 60 and not halt and not stop():
                began = time.monotonic()
                progress = self.seconds / (minutes * 60)
                if seen and not source.is_ready():
                    batch = seen[chance.integers(len(seen))]
                else:
                    batch = self.move(source.next(progress))
                    seen.append(batch)
                    composed += 1
                sums = sums + self.learn(batch, progress)
                count += 1
                now = time.monotonic()
                if now - told > 20:
                    line = {"minutes": round(self.seconds / 60, 2), "step": self.step, "scenes": self.scenes,
                            "asked": self.asked, "scenes_a_second": round(count * self.preset.batch / (now - told), 1),
                            "composed_a_second": round(composed * self.preset.batch / (now - told), 1),
                            "waiting": round(source.waited / (now - told), 3)}
                    line |= {name: round(value / count, 4) for name, value in zip(MEASURES, sums.tolist())}
                    self.log.append(line)
                    report(json.dumps(line), flush=True)
                    told, sums, count, composed, source.waited = now, 0.0, 0, 0, 0.0
                if now - saved > save_minutes * 60:
                    self.save()
                    if kept:
                        self.keep(kept)
                    saved = now
                self.seconds += time.monotonic() - began
        finally:
            source.stop()
            self.save()
            if kept:
                self.keep(kept)

    def measure(self, source, seconds):
        """Returns scenes a second of composing alone, of learning alone, and of both together; nothing is kept."""
        scenes = self.preset.batch
        wait = lambda: torch.cuda.synchronize() if self.on_card else None
        batch = source.next(1.0)                 # the first ones come late: the workers have just begun

        def rate(step):
            wait()
            began, count = time.monotonic(), 0
            while time.monotonic() - began < seconds / 3 or not count:
                step()
                count += 1
            wait()
            return count * scenes / (time.monotonic() - began)

        for _ in source.slots:                   # what was made ahead is no measure
            batch = source.next(1.0)
        composing = rate(lambda: source.next(1.0))
        batch = self.move(batch)
        self.learn(batch, 1.0)                   # compiles, allocates
        learning = rate(lambda: self.learn(batch, 1.0))
        together = rate(lambda: self.learn(self.move(source.next(1.0)), 1.0))
        source.stop()
        return composing, learning, together


def writers(preset, concepts):
    """Returns the question writers of the first stage, of the rest, and about photographs."""
    return tuple(TaskWriter(concepts, shares, preset.max_points, preset.fixed_points, preset.languages, preset.absent,
                            preset.kinds, preset.near)
                 for shares in (FIRST_SHARES, preset.shares, PHOTOGRAPH_SHARES))
