/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a window shows of a document, in one place: which query, which objects of it after filters,
 * what is selected and hovered, how it is drawn. Canvas, lists, panel and export all look here, so
 * the picture and the list are the same thing seen twice.
 *
 * Properties (all read-write unless said, all notified): document (MonocleDocument, nullable),
 * query (MonocleQuery, nullable), pinned (MonocleQuery, nullable: compared with query), hovered
 * (MonocleAnnotation, nullable), search (string), threshold (double 0..1), style
 * (MonocleOverlayStyle as int), opacity (double 0..1), show-labels, show-heat, dashes (boolean).
 * Signal `changed`: something that is drawn changed (also while answers arrive).
 */
#pragma once

#include <gtk/gtk.h>

#include "app/document/document.h"
#include "app/export/export.h"
#include "app/draw/overlay.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_PRESENTATION (monocle_presentation_get_type ())
G_DECLARE_FINAL_TYPE (MonoclePresentation, monocle_presentation, MONOCLE, PRESENTATION, GObject)

MonoclePresentation *monocle_presentation_new (void);

MonocleDocument *monocle_presentation_get_document (MonoclePresentation *self);
/* Shows the document's latest query, if there is one. */
void monocle_presentation_set_document (MonoclePresentation *self, MonocleDocument *document);

/* Whether a new query of the document is shown at once; it is, unless told otherwise. */
void monocle_presentation_set_follows (MonoclePresentation *self, gboolean follows);

MonocleQuery *monocle_presentation_get_query (MonoclePresentation *self);
void monocle_presentation_set_query (MonoclePresentation *self, MonocleQuery *query);
MonocleQuery *monocle_presentation_get_pinned (MonoclePresentation *self);
void monocle_presentation_set_pinned (MonoclePresentation *self, MonocleQuery *query);

/* (transfer none): a GtkMultiSelection over the objects of the query that pass the filters: what is
 * on the canvas and in the list. Items: MonocleAnnotation. Stays the same object for ever. */
GtkSelectionModel *monocle_presentation_get_objects (MonoclePresentation *self);
/* (transfer none): the same over the document's regions. Items: MonocleAnnotation. */
GtkSelectionModel *monocle_presentation_get_regions (MonoclePresentation *self);
/* (transfer full) (element-type MonocleAnnotation): what is selected */
GPtrArray *monocle_presentation_get_selected_objects (MonoclePresentation *self);
GPtrArray *monocle_presentation_get_selected_regions (MonoclePresentation *self);
/* (transfer full) (element-type MonocleAnnotation): those selected, or when none is all without a
 * name: what a question about regions asks about */
GPtrArray *monocle_presentation_get_asked_regions (MonoclePresentation *self);
/* Selects exactly @annotation (nullable), an object or a region. */
void monocle_presentation_select (MonoclePresentation *self, MonocleAnnotation *annotation);

/* What the next thing that is drawn is called: what the last one was; empty: nothing. */
const char *monocle_presentation_get_next_label (MonoclePresentation *self);
void monocle_presentation_set_next_label (MonoclePresentation *self, const char *label);

MonocleAnnotation *monocle_presentation_get_hovered (MonoclePresentation *self);
void monocle_presentation_set_hovered (MonoclePresentation *self, MonocleAnnotation *annotation);

/* Labels that are hidden, in any case; of the query's own labels. */
gboolean monocle_presentation_is_label_hidden (MonoclePresentation *self, const char *label);
void monocle_presentation_set_label_hidden (MonoclePresentation *self,
                                            const char *label,
                                            gboolean hidden);
void monocle_presentation_show_all_labels (MonoclePresentation *self);
guint monocle_presentation_get_n_hidden_labels (MonoclePresentation *self);

/* Objects whose label holds @search, in any case, are shown; empty: all. Another query empties it.
 */
const char *monocle_presentation_get_search (MonoclePresentation *self);
void monocle_presentation_set_search (MonoclePresentation *self, const char *search);

double monocle_presentation_get_threshold (MonoclePresentation *self);
void monocle_presentation_set_threshold (MonoclePresentation *self, double threshold);
MonocleOverlayStyle monocle_presentation_get_style (MonoclePresentation *self);
void monocle_presentation_set_style (MonoclePresentation *self, MonocleOverlayStyle style);
double monocle_presentation_get_opacity (MonoclePresentation *self);
gboolean monocle_presentation_get_show_labels (MonoclePresentation *self);
/* Whether heat maps are. */
gboolean monocle_presentation_get_show_heat (MonoclePresentation *self);
/* Lines differ by more than their colour. */
gboolean monocle_presentation_get_dashes (MonoclePresentation *self);

/* What an export of what is shown would write. @annotations is (transfer full): unref after use. */
void monocle_presentation_fill_export (MonoclePresentation *self, MonocleExport *export);

G_END_DECLS
