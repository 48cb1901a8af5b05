#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the tests read: a copy of tests/fixtures in the build folder, where nothing is packed. It is made
# anew as a whole when anything in tests/fixtures changed; files need not be listed anywhere. Arguments:
# the folder, the copy, a file that says that it was made, one that says what it is made of, and the
# program that draws weights again.
set -eu
from=$1 to=$2 stamp=$3 dependencies=$4 draw=$5

rm -rf "$to.new"
cp -R "$from" "$to.new"
find "$to.new" -name '*.gz' -exec gzip -d {} +
find "$to.new" -name '*.xz' -exec xz -d {} +
find "$to.new" -name '*.drawn' -exec "$draw" {} +
rm -rf "$to"
mv "$to.new" "$to"

# Folders too: they change when a file comes or goes.
{
  printf '%s:' "$stamp"
  find "$from" | sed 's/[ #]/\\&/g; s/\$/$$/g' | while read -r path; do printf ' \\\n %s' "$path"; done
  echo
} >"$dependencies"
touch "$stamp"
