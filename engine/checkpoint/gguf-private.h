/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the two halves of the reader of GGUF share: gguf-values (bytes, keys, lists) and gguf
 * (tensors, the file).
 */
#pragma once

#include "engine/checkpoint/gguf.h"

G_BEGIN_DECLS

struct _MonocleGguf
{
  GBytes *bytes;
  char *path;
  JsonObject *settings;
  GHashTable *lists; /* of char * to List */
  GArray *tensors;   /* of MonocleCheckpointTensor, with names of their own */
};

/* What is left of the file. */
typedef struct
{
  const char *path;
  const guint8 *at;
  gsize left;
  GError **error;
} MonocleGgufReader;

/* (nullable): @n bytes, which are behind us then */
const guint8 *monocle_gguf_take (MonocleGgufReader *reader, guint64 n);
gboolean monocle_gguf_take_u32 (MonocleGgufReader *reader, guint32 *value);
gboolean monocle_gguf_take_u64 (MonocleGgufReader *reader, guint64 *value);

/* (transfer full) (nullable): a name of 1 to @most bytes. @what: has it, for errors */
char *monocle_gguf_take_name (MonocleGgufReader *reader, guint most, const char *what);

/* A key with its value. */
gboolean monocle_gguf_take_value (MonocleGguf *self, MonocleGgufReader *reader);

G_END_DECLS
