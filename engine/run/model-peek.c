/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model's files say before it is loaded, if it ever is.
 */
#include "config.h"

#include "engine/checkpoint/blocks.h"
#include "engine/checkpoint/gguf-pair.h"
#include "engine/run/model-private.h"

GPtrArray *
monocle_model_peek_tasks (const char *directory, GError **error)
{
  g_auto (MonocleModelInfo) info = { 0 };

  return monocle_model_info_load (&info, directory, error) ? g_steal_pointer (&info.tasks) : NULL;
}

gboolean
monocle_model_peek_text (const char *directory,
                         const MonocleTask *task,
                         const char *text,
                         gboolean has_region,
                         GError **error)
{
  g_auto (MonocleModelInfo) info = { 0 };
  const MonocleBox whole = { 0, 0, 1, 1 };
  const MonocleBox *region = has_region ? &whole : NULL;
  g_autofree char *prompt = NULL;

  if (!monocle_model_info_load (&info, directory, error)
      || !monocle_task_check (task, text, region, 1, 1, error))
    return FALSE;
  if (info.family->write_prompt)
    prompt = info.family->write_prompt (task, text, region, 1, 1, error);
  return prompt || !info.family->write_prompt;
}

gboolean
monocle_model_peek_embeds (const char *directory)
{
  g_auto (MonocleModelInfo) info = { 0 };

  return monocle_model_info_load (&info, directory, NULL) && info.family->embed_texts
         && info.family->embed_images;
}

gboolean
monocle_model_peek_few_bits (const char *directory)
{
  g_auto (MonocleModelInfo) info = { 0 };

  return monocle_model_info_load (&info, directory, NULL) && info.family->takes_few_bits;
}

MonoclePrecision
monocle_model_peek_packed (const char *path)
{
  MonoclePrecision packed = MONOCLE_PRECISION_AUTO;
  g_autoptr (MonocleCheckpoint) files
      = monocle_gguf_pair_is_one (path) ? monocle_checkpoint_open (path, NULL) : NULL;

  for (guint i = 0; files && i < monocle_checkpoint_get_n_tensors (files); i++)
    {
      const MonocleDtype dtype = monocle_checkpoint_get_tensor (files, i)->dtype;

      if (monocle_blocks_has_q4 (dtype))
        return MONOCLE_PRECISION_Q4;
      if (monocle_blocks_get_format (dtype))
        packed = MONOCLE_PRECISION_Q8;
    }
  return packed;
}

gboolean
monocle_model_check (const char *directory, GError **error)
{
  g_auto (MonocleModelInfo) info = { 0 };

  return monocle_model_info_load (&info, directory, error) && info.family->check (directory, error);
}

gboolean
monocle_model_is_gguf (const char *path)
{
  g_return_val_if_fail (path, FALSE);

  return monocle_gguf_pair_is_one (path);
}

GStrv
monocle_model_list_gguf (const char *path, GError **error)
{
  g_autoptr (MonocleGgufPair) pair = monocle_gguf_pair_open (path, error);
  const char *paths[3] = { NULL };

  if (!pair)
    return NULL;
  paths[0] = monocle_gguf_get_path (pair->text);
  paths[1] = monocle_gguf_get_path (pair->vision);
  return g_strdupv ((char **) paths);
}

gboolean
monocle_model_check_gguf (const char *text, const char *vision, GError **error)
{
  g_autoptr (MonocleGgufPair) pair = NULL;

  g_return_val_if_fail (text, FALSE);
  g_return_val_if_fail (vision, FALSE);

  pair = monocle_gguf_pair_open_files (text, vision, error);
  return pair != NULL;
}

gboolean
monocle_model_peek_gguf (const char *path, gboolean *sees, GError **error)
{
  g_return_val_if_fail (path, FALSE);
  g_return_val_if_fail (sees, FALSE);

  return monocle_gguf_pair_peek (path, sees, error);
}

gboolean
monocle_model_check_adapter (const char *directory, const char *adapter, GError **error)
{
  const MonocleFamily *family = monocle_families_probe (directory, error);
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;

  if (family)
    checkpoint = monocle_family_open_checkpoint (family, directory, adapter, error);
  return checkpoint != NULL;
}

GPtrArray *
monocle_model_guess_tasks (void)
{
  GPtrArray *tasks = g_ptr_array_new ();

  monocle_families_list_usual_tasks (tasks);
  return tasks;
}

GPtrArray *
monocle_model_list_family_tasks (const char *family)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();

  g_return_val_if_fail (family, NULL);

  return monocle_families_list_tasks_of (family, tasks) ? g_steal_pointer (&tasks) : NULL;
}

const MonocleTask *
monocle_model_recall_task (const char *id, MonocleTaskGives gives)
{
  g_return_val_if_fail (id, NULL);

  return monocle_families_find_task (id, gives);
}
