#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each header that is installed compiles alone, as strict C and, where there is a compiler for it, as
# C++; and knows nothing but GLib. Arguments: the folder that the headers' own lies in, the compiler.
set -u
folder=$1
shift
failures=0
flags=$(pkg-config --cflags gio-2.0)

# try HEADER COMPILER...
try () {
  header=$1
  shift
  # shellcheck disable=SC2086 # flags are words
  printf '#include <%s>\n' "$header" | "$@" -Wall -Wextra -Werror -Wno-unused-parameter -fsyntax-only \
    -I"$folder" $flags - || {
      echo "$header does not compile alone: $*"
      failures=$((failures + 1))
    }
}

plus=
command -v c++ >/dev/null 2>&1 && plus=c++
[ -n "$plus" ] || echo 'there is no C++ compiler'
for path in "$folder"/monocle/*.h; do
  header=monocle/$(basename "$path")
  try "$header" "$@" -std=c99 -x c
  [ -z "$plus" ] || try "$header" "$plus" -std=c++11 -x c++
done
if grep -nE '#include ' "$folder"/monocle/*.h | grep -vE '<(monocle/[a-z]+|glib|glib-object|gio/gio)\.h>'; then
  echo 'headers of others are included'
  failures=$((failures + 1))
fi

exit "$failures"
