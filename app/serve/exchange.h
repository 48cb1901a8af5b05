/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One call of a server: what was sent, the questions that are in it, and their answers. An API says
 * how the first becomes the second and the third a reply; the asking is the same for all.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleServeQuestion:
 * @picture: (nullable): a file's bytes
 * @fault: (nullable): why there is none
 * @name: (nullable): what to call it
 * @requests: (element-type MonocleRequest): what is asked about it
 * @image: (nullable): @picture, once it was opened
 * @runs: (element-type MonocleRun): the answers, as many as @requests, or fewer where @fault is set
 *   since
 *
 * A picture and what is asked about it.
 */
typedef struct
{
  GBytes *picture;
  GError *fault;
  char *name;
  GPtrArray *requests;
  MonocleImage *image;
  GPtrArray *runs;
} MonocleServeQuestion;

typedef struct _MonocleServeApi MonocleServeApi;

/**
 * MonocleServeExchange:
 * @model: is asked
 * @standard: (nullable): what is asked where a call does not say
 * @min_score: objects with a lower one are left out; NaN: as the model says
 * @images: (nullable): the folder whose files may be named in a call
 * @query: (nullable) (element-type utf8 utf8): of the address
 * @content_type: (nullable): of @body
 * @body: what was sent
 * @is_strict: whether a question that fails is the call's error, and not only its own
 * @questions: (element-type MonocleServeQuestion): filled by the API
 * @data: (nullable): the API's own
 * @destroy: (nullable): of @data
 */
typedef struct
{
  const MonocleServeApi *api;
  MonocleModel *model;
  const MonocleRequest *standard;
  double min_score;
  const char *images;
  GHashTable *query;
  const char *content_type;
  GBytes *body;
  gboolean is_strict;
  GPtrArray *questions;
  gpointer data;
  GDestroyNotify destroy;
} MonocleServeExchange;

/**
 * MonocleServeApi:
 * @method, @path: of calls
 * @read: makes questions of what was sent; none is no error
 * @write: (transfer full): the reply to the answers
 */
struct _MonocleServeApi
{
  const char *method, *path;
  gboolean (*read) (MonocleServeExchange *exchange, GError **error);
  JsonNode *(*write) (MonocleServeExchange *exchange);
};

/* (array zero-terminated=1): all there are */
extern const MonocleServeApi *const monocle_serve_apis[];

MonocleServeExchange *monocle_serve_exchange_new (const MonocleServeApi *api);
void monocle_serve_exchange_free (MonocleServeExchange *self);

/* Sets %MONOCLE_ENGINE_ERROR_BAD_REQUEST. Returns: %FALSE */
gboolean monocle_serve_bad_request (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* (transfer none): a question without a picture and requests, which is @self's. */
MonocleServeQuestion *monocle_serve_exchange_add (MonocleServeExchange *self);

/* (transfer full) (nullable): the body, which must be a JSON object */
JsonObject *monocle_serve_exchange_parse (MonocleServeExchange *self, GError **error);

/**
 * monocle_serve_decode_picture:
 * @text: base64, or a `data:` address of it
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST.
 *
 * Returns: (transfer full) (nullable): a file's bytes
 */
GBytes *monocle_serve_decode_picture (const char *text, GError **error);

/* Asks all questions, one after the other. */
void monocle_serve_exchange_ask_async (MonocleServeExchange *self,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean monocle_serve_exchange_ask_finish (MonocleServeExchange *self,
                                            GAsyncResult *result,
                                            GError **error);

/* Objects with a lower score are not worth showing. */
double monocle_serve_exchange_get_min_score (MonocleServeExchange *self);

/* (transfer full): what @run gave for its @i-th region, without what is not worth showing */
MonocleResult *
monocle_serve_exchange_take_result (MonocleServeExchange *self, const MonocleRun *run, guint i);

G_END_DECLS
