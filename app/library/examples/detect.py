#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Finds the objects in a picture and draws them: detect.py PICTURE OUT.png
import sys

import gi

gi.require_version("Monocle", "0")
from gi.repository import GLib, Monocle

try:
    model = Monocle.Model.open(None, None, None, None)
    picture = Monocle.Picture.open(sys.argv[1])
    answer = model.ask(picture, Monocle.Question(task="find"), None)
    for found in answer.get_result(0).list_objects():
        left, top, right, bottom = found.get_bounds()
        print(f"{found.get_label()} {found.get_score():.0%} {left:.0f},{top:.0f} {right:.0f},{bottom:.0f}")
    answer.save(sys.argv[2])
except GLib.Error as error:
    sys.exit(error.message)
