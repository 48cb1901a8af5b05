#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# From a clean clone to a result: installs what is missing, builds, and finds the objects in IMAGE, or
# in a sample, with the default model: in the application's window; where there is no display it
# prints them, and writes the picture with the objects drawn on it.
#
#   sh app/run.sh [--cli] [IMAGE]
set -eu

usage () {
  cat <<'EOF'
Usage: sh app/run.sh [--cli] [IMAGE]

Installs what is missing (Debian packages, with sudo when needed), builds Monocle in build/, and
detects the objects in IMAGE, or in a sample picture, in the application's window. Without a display
it does so on the command line; the annotated picture is written to build/.

  --cli   stay on the command line
EOF
}

image=
window=yes
for argument in "$@"; do
  case $argument in
    --cli) window= ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *)
      if [ -n "$image" ]; then usage >&2; exit 2; fi
      image=$argument
      ;;
  esac
done

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=$top/build

# shellcheck source=app/packages.sh
. "$top/app/packages.sh"

if [ -n "$image" ] && [ ! -f "$image" ]; then
  warn "There is no image $image"
  exit 1
fi

install_packages "$monocle_build_packages"

[ -f "$build/app/monocle-cli" ] || say 'Building Monocle in build/; the first time takes a minute or two.'
configure_monocle "$top" "$build" --buildtype=release
compile_monocle "$build" program

if [ ! -f "$top/data/model/config.json" ]; then
  warn 'The default model is not in data/model: there is nothing to detect objects with.'
  warn 'Any directory with a published Florence-2 model can be used instead:'
  warn '  build/app/monocle-cli run --task detect --model DIRECTORY IMAGE'
  exit 1
fi

if [ -z "$image" ]; then
  for candidate in "$top"/data/samples/*.jpg "$top"/data/samples/*.png; do
    if [ -f "$candidate" ]; then image=$candidate; break; fi
  done
  if [ -z "$image" ]; then
    warn 'There is no sample in data/samples: name an image.'
    exit 1
  fi
  say "Sample: $image"
fi

if [ -n "$window" ] && [ -n "${WAYLAND_DISPLAY:-}${DISPLAY:-}" ]; then
  exec "$build/ui/monocle" --ask detect "$image"
fi

name=$(basename -- "$image")
out=$build/${name%.*}-annotated.png
# Options end at --, so that an image may be called anything.
"$build/app/monocle-cli" run --task detect --annotate "$out" -- "$image"
say "Annotated picture: $out"
