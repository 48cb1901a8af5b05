/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A task: what can be asked about an image, as one row of a table. The rows belong to the model
 * families, and which of them there are is said by a model: monocle_model_list_tasks(). Menus, the
 * command line's help and measuring ask for kinds.
 *
 * Rows are never freed: they outlive the model.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/answer/coords.h"

G_BEGIN_DECLS

typedef struct _MonocleResult MonocleResult;

/**
 * MonocleTaskKind:
 * @MONOCLE_TASK_DESCRIBE: says what is there
 * @MONOCLE_TASK_FIND: says where something is
 * @MONOCLE_TASK_OUTLINE: outlines something
 * @MONOCLE_TASK_READ: reads text
 * @MONOCLE_TASK_RANK: orders names by how well they fit
 * @MONOCLE_TASK_ANSWER: answers a question in a few words
 * @MONOCLE_TASK_DRAW: makes a picture
 */
typedef enum
{
  MONOCLE_TASK_DESCRIBE,
  MONOCLE_TASK_FIND,
  MONOCLE_TASK_OUTLINE,
  MONOCLE_TASK_READ,
  MONOCLE_TASK_RANK,
  MONOCLE_TASK_ANSWER,
  MONOCLE_TASK_DRAW,
} MonocleTaskKind;

#define MONOCLE_N_TASK_KINDS (MONOCLE_TASK_DRAW + 1)

/**
 * MonocleTaskTakes:
 * @MONOCLE_TAKES_NOTHING: the image alone
 * @MONOCLE_TAKES_TEXT: a text
 * @MONOCLE_TAKES_REGION: a region of the image
 * @MONOCLE_TAKES_SOUND: a sound
 * @MONOCLE_TAKES_TEXT_AND_REGION: text and region
 * @MONOCLE_TAKES_TEXT_AND_SOUND: text and sound
 *
 * What a person has to give.
 */
typedef enum
{
  MONOCLE_TAKES_NOTHING = 0,
  MONOCLE_TAKES_TEXT = 1 << 0,
  MONOCLE_TAKES_REGION = 1 << 1,
  MONOCLE_TAKES_SOUND = 1 << 2,
  MONOCLE_TAKES_TEXT_AND_REGION = MONOCLE_TAKES_TEXT | MONOCLE_TAKES_REGION,
  MONOCLE_TAKES_TEXT_AND_SOUND = MONOCLE_TAKES_TEXT | MONOCLE_TAKES_SOUND,
} MonocleTaskTakes;

/**
 * MonocleTaskGives:
 * @MONOCLE_GIVES_TEXT: words
 * @MONOCLE_GIVES_BOXES: boxes with names or descriptions
 * @MONOCLE_GIVES_PLACES: boxes without
 * @MONOCLE_GIVES_OUTLINES: outlines
 * @MONOCLE_GIVES_OBJECTS: boxes or outlines, with names
 * @MONOCLE_GIVES_TEXTS: pieces of text, each with its four corners
 * @MONOCLE_GIVES_RANKS: names, the likeliest first
 * @MONOCLE_GIVES_PAGE: the pieces of a page in reading order, each with what is written there, and
 *   all of it as Markdown
 * @MONOCLE_GIVES_PICTURE: a picture
 * @MONOCLE_GIVES_ANYTHING: of those who look for a task: whatever it gives
 */
typedef enum
{
  MONOCLE_GIVES_TEXT = 1 << 0,
  MONOCLE_GIVES_BOXES = 1 << 1,
  MONOCLE_GIVES_PLACES = 1 << 2,
  MONOCLE_GIVES_OUTLINES = 1 << 3,
  MONOCLE_GIVES_OBJECTS = 1 << 4,
  MONOCLE_GIVES_TEXTS = 1 << 5,
  MONOCLE_GIVES_RANKS = 1 << 6,
  MONOCLE_GIVES_PAGE = 1 << 7,
  MONOCLE_GIVES_PICTURE = 1 << 8,
  MONOCLE_GIVES_ANYTHING = (1 << 9) - 1,
} MonocleTaskGives;

/**
 * MonocleTaskLegend:
 * @MONOCLE_LEGEND_NONE: a picture as any other
 * @MONOCLE_LEGEND_DISTANCES: white is at the camera, black ten metres from it or more
 * @MONOCLE_LEGEND_DIRECTIONS: a colour is the direction that a surface faces
 *
 * What the colours of a picture stand for.
 */
typedef enum
{
  MONOCLE_LEGEND_NONE,
  MONOCLE_LEGEND_DISTANCES,
  MONOCLE_LEGEND_DIRECTIONS,
} MonocleTaskLegend;

/**
 * MonocleTask:
 * @id: plain name, never translated or renamed: `detect`
 * @tag: the model's own name, empty where it has none
 * @title: short name, to be translated
 * @description: one sentence, to be translated
 * @kind: what it is good for
 * @takes: what a person has to give
 * @gives: what comes back
 * @max_tokens: how many tokens an answer may have unless the person says otherwise; 0: it has none
 * @write_reference: (nullable): what the family's reference would give for @result, as JSON
 * @takes_example: whether its region may lie in another picture, or be all of that
 * @is_quick: whether other words about a picture that was seen cost next to nothing: it can be
 * asked while they are typed
 * @gives_heat: whether heat maps come with its answer
 * @ignores_image: whether what comes back has nothing to do with the image
 * @languages: (array zero-terminated=1) (nullable): codes of those that it answers in, see
 *   languages.h; %NULL: that is not for a person to choose
 * @legend: what the colours of its picture stand for
 * @is_former: another task does the same by now: it is understood, and offered no more
 */
typedef struct _MonocleTask MonocleTask;
struct _MonocleTask
{
  const char *id;
  const char *tag;
  const char *title;
  const char *description;
  MonocleTaskKind kind;
  MonocleTaskTakes takes;
  MonocleTaskGives gives;
  guint max_tokens;
  JsonNode *(*write_reference) (const MonocleTask *task, const MonocleResult *result);
  gboolean takes_example;
  gboolean is_quick;
  gboolean gives_heat;
  gboolean ignores_image;
  const char *const *languages;
  MonocleTaskLegend legend;
  gboolean is_former;
};

/* (transfer none): plain name of a kind, never translated: `find` */
const char *monocle_task_kind_get_id (MonocleTaskKind kind);

/* Whether its answer is something that lies on the picture. */
gboolean monocle_task_gives_objects (const MonocleTask *task);
/* Whether its answer is something to read: of a page both is true. */
gboolean monocle_task_gives_text (const MonocleTask *task);

/* Whether both ask the same in the same way, of whatever families they are. */
gboolean monocle_task_is_same (const MonocleTask *a, const MonocleTask *b);

/**
 * monocle_tasks_find:
 * @tasks: (element-type MonocleTask): of a model
 * @name: an id, or the model's own name
 *
 * Returns: (transfer none) (nullable): the task, or %NULL
 */
const MonocleTask *monocle_tasks_find (const GPtrArray *tasks, const char *name);

/**
 * monocle_tasks_find_kind:
 * @tasks: (element-type MonocleTask): of a model
 * @kind: what it is good for
 * @takes: exactly what it takes
 * @gives: what it may give
 *
 * Returns: (transfer none) (nullable): the first one, which is the one that most people mean
 */
const MonocleTask *monocle_tasks_find_kind (const GPtrArray *tasks,
                                            MonocleTaskKind kind,
                                            MonocleTaskTakes takes,
                                            MonocleTaskGives gives);

/**
 * monocle_tasks_find_named:
 * @tasks: (element-type MonocleTask): of a model
 * @name: an id, the model's own name, or a kind
 * @takes: what the person gives, by which one of a kind is chosen
 *
 * Returns: (transfer none) (nullable): the task that a person means by it
 */
const MonocleTask *
monocle_tasks_find_named (const GPtrArray *tasks, const char *name, MonocleTaskTakes takes);

/**
 * monocle_task_check:
 * @task: a task
 * @text: (nullable): what the person wrote; may say the region in the model's own words
 * @region: (nullable): what the person drew, in pixels of the upright image
 * @width: of the image in pixels
 * @height: of the image in pixels
 * @error: return location
 *
 * Whether it was given what it takes, but for a sound.
 *
 * Errors: BAD_REQUEST where text or region is missing, not asked for, empty, no UTF-8, or outside
 * the image.
 */
gboolean monocle_task_check (const MonocleTask *task,
                             const char *text,
                             const MonocleBox *region,
                             guint width,
                             guint height,
                             GError **error);

/* What references give that return all that was written (MonocleTask.write_reference): a string; of
 * a picture the numbers of its codes follow from the tokens. */
JsonNode *monocle_task_write_generated_text (const MonocleTask *task, const MonocleResult *result);

G_END_DECLS
