#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Reports how far the code is from .clang-format; never fails. Argument: the top of the source tree.
cd "$1" || exit 1
command -v clang-format >/dev/null 2>&1 || { echo 'clang-format is not installed'; exit 77; }
count=0
for file in $(find engine app ui tests -name '*.[ch]' | sort); do
  if ! clang-format --dry-run --Werror "$file" >/dev/null 2>&1; then
    echo "$file"
    count=$((count + 1))
  fi
done
echo "$count files differ from .clang-format"
exit 0
