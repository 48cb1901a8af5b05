# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers by the network itself: greedy and beam search as Florence-2 defines them.

No cache: answers are short, and recomputing the prefix keeps this a dozen lines that are easy to trust.
"""
import torch

from augment import normalised


def pixels(pictures):
    """PIL pictures or uint8 [H, W, 3] arrays of the right size to the network's input."""
    import numpy as np
    x = torch.from_numpy(np.stack([np.asarray(p) for p in pictures])).float()
    return normalised(x / 255)


@torch.no_grad()
def written(model, tokenizer, image_tokens, prompts, longest=96):
    """image_tokens [N, 1 + cells, d], one row a prompt.  Returns N greedy answers as (token, log-probability) pairs;
    the start token and the one after it, which nobody chooses, have 0."""
    ids = [[0] + tokenizer.encode(p) + [2] for p in prompts]
    padded = torch.ones(len(ids), max(map(len, ids)), dtype=torch.long)
    for row, i in zip(padded, ids):
        row[:len(i)] = torch.tensor(i)
    device = image_tokens.device
    padded = padded.to(device)
    memory, mask = model.encode(image_tokens, padded, padded != 1)
    out = torch.tensor([[2, 0]] * len(ids), device=device)
    sure = torch.zeros(out.shape, device=device)
    done = torch.zeros(len(ids), dtype=torch.bool, device=device)
    while out.shape[1] < longest and not done.all():
        going = ~done
        hidden, _ = model.decode(out[going], memory[going], mask[going])
        choice = torch.ones(len(ids), dtype=torch.long, device=device)
        chance = torch.zeros(len(ids), device=device)
        chance[going], choice[going] = torch.log_softmax(model.logits(hidden[:, -1]).float(), -1).max(-1)
        out, sure = torch.cat([out, choice[:, None]], 1), torch.cat([sure, chance[:, None]], 1)
        done |= choice == 2
    return [[(i, p) for i, p in zip(*row) if i != 1] for row in zip(out.tolist(), sure.tolist())]


def greedy(model, tokenizer, image_tokens, prompts, longest=96):
    """The same as N strings with their special tokens."""
    return [tokenizer.decode([i for i, _ in row]) for row in written(model, tokenizer, image_tokens, prompts, longest)]


@torch.no_grad()
def beam(model, tokenizer, image_tokens, prompt, beams=3, longest=96):
    """Beam search with early stopping, as the published settings ask.  One picture [1, 1 + cells, d]."""
    ids = torch.tensor([[0] + tokenizer.encode(prompt) + [2]])
    memory, mask = model.encode(image_tokens, ids, ids != 1)
    rows, scores, finished = [[2, 0]], [0.0], []
    while len(rows[0]) < longest:
        n = len(rows)
        hidden, _ = model.decode(torch.tensor(rows), memory.expand(n, -1, -1), mask.expand(n, -1, -1, -1))
        logp = torch.log_softmax(model.logits(hidden[:, -1]).float(), -1) + torch.tensor(scores)[:, None]
        best, flat = logp.reshape(-1).topk(2 * beams)
        before, rows, scores = rows, [], []
        for rank, (score, index) in enumerate(zip(best.tolist(), flat.tolist())):
            row, token = before[index // logp.shape[1]], index % logp.shape[1]
            if token == 2:
                if rank < beams:
                    finished.append((score / len(row), row + [2]))
                    finished = sorted(finished, key=lambda f: -f[0])[:beams]
            elif len(rows) < beams:
                rows.append(row + [token])
                scores.append(score)
        if len(finished) >= beams:
            break
    finished += [(s / (len(r) - 1), r) for s, r in zip(scores, rows)] if len(finished) < beams else []
    return tokenizer.decode(max(finished)[1])
