#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# How long the application takes from its start to its first window, and what it costs when nobody
# touches it. Prints figures, judges nothing: machines differ. On a virtual display unless there is one.
#
#   sh tests/gui/measure.sh BUILD [IMAGE]
set -eu
build=$(cd "$1" && pwd)
image=${2:-}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

if [ -z "${DISPLAY:-}" ]; then
  exec sh "$here/run.sh" "$build" sh "$here/measure.sh" "$build" "$image"
fi

now () { date +%s%N; }
# Clock ticks of the processor that the process has used.
ticks () { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

for round in cold warm warm; do
  start=$(now)
  # shellcheck disable=SC2086 # no image is no argument
  "$build/ui/monocle" ${image:+"$image"} &
  process=$!
  xdotool search --sync --onlyvisible --pid "$process" >/dev/null
  shown=$(now)
  echo "$round start to window: $(((shown - start) / 1000000)) ms"
  sleep 8
  before=$(ticks "$process")
  sleep 10
  after=$(ticks "$process")
  echo "  idle: $((after - before)) of $((10 * $(getconf CLK_TCK))) ticks in 10 s"
  echo "  memory: $(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$process/status") MiB resident"
  kill "$process"
  wait "$process" 2>/dev/null || true
done
