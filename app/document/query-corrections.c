/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person wrote in place of what an answer says. The answer stays; who asks what is said gets
 * the correction.
 */
#include "config.h"

#include <string.h>

#include "app/document/query-private.h"

const char *
monocle_query_get_correction (MonocleQuery *self, guint place)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->corrections ? g_hash_table_lookup (self->corrections, GUINT_TO_POINTER (place))
                           : NULL;
}

gboolean
monocle_query_is_corrected (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), FALSE);

  return self->corrections && g_hash_table_size (self->corrections) > 0;
}

static void
note (MonocleQuery *self, guint place, const char *text)
{
  if (!self->corrections)
    self->corrections = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  if (text)
    g_hash_table_insert (self->corrections, GUINT_TO_POINTER (place), g_strdup (text));
  else
    g_hash_table_remove (self->corrections, GUINT_TO_POINTER (place));
}

/* From a file, it may speak of what is not there. */
static gboolean
can_be (MonocleQuery *self, guint place, const char *text)
{
  return self->task->gives != MONOCLE_GIVES_RANKS && monocle_query_get_said (self, place)
         && (!text || (*text && strlen (text) <= MONOCLE_CORRECTION_MAX_BYTES));
}

void
monocle_query_correct (MonocleQuery *self, guint place, const char *text)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));

  if (!can_be (self, place, text)
      || g_strcmp0 (monocle_query_get_correction (self, place), text) == 0)
    return;
  note (self, place, text);
  if (monocle_task_gives_objects (self->task))
    monocle_query_objects_relabel (self->objects, place, text);
  else
    monocle_query_update_text (self);
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const guint p = *(const guint *) a, q = *(const guint *) b;

  return p < q ? -1 : p > q;
}

GArray *
monocle_query_list_corrected (MonocleQuery *self)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (guint));
  GHashTableIter iter;
  gpointer key;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), places);

  if (!self->corrections)
    return places;
  g_hash_table_iter_init (&iter, self->corrections);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const guint place = GPOINTER_TO_UINT (key);

      g_array_append_val (places, place);
    }
  g_array_sort (places, compare_places);
  return places;
}

GVariant *
monocle_query_store_corrections (MonocleQuery *self)
{
  g_autoptr (GArray) places = monocle_query_list_corrected (self);
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE (MONOCLE_STORED_CORRECTIONS));
  for (guint i = 0; i < places->len; i++)
    {
      const guint place = g_array_index (places, guint, i);

      g_variant_builder_add (&all, "(us)", place, monocle_query_get_correction (self, place));
    }
  return g_variant_builder_end (&all);
}

void
monocle_query_restore_corrections (MonocleQuery *self, GVariant *stored)
{
  GVariantIter iter;
  guint32 place;
  const char *text;

  g_return_if_fail (g_variant_is_of_type (stored, G_VARIANT_TYPE (MONOCLE_STORED_CORRECTIONS)));

  g_variant_iter_init (&iter, stored);
  while (g_variant_iter_next (&iter, "(u&s)", &place, &text))
    monocle_query_correct (self, place, text);
}
