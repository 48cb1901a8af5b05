/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/parts.h"

#include <string.h>

#include "app/models/store.h"

/* In the order in which a model's folder is looked through. */
static const struct
{
  const char *whole, *index, *suffix;
} containers[] = {
  { "model.safetensors", "model.safetensors.index.json", ".safetensors" },
  { "pytorch_model.bin", "pytorch_model.bin.index.json", ".bin" },
};

static gboolean
has (const GPtrArray *names, const char *name)
{
  return g_ptr_array_find_with_equal_func ((GPtrArray *) names, name, g_str_equal, NULL);
}

static void
add_shards (GPtrArray *picked, const GPtrArray *names, const char *suffix)
{
  for (guint i = 0; i < names->len; i++)
    if (strstr (names->pdata[i], "-of-") && g_str_has_suffix (names->pdata[i], suffix))
      g_ptr_array_add (picked, names->pdata[i]);
}

/* The only one of its kind: `model.fp16.safetensors`, or what a run of training left,
 * `ofa_base.pt`.
 */
static const char *
find_only (const GPtrArray *names, const char *prefix, const char *suffix)
{
  const char *found = NULL;

  for (guint i = 0; i < names->len; i++)
    if (g_str_has_prefix (names->pdata[i], prefix) && g_str_has_suffix (names->pdata[i], suffix))
      {
        if (found)
          return NULL;
        found = names->pdata[i];
      }
  return found;
}

static gboolean
add_weights (GPtrArray *picked, const GPtrArray *names)
{
  const char *variant;
  guint before;

  for (guint i = 0; i < G_N_ELEMENTS (containers); i++)
    {
      if (has (names, containers[i].whole))
        {
          g_ptr_array_add (picked, (gpointer) containers[i].whole);
          return TRUE;
        }
      if (has (names, containers[i].index))
        {
          before = picked->len;
          add_shards (picked, names, containers[i].suffix);
          g_ptr_array_add (picked, (gpointer) containers[i].index);
          return picked->len > before + 1;
        }
    }
  variant = find_only (names, "model.", ".safetensors");
  if (!variant)
    variant = find_only (names, "", ".pt");
  /* As flax writes it; what else is called so is seen when it is there. */
  if (!variant)
    variant = find_only (names, "", ".bin");
  if (variant)
    g_ptr_array_add (picked, (gpointer) variant);
  return variant != NULL;
}

GPtrArray *
monocle_parts_pick (const GPtrArray *names, const char **missing)
{
  GPtrArray *picked = g_ptr_array_new ();
  gboolean weighs;

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];

      if ((monocle_model_store_reads (name) && !monocle_model_store_is_weights (name))
          || g_str_has_prefix (name, "LICENSE") || g_str_has_prefix (name, "LICENCE"))
        g_ptr_array_add (picked, (gpointer) name);
    }
  weighs = add_weights (picked, names);
  *missing = !has (names, "config.json") ? "config.json"
             : !weighs                   ? "weights (model.safetensors or pytorch_model.bin)"
                                         : NULL;
  return picked;
}
