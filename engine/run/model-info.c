/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/model-info.h"

#include <glib/gstdio.h>

#include "engine/base/json.h"

#define MAX_BYTES 8192

void
monocle_model_info_clear (MonocleModelInfo *self)
{
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_clear_pointer (&self->calibration, monocle_calibration_free);
  g_clear_pointer (&self->adapter, g_free);
}

static gboolean
is_small_file (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 && S_ISREG (status.st_mode) && status.st_size <= MAX_BYTES;
}

/* Of @all those that the file names, where it names any, in the order of menus. */
static gboolean
read_tasks (
    MonocleModelInfo *self, JsonObject *root, const char *path, GPtrArray *all, GError **error)
{
  g_auto (GStrv) names = NULL;

  if (!monocle_json_get_strings (root, path, "tasks", MONOCLE_JSON_OPTIONAL, &names, error))
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    {
      const MonocleTask *task = all->pdata[i];

      if (!names || g_strv_contains ((const char *const *) names, task->id)
          || (*task->tag && g_strv_contains ((const char *const *) names, task->tag)))
        g_ptr_array_add (self->tasks, (gpointer) task);
    }
  return TRUE;
}

gboolean
monocle_model_info_load (MonocleModelInfo *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "model-info.json", NULL);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (JsonObject) root = NULL;

  *self = (MonocleModelInfo){ .family = monocle_families_probe (directory, error) };
  if (!self->family)
    return FALSE;
  root = is_small_file (path) ? monocle_json_load (path, error) : json_object_new ();
  self->tasks = g_ptr_array_new ();
  self->family->list_tasks (all);
  if (root && read_tasks (self, root, path, all, error))
    self->calibration = monocle_calibration_read (root, path, all, error);
  if (self->calibration)
    return TRUE;
  monocle_model_info_clear (self);
  return FALSE;
}
