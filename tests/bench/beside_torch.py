# SPDX-License-Identifier: GPL-3.0-or-later
"""How long things take on the software device, and in PyTorch on the same processor, in one run.

    python beside_torch.py BUILD attention       attention over 3,601 tokens, and a matrix product beside it
    python beside_torch.py BUILD pictures MODEL  vectors of pictures, side by side, by a model of CLIP
    python beside_torch.py BUILD words MODEL     another word on a picture that OWLv2 has seen

BUILD is a build folder with monocle-cli and the tests. MODEL is what `make_clip.py --full clip` or `make_owl.py --full
owlv2` of tests/reference made. Processor time counts, spread over the cores: what else runs on the machine costs the
clock more than that. Wants torch, and for models what tests/reference/requirements.txt names.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

CORES = os.cpu_count()
TIMES = 5


def busy_seconds(function):
    """The least processor seconds of a few calls, as if all cores shared them evenly."""
    function()
    best = float("inf")
    for _ in range(TIMES):
        start = time.process_time()
        function()
        best = min(best, time.process_time() - start)
    return best / CORES


def run_child(arguments):
    """Its processor seconds, likewise."""
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{arguments[0]} ended with {child.returncode}")
    return (usage.ru_utime + usage.ru_stime) / CORES


def say(what, ours, theirs, unit, better):
    ratio = theirs / ours if better == "less" else ours / theirs
    print(f"{what}: Monocle {ours:.4g} {unit}, PyTorch {theirs:.4g} {unit}: {ratio:.2f} times as fast")


def read_rate(build, line):
    """GFLOP/s of a line of bench-kernels."""
    text = subprocess.run(
        [build / "tests/kernels/bench-kernels", "--filter", line], check=True, capture_output=True, text=True
    ).stdout
    for found in text.splitlines():
        if found.startswith(line):
            return float(re.search(r"processor time on \d+ cores +([\d.]+)", found)[1]) * CORES / 2
    sys.exit(f"bench-kernels says nothing of “{line}”")


def attention(build):
    n, heads, width = 3601, 12, 64
    q, k, v = (torch.randn(1, heads, n, width) for _ in range(3))
    a, b = torch.randn(2304, 512), torch.randn(2048, 512)
    flop = 4 * heads * n * n * width * 1e-9
    ours = read_rate(build, f"attention {n} x {n}, {heads} heads")
    product = read_rate(build, "matmul 2304 x 2048 x 512")
    theirs = flop / busy_seconds(lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v))
    their_product = 2 * 2304 * 2048 * 512e-9 / busy_seconds(lambda: torch.nn.functional.linear(a, b))
    say(f"attention over {n} tokens", ours, theirs, "GFLOP/s", "more")
    say("matrix product", product, their_product, "GFLOP/s", "more")
    print(f"attention beside the product: Monocle {ours / product:.2f}, PyTorch {theirs / their_product:.2f}")


def pictures(build, model):
    from PIL import Image
    from transformers import CLIPModel

    few, many, batch = 8, 24, 8
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for i in range(many):
            names.append(f"{folder}/{i}.png")
            noise = np.random.default_rng(i).integers(0, 256, (224, 224, 3), np.uint8)
            Image.fromarray(noise).save(names[-1])
        command = [build / "app/monocle-cli", "embed", "--model", model, "--out", f"{folder}/out.npy"]
        # What comes before the first picture is the same.
        ours = [run_child([*command, *names[:n]]) for n in (few, few, many)]
    net = CLIPModel.from_pretrained(model).eval()
    pixels = torch.randn(batch, 3, 224, 224)
    with torch.no_grad():
        theirs = busy_seconds(lambda: net.get_image_features(pixel_values=pixels)) / batch
    say("a picture among others", 1e3 * (ours[2] - ours[1]) / (many - few), 1e3 * theirs, "ms", "less")


def words(build, model):
    from transformers import Owlv2ForObjectDetection

    environment = {**os.environ, "MONOCLE_TEST_OWL": str(model), "G_TEST_BUILDDIR": str(build / "tests")}
    environment["G_TEST_SRCDIR"] = str(Path(__file__).resolve().parent.parent)
    text = subprocess.run([build / "tests/models/test-owl", "-p", "/owl/second-word"], check=True, capture_output=True,
                          text=True, env=environment).stdout  # fmt: skip
    ours = [float(n) / CORES for n in re.findall(r"; (\d+) ms of all processors", text)][1:]
    net = Owlv2ForObjectDetection.from_pretrained(model).eval()
    config = net.config.vision_config
    places = (config.image_size // config.patch_size) ** 2
    seen = torch.randn(1, places, config.hidden_size)
    ids = torch.tensor([[1, 5, 7, 9, 2]])

    def find():
        # The reference looks at the picture each time; only what a word alone needs is counted.
        query = net.owlv2.get_text_features(input_ids=ids)
        query = getattr(query, "pooler_output", query)
        net.class_predictor(seen, query[None], torch.ones(1, 1, dtype=torch.bool))

    with torch.no_grad():
        say("another word", min(ours), 1e3 * busy_seconds(find), "ms", "less")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    torch.set_num_threads(CORES)
    {"attention": attention, "pictures": pictures, "words": words}[sys.argv[2]](Path(sys.argv[1]), *sys.argv[3:])
