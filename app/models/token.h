/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The token that repositories may ask for, kept in the person's keyring: one a host, which is the
 * only one that ever gets it.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether it can be one at all: letters, digits and signs, without a gap. */
gboolean monocle_token_is_valid (const char *token);

/**
 * monocle_token_store_async:
 * @host: "huggingface.co"
 * @token: (nullable): takes the place of the one that is there; %NULL to forget that
 */
void monocle_token_store_async (const char *host,
                                const char *token,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* Errors: those of the keyring, where there is none or it stays locked. */
gboolean monocle_token_store_finish (GAsyncResult *result, GError **error);

/* May have the person unlock the keyring. */
void monocle_token_lookup_async (const char *host,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* (transfer full) (nullable): %NULL without an error where there is none */
char *monocle_token_lookup_finish (GAsyncResult *result, GError **error);

G_END_DECLS
