# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2034 # sourced
#
# What each run of a whole recipe begins with, for scripts that read it: $python, $work and $out, or the end where
# something is missing. Needs Python with torch, and in MONOCLE_RECIPE_WORK the folder that the recipe's steps `fetch`
# and `sprites` filled; MONOCLE_RECIPE_PYTHON names another Python, MONOCLE_RECIPE_PHOTOS a folder of labelled
# photographs.
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
