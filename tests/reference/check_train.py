# SPDX-License-Identifier: GPL-3.0-or-later
"""What monocle-cli train writes, read by PEFT: states and logits are those of monocle-cli inspect --adapter.

Also the merged model in transformers. Skipped where Python has not got the packages. Argument: monocle-cli.
"""
import json
import os
import subprocess
import sys
import tempfile
import warnings

try:
    import numpy as np
    import torch
    from peft import PeftModel
    from transformers import Florence2ForConditionalGeneration

    from command_line import UNPACKED
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

MODEL = str(UNPACKED / "models" / "native-96")
IMAGES = str(UNPACKED / "images")
IDS = [2, 0, 68, 79, 9]


def call(*arguments):
    subprocess.run([os.path.abspath(sys.argv[1]), *arguments], check=True, stdout=subprocess.DEVNULL)


def difference(a, b):
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def compute(network, folder):
    """The encoder's states and the logits, from the image vectors that inspect wrote."""
    image = torch.from_numpy(np.load(os.path.join(folder, "image_embeds.npy")))
    ids = torch.from_numpy(np.load(os.path.join(folder, "input_ids.npy")).astype(np.int64))
    text = network.model.language_model
    with torch.no_grad():
        states = text.encoder(inputs_embeds=torch.cat([image, text.encoder.embed_tokens(ids)], 1)).last_hidden_state
        out = text.decoder(input_ids=torch.tensor([IDS]), encoder_hidden_states=states, use_cache=False)
        return states.numpy(), network.lm_head(out.last_hidden_state).numpy()


def inspect(model, adapter, out):
    call("inspect", "--model", model, *(["--adapter", adapter] if adapter else []),
         "--image", os.path.join(IMAGES, "a.png"), "--prompt", "<CAPTION>",
         "--decoder-ids", ",".join(map(str, IDS)), "--out", out)
    return [np.load(os.path.join(out, name)) for name in ("encoder_states.npy", "logits.npy")]


def load(folder):
    return Florence2ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()


def check_on_top(path):
    """The decoder taught on top of both: one adapter of the model alone."""
    call("train", "--model", MODEL, "--adapter", path("lora"), "--from", path("set.jsonl"), "--out", path("both"),
         "--steps", "12", "--views", "1", "--batch", "2", "--keep", "0", "--keep-from", IMAGES, "--rank", "8",
         "--rate", "0.02")
    before = inspect(MODEL, path("lora"), path("before"))
    learnt = inspect(MODEL, path("both"), path("after"))
    ours = compute(PeftModel.from_pretrained(load(MODEL), path("both")).eval().base_model.model, path("after"))
    figures = [difference(a, b) for a, b in zip(ours, learnt)]
    print("on top in PEFT", figures, "from before", [difference(a, b) for a, b in zip(before, learnt)])
    assert max(figures) < 1e-5 and difference(before[0], learnt[0]) < 1e-6 and difference(before[1], learnt[1]) > 1e-2


def main():
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        def path(name):
            return os.path.join(folder, name)

        with open(path("set.jsonl"), "w") as lines:
            for name, split in (("a.png", "train"), ("b.png", "val")):
                os.symlink(os.path.join(IMAGES, name), path(name))
                print(json.dumps({"image": name, "task": "caption", "output": "a red ball", "split": split}), file=lines)
        for method in ("decoder", "lora", "full-language"):
            out, merged = path(method), path(method + "-merged")
            call("train", "--model", MODEL, "--from", path("set.jsonl"), "--out", out, "--merge", merged, "--steps", "12",
                 "--views", "1", "--batch", "2", "--keep", "0", "--keep-from", IMAGES, "--rank", "4", "--rate", "0.02",
                 "--method", method)
            plain = inspect(MODEL, None, path(method + "-plain"))
            learnt = inspect(MODEL, out, path(method + "-inspected"))
            one = compute(load(merged), path(method + "-inspected"))
            # PEFT takes no adapter of whole modules alone: others read the merged model of it.
            ours = one if method == "full-language" else compute(
                PeftModel.from_pretrained(load(MODEL), out).eval().base_model.model, path(method + "-inspected"))
            figures = [difference(a, b) for a, b in zip(ours, learnt)]
            print(method, "in PEFT", figures, "merged", difference(one[1], learnt[1]),
                  "from the model itself", difference(plain[1], learnt[1]))
            assert max(figures) < 1e-5 and difference(one[1], learnt[1]) < 1e-4
            assert difference(plain[1], learnt[1]) > 1e-2
            assert (difference(plain[0], learnt[0]) > 1e-4) == (method != "decoder")
        check_on_top(path)


main()
