/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/folder-view.h"

#include <math.h>
#include <string.h>

typedef enum
{
  ALL,
  TODO,
  DONE,
  OBJECTS,
  LABEL,
  SCORE,
} Kind;

typedef struct
{
  Kind kind;
  const char *label; /* in the words of the filter */
  double low, high;
} Filter;

struct _MonocleFolderView
{
  GObject parent_instance;

  MonocleFolder *folder;
  MonocleWorkIndex *index;
  char *words;
  Filter filter;
  MonocleFolderSort sort;
  GFile *current; /* (nullable) */
  guint current_page;

  GPtrArray *items;   /* (nullable): those that are shown; NULL: the folder as it is */
  guint n_passing;    /* of those */
  GHashTable *places; /* (nullable): item -> its place in @items; when it is asked for */
  guint update_source;
};

enum
{
  FILTERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MonocleFolderView,
                               monocle_folder_view,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* --- The list --- */

static GType
get_item_type (GListModel *list)
{
  return MONOCLE_TYPE_FOLDER_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  MonocleFolderView *self = MONOCLE_FOLDER_VIEW (list);

  return self->items ? self->items->len : g_list_model_get_n_items (G_LIST_MODEL (self->folder));
}

static gpointer
get_item (GListModel *list, guint position)
{
  MonocleFolderView *self = MONOCLE_FOLDER_VIEW (list);

  if (!self->items)
    return g_list_model_get_item (G_LIST_MODEL (self->folder), position);
  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* --- What passes --- */

static gboolean
parse (const char *words, Filter *filter)
{
  static const char *const names[]
      = { MONOCLE_FOLDER_ALL, MONOCLE_FOLDER_TODO, MONOCLE_FOLDER_DONE, MONOCLE_FOLDER_OBJECTS };
  const char *rest;
  char *end;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (words, names[i]))
      {
        *filter = (Filter){ .kind = (Kind) i };
        return TRUE;
      }
  if (g_str_has_prefix (words, MONOCLE_FOLDER_LABEL_PREFIX))
    {
      *filter = (Filter){ .kind = LABEL, .label = words + strlen (MONOCLE_FOLDER_LABEL_PREFIX) };
      return TRUE;
    }
  if (!g_str_has_prefix (words, MONOCLE_FOLDER_SCORE_PREFIX))
    return FALSE;
  rest = words + strlen (MONOCLE_FOLDER_SCORE_PREFIX);
  *filter = (Filter){ .kind = SCORE, .low = g_ascii_strtod (rest, &end) };
  if (end == rest || *end != '-')
    return FALSE;
  rest = end + 1;
  filter->high = g_ascii_strtod (rest, &end);
  return end != rest && *end == '\0' && filter->low < filter->high;
}

gboolean
monocle_folder_view_look_up (MonocleFolderItem *item, MonocleWorkEntry *entry)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_ITEM (item) && entry, FALSE);

  return monocle_work_index_find (
      monocle_work_index_get_default (), monocle_folder_item_get_file (item),
      monocle_folder_item_get_page (item), monocle_folder_item_get_stamp (item), entry);
}

static gboolean
passes (const Filter *filter, MonocleFolderItem *item)
{
  MonocleWorkEntry entry;
  const gboolean has_work = filter->kind != ALL && monocle_folder_view_look_up (item, &entry);

  switch (filter->kind)
    {
    case TODO:
      return !has_work || !entry.summary->is_done;
    case DONE:
      return has_work && entry.summary->is_done;
    case OBJECTS:
      return has_work && monocle_summary_has_objects (entry.summary);
    case LABEL:
      return has_work && monocle_summary_has_label (entry.summary, filter->label);
    case SCORE:
      return has_work && entry.summary->best >= filter->low && entry.summary->best < filter->high;
    case ALL:
    default:
      return TRUE;
    }
}

static gboolean
is_current (MonocleFolderView *self, MonocleFolderItem *item)
{
  return self->current && monocle_folder_item_get_page (item) == self->current_page
         && g_file_equal (monocle_folder_item_get_file (item), self->current);
}

/* --- In which order --- */

typedef struct
{
  MonocleFolderItem *item;
  guint place; /* in the folder */
  gint64 key;  /* what has more comes first */
} Ranked;

static gint64
get_key (MonocleFolderView *self, MonocleFolderItem *item)
{
  const MonocleStamp *stamp = monocle_folder_item_get_stamp (item);
  MonocleWorkEntry entry;

  switch (self->sort)
    {
    case MONOCLE_FOLDER_SORT_DATE:
      return monocle_stamp_is_known (stamp) ? stamp->modified : G_MININT64;
    case MONOCLE_FOLDER_SORT_SIZE:
      return stamp->size;
    case MONOCLE_FOLDER_SORT_WORKED:
      return monocle_folder_view_look_up (item, &entry) ? entry.worked : G_MININT64;
    case MONOCLE_FOLDER_SORT_NAME:
    default:
      return 0;
    }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const Ranked *one = a, *two = b;

  if (one->key != two->key)
    return one->key > two->key ? -1 : 1;
  return one->place < two->place ? -1 : one->place > two->place;
}

/* (transfer full) (nullable): what is to be shown */
static GPtrArray *
pick (MonocleFolderView *self)
{
  GListModel *folder = G_LIST_MODEL (self->folder);
  const guint n = g_list_model_get_n_items (folder);
  g_autoptr (GArray) ranked = NULL;
  GPtrArray *items;

  if (self->filter.kind == ALL && self->sort == MONOCLE_FOLDER_SORT_NAME)
    return NULL;
  self->n_passing = 0;
  ranked = g_array_new (FALSE, FALSE, sizeof (Ranked));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (folder, i);
      const gboolean is_passing = passes (&self->filter, item);

      self->n_passing += is_passing;
      if (is_passing || is_current (self, item))
        {
          /* The folder keeps it. */
          const Ranked one = { item, i, get_key (self, item) };

          g_array_append_val (ranked, one);
        }
    }
  if (self->sort != MONOCLE_FOLDER_SORT_NAME)
    g_array_sort (ranked, compare);
  items = g_ptr_array_new_full (ranked->len, g_object_unref);
  for (guint i = 0; i < ranked->len; i++)
    g_ptr_array_add (items, g_object_ref (g_array_index (ranked, Ranked, i).item));
  return items;
}

/* --- Changes --- */

static gpointer
peek (MonocleFolderView *self, GPtrArray *items, guint position)
{
  g_autoptr (GObject) item
      = items ? NULL : g_list_model_get_item (G_LIST_MODEL (self->folder), position);

  return items ? items->pdata[position] : item;
}

/* In one change, as small as it can be: a list that is shown has work with each, and knows again
 * what stays. */
static void
update (MonocleFolderView *self)
{
  const guint n_folder = g_list_model_get_n_items (G_LIST_MODEL (self->folder));
  g_autoptr (GPtrArray) before = self->items;
  GPtrArray *after = pick (self);
  const guint n_before = before ? before->len : n_folder, n_after = after ? after->len : n_folder;
  guint start = 0, end = 0;

  g_clear_handle_id (&self->update_source, g_source_remove);
  self->items = after;
  g_clear_pointer (&self->places, g_hash_table_unref);
  while (start < MIN (n_before, n_after) && peek (self, before, start) == peek (self, after, start))
    start++;
  while (end < MIN (n_before, n_after) - start
         && peek (self, before, n_before - 1 - end) == peek (self, after, n_after - 1 - end))
    end++;
  if (n_before != n_after || start + end < n_after)
    g_list_model_items_changed (G_LIST_MODEL (self), start, n_before - start - end,
                                n_after - start - end);
}

static gboolean
on_update_due (gpointer data)
{
  MonocleFolderView *self = data;

  self->update_source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
on_items_changed (
    GListModel *folder, guint position, guint removed, guint added, MonocleFolderView *self)
{
  if (!self->items)
    g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  else
    update (self);
  g_signal_emit (self, signals[FILTERED], 0);
}

/* What is known of pictures is something else. What was worked on just now is not sorted anew under
 * the hands of whoever goes through them. */
static void
on_known (MonocleFolderView *self)
{
  if (self->filter.kind != ALL)
    update (self);
  g_signal_emit (self, signals[FILTERED], 0);
}

gboolean
monocle_folder_view_set_filter (MonocleFolderView *self, const char *filter)
{
  Filter parsed;

  g_return_val_if_fail (MONOCLE_IS_FOLDER_VIEW (self), FALSE);
  g_return_val_if_fail (filter, FALSE);

  if (!parse (filter, &parsed))
    return FALSE;
  if (g_str_equal (filter, self->words))
    return TRUE;
  g_free (self->words);
  self->words = g_strdup (filter);
  parse (self->words, &self->filter);
  update (self);
  g_signal_emit (self, signals[FILTERED], 0);
  return TRUE;
}

const char *
monocle_folder_view_get_filter (MonocleFolderView *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_VIEW (self), NULL);

  return self->words;
}

gboolean
monocle_folder_view_is_filtered (MonocleFolderView *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_VIEW (self), FALSE);

  return self->filter.kind != ALL;
}

void
monocle_folder_view_set_sort (MonocleFolderView *self, MonocleFolderSort sort)
{
  g_return_if_fail (MONOCLE_IS_FOLDER_VIEW (self));

  if (self->sort == sort)
    return;
  self->sort = sort;
  update (self);
}

MonocleFolderItem *
monocle_folder_view_find (MonocleFolderView *self, GFile *file, guint page, guint *position)
{
  MonocleFolderItem *item;
  gpointer place;

  g_return_val_if_fail (MONOCLE_IS_FOLDER_VIEW (self), NULL);
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  item = monocle_folder_find (self->folder, file, page, position);
  if (!item || !self->items)
    return item;
  if (!self->places)
    {
      self->places = g_hash_table_new (NULL, NULL);
      for (guint i = 0; i < self->items->len; i++)
        g_hash_table_insert (self->places, self->items->pdata[i], GUINT_TO_POINTER (i));
    }
  if (!g_hash_table_lookup_extended (self->places, item, NULL, &place))
    return NULL;
  if (position)
    *position = GPOINTER_TO_UINT (place);
  return item;
}

/* What was looked at until then leaves the list later: whoever goes on by it is in the middle of
 * it.
 */
void
monocle_folder_view_set_current (MonocleFolderView *self, MonocleFolderItem *item)
{
  g_return_if_fail (MONOCLE_IS_FOLDER_VIEW (self));
  g_return_if_fail (!item || MONOCLE_IS_FOLDER_ITEM (item));

  if (item ? is_current (self, item) : !self->current)
    return;
  g_clear_object (&self->current);
  if (item)
    self->current = g_object_ref (monocle_folder_item_get_file (item));
  self->current_page = item ? monocle_folder_item_get_page (item) : 0;
  if (self->filter.kind == ALL)
    return;
  if (item && !monocle_folder_view_find (self, self->current, self->current_page, NULL))
    update (self);
  else if (self->update_source == 0)
    self->update_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_update_due, self, NULL);
}

guint
monocle_folder_view_get_n_passing (MonocleFolderView *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_VIEW (self), 0);

  return self->items ? self->n_passing : g_list_model_get_n_items (G_LIST_MODEL (self->folder));
}

MonocleFolder *
monocle_folder_view_get_folder (MonocleFolderView *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_VIEW (self), NULL);

  return self->folder;
}

/* --- The class --- */

static void
monocle_folder_view_finalize (GObject *object)
{
  MonocleFolderView *self = MONOCLE_FOLDER_VIEW (object);

  g_clear_handle_id (&self->update_source, g_source_remove);
  g_object_unref (self->folder);
  g_object_unref (self->index);
  g_clear_object (&self->current);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->places, g_hash_table_unref);
  g_free (self->words);
  G_OBJECT_CLASS (monocle_folder_view_parent_class)->finalize (object);
}

static void
monocle_folder_view_class_init (MonocleFolderViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_folder_view_finalize;

  signals[FILTERED] = g_signal_new ("filtered", MONOCLE_TYPE_FOLDER_VIEW, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_folder_view_init (MonocleFolderView *self)
{
  self->words = g_strdup (MONOCLE_FOLDER_ALL);
}

MonocleFolderView *
monocle_folder_view_new (MonocleFolder *folder)
{
  MonocleFolderView *self;

  g_return_val_if_fail (MONOCLE_IS_FOLDER (folder), NULL);

  self = g_object_new (MONOCLE_TYPE_FOLDER_VIEW, NULL);
  self->folder = g_object_ref (folder);
  self->index = g_object_ref (monocle_work_index_get_default ());
  g_signal_connect_object (folder, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  g_signal_connect_object (folder, "restamped", G_CALLBACK (on_known), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->index, "changed", G_CALLBACK (on_known), self, G_CONNECT_SWAPPED);
  return self;
}
