#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every file with text to translate is in po/POTFILES.in, every file named there exists, and every
# translation is well formed. Argument: the top of the source tree.
set -u
cd "$1" || exit 1
failures=0

complain () {
  printf '%s\n' "$*"
  failures=$((failures + 1))
}

for file in $(find engine app ui -type f \( -name '*.[ch]' -o -name '*.ui' \) | sort); do
  if grep -qE '(^|[^A-Za-z0-9_"])(N?_|ngettext) \("|translatable="yes"' "$file" &&
      ! grep -qxF "$file" po/POTFILES.in; then
    complain "$file has text to translate and is not in po/POTFILES.in"
  fi
done

for file in $(grep -v '^#' po/POTFILES.in); do
  [ -f "$file" ] || complain "po/POTFILES.in names $file, which is not there"
done

for language in $(grep -v '^#' po/LINGUAS); do
  msgfmt -c -o /dev/null "po/$language.po" || complain "po/$language.po is not well formed"
done

[ "$failures" -eq 0 ]
