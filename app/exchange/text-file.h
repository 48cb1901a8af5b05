/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writers whose format is one file that is written line by line: how it is begun and ended.
 */
#pragma once

#include <stdio.h>

#include "app/exchange/format.h"

G_BEGIN_DECLS

typedef struct
{
  MonocleExchangeTarget *target;
  char *name;
  FILE *file;
} MonocleExchangeTextFile;

/* Each is what it is called in a MonocleExchangeFormat; the writer is a MonocleExchangeTextFile. */
gpointer monocle_exchange_text_file_begin (const MonocleExchangeFormat *format,
                                           MonocleExchangeTarget *target,
                                           GError **error);
gboolean monocle_exchange_text_file_finish (gpointer writer, GError **error);
void monocle_exchange_text_file_free (gpointer writer);

G_END_DECLS
