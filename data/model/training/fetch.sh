#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Fetches the packages the pictures and names come from into WORK/npm and WORK/root.
# Debian packages are unpacked there, not installed.  Needs npm, apt-get, dpkg-deb and rsvg-convert.
set -eu
work=${1:?usage: fetch.sh WORK}
mkdir -p "$work/npm" "$work/deb" "$work/root"

cd "$work/npm"
[ -f package.json ] || npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --save-exact \
  @iconify-json/noto@1.2.9 @iconify-json/twemoji@1.2.5 @iconify-json/openmoji@1.2.29 \
  @iconify-json/fluent-emoji@1.2.7 @iconify-json/fluent-emoji-flat@1.2.6 @iconify-json/noto-v1@1.2.5 \
  @iconify-json/emojione@1.2.3 @iconify-json/emojione-v1@1.2.3 @iconify-json/streamline-emojis@1.2.4 \
  @iconify-json/fxemoji@1.2.2 cldr-annotations-full@48.2.0 unicode-emoji-json@0.9.0

cd "$work/deb"
apt-get download tuxpaint-stamps-default mate-backgrounds gnome-backgrounds ukui-wallpapers \
  lomiri-wallpapers-20.04 lomiri-wallpapers-16.04 plasma-workspace-wallpapers \
  fonts-lato fonts-open-sans fonts-roboto-unhinted fonts-inter fonts-cantarell fonts-liberation \
  fonts-dejavu-core fonts-urw-base35 fonts-ebgaramond fonts-dancingscript fonts-comic-neue fonts-hack \
  fonts-firacode fonts-crosextra-carlito wamerican
for package in ./*.deb; do dpkg-deb -x "$package" "$work/root"; done
