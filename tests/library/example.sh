#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# An example finds what is in a picture and draws it; on a picture that is none it says so and fails.
# Skipped where its language is not there. Arguments: c, py or js; the example; the picture.
set -u
language=$1 example=$2 picture=$3

# As the person at the machine would start it.
run () {
  case $language in
    c) "$example" "$@" ;;
    py) sh "$(dirname "$0")/python.sh" "$example" "$@" ;;
    js) gjs -m "$example" "$@" ;;
  esac
}

if [ "$language" = js ] && ! command -v gjs >/dev/null 2>&1; then
  echo 'there is no gjs'
  exit 77
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
run "$picture" "$folder/found.png" >"$folder/log"
status=$?
cat "$folder/log"
[ "$status" -eq 0 ] || exit "$status"
[ "$language" = c ] || grep -q '^dog ' "$folder/log" || { echo 'there is no dog'; exit 1; }
head -c 4 "$folder/found.png" | grep -q PNG || { echo 'there is no picture'; exit 1; }

if run "$0" "$folder/none.png" 2>"$folder/errors"; then
  echo 'it does not tell that it failed'
  exit 1
fi
grep -q 'example\.sh' "$folder/errors" || { cat "$folder/errors"; exit 1; }
[ ! -e "$folder/none.png" ]
