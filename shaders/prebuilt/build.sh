#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# SPIR-V that not every glslc can build, built beforehand: NAME_STORE_WEIGHT.inc for each build of the rows of
# the kernel table that need COOPERATIVE_MATRIX. Each begins with a line that says from what it was made (a sum
# of the preprocessed text) and by which glslc.
#
#   build.sh GLSLC TOP           makes them; a glslc of 2023.5 or newer
#   build.sh GLSLC TOP --check   whether they are what the sources say: any glslc compares the sums, one of the
#                                version that made them also the words
set -u
glslc=$1
cd "$2/shaders" || exit 1
mode=${3:-}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
version=$("$glslc" --version | sed -n '1s/^[^0-9]*//p')
failures=0
rows=0

# As meson.build has it built.
options='--target-env=vulkan1.3 -fshader-stage=compute'
run () {
  # shellcheck disable=SC2086 # several words
  "$glslc" $options -I ../engine/vk -I . "-DSTORE_$1=1" "-DWEIGHT_$2=1" \
    "-DPARAMS=$3" $4 -o "$5" "$6.comp"
}

# Of what the compiler sees, but for constants that the kernel does not use and spaces, which each version sets
# otherwise.
sum_text () {
  { echo "$options"; cat "$1"; } | grep -v '^#line' | awk '
    { lines[NR] = $0; text = text "\n" $0 }
    END {
      for (i = 1; i <= NR; i++)
        if (lines[i] !~ /^ *const uint [A-Z0-9_]+ = [0-9u<() ]*;/)
          print lines[i]
        else {
          split (lines[i], words, " ")
          rest = text
          if (gsub ("[^A-Za-z0-9_]" words[3] "[^A-Za-z0-9_]", "", rest) > 1)
            print lines[i]
        }
    }' | tr -d ' \t\n' | sha256sum | cut -c 1-64
}

sed -n 's/^KERNEL (\([a-z_]*\), \([^,]*\), COOPERATIVE_MATRIX, [0-9]*, [0-9]*, \(.*\))$/\1|\2|\3/p' \
  ../engine/vk/kernels.def >"$scratch/rows"
while IFS='|' read -r name builds fields; do
  for build in $builds; do
    store=${build%/*}
    weight=${build#*/}
    stem=$(echo "${name}_${store}_$weight" | tr '[:upper:]' '[:lower:]')
    rows=$((rows + 1))
    run "$store" "$weight" "$fields" -E "$scratch/text" "$name" || exit 1
    first="/* $(sum_text "$scratch/text") shaderc $version */"
    if [ "$mode" != --check ] || [ "$(head -n 1 "prebuilt/$stem.inc" | cut -d ' ' -f 4-)" = "shaderc $version */" ]; then
      run "$store" "$weight" "$fields" "-O -mfmt=num" "$scratch/words" "$name" || exit 1
      { echo "$first"; sed 's/0x0*\([0-9a-f]\)/0x\1/g; s/ *$//' "$scratch/words"; } >"$scratch/$stem.inc"
    fi
    if [ "$mode" != --check ]; then
      cp "$scratch/$stem.inc" "prebuilt/$stem.inc"
    elif [ "$(head -n 1 "prebuilt/$stem.inc" | cut -d ' ' -f 2)" != "$(echo "$first" | cut -d ' ' -f 2)" ]; then
      echo "shaders/prebuilt/$stem.inc: made of another source; see shaders/README.md"
      failures=$((failures + 1))
    elif [ -f "$scratch/$stem.inc" ] && ! cmp "$scratch/$stem.inc" "prebuilt/$stem.inc"; then
      echo "shaders/prebuilt/$stem.inc: not what this glslc makes of the source"
      failures=$((failures + 1))
    fi
  done
done <"$scratch/rows"
[ "$rows" -gt 0 ] && [ "$failures" -eq 0 ]
