#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The files that make a program an application are what their readers expect: desktop file, metainfo,
# settings, templates, icons. Each check runs where its tool is installed.
# Arguments: top of the source tree, top of the build tree.
set -u
cd "$1" || exit 1
build=$2
id=org.monocle.Monocle
failures=0

# check TOOL ARGUMENTS...: runs it, if it is there
check () {
  if ! command -v "$1" >/dev/null 2>&1; then
    echo "$1 is not installed"
  elif ! "$@"; then
    echo "failed: $*"
    failures=$((failures + 1))
  fi
}

check desktop-file-validate "$build/data/$id.desktop"
# There is no page on the web that could be named as home: newer readers miss it, and only they know the
# word for that. Both elements for the developer are there; each reader has a hint about the other's.
metainfo=$build/data/$id.metainfo.xml
homepage=url-homepage-missing
if appstreamcli validate --no-net "$metainfo" 2>/dev/null | grep -q "$homepage"; then
  check appstreamcli validate --no-net --explain "--override=$homepage=info" "$metainfo"
else
  check appstreamcli validate --no-net --explain "$metainfo"
fi
check glib-compile-schemas --strict --dry-run data

for icon in data/icons/hicolor/scalable/apps/$id.svg data/icons/hicolor/symbolic/apps/$id-symbolic.svg; do
  [ -f "$icon" ] || { echo "$icon is missing"; failures=$((failures + 1)); }
done

# Every template is in the resources, and every icon of ours that is named is there.
for template in ui/*.ui; do
  grep -q ">$(basename "$template")<" ui/ui.gresource.xml || {
    echo "$template is not in ui/ui.gresource.xml"
    failures=$((failures + 1))
  }
done
named=$(grep -rhoE 'monocle-[a-z]+-symbolic' ui --include='*.c' --include='*.ui' | sort -u)
for icon in $named; do
  [ -f "ui/icons/scalable/actions/$icon.svg" ] || {
    echo "$icon is named and not there"
    failures=$((failures + 1))
  }
done

# Icon buttons say what they do: to eyes with a tooltip, to screen readers with a label.
for template in ui/*.ui; do
  awk -v file="$template" '
    /<object class="(Gtk(Toggle|Menu)?Button|AdwSplitButton)"/ { depth = 1; icon = tip = label = words = 0; line = NR; next }
    depth && /<object / && !/\/>/ { depth++ }
    depth && /<\/object>/ { depth--; if (depth == 0 && icon && !words && (!tip || !label)) {
        print file ":" line ": an icon button without tooltip or accessible label"; bad = 1 } }
    depth == 1 && /name="icon-name"/ { icon = 1 }
    depth == 1 && /name="tooltip-text"/ { tip = 1 }
    depth == 1 && /<property name="label"/ { if (access) label = 1; else words = 1 }
    /<accessibility>/ { access = 1 }
    /<\/accessibility>/ { access = 0 }
    END { exit bad }' "$template" || failures=$((failures + 1))
done

[ "$failures" -eq 0 ]
