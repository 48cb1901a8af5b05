#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The contrastive model's recipe in small: training, going on with it, export, figures, and the same vectors by
# monocle-cli. Needs what miniature.sh needs.
set -eu

recipe=$1
cli=$2
python=${MONOCLE_RECIPE_PYTHON:-python3}
work=${MONOCLE_RECIPE_WORK:-}
export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1

skip() {
  echo "skipped: $1"
  exit 77
}

"$python" -c 'import numpy, PIL' 2>/dev/null || skip "$python has no numpy or no Pillow"
"$python" -c 'import torch' 2>/dev/null || skip "$python has no torch"
[ -n "$work" ] || skip "MONOCLE_RECIPE_WORK names no folder with what the recipe's step fetch brings"
[ -f "$work/atlas.npy" ] && [ -f "$work/backgrounds.npz" ] || skip "$work: the recipe's step sprites has not run"

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

recipe_step() {
  step=$1
  shift
  "$python" "$recipe" "$step" --preset contrast-miniature --work "$work" --run "$out/run" --out "$out/model" "$@" \
    ${MONOCLE_RECIPE_PHOTOS:+--photos "$MONOCLE_RECIPE_PHOTOS"}
}

recipe_step train-contrast --minutes 0.05
recipe_step train-contrast --minutes 0.1 >"$out/log"
grep "^going on from step" "$out/log"
recipe_step export-contrast
recipe_step evaluate-contrast --scenes 2
recipe_step verify-contrast --cli "$cli"
