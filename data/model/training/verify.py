# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads an exported folder with the reference implementation and compares it with our own network: tokenizer ids,
logits under teacher forcing, and answers of greedy and beam search.  `engine` compares Monocle's engine with our
own network in the same way, through monocle-cli.
"""
import json
import subprocess

import numpy as np
import torch

import start
from decoding import beam, greedy, pixels
from network import Florence2
from presets import SHARES
from scene import scenes_of
from tasks import PROMPTS, TaskWriter
from tokenizer import Tokenizer

SEED = 77                      # of the scenes


def load(folder, preset):
    """Returns (our network with the weights of an exported folder, its tokenizer)."""
    tokenizer = Tokenizer.of_folder(folder)
    preset.shape.vocabulary = tokenizer.vocabulary
    ours = Florence2(preset.shape)
    start.load(folder, ours, tokenizer)
    return ours.eval(), tokenizer


def text_of(tokenizer, ids):
    return tokenizer.decode([i for i in ids if i != 1])


def run(folder, preset, atlas, makers, count=8):
    from tokenizers import Tokenizer as ReferenceTokenizer
    from transformers import AutoTokenizer, Florence2ForConditionalGeneration
    reference, info = Florence2ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32,
                                                                        output_loading_info=True)
    problems = {k: v for k, v in info.items() if v}
    assert not problems, problems
    reference.eval()
    words = ReferenceTokenizer.from_file(str(folder / "tokenizer.json"))
    assert len(AutoTokenizer.from_pretrained(folder)) == words.get_vocab_size()
    ours, tokenizer = load(folder, preset)
    writer = TaskWriter(atlas.drawn, SHARES, preset.max_points, preset.fixed_points, preset.languages)
    worst, same_greedy, same_beam, total = 0.0, 0, 0, 0
    for i, (scene, picture) in enumerate(scenes_of(makers["seen"], count, SEED)):
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
            total += 1
            same_greedy += text_of(tokenizer, simple[0].tolist()) == greedy(ours, tokenizer, image, [q.prompt])[0]
            same_beam += text_of(tokenizer, wide[0].tolist()) == beam(ours, tokenizer, image, q.prompt)
    print(json.dumps({"prompts": total, "largest relative difference of logits": worst,
                      "same greedy answers": same_greedy, "same beam answers": same_beam}))


# What monocle-cli is asked: (task, text or None, region as shares of the side or None).
ASKED = ([(task, None, None) for task in ("<OD>", "<CAPTION>", "<DETAILED_CAPTION>", "<MORE_DETAILED_CAPTION>",
                                          "<DENSE_REGION_CAPTION>", "<REGION_PROPOSAL>")]
         + [("<OPEN_VOCABULARY_DETECTION>", "dog", None), ("<REFERRING_EXPRESSION_SEGMENTATION>", "the red car", None),
            ("<CAPTION_TO_PHRASE_GROUNDING>", "A dog and a house.", None),
            ("prompt", "Describe the image in German.", None), ("prompt", "How many apples are in the image?", None)]
         + [(task, None, (0.25, 0.125, 0.75, 0.875)) for task in
            ("<REGION_TO_CATEGORY>", "<REGION_TO_DESCRIPTION>", "<REGION_TO_SEGMENTATION>")])


def engine(folder, cli, work, preset, makers, count=50, longest=96):
    """Asks the engine and our network the same of `count` scenes; greedy, weights in 32 bits."""
    work.mkdir(parents=True, exist_ok=True)
    ours, tokenizer = load(folder, preset)
    pictures = [picture for _, picture in scenes_of(makers["seen"], count, SEED)]
    files = [work / f"{i:03d}.png" for i in range(count)]
    for file, picture in zip(files, pictures):
        picture.save(file)
    with torch.no_grad():
        images = torch.cat([ours.see(pixels(pictures[i:i + 25]))[1] for i in range(0, count, 25)])
    side, different = preset.shape.image, []
    for task, text, region in ASKED:
        command = [str(cli), "run", "--model", str(folder), "--precision", "f32", "--beams", "1", "--format", "json",
                   "--max-tokens", str(longest - 2), "--task", task]
        command += ["--text", text] if text else []
        region = [v * side for v in region] if region else None
        command += ["--region", ",".join(map(str, region))] if region else []
        lines = subprocess.run(command + [str(f) for f in files], capture_output=True, text=True, check=True).stdout
        theirs = [text_of(tokenizer, json.loads(line)["token_ids"]) for line in lines.splitlines()]
        words = text or ("".join(f"<loc_{int(v / side * 1000)}>" for v in region) if region else "")
        prompt = PROMPTS.get(task, "{input}").replace("{input}", words)
        mine = greedy(ours, tokenizer, images, [prompt] * count, longest)
        different += [(task, file.name, a, b) for file, a, b in zip(files, theirs, mine) if a != b]
    for row in different:
        print(*row, sep="\n    ")
    print(json.dumps({"scenes": count, "prompts": count * len(ASKED), "answers that differ": len(different)}))
