#!/usr/bin/env -S gjs -m
// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the objects in a picture and draws them, without blocking: detect.js PICTURE OUT.png
import Gio from 'gi://Gio';
import Monocle from 'gi://Monocle?version=0';
import System from 'system';

Gio._promisify(Monocle.Model, 'open_async', 'open_finish');
Gio._promisify(Monocle.Model.prototype, 'ask_async', 'ask_finish');
Gio._promisify(Monocle.Answer.prototype, 'save_async', 'save_finish');

const [path, out] = System.programArgs;
const model = await Monocle.Model.open_async(null, null, null, null, null);
const question = new Monocle.Question({task: 'find'});
const answer = await model.ask_async(Monocle.Picture.open(path), question, null, null);
for (const found of answer.get_result(0).list_objects()) {
    const bounds = found.get_bounds().map(Math.round);
    print(`${found.get_label()} ${Math.round(100 * found.get_score())}% ${bounds}`);
}
await answer.save_async(out, null);
