#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every header compiles alone, so that the order of includes never matters. Where a source includes its
# own header before all others but config.h, which only has numbers and strings, the build has shown it;
# the others are compiled here, as many at a time as there are processors: GTK takes a while each time.
# Arguments: top of the source tree, top of the build tree, the C compiler.
set -u

# Called by itself for a few headers: one HEADER...
if [ "$1" = one ]; then
  shift
  failures=0
  for header in "$@"; do
    more=
    # As they are built: newer GTKs deprecate what the oldest that we support needs.
    case $header in ui/* | tests/gui/* | tests/bench/*)
      more="$(pkg-config --cflags libadwaita-1) -DGDK_VERSION_MIN_REQUIRED=GDK_VERSION_4_8" ;;
    # Where it was built.
    */media-*.h) more=$(pkg-config --cflags gstreamer-app-1.0 2>/dev/null) || continue ;;
    esac
    # shellcheck disable=SC2086 # compiler and flags are words
    if ! printf '#include "%s"\n' "$header" |
        $compiler -std=gnu11 -D_GNU_SOURCE -Wall -Werror -fsyntax-only -x c \
          -I"$source" -I"$source/app/library" -I"$build" $flags $more - ; then
      printf '%s does not compile alone\n' "$header"
      failures=$((failures + 1))
    fi
  done
  exit "$failures"
fi

# shown HEADER: whether the source beside it includes it first
shown () {
  [ -f "${1%.h}.c" ] || return 1
  first=$(grep '^#include' "${1%.h}.c" | grep -v -m 1 '"config\.h"')
  [ "$first" = "#include \"$1\"" ] || [ "$first" = "#include \"${1##*/}\"" ]
}

script=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/headers.sh
export source="$1" build="$2"
shift 2
export compiler="$*"
flags=$(pkg-config --cflags glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 libsoup-3.0 vulkan pangocairo gdk-pixbuf-2.0)
export flags

cd "$source" || exit 1
find engine app ui tests -name '*.h' | sort | while read -r header; do
  shown "$header" || printf '%s\n' "$header"
done | xargs -P "$(nproc 2>/dev/null || echo 1)" -n 4 sh "$script" one
