/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/edit.h"

#include <glib/gi18n-lib.h>

#include "app/document/annotation.h"

struct _MonocleEdit
{
  gatomicrefcount references;
  MonocleVerb verb;
  GArray *changes; /* of MonocleChange */
};

static void
clear_change (gpointer data)
{
  MonocleChange *change = data;

  g_clear_pointer (&change->before, g_variant_unref);
  g_clear_pointer (&change->after, g_variant_unref);
}

MonocleEdit *
monocle_edit_new (MonocleVerb verb)
{
  MonocleEdit *self = g_new0 (MonocleEdit, 1);

  g_atomic_ref_count_init (&self->references);
  self->verb = verb;
  self->changes = g_array_new (FALSE, FALSE, sizeof (MonocleChange));
  g_array_set_clear_func (self->changes, clear_change);
  return self;
}

MonocleEdit *
monocle_edit_ref (MonocleEdit *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
monocle_edit_unref (MonocleEdit *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_array_unref (self->changes);
  g_free (self);
}

void
monocle_edit_add (MonocleEdit *self,
                  MonocleChangeKind kind,
                  guint64 id,
                  guint place,
                  GVariant *before,
                  GVariant *after)
{
  const MonocleChange change = { kind, id, place, before ? g_variant_ref_sink (before) : NULL,
                                 after ? g_variant_ref_sink (after) : NULL };

  g_array_append_val (self->changes, change);
}

MonocleVerb
monocle_edit_get_verb (const MonocleEdit *self)
{
  return self->verb;
}

guint
monocle_edit_get_n_changes (const MonocleEdit *self)
{
  return self->changes->len;
}

const MonocleChange *
monocle_edit_get_change (const MonocleEdit *self, guint index)
{
  g_return_val_if_fail (index < self->changes->len, NULL);

  return &g_array_index (self->changes, MonocleChange, index);
}

MonocleEdit *
monocle_edit_join (const MonocleEdit *self, const MonocleEdit *next)
{
  g_autoptr (MonocleEdit) both = monocle_edit_new (self->verb);

  if (self->changes->len != next->changes->len)
    return NULL;
  for (guint i = 0; i < self->changes->len; i++)
    {
      const MonocleChange *first = monocle_edit_get_change (self, i);
      const MonocleChange *second = monocle_edit_get_change (next, i);

      if (first->kind != second->kind || first->id != second->id || first->place != second->place)
        return NULL;
      monocle_edit_add (both, first->kind, first->id, first->place, first->before, second->after);
    }
  return g_steal_pointer (&both);
}

/* --- What it is called --- */

static guint
count (const MonocleEdit *self, MonocleChangeKind kind)
{
  guint n = 0;

  for (guint i = 0; i < self->changes->len; i++)
    n += monocle_edit_get_change (self, i)->kind == kind;
  return n;
}

static const char *
name_deletion (guint n_regions, guint n_objects)
{
  if (n_regions > 0 && n_objects > 0)
    return _ ("Delete Objects and Regions");
  if (n_regions > 0)
    return ngettext ("Delete Region", "Delete Regions", n_regions);
  if (n_objects > 0)
    return ngettext ("Delete Object", "Delete Objects", n_objects);
  return _ ("Delete Answer");
}

static const char *
name_move (guint n_regions, guint n_objects)
{
  if (n_objects == 0)
    return ngettext ("Move Region", "Move Regions", n_regions);
  if (n_regions == 0)
    return ngettext ("Move Object", "Move Objects", n_objects);
  return _ ("Move Objects and Regions");
}

/* (transfer full) (nullable): what the edit says of the first thing that it touches */
static GVariant *
get_first (const MonocleEdit *self, gboolean before, const char *name, const GVariantType *type)
{
  const MonocleChange *change = self->changes->len > 0 ? monocle_edit_get_change (self, 0) : NULL;
  GVariant *state = change ? (before ? change->before : change->after) : NULL;

  if (!state || !g_variant_is_of_type (state, G_VARIANT_TYPE_VARDICT))
    return NULL;
  return g_variant_lookup_value (state, name, type);
}

static const char *
name_drawing (const MonocleEdit *self)
{
  g_autoptr (GVariant) stored
      = get_first (self, FALSE, MONOCLE_ANNOTATION_SHAPE, G_VARIANT_TYPE (MONOCLE_STORED_SHAPE));
  guchar kind = MONOCLE_SHAPE_BOX;

  if (stored)
    g_variant_get_child (stored, 0, "y", &kind);
  switch (kind)
    {
    case MONOCLE_SHAPE_RINGS:
      return _ ("Draw Outline");
    case MONOCLE_SHAPE_LINE:
      return _ ("Draw Line");
    case MONOCLE_SHAPE_POINTS:
      return _ ("Add Point");
    case MONOCLE_SHAPE_MASK:
      return _ ("Brush Stroke");
    case MONOCLE_SHAPE_BOX:
    case MONOCLE_SHAPE_QUAD:
    default:
      return _ ("Draw Region");
    }
}

static const char *
name_naming (const MonocleEdit *self)
{
  g_autoptr (GVariant) before
      = get_first (self, TRUE, MONOCLE_ANNOTATION_LABEL, G_VARIANT_TYPE_STRING);
  g_autoptr (GVariant) after
      = get_first (self, FALSE, MONOCLE_ANNOTATION_LABEL, G_VARIANT_TYPE_STRING);

  return !after ? _ ("Remove Name") : before ? _ ("Rename") : _ ("Give Name");
}

static const char *
name_finish (const MonocleEdit *self)
{
  const MonocleChange *change = self->changes->len > 0 ? monocle_edit_get_change (self, 0) : NULL;
  const gboolean is_done = change && change->after
                           && g_variant_is_of_type (change->after, G_VARIANT_TYPE_BOOLEAN)
                           && g_variant_get_boolean (change->after);

  return is_done ? _ ("Mark as Done") : _ ("Mark as Not Done");
}

/* What is called the same whatever it was done to. */
static const char *const titles[MONOCLE_N_VERBS] = {
  [MONOCLE_VERB_TURN] = N_ ("Turn Picture"),
  [MONOCLE_VERB_DUPLICATE] = N_ ("Duplicate"),
  [MONOCLE_VERB_CLEAR] = N_ ("Delete All Answers"),
  [MONOCLE_VERB_MERGE] = N_ ("Merge"),
  [MONOCLE_VERB_SPLIT] = N_ ("Split"),
  [MONOCLE_VERB_SAY] = N_ ("Set Attribute"),
  [MONOCLE_VERB_CORRECT] = N_ ("Correct Text"),
  [MONOCLE_VERB_TAKE_OVER] = N_ ("Take Over Earlier Work"),
  [MONOCLE_VERB_OPEN] = N_ ("Open Work"),
  [MONOCLE_VERB_MERGE_VERSIONS] = N_ ("Merge Versions"),
  [MONOCLE_VERB_PAINT] = N_ ("Brush Stroke"),
  [MONOCLE_VERB_ERASE] = N_ ("Eraser Stroke"),
  [MONOCLE_VERB_ADD_POINT] = N_ ("Add Point"),
  [MONOCLE_VERB_MOVE_POINT] = N_ ("Move Point"),
  [MONOCLE_VERB_DELETE_POINT] = N_ ("Delete Point"),
  [MONOCLE_VERB_CUT_HOLE] = N_ ("Cut Hole"),
  [MONOCLE_VERB_SIMPLIFY] = N_ ("Simplify Outline"),
  [MONOCLE_VERB_TO_OUTLINE] = N_ ("Turn into Outline"),
  [MONOCLE_VERB_TO_BOX] = N_ ("Turn into Box"),
  [MONOCLE_VERB_ASK] = N_ ("Ask"),
  [MONOCLE_VERB_ASK_AGAIN] = N_ ("Ask Again"),
  [MONOCLE_VERB_CLEAR_TALK] = N_ ("Clear Conversation"),
  [MONOCLE_VERB_CUT] = N_ ("Move Threshold"),
};

const char *
monocle_edit_get_title (const MonocleEdit *self)
{
  const guint n_regions = count (self, MONOCLE_CHANGE_REGION);
  const guint n_objects = count (self, MONOCLE_CHANGE_OBJECT);

  if (titles[self->verb])
    return _ (titles[self->verb]);
  switch ((int) self->verb)
    {
    case MONOCLE_VERB_DRAW:
      return name_drawing (self);
    case MONOCLE_VERB_DELETE:
      return name_deletion (n_regions, n_objects);
    case MONOCLE_VERB_MOVE:
      return name_move (n_regions, n_objects);
    case MONOCLE_VERB_KEEP:
      return ngettext ("Keep Object", "Keep Objects", n_objects);
    case MONOCLE_VERB_RENAME:
      return name_naming (self);
    case MONOCLE_VERB_RESHAPE:
      return ngettext ("Reshape Region", "Reshape Regions", n_regions);
    case MONOCLE_VERB_ROTATE:
      return ngettext ("Rotate Region", "Rotate Regions", n_regions);
    case MONOCLE_VERB_RESIZE:
      return ngettext ("Resize Region", "Resize Regions", n_regions);
    case MONOCLE_VERB_FINISH:
      return name_finish (self);
    default:
      g_return_val_if_reached ("");
    }
}

/* --- In files --- */

GVariant *
monocle_edit_store (const MonocleEdit *self)
{
  GVariantBuilder changes;

  g_variant_builder_init (&changes, G_VARIANT_TYPE ("a(ytumvmv)"));
  for (guint i = 0; i < self->changes->len; i++)
    {
      const MonocleChange *change = monocle_edit_get_change (self, i);

      g_variant_builder_add (&changes, "(ytumvmv)", (guchar) change->kind, change->id,
                             change->place, change->before, change->after);
    }
  return g_variant_new ("(ya(ytumvmv))", (guchar) self->verb, &changes);
}

MonocleEdit *
monocle_edit_restore (GVariant *stored)
{
  g_autoptr (MonocleEdit) self = NULL;
  g_autoptr (GVariantIter) changes = NULL;
  GVariant *before, *after;
  guchar verb, kind;
  guint64 id;
  guint32 place;

  g_return_val_if_fail (g_variant_is_of_type (stored, G_VARIANT_TYPE (MONOCLE_STORED_EDIT)), NULL);

  g_variant_get (stored, "(ya(ytumvmv))", &verb, &changes);
  if (verb >= MONOCLE_N_VERBS)
    return NULL;
  self = monocle_edit_new ((MonocleVerb) verb);
  while (g_variant_iter_next (changes, "(ytumvmv)", &kind, &id, &place, &before, &after))
    {
      if (kind < MONOCLE_N_CHANGES)
        monocle_edit_add (self, (MonocleChangeKind) kind, id, place, before, after);
      g_clear_pointer (&before, g_variant_unref);
      g_clear_pointer (&after, g_variant_unref);
      if (kind >= MONOCLE_N_CHANGES)
        return NULL;
    }
  return g_steal_pointer (&self);
}
