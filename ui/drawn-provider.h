/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that a model drew as something to drag out: as a file and as PNG, which say how it came
 * to be, and as a texture for windows of our own.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/document/query.h"
#include "app/draw/drawn-png.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_DRAWN_PROVIDER (monocle_drawn_provider_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleDrawnProvider, monocle_drawn_provider, MONOCLE, DRAWN_PROVIDER, GdkContentProvider)

/* (transfer full) (nullable): none where it cannot be encoded */
GdkContentProvider *monocle_drawn_provider_new (MonocleImage *picture,
                                                const MonocleDrawnFacts *facts);

/* (transfer none) (nullable): what answers @query, where it is a picture */
MonocleImage *monocle_drawn_provider_find (MonocleQuery *query);
/* How what answers @query came to be, which owns it. */
MonocleDrawnFacts monocle_drawn_provider_find_facts (MonocleQuery *query);

/**
 * MonocleDrawnProviderFunc:
 *
 * Returns: (transfer full) (nullable): what is dragged from @widget
 */
typedef GdkContentProvider *(*MonocleDrawnProviderFunc) (GtkWidget *widget, gpointer user_data);

/* Lets what @func gives be dragged from @widget, with the widget's paintable beside the pointer. */
void monocle_drawn_provider_add_source (GtkPicture *widget,
                                        MonocleDrawnProviderFunc func,
                                        gpointer user_data);

G_END_DECLS
