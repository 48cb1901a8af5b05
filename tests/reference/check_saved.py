# SPDX-License-Identifier: GPL-3.0-or-later
"""Saves models with the installed version of transformers and has monocle-cli answer with each.

    python check_saved.py MONOCLE-CLI

The token ids must be those of the model that was saved. Ends with status 77, which stands for a skipped test, where
the libraries are not there.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import save_model
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


def ask(program, folder, model):
    image = save_model.UNPACKED / model["image"]
    command = [program, "run", "--task", "detect", "--max-tokens", str(model["max_new_tokens"]), "--format", "json",
               "--precision", "f32", "--model", str(folder), str(image)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return done.stderr.strip()
    return json.loads(done.stdout)["token_ids"]


def main():
    n_wrong = 0
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        sys.argv = [sys.argv[0], name, sys.argv[1]]
        save_model.main()
        answers = json.loads((out / "answers.json").read_text())
        for kind, model in answers["models"].items():
            got = ask(sys.argv[2], out / kind, model)
            same = got == model["ids"]
            n_wrong += not same
            print(f"transformers {answers['transformers']}, {kind}:", "the same" if same else f"{got}, not {model['ids']}")
    sys.exit(1 if n_wrong else 0)


if __name__ == "__main__":
    main()
