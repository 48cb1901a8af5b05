# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures as codes and back. Numbers of a code are rounded to a few steps each (Mentzer et al. 2023), which leaves a
plain table of codes; what draws has the shape of VQGAN (Esser et al. 2020), what reads is ours and not shipped."""
import math

import torch
import torch.nn.functional as F
from torch import nn


def table(levels):
    """[codes, numbers], -1 to 1: the last number changes fastest."""
    axes = [torch.linspace(-1, 1, n) for n in levels]
    return torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).reshape(-1, len(levels))


def rounded(z, levels):
    """z: [.., numbers].  Returns (the nearest numbers of a code, with the slope of z; which code)."""
    most = torch.tensor([n - 1 for n in levels], dtype=z.dtype, device=z.device)
    bound = torch.tanh(z)
    step = ((bound + 1) / 2 * most).round()
    near = step / most * 2 - 1
    index = torch.zeros(z.shape[:-1], dtype=torch.long, device=z.device)
    for k, n in enumerate(levels):
        index = index * n + step[..., k].long()
    return bound + (near - bound).detach(), index


class Reader(nn.Module):
    def __init__(self, channels, numbers):
        super().__init__()
        ways = []
        for before, after in zip((3, *channels), channels):
            ways += [nn.Conv2d(before, after, 4, 2, 1), nn.SiLU()]
        last = channels[-1]
        ways += [nn.Conv2d(last, last, 3, 1, 1), nn.SiLU(), nn.Conv2d(last, numbers, 1)]
        self.ways = nn.Sequential(*ways)

    def forward(self, x):
        return self.ways(x).permute(0, 2, 3, 1)


class Block(nn.Module):
    def __init__(self, before, after, groups):
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(groups, before, 1e-6), nn.GroupNorm(groups, after, 1e-6)
        self.conv1, self.conv2 = nn.Conv2d(before, after, 3, 1, 1), nn.Conv2d(after, after, 3, 1, 1)
        if before != after:
            self.nin_shortcut = nn.Conv2d(before, after, 1)

    def forward(self, x):
        y = self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))
        return y + (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x)


class Attention(nn.Module):
    def __init__(self, n, groups):
        super().__init__()
        self.norm = nn.GroupNorm(groups, n, 1e-6)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(n, n, 1) for _ in range(4))

    def forward(self, x):
        h = self.norm(x)
        q, k, v = (f(h).flatten(2).transpose(1, 2) for f in (self.q, self.k, self.v))
        h = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
        return x + self.proj_out(h)


class Upsample(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.conv = nn.Conv2d(n, n, 3, 1, 1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Decoder(nn.Module):
    def __init__(self, p):
        super().__init__()
        widths = [p.channels * m for m in p.multiples]
        n = widths[-1]
        self.conv_in = nn.Conv2d(p.z_channels, n, 3, 1, 1)
        self.mid = nn.ModuleDict({"block_1": Block(n, n, p.groups), "attn_1": Attention(n, p.groups),
                                  "block_2": Block(n, n, p.groups)})
        up = []
        for level in reversed(range(len(widths))):
            blocks = nn.ModuleList()
            for _ in range(p.blocks + 1):
                blocks.append(Block(n, widths[level], p.groups))
                n = widths[level]
            part = nn.ModuleDict({"block": blocks})
            if level:
                part["upsample"] = Upsample(n)
            up.insert(0, part)
        self.up = nn.ModuleList(up)
        self.norm_out, self.conv_out = nn.GroupNorm(p.groups, n, 1e-6), nn.Conv2d(n, 3, 3, 1, 1)

    def forward(self, x):
        x = self.conv_in(x)
        x = self.mid["block_2"](self.mid["attn_1"](self.mid["block_1"](x)))
        for part in reversed(self.up):
            for block in part["block"]:
                x = block(x)
            if "upsample" in part:
                x = part["upsample"](x)
        return self.conv_out(F.silu(self.norm_out(x)))


class Codes(nn.Module):
    """Both ways; what is shipped of it is `decoder`, `post_quant_conv` and the table of codes."""

    def __init__(self, p):
        super().__init__()
        self.levels = p.levels
        self.reader = Reader(p.looking, len(p.levels))
        self.post_quant_conv = nn.Conv2d(len(p.levels), p.z_channels, 1)
        self.decoder = Decoder(p)
        self.register_buffer("table", table(p.levels), persistent=False)

    def read(self, pixels):
        """[N, 3, S, S] of -1 to 1 to codes [N, cells]."""
        return rounded(self.reader(pixels), self.levels)[1].flatten(1)

    def draw(self, codes):
        side = math.isqrt(codes.shape[1])
        z = self.table[codes].reshape(len(codes), side, side, -1).permute(0, 3, 1, 2)
        return self.decoder(self.post_quant_conv(z))

    def forward(self, pixels):
        z, index = rounded(self.reader(pixels), self.levels)
        return self.decoder(self.post_quant_conv(z.permute(0, 3, 1, 2))), index
