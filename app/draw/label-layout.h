/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where labels go: beside what they name, inside the picture, off each other and off small objects
 * where that is easy. Geometry only; overlay measures and draws.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleLabel:
 * @object: bounds of what the label names
 * @width: of the label; 0 for an object without one, which the others keep off
 * @height: of the label
 * @first: chooses its place before those that are not
 * @x: (out): left edge of the label
 * @y: (out): top edge of the label
 * @covered: (out): how much of it lies on labels that chose before it, from 0
 */
typedef struct
{
  MonocleRect object;
  double width, height;
  gboolean first;
  double x, y;
  double covered;
} MonocleLabel;

/**
 * monocle_label_layout_place:
 * @labels: (array length=n_labels): filled but for @x, @y and @covered, which are set
 * @n_labels: how many
 * @width: of the picture
 * @height: of the picture
 *
 * Small objects choose first, as they have the least room. Takes time with the
 * square of @n_labels, the quick part of it.
 */
void monocle_label_layout_place (MonocleLabel *labels, guint n_labels, double width, double height);

G_END_DECLS
