# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads an exported folder with the reference implementation and compares it with our own network:
tokenizer ids, image tokens, logits under teacher forcing, and answers of greedy and beam search.
"""
import json

import numpy as np
import torch

from decoding import beam, greedy, pixels
from evaluation import load, scenes_of
from presets import SHARES
from tasks import TaskWriter


def run(folder, checkpoint, merges, preset, atlas, makers, count=8):
    from tokenizers import Tokenizer as ReferenceTokenizer
    from transformers import AutoTokenizer, Florence2ForConditionalGeneration
    reference, info = Florence2ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32,
                                                                        output_loading_info=True)
    problems = {k: v for k, v in info.items() if v}
    assert not problems, problems
    reference.eval()
    words = ReferenceTokenizer.from_file(str(folder / "tokenizer.json"))
    assert len(AutoTokenizer.from_pretrained(folder)) == words.get_vocab_size()
    ours, tokenizer, _ = load(checkpoint, merges, preset)
    ours.load_state_dict({k: v.half().float() for k, v in ours.state_dict().items()})
    writer = TaskWriter(atlas.concepts, SHARES, preset.max_points, preset.fixed_points)
    worst, same_greedy, same_beam, total = 0.0, 0, 0, 0
    for i, (scene, picture) in enumerate(scenes_of(makers["seen"], count, 77)):
        x = pixels([picture])
        with torch.no_grad():
            image = ours.see(x)[1]
        for q in writer.some(np.random.default_rng(i), scene, 4):
            ids = [0] + tokenizer.encode(q.prompt) + [2]
            assert words.encode(q.prompt).ids == ids, q.prompt
            picture_ids = [tokenizer.ids["<image>"]] * image.shape[1]
            given = {"input_ids": torch.tensor([picture_ids + ids]), "pixel_values": x.permute(0, 3, 1, 2).contiguous(),
                     "attention_mask": torch.ones(1, len(picture_ids) + len(ids), dtype=torch.long)}
            answer = torch.tensor([[2, 0] + tokenizer.encode(q.answer)])
            with torch.no_grad():
                theirs = reference(**given, decoder_input_ids=answer).logits
                memory, mask = ours.encode(image, torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.bool))
                mine = ours.logits(ours.decode(answer, memory, mask)[0])
                worst = max(worst, float((mine - theirs).norm() / theirs.norm()))
                simple = reference.generate(**given, max_new_tokens=94)
                wide = reference.generate(**given, max_new_tokens=94, num_beams=3, early_stopping=True)
            text = lambda row: tokenizer.decode([t for t in row.tolist() if t != 1])
            total += 1
            same_greedy += text(simple[0]) == greedy(ours, tokenizer, image, [q.prompt])[0]
            same_beam += text(wide[0]) == beam(ours, tokenizer, image, q.prompt)
    print(json.dumps({"prompts": total, "largest relative difference of logits": worst,
                      "same greedy answers": same_greedy, "same beam answers": same_beam}))

