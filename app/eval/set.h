/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An annotated set: pictures, what is in them, and what is asked about them. Read from COCO's
 * instances and captions and from JSON lines; app/README.md describes the files. Asks nothing.
 */
#pragma once

#include "app/eval/match.h"
#include "app/base/file-set.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleEvalText:
 * @text: what is written
 * @quad: (nullable): its four corners in pixels, where it is known where it stands
 *
 * A piece of text in a picture.
 */
typedef struct
{
  char *text;
  MonocleShape *quad;
} MonocleEvalText;

/**
 * MonocleEvalPhrase:
 * @text: (nullable): a phrase of the question's text, or %NULL for all of it
 * @boxes: (element-type MonocleBox): where it is; empty where it is nowhere
 */
typedef struct
{
  char *text;
  GArray *boxes;
} MonocleEvalPhrase;

/**
 * MonocleEvalDefault:
 * @MONOCLE_EVAL_ASKED: is asked unless tasks are named
 * @MONOCLE_EVAL_ON_REQUEST: is asked only where its task is named
 */
typedef enum
{
  MONOCLE_EVAL_ASKED,
  MONOCLE_EVAL_ON_REQUEST,
} MonocleEvalDefault;

/**
 * MonocleEvalQuestion:
 * @task: what is asked
 * @when: whether it is asked by itself
 * @text: (nullable): for tasks that take one
 * @has_region: whether @region is set; for tasks that take one, the whole picture if not
 * @region: in pixels
 * @answers: (nullable): texts that are right
 * @phrases: (element-type MonocleEvalPhrase) (nullable): boxes that are right
 * @outline: (nullable): what is right
 * @mask: (nullable): the same as pixels, once the size of the picture is known
 * @kind: (nullable): questions of one kind get a figure of their own
 * @is_tall: for reading: all of the text is at least %MONOCLE_EVAL_TALL_PX tall
 */
typedef struct
{
  const MonocleTask *task;
  MonocleEvalDefault when;
  char *text;
  gboolean has_region;
  MonocleBox region;
  GStrv answers;
  GPtrArray *phrases;
  MonocleShape *outline;
  MonocleMaskRuns *mask;
  char *kind;
  gboolean is_tall;
} MonocleEvalQuestion;

/* Text from this height on is asked to be readable. */
#define MONOCLE_EVAL_TALL_PX 24

/**
 * MonocleEvalImage:
 * @name: as the set calls it
 * @path: of the file
 * @id: COCO's
 * @width, @height: in pixels, 0 where the set does not say
 * @is_listed: whether all of its objects are known
 * @objects: (element-type MonocleEvalShape): in the order of the file
 * @captions: (element-type utf8)
 * @slots: (element-type MonocleEvalSlot): what a caption has to say
 * @texts: (element-type MonocleEvalText): in reading order
 * @questions: (element-type MonocleEvalQuestion): all that can be asked
 */
typedef struct
{
  char *name;
  char *path;
  gint64 id;
  guint width, height;
  gboolean is_listed;
  GArray *objects;
  GPtrArray *captions;
  GPtrArray *slots;
  GPtrArray *texts;
  GPtrArray *questions;
} MonocleEvalImage;

/**
 * MonocleEvalSet:
 * @images: (element-type MonocleEvalImage): listed ones by id, then the others as they came
 * @files: the files that were read
 * @has_masks: whether every object of the listed images has a mask
 */
typedef struct
{
  GPtrArray *images;
  MonocleFileSet *files;
  gboolean has_masks;
  /*< private >*/
  GPtrArray *tasks; /* (element-type MonocleTask) */
  GHashTable *by_path;
  GHashTable *seen;
  guint n_files;
  GHashTable *category_names;
  GHashTable *categories;
} MonocleEvalSet;

/**
 * monocle_eval_set_load:
 * @tasks: (element-type MonocleTask): of the model that is to be measured
 * @paths: (array zero-terminated=1): files, or folders of them
 * @images: (nullable): where the pictures are; by default in images/ beside a file, or beside it
 * @error: return location
 *
 * Reads all of a set.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE, one line that names file and place.
 *
 * Returns: (transfer full) (nullable): the set; it has at least one question
 */
MonocleEvalSet *monocle_eval_set_load (const GPtrArray *tasks,
                                       const char *const *paths,
                                       const char *images,
                                       GError **error);

void monocle_eval_set_free (MonocleEvalSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleEvalSet, monocle_eval_set_free)

/**
 * monocle_eval_set_find_category:
 * @self: a set
 * @label: what a model calls it; case, blanks and punctuation do not count
 * @category: (out): its id
 *
 * Returns: whether the set has such a category
 */
gboolean
monocle_eval_set_find_category (const MonocleEvalSet *self, const char *label, gint64 *category);

G_END_DECLS
