#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A file does one nameable job: none is longer than 600 lines. No function is longer than 80.
# Argument: the top of the source tree.
set -u
cd "$1" || exit 1

too_long=$(find engine app ui shaders tests data/model/training -path tests/fixtures -prune -o -type f \
  \( -name '*.[ch]' -o -name '*.def' -o -name '*.comp' -o -name '*.glsl' -o -name '*.py' -o -name '*.sh' \
     -o -name '*.ui' -o -name '*.css' -o -name 'meson.build' \) -print | sort | xargs awk '
  function measure(file, from, to) {
    if (to - from >= 80)
      print file ":" from ": a function of " to - from + 1 " lines"
  }

  # Functions of Python nest; each ends before the next line that is indented no further.
  function leave(indent) {
    for (; depth && indents[depth] >= indent; depth--)
      measure(files[depth], starts[depth], ends[depth])
  }

  FNR == 1 { leave(0); c = FILENAME ~ /\.[ch]$/; python = FILENAME ~ /\.py$/; start = 0 }
  FNR == 601 { print FILENAME ": more than 600 lines" }

  # Those of C stand between braces at the margin; a type has its name behind the second one. A kernel
  # is one function whose steps share what they hold.
  c && /^\{$/ { start = FNR }
  c && /^\}$/ && start { measure(FILENAME, start, FNR) }
  c && /^\}/ { start = 0 }

  python && NF && $1 !~ /^\)/ {
    match($0, /^ */)
    leave(RLENGTH)
    if ($1 == "def") {
      depth++
      files[depth] = FILENAME
      indents[depth] = RLENGTH
      starts[depth] = FNR
    }
    for (i = 1; i <= depth; i++)
      ends[i] = FNR
  }
  END { leave(0) }')

[ -z "$too_long" ] || { echo "$too_long"; exit 1; }
