#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# All of a training run on a machine that is lent for minutes, without network: unpacks, trains, exports, evaluates in
# short, and is over within MINUTES of being called.
#
#   sh gpu.sh MINUTES OUT [PACKED [STATE]]
#
# PACKED is what `pack --preset gpu` wrote (default: gpu.zip beside this script). OUT gets at most eight files of at
# most 15 MiB: the weights in pieces with manifest.json and files.zip, which are the state and the model in one, written
# every minute; log.txt; figures.json. A later call goes on from STATE, an OUT that was brought back in, or from the
# same working folder where it is still there. `python3 data/model/training join --keep OUT --out FOLDER` makes the model.
#
# PYTHON, PRESET, DEVICE, WORKERS, WORK, MORE (further options of train) can be set from outside.
set -eu
began=$(date +%s)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
minutes=${1:?usage: gpu.sh MINUTES OUT [PACKED [STATE]]}
out=${2:?usage: gpu.sh MINUTES OUT [PACKED [STATE]]}
packed=${3:-$here/gpu.zip}
state=${4:-}
python=${PYTHON:-python3}
preset=${PRESET:-gpu}
device=${DEVICE:-cuda}
work=${WORK:-${TMPDIR:-/tmp}/monocle-training}
cores=$(nproc)
workers=${WORKERS:-$((cores > 2 ? cores - 1 : cores))}
mkdir -p "$out" "$work"
if [ -n "$state" ] && [ ! -e "$out/manifest.json" ]; then cp "$state"/* "$out"/; fi

# The last part of the time is for the short evaluation: a fifth, two minutes at most.
left=$(awk "BEGIN { print int($minutes * 60) }")
evaluating=$((left / 5 < 120 ? left / 5 : 120))
step () {
  OMP_NUM_THREADS=${OMP_NUM_THREADS:-2} PYTHONUNBUFFERED=1 "$python" "$here" "$@" \
    --preset "$preset" --work "$work" --packed "$packed" --device "$device" >>"$out/log.txt" 2>&1
}

# shellcheck disable=SC2086 # MORE is several options
step train --keep "$out" --save-minutes 1 --workers "$workers" --until "$((began + left - evaluating))" ${MORE:-} || {
  tail -n 20 "$out/log.txt" >&2
  exit 1
}
rest=$((began + left - $(date +%s) - 5))
[ "$rest" -lt 20 ] || OMP_NUM_THREADS=$cores step evaluate --scenes 100 --threads "$cores" --seconds "$rest" || tail -n 3 "$out/log.txt" >&2
[ ! -f "$work/run-$preset/figures.json" ] || cp "$work/run-$preset/figures.json" "$out/"
tail -n 12 "$out/log.txt"
ls -l "$out"
