/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/labels/label-item.h"

struct _MonocleLabelItem
{
  GObject parent_instance;

  char *name;
  guint32 rgb;
  guint digit;
  GPtrArray *attributes; /* of MonocleAttribute */
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleLabelItem, monocle_label_item, G_TYPE_OBJECT)

/* --- Names --- */

char *
monocle_label_clean (const char *text)
{
  g_autoptr (GString) clean = g_string_new (NULL);

  g_return_val_if_fail (text, NULL);

  if (!g_utf8_validate (text, -1, NULL))
    return NULL;
  for (; *text; text = g_utf8_next_char (text))
    {
      const gunichar c = g_utf8_get_char (text);

      g_string_append_unichar (clean, g_unichar_iscntrl (c) || g_unichar_isspace (c) ? ' ' : c);
    }
  g_strstrip (clean->str);
  if (!*clean->str || g_utf8_strlen (clean->str, -1) > MONOCLE_LABEL_MAX_CHARACTERS)
    return NULL;
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

/* --- Attributes --- */

/* (transfer full) (nullable): those that are any, each once */
static GStrv
clean_choices (const char *const *choices)
{
  g_autoptr (GPtrArray) clean = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; choices && choices[i] && clean->len < MONOCLE_LABEL_MAX_CHOICES; i++)
    {
      g_autofree char *choice = monocle_label_clean (choices[i]);

      if (choice && !g_ptr_array_find_with_equal_func (clean, choice, g_str_equal, NULL))
        g_ptr_array_add (clean, g_steal_pointer (&choice));
    }
  if (clean->len == 0)
    return NULL;
  g_ptr_array_add (clean, NULL);
  return (GStrv) g_ptr_array_steal (clean, NULL);
}

MonocleAttribute *
monocle_attribute_new (const char *name, MonocleAttributeKind kind, const char *const *choices)
{
  g_autoptr (MonocleAttribute) self = g_new0 (MonocleAttribute, 1);

  g_return_val_if_fail (name, NULL);
  g_return_val_if_fail (kind < MONOCLE_N_ATTRIBUTE_KINDS, NULL);

  self->kind = kind;
  self->name = monocle_label_clean (name);
  if (kind == MONOCLE_ATTRIBUTE_CHOICE)
    self->choices = clean_choices (choices);
  if (!self->name || (kind == MONOCLE_ATTRIBUTE_CHOICE && !self->choices))
    return NULL;
  return g_steal_pointer (&self);
}

MonocleAttribute *
monocle_attribute_copy (const MonocleAttribute *self)
{
  MonocleAttribute *copy = g_new0 (MonocleAttribute, 1);

  copy->name = g_strdup (self->name);
  copy->kind = self->kind;
  copy->choices = g_strdupv (self->choices);
  return copy;
}

void
monocle_attribute_free (MonocleAttribute *self)
{
  if (!self)
    return;
  g_free (self->name);
  g_strfreev (self->choices);
  g_free (self);
}

const char *
monocle_attribute_kind_get_id (MonocleAttributeKind kind)
{
  static const char *const ids[] = { "text", "number", "choice" };

  g_return_val_if_fail (kind < G_N_ELEMENTS (ids), NULL);

  return ids[kind];
}

/* --- The label --- */

static void
monocle_label_item_finalize (GObject *object)
{
  MonocleLabelItem *self = MONOCLE_LABEL_ITEM (object);

  g_free (self->name);
  g_ptr_array_unref (self->attributes);
  G_OBJECT_CLASS (monocle_label_item_parent_class)->finalize (object);
}

static void
monocle_label_item_class_init (MonocleLabelItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_label_item_finalize;

  signals[CHANGED] = g_signal_new ("changed", MONOCLE_TYPE_LABEL_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_label_item_init (MonocleLabelItem *self)
{
  self->attributes = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_attribute_free);
}

MonocleLabelItem *
monocle_label_item_new (const char *name, guint32 rgb)
{
  MonocleLabelItem *self;

  g_return_val_if_fail (name && *name, NULL);

  self = g_object_new (MONOCLE_TYPE_LABEL_ITEM, NULL);
  self->name = g_strdup (name);
  self->rgb = rgb == MONOCLE_LABEL_NO_COLOUR ? rgb : rgb & 0xffffff;
  return self;
}

const char *
monocle_label_item_get_name (MonocleLabelItem *self)
{
  g_return_val_if_fail (MONOCLE_IS_LABEL_ITEM (self), NULL);

  return self->name;
}

guint32
monocle_label_item_get_rgb (MonocleLabelItem *self)
{
  g_return_val_if_fail (MONOCLE_IS_LABEL_ITEM (self), 0);

  return self->rgb;
}

guint
monocle_label_item_get_digit (MonocleLabelItem *self)
{
  g_return_val_if_fail (MONOCLE_IS_LABEL_ITEM (self), 0);

  return self->digit;
}

GPtrArray *
monocle_label_item_get_attributes (MonocleLabelItem *self)
{
  g_return_val_if_fail (MONOCLE_IS_LABEL_ITEM (self), NULL);

  return self->attributes;
}

static gboolean
find (MonocleLabelItem *self, const char *name, guint *index)
{
  for (*index = 0; *index < self->attributes->len; (*index)++)
    if (g_str_equal (((MonocleAttribute *) self->attributes->pdata[*index])->name, name))
      return TRUE;
  return FALSE;
}

const MonocleAttribute *
monocle_label_item_find_attribute (MonocleLabelItem *self, const char *name)
{
  guint index;

  g_return_val_if_fail (MONOCLE_IS_LABEL_ITEM (self), NULL);
  g_return_val_if_fail (name, NULL);

  return find (self, name, &index) ? self->attributes->pdata[index] : NULL;
}

void
monocle_label_item_set_name (MonocleLabelItem *self, const char *name)
{
  g_return_if_fail (MONOCLE_IS_LABEL_ITEM (self));
  g_return_if_fail (name && *name);

  if (g_str_equal (self->name, name))
    return;
  g_free (self->name);
  self->name = g_strdup (name);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
monocle_label_item_set_rgb (MonocleLabelItem *self, guint32 rgb)
{
  g_return_if_fail (MONOCLE_IS_LABEL_ITEM (self));

  if (self->rgb == (rgb & 0xffffff))
    return;
  self->rgb = rgb & 0xffffff;
  g_signal_emit (self, signals[CHANGED], 0);
}

void
monocle_label_item_set_digit (MonocleLabelItem *self, guint digit)
{
  g_return_if_fail (MONOCLE_IS_LABEL_ITEM (self));
  g_return_if_fail (digit <= 9);

  if (self->digit == digit)
    return;
  self->digit = digit;
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
monocle_label_item_take_attribute (MonocleLabelItem *self, MonocleAttribute *attribute)
{
  g_autoptr (MonocleAttribute) owned = attribute;
  guint index;

  g_return_val_if_fail (MONOCLE_IS_LABEL_ITEM (self), FALSE);
  g_return_val_if_fail (attribute, FALSE);

  if (find (self, attribute->name, &index))
    {
      monocle_attribute_free (self->attributes->pdata[index]);
      self->attributes->pdata[index] = g_steal_pointer (&owned);
    }
  else if (self->attributes->len < MONOCLE_LABEL_MAX_ATTRIBUTES)
    g_ptr_array_add (self->attributes, g_steal_pointer (&owned));
  else
    return FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

void
monocle_label_item_remove_attribute (MonocleLabelItem *self, const char *name)
{
  guint index;

  g_return_if_fail (MONOCLE_IS_LABEL_ITEM (self));
  g_return_if_fail (name);

  if (!find (self, name, &index))
    return;
  g_ptr_array_remove_index (self->attributes, index);
  g_signal_emit (self, signals[CHANGED], 0);
}
