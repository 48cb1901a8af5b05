/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/hit-list.h"

#include <string.h>

struct _MonocleHitList
{
  GObject parent_instance;

  GPtrArray *all;   /* of MonocleHit, the best first */
  GPtrArray *shown; /* of them */
  double cutoff;
  gboolean by_date;
  gboolean has_groups;
};

static void monocle_hit_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MonocleHitList,
                               monocle_hit_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      monocle_hit_list_model_init))

static int
compare_dates (gconstpointer a, gconstpointer b)
{
  MonocleHit *x = *(MonocleHit *const *) a, *y = *(MonocleHit *const *) b;
  gint64 dx = monocle_hit_get_date (x), dy = monocle_hit_get_date (y);

  if (dx != dy)
    return dx < dy ? 1 : -1;
  return strcmp (monocle_hit_get_path (x), monocle_hit_get_path (y));
}

/* Those that fit the ones before them well enough are in their group. (transfer full): the groups
 * that they were in */
static guint *
number_groups (MonocleHitList *self)
{
  guint *before = g_new (guint, self->shown->len), group = 0;

  for (guint i = 0; i < self->shown->len; i++)
    {
      MonocleHit *hit = self->shown->pdata[i];
      double joined = monocle_hit_get_joined (hit);

      if (joined < 0 || joined < self->cutoff)
        group++;
      before[i] = monocle_hit_get_group (hit);
      monocle_hit_set_group (hit, self->has_groups ? group : 0);
    }
  return before;
}

static gboolean
is_as_before (
    MonocleHitList *self, const GPtrArray *before, guint i, guint was, const guint *groups)
{
  return before->pdata[was] == self->shown->pdata[i]
         && groups[i] == monocle_hit_get_group (self->shown->pdata[i]);
}

/* Only what differs between the ends that are the same is said to have changed. */
static void
update (MonocleHitList *self)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->shown);
  g_autofree guint *groups = NULL;
  guint start = 0, end = 0, shorter;

  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->all->len; i++)
    if (monocle_hit_get_fit (self->all->pdata[i]) >= self->cutoff)
      g_ptr_array_add (self->shown, g_object_ref (self->all->pdata[i]));
  if (self->by_date && !self->has_groups)
    g_ptr_array_sort (self->shown, compare_dates);
  groups = number_groups (self);

  shorter = MIN (before->len, self->shown->len);
  while (start < shorter && is_as_before (self, before, start, start, groups))
    start++;
  while (end < shorter - start
         && is_as_before (self, before, self->shown->len - 1 - end, before->len - 1 - end, groups))
    end++;
  if (before->len > start + end || self->shown->len > start + end)
    g_list_model_items_changed (G_LIST_MODEL (self), start, before->len - start - end,
                                self->shown->len - start - end);
}

static gboolean
has_region (MonocleHit *hit, const MonocleRect *region)
{
  const MonocleRect *mine = monocle_hit_get_region (hit);

  return mine ? monocle_rect_get_overlap (mine, region) >= 1 : region->width <= 0;
}

void
monocle_hit_list_set_findings (MonocleHitList *self, const MonocleFindings *findings)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) before = NULL;

  g_return_if_fail (MONOCLE_IS_HIT_LIST (self));

  self->has_groups = findings && findings->are_duplicates;
  before = g_steal_pointer (&self->all);
  self->all = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < before->len; i++)
    g_hash_table_insert (known, (char *) monocle_hit_get_path (before->pdata[i]), before->pdata[i]);
  for (guint i = 0; findings && i < findings->found->len; i++)
    {
      const MonocleFinding *finding = &g_array_index (findings->found, MonocleFinding, i);
      MonocleHit *hit = g_hash_table_lookup (known, finding->path);

      if (hit && monocle_hit_get_band (hit) == finding->band
          && monocle_hit_get_date (hit) == finding->date
          && g_strcmp0 (monocle_hit_get_read (hit), finding->read) == 0
          && has_region (hit, &finding->region))
        monocle_hit_set_fit (g_object_ref (hit), finding->fit, finding->joined);
      else
        hit = monocle_hit_new (finding);
      g_ptr_array_add (self->all, hit);
    }
  update (self);
}

void
monocle_hit_list_set_cutoff (MonocleHitList *self, double cutoff)
{
  g_return_if_fail (MONOCLE_IS_HIT_LIST (self));

  self->cutoff = cutoff;
  update (self);
}

void
monocle_hit_list_set_by_date (MonocleHitList *self, gboolean by_date)
{
  g_return_if_fail (MONOCLE_IS_HIT_LIST (self));

  self->by_date = by_date;
  update (self);
}

static GType
monocle_hit_list_get_item_type (GListModel *model)
{
  return MONOCLE_TYPE_HIT;
}

static guint
monocle_hit_list_get_n_items (GListModel *model)
{
  return MONOCLE_HIT_LIST (model)->shown->len;
}

static gpointer
monocle_hit_list_get_item (GListModel *model, guint position)
{
  MonocleHitList *self = MONOCLE_HIT_LIST (model);

  return position < self->shown->len ? g_object_ref (self->shown->pdata[position]) : NULL;
}

static void
monocle_hit_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = monocle_hit_list_get_item_type;
  iface->get_n_items = monocle_hit_list_get_n_items;
  iface->get_item = monocle_hit_list_get_item;
}

static void
monocle_hit_list_finalize (GObject *object)
{
  MonocleHitList *self = MONOCLE_HIT_LIST (object);

  g_ptr_array_unref (self->all);
  g_ptr_array_unref (self->shown);
  G_OBJECT_CLASS (monocle_hit_list_parent_class)->finalize (object);
}

static void
monocle_hit_list_class_init (MonocleHitListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_hit_list_finalize;
}

static void
monocle_hit_list_init (MonocleHitList *self)
{
  self->all = g_ptr_array_new_with_free_func (g_object_unref);
  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
}

MonocleHitList *
monocle_hit_list_new (void)
{
  return g_object_new (MONOCLE_TYPE_HIT_LIST, NULL);
}
