# SPDX-License-Identifier: GPL-3.0-or-later
"""A decoder of Llama's shape, with its names, but that each token is two words; it tells changes apart."""
import math

import torch
import torch.nn.functional as F
from torch import nn

from world import tokens as T

CONFIG = dict(
    hidden_size=128, intermediate_size=256, num_hidden_layers=4, num_attention_heads=4,
    num_key_value_heads=4, head_dim=32, rms_norm_eps=1e-5, rope_theta=10000.0, hidden_act="silu",
    vocab_size=T.WORDS, max_position_embeddings=T.POSITIONS, tie_word_embeddings=True,
)


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return F.rms_norm(x, x.shape[-1:], self.weight, CONFIG["rms_norm_eps"])


def turn(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat((-b, a), -1) * sin


class Layer(nn.Module):
    def __init__(self, width, hidden, heads):
        super().__init__()
        line = lambda i, o: nn.Linear(i, o, bias=False)  # noqa: E731
        self.heads = heads
        self.input_layernorm, self.post_attention_layernorm = Norm(width), Norm(width)
        self.self_attn = nn.ModuleDict({f"{k}_proj": line(width, width) for k in "qkvo"})
        self.mlp = nn.ModuleDict({"gate_proj": line(width, hidden), "up_proj": line(width, hidden),
                                  "down_proj": line(hidden, width)})

    def forward(self, x, cos, sin):
        h, a = self.input_layernorm(x), self.self_attn
        q, k, v = (a[f"{n}_proj"](h).unflatten(-1, (self.heads, -1)).transpose(1, 2) for n in "qkv")
        q, k = turn(q, cos, sin).to(v.dtype), turn(k, cos, sin).to(v.dtype)
        h = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + a["o_proj"](h.transpose(1, 2).flatten(2))
        h, m = self.post_attention_layernorm(x), self.mlp
        return x + m["down_proj"](F.silu(m["gate_proj"](h)) * m["up_proj"](h))


def waves(n, width, longest, shortest):
    """[n, width]: neighbours alike, as places are that a ball comes by one after the other."""
    steps = torch.arange(n).float()[:, None]
    lengths = longest * (shortest / longest) ** torch.linspace(0, 1, (width - 1) // 2)
    angles = 2 * math.pi * steps / lengths
    ramp = torch.linspace(-1, 1, n)[:, None] * 1.5
    rest = torch.zeros(n, width - 1 - 2 * len(lengths))
    return torch.cat((ramp, angles.sin(), angles.cos(), rest), 1)


def begin_table(table):
    """Words begin as numbers, the same for each coordinate, which has a vector of its own: each place is seen so
    seldom that what is learnt of one must do for its neighbours."""
    loud, third = 0.1, table.shape[1] // 3
    for first, count, start, width, shortest in (
            (T.PLACE, T.PLACES, 0, third, 6), (T.DISPLACEMENT, T.BINS, third, third, 4),
            (T.DIFFERENCE, T.CHANGES, third, third, 4)):
        for coordinate in range(2 * T.BALLS):
            rows = table[first + coordinate * count:][:count]
            rows[:, start:start + width] += loud * waves(count, width, 2 * count, shortest)
            # Changes are told apart at the head, where whose they are is known.
            if first != T.DIFFERENCE:
                own = torch.Generator().manual_seed(coordinate)
                rows[:, 2 * third:] += loud * torch.randn(table.shape[1] - 2 * third, generator=own)


class Trunk(nn.Module):
    """Llama's, but that a token is two words."""

    def __init__(self, config):
        super().__init__()
        width = config["hidden_size"]
        self.config = config
        self.embed_tokens = nn.Embedding(config["vocab_size"], width)
        self.layers = nn.ModuleList(Layer(width, config["intermediate_size"], config["num_attention_heads"])
                                    for _ in range(config["num_hidden_layers"]))
        self.norm = Norm(width)
        for name, p in self.named_parameters():
            if p.ndim == 2:
                nn.init.normal_(p, std=0.02 if "o_proj" not in name and "down_proj" not in name else 0.007)
        half = config["head_dim"] // 2
        rates = config["rope_theta"] ** (-torch.arange(half).float() / half)
        angles = torch.arange(config["max_position_embeddings"]).float()[:, None] * rates
        angles = torch.cat((angles, angles), -1)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def forward(self, words):
        x, n = self.embed_tokens(words).sum(2), words.shape[1]
        for layer in self.layers:
            x = layer(x, self.cos[:n], self.sin[:n])
        return self.norm(x)


class World(Trunk):
    def __init__(self, config=CONFIG):
        super().__init__(config)
        with torch.no_grad():
            begin_table(self.embed_tokens.weight)

    def table(self):
        """[balls, 2, changes, width]: what changes are told apart by."""
        first = T.DIFFERENCE
        return self.embed_tokens.weight[first:first + T.BALLS * 2 * T.CHANGES].view(T.BALLS, 2, T.CHANGES, -1)

    def logits(self, states, index):
        """Of what stands at index [n, frames, balls, 2]: [.., changes]"""
        n, balls = len(index), index.shape[2]
        h = states.gather(1, (index.reshape(n, -1, 1) - 1).expand(-1, -1, states.shape[-1]))
        h = h.view(*index.shape, -1)
        return torch.einsum("nfbad,bakd->nfbak", h, self.table()[:balls])
