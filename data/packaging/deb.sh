#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A Debian package of Monocle for the system that this runs on: from the work tree as it is, with
# Debian's own helpers. Installs what that needs as app/run.sh does.
#
#   sh data/packaging/deb.sh [FOLDER]      puts the package into FOLDER, or into build-deb/
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
packaging=$top/data/packaging

# shellcheck source=app/packages.sh
. "$top/app/packages.sh"

case ${1:-} in
  -*) warn "Usage: sh data/packaging/deb.sh [FOLDER]"; exit 2 ;;
esac
target=${1:-$top/build-deb}
mkdir -p "$target"
target=$(CDPATH='' cd -- "$target" && pwd)

install_packages "$monocle_build_packages" '
build-essential  what every Debian package may take for granted
debhelper        makes Debian packages
'

# Its own copy of the sources: packaging leaves files among them.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
version=$(sed -n "s/^ *version: '\([0-9.]*\)',$/\1/p" "$top/meson.build")
source=$work/monocle-$version
mkdir "$source"
if [ -e "$top/.git" ] && command -v git >/dev/null 2>&1; then
  (cd "$top" && git ls-files -co -z --exclude-standard) > "$work/files"
else
  (cd "$top" && find . -path './build*' -prune -o -name .git -prune -o -type f -print0) > "$work/files"
fi
(cd "$top" && tar c --null -T "$work/files" --ignore-failed-read) | tar x -C "$source" --no-same-owner
cp -r "$packaging/debian" "$source/debian"

# The date of the release, so that the same sources give the same package.
date=$(sed -n "s/.*<release version=\"$version\" date=\"\([0-9-]*\)\".*/\1/p" \
  "$top/data/org.monocle.Monocle.metainfo.xml.in")
cat > "$source/debian/changelog" <<EOF
monocle ($version) unstable; urgency=medium

  * See the release notes in the metainfo.

 -- Monocle developers <monocle@localhost>  $(LC_ALL=C date -R -u -d "$date")
EOF

say "Building monocle $version..."
(cd "$source" && dpkg-buildpackage --build=binary --no-sign) > "$work/log" 2>&1 || {
  tail -n 40 "$work/log" >&2
  warn 'The package could not be built; see above.'
  exit 1
}
for package in "$work"/*.deb; do
  mv -f "$package" "$target/"
  say "$target/$(basename "$package")"
done
