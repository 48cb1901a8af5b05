/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which objects of an answer are shown: by label, score and search.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "ui/presentation-private.h"

gboolean
monocle_presentation_passes (gpointer item, gpointer user_data)
{
  MonoclePresentation *self = user_data;
  float score = monocle_annotation_get_score (item);

  /* Heat maps have a threshold of their own. */
  if (!isnan (score) && (double) score < self->threshold
      && !(self->query && monocle_query_get_heat (self->query, 0)))
    return FALSE;
  if (*self->folded_search)
    {
      g_autofree char *title = monocle_annotation_dup_title (item);
      g_autofree char *folded = g_utf8_casefold (title, -1);

      if (!strstr (folded, self->folded_search))
        return FALSE;
    }
  return !monocle_presentation_is_label_hidden (self, monocle_annotation_get_label (item));
}

static void
filter_changed (MonoclePresentation *self, GtkFilterChange change)
{
  gtk_filter_changed (GTK_FILTER (self->filter), change);
  monocle_presentation_emit_changed (self);
}

gboolean
monocle_presentation_is_label_hidden (MonoclePresentation *self, const char *label)
{
  g_autofree char *folded = NULL;

  if (g_hash_table_size (self->hidden_labels) == 0)
    return FALSE;
  folded = g_utf8_casefold (label, -1);
  return g_hash_table_contains (self->hidden_labels, folded);
}

void
monocle_presentation_set_label_hidden (MonoclePresentation *self,
                                       const char *label,
                                       gboolean hidden)
{
  g_autofree char *folded = NULL;

  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));
  g_return_if_fail (label != NULL);

  if (monocle_presentation_is_label_hidden (self, label) == hidden)
    return;
  folded = g_utf8_casefold (label, -1);
  if (hidden)
    g_hash_table_add (self->hidden_labels, g_steal_pointer (&folded));
  else
    g_hash_table_remove (self->hidden_labels, folded);
  filter_changed (self, hidden ? GTK_FILTER_CHANGE_MORE_STRICT : GTK_FILTER_CHANGE_LESS_STRICT);
}

void
monocle_presentation_show_all_labels (MonoclePresentation *self)
{
  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));

  if (g_hash_table_size (self->hidden_labels) == 0)
    return;
  g_hash_table_remove_all (self->hidden_labels);
  filter_changed (self, GTK_FILTER_CHANGE_LESS_STRICT);
}

guint
monocle_presentation_get_n_hidden_labels (MonoclePresentation *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), 0);

  for (guint i = 0; i < self->watched_objects->len; i++)
    {
      const char *label = monocle_annotation_get_label (self->watched_objects->pdata[i]);

      if (monocle_presentation_is_label_hidden (self, label))
        g_hash_table_add (seen, g_utf8_casefold (label, -1));
    }
  return g_hash_table_size (seen);
}

const char *
monocle_presentation_get_search (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), "");
  return self->search;
}

void
monocle_presentation_set_search (MonoclePresentation *self, const char *search)
{
  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));

  if (!search)
    search = "";
  if (g_str_equal (self->search, search))
    return;
  g_free (self->search);
  g_free (self->folded_search);
  self->search = g_strdup (search);
  self->folded_search = g_utf8_casefold (search, -1);
  filter_changed (self, GTK_FILTER_CHANGE_DIFFERENT);
  g_object_notify (G_OBJECT (self), "search");
}

double
monocle_presentation_get_threshold (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), 0);
  return self->threshold;
}

void
monocle_presentation_set_threshold (MonoclePresentation *self, double threshold)
{
  double before;

  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));

  before = self->threshold;
  if (threshold < before || threshold > before)
    {
      self->threshold = threshold;
      filter_changed (self, threshold > before ? GTK_FILTER_CHANGE_MORE_STRICT
                                               : GTK_FILTER_CHANGE_LESS_STRICT);
      g_object_notify (G_OBJECT (self), "threshold");
    }
}
