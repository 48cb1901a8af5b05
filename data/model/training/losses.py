# SPDX-License-Identifier: GPL-3.0-or-later
"""What is learnt from: the answer's tokens, the helper head, and where the decoder looks.

* Words: cross-entropy.  Location tokens: cross-entropy against a Gaussian over neighbouring bins.  Inside a box
  or an outline the best location must also outbid all words together, which is what greedy search compares;
  without this some answers end in half a box and do not parse.
* Helper head (dropped at export): each grid cell names its object and gives its box; a second naming
  compares the projected image token with the embedding of the name itself, so that image tokens and
  words come to live in one space.
* Memory helper (dropped too): one linear map of the encoder's state of a cell must give each edge of the
  box in the space of the location tokens, and the name in the space of the words; this is what the
  decoder's cross-attention can read without any work of its own.
* Guidance: while a name or a box of an object is written, the upper decoder layers' first heads put
  their attention on that object's cells.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

BINS = 1000
STRAYED = 4.0                  # extra weight of not writing a location where one is due
OUTBID = 4.0                   # weight of words against the best location, inside a box
GUIDED_LAYERS, GUIDED_HEADS = 2, 4     # of the decoder, counted from its top and from the first


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
        """Returns the helper losses (class, box seen from the cell, naming by embedding), the class accuracy
        and the box error as a share of the side."""
        b, h, w, c = features.shape
        x = features.reshape(b * h * w, c)
        target = batch["classes"].reshape(-1)
        last = self.classes.out_features - 1
        index = torch.where(target < 0, last, target)
        weight = torch.ones(last + 1, device=x.device)
        weight[last] = 0.3
        logits = self.classes(x).float()
        class_loss = F.cross_entropy(logits, index, weight)
        names = torch.cat([self.name_weights @ embedding, self.nothing[None]])
        v = F.normalize(tokens[:, 1:].reshape(b * h * w, -1).float(), dim=-1)
        name_loss = F.cross_entropy(self.scale.exp() * (v @ F.normalize(names, dim=-1).T), index, weight)
        there = target >= 0
        rows, columns = torch.meshgrid(torch.arange(h, device=x.device), torch.arange(w, device=x.device), indexing="ij")
        middle = torch.stack([columns, rows, columns, rows], -1).float() + 0.5      # of each cell, in cells
        wanted = batch["boxes"].view(b, h, w, 4) * w - middle
        boxes, wanted = self.box(x[there]).float(), wanted.reshape(-1, 4)[there]
        box_loss = F.smooth_l1_loss(boxes, wanted, beta=0.3)
        box_error = (boxes.detach() - wanted).abs().mean() / w
        right = (logits[there].argmax(-1) == target[there]).float().mean()
        return class_loss, box_loss, name_loss, right, box_error


class MemoryHelper(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.box = nn.Linear(shape.d_model, 4 * shape.d_model)
        self.name = nn.Linear(shape.d_model, shape.d_model)
        self.scale = nn.Parameter(torch.tensor(2.5))

    def forward(self, memory, batch, embedding, names, loc0, table):
        """memory: encoder states of the cells [B, cells, d].  Returns location and name losses and the
        location error in bins."""
        there = batch["classes"] >= 0
        x = memory[there]
        bins = (batch["boxes"][there] * BINS).long().clamp(0, BINS - 1)
        logits = self.box(x).view(len(x), 4, -1) @ embedding[loc0:loc0 + BINS].to(x.dtype).T
        logp = torch.log_softmax(logits.float(), -1)
        places = -(table[bins] * logp).sum(-1).mean()
        error = (logits.detach().argmax(-1) - bins).abs().float().mean()
        v = F.normalize(self.name(x).float(), dim=-1)
        name = F.cross_entropy(self.scale.exp() * (v @ F.normalize(names, dim=-1).T), batch["classes"][there])
        return places, name, error


def gaussian_table(sigma):
    """Returns [BINS, BINS]: row k is the target distribution for bin k."""
    k = torch.arange(BINS).float()
    table = torch.exp(-0.5 * ((k[None] - k[:, None]) / sigma) ** 2)
    return table / table.sum(1, keepdim=True)


def entropy_of(sigma):
    return 0.5 * math.log(2 * math.pi * math.e * sigma * sigma) if sigma > 0.4 else 0.0


def answer_loss(logits, answer, weight, inside_box, loc0, table):
    """logits [N, V], answer [N], weight [N]: of each token; inside_box [N]: a box is begun and not complete.
    Returns (weighted sum of all losses, and for the log: words' sum and count, places' sum and count, error)."""
    is_loc = (answer >= loc0) & (answer < loc0 + BINS)
    is_word = ~is_loc
    words = F.cross_entropy(logits[is_word].float(), answer[is_word], reduction="none")
    x = logits[is_loc].float()
    bins = answer[is_loc] - loc0
    inside = x[:, loc0:loc0 + BINS]
    whole = torch.logsumexp(x, -1)
    places = whole - (table[bins] * inside).sum(-1)
    # A place is spread over many bins, so that a word or the end with a few per cent would outbid each of
    # them: what is not a location at all has to get next to nothing.
    strayed = whole - torch.logsumexp(inside, -1)
    error = (inside.detach().argmax(-1) - bins).abs().float().sum()
    outside = torch.logsumexp(torch.cat([x[:, :loc0], x[:, loc0 + BINS:]], 1), -1)
    outbid = F.softplus(outside - inside.max(-1).values) * inside_box[is_loc]
    total = ((words * weight[is_word]).sum()
             + ((places + STRAYED * strayed + OUTBID * outbid) * weight[is_loc]).sum())
    return total, words.detach().sum(), is_word.sum(), places.detach().sum(), is_loc.sum(), error


def guidance_loss(looks, look):
    """looks: attention weights of each layer [N, H, T, keys]; look: wanted cells [N, T, cells]."""
    wanted = look.any(-1)
    if not wanted.any():
        return torch.zeros((), device=look.device)
    cells = look.shape[-1]
    total = 0.0
    for weights in looks[-GUIDED_LAYERS:]:
        mass = (weights[:, :GUIDED_HEADS, :, 1:1 + cells] * look[:, None]).sum(-1)
        total = total - torch.log(mass.transpose(1, 2)[wanted] + 1e-4).mean()
    return total / GUIDED_LAYERS
