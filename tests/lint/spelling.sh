#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Looks for common misspellings where codespell is installed. Argument: the top of the source tree.
cd "$1" || exit 1
command -v codespell >/dev/null 2>&1 || { echo 'codespell is not installed'; exit 77; }
find README.md meson.build engine app ui shaders tests po -type f \
  \( -name '*.[ch]' -o -name '*.md' -o -name '*.sh' -o -name '*.build' -o -name '*.comp' -o -name '*.glsl' \) -print0 |
  xargs -0 codespell --ignore-words-list=nd,te,inout,paeth,desciption,sies,wll,wlll,dota,gir,caf,fro,tre,bu,trough
