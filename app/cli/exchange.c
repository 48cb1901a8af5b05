/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/exchange.h"

#include "app/cli/out.h"

gboolean
monocle_cli_exchange_find (const char *verb,
                           const char *option,
                           const char *id,
                           gboolean read,
                           const MonocleExchangeFormat **format)
{
  g_autofree char *ids = monocle_exchange_dup_ids (read);

  *format = monocle_exchange_find_format (id);
  if (*format && (read ? (*format)->read != NULL : (*format)->begin != NULL))
    return TRUE;
  monocle_cli_refuse (verb, _ ("%s '%s' is no format: there are %s"), option, id, ids);
  return FALSE;
}

void
monocle_cli_exchange_print_notes (const MonocleExchangeFormat *to, const MonocleNotes *notes)
{
  for (guint i = 0; i < monocle_notes_get_n (notes); i++)
    {
      guint64 count;
      const char *text = monocle_notes_get (notes, i, &count);
      g_autofree char *line = monocle_cli_out_clean_line (text);
      g_autofree char *times = g_strdup_printf ("%" G_GUINT64_FORMAT, count);

      g_printerr (_ ("monocle-cli: note: %s: %s (%s)\n"), to->id, line, times);
    }
}
