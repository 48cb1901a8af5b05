/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/count.h"

static void
count_free (gpointer data)
{
  MonocleTrainCount *count = data;

  g_free (count->label);
  g_free (count);
}

static int
compare_counts (gconstpointer a, gconstpointer b)
{
  const MonocleTrainCount *left = *(MonocleTrainCount *const *) a;
  const MonocleTrainCount *right = *(MonocleTrainCount *const *) b;
  const int order = g_strcmp0 (left->task->id, right->task->id);

  return order ? order : g_strcmp0 (left->label, right->label);
}

GPtrArray *
monocle_train_count_labels (const MonocleTrainSet *set)
{
  GPtrArray *counts = g_ptr_array_new_with_free_func (count_free);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < set->pictures->len; i++)
    {
      const MonocleTrainPicture *picture = set->pictures->pdata[i];

      for (guint j = 0; j < picture->examples->len; j++)
        {
          const MonocleTrainExample *example = picture->examples->pdata[j];
          char *key = g_strconcat (example->task->id, "\n", example->label, NULL);
          MonocleTrainCount *count = g_hash_table_lookup (known, key);

          if (!count)
            {
              count = g_new0 (MonocleTrainCount, 1);
              count->task = example->task;
              count->label = g_strdup (example->label);
              g_ptr_array_add (counts, count);
              g_hash_table_insert (known, key, count);
            }
          else
            g_free (key);
          count->n += !picture->is_held_out;
          count->n_held_out += picture->is_held_out;
        }
    }
  g_ptr_array_sort (counts, compare_counts);
  return counts;
}
