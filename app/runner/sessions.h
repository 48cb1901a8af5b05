/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sessions of the last pictures that were asked about, so that the next question about one of
 * them need not look at it again.
 */
#pragma once

#include "app/document/document.h"

G_BEGIN_DECLS

typedef struct _MonocleSessions MonocleSessions;

MonocleSessions *monocle_sessions_new (void);
void monocle_sessions_free (MonocleSessions *self);

/**
 * monocle_sessions_open:
 * @document: (nullable): whose picture it is; %NULL: nobody's, it is known by its pixels
 * @image: its pixels, as turned
 *
 * Returns: (transfer full): the session of that model, document and picture, or a new one
 */
MonocleSession *monocle_sessions_open (MonocleSessions *self,
                                       MonocleModel *model,
                                       MonocleDocument *document,
                                       MonocleImage *image);

/* Whether there is one. */
gboolean monocle_sessions_has (MonocleSessions *self,
                               MonocleModel *model,
                               MonocleDocument *document,
                               MonocleImage *image);

void monocle_sessions_forget (MonocleSessions *self, MonocleDocument *document);
void monocle_sessions_clear (MonocleSessions *self);
/* For tests. */
guint monocle_sessions_count (MonocleSessions *self);

G_END_DECLS
