/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A region: a rectangle that a person drew to ask about, or made of an object. An item of the
 * document's list of regions; changes go through the document, which can undo them. Signal
 * `changed`: it has another place.
 */
#pragma once

#include <glib-object.h>

#include "app/document/annotation.h"
#include "engine/engine.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_REGION (monocle_region_get_type ())
G_DECLARE_FINAL_TYPE (MonocleRegion, monocle_region, MONOCLE, REGION, GObject)

/**
 * monocle_region_new:
 * @box: pixels of the upright image; x1 <= x2, y1 <= y2
 * @source: (nullable): the object that it was made of
 */
MonocleRegion *monocle_region_new (const MonocleBox *box, MonocleAnnotation *source);

/* In pixels of the upright image. */
MonocleBox monocle_region_get_box (MonocleRegion *self);

/**
 * monocle_region_set_box:
 *
 * Emits `changed`. While a drag goes on this is called directly; the document's
 * monocle_document_move_region() is called once at its end, for undo.
 */
void monocle_region_set_box (MonocleRegion *self, const MonocleBox *box);

/* (transfer none) (nullable): the object that it was made of */
MonocleAnnotation *monocle_region_get_source (MonocleRegion *self);

G_END_DECLS
