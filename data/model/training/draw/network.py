# SPDX-License-Identifier: GPL-3.0-or-later
"""OFA's shape, as far as pictures from words need it: an encoder of prompts, a decoder of codes. Names are those of the
published layout; what reads pictures and what writes words is left out."""
import math

import torch
import torch.nn.functional as F
from torch import nn

EPS = 1e-5


def text_bucket(distance, buckets, positions):
    middle, far = buckets // 2, abs(distance)
    if far > middle:
        far = math.ceil(math.log(far / middle) / math.log((positions - 1) / middle) * (middle - 1)) + middle
    far = min(far, buckets - 1)
    return (-far if distance < 0 else far) + buckets - 1


def code_index(side):
    """Rows of the table of distances, [n, n], of the start and all codes but the last."""
    n, last = side * side, side - 1
    rows = (2 * side - 1) ** 2 + 3
    index = torch.zeros(n, n, dtype=torch.long)
    for i in range(n):
        for j in range(n):
            if i == 0 or j == 0:
                index[i, j] = rows - (1 if i == j else 3 if i == 0 else 2)
            else:
                dy, dx = (i - 1) // side - (j - 1) // side, (i - 1) % side - (j - 1) % side
                index[i, j] = (dy + last) * (2 * last + 1) + dx + last
    return index


class Attention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(d, d) for _ in range(4))
        self.c_attn = nn.Parameter(torch.ones(heads))

    def forward(self, x, states, bias):
        """bias: [B or 1, H, queries, keys], what is added to the scores."""
        split = lambda y: y.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # noqa: E731
        q, k, v = split(self.q_proj(x)), split(self.k_proj(states)), split(self.v_proj(states))
        h = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype), scale=(2 * q.shape[-1]) ** -0.5)
        h = h * self.c_attn[:, None, None].to(h.dtype)
        return self.out_proj(h.transpose(1, 2).flatten(2))


class Layer(nn.Module):
    def __init__(self, d, heads, hidden, crosses):
        super().__init__()
        norm = lambda n=d: nn.LayerNorm(n, EPS)  # noqa: E731
        self.self_attn, self.self_attn_layer_norm, self.self_attn_mid_layer_norm = Attention(d, heads), norm(), norm()
        if crosses:
            self.cross_attn, self.cross_attn_layer_norm = Attention(d, heads), norm()
            self.cross_attn_mid_layer_norm = norm()
        self.fc1, self.ffn_layer_norm, self.fc2 = nn.Linear(d, hidden), norm(hidden), nn.Linear(hidden, d)
        self.final_layer_norm = norm()

    def forward(self, x, bias, states=None, cross_bias=None):
        h = self.self_attn_layer_norm(x)
        x = x + self.self_attn_mid_layer_norm(self.self_attn(h, h, bias))
        if states is not None:
            h = self.cross_attn_layer_norm(x)
            x = x + self.cross_attn_mid_layer_norm(self.cross_attn(h, states, cross_bias))
        return x + self.fc2(self.ffn_layer_norm(F.gelu(self.fc1(self.final_layer_norm(x)))))


class Half(nn.Module):
    """What both halves have."""

    def __init__(self, p, n_layers, crosses):
        super().__init__()
        d, self.heads = p.width, p.heads
        self.layers = nn.ModuleList(Layer(d, p.heads, p.hidden, crosses) for _ in range(n_layers))
        self.layer_norm = nn.LayerNorm(d, EPS)
        rows = (2 * p.cells - 1) ** 2 + 3
        self.image_rel_pos_table_list = nn.ModuleList(nn.Embedding(rows, p.heads) for _ in range(n_layers))

    def places(self, q, k):
        """[H, queries, keys]"""
        split = lambda y: y.unflatten(-1, (self.heads, -1)).transpose(0, 1)  # noqa: E731
        q, k = split(q), split(k)
        return q @ k.transpose(1, 2) * (2 * q.shape[-1]) ** -0.5


class Encoder(Half):
    def __init__(self, p, n_words):
        super().__init__(p, p.encoder, False)
        d = p.width
        self.embed_tokens, self.type_embedding = nn.Embedding(n_words, d), nn.Embedding(2, d)
        self.layernorm_embedding, self.pos_ln = nn.LayerNorm(d, EPS), nn.LayerNorm(d, EPS)
        self.embed_positions = nn.Embedding(p.positions + 2, d)
        self.pos_q_linear, self.pos_k_linear = nn.Linear(d, d), nn.Linear(d, d)
        self.token_rel_pos_table_list = nn.ModuleList(nn.Embedding(2 * p.buckets - 1, p.heads)
                                                      for _ in range(p.encoder))
        index = [[text_bucket(i - j, p.buckets, p.positions) for j in range(p.positions)] for i in range(p.positions)]
        self.register_buffer("index", torch.tensor(index), persistent=False)

    def forward(self, ids, is_there):
        n = ids.shape[1]
        x = self.layernorm_embedding(self.embed_tokens(ids) + self.type_embedding.weight[0])
        where = self.pos_ln(self.embed_positions.weight[:n])
        scores = self.places(self.pos_q_linear(where), self.pos_k_linear(where))
        hidden = torch.where(is_there, 0.0, -1e4)[:, None, None]
        for layer, rows in zip(self.layers, self.token_rel_pos_table_list):
            x = layer(x, scores + rows.weight[self.index[:n, :n]].permute(2, 0, 1) + hidden)
        return self.layer_norm(x), where, hidden


class Decoder(Half):
    def __init__(self, p):
        super().__init__(p, p.decoder, True)
        d = p.width
        self.code_layernorm_embedding, self.image_pos_ln = nn.LayerNorm(d, EPS), nn.LayerNorm(d, EPS)
        self.embed_image_positions = nn.Embedding(p.cells ** 2 + 1, d)
        for name in ("self_pos_q_linear", "self_pos_k_linear", "cross_pos_q_linear", "cross_pos_k_linear"):
            self.add_module(name, nn.Linear(d, d))
        self.register_buffer("index", code_index(p.cells), persistent=False)
        causal = torch.full((p.cells ** 2,) * 2, -1e4).triu(1)
        self.register_buffer("causal", causal, persistent=False)

    def forward(self, embedded, states, where, hidden):
        n = embedded.shape[1]
        x = self.code_layernorm_embedding(embedded)
        # Row 0 is that of the start; codes are numbered as the places of a picture as large as they are.
        place = self.image_pos_ln(self.embed_image_positions.weight[:n])
        own = self.places(self.self_pos_q_linear(place), self.self_pos_k_linear(place)) + self.causal[:n, :n]
        cross = self.places(self.cross_pos_q_linear(place), self.cross_pos_k_linear(where)) + hidden
        for layer, rows in zip(self.layers, self.image_rel_pos_table_list):
            x = layer(x, (own + rows.weight[self.index[:n, :n]].permute(2, 0, 1))[None], states, cross)
        return self.layer_norm(x)


class Ofa(nn.Module):
    def __init__(self, p, n_text):
        super().__init__()
        self.n_text, self.n_codes = n_text, math.prod(p.levels)
        self.encoder, self.decoder = Encoder(p, n_text + self.n_codes), Decoder(p)
        for name, w in self.named_parameters():
            if w.ndim == 2:
                quiet = name.endswith(("out_proj.weight", "fc2.weight"))
                nn.init.normal_(w, std=0.0 if "rel_pos" in name else 0.008 if quiet else 0.02 if "embed" in name
                                else w.shape[1] ** -0.5)

    def forward(self, ids, is_there, codes):
        """ids: [B, T] padded; codes: [B, C].  Returns logits of all codes, [B, C, codes]."""
        states, where, hidden = self.encoder(ids, is_there)
        return self.logits(states, where, hidden, codes[:, :-1])

    def logits(self, states, where, hidden, codes):
        start = torch.zeros_like(codes[:, :1]) if codes.shape[1] else codes.new_zeros(len(states), 1)
        h = self.decoder(self.encoder.embed_tokens(torch.cat((start, codes + self.n_text), 1)), states, where, hidden)
        return h @ self.encoder.embed_tokens.weight[self.n_text:].T

    def led(self, states, where, hidden, codes, scale):
        """logits(), with a scale over 1 further from those of other prompts: then there are states of twice as many,
        of the prompts and behind them of the others."""
        if scale == 1:
            return self.logits(states, where, hidden, codes)
        wanted, other = self.logits(states, where, hidden, codes.repeat(2, 1)).chunk(2)
        return other + scale * (wanted - other)

    @torch.no_grad()
    def sample(self, ids, is_there, n, generator, temperature=1.0, top_p=0.9, scale=1.0):
        states, where, hidden = self.encoder(ids, is_there)
        codes = torch.zeros(len(ids) // (1 if scale == 1 else 2), 0, dtype=torch.long, device=ids.device)
        for _ in range(n):
            scores = self.led(states, where, hidden, codes, scale)[:, -1] / temperature
            shares, order = scores.softmax(-1).sort(-1, descending=True)
            shares = shares.masked_fill(shares.cumsum(-1) - shares >= top_p, 0)
            drawn = order.gather(1, torch.multinomial(shares, 1, generator=generator))
            codes = torch.cat((codes, drawn), 1)
        return codes
