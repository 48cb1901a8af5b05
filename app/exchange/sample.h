/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture with what is known about it, as it goes from one format of annotations to another: one
 * at a time, so that a set may be as large as it likes. Also what a set knows as a whole, the names
 * of its kinds of things, and what there is to say about a conversion.
 *
 * Places are in pixels of the upright picture, measured from its top left edge.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleSampleObject:
 * @label: what it is; "" where nobody said
 * @box: around it
 * @shape: (nullable): where there is more to say than @box; no box
 * @score: how sure somebody is; NaN where nobody said
 * @text: (nullable): what is written there, or said of it
 * @is_crowd: several things at once, for COCO
 * @group: things with the same number other than 0 are one instance
 * @attributes: (nullable) (element-type utf8): names and values in turn
 * @keypoints: (nullable): COCO's members about them, as JSON without braces
 */
typedef struct
{
  char *label;
  MonocleRect box;
  MonocleShape *shape;
  double score;
  char *text;
  gboolean is_crowd;
  gint64 group;
  GPtrArray *attributes;
  char *keypoints;
} MonocleSampleObject;

/**
 * MonocleSampleSplit:
 *
 * What a picture is for.
 */
typedef enum
{
  MONOCLE_SAMPLE_WHOLE,
  MONOCLE_SAMPLE_TRAIN,
  MONOCLE_SAMPLE_VAL,
  MONOCLE_SAMPLE_TEST,
} MonocleSampleSplit;

#define MONOCLE_SAMPLE_N_SPLITS 4

/**
 * MonocleSample:
 * @name: of the picture: a path within its set, with slashes, that does not lead out of it
 * @path: (nullable): where its file is
 * @width: in pixels; 0 where it is not known
 * @height: the same
 * @id: COCO's; 0 where there is none
 * @split: what it is for
 * @objects: (element-type MonocleSampleObject)
 * @tags: (element-type utf8): what the picture as a whole is
 * @captions: (element-type utf8): what is said of it
 */
typedef struct
{
  char *name;
  char *path;
  guint width, height;
  gint64 id;
  MonocleSampleSplit split;
  GPtrArray *objects;
  GPtrArray *tags;
  GPtrArray *captions;
} MonocleSample;

MonocleSample *monocle_sample_new (const char *name);
void monocle_sample_free (MonocleSample *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleSample, monocle_sample_free)

/**
 * monocle_sample_add_object:
 * @label: (nullable): what it is
 * @box: around it
 * @shape: (transfer full) (nullable): more about where it is
 *
 * Returns: (transfer none): the object, for the rest
 */
MonocleSampleObject *monocle_sample_add_object (MonocleSample *self,
                                                const char *label,
                                                const MonocleRect *box,
                                                MonocleShape *shape);

/* The same where @shape says all, which is not a box: the box is that around it. */
MonocleSampleObject *
monocle_sample_add_shape (MonocleSample *self, const char *label, MonocleShape *shape);

/* The same of a box by its edges, in any order. */
MonocleSampleObject *monocle_sample_add_edges (
    MonocleSample *self, const char *label, double x1, double y1, double x2, double y2);

/* Whether a name says nothing: objects of such a one have none. */
gboolean monocle_sample_is_blank (const char *name);

/* Of everything but what it is and where. */
void monocle_sample_object_copy_rest (MonocleSampleObject *self, const MonocleSampleObject *from);
void monocle_sample_object_add_attribute (MonocleSampleObject *self,
                                          const char *name,
                                          const char *value);
/* (nullable): the value of an attribute */
const char *monocle_sample_object_get_attribute (const MonocleSampleObject *self, const char *name);

/* "train", "val", "test"; "" of the whole. */
const char *monocle_sample_split_get_name (MonocleSampleSplit split);
/* By a path in which people and tools say it: "valid/a", "instances_train2017.json". */
MonocleSampleSplit monocle_sample_split_find (const char *name);

/* A shape of one outline. */
MonocleShape *monocle_sample_ring (const double *points, guint n_points);

/* --- Labels of a set --- */

/**
 * MonocleSampleLabel:
 * @name: what things are called
 * @id: COCO's; 0 where there is none
 * @keypoints: (nullable): COCO's members about them, as JSON without braces
 */
typedef struct
{
  char *name;
  gint64 id;
  char *keypoints;
} MonocleSampleLabel;

typedef struct _MonocleLabels MonocleLabels;

MonocleLabels *monocle_labels_new (void);
void monocle_labels_free (MonocleLabels *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleLabels, monocle_labels_free)

/* Its number from 0, in the order in which they were named first. */
guint monocle_labels_add (MonocleLabels *self, const char *name);
guint monocle_labels_get_n (const MonocleLabels *self);
/* (transfer none): to be changed in place */
MonocleSampleLabel *monocle_labels_get (const MonocleLabels *self, guint index);

/* --- What there is to say --- */

typedef struct _MonocleNotes MonocleNotes;

MonocleNotes *monocle_notes_new (void);
void monocle_notes_free (MonocleNotes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleNotes, monocle_notes_free)

/**
 * monocle_notes_add:
 * @self: (nullable): notes
 * @note: what becomes of a thing; translated: "holes are filled"
 *
 * Counts it.
 */
void monocle_notes_add (MonocleNotes *self, const char *note);
guint monocle_notes_get_n (const MonocleNotes *self);
/* @count: (out): how often that was noted. (transfer none) */
const char *monocle_notes_get (const MonocleNotes *self, guint index, guint64 *count);

G_END_DECLS
