# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes fixtures/search.json: what the reference's greedy and beam search choose for made-up logits.

The logits are a hash of the tokens so far, simple enough to be computed again in C (unit/test-search.c), so
that searching is tested without a model. Run by hand with the versions of requirements.txt:

    python make_search.py ../fixtures/search.json
"""
import json
import random
import sys

import numpy as np
import torch
from transformers import BartConfig, BartForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutput, Seq2SeqLMOutput

EOS, PAD, BOS = 2, 1, 0


def mix(h, value):
    """One round of FNV-1a over a 32-bit word, then an avalanche."""
    h = ((h ^ value) * 16777619) & 0xFFFFFFFF
    h ^= h >> 15
    h = (h * 0x2C1B3C6D) & 0xFFFFFFFF
    return h ^ (h >> 12)


def make_logits(case, ids):
    """[vocab]: each a multiple of 2^-24 times a small integer, so exact in single precision."""
    tail = ids[-case["context"]:] if case["context"] else ids
    h = mix(2166136261, case["seed"])
    for token in tail:
        h = mix(h, token)
    logits = np.array([(mix(h, v) >> 8) / 2**24 * case["scale"] for v in range(case["vocab"])], dtype=np.float32)
    logits[EOS] += np.float32(case["eos_bias"])
    return logits


class Fake(BartForConditionalGeneration):
    case = None

    def forward(self, input_ids=None, decoder_input_ids=None, encoder_outputs=None, **kwargs):
        logits = np.stack([make_logits(self.case, row) for row in decoder_input_ids.tolist()])
        return Seq2SeqLMOutput(logits=torch.from_numpy(logits)[:, None, :])


def draw_case(rng, i):
    early = [False, True, "never"][i % 3]
    ngram = rng.choice([0, 0, 1, 2, 3, 3, 4])
    scale = rng.choice([2, 4, 8, 8, 16])
    return {
        "seed": rng.randrange(1 << 30),
        "vocab": rng.choice([64, 71, 96]),
        "context": rng.choice([0, 0, 1, 2]),
        "scale": scale,
        # Around the largest of the other logits, so that hypotheses end at all lengths.
        "eos_bias": scale * rng.choice([0.0, 0.25, 0.5, 0.625, 0.75]),
        "beams": rng.choice([1, 2, 3, 3, 4, 5, 8]),
        "max_length": rng.choice([2, 3, 7, 12, 20, 30, 30]),
        "ngram": ngram,
        "forced_bos": rng.choice([-1, 0, 0]),
        "forced_eos": rng.choice([-1, 2, 2]),
        "early": {False: "false", True: "true", "never": "never"}[early],
        "length_penalty": rng.choice([1.0, 1.0, 1.0, 0.0, 0.6, 2.0, -0.5]),
    }


def run_case(model, case):
    model.case = case
    early = {"false": False, "true": True, "never": "never"}[case["early"]]
    beams = case["beams"]
    beam_only = {"early_stopping": early, "length_penalty": case["length_penalty"]} if beams > 1 else {}
    out = model.generate(
        encoder_outputs=BaseModelOutput(last_hidden_state=torch.zeros(1, 1, model.config.d_model)),
        attention_mask=torch.ones(1, 1, dtype=torch.long),
        num_beams=beams,
        max_length=case["max_length"],
        no_repeat_ngram_size=case["ngram"],
        forced_bos_token_id=None if case["forced_bos"] < 0 else case["forced_bos"],
        forced_eos_token_id=None if case["forced_eos"] < 0 else case["forced_eos"],
        decoder_start_token_id=EOS,
        eos_token_id=EOS,
        pad_token_id=PAD,
        bos_token_id=BOS,
        do_sample=False,
        use_cache=False,
        return_dict_in_generate=True,
        output_scores=True,
        **beam_only,
    )
    case["ids"] = out.sequences[0].tolist()
    if beams > 1:
        case["score"] = float(out.sequences_scores[0])


def main():
    torch.set_num_threads(1)
    rng = random.Random(20)
    config = BartConfig(vocab_size=96, d_model=8, encoder_layers=1, decoder_layers=1, encoder_attention_heads=1,
                        decoder_attention_heads=1, encoder_ffn_dim=8, decoder_ffn_dim=8, max_position_embeddings=64)
    model = Fake(config).eval()
    model.generation_config.forced_eos_token_id = None
    model.generation_config.forced_bos_token_id = None
    cases = [draw_case(rng, i) for i in range(420)]
    with torch.no_grad():
        for case in cases:
            run_case(model, case)
    with open(sys.argv[1], "w") as out:
        out.write('{"made_by": "tests/reference/make_search.py", "cases": [\n')
        out.write(",\n".join(json.dumps(case) for case in cases))
        out.write("\n]}\n")


main()
