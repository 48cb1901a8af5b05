#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The linker's list of what the library exports: the functions that its headers declare, and nothing
# else. Arguments: the headers.
set -eu

echo '{ global:'
grep -ohE '\bmonocle_[a-z0-9_]+ \(' "$@" | sort -u | sed 's/ ($/;/; s/^/  /'
echo 'local: *; };'
