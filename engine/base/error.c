/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/base/error.h"

#include <math.h>

/* What an error holds beside its message. */
typedef struct
{
  guint64 needed_bytes, free_bytes;
} MonocleEngineErrorPrivate;

static void
monocle_engine_error_private_init (MonocleEngineErrorPrivate *self)
{
}

static void
monocle_engine_error_private_copy (const MonocleEngineErrorPrivate *from,
                                   MonocleEngineErrorPrivate *to)
{
  *to = *from;
}

static void
monocle_engine_error_private_clear (MonocleEngineErrorPrivate *self)
{
}

G_DEFINE_EXTENDED_ERROR (MonocleEngineError, monocle_engine_error)

void
monocle_engine_error_set_shortage (
    GError **error, guint64 needed_bytes, guint64 free_bytes, const char *format, ...)
{
  MonocleEngineErrorPrivate *self;
  va_list arguments;
  GError *shortage;

  va_start (arguments, format);
  shortage = g_error_new_valist (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY, format,
                                 arguments);
  va_end (arguments);
  self = monocle_engine_error_get_private (shortage);
  self->needed_bytes = needed_bytes;
  self->free_bytes = free_bytes;
  g_propagate_error (error, shortage);
}

gboolean
monocle_engine_error_get_shortage (const GError *error, guint64 *needed_bytes, guint64 *free_bytes)
{
  const MonocleEngineErrorPrivate *self;

  if (!g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY))
    return FALSE;
  self = monocle_engine_error_get_private (error);
  *needed_bytes = self->needed_bytes;
  *free_bytes = self->free_bytes;
  return self->needed_bytes > 0;
}

gboolean
monocle_engine_error_check_numbers (const float *values, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (values[i]))
      {
        g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_WRONG_RESULTS,
                             "what comes out is no number: its weights are damaged, or the device");
        return FALSE;
      }
  return TRUE;
}
