# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/fixtures/training: what PEFT and torch's AdamW make of lessons that the C test makes by itself.

    gradients.npy   of the first lesson, all layers' A and B one behind the other
    losses.npy      of each of 50 steps, before it
    learnt.npy      A and B after them, laid out as the gradients
"""

from pathlib import Path

import numpy as np
import torch
from peft import LoraConfig, get_peft_model

from make_golden import MODELS, make_state

OUT = Path(__file__).resolve().parent.parent / "fixtures" / "training"
RANK = 4
LENGTHS = [5, 9, 2]  # tokens of answers
STATES = [7, 3, 1]  # states that count
N_STEPS, N_LESSONS = 50, 3
PARTS = [f"{a}.{p}" for a in ("self_attn", "encoder_attn") for p in ("q_proj", "k_proj", "v_proj", "out_proj")]
PARTS += ["fc1", "fc2"]


def numbers(seed, n):
    """The same in [-1, 1) everywhere: hashed counters, 24 bits each."""
    h = (np.arange(n, dtype=np.uint64) + 1 + seed * 7919) * 2654435761 % 2**32
    h = (h ^ (h >> 16)) * 2246822519 % 2**32
    return (h >> 8).astype(np.float64) / 2**23 - 1


def answer(lesson, text, vocabulary):
    """`<s>` ids `</s>`"""
    middle = (numbers(1000 + 10 * lesson + text, LENGTHS[text] - 2) + 1) / 2 * (vocabulary - 10)
    return [0] + [5 + int(i) for i in middle] + [2]


def lose(network, lesson, width):
    """The mean loss of all labelled tokens, without any helper that shifts labels."""
    longest = max(LENGTHS)
    answers = [answer(lesson, i, network.config.text_config.vocab_size) for i in range(len(LENGTHS))]
    fed = torch.tensor([[2] + a[:-1] + [1] * (longest - len(a)) for a in answers])
    labels = torch.tensor([a + [-100] * (longest - len(a)) for a in answers])
    states = torch.from_numpy(numbers(2000 + lesson, len(STATES) * max(STATES) * width))
    mask = torch.arange(max(STATES))[None, :] < torch.tensor(STATES)[:, None]
    out = network.model.language_model.decoder(
        input_ids=fed, encoder_hidden_states=states.reshape(len(STATES), max(STATES), width),
        encoder_attention_mask=mask.long(), use_cache=False,
    )  # fmt: skip
    logits = network.lm_head(out.last_hidden_state)
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)


def save(name, values):
    np.save(OUT / name, np.asarray(values, dtype="<f4"))


def main():
    model = next(m for m in MODELS if m.name == "original-64")
    network = make_state(model)[0].double()
    decoder = "model.language_model.decoder.layers"
    names = [f"{decoder}.{i}.{part}" for i in range(model.layers[1]) for part in PARTS]
    config = LoraConfig(r=RANK, lora_alpha=RANK, target_modules=names, lora_dropout=0.0, bias="none")
    peft = get_peft_model(network, config)
    trained = []
    for i, name in enumerate(names):
        layer = network.get_submodule(name)
        for j, half in enumerate((layer.lora_A, layer.lora_B)):
            weight = half["default"].weight
            weight.data = torch.from_numpy(numbers(2 * i + j, weight.numel())).reshape(weight.shape) * [0.125, 0.1][j]
            trained.append(weight)
    assert {id(p) for p in peft.parameters() if p.requires_grad} == {id(w) for w in trained}

    optimizer = torch.optim.AdamW(trained, lr=2e-3, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.01)
    losses = []
    OUT.mkdir(exist_ok=True)
    for step in range(N_STEPS):
        optimizer.zero_grad()
        loss = lose(network, step % N_LESSONS, model.width)
        loss.backward()
        if step == 0:
            save("gradients.npy", np.concatenate([w.grad.flatten().numpy() for w in trained]))
        losses.append(loss.item())
        norm = torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        if step % 10 == 0:
            print(step, loss.item(), norm.item())
    save("losses.npy", losses)
    save("learnt.npy", np.concatenate([w.detach().flatten().numpy() for w in trained]))


if __name__ == "__main__":
    main()
