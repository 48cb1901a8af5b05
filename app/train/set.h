/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model is to learn from: pictures, with questions about each and what is right. It comes
 * from corrections that a person made, from annotations of other programs, and from lines that say
 * it directly. Which tasks there are is said by the model.
 */
#pragma once

#include "app/exchange/sample.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleTrainExample:
 * @task: what is asked
 * @text: (nullable): for tasks that take one
 * @has_region: whether @region is set; for tasks that take one, the whole picture if not
 * @region: in pixels of the upright picture
 * @words: (nullable): what is right, of a task that gives words
 * @objects: (element-type MonocleLessonObject) (nullable): of one that gives objects; may be empty
 * @label: what it is an example of: a name, or the task's id
 */
typedef struct
{
  const MonocleTask *task;
  char *text;
  gboolean has_region;
  MonocleBox region;
  char *words;
  GArray *objects;
  char *label;
} MonocleTrainExample;

MonocleTrainExample *monocle_train_example_new (const MonocleTask *task, const char *label);
MonocleTrainExample *monocle_train_example_copy (const MonocleTrainExample *self);
void monocle_train_example_free (MonocleTrainExample *self);
/* A box with its name; begins the objects. */
void monocle_train_example_add_box (MonocleTrainExample *self,
                                    const char *words,
                                    const MonocleRect *box);
/* Begins the objects, of which there are none yet. */
void monocle_train_example_begin_objects (MonocleTrainExample *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTrainExample, monocle_train_example_free)

/**
 * MonocleTrainPicture:
 * @path: of its file
 * @digest: of its bytes: SHA-256
 * @look: what it looks like: difference hash of its brightness
 * @taken: when, in microseconds since 1970; 0: nobody knows
 * @examples: (element-type MonocleTrainExample)
 * @split: what its set says it is for
 * @group: pictures of one number are of one thing, as the split sees it
 * @is_held_out: it is judged on, and nothing is learnt from it
 */
typedef struct
{
  char *path;
  char *digest;
  guint64 look;
  gint64 taken;
  GPtrArray *examples;
  MonocleSampleSplit split;
  guint group;
  gboolean is_held_out;
} MonocleTrainPicture;

/**
 * MonocleTrainSet:
 * @tasks: (element-type MonocleTask): of the model
 * @wanted: (element-type MonocleTask) (nullable): those alone are taught; %NULL: all
 * @is_partial: not all objects of a picture are known
 * @pictures: (element-type MonocleTrainPicture)
 * @others: (element-type filename): pictures that were found and say nothing
 * @notes: what is left out, and why
 */
typedef struct
{
  GPtrArray *tasks;
  GPtrArray *wanted;
  gboolean is_partial;
  GPtrArray *pictures;
  GPtrArray *others;
  MonocleNotes *notes;
  /*< private >*/
  GHashTable *by_path;
  GHashTable *names; /* of names without case, blanks and punctuation to their spelling */
  GHashTable *noted;
} MonocleTrainSet;

/* @tasks: (element-type MonocleTask): kept */
MonocleTrainSet *monocle_train_set_new (GPtrArray *tasks);
void monocle_train_set_free (MonocleTrainSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTrainSet, monocle_train_set_free)

/**
 * monocle_train_set_read:
 * @path: a file of annotations or lines, a folder of them, or a folder of pictures that a person
 *   has worked on
 * @error: return location
 *
 * Adds what it says. The same again is the same; of two answers to one question the later counts.
 *
 * Errors: one line that names file and place.
 */
gboolean monocle_train_set_read (MonocleTrainSet *self, const char *path, GError **error);

/* @other is another word for @name, which is taught in its place; before it is read. */
void monocle_train_set_merge_names (MonocleTrainSet *self, const char *name, const char *other);

/* How many examples there are. */
guint monocle_train_set_count (const MonocleTrainSet *self);

/* --- for readers --------------------------------------------------------------------------- */

/* (transfer none): what a label is taught as: those that differ in case, blanks or punctuation
 * alone have the spelling that came first, which is noted */
const char *monocle_train_set_get_name (MonocleTrainSet *self, const char *label);
/* (transfer none): the picture of that file, made if it is new */
MonocleTrainPicture *monocle_train_set_get_picture (MonocleTrainSet *self, const char *path);
/* @example: (transfer full): left out where nobody wants its task */
void monocle_train_set_add (MonocleTrainSet *self,
                            MonocleTrainPicture *picture,
                            MonocleTrainExample *example);
/* What is known of a picture; @is_complete: all of its objects are. */
void monocle_train_set_add_sample (MonocleTrainSet *self,
                                   const MonocleSample *sample,
                                   gboolean is_complete);
/* Lines of examples. */
gboolean monocle_train_set_looks_like_lines (const char *path);
gboolean monocle_train_set_read_lines (MonocleTrainSet *self, const char *path, GError **error);
/* What a person did to the pictures of a folder. */
gboolean monocle_train_set_read_work (MonocleTrainSet *self, const char *folder, GError **error);

G_END_DECLS
