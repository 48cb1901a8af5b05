#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every Vulkan function that the engine calls and that returns a result is made to fail by tests/vk, and
# nothing else calls Vulkan. Argument: the top of the source tree.
set -u
cd "$1" || exit 1
failures=0
header=$(pkg-config --variable=includedir vulkan)/vulkan/vulkan_core.h
[ -f "$header" ] || exit 77

results=$(sed -n 's/^VKAPI_ATTR VkResult VKAPI_CALL \(vk[A-Za-z0-9]*\)(.*/\1/p' "$header")
calls=$(grep -rhoE '\bvk[A-Z][A-Za-z0-9]+ \(' engine --include='*.c' | tr -d ' (' | sort -u)
for call in $calls; do
  if echo "$results" | grep -qx "$call" && ! grep -qE "^ *(FAILING[A-Z_]* \()?$call," tests/vk/failing.c; then
    echo "$call: no row in tests/vk/failing.c"
    failures=$((failures + 1))
  fi
done

for file in $(grep -rlE '\bvk[A-Z][A-Za-z0-9]+ \(' engine app ui --include='*.c' | grep -v '^engine/vk/'); do
  echo "$file: calls Vulkan, which is for engine/vk"
  failures=$((failures + 1))
done

[ -n "$calls" ] && [ -n "$results" ] && [ "$failures" -eq 0 ]
