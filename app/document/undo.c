/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/undo.h"

struct _MonocleUndo
{
  GObject parent_instance;

  MonocleUndoFunc func;
  gpointer data;
  GPtrArray *edits; /* of MonocleEdit, oldest first */
  guint n_done;     /* of them; those behind can be made again */
};

enum
{
  PROP_0,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MonocleUndo, monocle_undo, G_TYPE_OBJECT)

static void
monocle_undo_finalize (GObject *object)
{
  MonocleUndo *self = MONOCLE_UNDO (object);

  g_ptr_array_unref (self->edits);
  G_OBJECT_CLASS (monocle_undo_parent_class)->finalize (object);
}

static void
monocle_undo_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleUndo *self = MONOCLE_UNDO (object);

  switch (id)
    {
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, self->n_done > 0);
      break;
    case PROP_CAN_REDO:
      g_value_set_boolean (value, self->n_done < self->edits->len);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_undo_class_init (MonocleUndoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = monocle_undo_finalize;
  object_class->get_property = monocle_undo_get_property;

  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
monocle_undo_init (MonocleUndo *self)
{
  self->edits = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_edit_unref);
}

MonocleUndo *
monocle_undo_new (MonocleUndoFunc func, gpointer data)
{
  MonocleUndo *self;

  g_return_val_if_fail (func, NULL);

  self = g_object_new (MONOCLE_TYPE_UNDO, NULL);
  self->func = func;
  self->data = data;
  return self;
}

static void
notify (MonocleUndo *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_REDO]);
}

void
monocle_undo_push (MonocleUndo *self, MonocleEdit *edit)
{
  g_return_if_fail (MONOCLE_IS_UNDO (self));
  g_return_if_fail (edit);

  g_ptr_array_set_size (self->edits, (int) self->n_done);
  g_ptr_array_add (self->edits, monocle_edit_ref (edit));
  self->n_done = self->edits->len;
  notify (self);
}

MonocleEdit *
monocle_undo_peek (MonocleUndo *self)
{
  g_return_val_if_fail (MONOCLE_IS_UNDO (self), NULL);

  if (self->n_done == 0 || self->n_done < self->edits->len)
    return NULL;
  return self->edits->pdata[self->n_done - 1];
}

void
monocle_undo_replace (MonocleUndo *self, MonocleEdit *edit)
{
  g_return_if_fail (MONOCLE_IS_UNDO (self));
  g_return_if_fail (monocle_undo_peek (self));

  self->n_done--;
  monocle_undo_push (self, edit);
}

gboolean
monocle_undo_undo (MonocleUndo *self)
{
  g_return_val_if_fail (MONOCLE_IS_UNDO (self), FALSE);

  if (self->n_done == 0)
    return FALSE;

  self->func (self->edits->pdata[--self->n_done], FALSE, self->data);
  notify (self);

  return TRUE;
}

gboolean
monocle_undo_redo (MonocleUndo *self)
{
  g_return_val_if_fail (MONOCLE_IS_UNDO (self), FALSE);

  if (self->n_done == self->edits->len)
    return FALSE;

  self->func (self->edits->pdata[self->n_done++], TRUE, self->data);
  notify (self);

  return TRUE;
}

static const char *
get_title (MonocleUndo *self, guint index)
{
  return index < self->edits->len ? monocle_edit_get_title (self->edits->pdata[index]) : NULL;
}

const char *
monocle_undo_get_undo_title (MonocleUndo *self)
{
  g_return_val_if_fail (MONOCLE_IS_UNDO (self), NULL);

  return self->n_done > 0 ? get_title (self, self->n_done - 1) : NULL;
}

const char *
monocle_undo_get_redo_title (MonocleUndo *self)
{
  g_return_val_if_fail (MONOCLE_IS_UNDO (self), NULL);

  return get_title (self, self->n_done);
}

guint
monocle_undo_count (MonocleUndo *self, guint *n_again)
{
  g_return_val_if_fail (MONOCLE_IS_UNDO (self), 0);
  g_return_val_if_fail (n_again, 0);

  *n_again = self->edits->len - self->n_done;
  return self->n_done;
}

MonocleEdit *
monocle_undo_get (MonocleUndo *self, guint index)
{
  g_return_val_if_fail (MONOCLE_IS_UNDO (self), NULL);
  g_return_val_if_fail (index < self->edits->len, NULL);

  return self->edits->pdata[index];
}

void
monocle_undo_cut (MonocleUndo *self, guint n_back, guint n_again)
{
  guint n_gone;

  g_return_if_fail (MONOCLE_IS_UNDO (self));

  n_gone = self->n_done - MIN (n_back, self->n_done);
  g_ptr_array_set_size (self->edits, (int) MIN (self->n_done + n_again, self->edits->len));
  if (n_gone > 0)
    g_ptr_array_remove_range (self->edits, 0, n_gone);
  self->n_done -= n_gone;
  notify (self);
}

void
monocle_undo_clear (MonocleUndo *self)
{
  g_return_if_fail (MONOCLE_IS_UNDO (self));

  self->n_done = 0;
  g_ptr_array_set_size (self->edits, 0);
  notify (self);
}
