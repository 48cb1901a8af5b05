/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a set of annotations has to teach labels by: what lies in its regions, and its pictures
 * where a label is that of the whole.
 */
#pragma once

#include "app/exchange/sample.h"

G_BEGIN_DECLS

/**
 * MonocleExample:
 * @label: (transfer none): what it is
 * @box: of the picture; (nullable): all of it
 */
typedef struct
{
  const char *label;
  const MonocleRect *box;
} MonocleExample;

/**
 * monocle_examples_list:
 * @sample: a picture of a set
 *
 * Objects with a label, and tags, that lie in the picture; crowds are left out, as they are no one
 * thing.
 *
 * Returns: (transfer full) (element-type MonocleExample): valid as long as @sample is
 */
GArray *monocle_examples_list (const MonocleSample *sample);

/**
 * monocle_example_cut:
 * @self: an example
 * @image: its picture
 * @error: return location
 *
 * Whole pixels around it, as a question about a region has them.
 *
 * Returns: (transfer full) (nullable): what the model is to see
 */
MonocleImage *monocle_example_cut (const MonocleExample *self, MonocleImage *image, GError **error);

G_END_DECLS
