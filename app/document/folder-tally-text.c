/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What there is in a folder as text: to be read, and as a table for others to count on with.
 */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/document/folder-tally.h"

char *
monocle_folder_tally_dup_size (guint size)
{
  const guint from = size == 0 ? 0 : 8u << size, to = 16u << size;

  g_return_val_if_fail (size < MONOCLE_SUMMARY_SIZES, NULL);

  if (size == 0)
    /* Translators: objects that are smaller than so many pixels */
    return g_strdup_printf (_ ("under %u px"), to);
  if (size == MONOCLE_SUMMARY_SIZES - 1)
    /* Translators: objects of so many pixels and more */
    return g_strdup_printf (_ ("%u px and more"), from);
  /* Translators: objects of so many pixels to below so many */
  return g_strdup_printf (_ ("%u to %u px"), from, to);
}

char *
monocle_folder_tally_format_text (const MonocleFolderTally *self)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GPtrArray) labels = NULL;

  g_return_val_if_fail (self, NULL);

  g_string_append_printf (text, "%s: %u\n", _ ("Pictures"), self->n_pictures);
  g_string_append_printf (text, "%s: %u\n", _ ("Worked on"), self->n_worked);
  g_string_append_printf (text, "%s: %u\n", C_ ("pictures", "Done"), self->n_done);
  g_string_append_printf (text, "%s: %u\n", _ ("Objects"), self->sum->n_own);
  labels = monocle_folder_tally_sort (self->sum->own_labels);
  if (labels->len > 0)
    g_string_append_printf (text, "\n%s\n", _ ("Objects by label"));
  for (guint i = 0; i < labels->len; i++)
    {
      const char *label = labels->pdata[i];

      g_string_append_printf (
          text, "%s: %u\n", *label ? label : _ ("Without a label"),
          GPOINTER_TO_UINT (g_hash_table_lookup (self->sum->own_labels, label)));
    }
  if (self->sum->n_own > 0)
    g_string_append_printf (text, "\n%s\n", _ ("Objects by size"));
  for (guint i = 0; self->sum->n_own > 0 && i < MONOCLE_SUMMARY_SIZES; i++)
    {
      g_autofree char *size = monocle_folder_tally_dup_size (i);

      g_string_append_printf (text, "%s: %u\n", size, self->sum->sizes[i]);
    }
  return g_string_free (text, FALSE);
}

/* Quoted, and nothing that a program of tables takes for a formula. */
static void
append_row (GString *csv, const char *kind, const char *name, guint n)
{
  g_auto (GStrv) parts = g_strsplit (name, "\"", -1);
  g_autofree char *quoted = g_strjoinv ("\"\"", parts);

  g_string_append_printf (csv, "%s,\"%s%s\",%u\r\n", kind,
                          *name && strchr ("=+-@", *name) ? "'" : "", quoted, n);
}

char *
monocle_folder_tally_format_csv (const MonocleFolderTally *self)
{
  GString *csv = g_string_new ("kind,name,count\r\n");
  g_autoptr (GPtrArray) labels = NULL;

  g_return_val_if_fail (self, NULL);

  append_row (csv, "pictures", "all", self->n_pictures);
  append_row (csv, "pictures", "worked on", self->n_worked);
  append_row (csv, "pictures", "done", self->n_done);
  append_row (csv, "objects", "all", self->sum->n_own);
  labels = monocle_folder_tally_sort (self->sum->own_labels);
  for (guint i = 0; i < labels->len; i++)
    append_row (csv, "label", labels->pdata[i],
                GPOINTER_TO_UINT (g_hash_table_lookup (self->sum->own_labels, labels->pdata[i])));
  for (guint i = 0; i < MONOCLE_SUMMARY_SIZES; i++)
    {
      /* The same in every language. */
      g_autofree char *size = g_strdup_printf ("from %u px", i == 0 ? 0 : 8u << i);

      append_row (csv, "size", size, self->sum->sizes[i]);
    }
  return g_string_free (csv, FALSE);
}
