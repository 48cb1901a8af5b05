#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The whole recipe in small: tokenizer, training, export, figures, training that goes on from the export, what
# its scores are worth, and an answer by monocle-cli. prepare.sh says what it needs.
set -eu

recipe=$1
cli=$2
# shellcheck source=tests/recipe/prepare.sh
. "$(dirname "$0")/prepare.sh"

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
