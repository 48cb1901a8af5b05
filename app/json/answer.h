/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer as JSON with all that led to it: the object that `monocle-cli run --format json` prints
 * and that the window exports and copies. Its keys are listed in app/README.md.
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleAnswerFacts:
 * @image: what the picture is called
 * @file: (nullable): where it is
 * @page: of a document, from 1; 0: it is none, or its first one
 * @width, @height: of the upright picture
 * @rotation: quarter turns clockwise by which the model saw it turned, 0 to 3
 * @model, @device, @precision: (nullable): what ran
 * @task: what was asked
 * @text: (nullable): the prompt, for tasks that take one
 * @language: (nullable): what it was to be answered in, for tasks with languages
 * @region: (nullable): what it was asked about, in pixels of the upright picture
 * @from: (nullable): the picture that this lies in, where it is another one
 * @drawn: (nullable): where the picture is that was drawn
 * @sound: (nullable): what was heard
 * @sound_from, @sound_seconds: where in it that begins, and how long it is
 * @sampling: (nullable): how it was drawn; %NULL where it was searched for
 * @result: what came back
 * @min_score: objects with a lower score are left out of it
 * @load_ms: of the model; NaN where it is not known
 * @run: (nullable): its times; %NULL where it has not ended
 */
typedef struct
{
  const char *image;
  GFile *file;
  guint page;
  guint width, height;
  guint rotation;
  const char *model, *device, *precision;
  const MonocleTask *task;
  const char *text;
  const char *language;
  const MonocleBox *region;
  const char *from;
  const char *drawn;
  const char *sound;
  double sound_from, sound_seconds;
  const MonocleSampling *sampling;
  const MonocleResult *result;
  double min_score;
  double load_ms;
  const MonocleRun *run;
} MonocleAnswerFacts;

/**
 * monocle_answer_json_build:
 *
 * Returns: (transfer full): an object
 */
JsonNode *monocle_answer_json_build (const MonocleAnswerFacts *facts);

/**
 * monocle_answer_json_build_run:
 * @facts: those that no model, request or run knows: image, file, page, from, drawn, sound,
 *   sound_from, min_score
 * @model: was asked
 * @image: about this
 * @request: this
 * @run: what came of it
 * @index: of a region, or 0
 * @result: (nullable): what counts of that one's result; %NULL: all of it
 *
 * The same for an answer that has just been given, whoever asked.
 *
 * Returns: (transfer full): the object
 */
JsonNode *monocle_answer_json_build_run (const MonocleAnswerFacts *facts,
                                         MonocleModel *model,
                                         MonocleImage *image,
                                         const MonocleRequest *request,
                                         const MonocleRun *run,
                                         guint index,
                                         const MonocleResult *result);

/* Adds `[x1, y1, x2, y2]`. */
void monocle_answer_json_add_box (JsonBuilder *builder, const MonocleBox *box);

/* Adds the member `sampling`, of what @task (nullable) asks. */
void monocle_answer_json_add_sampling (JsonBuilder *builder,
                                       const MonocleSampling *sampling,
                                       const MonocleTask *task);

G_END_DECLS
