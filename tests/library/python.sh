#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs a script with a Python that has GObject introspection. Skipped where there is none. Arguments:
# the script and its arguments.
for python in python3 /usr/bin/python3; do
  "$python" -c 'import gi' 2>/dev/null && exec "$python" "$@"
done
echo 'there is no Python with GObject introspection'
exit 77
