#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The contrastive model's recipe in small: training, going on with it, export, figures, and the same vectors by
# monocle-cli. prepare.sh says what it needs.
set -eu

recipe=$1
cli=$2
# shellcheck source=tests/recipe/prepare.sh
. "$(dirname "$0")/prepare.sh"

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
