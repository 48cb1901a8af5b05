# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes fixtures/sampling.json: what the reference's temperature, top-k, top-p and min-p leave of made-up
logits, as probabilities, likeliest first.

The candidates of each case are the 32 best of a larger vocabulary with their log-probabilities over all of
it, as a device returns them; what is left is computed from the whole vocabulary. Run by hand with the
versions of requirements.txt:

    python make_sampling.py ../fixtures/sampling.json
"""
import json
import random
import sys

import torch
from transformers import (LogitsProcessorList, MinPLogitsWarper, TemperatureLogitsWarper, TopKLogitsWarper,
                          TopPLogitsWarper)

CANDIDATES = 32


def draw_case(rng, generator):
    vocab = rng.choice([3, 20, 32, 33, 200, 2000])
    logits = torch.randn(1, vocab, generator=generator, dtype=torch.float32) * rng.choice([0.5, 1, 3, 10])
    case = {
        "temperature": rng.choice([0.1, 0.7, 1.0, 1.0, 1.5, 4.0]),
        "top_k": rng.choice([0, 1, 2, 5, 20, 32]),
        "top_p": rng.choice([1.0, 1.0, 0.05, 0.5, 0.9, 0.99]),
        "min_p": rng.choice([0.0, 0.0, 0.01, 0.1, 0.5, 1.0]),
    }
    warpers = LogitsProcessorList([TemperatureLogitsWarper(case["temperature"]),
                                   TopKLogitsWarper(case["top_k"] or CANDIDATES)])
    if case["top_p"] < 1:
        warpers.append(TopPLogitsWarper(case["top_p"]))
    if case["min_p"] > 0:
        warpers.append(MinPLogitsWarper(case["min_p"]))

    scores = torch.log_softmax(logits.double(), dim=-1).float()[0]
    best = torch.sort(scores, descending=True, stable=True).indices[:CANDIDATES]
    left = torch.softmax(warpers(None, logits.clone()).double(), dim=-1)[0]
    case["scores"] = [float(scores[i]) for i in best]
    case["left"] = [float(left[i]) for i in best if left[i] > 0]
    assert abs(sum(case["left"]) - 1) < 1e-9
    return case


def main():
    rng, generator = random.Random(11), torch.Generator().manual_seed(11)
    cases = [draw_case(rng, generator) for _ in range(120)]
    with open(sys.argv[1], "w") as file:
        json.dump(cases, file, separators=(",", ":"))
        file.write("\n")


main()
