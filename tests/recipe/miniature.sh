#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The whole recipe in small: tokenizer, training, export, figures, training that goes on from the export, what
# its scores are worth, and an answer by monocle-cli. Needs Python with torch, and in MONOCLE_RECIPE_WORK the
# folder that the recipe's steps `fetch` and `sprites` filled; MONOCLE_RECIPE_PYTHON names another Python,
# MONOCLE_RECIPE_PHOTOS a folder of labelled photographs.
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
  "$python" "$recipe" "$step" --preset miniature --work "$work" "$@" ${MONOCLE_RECIPE_PHOTOS:+--photos "$MONOCLE_RECIPE_PHOTOS"}
}

recipe_step miniature --run "$out/first" --minutes 0.5 --scenes 6 --out "$out/model"
recipe_step tokenizer --run "$out/second" --start "$out/model"
recipe_step train --run "$out/second" --start "$out/model" --minutes 0.2
recipe_step export --run "$out/second" --out "$out/again"
recipe_step calibrate --run "$out/second" --scenes 2 --out "$out/again"
recipe_step evalset --run "$out/second" --scenes 2 --out "$out/sets"

"$cli" eval --model "$out/again" --set "$out/sets/seen" --images "$out/sets/seen/images" --max-tokens 16
