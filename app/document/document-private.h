/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What document-steps needs of a document besides its public calls.
 */
#pragma once

#include "app/document/document.h"

G_BEGIN_DECLS

/* monocle_document_rotate() without undo. Returns: whether anything was turned */
gboolean monocle_document_turn (MonocleDocument *self, guint quarters);

G_END_DECLS
