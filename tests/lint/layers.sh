#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The house has one direction: shaders <- engine <- app <- ui; inside engine and app the floors below.
# Says every line that goes against it. Argument: the top of the source tree.
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
  code "$@" | sort | xargs -r grep -HnE "$pattern"
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

# floors TOP NAME...: from the lowest up; each folder of TOP may include of those before it and itself.
# `a+b` are of one floor and do not see each other. What is exempt is named with the reason, by `except`.
floors () {
  top=$1
  shift
  below=
  for floor in "$@"; do
    for folder in $(echo "$floor" | tr + ' '); do
      none "$top/$folder stands on $(echo ${below:-nothing} | tr '|' ' ') alone" \
        "$(lines "#include \"$top/[^\"]*/" "$top/$folder" \
           | grep -vE "\"$top/($below$folder)/" | grep -vE "$except")"
    done
    below="$below$(echo "$floor" | tr + '|')|"
  done
}

# Nothing is exempt.
except='^$'
floors engine base vk nn picture+sound answer+checkpoint text models/parts models run
# Outputs must not be files of a model, which the lists of models know.
except='^app/base/output.c:'
floors app base models+pictures+media draw document labels json exchange runner export eval+search train teach batch+serve+library+world cli

# Every folder with code is on a floor and has its page.
for folder in $(find engine app -mindepth 1 -maxdepth 1 -type d | sort); do
  [ -f "$folder/README.md" ] ||
    none 'a folder without its page' "$folder"
done

# Only models/families.c and the family's own files know a family by name.
none 'a model family is named outside engine/models' \
  "$(lines '[Ff][Ll][Oo][Rr][Ee][Nn][Cc][Ee]' engine app ui shaders | grep -v '^engine/models/')"

# What a family writes and can be asked is its own; only the table of places has tokens of several.
none 'tokens of a family outside engine/models' \
  "$(lines '<loc_|<poly>|<sep>' engine app ui shaders | grep -vE '^engine/(models/|answer/places\.)')"
none 'a task is named outside engine/models: ask for its kind' \
  "$(for task in $(sed -nE 's/.*ROW \("([a-z-]+)".*|.*\.id = "([a-z-]+)",.*/\1\2/p' engine/models/*/*.c); do
       lines "[\"(]$task\"" engine app ui
     done | grep -vE '^engine/models/|"(caption|prompt)"')"

# One variable, read in one place.
none 'the engine reads the environment only in base/debug.c' \
  "$(lines '(getenv|g_environ|g_get_environ|secure_getenv) *\(' engine | grep -v '^engine/base/debug\.c:')"

[ "$failures" -eq 0 ]
