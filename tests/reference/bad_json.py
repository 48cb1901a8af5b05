# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken tokenizers and configurations; each value is (expectation, reason, bytes)."""

import copy
import json

import layouts
from make_golden import MODELS
from tiny_tokenizer import TinyTokenizer

ERROR, OK, ANY = "error", "ok", "any"


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def changed(source, path, value):
    """A copy of `source` with the entry at `path` set; DROP removes it."""
    result = copy.deepcopy(source)
    at = result
    for key in path[:-1]:
        at = at[key]
    if value is DROP:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return dump(result)


DROP = object()


def tokenizer_files():
    good = TinyTokenizer(3).tokenizer_json(False, False, False)
    vocab, merges = good["model"]["vocab"], good["model"]["merges"]
    change = lambda *path_and_value: changed(good, path_and_value[:-1], path_and_value[-1])
    added = good["added_tokens"]
    text = dump(good)
    return {
        "good.json": (OK, "259 base tokens and 3 merges", text),
        "bom.json": (ANY, "starts with a byte order mark", b"\xef\xbb\xbf" + text),
        "empty.json": (ERROR, "no bytes", b""),
        "truncated.json": (ERROR, "ends early", text[:1500]),
        "not-utf8.json": (ERROR, "not UTF-8", text.replace(b'"!"', b'"\xff\xfe"', 1)),
        "array.json": (ERROR, "an array", b"[]"),
        "deep.json": (ERROR, "5000 nested arrays", b"[" * 5000),
        "no-model.json": (ERROR, "no model", change("model", DROP)),
        "model-string.json": (ERROR, "model is a string", change("model", "BPE")),
        "wordpiece.json": (ERROR, "model type WordPiece", change("model", "type", "WordPiece")),
        "no-vocab.json": (ERROR, "no vocab", change("model", "vocab", DROP)),
        "vocab-array.json": (ERROR, "vocab is an array", change("model", "vocab", list(vocab))),
        "vocab-empty.json": (ERROR, "vocab is empty", change("model", "vocab", {})),
        "vocab-negative.json": (ERROR, "id -1", change("model", "vocab", "!", -1)),
        "vocab-huge.json": (ERROR, "id 4000000000", change("model", "vocab", "!", 4000000000)),
        "vocab-float.json": (ERROR, "id 4.5", change("model", "vocab", "!", 4.5)),
        "vocab-text.json": (ERROR, "id is a string", change("model", "vocab", "!", "4")),
        "vocab-twice.json": (ANY, "two tokens with one id", change("model", "vocab", "!", vocab['"'])),
        "vocab-no-byte.json": (ANY, "the byte ! has no token", change("model", "vocab", "!", DROP)),
        "no-merges.json": (ERROR, "no merges", change("model", "merges", DROP)),
        "merges-object.json": (ERROR, "merges is an object", change("model", "merges", {})),
        "merge-one.json": (ERROR, "a merge of one part", change("model", "merges", ["Ġt"] + merges[1:])),
        "merge-three.json": (ERROR, "a merge of three parts", change("model", "merges", ["Ġ t h"] + merges[1:])),
        "merge-number.json": (ERROR, "a merge is a number", change("model", "merges", [5] + merges[1:])),
        "merge-pair-short.json": (ERROR, "a merge pair with one entry", change("model", "merges", [["Ġ"]] + merges[1:])),
        "merge-unknown.json": (ERROR, "merges parts that are no tokens", change("model", "merges", ["qq zz"] + merges[1:])),
        "merge-result.json": (ERROR, "merge whose result is no token", change("model", "merges", ["q z"] + merges[1:])),
        "merge-twice.json": (ANY, "the same merge twice", change("model", "merges", merges + merges[:1])),
        "added-object.json": (ERROR, "added_tokens is an object", change("added_tokens", {})),
        "added-no-id.json": (ERROR, "an added token without id", change("added_tokens", [{"content": "<s>"}] + added[1:])),
        "added-empty.json": (ERROR, "an added token without text", change("added_tokens", [added[0] | {"content": ""}] + added[1:])),
        "added-huge.json": (ERROR, "an added token with id 2^31", change("added_tokens", added + [added[0] | {"id": 2**31, "content": "<x>"}])),
        "added-conflict.json": (ANY, "an added token with the id of another", change("added_tokens", added + [added[0] | {"id": 10, "content": "<x>"}])),
        "no-special.json": (ERROR, "no <s> anywhere", dump(good).replace(b'"<s>"', b'"<q>"')),
    }  # fmt: skip


def merges_files():
    good = TinyTokenizer(3)
    lines = ["#version: 0.2"] + [" ".join(p) for p in good.merges]
    join = lambda rows: ("\n".join(rows) + "\n").encode()
    return {
        "vocab.json": (OK, "the vocabulary that goes with these merges.txt", dump(good.vocab)),
        "good.txt": (OK, "three merges", join(lines)),
        "crlf.txt": (ANY, "lines end with CR LF", join(lines).replace(b"\n", b"\r\n")),
        "no-header.txt": (ANY, "no version line", join(lines[1:])),
        "blank.txt": (ANY, "a blank line", join(lines[:2] + [""] + lines[2:])),
        "one.txt": (ERROR, "a line with one part", join(lines + ["abc"])),
        "three.txt": (ERROR, "a line with three parts", join(lines + ["a b c"])),
        "unknown.txt": (ERROR, "parts that are no tokens", join(lines + ["qq zz"])),
        "not-utf8.txt": (ERROR, "not UTF-8", join(lines) + b"\xff \xfe\n"),
    }  # fmt: skip


def config_files():
    source = next(m for m in MODELS if m.name == "original-64")
    good = layouts.original_config(source, "float16")
    text, vision = "text_config", "vision_config"
    change = lambda *path_and_value: changed(good, path_and_value[:-1], path_and_value[-1])
    files = {
        "good.json": (OK, "the configuration of models/original-64", dump(good)),
        "empty.json": (ERROR, "no bytes", b""),
        "array.json": (ERROR, "an array", b"[]"),
        "truncated.json": (ERROR, "ends early", dump(good)[:400]),
        "deep.json": (ERROR, "5000 nested arrays", b"[" * 5000),
        "nan.json": (ERROR, "NaN, which is no JSON", change(vision, "window_size", float("nan"))),
        "model-type.json": (ERROR, "another kind of model", change("model_type", "llava")),
        "no-vision.json": (ERROR, "no vision_config", change(vision, DROP)),
        "no-text.json": (ERROR, "no text_config", change(text, DROP)),
        "vision-array.json": (ERROR, "vision_config is an array", change(vision, [])),
        "text-null.json": (ERROR, "text_config is null", change(text, None)),
        "dims-short.json": (ERROR, "three widths for four stages", change(vision, "dim_embed", [16, 16, 32])),
        "dims-text.json": (ERROR, "widths are strings", change(vision, "dim_embed", ["16", "16", "32", "32"])),
        "dims-many.json": (ERROR, "200 stages", changed(good | {vision: good[vision] | {k: [4] * 200 for k in ("dim_embed", "num_heads", "num_groups", "depths", "patch_size", "patch_stride", "patch_padding", "patch_prenorm")}}, ("model_type",), "florence2")),
        "heads-odd.json": (ERROR, "heads do not divide the width", change(vision, "num_heads", [3, 4, 2, 4])),
        "groups-odd.json": (ERROR, "groups do not divide the width", change(vision, "num_groups", [3, 2, 4, 1])),
        "projection.json": (ERROR, "projection_dim is not d_model", change(vision, "projection_dim", 32)),
        "temporal.json": (ERROR, "unknown temporal embedding", change(vision, "visual_temporal_embedding", "type", "LEARNED")),
        "position.json": (ERROR, "unknown position embedding", change(vision, "image_pos_embed", "type", "none")),
        "feature-source.json": (ERROR, "unknown feature source", change(vision, "image_feature_source", ["last_frame", "x"])),
        "lm-heads-odd.json": (ERROR, "heads do not divide d_model", change(text, "decoder_attention_heads", 5)),
        "activation.json": (ERROR, "activation swish", change(text, "activation_function", "swish")),
        "prenorm-text.json": (ERROR, "patch_prenorm holds strings", change(vision, "patch_prenorm", ["a", "b", "c", "d"])),
        "start-token.json": (ERROR, "start token outside the vocabulary", change(text, "decoder_start_token_id", 10**6)),
        "forced-token.json": (ERROR, "forced token outside the vocabulary", change(text, "forced_bos_token_id", -5)),
        "beams-zero.json": (ERROR, "no beams", change(text, "num_beams", 0)),
        "beams-huge.json": (ERROR, "10^9 beams", change(text, "num_beams", 10**9)),
        "ngram-negative.json": (ERROR, "n-gram size -1", change(text, "no_repeat_ngram_size", -1)),
    }  # fmt: skip
    numbers = [(vision, "window_size"), (text, "d_model"), (text, "vocab_size"), (text, "encoder_layers"),
               (text, "decoder_attention_heads"), (text, "encoder_ffn_dim"), (text, "max_position_embeddings")]  # fmt: skip
    lists = [(vision, "dim_embed"), (vision, "depths"), (vision, "num_heads"), (vision, "patch_size"), (vision, "patch_stride")]
    values = [("zero", 0), ("negative", -4), ("huge", 2**31), ("float", 2.5), ("text", "12")]
    for number, (part, key) in enumerate(numbers + lists):
        word, value = values[number % len(values)]
        many = [value, *good[part][key][1:]] if isinstance(good[part][key], list) else value
        files[f"{key.replace('_', '-')}-{word}.json"] = (ERROR, f"{key}: {value!r}", change(part, key, many))
    for key in ("d_model", "decoder_layers"):
        files[f"{key.replace('_', '-')}-missing.json"] = (ERROR, f"no {key}", change(text, key, DROP))
    for word, value in (("huge", 10**12), ("zero", 0)):
        files[f"layers-{word}.json"] = (ERROR, f"decoder_layers: {value}", change(text, "decoder_layers", value))
    return files


def preprocessor_files():
    good = layouts.preprocessor_config(64, 5)
    change = lambda *path_and_value: changed(good, path_and_value[:-1], path_and_value[-1])
    size = lambda w, h: change("size", {"width": w, "height": h})
    return {
        "good.json": (OK, "64x64", dump(good)),
        "array.json": (ERROR, "an array", b"[]"),
        "truncated.json": (ERROR, "ends early", dump(good)[:100]),
        "no-size.json": (ERROR, "no size", change("size", DROP)),
        "size-zero.json": (ERROR, "0x0", size(0, 0)),
        "size-negative.json": (ERROR, "-64x64", size(-64, 64)),
        "size-huge.json": (ERROR, "2^31 squared", size(2**31, 2**31)),
        "size-large.json": (ERROR, "100000 squared", size(100000, 100000)),
        "size-text.json": (ERROR, "size is a string", size("64", "64")),
        "size-tall.json": (ERROR, "64x96: the model takes squares", size(64, 96)),
        "mean-short.json": (ERROR, "two means", change("image_mean", [0.5, 0.5])),
        "mean-text.json": (ERROR, "means are strings", change("image_mean", ["a", "b", "c"])),
        "std-zero.json": (ERROR, "standard deviation 0", change("image_std", [0.2, 0.0, 0.2])),
        "resample.json": (ERROR, "resample 9", change("resample", 9)),
        "rescale.json": (ANY, "rescale_factor is a string", change("rescale_factor", "1/255")),
    }  # fmt: skip


def generation_files():
    good = {"num_beams": 3, "early_stopping": True, "no_repeat_ngram_size": 3, "forced_bos_token_id": 0, "forced_eos_token_id": 2}
    change = lambda key, value: changed(good, (key,), value)
    return {
        "good.json": (OK, "the published settings", dump(good)),
        "array.json": (ERROR, "an array", b"[]"),
        "truncated.json": (ERROR, "ends early", dump(good)[:30]),
        "beams-zero.json": (ERROR, "0 beams", change("num_beams", 0)),
        "beams-negative.json": (ERROR, "-1 beams", change("num_beams", -1)),
        "beams-huge.json": (ERROR, "10^9 beams", change("num_beams", 10**9)),
        "beams-text.json": (ERROR, "beams is a string", change("num_beams", "three")),
        "ngram-negative.json": (ERROR, "n-gram size -3", change("no_repeat_ngram_size", -3)),
        "stopping.json": (ERROR, "early_stopping is 'maybe'", change("early_stopping", "maybe")),
        "penalty.json": (ERROR, "length_penalty is a string", change("length_penalty", "x")),
        "bos-outside.json": (ERROR, "forced_bos_token_id outside every vocabulary", change("forced_bos_token_id", 2**31 - 1)),
        "eos-negative.json": (ERROR, "forced_eos_token_id is -2", change("forced_eos_token_id", -2)),
    }  # fmt: skip


def kinds():
    return {
        "tokenizer": tokenizer_files(), "merges": merges_files(), "config": config_files(),
        "preprocessor": preprocessor_files(), "generation": generation_files(),
    }  # fmt: skip
