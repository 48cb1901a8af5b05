#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Properties of the recipe: answers parse back to the record they were written from, and the like. Needs
# python3 with numpy and Pillow; MONOCLE_RECIPE_PYTHON names another Python.
set -eu

recipe=$1
python=${MONOCLE_RECIPE_PYTHON:-python3}
export PYTHONDONTWRITEBYTECODE=1

if ! "$python" -c 'import numpy, PIL' 2>/dev/null; then
  echo "skipped: $python has no numpy or no Pillow"
  exit 77
fi

cd "$recipe"
exec "$python" -m unittest test_training test_carrying test_calibration test_contrast
