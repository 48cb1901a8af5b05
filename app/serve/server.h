/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One model for other programs, over HTTP: it listens, keeps strangers and what is too much out,
 * and hands calls to their API. It is for one machine or people who trust each other: nothing is
 * encrypted.
 *
 * Signals:
 *   answered (string method, string path, uint status, double ms): a call came to its end
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleServerOptions:
 * @socket: (nullable): path of a socket of this machine; instead of @address
 * @address: (nullable): an IP address; %NULL: only this machine
 * @port: 0: any that is free
 * @token: (nullable): what a caller must show; must be there where @address is not this machine's
 * @images: (nullable): folder of files that calls may name
 * @max_bytes: of what is sent
 * @max_calls: that are there at once, the one that is answered included
 * @timeout_s: how long one may take
 * @standard: (nullable): what is asked where a call does not say
 * @min_score: of objects that are worth showing; NaN: as the model says
 */
typedef struct
{
  const char *socket, *address;
  guint port;
  const char *token;
  const char *images;
  guint64 max_bytes;
  guint max_calls, timeout_s;
  const MonocleRequest *standard;
  double min_score;
} MonocleServerOptions;

#define MONOCLE_TYPE_SERVER (monocle_server_get_type ())
G_DECLARE_FINAL_TYPE (MonocleServer, monocle_server, MONOCLE, SERVER, GObject)

/* Whether anybody may listen there, as far as that can be said without doing so: before a model is
 * loaded for it. Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST. */
gboolean monocle_server_check_options (const MonocleServerOptions *options, GError **error);

/**
 * monocle_server_new:
 * @model: is asked
 * @options: copied
 * @error: return location
 *
 * Listens at once.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST of an address that is none or needs a token,
 * %G_IO_ERROR where nobody can listen there.
 *
 * Returns: (transfer full) (nullable): a server
 */
MonocleServer *
monocle_server_new (MonocleModel *model, const MonocleServerOptions *options, GError **error);

/* (transfer none): the address by which it is called, "http://127.0.0.1:8000/" */
const char *monocle_server_get_uri (MonocleServer *self);

/* Answers nobody any more; what is being answered is let go. */
void monocle_server_stop (MonocleServer *self);

G_END_DECLS
