/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/undo.h"

#define MAX_STEPS 200

typedef struct
{
  char *title;
  MonocleUndoFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Step;

struct _MonocleUndo
{
  GObject parent_instance;

  GPtrArray *steps; /* of Step, oldest first */
  guint n_done;     /* of them; those behind can be taken again */
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
step_free (gpointer data)
{
  Step *step = data;

  if (step->destroy)
    step->destroy (step->data);
  g_free (step->title);
  g_free (step);
}

static void
monocle_undo_finalize (GObject *object)
{
  MonocleUndo *self = MONOCLE_UNDO (object);

  g_ptr_array_unref (self->steps);
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
      g_value_set_boolean (value, self->n_done < self->steps->len);
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
  self->steps = g_ptr_array_new_with_free_func (step_free);
}

MonocleUndo *
monocle_undo_new (void)
{
  return g_object_new (MONOCLE_TYPE_UNDO, NULL);
}

static void
notify (MonocleUndo *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_REDO]);
}

void
monocle_undo_push (MonocleUndo *self,
                   const char *title,
                   MonocleUndoFunc func,
                   gpointer data,
                   GDestroyNotify destroy)
{
  Step *step;

  g_return_if_fail (MONOCLE_IS_UNDO (self));
  g_return_if_fail (title && func);

  step = g_new0 (Step, 1);
  step->title = g_strdup (title);
  step->func = func;
  step->data = data;
  step->destroy = destroy;

  g_ptr_array_set_size (self->steps, (int) self->n_done);
  g_ptr_array_add (self->steps, step);
  if (self->steps->len > MAX_STEPS)
    g_ptr_array_remove_index (self->steps, 0);
  self->n_done = self->steps->len;
  notify (self);
}

gpointer
monocle_undo_peek (MonocleUndo *self, MonocleUndoFunc func)
{
  Step *step;

  g_return_val_if_fail (MONOCLE_IS_UNDO (self), NULL);

  if (self->n_done == 0 || self->n_done < self->steps->len)
    return NULL;

  step = self->steps->pdata[self->n_done - 1];
  return step->func == func ? step->data : NULL;
}

/* Two steps, the earlier one first. */
static void
take_pair (gpointer data, gboolean forward)
{
  Step **pair = data;

  for (guint i = 0; i < 2; i++)
    {
      Step *step = pair[forward ? i : 1 - i];

      step->func (step->data, forward);
    }
}

static void
pair_free (gpointer data)
{
  Step **pair = data;

  step_free (pair[0]);
  step_free (pair[1]);
  g_free (pair);
}

void
monocle_undo_join (MonocleUndo *self, const char *title)
{
  Step **pair;

  g_return_if_fail (MONOCLE_IS_UNDO (self));
  g_return_if_fail (self->n_done >= 2 && self->n_done == self->steps->len);

  pair = g_new0 (Step *, 2);
  self->n_done -= 2;
  pair[0] = g_ptr_array_steal_index (self->steps, self->n_done);
  pair[1] = g_ptr_array_steal_index (self->steps, self->n_done);
  monocle_undo_push (self, title, take_pair, pair, pair_free);
}

gboolean
monocle_undo_undo (MonocleUndo *self)
{
  Step *step;

  g_return_val_if_fail (MONOCLE_IS_UNDO (self), FALSE);

  if (self->n_done == 0)
    return FALSE;

  step = self->steps->pdata[--self->n_done];
  step->func (step->data, FALSE);
  notify (self);

  return TRUE;
}

gboolean
monocle_undo_redo (MonocleUndo *self)
{
  Step *step;

  g_return_val_if_fail (MONOCLE_IS_UNDO (self), FALSE);

  if (self->n_done == self->steps->len)
    return FALSE;

  step = self->steps->pdata[self->n_done++];
  step->func (step->data, TRUE);
  notify (self);

  return TRUE;
}

static const char *
get_title (MonocleUndo *self, guint index)
{
  return index < self->steps->len ? ((Step *) self->steps->pdata[index])->title : NULL;
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

void
monocle_undo_clear (MonocleUndo *self)
{
  g_return_if_fail (MONOCLE_IS_UNDO (self));

  self->n_done = 0;
  g_ptr_array_set_size (self->steps, 0);
  notify (self);
}
