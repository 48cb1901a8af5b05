/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model can be asked.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_TASK (monocle_task_get_type ())

/**
 * MonocleTask:
 *
 * One of the things that a model can be asked: to describe a picture, to find what a text names, to
 * read what is written. Which there are is said by a model: [method@Model.list_tasks].
 */
typedef struct _MonocleTask MonocleTask;

GType monocle_task_get_type (void) G_GNUC_CONST;

/**
 * monocle_task_get_id:
 * @self: a task
 *
 * Returns: its plain name, which is never translated or changed: `detect`
 */
const char *monocle_task_get_id (const MonocleTask *self);

/**
 * monocle_task_get_title:
 * @self: a task
 *
 * Returns: its name for people, in their language
 */
const char *monocle_task_get_title (const MonocleTask *self);

/**
 * monocle_task_get_description:
 * @self: a task
 *
 * Returns: one sentence for people, in their language
 */
const char *monocle_task_get_description (const MonocleTask *self);

/**
 * monocle_task_get_kind:
 * @self: a task
 *
 * Returns: what it is good for: `describe`, `find`, `outline`, `read`, `rank`, `answer` or `draw`.
 *   A [class@Question] may name a kind instead of a task.
 */
const char *monocle_task_get_kind (const MonocleTask *self);

/**
 * monocle_task_takes_text:
 * @self: a task
 *
 * Returns: whether it wants a text
 */
gboolean monocle_task_takes_text (const MonocleTask *self);

/**
 * monocle_task_takes_regions:
 * @self: a task
 *
 * Returns: whether it is about regions of the picture
 */
gboolean monocle_task_takes_regions (const MonocleTask *self);

/**
 * monocle_task_get_languages:
 * @self: a task
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): codes of the languages that it
 *   answers in, one of which [property@Question:language] may name; %NULL where there is no choice
 */
const char *const *monocle_task_get_languages (const MonocleTask *self);

/**
 * monocle_task_gives_objects:
 * @self: a task
 *
 * Returns: whether its answer is something that lies on the picture
 */
gboolean monocle_task_gives_objects (const MonocleTask *self);

G_END_DECLS
