# SPDX-License-Identifier: GPL-3.0-or-later
"""The network: a picture tower and a word tower with the tensor names of `CLIPModel`."""
import math

import torch
import torch.nn.functional as F
from torch import nn

EPS = 1e-5


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(width, width))

    def forward(self, x, mask):
        b, n, c = x.shape
        q, k, v = (layer(x).view(b, n, self.heads, -1).transpose(1, 2)
                   for layer in (self.q_proj, self.k_proj, self.v_proj))
        scores = q @ k.transpose(2, 3) * (c // self.heads) ** -0.5
        if mask is not None:
            scores = scores + mask
        return self.out_proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, c))


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(width, EPS), nn.LayerNorm(width, EPS)
        self.self_attn, self.mlp = Attention(width, heads), Mlp(width)

    def forward(self, x, mask=None):
        x = x + self.self_attn(self.layer_norm1(x), mask)
        return x + self.mlp(self.layer_norm2(x))


class Encoder(nn.Module):
    def __init__(self, width, heads, layers):
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))


class TextEmbeddings(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.token_embedding = nn.Embedding(shape.vocabulary, shape.text_width)
        self.position_embedding = nn.Embedding(shape.longest, shape.text_width)


class TextTower(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.embeddings = TextEmbeddings(shape)
        self.encoder = Encoder(shape.text_width, shape.text_heads, shape.text_layers)
        self.final_layer_norm = nn.LayerNorm(shape.text_width, EPS)

    def forward(self, ids, ends):
        """ids: [T, n]; ends: place of the end of each text, whose row stands for all of it."""
        n = ids.shape[1]
        x = self.embeddings.token_embedding(ids) + self.embeddings.position_embedding.weight[:n]
        mask = torch.full((n, n), float("-inf"), device=ids.device).triu(1)
        for layer in self.encoder.layers:
            x = layer(x, mask)
        return self.final_layer_norm(x[torch.arange(len(ids), device=ids.device), ends])


class PictureEmbeddings(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.class_embedding = nn.Parameter(torch.zeros(shape.width))
        self.patch_embedding = nn.Conv2d(3, shape.width, shape.patch, shape.patch, bias=False)
        self.position_embedding = nn.Embedding(shape.grid ** 2 + 1, shape.width)


class PictureTower(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embeddings = PictureEmbeddings(shape)
        self.pre_layrnorm = nn.LayerNorm(shape.width, EPS)
        self.encoder = Encoder(shape.width, shape.heads, shape.layers)
        self.post_layernorm = nn.LayerNorm(shape.width, EPS)

    def _positions(self, grid):
        """Those of a smaller grid are the mean of the cells that each of its cells stands for."""
        table, full = self.embeddings.position_embedding.weight, self.shape.grid
        if grid == full:
            return table
        plane = table[1:].T.reshape(1, -1, full, full)
        return torch.cat([table[:1], F.adaptive_avg_pool2d(plane, grid).flatten(2)[0].T])

    def forward(self, pixels):
        """pixels: [B, S, S, 3], of the shape's size or of a smaller one.  Returns (the picture's rows, the cells' rows
        before the last layer, of which the teaching of cells is made)."""
        b, side, patch = len(pixels), pixels.shape[1], self.shape.patch
        grid = side // patch
        cells = pixels.view(b, grid, patch, grid, patch, 3).permute(0, 1, 3, 5, 2, 4).reshape(b, grid * grid, -1)
        x = cells @ self.embeddings.patch_embedding.weight.flatten(1).T
        x = torch.cat([self.embeddings.class_embedding.expand(b, 1, -1), x], 1) + self._positions(grid)
        x = self.pre_layrnorm(x)
        *first, last = self.encoder.layers
        for layer in first:
            x = layer(x)
        return self.post_layernorm(last(x)[:, 0]), x[:, 1:]


class Towers(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.text_model, self.vision_model = TextTower(shape), PictureTower(shape)
        self.visual_projection = nn.Linear(shape.width, shape.space, bias=False)
        self.text_projection = nn.Linear(shape.text_width, shape.space, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(math.log(20.0)))
        self._begin()

    def words(self, ids, ends):
        return F.normalize(self.text_projection(self.text_model(ids, ends)), dim=-1)

    def pictures(self, pixels):
        """Returns (unit vectors of the pictures, states of their cells)."""
        row, cells = self.vision_model(pixels)
        return F.normalize(self.visual_projection(row), dim=-1), cells

    @torch.no_grad()
    def see(self, pixels):
        """Begins the patch embedding with the principal components of patches of these pictures [B, S, S, 3], each
        scaled to the same spread: the first layer gets what a patch looks like, without learning how to see it."""
        patch = self.shape.patch
        grid = pixels.shape[1] // patch
        rows = pixels.view(-1, grid, patch, grid, patch, 3).permute(0, 1, 3, 5, 2, 4).reshape(-1, 3 * patch * patch)
        spread, ways = torch.linalg.eigh(torch.cov(rows.T))
        count = min(self.shape.width, len(spread))
        scale = (spread[-count:] + 5e-4 * spread[-1]).rsqrt()
        start = (ways[:, -count:] * scale).T.reshape(count, 3, patch, patch)
        self.vision_model.embeddings.patch_embedding.weight[:count] = start

    @torch.no_grad()
    def _begin(self):
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    module.bias.zero_()
            elif isinstance(module, nn.Embedding):
                module.weight.normal_(0, 0.05)
        vision = self.vision_model
        nn.init.normal_(vision.embeddings.patch_embedding.weight, 0, 768 ** -0.5)
        vision.embeddings.class_embedding.normal_(0, 0.05)
        vision.embeddings.position_embedding.weight[1:] = 0.5 * waves(self.shape.grid, self.shape.width)
        for tower in (vision, self.text_model):
            for layer in tower.encoder.layers:
                look_around(layer.self_attn)
                layer.mlp.fc2.weight.mul_(0.5)


def waves(grid, width):
    """Returns [grid * grid, width]: sines and cosines of the row and the column of each cell."""
    at = (torch.arange(grid) + 0.5) / grid
    quarter = width // 4
    frequencies = torch.exp(torch.linspace(math.log(1.0), math.log(2.0 * grid), quarter))
    line = torch.cat([torch.sin(at[:, None] * frequencies), torch.cos(at[:, None] * frequencies)], 1)
    return torch.cat([line[:, None].expand(grid, grid, -1), line[None].expand(grid, grid, -1)], 2).reshape(grid * grid, -1)


def look_around(attention, look=0.7, keep=0.4):
    """Begins as trained attention is found to be: a row looks at rows that are like it (q k' near the identity) and
    takes away a part of what it sees (v o near the negative one)."""
    width = attention.q_proj.weight.shape[0]
    head = width // attention.heads
    eye = torch.eye(width)
    for h in range(attention.heads):
        u, s, v = torch.linalg.svd(look * torch.randn(width, width) / width ** 0.5 + look * eye)
        rows, root = slice(h * head, (h + 1) * head), s[:head].sqrt()[:, None]
        attention.q_proj.weight[rows] = root * u.T[:head]
        attention.k_proj.weight[rows] = root * v[:head]
    u, s, v = torch.linalg.svd(keep * torch.randn(width, width) / width ** 0.5 - keep * eye)
    attention.v_proj.weight.copy_(s.sqrt()[:, None] * v)
    attention.out_proj.weight.copy_(u * s.sqrt())
