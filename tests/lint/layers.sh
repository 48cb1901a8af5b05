#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The house has one direction: shaders <- engine <- app <- ui; inside the engine vk <- nn <- io <- text
# <- models. Says every line that goes against it. Argument: the top of the source tree.
set -u
cd "$1" || exit 1
failures=0

# none TITLE LINES: there must be no such lines.
none () {
  if [ -n "$2" ]; then
    printf '%s:\n%s\n' "$1" "$2"
    failures=$((failures + 1))
  fi
}

# code FOLDER...: the C and GLSL files of those folders that exist.
code () {
  for folder in "$@"; do
    [ -d "$folder" ] && find "$folder" -type f \( -name '*.[ch]' -o -name '*.def' -o -name '*.comp' -o -name '*.glsl' \)
  done
}

# lines PATTERN FOLDER...
lines () {
  pattern=$1
  shift
  code "$@" | sort | while read -r file; do grep -HnE "$pattern" "$file"; done
}

none 'app and ui may include only "engine/engine.h" of the engine' \
  "$(lines '#include [<"]engine/' app ui | grep -v '"engine/engine\.h"')"
none 'only the engine knows Vulkan' \
  "$(lines '#include [<"]vulkan/' app ui)"
none 'no GTK below ui' \
  "$(lines '#include [<"](gtk/|gdk/|gsk/|adwaita|libadwaita)' engine app)"
none 'the engine knows nothing of app and ui' \
  "$(lines '#include [<"](app|ui)/' engine)"
none 'app knows nothing of ui' \
  "$(lines '#include [<"]ui/' app)"

# Each folder of the engine, and what it may not see.
none 'engine/vk is the lowest' \
  "$(lines '#include "engine/(nn|io|text|models)/' engine/vk)"
none 'engine/nn sees only vk' \
  "$(lines '#include "engine/(io|text|models)/' engine/nn)"
none 'engine/io sees only nn and vk' \
  "$(lines '#include "engine/(text|models)/' engine/io)"
none 'engine/text sees only io' \
  "$(lines '#include "engine/(vk|nn|models)/' engine/text)"

# Only models/families.c and the family's own files know a family by name.
none 'a model family is named outside engine/models' \
  "$(lines '[Ff][Ll][Oo][Rr][Ee][Nn][Cc][Ee]' engine app ui shaders | grep -v '^engine/models/')"

# One variable, read in one place.
none 'the engine reads the environment only in debug.c' \
  "$(lines '(getenv|g_environ|g_get_environ|secure_getenv) *\(' engine | grep -v '^engine/debug\.c:')"

[ "$failures" -eq 0 ]
