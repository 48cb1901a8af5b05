#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The shared object exports what its headers declare, all of it and nothing else, and is called by
# its soname. Arguments: the shared object, its headers.
set -u
library=$1
shift
failures=0

declared=$(grep -ohE '\bmonocle_[a-z0-9_]+ \(' "$@" | sed 's/ ($//' | sort -u)
exported=$(nm -D --defined-only "$library" | awk '{ print $NF }' | sort -u)
[ "$(printf '%s\n' "$declared" | wc -l)" -gt 40 ] || { echo 'hardly a function is declared'; failures=1; }

for name in $declared; do
  printf '%s\n' "$exported" | grep -qx "$name" || { echo "$name is declared and not there"; failures=1; }
done
for name in $exported; do
  printf '%s\n' "$declared" | grep -qx "$name" || { echo "$name is there and not declared"; failures=1; }
done
objdump -p "$library" | grep -q 'SONAME *libmonocle\.so\.0$' || { echo 'the soname is wrong'; failures=1; }

exit "$failures"
