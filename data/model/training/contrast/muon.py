# SPDX-License-Identifier: GPL-3.0-or-later
"""Muon: momentum whose matrices are made orthogonal before they are taken off the weights. A run of few steps gets
further with it than with AdamW, which keeps the vectors and tables."""
import torch

# Of x -> a x + b x^3 + c x^5, which brings singular values near one in a few rounds.
A, B, C = 3.4445, -4.7750, 2.0315
ROUNDS = 3


def orthogonal(x):
    """x: [N, rows, columns].  Returns it with all singular values near one."""
    turned = x.shape[1] > x.shape[2]
    x = x.transpose(1, 2) if turned else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(ROUNDS):
        square = x @ x.transpose(1, 2)
        x = A * x + (B * square + C * square @ square) @ x
    return x.transpose(1, 2) if turned else x


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, momentum=0.95, decay=0.0):
        super().__init__(parameters, {"lr": 0.02, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            alike = {}                           # one product for all matrices of a shape
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                mean = state.setdefault("momentum", torch.zeros_like(p))
                mean.lerp_(p.grad, 1 - group["momentum"])
                alike.setdefault(p.shape, []).append((p, p.grad.lerp(mean, group["momentum"])))
            for shape, pairs in alike.items():
                updates = orthogonal(torch.stack([u.flatten(1) for _, u in pairs]))
                size = max(1.0, updates.shape[1] / updates.shape[2]) ** 0.5
                for (p, _), update in zip(pairs, updates):
                    p.mul_(1 - group["lr"] * group["decay"]).add_(update.view(shape), alpha=-group["lr"] * size)
