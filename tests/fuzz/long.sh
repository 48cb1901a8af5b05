#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzz targets by hand, for hours: in turn, a step of each, until each has run COUNT mutations in all.
# LOG says what is done, and where the next call goes on; whoever failed is left out from there on.
#
#   nohup nice -n 19 sh tests/fuzz/long.sh build-tests LOG 10000000 &
#   sh tests/fuzz/long.sh BUILD LOG COUNT [NAME]...      all readers of annotations without names
set -u
step=500000

[ $# -ge 3 ] || { sed -n '3,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
programs=$1/tests/fuzz log=$2 count=$3
shift 3
# shellcheck disable=SC2046 # names without blanks, a word each
[ $# -gt 0 ] || set -- $(cd "$programs" && ls | sed -n 's/^fuzz-\(exchange-[a-z-]*\)$/\1/p')
[ $# -gt 0 ] || { echo "there are no fuzz targets in $programs" >&2; exit 2; }
touch "$log" || exit 2

# Mutations that NAME has behind it.
done_of() {
  awk -v name="$1" '$1 == name && $2 == "ran" { n = $3 } END { print n + 0 }' "$log"
}

to=0
while [ "$to" -lt "$count" ]; do
  to=$((to + step))
  [ "$to" -le "$count" ] || to=$count
  for name; do
    from=$(done_of "$name")
    [ "$from" -lt "$to" ] || continue
    ! grep -q "^$name failed" "$log" || continue
    start=$(date +%s)
    # The heap is not given back and asked for again between one mutation and the next.
    if MALLOC_TOP_PAD_=16777216 "$programs/fuzz-$name" "$from-$to" >"$log.last" 2>&1; then
      echo "$name ran $to (the last $((to - from)) in $(($(date +%s) - start)) s)" >>"$log"
    else
      echo "$name failed between $from and $to:" >>"$log"
      sed 's/^/  /' "$log.last" >>"$log"
    fi
  done
done
rm -f "$log.last"
! grep ' failed between' "$log"
