# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares two folders of stage tensors (.npy), as `monocle-cli inspect` and make_full.py write them.

    python compare.py GOT EXPECTED [--limit 1e-4]

Prints ||got - expected|| / ||expected|| for every stage; exits with 1 above the limit or where one is missing.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

STAGES = ["input_ids", "pixel_values", "vision_features", "image_embeds", "encoder_states", "logits"]


def compare(got_file, expected_file):
    """Relative error in the Euclidean norm and the largest absolute difference; raises on unequal shapes."""
    got, expected = np.load(got_file), np.load(expected_file)
    if got.shape != expected.shape:
        raise ValueError(f"shape {got.shape}, expected {expected.shape}")
    got, expected = got.astype(np.float64), expected.astype(np.float64)
    if not np.isfinite(got).all():
        raise ValueError("not finite")
    norm = np.linalg.norm(expected)
    difference = np.linalg.norm(got - expected)
    return difference / norm if norm else difference, np.abs(got - expected).max(initial=0.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("got", type=Path)
    parser.add_argument("expected", type=Path)
    parser.add_argument("--limit", type=float, default=1e-4)
    args = parser.parse_args()
    failed = False
    for stage in STAGES:
        files = [folder / f"{stage}.npy" for folder in (args.got, args.expected)]
        try:
            relative, largest = compare(*files)
        except (OSError, ValueError) as error:
            print(f"{stage:16} {error}")
            failed = True
            continue
        bad = relative > args.limit
        failed |= bad
        print(f"{stage:16} relative {relative:.3e}  largest {largest:.3e}{'  OVER THE LIMIT' if bad else ''}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
