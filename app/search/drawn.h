/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people drew on pictures or kept of answers, as parts that are looked at: it is in the
 * journals of their work, which are only read.
 */
#pragma once

#include "app/search/index-file.h"

G_BEGIN_DECLS

typedef struct _MonocleDrawn MonocleDrawn;

/* (transfer full): of all pictures that there is work on now. On any thread. */
MonocleDrawn *monocle_drawn_new (void);
void monocle_drawn_free (MonocleDrawn *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleDrawn, monocle_drawn_free)

/* Another number whenever something was done to the picture of that content; 0: there is no work on
 * it. Nothing is read for it. */
guint32 monocle_drawn_get_stamp (MonocleDrawn *self, const guint8 *digest);

/* (transfer full) (element-type MonocleBox): bounds of the person's own things, in whole pixels of
 * the upright picture, which they may lie outside of */
GArray *monocle_drawn_list (MonocleDrawn *self, const guint8 *digest);

G_END_DECLS
