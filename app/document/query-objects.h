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

/* (transfer none) (element-type MonocleAnnotation): those that are somewhere and not hidden */
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

/* The same objects, of which the model sees more or less: @results has as many. What a person moved
 * goes where it is seen; what is nowhere is not shown. */
void monocle_query_objects_recut (MonocleQueryObjects *self, GPtrArray *results);
/* How many are not hidden, be they nowhere. */
guint monocle_query_objects_get_n_left (MonocleQueryObjects *self);

/* 0 where it is none of them: what the object of @annotation is called, which stays. */
guint monocle_query_objects_find (MonocleQueryObjects *self, MonocleAnnotation *annotation);

/* What a person made of an object: whether it is hidden, and where it was moved to. */
#define MONOCLE_STORED_OBJECT "(bm" MONOCLE_STORED_SHAPE ")"

/* (transfer floating) (nullable): of that type; %NULL where no object is called so */
GVariant *monocle_query_objects_store (MonocleQueryObjects *self, guint id);
/* The list follows with monocle_query_objects_update(). */
void monocle_query_objects_restore (MonocleQueryObjects *self, guint id, GVariant *state);
void monocle_query_objects_update (MonocleQueryObjects *self);
/* (nullable): what the model calls the object @id */
const char *monocle_query_objects_get_said (MonocleQueryObjects *self, guint id);
/* @label: (nullable): what a person calls it instead */
void monocle_query_objects_relabel (MonocleQueryObjects *self, guint id, const char *label);
/* Labels have other colours since. */
void monocle_query_objects_recolour (MonocleQueryObjects *self);

/* (transfer floating): what all of them are called and what was made of them, in the order of the
 * answer; and the way back, of the same answer. */
GVariant *monocle_query_objects_store_all (MonocleQueryObjects *self);
void monocle_query_objects_restore_all (MonocleQueryObjects *self, GVariant *stored);
#define MONOCLE_STORED_OBJECTS "a(u" MONOCLE_STORED_OBJECT ")"

G_END_DECLS
