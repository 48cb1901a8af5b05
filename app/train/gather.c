/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/gather.h"

#include "app/base/data-dir.h"
#include "app/exchange/source.h"
#include "app/train/chance.h"
#include "app/train/split.h"

/* Of the lot. */
#define STREAM 3

char *
monocle_train_dup_memory (void)
{
  return g_build_filename (g_get_user_data_dir (), "monocle", "train", "split.tsv", NULL);
}

MonocleTrainSet *
monocle_train_gather (GPtrArray *tasks,
                      const char *const *paths,
                      guint64 seed,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (MonocleTrainSet) set = monocle_train_set_new (tasks);
  g_autofree char *memory = monocle_train_dup_memory ();
  const MonocleTrainSplit split = { .share = MONOCLE_TRAIN_SHARE, .seed = seed, .memory = memory };

  for (guint i = 0; paths[i]; i++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error)
        || !monocle_train_set_read (set, paths[i], error))
      return NULL;
  if (!monocle_train_split_measure (set, cancellable, error)
      || !monocle_train_split_run (&split, set, error))
    return NULL;
  return g_steal_pointer (&set);
}

GPtrArray *
monocle_train_list_others (const MonocleTrainSet *set,
                           const char *folder,
                           guint64 seed,
                           GError **error)
{
  g_autofree char *samples = g_build_filename (monocle_data_dir_get (), "samples", NULL);
  const char *from = folder ? folder : set->others->len == 0 ? samples : NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *drawn;
  g_autofree guint *order = NULL;
  MonocleChance chance = monocle_chance (seed, STREAM);

  if (from)
    names = monocle_exchange_list_files (from, NULL, folder ? error : NULL);
  if (folder && !names)
    return NULL;
  for (guint i = 0; names && i < names->len; i++)
    g_ptr_array_add (paths, g_build_filename (from, names->pdata[i], NULL));
  for (guint i = 0; !from && i < set->others->len; i++)
    g_ptr_array_add (paths, g_strdup (set->others->pdata[i]));
  order = g_new (guint, paths->len + 1);
  for (guint i = 0; i < paths->len; i++)
    order[i] = i;
  monocle_chance_shuffle (&chance, order, paths->len);
  drawn = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < paths->len; i++)
    g_ptr_array_add (drawn, g_strdup (paths->pdata[order[i]]));
  return drawn;
}
