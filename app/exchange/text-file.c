/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/text-file.h"

gpointer
monocle_exchange_text_file_begin (const MonocleExchangeFormat *format,
                                  MonocleExchangeTarget *target,
                                  GError **error)
{
  FILE *file = monocle_exchange_target_open (target, target->file, error);
  MonocleExchangeTextFile *self;

  if (!file)
    return NULL;
  self = g_new0 (MonocleExchangeTextFile, 1);
  self->target = target;
  self->name = g_strdup (target->file);
  self->file = file;
  return self;
}

gboolean
monocle_exchange_text_file_finish (gpointer writer, GError **error)
{
  MonocleExchangeTextFile *self = writer;

  return monocle_exchange_target_close (self->target, self->name, g_steal_pointer (&self->file),
                                        error);
}

void
monocle_exchange_text_file_free (gpointer writer)
{
  MonocleExchangeTextFile *self = writer;

  g_clear_pointer (&self->file, fclose);
  g_free (self->name);
  g_free (self);
}
