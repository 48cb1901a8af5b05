#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The shell scripts parse, start with their licence, and pass shellcheck where that is installed.
# Argument: the top of the source tree.
set -u
cd "$1" || exit 1
failures=0

for script in app/*.sh app/*/*.sh data/packaging/*.sh tests/*.sh tests/*/*.sh .ci/run; do
  case $script in .ci/run) shell='bash' ;; *) shell='sh' ;; esac
  "$shell" -n "$script" || failures=$((failures + 1))
  head -n 3 "$script" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || {
    echo "$script has no licence line"
    failures=$((failures + 1))
  }
  if command -v shellcheck >/dev/null 2>&1; then
    shellcheck -x -S warning "$script" || failures=$((failures + 1))
  fi
done

[ "$failures" -eq 0 ]
