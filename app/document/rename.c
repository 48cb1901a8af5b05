/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/rename.h"

#include "app/document/folder-view.h"
#include "app/document/work-index.h"
#include "app/document/work.h"

/* --- Counted --- */

/* The names of one picture's own things. */
static void
add (GHashTable *uses, const MonocleSummary *summary)
{
  GHashTableIter iter;
  gpointer name, n;

  g_hash_table_iter_init (&iter, summary->own_labels);
  while (g_hash_table_iter_next (&iter, &name, &n))
    {
      MonocleNameUse *use = g_hash_table_lookup (uses, name);

      if (!use)
        {
          use = g_new0 (MonocleNameUse, 1);
          g_hash_table_insert (uses, g_strdup (name), use);
        }
      use->n_things += GPOINTER_TO_UINT (n);
      use->n_pictures++;
    }
}

GHashTable *
monocle_rename_count (GListModel *pictures)
{
  GHashTable *uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_return_val_if_fail (G_IS_LIST_MODEL (pictures), uses);

  for (guint i = 0; i < g_list_model_get_n_items (pictures); i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (pictures, i);
      MonocleWorkEntry entry;

      if (monocle_folder_view_look_up (item, &entry)
          && g_hash_table_add (seen, g_strdup (entry.work)))
        add (uses, entry.summary);
    }
  return uses;
}

/* --- Renamed --- */

typedef struct
{
  GHashTable *seen; /* of works */
  GPtrArray *works; /* those with the name: names in @seen */
  char *from, *to;
  guint at;
  MonocleNameUse use;
  GError *error; /* (nullable): the first one */
} Rename;

static void
rename_free (gpointer data)
{
  Rename *self = data;

  g_hash_table_unref (self->seen);
  g_ptr_array_unref (self->works);
  g_free (self->from);
  g_free (self->to);
  g_clear_error (&self->error);
  g_free (self);
}

/* (transfer container) (element-type MonocleAnnotation) */
static GPtrArray *
find_named (MonocleDocument *document, const char *name)
{
  GListModel *regions = monocle_document_get_regions (document);
  GPtrArray *named = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (regions); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, i);

      if (g_str_equal (monocle_annotation_get_label (region), name))
        g_ptr_array_add (named, g_steal_pointer (&region));
    }
  return named;
}

/* Of one picture. @error: (out) */
static gboolean
rename_on (Rename *self, const char *work, GError **error)
{
  g_autoptr (MonocleDocument) document = monocle_work_borrow (work, error);
  g_autoptr (GPtrArray) named = document ? find_named (document, self->from) : NULL;

  if (!document)
    return FALSE;
  if (named->len == 0)
    return TRUE;
  monocle_document_set_label (document, named, self->to);
  if (monocle_document_get_trouble (document))
    {
      g_propagate_error (error, g_error_copy (monocle_document_get_trouble (document)));
      return FALSE;
    }
  self->use.n_things += named->len;
  self->use.n_pictures++;
  return TRUE;
}

static gboolean
go_on (gpointer data)
{
  GTask *task = data;
  Rename *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (self->at == self->works->len)
    {
      if (self->error)
        g_task_return_error (task, g_steal_pointer (&self->error));
      else
        g_task_return_boolean (task, TRUE);
      return G_SOURCE_REMOVE;
    }
  if (!rename_on (self, self->works->pdata[self->at++], &error) && !self->error)
    self->error = g_steal_pointer (&error);
  return G_SOURCE_CONTINUE;
}

void
monocle_rename_async (GListModel *pictures,
                      const char *from,
                      const char *to,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Rename *self = g_new0 (Rename, 1);

  g_return_if_fail (G_IS_LIST_MODEL (pictures));
  g_return_if_fail (from && to);

  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->works = g_ptr_array_new ();
  self->from = g_strdup (from);
  self->to = g_strdup (to);
  for (guint i = 0; i < g_list_model_get_n_items (pictures); i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (pictures, i);
      MonocleWorkEntry entry;
      char *work;

      if (!monocle_folder_view_look_up (item, &entry)
          || !g_hash_table_contains (entry.summary->own_labels, from))
        continue;
      work = g_strdup (entry.work);
      if (g_hash_table_add (self->seen, work))
        g_ptr_array_add (self->works, work);
    }
  g_task_set_task_data (task, self, rename_free);
  g_task_set_source_tag (task, monocle_rename_async);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, go_on, g_object_ref (task), g_object_unref);
}

gboolean
monocle_rename_finish (GAsyncResult *result, MonocleNameUse *use, GError **error)
{
  Rename *self;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  g_return_val_if_fail (use, FALSE);

  self = g_task_get_task_data (G_TASK (result));
  *use = self->use;
  return g_task_propagate_boolean (G_TASK (result), error);
}
