#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The reference has a page for each type that the headers declare, and the overview. Arguments: the
# folder of pages, the headers.
set -u
pages=$1
shift
failures=0

for name in $(sed -nE 's/^#define MONOCLE_TYPE_[A-Z]+ \(monocle_([a-z]+)_get_type \(\)\)/\1/p' "$@"); do
  title=$(printf '%s' "$name" | cut -c1 | tr a-z A-Z)$(printf '%s' "$name" | cut -c2-)
  [ -f "$pages/class.$title.html" ] || [ -f "$pages/struct.$title.html" ] || {
    echo "there is no page of $title"
    failures=1
  }
done
[ -f "$pages/overview.html" ] || { echo 'there is no overview'; failures=1; }

exit "$failures"
