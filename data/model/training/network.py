# SPDX-License-Identifier: GPL-3.0-or-later
"""Florence-2's network in plain PyTorch: DaViT, projector, BART encoder and decoder.

Module names equal the tensor names of the native Hugging Face layout, so a state dict is the model
file.  Everything is computed on [batch, rows, columns, channels]; dropout and drop-path are left out.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn


def _norm(layer, x):
    """Layer norm in the input's own type."""
    return F.layer_norm(x, layer.normalized_shape, layer.weight.to(x.dtype), layer.bias.to(x.dtype), layer.eps)


class DepthwiseConv(nn.Conv2d):
    """A 3 x 3 convolution of each channel by itself, on [B, H, W, C]."""

    def __init__(self, dim):
        super().__init__(dim, dim, 3, padding=1, groups=dim)

    def forward(self, x):
        return super().forward(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


class Mlp(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class WindowAttention(nn.Module):
    fused = False                                # PyTorch's own; its backward pass is slow on processors

    def __init__(self, dim, heads, window):
        super().__init__()
        self.heads, self.window = heads, window
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x):
        b, h, w, c = x.shape
        s = self.window
        right, bottom = -w % s, -h % s
        if right or bottom:                      # the padded tokens take part, as in the original
            x = F.pad(x, (0, 0, 0, right, 0, bottom))
        hp, wp = h + bottom, w + right
        x = x.view(b, hp // s, s, wp // s, s, c).transpose(2, 3).reshape(-1, s * s, c)
        q, k, v = self.qkv(x).view(-1, s * s, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        if self.fused:
            x = F.scaled_dot_product_attention(q, k, v)
        else:
            x = torch.softmax((q * (c // self.heads) ** -0.5) @ k.transpose(-1, -2), -1) @ v
        x = self.proj(x.transpose(1, 2).reshape(-1, s * s, c))
        x = x.view(b, hp // s, wp // s, s, s, c).transpose(2, 3).reshape(b, hp, wp, c)
        return x[:, :h, :w]


class ChannelAttention(nn.Module):
    def __init__(self, dim, groups):
        super().__init__()
        self.groups = groups
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x):
        b, h, w, c = x.shape
        n = h * w
        q, k, v = self.qkv(x).view(b, n, 3, self.groups, c // self.groups).permute(2, 0, 3, 4, 1).unbind(0)
        a = torch.softmax((q * n ** -0.5) @ k.transpose(-1, -2), -1)
        return self.proj((a @ v).permute(0, 3, 1, 2).reshape(b, h, w, c))


class Block(nn.Module):
    """One spatial or channel block: both differ only in their attention."""

    def __init__(self, dim, name, attention):
        super().__init__()
        self.conv1, self.conv2 = DepthwiseConv(dim), DepthwiseConv(dim)
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.add_module(name, attention)
        self.ffn = Mlp(dim)
        self.name = name

    def forward(self, x):
        x = x + self.conv1(x)
        x = x + getattr(self, self.name)(_norm(self.norm1, x))
        x = x + self.conv2(x)
        return x + self.ffn(_norm(self.norm2, x))


class Pair(nn.Module):
    def __init__(self, dim, heads, window):
        super().__init__()
        self.spatial_block = Block(dim, "window_attn", WindowAttention(dim, heads, window))
        self.channel_block = Block(dim, "channel_attn", ChannelAttention(dim, heads))

    def forward(self, x):
        return self.channel_block(self.spatial_block(x))


class PatchEmbed(nn.Module):
    def __init__(self, stage, before, dim):
        super().__init__()
        size, stride, pad = (7, 4, 3) if stage == 0 else (3, 2, 1)
        self.first = stage == 0
        self.conv = nn.Conv2d(before, dim, size, stride, pad)
        self.norm = nn.LayerNorm(dim if self.first else before)

    def forward(self, x):
        if not self.first:
            x = _norm(self.norm, x)
        x = self.conv(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return _norm(self.norm, x) if self.first else x


class VisionTower(nn.Module):
    def __init__(self, s):
        super().__init__()
        dims = (3,) + tuple(s.dims)
        self.convs = nn.ModuleList(PatchEmbed(i, dims[i], dims[i + 1]) for i in range(4))
        self.blocks = nn.ModuleList(
            nn.ModuleList(Pair(s.dims[i], s.heads[i], s.window) for _ in range(s.depths[i])) for i in range(4))

    def forward(self, pixels):
        x = pixels
        for conv, pairs in zip(self.convs, self.blocks):
            x = conv(x)
            for pair in pairs:
                x = pair(x)
        return x


class PositionEmbed(nn.Module):
    def __init__(self, dim, count=50):
        super().__init__()
        self.row_embeddings = nn.Embedding(count, dim // 2)
        self.column_embeddings = nn.Embedding(count, dim - dim // 2)


class TemporalEmbed(nn.Module):
    """The cosine table of the original; with one frame its first row adds 1 to every odd channel."""

    def __init__(self, dim, count=100):
        super().__init__()
        rate = torch.exp(torch.arange(dim // 2).float() * -(math.log(10000) / (dim // 2)))
        angle = torch.arange(count).float()[:, None] * rate
        table = torch.empty(count, dim)
        table[:, 0::2], table[:, 1::2] = torch.sin(angle), torch.cos(angle)
        self.register_buffer("pos_idx_to_embed", table)


class Projector(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.image_projection = nn.Linear(s.dims[-1], s.d_model, bias=False)
        self.image_proj_norm = nn.LayerNorm(s.d_model)
        self.image_position_embed = PositionEmbed(s.dims[-1])
        self.visual_temporal_embed = TemporalEmbed(s.dims[-1])

    def forward(self, x):
        b, h, w, c = x.shape
        columns = self.image_position_embed.column_embeddings.weight[:w].to(x.dtype)
        rows = self.image_position_embed.row_embeddings.weight[:h].to(x.dtype)
        place = torch.cat([columns[None].expand(h, w, -1), rows[:, None].expand(h, w, -1)], -1)
        x = (x + place + self.visual_temporal_embed.pos_idx_to_embed[0].to(x.dtype)).reshape(b, h * w, c)
        x = torch.cat([x.mean(1, keepdim=True), x], 1)
        return _norm(self.image_proj_norm, self.image_projection(x))


class Attention(nn.Module):
    fused = False                                # no weights are returned then

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.k_proj, self.v_proj = nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.q_proj, self.out_proj = nn.Linear(dim, dim), nn.Linear(dim, dim)

    def forward(self, x, memory, mask):
        """Returns the result and the attention weights [B, heads, queries, keys], or None of a fused layer."""
        b, t, c = x.shape
        split = lambda y: y.view(b, -1, self.heads, c // self.heads).transpose(1, 2)
        q, k, v = split(self.q_proj(x)), split(self.k_proj(memory)), split(self.v_proj(memory))
        if self.fused:
            y = F.scaled_dot_product_attention(q, k, v, mask.to(q.dtype))
            return self.out_proj(y.transpose(1, 2).reshape(b, t, c)), None
        weights = torch.softmax((q @ k.transpose(-1, -2) * (c // self.heads) ** -0.5).float() + mask, -1)
        y = (weights.to(v.dtype) @ v).transpose(1, 2).reshape(b, t, c)
        return self.out_proj(y), weights


class EncoderLayer(nn.Module):
    def __init__(self, s):
        super().__init__()
        d = s.d_model
        self.self_attn = Attention(d, s.text_heads)
        self.self_attn_layer_norm = nn.LayerNorm(d)
        self.fc1, self.fc2 = nn.Linear(d, s.ffn), nn.Linear(s.ffn, d)
        self.final_layer_norm = nn.LayerNorm(d)

    def forward(self, x, mask):
        x = _norm(self.self_attn_layer_norm, x + self.self_attn(x, x, mask)[0])
        return _norm(self.final_layer_norm, x + self.fc2(F.gelu(self.fc1(x))))


class DecoderLayer(EncoderLayer):
    def __init__(self, s):
        super().__init__(s)
        self.encoder_attn = Attention(s.d_model, s.text_heads)
        self.encoder_attn_layer_norm = nn.LayerNorm(s.d_model)

    def forward(self, x, causal, memory, mask):
        x = _norm(self.self_attn_layer_norm, x + self.self_attn(x, x, causal)[0])
        y, weights = self.encoder_attn(x, memory, mask)
        x = _norm(self.encoder_attn_layer_norm, x + y)
        return _norm(self.final_layer_norm, x + self.fc2(F.gelu(self.fc1(x)))), weights


class Stack(nn.Module):
    def __init__(self, s, layer, count):
        super().__init__()
        self.embed_positions = nn.Embedding(s.positions + 2, s.d_model)
        self.layernorm_embedding = nn.LayerNorm(s.d_model)
        self.layers = nn.ModuleList(layer(s) for _ in range(count))

    def start(self, x):
        return _norm(self.layernorm_embedding, x + self.embed_positions.weight[2:2 + x.shape[1]].to(x.dtype))


class LanguageModel(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.shared = nn.Embedding(s.vocabulary, s.d_model)
        self.encoder = Stack(s, EncoderLayer, s.encoder_layers)
        self.decoder = Stack(s, DecoderLayer, s.decoder_layers)


class Inner(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.vision_tower = VisionTower(s)
        self.multi_modal_projector = Projector(s)
        self.language_model = LanguageModel(s)


class Florence2(nn.Module):
    """The whole network.  `model.` in front of every name is the native layout's."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.model = Inner(shape)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02 if isinstance(module, nn.Embedding)
                                else min(0.05, (1 / module.in_features) ** 0.5))
                if getattr(module, "bias", None) is not None:
                    nn.init.zeros_(module.bias)

    def fuse(self, guided):
        """Uses PyTorch's fused attention wherever nobody asks for the weights: all layers but the last `guided`
        decoder layers' cross-attention."""
        for module in self.modules():
            if isinstance(module, (WindowAttention, Attention)):
                module.fused = True
        for layer in self.model.language_model.decoder.layers[-guided:]:
            layer.encoder_attn.fused = False

    def see(self, pixels):
        """Normalised pixels [B, H, W, 3] to (tower features [B, h, w, C], image tokens [B, 1 + h w, d])."""
        features = self.model.vision_tower(pixels)
        return features, self.model.multi_modal_projector(features)

    def encode(self, image, prompt, prompt_mask):
        """Image tokens and prompt ids [B, P] to (encoder states, additive key mask)."""
        lm = self.model.language_model
        words = F.embedding(prompt, lm.shared.weight).to(image.dtype)
        seen = torch.cat([torch.ones(image.shape[:2], dtype=torch.bool, device=image.device), prompt_mask], 1)
        mask = torch.zeros(seen.shape, device=image.device).masked_fill(~seen, -1e9)[:, None, None]
        x = lm.encoder.start(torch.cat([image, words], 1))
        for layer in lm.encoder.layers:
            x = layer(x, mask)
        return x, mask

    def decode(self, ids, memory, mask):
        """Decoder ids [B, T] to (hidden states [B, T, d], cross-attention weights of each layer)."""
        lm = self.model.language_model
        t = ids.shape[1]
        causal = torch.full((t, t), -1e9, device=memory.device).triu(1)
        x = lm.decoder.start(F.embedding(ids, lm.shared.weight).to(memory.dtype))
        looks = []
        for layer in lm.decoder.layers:
            x, weights = layer(x, causal, memory, mask)
            looks.append(weights)
        return x, looks

    def logits(self, hidden):
        return F.linear(hidden, self.model.language_model.shared.weight.to(hidden.dtype))
