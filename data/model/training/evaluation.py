# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a checkpoint on fixed scenes that training never saw: seen styles on held-out backgrounds,
the held-out style, and the held-out cut-out photographs; and on whole photographs, where there are some.
Greedy decoding, fp32.
"""
import json
import time

import numpy as np
import torch
from PIL import Image

import grammar
import language
import outline
import photographs
from decoding import greedy, pixels, written
from network import Florence2
from presets import SHARES
from scene import SETS, scenes_of
from tasks import PROMPTS, TaskWriter
from tokenizer import Tokenizer


def iou(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    inter = max(w, 0) * max(h, 0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inter
    return inter / union if union > 0 else 0.0


def load(checkpoint, merges, preset, which="average"):
    tokenizer = Tokenizer.load(merges)
    preset.shape.vocabulary = tokenizer.vocabulary
    model = Florence2(preset.shape)
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model.load_state_dict(state[which])
    return model.eval(), tokenizer, state


def average_precision(found, wanted, threshold=0.5):
    """found: [(scene, label, box)] in no order of confidence (the model gives none); wanted: the truth.
    Returns the mean over labels of precision x recall at the one working point, which is the area under
    the interpolated curve when every detection has the same score."""
    labels = {label for _, label, _ in wanted}
    total = 0.0
    for label in labels:
        truth = [(s, b) for s, l, b in wanted if l == label]
        guess = [(s, b) for s, l, b in found if l == label]
        used, hits = set(), 0
        for s, b in guess:
            best = max(((iou(b, t), k) for k, (ts, t) in enumerate(truth) if ts == s and k not in used), default=(0, -1))
            if best[0] >= threshold:
                used.add(best[1])
                hits += 1
        total += (hits / len(guess) if guess else 0) * (hits / len(truth))
    return total / max(len(labels), 1)


class Judge:
    """Asks every question of one set of scenes and scores the answers."""

    def __init__(self, model, tokenizer, writer, scenes, device="cpu"):
        self.model, self.tokenizer, self.writer, self.scenes = model, tokenizer, writer, scenes
        with torch.no_grad():
            self.images = torch.cat([model.see(pixels([p for _, p in scenes[i:i + 25]]).to(device))[1]
                                     for i in range(0, len(scenes), 25)])

    def ask(self, task, seed):
        """Yields (scene number, scene, question, answer) for every scene that gives such a question."""
        for i, scene, q, answer in self.ask_surely(task, seed):
            yield i, scene, q, self.tokenizer.decode([token for token, _ in answer])

    def ask_surely(self, task, seed):
        """The same with each answer as (token, log-probability) pairs."""
        asked = []
        for i, (scene, _) in enumerate(self.scenes):
            rng = np.random.default_rng((seed, i))
            q = next((q for q in (self.writer.write(task, rng, scene) for _ in range(6)) if q), None)
            if q:
                asked.append((i, scene, q))
        for at in range(0, len(asked), 50):
            part = asked[at:at + 50]
            answers = written(self.model, self.tokenizer, self.images[[i for i, _, _ in part]],
                              [q.prompt for _, _, q in part])
            yield from ((i, s, q, a) for (i, s, q), a in zip(part, answers))

    def figures(self):
        result = {}
        size = self.scenes[0][0].width
        # Detection
        found, wanted, hits, named, total = [], [], 0, 0, 0
        for i, scene, q, answer in self.ask("<OD>", 11):
            guess = grammar.parse_boxes(answer, size, size)
            found += [(i, label, box) for label, box in guess]
            wanted += [(i, o.concept, o.box) for o in scene.objects]
            for o in scene.objects:
                total += 1
                hits += any(iou(b, o.box) >= 0.5 for _, b in guess)
                named += any(iou(b, o.box) >= 0.5 and l == o.concept for l, b in guess)
        result["detection mAP@50 (one working point)"] = average_precision(found, wanted)
        result["detection recall@0.5 with name"] = named / total
        result["detection recall@0.5 any name"] = hits / total
        result["detection precision@0.5 with name"] = sum(
            any(iou(b, o.box) >= 0.5 and l == o.concept for o in self.scenes[i][0].objects) for i, l, b in found) / max(len(found), 1)
        # Grounding: present things, then absent things
        right = total = empty = absent = 0
        for seed in (21, 22):
            for i, scene, q, answer in self.ask("<OPEN_VOCABULARY_DETECTION>", seed):
                boxes = [b for _, b in grammar.parse_boxes(answer, size, size)]
                if q.about:
                    total += 1
                    right += bool(boxes) and any(iou(boxes[0], scene.objects[k].box) >= 0.5 for k in q.about)
                else:
                    absent += 1
                    empty += not boxes
        result["grounding accuracy@0.5"] = right / total
        result["absent thing gives empty answer"] = empty / max(absent, 1)
        # Region to category
        answers = [grammar.clean(a).strip() == q.answer for _, _, q, a in self.ask("<REGION_TO_CATEGORY>", 31)]
        result["region category top-1"] = float(np.mean(answers))
        # Outlines
        for task, name in (("<REFERRING_EXPRESSION_SEGMENTATION>", "mask IoU, referring"),
                           ("<REGION_TO_SEGMENTATION>", "mask IoU, from region")):
            scores = []
            for _, scene, q, answer in self.ask(task, 41):
                if q.about:
                    drawn = outline.fill(grammar.parse_polygons(answer, size, size), size, size)
                    mask = scene.objects[q.about[0]].mask
                    scores.append((drawn & mask).sum() / max((drawn | mask).sum(), 1))
            result[name] = float(np.mean(scores))
        # Captions: objects named, counts right, colours right
        slots = [0, 0]
        for _, scene, q, answer in self.ask("<CAPTION>", 51):
            text = " " + grammar.clean(answer).lower().replace(",", " ").replace(".", " ") + " "
            for words, name, indices in language.groups(scene):
                phrase = language.counted(words, name, len(indices))
                slots[1] += 1
                slots[0] += f" {name} " in text or f" {language.plural(name)} " in text
                if words != name:
                    slots[1] += 1
                    slots[0] += f" {words} " in text or f" {words[:len(words) - len(name)]}{language.plural(name)} " in text
                if len(indices) > 1:
                    slots[1] += 1
                    slots[0] += f" {phrase} " in text
        result["caption slots right"] = slots[0] / slots[1]
        # Questions
        answers = [grammar.clean(a).strip() == q.answer for s in (61, 62) for _, _, q, a in self.ask("question", s)]
        result["question answers right"] = float(np.mean(answers))
        # Names in other languages
        right = total = 0
        for _, _, q, answer in self.ask("caption_in_language", 71):
            said, wanted = ({n for n in text.replace("、", ", ").split(", ")}
                            for text in (grammar.clean(answer).strip(), q.answer))
            right += len(said & wanted)
            total += len(wanted)
        result["names right in other languages"] = right / max(total, 1)
        return result


def photograph_figures(model, tokenizer, folder, concepts, device="cpu"):
    """Returns the share of the held-out photographs that are called by their coarser label, a folder each."""
    side, prompt = model.shape.image, PROMPTS["<REGION_TO_CATEGORY>"].replace("{input}", grammar.WHOLE)
    right = {}
    found = photographs.read(folder, concepts, photographs.HELD_OUT)
    for at in range(0, len(found), 50):
        part = found[at:at + 50]
        pictures = [Image.open(folder / p.file).convert("RGB").resize((side, side), Image.BICUBIC) for p in part]
        with torch.no_grad():
            tokens = model.see(pixels(pictures).to(device))[1]
        for p, answer in zip(part, greedy(model, tokenizer, tokens, [prompt] * len(part))):
            right.setdefault(p.file.split("/")[0], []).append(
                grammar.clean(answer).strip() in (p.coarse, concepts[p.concept].name))
    return {f"{name}, {len(answers)} photographs": round(float(np.mean(answers)), 4) for name, answers in right.items()}


def run(checkpoint, merges, preset, atlas, makers, count, threads, photos=None, device="cpu", seconds=None):
    """`seconds`: no further set is begun when these are over."""
    torch.set_num_threads(threads)
    started = time.monotonic()
    model, tokenizer, state = load(checkpoint, merges, preset)
    model.to(device)
    writer = TaskWriter(atlas.drawn, SHARES, preset.max_points, preset.fixed_points, preset.languages)
    figures = {"step": state["step"], "scenes": state["scenes"], "answers": state["asked"],
               "minutes": round(state["seconds"] / 60, 1), "scenes a set": count}
    if photos:
        figures["photographs"] = photograph_figures(model, tokenizer, photos, atlas.concepts, device)
        print(json.dumps(figures["photographs"]), flush=True)
    for name in SETS if count else ():
        began = time.monotonic()
        if seconds and began - started > seconds / 2:
            print(f"{name}: no time left")
            continue
        scenes = scenes_of(makers[name], count, 1000)
        figures[name] = {k: round(v, 4) for k, v in Judge(model, tokenizer, writer, scenes, device).figures().items()}
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    return figures


def table(figures):
    sets = [s for s in SETS if s in figures]
    lines = ["| metric | " + " | ".join(SETS[s] for s in sets) + " |", "|---|" + "---|" * len(sets)]
    for row in figures.get("seen", {}):
        lines.append(f"| {row} | " + " | ".join(f"{figures[s][row] * 100:.1f} %" for s in sets) + " |")
    return "\n".join(lines)
