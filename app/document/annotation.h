/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An annotation: one object of an answer as an item of a list, with what a person sees of it: its
 * number, its colour, where in the picture it is. Holds a copy of the object, in pixels of the
 * document's image as it is turned now. Signal `changed`: its colour, number or place changed.
 */
#pragma once

#include <glib-object.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_ANNOTATION (monocle_annotation_get_type ())
G_DECLARE_FINAL_TYPE (MonocleAnnotation, monocle_annotation, MONOCLE, ANNOTATION, GObject)

/**
 * monocle_annotation_new:
 * @object: copied
 * @number: 1, 2, ... within its query
 * @colour: index for monocle_palette_get()
 * @region: which region of the query it answers, -1 for the whole picture
 */
MonocleAnnotation *
monocle_annotation_new (const MonocleObject *object, guint number, guint colour, int region);

/* (transfer none): shape, label and score; valid until the next rotation */
const MonocleObject *monocle_annotation_get_object (MonocleAnnotation *self);
/* Can be empty. */
const char *monocle_annotation_get_label (MonocleAnnotation *self);
/* (transfer full): the label, or "Object 3" where there is none */
char *monocle_annotation_dup_title (MonocleAnnotation *self);
/* 0..1; NaN where there is none, as for objects without a label: how probable its location tokens
 * are says nothing that a person could use. */
float monocle_annotation_get_score (MonocleAnnotation *self);
guint monocle_annotation_get_number (MonocleAnnotation *self);
/* Emits `changed`: an object before it turned up, or was none. */
void monocle_annotation_set_number (MonocleAnnotation *self, guint number);
guint monocle_annotation_get_colour (MonocleAnnotation *self);
/* Emits `changed`: colours are dealt anew as answers arrive. */
void monocle_annotation_set_colour (MonocleAnnotation *self, guint colour);
int monocle_annotation_get_region (MonocleAnnotation *self);

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
 *
 * Returns: (transfer full): where it is in words, to be read out: "top left", "centre"
 */
char *monocle_annotation_dup_position (MonocleAnnotation *self, guint width, guint height);

/* By so many pixels. Emits `changed` if it says anything else. */
void monocle_annotation_move (MonocleAnnotation *self, double dx, double dy);

/**
 * monocle_annotation_rotate:
 * @quarters: turns by 90 degrees clockwise, 1 to 3
 * @width, @height: of the picture before the turn
 *
 * Emits `changed`.
 */
void monocle_annotation_rotate (MonocleAnnotation *self, guint quarters, guint width, guint height);

G_END_DECLS
