#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every row of the kernel table has its shader, its case in tests/kernels and its words in the engine's
# page, and every shader its row.
# Argument: the top of the source tree.
set -u
cd "$1" || exit 1
failures=0
rows=$(sed -n 's/^KERNEL (\([a-z0-9_]*\),.*/\1/p' engine/vk/kernels.def)

for row in $rows; do
  if [ ! -f "shaders/$row.comp" ]; then
    echo "$row: shaders/$row.comp is missing"
    failures=$((failures + 1))
  fi
  if ! grep -q "^  CASE ($row," tests/kernels/kernel-cases.c; then
    echo "$row: no case in tests/kernels/kernel-cases.c"
    failures=$((failures + 1))
  fi
  if ! grep -q "^|.*\`$row\`" engine/README.md; then
    echo "$row: not in the table of engine/README.md"
    failures=$((failures + 1))
  fi
done

for shader in shaders/*.comp; do
  name=$(basename "$shader" .comp)
  if ! echo "$rows" | grep -qx "$name"; then
    echo "$shader: no row in engine/vk/kernels.def"
    failures=$((failures + 1))
  fi
done

[ -n "$rows" ] && [ "$failures" -eq 0 ]
