# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/fixtures/variants.json: what files other than the published ones ask for, and what comes of it.

Settings of generation, token tables that are stored apart, and the parts of tokenizer.json, each put into
models/native-96 and answered by the reference.
"""

import copy
import json

import torch
from tokenizers import Tokenizer
from transformers import GenerationConfig

import layouts
from command_line import FIXTURES, UNPACKED
from save_model import PROMPT, SOURCE, TASK, answer, load_model, load_processor

SETTINGS = [
    {},
    {"eos_token_id": [2, 332]},
    {"eos_token_id": [2, 332, 560], "early_stopping": False},
    {"eos_token_id": None, "forced_eos_token_id": None},
    {"forced_eos_token_id": [2]},
    {"pad_token_id": None},
    {"repetition_penalty": 1.5},
    {"repetition_penalty": 0.8},
    {"suppress_tokens": [1122, 956]},
    {"begin_suppress_tokens": [1105]},
    {"begin_suppress_tokens": [1105], "forced_bos_token_id": None},
    {"bad_words_ids": [[1122], [1092, 956], [2]]},
    {"min_length": 12, "suppress_tokens": [1164, 909, 956]},
    {"min_new_tokens": 15, "repetition_penalty": 1.5},
    {"exponential_decay_length_penalty": [4, 1.1]},
    {"exponential_decay_length_penalty": [2, 1.5], "early_stopping": False},
    {"renormalize_logits": True, "bad_words_ids": [[1105]]},
    {"repetition_penalty": 1.3, "no_repeat_ngram_size": 0, "length_penalty": 2.0},
]
BEAMS = [3, 1]

#: Factors of the tables that differ from the shared one.
TABLES = [
    {"encoder": 0.7, "decoder": 1.3},
    {"encoder": 1.2},
    {"decoder": 0.6},
    {"head": 0.9},
    {"encoder": 0.8, "decoder": 0.8, "head": 0.8},
]

LONG = {"model": "models/native-72", "generation": {"min_new_tokens": 200}, "max_new_tokens": 230}

BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [
        {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "</s>", "type_id": 0}}, {"SpecialToken": {"id": "<two>", "type_id": 0}},
    ],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {
        "<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
        "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]},
        "<two>": {"id": "<two>", "ids": [1, 3], "tokens": ["<pad>", "<unk>"]},
    },
}  # fmt: skip
BERT = {"type": "BertProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]}
ROBERTA = {"type": "RobertaProcessing", "sep": ["</s>", 3], "cls": ["<s>", 1], "trim_offsets": True,
           "add_prefix_space": False}  # fmt: skip

#: Members of tokenizer.json and of its model that are set, and tokens that are taken out of the vocabulary.
TOKENIZERS = [
    {},
    {"root": {"post_processor": None}},
    {"root": {"post_processor": TEMPLATE}},
    {"root": {"post_processor": BERT}},
    {"root": {"post_processor": ROBERTA}},
    {"root": {"post_processor": BYTE_LEVEL}},
    {"root": {"post_processor": {"type": "Sequence", "processors": [BYTE_LEVEL, BERT, TEMPLATE]}}},
    {"root": {"pre_tokenizer": dict(BYTE_LEVEL, add_prefix_space=True)}},
    {"root": {"pre_tokenizer": dict(BYTE_LEVEL, use_regex=False)}},
    {"root": {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [BYTE_LEVEL]}}},
    {"root": {"normalizer": {"type": "Sequence", "normalizers": []}}},
    {"model": {"ignore_merges": True, "merges": []}},
    {"model": {"unk_token": "<unk>"}, "drop": ["q", "z"]},
    {"model": {"unk_token": "<unk>", "fuse_unk": True}, "drop": ["q", "z"]},
    {"drop": ["q", "z"]},
    {"model": {"byte_fallback": True, "dropout": 0.0}},
]
TEXTS = ["What is the text in the image?", " qqz zq, qz  the\n<loc_12> objects <s>", "don't  Locate"]


def make_settings():
    processor = load_processor()
    cases = []
    for settings in SETTINGS:
        for beams in BEAMS:
            model = load_model()
            values = model.generation_config.to_dict() | settings | {"num_beams": beams}
            model.generation_config = GenerationConfig(**values)
            cases.append({"generation": settings, "num_beams": beams, "ids": answer(model, processor)})
    return cases


def make_tables():
    processor = load_processor()
    cases = []
    for factors in TABLES:
        model = load_model()
        language = model.model.language_model
        shared = language.shared.weight.detach()
        places = {"encoder": language.encoder.embed_tokens, "decoder": language.decoder.embed_tokens,
                  "head": model.lm_head}  # fmt: skip
        for name, place in places.items():
            place.weight = torch.nn.Parameter(shared * factors.get(name, 1.0))
        cases.append({"factors": factors, "ids": answer(model, processor)})
    return cases


def make_tokenizers():
    base = json.loads((SOURCE / "tokenizer.json").read_text())
    cases = []
    for change in TOKENIZERS:
        content = copy.deepcopy(base)
        content.update(change.get("root", {}))
        content["model"].update(change.get("model", {}))
        for token in change.get("drop", []):
            # Renamed: the ids of added tokens depend on how many tokens there are before them.
            content["model"]["vocab"]["no " + token] = content["model"]["vocab"].pop(token)
        tokenizer = Tokenizer.from_str(json.dumps(content))
        cases.append(dict(change, texts=[{"text": t, "ids": tokenizer.encode(t).ids} for t in TEXTS]))
    return cases


def make_long():
    """An answer that goes past the places the decoder's cache has at first."""
    source = UNPACKED / LONG["model"]
    model = load_model(source)
    values = model.generation_config.to_dict() | LONG["generation"]
    model.generation_config = GenerationConfig(**values)
    ids = answer(model, load_processor(source), LONG["max_new_tokens"])
    return dict(LONG, ids=ids)


def main():
    layouts.write_json(FIXTURES / "variants.json", {
        "format": 1, "model": "models/native-96", "image": "images/a.png", "task": TASK, "prompt": PROMPT,
        "max_new_tokens": 24, "settings": make_settings(), "tables": make_tables(),
        "tokenizers": make_tokenizers(), "long": make_long(),
    })  # fmt: skip


if __name__ == "__main__":
    main()
