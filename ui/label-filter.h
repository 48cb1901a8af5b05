/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which labels are shown, in a popover: a row a label with how often it is there and an eye.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_LABEL_FILTER (monocle_label_filter_get_type ())
G_DECLARE_FINAL_TYPE (MonocleLabelFilter, monocle_label_filter, MONOCLE, LABEL_FILTER, GtkPopover)

GtkWidget *monocle_label_filter_new (void);
void monocle_label_filter_set_presentation (MonocleLabelFilter *self,
                                            MonoclePresentation *presentation);

G_END_DECLS
