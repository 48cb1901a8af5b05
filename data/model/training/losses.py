# SPDX-License-Identifier: GPL-3.0-or-later
"""What is learnt from: the answer's tokens, the helper head, and where the decoder looks.

* Words: cross-entropy.  Location tokens: cross-entropy against a Gaussian over neighbouring bins.
* Helper head (dropped at export): each grid cell names its object and gives its box; a second naming
  compares the projected image token with the embedding of the name itself, so that image tokens and
  words come to live in one space.
* Guidance: while a name or a box of an object is written, the upper decoder layers' first heads put
  their attention on that object's cells.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

BINS = 1000


class Helper(nn.Module):
    def __init__(self, shape, names, tokenizer):
        """names: the concept names; their token ids make the word-side of the second naming."""
        super().__init__()
        self.classes = nn.Linear(shape.dims[-1], len(names) + 1)
        self.box = nn.Sequential(nn.Linear(shape.dims[-1], 128), nn.GELU(), nn.Linear(128, 4))
        self.nothing = nn.Parameter(torch.randn(shape.d_model) * 0.02)
        self.scale = nn.Parameter(torch.tensor(2.5))
        rows = [tokenizer.encode(n) + tokenizer.encode(" " + n) for n in names]
        weights = torch.zeros(len(names), tokenizer.vocabulary)
        for i, row in enumerate(rows):
            for token in row:
                weights[i, token] += 1 / len(row)
        self.register_buffer("name_weights", weights, persistent=False)

    def forward(self, features, tokens, embedding, batch):
        """Returns the helper losses: class, box, naming by embedding; and the class accuracy."""
        b, h, w, c = features.shape
        x = features.reshape(b * h * w, c)
        target = batch["classes"].reshape(-1)
        last = self.classes.out_features - 1
        index = torch.where(target < 0, last, target)
        weight = torch.ones(last + 1)
        weight[last] = 0.3
        logits = self.classes(x).float()
        class_loss = F.cross_entropy(logits, index, weight)
        names = torch.cat([self.name_weights @ embedding, self.nothing[None]])
        v = F.normalize(tokens[:, 1:].reshape(b * h * w, -1).float(), dim=-1)
        name_loss = F.cross_entropy(self.scale.exp() * (v @ F.normalize(names, dim=-1).T), index, weight)
        there = target >= 0
        boxes = torch.sigmoid(self.box(x[there]).float())
        wanted = batch["boxes"].reshape(-1, 4)[there]
        box_loss = (boxes - wanted).abs().mean()
        right = (logits[there].argmax(-1) == target[there]).float().mean()
        return class_loss, box_loss, name_loss, right


def gaussian_table(sigma):
    """Returns [BINS, BINS]: row k is the target distribution for bin k."""
    k = torch.arange(BINS).float()
    table = torch.exp(-0.5 * ((k[None] - k[:, None]) / sigma) ** 2)
    return table / table.sum(1, keepdim=True)


def entropy_of(sigma):
    return 0.5 * math.log(2 * math.pi * math.e * sigma * sigma) if sigma > 0.4 else 0.0


def answer_loss(logits, answer, loc0, table):
    """Returns (sum of word losses, words, sum of location losses, locations, location error in bins)."""
    logits, answer = logits.reshape(-1, logits.shape[-1]), answer.reshape(-1)
    is_loc = (answer >= loc0) & (answer < loc0 + BINS)
    is_word = (answer >= 0) & ~is_loc
    words = F.cross_entropy(logits[is_word].float(), answer[is_word], reduction="sum")
    x = logits[is_loc].float()
    if len(x) == 0:
        return words, int(is_word.sum()), words * 0, 0, 0.0
    normal = torch.logsumexp(x, -1)
    x = x[:, loc0:loc0 + BINS]
    bins = answer[is_loc] - loc0
    places = normal.sum() - (table[bins] * x).sum()
    error = (x.detach().argmax(-1) - bins).abs().float().sum()
    return words, int(is_word.sum()), places, int(is_loc.sum()), float(error)


def guidance_loss(looks, look, layers=2, heads=4):
    """looks: attention weights of each layer [N, H, T, keys]; look: wanted cells [N, T, cells]."""
    wanted = look.any(-1)
    if not wanted.any():
        return torch.zeros(())
    cells = look.shape[-1]
    total = 0.0
    for weights in looks[-layers:]:
        mass = (weights[:, :heads, :, 1:1 + cells] * look[:, None]).sum(-1)
        total = total - torch.log(mass.transpose(1, 2)[wanted] + 1e-4).mean()
    return total / layers
