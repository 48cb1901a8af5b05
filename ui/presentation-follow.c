/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Following what is shown: the lists of the document and of the query, and all that is in them.
 */
#include "config.h"

#include "ui/presentation-private.h"

static void
unwatch (gpointer item, MonoclePresentation *self)
{
  g_signal_handlers_disconnect_by_data (item, self);
  g_object_unref (item);
}

static void
unwatch_all (MonoclePresentation *self, GPtrArray *watched)
{
  for (guint i = 0; i < watched->len; i++)
    unwatch (watched->pdata[i], self);
  g_ptr_array_set_size (watched, 0);
}

/* Follows a change of @list: lets go of what left it, listens to what came. */
static void
follow (MonoclePresentation *self,
        GPtrArray *watched,
        GListModel *list,
        guint position,
        guint removed,
        guint added)
{
  for (guint i = 0; i < removed; i++)
    unwatch (watched->pdata[position + i], self);
  if (removed > 0)
    g_ptr_array_remove_range (watched, position, removed);
  for (guint i = 0; i < added; i++)
    {
      GObject *item = g_list_model_get_item (list, position + i);

      g_signal_connect_swapped (item, "changed", G_CALLBACK (monocle_presentation_emit_changed),
                                self);
      g_ptr_array_insert (watched, (int) (position + i), item);
    }
}

/* Nothing that is gone lights up. */
static void
update_hovered (MonoclePresentation *self)
{
  if (!g_ptr_array_find (self->watched_objects, self->hovered, NULL)
      && !g_ptr_array_find (self->watched_regions, self->hovered, NULL))
    monocle_presentation_set_hovered (self, NULL);
}

static void
on_annotations_changed (
    GListModel *list, guint position, guint removed, guint added, MonoclePresentation *self)
{
  follow (self, self->watched_objects, list, position, removed, added);
  update_hovered (self);
}

static void
on_regions_changed (
    GListModel *list, guint position, guint removed, guint added, MonoclePresentation *self)
{
  follow (self, self->watched_regions, list, position, removed, added);
  update_hovered (self);
  monocle_presentation_emit_changed (self);
}

static gboolean
contains (GListModel *list, gpointer object)
{
  return monocle_presentation_find_in (list, object) != G_MAXUINT;
}

/* A new query is shown; when the one that is shown goes, the latest takes its place. */
static void
on_queries_changed (
    GListModel *list, guint position, guint removed, guint added, MonoclePresentation *self)
{
  guint n = g_list_model_get_n_items (list);

  if (self->pinned && !contains (list, self->pinned))
    monocle_presentation_set_pinned (self, NULL);
  if (!self->follows)
    return;
  if (added > 0)
    {
      g_autoptr (MonocleQuery) newest = g_list_model_get_item (list, position + added - 1);

      monocle_presentation_set_query (self, newest);
    }
  else if (self->query && !contains (list, self->query))
    {
      g_autoptr (MonocleQuery) latest = n > 0 ? g_list_model_get_item (list, n - 1) : NULL;

      monocle_presentation_set_query (self, latest);
    }
}

/* Which list the items are watched of is fixed by the query, so its signal is connected anew. It is
 * heard after the selection has heard it, whose items would be counted as they were before. */
static void
on_query_bound (GSignalGroup *group, MonocleQuery *query, MonoclePresentation *self)
{
  g_signal_connect_object (monocle_query_get_annotations (query), "items-changed",
                           G_CALLBACK (on_annotations_changed), self, G_CONNECT_AFTER);
}

static void
on_query_unbound (GSignalGroup *group, MonoclePresentation *self)
{
  GListModel *annotations = gtk_filter_list_model_get_model (self->filtered);

  if (annotations)
    g_signal_handlers_disconnect_by_func (annotations, on_annotations_changed, self);
}

static void
on_document_bound (GSignalGroup *group, MonocleDocument *document, MonoclePresentation *self)
{
  g_signal_connect_object (monocle_document_get_regions (document), "items-changed",
                           G_CALLBACK (on_regions_changed), self, G_CONNECT_AFTER);
}

static void
on_document_unbound (GSignalGroup *group, MonoclePresentation *self)
{
  GListModel *regions = gtk_multi_selection_get_model (self->regions);

  if (regions)
    g_signal_handlers_disconnect_by_func (regions, on_regions_changed, self);
}

void
monocle_presentation_follow_document (MonoclePresentation *self, MonocleDocument *document)
{
  unwatch_all (self, self->watched_regions);
  g_signal_group_set_target (self->document_signals, document);
  if (document)
    {
      GListModel *regions = monocle_document_get_regions (document);

      follow (self, self->watched_regions, regions, 0, 0, g_list_model_get_n_items (regions));
      gtk_multi_selection_set_model (self->regions, regions);
      g_signal_group_set_target (self->queries_signals, monocle_document_get_queries (document));
    }
  else
    {
      gtk_multi_selection_set_model (self->regions, NULL);
      g_signal_group_set_target (self->queries_signals, NULL);
    }
}

void
monocle_presentation_follow_query (MonoclePresentation *self, MonocleQuery *query)
{
  GListModel *annotations = query ? monocle_query_get_annotations (query) : NULL;

  unwatch_all (self, self->watched_objects);
  if (annotations)
    follow (self, self->watched_objects, annotations, 0, 0, g_list_model_get_n_items (annotations));
  g_signal_group_set_target (self->query_signals, query);
  gtk_filter_list_model_set_model (self->filtered, annotations);
}

void
monocle_presentation_init_following (MonoclePresentation *self)
{
  self->watched_objects = g_ptr_array_new ();
  self->watched_regions = g_ptr_array_new ();

  self->document_signals = g_signal_group_new (MONOCLE_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->document_signals, "notify::image",
                                  G_CALLBACK (monocle_presentation_emit_changed), self);
  g_signal_connect_object (self->document_signals, "bind", G_CALLBACK (on_document_bound), self, 0);
  g_signal_connect_object (self->document_signals, "unbind", G_CALLBACK (on_document_unbound), self,
                           0);
  self->queries_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect (self->queries_signals, "items-changed", G_CALLBACK (on_queries_changed),
                          self);
  self->query_signals = g_signal_group_new (MONOCLE_TYPE_QUERY);
  g_signal_group_connect_swapped (self->query_signals, "notify::text",
                                  G_CALLBACK (monocle_presentation_emit_changed), self);
  g_signal_group_connect_swapped (self->query_signals, "notify::state",
                                  G_CALLBACK (monocle_presentation_emit_changed), self);
  g_signal_connect_object (self->query_signals, "bind", G_CALLBACK (on_query_bound), self, 0);
  g_signal_connect_object (self->query_signals, "unbind", G_CALLBACK (on_query_unbound), self, 0);
}

void
monocle_presentation_end_following (MonoclePresentation *self)
{
  g_clear_object (&self->document_signals);
  g_clear_object (&self->queries_signals);
  g_clear_object (&self->query_signals);
  if (self->watched_objects)
    unwatch_all (self, self->watched_objects);
  if (self->watched_regions)
    unwatch_all (self, self->watched_regions);
  g_clear_pointer (&self->watched_objects, g_ptr_array_unref);
  g_clear_pointer (&self->watched_regions, g_ptr_array_unref);
}
