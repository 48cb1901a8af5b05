/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/pictures/folder-private.h"

/* A document of more pages is cut off: nobody walks through that. */
#define MAX_PAGES 10000

enum
{
  READY,
  RESTAMPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MonocleFolder,
                               monocle_folder,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static GType
get_item_type (GListModel *list)
{
  return MONOCLE_TYPE_FOLDER_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  return MONOCLE_FOLDER (list)->items->len;
}

static gpointer
get_item (GListModel *list, guint position)
{
  MonocleFolder *self = MONOCLE_FOLDER (list);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
monocle_folder_dispose (GObject *object)
{
  monocle_folder_cancel (MONOCLE_FOLDER (object));
  G_OBJECT_CLASS (monocle_folder_parent_class)->dispose (object);
}

static void
monocle_folder_finalize (GObject *object)
{
  MonocleFolder *self = MONOCLE_FOLDER (object);

  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->changed);
  g_ptr_array_unref (self->monitors);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->neighbours);
  G_OBJECT_CLASS (monocle_folder_parent_class)->finalize (object);
}

static void
monocle_folder_class_init (MonocleFolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = monocle_folder_dispose;
  object_class->finalize = monocle_folder_finalize;

  signals[READY] = g_signal_new ("ready", MONOCLE_TYPE_FOLDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[RESTAMPED] = g_signal_new ("restamped", MONOCLE_TYPE_FOLDER, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_folder_init (MonocleFolder *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->known
      = g_hash_table_new_full (g_file_hash, (GEqualFunc) g_file_equal, g_object_unref, NULL);
  self->changed
      = g_hash_table_new_full (g_file_hash, (GEqualFunc) g_file_equal, g_object_unref, NULL);
  self->monitors = g_ptr_array_new_with_free_func (g_object_unref);
}

MonocleFolder *
monocle_folder_new (void)
{
  return g_object_new (MONOCLE_TYPE_FOLDER, NULL);
}

void
monocle_folder_emit_ready (MonocleFolder *self)
{
  g_signal_emit (self, signals[READY], 0, self->items->len > 0);
}

/* Where @item is, or would be. */
static guint
find_place (MonocleFolder *self, MonocleFolderItem *item)
{
  guint low = 0, high = self->items->len;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (monocle_folder_item_compare (&self->items->pdata[middle], &item) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* @at: where the first of @items belongs; @last: where the last one does */
static void
merge_items (MonocleFolder *self, GPtrArray *items, guint at, guint last)
{
  GPtrArray *merged;
  guint from = 0;

  /* Files that come one by one are not worth a list each. */
  if (items->len == 1)
    {
      g_ptr_array_insert (self->items, (int) at, g_object_ref (items->pdata[0]));
      return;
    }
  merged = g_ptr_array_new_full (self->items->len + items->len, g_object_unref);

  for (guint i = 0; i < items->len; i++)
    {
      while (from < at
             || (from < last
                 && monocle_folder_item_compare (&self->items->pdata[from], &items->pdata[i]) < 0))
        g_ptr_array_add (merged, g_object_ref (self->items->pdata[from++]));
      g_ptr_array_add (merged, g_object_ref (items->pdata[i]));
    }
  while (from < self->items->len)
    g_ptr_array_add (merged, g_object_ref (self->items->pdata[from++]));
  g_ptr_array_unref (self->items);
  self->items = merged;
}

static guint
count_pages (MonocleFolder *self, guint position)
{
  GFile *file = ((MonocleFolderItem *) self->items->pdata[position])->file;
  guint n = 1;

  while (position + n < self->items->len
         && g_file_equal (((MonocleFolderItem *) self->items->pdata[position + n])->file, file))
    n++;
  return n;
}

/* Returns: whether @known, which is in the list, was of another file */
static gboolean
restamp (MonocleFolder *self, MonocleFolderItem *known, const MonocleStamp *stamp)
{
  guint at;

  if (!monocle_stamp_is_known (stamp) || monocle_stamp_equal (&known->stamp, stamp))
    return FALSE;
  known->stamp = *stamp;
  if (monocle_folder_find (self, known->file, 0, &at))
    for (guint page = count_pages (self, at); --page > 0;)
      ((MonocleFolderItem *) self->items->pdata[at + page])->stamp = *stamp;
  return TRUE;
}

void
monocle_folder_insert_items (MonocleFolder *self, GPtrArray *items)
{
  gboolean is_restamped = FALSE;
  guint at, last;

  for (guint i = items->len; i-- > 0;)
    {
      MonocleFolderItem *item = items->pdata[i];
      MonocleFolderItem *known = g_hash_table_lookup (self->known, item->file);

      /* What was named is in its folder too. */
      if (known)
        {
          is_restamped |= restamp (self, known, &item->stamp);
          g_ptr_array_remove_index (items, i);
        }
      else
        g_hash_table_insert (self->known, g_object_ref (item->file), item);
    }
  if (is_restamped)
    g_signal_emit (self, signals[RESTAMPED], 0);
  if (items->len == 0)
    return;
  g_ptr_array_sort (items, monocle_folder_item_compare);
  at = find_place (self, items->pdata[0]);
  last = find_place (self, items->pdata[items->len - 1]);
  merge_items (self, items, at, last);
  g_list_model_items_changed (G_LIST_MODEL (self), at, last - at, last - at + items->len);
}

void
monocle_folder_remove_file (MonocleFolder *self, GFile *file)
{
  guint position, n;

  if (!monocle_folder_find (self, file, 0, &position))
    return;
  n = count_pages (self, position);
  g_hash_table_remove (self->known, file);
  g_ptr_array_remove_range (self->items, position, n);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n, 0);
}

MonocleFolderItem *
monocle_folder_find (MonocleFolder *self, GFile *file, guint page, guint *position)
{
  MonocleFolderItem *first;
  guint at;

  g_return_val_if_fail (MONOCLE_IS_FOLDER (self), NULL);
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  first = g_hash_table_lookup (self->known, file);
  if (!first)
    return NULL;
  at = find_place (self, first);
  /* It may be about to come. */
  if (at >= self->items->len || self->items->pdata[at] != first)
    return NULL;
  if (page >= count_pages (self, at))
    return NULL;
  if (position)
    *position = at + page;
  return self->items->pdata[at + page];
}

void
monocle_folder_set_pages (MonocleFolder *self, GFile *file, guint n_pages)
{
  guint at;

  g_return_if_fail (MONOCLE_IS_FOLDER (self));
  g_return_if_fail (G_IS_FILE (file));

  n_pages = MIN (n_pages, MAX_PAGES);
  if (n_pages < 2 || !monocle_folder_find (self, file, 0, &at) || count_pages (self, at) > 1)
    return;
  monocle_folder_item_set_page (self->items->pdata[at], 0);
  for (guint page = 1; page < n_pages; page++)
    {
      MonocleFolderItem *first = self->items->pdata[at];
      MonocleFolderItem *item = monocle_folder_item_new (first->file, &first->stamp, first->group);

      monocle_folder_item_set_page (item, page);
      g_ptr_array_insert (self->items, (int) (at + page), item);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), at, 1, n_pages);
}
