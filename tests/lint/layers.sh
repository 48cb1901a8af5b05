#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The house has one direction: shaders <- engine <- app <- ui; inside the engine vk <- nn <- io <- text
# <- models. Says every line that goes against it. Argument: the top of the source tree.
set -u
cd "$1" || exit 1
failures=0

# none TITLE: standard input must be empty.
none () {
  lines=$(cat)
  if [ -n "$lines" ]; then
    printf '%s:\n%s\n' "$1" "$lines"
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

lines '#include [<"]engine/' app ui | grep -v '"engine/engine\.h"' |
  none 'app and ui may include only "engine/engine.h" of the engine'
lines '#include [<"]vulkan/' app ui | none 'only the engine knows Vulkan'
lines '#include [<"](gtk/|gdk/|gsk/|adwaita|libadwaita)' engine app | none 'no GTK below ui'
lines '#include [<"](app|ui)/' engine | none 'the engine knows nothing of app and ui'
lines '#include [<"]ui/' app | none 'app knows nothing of ui'

# Each folder of the engine, and what it may not see.
lines '#include "engine/(nn|io|text|models)/' engine/vk | none 'engine/vk is the lowest'
lines '#include "engine/(io|text|models)/' engine/nn | none 'engine/nn sees only vk'
lines '#include "engine/(text|models)/' engine/io | none 'engine/io sees only nn and vk'
lines '#include "engine/(vk|nn|models)/' engine/text | none 'engine/text sees only io'

# Only models/families.c and the family's own files know a family by name.
lines '[Ff][Ll][Oo][Rr][Ee][Nn][Cc][Ee]' engine app ui shaders | grep -v '^engine/models/' |
  none 'a model family is named outside engine/models'

# One variable, read in one place.
lines '(getenv|g_environ|g_get_environ|secure_getenv) *\(' engine | grep -v '^engine/debug\.c:' |
  none 'the engine reads the environment only in debug.c'

[ "$failures" -eq 0 ]
