/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What presentation.c (document, queries, selection, looks), presentation-follow.c (the lists that
 * are shown, and what is in them) and presentation-filter.c (which objects pass: labels, score,
 * search) share.
 */
#pragma once

#include "ui/presentation.h"

G_BEGIN_DECLS

struct _MonoclePresentation
{
  GObject parent_instance;

  MonocleDocument *document;
  MonocleQuery *query;
  MonocleQuery *pinned;
  MonocleAnnotation *hovered;

  GtkCustomFilter *filter;
  GtkFilterListModel *filtered;
  GtkMultiSelection *objects;
  GtkMultiSelection *regions;
  /* Whose `changed` is listened to; in the order of their lists. */
  GPtrArray *watched_objects;
  GPtrArray *watched_regions;
  GSignalGroup *document_signals;
  GSignalGroup *queries_signals;
  GSignalGroup *query_signals;

  char *next_label;
  GHashTable *hidden_labels; /* folded */
  char *search;
  char *folded_search;
  double threshold;
  double opacity;
  MonocleOverlayStyle style;
  gboolean show_labels;
  gboolean show_heat;
  gboolean dashes;
  gboolean follows;
};

/* Emits `changed`. */
void monocle_presentation_emit_changed (MonoclePresentation *self);
/* A GtkCustomFilterFunc: whether @item, a MonocleAnnotation, is shown. @self: the presentation */
gboolean monocle_presentation_passes (gpointer item, gpointer self);

/* The groups of signals; what they tell of is what was followed last. */
void monocle_presentation_init_following (MonoclePresentation *self);
void monocle_presentation_end_following (MonoclePresentation *self);
void monocle_presentation_follow_document (MonoclePresentation *self, MonocleDocument *document);
void monocle_presentation_follow_query (MonoclePresentation *self, MonocleQuery *query);

/* Where @item is in @list, or G_MAXUINT. */
guint monocle_presentation_find_in (GListModel *list, gpointer item);

G_END_DECLS
