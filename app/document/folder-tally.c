/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/folder-tally.h"

#include <string.h>

/* Where each begins; behind the last one there is nothing. */
static const double score_bounds[MONOCLE_FOLDER_SCORES + 1] = { 0, 0.5, 0.7, 0.9, 2 };

static void
count (GHashTable *labels, const char *label)
{
  const guint before = GPOINTER_TO_UINT (g_hash_table_lookup (labels, label));

  g_hash_table_insert (labels, g_strdup (label), GUINT_TO_POINTER (before + 1));
}

static void
count_labels (MonocleFolderTally *self, const MonocleSummary *summary)
{
  GHashTableIter iter;
  gpointer label;

  g_hash_table_iter_init (&iter, summary->own_labels);
  while (g_hash_table_iter_next (&iter, &label, NULL))
    count (self->labels, label);
  g_hash_table_iter_init (&iter, summary->found_labels);
  while (g_hash_table_iter_next (&iter, &label, NULL))
    if (!g_hash_table_contains (summary->own_labels, label))
      count (self->labels, label);
}

static void
add (MonocleFolderTally *self, const MonocleSummary *summary)
{
  self->n_worked++;
  self->n_done += summary->is_done;
  self->n_objects += monocle_summary_has_objects (summary);
  for (guint i = 0; i < MONOCLE_FOLDER_SCORES; i++)
    self->n_scores[i] += summary->best >= score_bounds[i] && summary->best < score_bounds[i + 1];
  count_labels (self, summary);
  monocle_summary_add (self->sum, summary);
}

MonocleFolderTally *
monocle_folder_tally_new (GListModel *pictures)
{
  MonocleFolderTally *self;

  g_return_val_if_fail (G_IS_LIST_MODEL (pictures), NULL);

  self = g_new0 (MonocleFolderTally, 1);
  self->labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sum = monocle_summary_new_empty ();
  self->n_pictures = g_list_model_get_n_items (pictures);
  for (guint i = 0; i < self->n_pictures; i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (pictures, i);
      MonocleWorkEntry entry;

      if (monocle_folder_view_look_up (item, &entry))
        add (self, entry.summary);
    }
  return self;
}

void
monocle_folder_tally_free (MonocleFolderTally *self)
{
  g_hash_table_unref (self->labels);
  monocle_summary_free (self->sum);
  g_free (self);
}

char *
monocle_folder_tally_dup_score_filter (guint score)
{
  char low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];

  g_return_val_if_fail (score < MONOCLE_FOLDER_SCORES, NULL);

  return g_strconcat (MONOCLE_FOLDER_SCORE_PREFIX,
                      g_ascii_formatd (low, sizeof low, "%g", score_bounds[score]), "-",
                      g_ascii_formatd (high, sizeof high, "%g", score_bounds[score + 1]), NULL);
}

double
monocle_folder_tally_get_score (guint score)
{
  g_return_val_if_fail (score < MONOCLE_FOLDER_SCORES, 0);

  return score_bounds[score];
}

static int
compare (gconstpointer a, gconstpointer b, gpointer counts)
{
  const char *one = *(const char *const *) a, *two = *(const char *const *) b;
  const guint n_one = GPOINTER_TO_UINT (g_hash_table_lookup (counts, one));
  const guint n_two = GPOINTER_TO_UINT (g_hash_table_lookup (counts, two));

  return n_one != n_two ? (n_one > n_two ? -1 : 1) : g_utf8_collate (one, two);
}

GPtrArray *
monocle_folder_tally_sort (GHashTable *counts)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_return_val_if_fail (counts, names);

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  g_ptr_array_sort_with_data (names, compare, counts);
  return names;
}
