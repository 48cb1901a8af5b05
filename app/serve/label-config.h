/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Label Studio's labelling setup: which controls a project has, and what they may say.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleLabelControl:
 * @tag: `RectangleLabels`, `PolygonLabels`, `Choices` or `TextArea`; others are left out
 * @name: of the control
 * @object: whom it is about
 * @labels: (element-type utf8): what it may say, in their order
 */
typedef struct
{
  char *tag, *name, *object;
  GPtrArray *labels;
} MonocleLabelControl;

/**
 * MonocleLabelConfig:
 * @image: (nullable): name of the picture's tag
 * @key: (nullable): which value of a task is the picture
 * @controls: (element-type MonocleLabelControl): those about the picture
 */
typedef struct
{
  char *image, *key;
  GPtrArray *controls;
} MonocleLabelConfig;

/**
 * monocle_label_config_parse:
 * @text: XML
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where it is none, or has no picture.
 *
 * Returns: (transfer full) (nullable): what is in it
 */
MonocleLabelConfig *monocle_label_config_parse (const char *text, GError **error);
void monocle_label_config_free (MonocleLabelConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleLabelConfig, monocle_label_config_free)

/* (transfer none) (nullable): the first control with that tag */
const MonocleLabelControl *monocle_label_config_find (const MonocleLabelConfig *self,
                                                      const char *tag);

/* (transfer none) (nullable): what the control calls @label, in whatever letters; @label itself
 * where it may say anything */
const char *monocle_label_control_find (const MonocleLabelControl *self, const char *label);

G_END_DECLS
