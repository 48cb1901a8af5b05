#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every class of ours that a ui file names is known before the file is read: the code beside it ensures
# its type. Some systems find the type without, by its symbol, and others end the program. Argument: the
# top of the source tree.
set -u
cd "$1" || exit 1
failures=0

for file in ui/*.ui; do
  code=${file%.ui}.c
  for class in $(grep -o '<object class="Monocle[A-Za-z]*"' "$file" | sed 's/.*"Monocle//; s/"//' | sort -u); do
    type=MONOCLE_TYPE_$(printf '%s' "$class" | sed 's/\([a-z0-9]\)\([A-Z]\)/\1_\2/g' | tr '[:lower:]' '[:upper:]')
    if ! grep -qF "g_type_ensure ($type)" "$code"; then
      printf '%s names Monocle%s: g_type_ensure (%s) is missing in %s\n' "$file" "$class" "$type" "$code"
      failures=$((failures + 1))
    fi
  done
done

[ "$failures" -eq 0 ]
