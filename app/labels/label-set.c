/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/labels/label-set.h"

#include <math.h>

#include "app/draw/palette.h"

struct _MonocleLabelSet
{
  GObject parent_instance;

  GPtrArray *labels;
  GHashTable *by_name; /* name -> label; names are the labels' own */
  GError *trouble;     /* (nullable) */
};

enum
{
  PROP_0,
  PROP_TROUBLE,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- As a list --- */

static GType
get_item_type (GListModel *list)
{
  return MONOCLE_TYPE_LABEL_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  return MONOCLE_LABEL_SET (list)->labels->len;
}

static gpointer
get_item (GListModel *list, guint position)
{
  MonocleLabelSet *self = MONOCLE_LABEL_SET (list);

  return position < self->labels->len ? g_object_ref (self->labels->pdata[position]) : NULL;
}

static void
init_list (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MonocleLabelSet,
                               monocle_label_set,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, init_list))

static void
monocle_label_set_finalize (GObject *object)
{
  MonocleLabelSet *self = MONOCLE_LABEL_SET (object);

  monocle_palette_give (self, NULL, NULL, 0);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->labels);
  g_clear_error (&self->trouble);
  G_OBJECT_CLASS (monocle_label_set_parent_class)->finalize (object);
}

static void
monocle_label_set_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_TROUBLE:
      g_value_set_boxed (value, MONOCLE_LABEL_SET (object)->trouble);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_label_set_class_init (MonocleLabelSetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = monocle_label_set_finalize;
  object_class->get_property = monocle_label_set_get_property;

  properties[PROP_TROUBLE]
      = g_param_spec_boxed ("trouble", NULL, NULL, G_TYPE_ERROR,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", MONOCLE_TYPE_LABEL_SET, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_label_set_init (MonocleLabelSet *self)
{
  self->labels = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
}

MonocleLabelSet *
monocle_label_set_new (void)
{
  return g_object_new (MONOCLE_TYPE_LABEL_SET, NULL);
}

/* --- Looking --- */

MonocleLabelItem *
monocle_label_set_find (MonocleLabelSet *self, const char *name)
{
  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (self), NULL);
  g_return_val_if_fail (name, NULL);

  return g_hash_table_lookup (self->by_name, name);
}

MonocleLabelItem *
monocle_label_set_find_digit (MonocleLabelSet *self, guint digit)
{
  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (self), NULL);
  g_return_val_if_fail (digit > 0, NULL);

  for (guint i = 0; i < self->labels->len; i++)
    if (monocle_label_item_get_digit (self->labels->pdata[i]) == digit)
      return self->labels->pdata[i];
  return NULL;
}

GStrv
monocle_label_set_dup_names (MonocleLabelSet *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (self), NULL);

  for (guint i = 0; i < self->labels->len; i++)
    g_strv_builder_add (names, monocle_label_item_get_name (self->labels->pdata[i]));
  return g_strv_builder_end (names);
}

/* --- Changing --- */

static void
tell (MonocleLabelSet *self)
{
  const guint n = self->labels->len;
  g_autofree const char **names = g_new0 (const char *, n + 1);
  g_autofree guint32 *colours = g_new0 (guint32, n + 1);

  for (guint i = 0; i < n; i++)
    {
      names[i] = monocle_label_item_get_name (self->labels->pdata[i]);
      colours[i] = monocle_label_item_get_rgb (self->labels->pdata[i]);
    }
  monocle_palette_give (self, names, colours, n);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
is_taken (MonocleLabelSet *self, guint32 rgb)
{
  for (guint i = 0; i < self->labels->len; i++)
    if (monocle_label_item_get_rgb (self->labels->pdata[i]) == rgb)
      return TRUE;
  return FALSE;
}

static guint32
pack (double red, double green, double blue)
{
  return (guint32) lround (red * 255) << 16 | (guint32) lround (green * 255) << 8
         | (guint32) lround (blue * 255);
}

/* Around the circle of hues by the golden angle, so that neighbours are far apart. */
static guint32
make_colour (guint index)
{
  const double hue = fmod (index * 0.61803398875, 1) * 6, value = index % 2 ? 0.92 : 0.7;
  const double low = value * 0.3, part = fmod (hue, 1);
  const double up = low + (value - low) * part, down = value - (value - low) * part;
  const double rgb[6][3] = { { value, up, low },   { down, value, low }, { low, value, up },
                             { low, down, value }, { up, low, value },   { value, low, down } };
  const double *c = rgb[(guint) hue % 6];

  return pack (c[0], c[1], c[2]);
}

/* The first of the palette that nobody has; another one where all are taken. */
static guint32
find_colour (MonocleLabelSet *self)
{
  for (guint i = 0; i < MONOCLE_PALETTE_COLOURS; i++)
    {
      const MonocleColour c = monocle_palette_get (i);
      const guint32 rgb = pack (c.red, c.green, c.blue);

      if (!is_taken (self, rgb))
        return rgb;
    }
  return make_colour (self->labels->len);
}

/* What somebody types, or has in a list, gets digits as long as there are some. */
static void
deal_digit (MonocleLabelSet *self, MonocleLabelItem *label)
{
  for (guint digit = 1; digit <= 9 && monocle_label_item_get_digit (label) == 0; digit++)
    if (!monocle_label_set_find_digit (self, digit))
      monocle_label_item_set_digit (label, digit);
}

static void
insert (MonocleLabelSet *self, MonocleLabelItem *label)
{
  if (monocle_label_item_get_rgb (label) == MONOCLE_LABEL_NO_COLOUR)
    monocle_label_item_set_rgb (label, find_colour (self));
  if (monocle_label_item_get_digit (label) != 0
      && monocle_label_set_find_digit (self, monocle_label_item_get_digit (label)))
    monocle_label_item_set_digit (label, 0);
  g_ptr_array_add (self->labels, g_object_ref (label));
  g_hash_table_insert (self->by_name, (gpointer) monocle_label_item_get_name (label), label);
}

MonocleLabelItem *
monocle_label_set_add (MonocleLabelSet *self, const char *name)
{
  g_autofree char *clean = NULL;
  g_autoptr (MonocleLabelItem) label = NULL;

  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (self), NULL);
  g_return_val_if_fail (name, NULL);

  clean = monocle_label_clean (name);
  if (!clean || monocle_label_set_find (self, clean) || self->labels->len >= MONOCLE_LABEL_SET_MAX)
    return NULL;
  label = monocle_label_item_new (clean, MONOCLE_LABEL_NO_COLOUR);
  deal_digit (self, label);
  insert (self, label);
  g_list_model_items_changed (G_LIST_MODEL (self), self->labels->len - 1, 0, 1);
  tell (self);
  return label;
}

/* @there becomes what the file says of it. */
static void
follow (MonocleLabelItem *there, MonocleLabelItem *label)
{
  GPtrArray *attributes = monocle_label_item_get_attributes (label);

  if (monocle_label_item_get_rgb (label) != MONOCLE_LABEL_NO_COLOUR)
    monocle_label_item_set_rgb (there, monocle_label_item_get_rgb (label));
  for (guint i = 0; i < attributes->len; i++)
    monocle_label_item_take_attribute (there, monocle_attribute_copy (attributes->pdata[i]));
}

/* Returns: how many came */
static guint
take_all (MonocleLabelSet *self, GPtrArray *labels, gboolean deals)
{
  const guint before = self->labels->len;

  for (guint i = 0; i < labels->len; i++)
    {
      MonocleLabelItem *there
          = monocle_label_set_find (self, monocle_label_item_get_name (labels->pdata[i]));

      if (there)
        follow (there, labels->pdata[i]);
      else if (self->labels->len < MONOCLE_LABEL_SET_MAX)
        {
          if (deals)
            deal_digit (self, labels->pdata[i]);
          insert (self, labels->pdata[i]);
        }
    }
  if (self->labels->len > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->labels->len - before);
  if (labels->len > 0)
    tell (self);
  return self->labels->len - before;
}

guint
monocle_label_set_merge (MonocleLabelSet *self, GPtrArray *labels)
{
  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (self), 0);
  g_return_val_if_fail (labels, 0);

  return take_all (self, labels, TRUE);
}

void
monocle_label_set_restore (MonocleLabelSet *self, GPtrArray *labels)
{
  g_return_if_fail (MONOCLE_IS_LABEL_SET (self));
  g_return_if_fail (labels);

  take_all (self, labels, FALSE);
}

gboolean
monocle_label_set_rename (MonocleLabelSet *self, MonocleLabelItem *label, const char *name)
{
  g_autofree char *clean = NULL;
  MonocleLabelItem *there;

  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (self), FALSE);
  g_return_val_if_fail (MONOCLE_IS_LABEL_ITEM (label), FALSE);
  g_return_val_if_fail (name, FALSE);

  clean = monocle_label_clean (name);
  there = clean ? monocle_label_set_find (self, clean) : NULL;
  if (!clean || there)
    return there == label;
  g_hash_table_remove (self->by_name, monocle_label_item_get_name (label));
  monocle_label_item_set_name (label, clean);
  g_hash_table_insert (self->by_name, (gpointer) monocle_label_item_get_name (label), label);
  tell (self);
  return TRUE;
}

void
monocle_label_set_recolour (MonocleLabelSet *self, MonocleLabelItem *label, guint32 rgb)
{
  g_return_if_fail (MONOCLE_IS_LABEL_SET (self));
  g_return_if_fail (MONOCLE_IS_LABEL_ITEM (label));

  if (monocle_label_item_get_rgb (label) == (rgb & 0xffffff))
    return;
  monocle_label_item_set_rgb (label, rgb);
  tell (self);
}

void
monocle_label_set_give_digit (MonocleLabelSet *self, MonocleLabelItem *label, guint digit)
{
  MonocleLabelItem *other;

  g_return_if_fail (MONOCLE_IS_LABEL_SET (self));
  g_return_if_fail (MONOCLE_IS_LABEL_ITEM (label));
  g_return_if_fail (digit <= 9);

  if (monocle_label_item_get_digit (label) == digit)
    return;
  other = digit > 0 ? monocle_label_set_find_digit (self, digit) : NULL;
  if (other)
    monocle_label_item_set_digit (other, 0);
  monocle_label_item_set_digit (label, digit);
  tell (self);
}

gboolean
monocle_label_set_take_attribute (MonocleLabelSet *self,
                                  MonocleLabelItem *label,
                                  MonocleAttribute *attribute)
{
  gboolean is_taken_in;

  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (self), FALSE);

  is_taken_in = monocle_label_item_take_attribute (label, attribute);
  if (is_taken_in)
    tell (self);
  return is_taken_in;
}

void
monocle_label_set_remove_attribute (MonocleLabelSet *self,
                                    MonocleLabelItem *label,
                                    const char *name)
{
  g_return_if_fail (MONOCLE_IS_LABEL_SET (self));

  monocle_label_item_remove_attribute (label, name);
  tell (self);
}

void
monocle_label_set_move (MonocleLabelSet *self, MonocleLabelItem *label, guint to)
{
  guint from;

  g_return_if_fail (MONOCLE_IS_LABEL_SET (self));

  if (!g_ptr_array_find (self->labels, label, &from))
    return;
  to = MIN (to, self->labels->len - 1);
  if (to == from)
    return;
  g_ptr_array_steal_index (self->labels, from);
  g_list_model_items_changed (G_LIST_MODEL (self), from, 1, 0);
  g_ptr_array_insert (self->labels, (int) to, label);
  g_list_model_items_changed (G_LIST_MODEL (self), to, 0, 1);
  tell (self);
}

void
monocle_label_set_remove (MonocleLabelSet *self, MonocleLabelItem *label)
{
  guint position;

  g_return_if_fail (MONOCLE_IS_LABEL_SET (self));

  if (!g_ptr_array_find (self->labels, label, &position))
    return;
  g_hash_table_remove (self->by_name, monocle_label_item_get_name (label));
  g_ptr_array_remove_index (self->labels, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  tell (self);
}

/* (transfer full) (nullable): what becomes of @here; %NULL: it stays */
static MonocleAttribute *
join_attributes (const MonocleAttribute *here, const MonocleAttribute *other)
{
  g_autoptr (GStrvBuilder) builder = NULL;
  g_auto (GStrv) words = NULL;

  if (!here)
    return monocle_attribute_copy (other);
  if (here->kind != MONOCLE_ATTRIBUTE_CHOICE || other->kind != MONOCLE_ATTRIBUTE_CHOICE)
    return NULL;
  builder = g_strv_builder_new ();
  g_strv_builder_addv (builder, (const char **) here->choices);
  g_strv_builder_addv (builder, (const char **) other->choices);
  words = g_strv_builder_end (builder);
  return monocle_attribute_new (here->name, here->kind, (const char *const *) words);
}

void
monocle_label_set_join (MonocleLabelSet *self, MonocleLabelItem *label, MonocleLabelItem *into)
{
  GPtrArray *attributes;

  g_return_if_fail (MONOCLE_IS_LABEL_SET (self));
  g_return_if_fail (MONOCLE_IS_LABEL_ITEM (label) && MONOCLE_IS_LABEL_ITEM (into));
  g_return_if_fail (label != into);

  attributes = monocle_label_item_get_attributes (label);
  for (guint i = 0; i < attributes->len; i++)
    {
      const MonocleAttribute *other = attributes->pdata[i];
      MonocleAttribute *both
          = join_attributes (monocle_label_item_find_attribute (into, other->name), other);

      if (both)
        monocle_label_item_take_attribute (into, both);
    }
  monocle_label_set_remove (self, label);
}

/* --- Kept or not --- */

const GError *
monocle_label_set_get_trouble (MonocleLabelSet *self)
{
  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (self), NULL);

  return self->trouble;
}

void
monocle_label_set_take_trouble (MonocleLabelSet *self, GError *trouble)
{
  g_return_if_fail (MONOCLE_IS_LABEL_SET (self));

  if (!trouble && !self->trouble)
    return;
  g_clear_error (&self->trouble);
  self->trouble = trouble;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TROUBLE]);
}
