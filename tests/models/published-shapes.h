/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models with the names and shapes of published ones, and nothing in their weights: what a
 * checkpoint holds by tests/fixtures/florence-2.
 */
#pragma once

#include "checkpoint-file.h"

G_BEGIN_DECLS

/* A published model: its list of tensors, and where its configuration is. */
typedef struct
{
  const char *list;
  const char *directory;
  const char *config; /* (nullable): config.json instead of the one in @directory */
  gboolean native;
  const char *positions; /* (nullable): rows of the position tables instead of those in the list */
} PublishedShapes;

#define PUBLISHED_BASE  { "tensors_base.tsv", "original-base", NULL, FALSE, NULL }
#define PUBLISHED_LARGE { "tensors_large.tsv", "original-large-1k", NULL, FALSE, NULL }
#define PUBLISHED_LARGE_4K                                                                         \
  { "tensors_large.tsv", "original-large-1k", "original-large-4k", FALSE, "4098" }
#define PUBLISHED_LARGE_NATIVE { "tensors_large.tsv", "native-large", NULL, TRUE, "4098" }

/* (transfer full): of TensorShape */
GPtrArray *published_shapes_read (const PublishedShapes *self);

/* Puts all of a model but its weights into @folder. */
void published_shapes_link (const PublishedShapes *self, const char *folder);

G_END_DECLS
