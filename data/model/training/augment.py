# SPDX-License-Identifier: GPL-3.0-or-later
"""The last touch of a training picture, on the device that trains: light, contrast, colour, blur and noise, then the
normalisation of the model's input.  The scenes that figures are measured on get theirs in scene.py, once and for all.
"""
import torch
import torch.nn.functional as F

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
GREY = (0.299, 0.587, 0.114)   # of red, green, blue in the grey that contrast and colour are counted from
BLUR_REACH = 3                 # pixels of the blur to each side; the widest has a sigma of 1


def _scaled(x, origin, factor):
    return (origin + (x - origin) * factor).clamp_(0, 1)


def _factors(count, share, low, high, generator, device):
    """Returns [count, 1, 1, 1]: 1 for most, another factor for `share` of them."""
    chosen = torch.rand(count, generator=generator) < share
    factor = torch.where(chosen, torch.empty(count).uniform_(low, high, generator=generator), 1.0)
    return factor.to(device).view(-1, 1, 1, 1)


def _some(count, share, low, high, generator):
    """Returns (indices of about `share` of the pictures, an amount for each)."""
    indices = torch.nonzero(torch.rand(count, generator=generator) < share).flatten()
    return indices, torch.empty(len(indices)).uniform_(low, high, generator=generator)


def _blurred(x, sigma):
    reach = torch.arange(-BLUR_REACH, BLUR_REACH + 1, dtype=torch.float32)
    weights = torch.exp(-0.5 * (reach / sigma[:, None]) ** 2)
    weights = (weights / weights.sum(1, keepdim=True)).repeat_interleave(3, 0).to(x.device, x.dtype)
    n, h, w, c = x.shape
    y = F.pad(x.permute(0, 3, 1, 2).reshape(1, n * c, h, w), (BLUR_REACH,) * 4, "replicate")
    y = F.conv2d(y, weights.view(n * c, 1, 1, -1), groups=n * c)
    y = F.conv2d(y, weights.view(n * c, 1, -1, 1), groups=n * c)
    return y.view(n, c, h, w).permute(0, 2, 3, 1)


@torch.no_grad()
def varied(pixels, generator):
    """pixels: [B, S, S, 3] in 0..1, changed in place; `generator` is the host's.  Returns them."""
    count, device = len(pixels), pixels.device
    grey = torch.tensor(GREY, device=device)
    pixels.mul_(_factors(count, 0.4, 0.7, 1.3, generator, device)).clamp_(0, 1)
    mean = (pixels @ grey).mean((1, 2)).view(-1, 1, 1, 1)
    pixels = _scaled(pixels, mean, _factors(count, 0.4, 0.7, 1.3, generator, device))
    pixels = _scaled(pixels, (pixels @ grey)[..., None], _factors(count, 0.4, 0.7, 1.3, generator, device))
    chosen, sigma = _some(count, 0.12, 0.3, 1.0, generator)
    if len(chosen):
        chosen = chosen.to(device)
        pixels[chosen] = _blurred(pixels[chosen], sigma)
    chosen, strength = _some(count, 0.15, 2 / 255, 10 / 255, generator)
    if len(chosen):
        noise = torch.randn((len(chosen), *pixels.shape[1:3], 1), device=device) * strength.to(device).view(-1, 1, 1, 1)
        chosen = chosen.to(device)
        pixels[chosen] = (pixels[chosen] + noise).clamp_(0, 1)
    return pixels


def normalised(pixels):
    return (pixels - torch.tensor(MEAN, device=pixels.device)) / torch.tensor(STD, device=pixels.device)


def prepared(pixels, generator):
    """Returns uint8 pictures [B, S, S, 3], varied and normalised, where they are."""
    return normalised(varied(pixels.float().div_(255), generator))
