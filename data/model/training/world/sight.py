# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames as codes and back, in the shape of VQGAN (Esser et al. 2020) with numbers that are rounded to a few steps each
(Mentzer et al. 2023): 16 codes of a frame. Both ways are shipped, since how well a frame comes back tells whether it is
one of those that the model knows."""
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from draw.codes import Attention, Block, Decoder, table

LEVELS = (8, 5, 5, 5)
CODES = int(np.prod(LEVELS))
CELLS = 4


class Shape:
    channels, multiples, blocks, groups, z_channels, levels = 4, (2, 4, 6, 7), 1, 4, 8, LEVELS


class Downsample(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.conv = nn.Conv2d(before, after, 3, 2)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Encoder(nn.Module):
    def __init__(self, p):
        super().__init__()
        widths, n = [p.channels * m for m in p.multiples], p.channels
        self.conv_in = nn.Conv2d(3, n, 3, 1, 1)
        self.down = nn.ModuleList()
        for level, width in enumerate(widths):
            blocks = nn.ModuleList()
            for _ in range(p.blocks):
                blocks.append(Block(n, width, p.groups))
                n = width
            part = nn.ModuleDict({"block": blocks})
            if level + 1 < len(widths):
                part["downsample"] = Downsample(n, width)
            self.down.append(part)
        self.mid = nn.ModuleDict({"block_1": Block(n, n, p.groups), "attn_1": Attention(n, p.groups),
                                  "block_2": Block(n, n, p.groups)})
        self.norm_out, self.conv_out = nn.GroupNorm(p.groups, n, 1e-6), nn.Conv2d(n, p.z_channels, 3, 1, 1)

    def forward(self, x):
        x = self.conv_in(x)
        for part in self.down:
            for block in part["block"]:
                x = block(x)
            if "downsample" in part:
                x = part["downsample"](x)
        x = self.mid["block_2"](self.mid["attn_1"](self.mid["block_1"](x)))
        return self.conv_out(F.silu(self.norm_out(x)))


class Sight(nn.Module):
    def __init__(self, p=Shape):
        super().__init__()
        self.encoder, self.decoder = Encoder(p), Decoder(p)
        self.quant_conv = nn.Conv2d(p.z_channels, len(p.levels), 1)
        self.post_quant_conv = nn.Conv2d(len(p.levels), p.z_channels, 1)
        self.levels = p.levels
        self.register_buffer("table", table(p.levels), persistent=False)

    def numbers(self, pixels):
        """[n, 3, P, P] of 0 to 1 to [n, cells, cells, numbers]: any, of which the nearest code is taken."""
        return self.quant_conv(self.encoder(pixels * 2 - 1)).permute(0, 2, 3, 1)

    def near(self, z):
        """(the nearest code's numbers, which it is)"""
        most = torch.tensor([n - 1 for n in self.levels], dtype=z.dtype)
        step = ((z.clamp(-1, 1) + 1) / 2 * most).round()
        index = torch.zeros(z.shape[:-1], dtype=torch.long)
        for k, n in enumerate(self.levels):
            index = index * n + step[..., k].long()
        return step / most * 2 - 1, index

    def read(self, pixels):
        return self.near(self.numbers(pixels))[1].flatten(1)

    def back(self, z):
        return (self.decoder(self.post_quant_conv(z.permute(0, 3, 1, 2))) + 1) / 2

    def draw(self, codes):
        """[n, cells] to [n, 3, P, P], about 0 to 1"""
        side = math.isqrt(codes.shape[1])
        return self.back(self.table[codes].view(len(codes), side, side, -1))

    def forward(self, pixels):
        z = self.numbers(pixels)
        outside = (z.abs() - 1).clamp(min=0).pow(2).mean()
        return self.back(z + (self.near(z)[0] - z).detach()), outside


def loudness(a, b):
    """Decibels by which b is like a, of each."""
    return 10 * torch.log10(1 / (a - b.clamp(0, 1)).pow(2).mean((1, 2, 3)).clamp(min=1e-9))
