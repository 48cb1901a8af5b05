/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was read in pictures while all of them were asked about, so that a search finds it: kept as
 * what monocle-cli index --read has read is.
 */
#pragma once

#include "app/base/stamp.h"
#include "app/search/texts.h"

G_BEGIN_DECLS

/* (transfer full): what the words of all pieces come to, a line each */
char *monocle_noted_join (const MonocleResult *result);

/**
 * monocle_noted_keep_async:
 * @path: of the picture, absolute
 * @stamp: what its file was like when it was read
 * @content: SHA-256 of that, in hexadecimal
 * @model: of the one that read it, likewise: monocle_identity_get()
 * @result: what it said
 * @callback: (nullable): when it is kept, or cannot be: while another program reads pictures, for
 *   one. It is kept with the work on its picture all the same
 *
 * In a thread, one after the other.
 */
void monocle_noted_keep_async (const char *path,
                               const MonocleStamp *stamp,
                               const char *content,
                               const char *model,
                               const MonocleResult *result,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean monocle_noted_keep_finish (GAsyncResult *result, GError **error);

G_END_DECLS
