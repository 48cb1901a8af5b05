#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs a program of this folder on a display of its own: a virtual X server and a session bus, both
# gone when it ends. Fresh settings and folders, away from the person's own. Where the X server is
# not installed the test is skipped, and says so.
#
#   sh run.sh BUILD PROGRAM [ARGUMENTS]
set -eu
build=$1
shift

for tool in Xvfb xauth dbus-run-session; do
  if ! command -v "$tool" >/dev/null 2>&1; then
    echo "1..0 # SKIP $tool is not installed"
    exit 77
  fi
done

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -p "$home/data" "$home/config" "$home/cache" "$home/runtime"
chmod 700 "$home/runtime"

# A device is checked once; what other tests found is known here.
mkdir "$home/cache/monocle"
for check in "$build"/home/cache/monocle/self-check-*; do
  if [ -f "$check" ]; then cp "$check" "$home/cache/monocle/"; fi
done

# Compiled shaders stay in the build folder, shared between tests.
export MESA_SHADER_CACHE_DIR="${MESA_SHADER_CACHE_DIR:-$build/home/shaders}"
export HOME="$home" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config" \
  XDG_CACHE_HOME="$home/cache" XDG_RUNTIME_DIR="$home/runtime"
export GSETTINGS_BACKEND=memory GSETTINGS_SCHEMA_DIR="$build/data" GIO_USE_VFS=local \
  GTK_USE_PORTAL=0 GDK_BACKEND=x11 GSK_RENDERER=cairo GTK_A11Y=test NO_AT_BRIDGE=1 \
  LIBGL_ALWAYS_SOFTWARE=1 ADW_DISABLE_PORTAL=1
unset WAYLAND_DISPLAY

# The server takes a display that is free, and says which when it is ready: xvfb-run waits for a signal
# that may have come before. Keys do not repeat: a busy machine holds one for longer than it was pressed.
cookie=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
mkfifo "$home/display"
xauth -q -f "$home/server" add :0 . "$cookie"
Xvfb -displayfd 3 -auth "$home/server" -screen 0 "${MONOCLE_TEST_SCREEN:-1920x1200x24}" -nolisten tcp -r \
  3>"$home/display" 2>"$home/server.log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" || true; rm -rf "$home"' EXIT
if ! read -r display <"$home/display"; then
  cat "$home/server.log" >&2
  exit 1
fi
xauth -q -f "$home/client" add ":$display" . "$cookie"
status=0
dbus-run-session -- env DISPLAY=":$display" XAUTHORITY="$home/client" "$@" || status=$?
exit "$status"
