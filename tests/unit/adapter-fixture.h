/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adapters made tensor by tensor, with numbers that follow from a seed.
 */
#pragma once

#include <math.h>

#include "io-files.h"

typedef struct
{
  GString *header;
  GByteArray *data;
} AdapterFile;

static inline AdapterFile
adapter_begin (void)
{
  return (AdapterFile) { g_string_new ("{"), g_byte_array_new () };
}

/* Between -0.5 and 0.5, the same for the same seed. */
static inline float
adapter_number (guint32 seed, guint64 i)
{
  guint32 x = seed * 2654435761u + (guint32) i * 40503u + 12345u;

  x ^= x >> 15;
  x *= 2246822519u;
  x ^= x >> 13;
  return (float) (x % 1024) / 1024 - 0.5f;
}

/* @shape: as JSON: "4,32" */
static inline void
adapter_add_values (
    AdapterFile *self, const char *name, const char *shape, const float *values, gsize n)
{
  g_string_append_printf (self->header,
                          "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%u,%u]}",
                          self->header->len > 1 ? "," : "", name, shape, self->data->len,
                          (guint) (self->data->len + 4 * n));
  put (self->data, values, 4 * n);
}

static inline void
adapter_add (AdapterFile *self, const char *name, const char *shape, gsize n, guint32 seed)
{
  g_autofree float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = adapter_number (seed, i);
  adapter_add_values (self, name, shape, values, n);
}

/* Writes the folder. @self is cleared. */
static inline void
adapter_write (AdapterFile *self, const char *folder, const char *config)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autofree char *tensors = NULL, *settings = NULL;

  g_string_append_c (self->header, '}');
  put_number (file, self->header->len, 8);
  put_text (file, self->header->str);
  put (file, self->data->data, self->data->len);
  tensors = write_file (folder, "adapter_model.safetensors", file->data, file->len);
  settings = write_file (folder, "adapter_config.json", config, strlen (config));
  g_string_free (self->header, TRUE);
  g_byte_array_unref (self->data);
}
