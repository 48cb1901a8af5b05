#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every header compiles alone, so that the order of includes never matters.
# Arguments: top of the source tree, top of the build tree, the C compiler.
set -u
source=$1
build=$2
shift 2
failures=0

flags=$(pkg-config --cflags glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 vulkan pangocairo)

for folder in engine app ui tests; do
  [ -d "$source/$folder" ] || continue
  for header in $(cd "$source" && find "$folder" -name '*.h' | sort); do
    more=
    case $header in ui/* | tests/gui/*) more=$(pkg-config --cflags libadwaita-1) ;; esac
    # shellcheck disable=SC2086 # flags are words
    if ! printf '#include "%s"\n' "$header" |
        "$@" -std=gnu11 -D_GNU_SOURCE -Wall -Werror -fsyntax-only -x c \
          -I"$source" -I"$build" $flags $more - ; then
      printf '%s does not compile alone\n' "$header"
      failures=$((failures + 1))
    fi
  done
done

[ "$failures" -eq 0 ]
