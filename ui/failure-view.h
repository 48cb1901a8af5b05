/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A query that failed: what happened, what to do about it, details that can be copied.
 */
#pragma once

#include <adwaita.h>

#include "app/document/query.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_FAILURE_VIEW (monocle_failure_view_get_type ())
G_DECLARE_FINAL_TYPE (MonocleFailureView, monocle_failure_view, MONOCLE, FAILURE_VIEW, AdwBin)

GtkWidget *monocle_failure_view_new (void);
/* @query: has failed */
void monocle_failure_view_set_query (MonocleFailureView *self, MonocleQuery *query);

G_END_DECLS
