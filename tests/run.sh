#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what is missing, builds with warnings as errors in build-tests/, and runs every test. The
# last line says how many passed and failed; the exit status is 0 only when some passed and none failed.
# Arguments go to `meson test`: sh tests/run.sh --suite unit
#
# With --sanitize as the first one, builds in build-sanitize/ with AddressSanitizer and UBSan, and runs
# the tests of plain C, kernels, models and command line, and the parsers on bytes from strangers.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=$top/build-tests
home=$top/build-tests/home
sanitize=
rebuild=--no-rebuild
if [ "${1:-}" = --sanitize ]; then
  shift
  sanitize=yes
  build=$top/build-sanitize
fi

# shellcheck source=app/packages.sh
. "$top/app/packages.sh"

install_packages "$monocle_build_packages" "$monocle_test_packages"
if [ -n "$sanitize" ]; then
  # Warnings of the compiler are the other build's: instrumented code has false ones.
  configure_monocle "$top" "$build" -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1
  [ "$#" -gt 0 ] || set -- --suite unit --suite kernels --suite models --suite cli --suite fuzz
  set -- --timeout-multiplier 4 "$@"
  # Half of all programs are not asked for: `meson test` builds those that are.
  rebuild=
  # Memory that cannot be had is an error of ours to handle. Each suppression has its reason beside it.
  ASAN_OPTIONS=halt_on_error=1:abort_on_error=1:detect_stack_use_after_return=1:allocator_may_return_null=1
  LSAN_OPTIONS=suppressions=$top/tests/suppressions/lsan.supp:print_suppressions=0
  UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1:print_stacktrace=1
  # The slices of older GLib hide what is freed.
  G_SLICE=always-malloc
  export ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS G_SLICE
else
  configure_monocle "$top" "$build" --werror
  compile_monocle "$build"
fi

# Compiled shaders of the software device and everything else that programs keep stays in the build
# folder: shared between tests and both builds, and away from the person's own files.
mkdir -p "$home/cache" "$home/data" "$home/config" "$home/shaders"
[ -e "$build/home" ] || ln -s "$home" "$build/home"
MESA_SHADER_CACHE_DIR=$home/shaders
XDG_CACHE_HOME=$home/cache
XDG_DATA_HOME=$home/data
XDG_CONFIG_HOME=$home/config
export MESA_SHADER_CACHE_DIR XDG_CACHE_HOME XDG_DATA_HOME XDG_CONFIG_HOME

log=$build/meson-logs/testlog.json
rm -f "$log"
# shellcheck disable=SC2086 # no word where there is none; without the building's progress
meson test -C "$build" $rebuild --print-errorlogs "$@" | grep --line-buffered -v '^\[[0-9]*/[0-9]*\] ' || true

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
