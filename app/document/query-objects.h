/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The objects of a query as a list that answers are laid onto as they arrive: what stays the same
 * stays the same item, so that neither the list nor the picture flickers and a selection holds.
 */
#pragma once

#include <gio/gio.h>

#include "app/document/annotation.h"
#include "engine/engine.h"

G_BEGIN_DECLS

typedef struct _MonocleQueryObjects MonocleQueryObjects;

MonocleQueryObjects *monocle_query_objects_new (void);
void monocle_query_objects_free (MonocleQueryObjects *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleQueryObjects, monocle_query_objects_free)

/* (transfer none) (element-type MonocleAnnotation): those that are not hidden */
GListModel *monocle_query_objects_get_list (MonocleQueryObjects *self);

/**
 * monocle_query_objects_set_results:
 * @results: (nullable) (element-type MonocleResult): elements can be %NULL
 * @of_regions: whether each is the answer about a region
 * @complete: nothing is to come any more
 */
void monocle_query_objects_set_results (MonocleQueryObjects *self,
                                        GPtrArray *results,
                                        gboolean of_regions,
                                        gboolean complete);

/* See monocle_query_hide_annotations(). */
GArray *monocle_query_objects_hide (MonocleQueryObjects *self, GPtrArray *annotations);
void
monocle_query_objects_set_hidden (MonocleQueryObjects *self, const GArray *which, gboolean hidden);

G_END_DECLS
