# SPDX-License-Identifier: GPL-3.0-or-later
"""The loops of what draws frames: codes of frames first, then a decoder that says which codes follow from places."""
import math
import time

import numpy as np
import torch
import torch.nn.functional as F

from contrast.muon import Muon
from world import frames, painter
from world.sight import Sight, loudness

WARM = 60
GROUND = torch.from_numpy(frames.ground().transpose(2, 0, 1).copy())


class Course:
    """What learns for so many minutes of the processor, or by the clock, whichever ends first; its rate goes with the
    share of the time that is over, held and then down to nothing."""

    def __init__(self, minutes, most_minutes, held):
        self.minutes, self.most, self.held = minutes, most_minutes, held
        self.start, self.began, self.said, self.step = time.process_time(), time.time(), time.time(), 0

    @property
    def spent(self):
        return time.process_time() - self.start

    @property
    def share(self):
        return max(self.spent / self.minutes, (time.time() - self.began) / self.most) / 60

    def begin(self, *optimizers):
        """Whether there is a step more; sets rates."""
        share = self.share
        if share >= 1:
            return False
        rate = min(1, (self.step + 1) / WARM) * min(1, (1 - share) / (1 - self.held))
        for optimizer, most in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = most * rate
        self.step += 1
        return True

    def is_due(self):
        if time.time() - self.said < 30:
            return False
        self.said = time.time()
        return True


def pixels_of(scene, frame):
    places, radii, colours, obstacles = scene
    return torch.from_numpy(frames.draw(places[:, frame], radii, colours, obstacles))


def keep(path, **parts):
    torch.save(parts, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


# --- codes of frames ----------------------------------------------------------------------------------------------

def loss_of_sight(sight, pixels):
    """Things count more than the ground, which is most of a frame."""
    back, outside = sight(pixels)
    weight = 1 + 5 * ((pixels - GROUND).abs().amax(1, keepdim=True) > 0.01)
    return (weight * (back - pixels).pow(2)).mean() + 0.1 * outside


@torch.no_grad()
def measure_sight(sight, n=400, seed=99):
    """Decibels, their least, how many codes are used."""
    pixels = pixels_of(frames.by_chance(np.random.default_rng(seed), n, 1), 0)
    codes = sight.read(pixels)
    loud = loudness(pixels, sight.draw(codes))
    return loud.mean().item(), loud.min().item(), len(codes.unique())


def learn_sight(minutes, most_minutes, path, seed=1, say=print, at_once=64):
    torch.manual_seed(seed)
    rng, sight = np.random.default_rng(seed), Sight()
    adam = torch.optim.AdamW(sight.parameters(), 3e-3, betas=(0.9, 0.98), weight_decay=0)
    course = Course(minutes, most_minutes, 0.4)
    say(f"{sum(p.numel() for p in sight.parameters())} parameters of what sees")
    while course.begin((adam, 3e-3)):
        loss = loss_of_sight(sight, pixels_of(frames.by_chance(rng, at_once, 1), 0))
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(sight.parameters(), 1.0)
        adam.step()
        if course.is_due():
            mean, least, used = measure_sight(sight)
            say(f"step {course.step} loss {loss.item():.5f} {mean:.2f} dB, least {least:.2f}, {used} codes, "
                f"processor {course.spent:.0f} s")
            keep(path, sight=sight.state_dict(), steps=course.step, seen=course.step * at_once, spent=course.spent)
    keep(path, sight=sight.state_dict(), steps=course.step, seen=course.step * at_once, spent=course.spent)
    say("%.2f dB, least %.2f, %d codes" % measure_sight(sight) + f"; {course.step * at_once} frames")
    return sight


# --- codes from places --------------------------------------------------------------------------------------------

@torch.no_grad()
def words_of(sight, scene):
    places, radii, colours, obstacles = scene
    n, count = places.shape[:2]
    codes = torch.stack([sight.read(pixels_of(scene, t)) for t in range(count)], 1).numpy()
    return torch.from_numpy(painter.write(places, radii, colours, obstacles, codes.reshape(n, count, -1)))


@torch.no_grad()
def measure_painter(network, sight, n=200, seed=99):
    """Nats a code where a frame was seen before, share of codes that are right, decibels of what is drawn."""
    scene = frames.by_chance(np.random.default_rng(seed), n, 2)
    words = words_of(sight, scene)
    drawn = network.draw(words)
    right = (drawn == words[:, -painter.N_CELLS:, 0] - painter.CODE).float().mean().item()
    return network.loss(words)[1].item(), right, loudness(pixels_of(scene, 1), sight.draw(drawn)).mean().item()


def learn_painter(sight, minutes, most_minutes, path, seed=1, say=print, at_once=48, start=None):
    """Goes on with the weights of another run where it is told one, whose words are the first ones."""
    torch.manual_seed(seed)
    rng, network = np.random.default_rng(seed + 1), painter.Painter()
    if start:
        begun = torch.load(start, weights_only=True)["painter"]
        with torch.no_grad():
            for name, p in network.named_parameters():
                n = min(len(begun[name]), painter.OBSTACLE) if name == "embed_tokens.weight" else len(p)
                p[:n] = begun[name][:n]
    inner = [p for n, p in network.named_parameters() if p.ndim == 2 and "embed" not in n]
    outer = [p for n, p in network.named_parameters() if p.ndim == 1 or "embed" in n]
    muon = Muon(inner, decay=0.01)
    adam = torch.optim.AdamW(outer, 4e-3, betas=(0.9, 0.97), weight_decay=0)
    course = Course(minutes, most_minutes, 0.1 if start else 0.4)
    gentle = 0.7 if start else 1
    say(f"{sum(p.numel() for p in network.parameters())} parameters of what draws")
    while course.begin((muon, 0.02 * gentle), (adam, 4e-3 * gentle)):
        first, second = network.loss(words_of(sight, frames.by_chance(rng, at_once, 2)))
        muon.zero_grad()
        adam.zero_grad()
        (0.5 * first + second).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        muon.step()
        adam.step()
        if course.is_due():
            nats, right, loud = measure_painter(network, sight)
            say(f"step {course.step} nats {first.item():.3f} {second.item():.3f}, held out {nats:.3f}, right {right:.3f}, "
                f"{loud:.2f} dB, processor {course.spent:.0f} s")
            keep(path, painter=network.state_dict(), steps=course.step, seen=course.step * at_once, spent=course.spent)
    keep(path, painter=network.state_dict(), steps=course.step, seen=course.step * at_once, spent=course.spent)
    say("nats %.3f, right %.3f, %.2f dB" % measure_painter(network, sight) + f"; {course.step * at_once} pairs of frames")
    return network
