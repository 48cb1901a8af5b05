# SPDX-License-Identifier: GPL-3.0-or-later
# What the examples leave out, from Python: that each kind of argument and of result arrives whole.
# Arguments: a tiny model that finds, one that knows words, a picture.
import sys

import gi

gi.require_version("Monocle", "0")
from gi.repository import Gio, GLib, Monocle

tiny, words, path = sys.argv[1:]
assert all(len(device.get_uuid()) == 32 for device in Monocle.Device.list())
model = Monocle.Model.open(tiny, None, "f32", None)
assert "detect" in [task.get_id() for task in model.list_tasks()]
assert model.get_device().get_name()

picture = Monocle.Picture.open(path)
size = picture.get_width(), picture.get_height()
pixels = picture.dup_pixels()
assert len(pixels.get_data()) == 3 * size[0] * size[1]
again = Monocle.Picture.new_from_pixels(pixels, *size, 0)
assert again.dup_pixels().get_data() == pixels.get_data()

question = Monocle.Question(task="detect", min_score=0)
found = model.ask(picture, question, None).get_result(0).list_objects()
assert found
for thing in found:
    assert thing.get_geometry() == Monocle.Geometry.BOX
    points, is_hole = thing.get_outline(0)
    assert len(points) == 8 and not is_hole and len(thing.get_points()) == 8
    mask = thing.dup_mask(*size).get_data()
    assert len(mask) == size[0] * size[1] and set(mask) <= {0, 255}

question = Monocle.Question.new("region-to-category", None)
question.add_region(0, 0, *size)
steps, answers = [], []
loop = GLib.MainLoop()


def end(model, result):
    answers.append(model.ask_finish(result))
    loop.quit()


model.ask_async(picture, question, None, lambda *call: steps.append(call[0]), (), end)
loop.run()
assert Monocle.Step.ANSWERING in steps and answers[0].get_n_results() == 1
assert answers[0].encode("png").get_data().startswith(b"\x89PNG")
assert '"task"' in answers[0].dup_json(0)

try:
    model.ask(picture, Monocle.Question(task="dance"), None)
    raise AssertionError("it can dance")
except GLib.Error as error:
    assert error.matches(Monocle.error_quark(), Monocle.Error.BAD_REQUEST), error

cancellable = Gio.Cancellable()
cancellable.cancel()
try:
    model.ask(picture, Monocle.Question(task="caption"), cancellable)
    raise AssertionError("it goes on")
except GLib.Error as error:
    assert error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), error

model = Monocle.Model.open(words, None, None, None)
vectors = model.embed_all(["red", "blue"], [picture, again], None)
assert len(vectors) == 4 * model.get_n_dims()
assert vectors[-model.get_n_dims() :] == vectors[2 * model.get_n_dims() : 3 * model.get_n_dims()]
ranks = model.ask(picture, Monocle.Question(task="rank", text="red\nblue"), None).get_result(0).list_ranks()
assert {rank.get_label() for rank in ranks} == {"red", "blue"}
