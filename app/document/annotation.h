/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An annotation: something that lies on the picture, as an item of a list: an object that a model
 * found, or a region that a person drew, with what a person sees of it: its number, its colour,
 * where in the picture it is. In pixels of the upright picture, however it is turned. Signal
 * `changed`: its colour, number or place changed.
 */
#pragma once

#include <glib-object.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleOrigin:
 * @MONOCLE_ORIGIN_PERSON: drawn by a person, or made of an object: a region to ask about
 * @MONOCLE_ORIGIN_RUN: found by a model
 */
typedef enum
{
  MONOCLE_ORIGIN_PERSON,
  MONOCLE_ORIGIN_RUN,
} MonocleOrigin;

#define MONOCLE_TYPE_ANNOTATION (monocle_annotation_get_type ())
G_DECLARE_FINAL_TYPE (MonocleAnnotation, monocle_annotation, MONOCLE, ANNOTATION, GObject)

/**
 * monocle_annotation_new:
 * @object: what was found; copied
 * @number: 1, 2, ... within its query
 * @colour: index for monocle_palette_get()
 * @region: which region of the query it answers, -1 for the whole picture
 */
MonocleAnnotation *
monocle_annotation_new (const MonocleObject *object, guint number, guint colour, int region);

/**
 * monocle_annotation_new_region:
 * @box: x1 <= x2, y1 <= y2
 * @source: (nullable): the object that it was made of
 */
MonocleAnnotation *monocle_annotation_new_region (const MonocleBox *box, MonocleAnnotation *source);

/* (transfer full): a region of any shape */
MonocleAnnotation *monocle_annotation_new_shape (MonocleShape *shape);
/* The same from a file: @id is what it is called there. */
MonocleAnnotation *monocle_annotation_new_own (guint64 id, MonocleShape *shape, const char *label);

/**
 * monocle_annotation_new_kept:
 * @object: an object of an answer
 *
 * Returns: (transfer full): the same as something of the person's own: its place and its name are
 *   what the person says they are, so there is no score to it
 */
MonocleAnnotation *monocle_annotation_new_kept (MonocleAnnotation *object);

/* Of regions: what it is called in files; never 0, and no other thing has it. */
guint64 monocle_annotation_get_id (MonocleAnnotation *self);

MonocleOrigin monocle_annotation_get_origin (MonocleAnnotation *self);
/* (transfer none) (nullable): the object that a region was made of */
MonocleAnnotation *monocle_annotation_get_source (MonocleAnnotation *self);
/* (transfer none): shape, label and score; valid until its shape is set */
const MonocleObject *monocle_annotation_get_object (MonocleAnnotation *self);
/* Can be empty. */
const char *monocle_annotation_get_label (MonocleAnnotation *self);
/* (transfer full): the label, or "Object 3" or "Region 3" where there is none */
char *monocle_annotation_dup_title (MonocleAnnotation *self);
/* 0..1; NaN where there is none, as for objects without a label: how probable its location tokens
 * are says nothing that a person could use. */
float monocle_annotation_get_score (MonocleAnnotation *self);
/* Of regions. Emits `changed`. */
void monocle_annotation_set_label (MonocleAnnotation *self, const char *label);
/* (transfer none) (nullable): what a person said of it besides: see attributes.h */
GVariant *monocle_annotation_get_attributes (MonocleAnnotation *self);
/* Of regions; @attributes: (nullable): of monocle_attributes_put(). Emits `changed`. */
void monocle_annotation_set_attributes (MonocleAnnotation *self, GVariant *attributes);
guint monocle_annotation_get_number (MonocleAnnotation *self);
/* Emits `changed`: an object before it turned up, or was none. */
void monocle_annotation_set_number (MonocleAnnotation *self, guint number);
guint monocle_annotation_get_colour (MonocleAnnotation *self);
/* Emits `changed`: colours are dealt anew as answers arrive. */
void monocle_annotation_set_colour (MonocleAnnotation *self, guint colour);
int monocle_annotation_get_region (MonocleAnnotation *self);

/* (transfer none) */
MonocleShape *monocle_annotation_get_shape (MonocleAnnotation *self);

/**
 * monocle_annotation_set_shape:
 *
 * Emits `changed` if it says anything else. While a drag goes on this is called directly; the
 * document's monocle_document_note_shape() is called once at its end, for undo.
 */
void monocle_annotation_set_shape (MonocleAnnotation *self, MonocleShape *shape);

/* Of an object that the model sees more or less of: it has shape and score of @object. Emits
 * `changed` if it says anything else. */
void monocle_annotation_set_found (MonocleAnnotation *self, const MonocleObject *object);

/* In it: where it is, and its name, if it has one. */
#define MONOCLE_ANNOTATION_SHAPE "shape"
#define MONOCLE_ANNOTATION_LABEL "label"
/* (transfer floating): what a region is, as a value that can be kept in a file */
GVariant *monocle_annotation_store (MonocleAnnotation *self);
/**
 * monocle_annotation_restore:
 * @state: of monocle_annotation_store(), from a file perhaps
 *
 * A region becomes what it was. Emits `changed` if that is anything else.
 *
 * Returns: whether @state is one; the region stays as it is else
 */
gboolean monocle_annotation_restore (MonocleAnnotation *self, GVariant *state);
/* (transfer full) (nullable): a region of that id; %NULL where @state is none */
MonocleAnnotation *monocle_annotation_new_stored (guint64 id, GVariant *state);

/**
 * monocle_annotation_get_bounds:
 *
 * Returns: the rectangle around it in pixels; empty (0 x 0) for an outline without points
 */
MonocleRect monocle_annotation_get_bounds (MonocleAnnotation *self);

/**
 * monocle_annotation_get_box:
 *
 * Returns: the same as a box with x1 <= x2 and y1 <= y2, cut to a picture of @width x @height, at
 *   least one pixel wide and high: what a question about it takes
 */
MonocleBox monocle_annotation_get_box (MonocleAnnotation *self, guint width, guint height);

/**
 * monocle_annotation_dup_position:
 * @turn: from the upright picture to what is seen, which is @width x @height
 *
 * Returns: (transfer full): where it is in words, to be read out: "top left", "centre"
 */
char *monocle_annotation_dup_position (MonocleAnnotation *self,
                                       const MonocleMatrix *turn,
                                       guint width,
                                       guint height);

G_END_DECLS
