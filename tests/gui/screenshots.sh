#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every page and state in every guise: light and dark, twice as sharp, narrow and wide, German, and
# right to left. To be looked at; nothing is judged here.
#
#   sh screenshots.sh BUILD PROGRAM DIRECTORY
set -eu
build=$1
program=$2
out=$3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$out"

# shoot SUFFIX OPTION...
shoot () {
  suffix=$1
  shift
  sh "$here/run.sh" "$build" "$program" "$out" --suffix "$suffix" "$@"
}

export LC_ALL=C.UTF-8
shoot '' --size 1180x760
shoot -dark --size 1180x760 --dark
shoot -2x --size 1180x760 --scale 2 --only detect
shoot -wide --size 1920x1080 --only detect
shoot -narrow --size 360x640
shoot -rtl --size 1180x760 --rtl
LANGUAGE=de shoot -de --size 1180x760
