#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what is missing, builds with warnings as errors in build-tests/, and runs every test. The
# last line says how many passed and failed; the exit status is 0 only when some passed and none failed.
# Arguments go to `meson test`: sh tests/run.sh --suite unit
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=$top/build-tests

# shellcheck source=app/packages.sh
. "$top/app/packages.sh"

install_packages "$monocle_build_packages" "$monocle_test_packages"
build_monocle "$top" "$build" --werror

# Compiled shaders of the software device and everything else that programs keep stays in the build
# folder: shared between tests, and away from the person's own files.
mkdir -p "$build/home/cache" "$build/home/data" "$build/home/config" "$build/home/shaders"
MESA_SHADER_CACHE_DIR=$build/home/shaders
XDG_CACHE_HOME=$build/home/cache
XDG_DATA_HOME=$build/home/data
XDG_CONFIG_HOME=$build/home/config
export MESA_SHADER_CACHE_DIR XDG_CACHE_HOME XDG_DATA_HOME XDG_CONFIG_HOME

log=$build/meson-logs/testlog.json
rm -f "$log"
meson test -C "$build" --no-rebuild --print-errorlogs "$@" || true

# One JSON object a line and a test. Quotes inside its strings are escaped, so these words are keys.
passed=0
failed=0
skipped=0
if [ -f "$log" ]; then
  passed=$(grep -c -E '"result": "(OK|EXPECTEDFAIL)"' "$log" || true)
  skipped=$(grep -c -E '"result": "(SKIP|IGNORED)"' "$log" || true)
  failed=$(grep -c '"result": "' "$log" || true)
  failed=$((failed - passed - skipped))
fi

[ "$skipped" -eq 0 ] || say "$skipped skipped"
say "$passed passed, $failed failed"
[ "$passed" -gt 0 ] && [ "$failed" -eq 0 ]
