/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/presentation-private.h"

#define DEFAULT_OPACITY 0.35

enum
{
  PROP_DOCUMENT = 1,
  PROP_QUERY,
  PROP_PINNED,
  PROP_HOVERED,
  PROP_SEARCH,
  PROP_THRESHOLD,
  PROP_STYLE,
  PROP_OPACITY,
  PROP_SHOW_LABELS,
  PROP_DASHES,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonoclePresentation, monocle_presentation, G_TYPE_OBJECT)

void
monocle_presentation_emit_changed (MonoclePresentation *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- Following the lists --- */

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

static void
on_annotations_changed (
    GListModel *list, guint position, guint removed, guint added, MonoclePresentation *self)
{
  gboolean hovers = FALSE;

  follow (self, self->watched_objects, list, position, removed, added);
  for (guint i = 0; i < self->watched_objects->len; i++)
    hovers |= self->watched_objects->pdata[i] == self->hovered;
  if (!hovers)
    monocle_presentation_set_hovered (self, NULL);
}

static void
on_regions_changed (
    GListModel *list, guint position, guint removed, guint added, MonoclePresentation *self)
{
  follow (self, self->watched_regions, list, position, removed, added);
  monocle_presentation_emit_changed (self);
}

static gboolean
contains (GListModel *list, gpointer object)
{
  guint n = g_list_model_get_n_items (list);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (list, i);

      if (item == object)
        return TRUE;
    }
  return FALSE;
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

/* --- Document and queries --- */

MonocleDocument *
monocle_presentation_get_document (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), NULL);
  return self->document;
}

void
monocle_presentation_set_document (MonoclePresentation *self, MonocleDocument *document)
{
  g_autoptr (MonocleQuery) latest = NULL;

  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));
  g_return_if_fail (!document || MONOCLE_IS_DOCUMENT (document));

  if (!g_set_object (&self->document, document))
    return;

  unwatch_all (self, self->watched_regions);
  monocle_presentation_set_pinned (self, NULL);
  g_signal_group_set_target (self->document_signals, document);
  if (document)
    {
      GListModel *regions = monocle_document_get_regions (document);
      GListModel *queries = monocle_document_get_queries (document);
      guint n = g_list_model_get_n_items (queries);

      follow (self, self->watched_regions, regions, 0, 0, g_list_model_get_n_items (regions));
      gtk_multi_selection_set_model (self->regions, regions);
      g_signal_group_set_target (self->queries_signals, queries);
      latest = n > 0 ? g_list_model_get_item (queries, n - 1) : NULL;
    }
  else
    {
      gtk_multi_selection_set_model (self->regions, NULL);
      g_signal_group_set_target (self->queries_signals, NULL);
    }
  monocle_presentation_set_query (self, latest);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DOCUMENT]);
  monocle_presentation_emit_changed (self);
}

void
monocle_presentation_set_follows (MonoclePresentation *self, gboolean follows)
{
  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));
  self->follows = follows;
}

MonocleQuery *
monocle_presentation_get_query (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), NULL);
  return self->query;
}

void
monocle_presentation_set_query (MonoclePresentation *self, MonocleQuery *query)
{
  GListModel *annotations;

  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));
  g_return_if_fail (!query || MONOCLE_IS_QUERY (query));

  if (!g_set_object (&self->query, query))
    return;

  monocle_presentation_set_hovered (self, NULL);
  monocle_presentation_set_search (self, "");
  unwatch_all (self, self->watched_objects);
  annotations = query ? monocle_query_get_annotations (query) : NULL;
  if (annotations)
    follow (self, self->watched_objects, annotations, 0, 0, g_list_model_get_n_items (annotations));
  g_signal_group_set_target (self->query_signals, query);
  gtk_filter_list_model_set_model (self->filtered, annotations);
  if (query && query == self->pinned)
    monocle_presentation_set_pinned (self, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUERY]);
  monocle_presentation_emit_changed (self);
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

MonocleQuery *
monocle_presentation_get_pinned (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), NULL);
  return self->pinned;
}

void
monocle_presentation_set_pinned (MonoclePresentation *self, MonocleQuery *query)
{
  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));
  g_return_if_fail (!query || MONOCLE_IS_QUERY (query));

  if (g_set_object (&self->pinned, query))
    {
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PINNED]);
      monocle_presentation_emit_changed (self);
    }
}

/* --- Selection --- */

GtkSelectionModel *
monocle_presentation_get_objects (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), NULL);
  return GTK_SELECTION_MODEL (self->objects);
}

GtkSelectionModel *
monocle_presentation_get_regions (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), NULL);
  return GTK_SELECTION_MODEL (self->regions);
}

static GPtrArray *
collect (GtkMultiSelection *selection, gboolean selected_only)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (selection));

  for (guint i = 0; i < n; i++)
    if (!selected_only || gtk_selection_model_is_selected (GTK_SELECTION_MODEL (selection), i))
      g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (selection), i));
  return items;
}

GPtrArray *
monocle_presentation_get_selected_objects (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), NULL);
  return collect (self->objects, TRUE);
}

GPtrArray *
monocle_presentation_get_selected_regions (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), NULL);
  return collect (self->regions, TRUE);
}

GPtrArray *
monocle_presentation_get_asked_regions (MonoclePresentation *self)
{
  g_autoptr (GPtrArray) selected = NULL;

  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), NULL);

  selected = collect (self->regions, TRUE);
  return selected->len > 0 ? g_steal_pointer (&selected) : collect (self->regions, FALSE);
}

void
monocle_presentation_select (MonoclePresentation *self, MonocleAnnotation *annotation)
{
  guint n;

  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));

  n = g_list_model_get_n_items (G_LIST_MODEL (self->objects));
  for (guint i = 0; annotation && i < n; i++)
    {
      g_autoptr (MonocleAnnotation) item = g_list_model_get_item (G_LIST_MODEL (self->objects), i);

      if (item == annotation)
        {
          gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->objects), i, TRUE);
          return;
        }
    }
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->objects));
}

MonocleAnnotation *
monocle_presentation_get_hovered (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), NULL);
  return self->hovered;
}

void
monocle_presentation_set_hovered (MonoclePresentation *self, MonocleAnnotation *annotation)
{
  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));

  if (g_set_object (&self->hovered, annotation))
    {
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HOVERED]);
      monocle_presentation_emit_changed (self);
    }
}

/* --- Looks --- */

MonocleOverlayStyle
monocle_presentation_get_style (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), MONOCLE_OVERLAY_STYLE_BOX);
  return self->style;
}

void
monocle_presentation_set_style (MonoclePresentation *self, MonocleOverlayStyle style)
{
  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));

  if (self->style != style)
    {
      self->style = style;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STYLE]);
      monocle_presentation_emit_changed (self);
    }
}

double
monocle_presentation_get_opacity (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), DEFAULT_OPACITY);
  return self->opacity;
}

gboolean
monocle_presentation_get_dashes (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), FALSE);
  return self->dashes;
}

gboolean
monocle_presentation_get_show_labels (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), TRUE);
  return self->show_labels;
}

void
monocle_presentation_fill_export (MonoclePresentation *self, MonocleExport *export)
{
  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));

  *export = (MonocleExport){
    .document = self->document,
    .query = self->query,
    .annotations = collect (self->objects, FALSE),
    .style = self->style,
    .opacity = self->opacity,
    .show_labels = self->show_labels,
    .dashes = self->dashes,
    .show_regions = TRUE,
    .quality = MONOCLE_PICTURE_FORMAT_QUALITY,
    .scale = 1,
  };
}

/* --- Lifecycle --- */

static void
monocle_presentation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonoclePresentation *self = MONOCLE_PRESENTATION (object);

  switch (id)
    {
    case PROP_DOCUMENT:
      g_value_set_object (value, self->document);
      break;
    case PROP_QUERY:
      g_value_set_object (value, self->query);
      break;
    case PROP_PINNED:
      g_value_set_object (value, self->pinned);
      break;
    case PROP_HOVERED:
      g_value_set_object (value, self->hovered);
      break;
    case PROP_SEARCH:
      g_value_set_string (value, self->search);
      break;
    case PROP_THRESHOLD:
      g_value_set_double (value, self->threshold);
      break;
    case PROP_STYLE:
      g_value_set_int (value, (int) self->style);
      break;
    case PROP_OPACITY:
      g_value_set_double (value, self->opacity);
      break;
    case PROP_SHOW_LABELS:
      g_value_set_boolean (value, self->show_labels);
      break;
    case PROP_DASHES:
      g_value_set_boolean (value, self->dashes);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_presentation_set_property (GObject *object,
                                   guint id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  MonoclePresentation *self = MONOCLE_PRESENTATION (object);

  switch (id)
    {
    case PROP_DOCUMENT:
      monocle_presentation_set_document (self, g_value_get_object (value));
      break;
    case PROP_QUERY:
      monocle_presentation_set_query (self, g_value_get_object (value));
      break;
    case PROP_PINNED:
      monocle_presentation_set_pinned (self, g_value_get_object (value));
      break;
    case PROP_HOVERED:
      monocle_presentation_set_hovered (self, g_value_get_object (value));
      break;
    case PROP_SEARCH:
      monocle_presentation_set_search (self, g_value_get_string (value));
      break;
    case PROP_THRESHOLD:
      monocle_presentation_set_threshold (self, g_value_get_double (value));
      break;
    case PROP_STYLE:
      monocle_presentation_set_style (self, (MonocleOverlayStyle) g_value_get_int (value));
      break;
    case PROP_OPACITY:
      self->opacity = g_value_get_double (value);
      g_object_notify_by_pspec (object, pspec);
      monocle_presentation_emit_changed (self);
      break;
    case PROP_SHOW_LABELS:
      if (self->show_labels != g_value_get_boolean (value))
        {
          self->show_labels = g_value_get_boolean (value);
          g_object_notify_by_pspec (object, pspec);
          monocle_presentation_emit_changed (self);
        }
      break;
    case PROP_DASHES:
      if (self->dashes != g_value_get_boolean (value))
        {
          self->dashes = g_value_get_boolean (value);
          g_object_notify_by_pspec (object, pspec);
          monocle_presentation_emit_changed (self);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_presentation_dispose (GObject *object)
{
  MonoclePresentation *self = MONOCLE_PRESENTATION (object);

  g_clear_object (&self->document_signals);
  g_clear_object (&self->queries_signals);
  g_clear_object (&self->query_signals);
  if (self->watched_objects)
    unwatch_all (self, self->watched_objects);
  if (self->watched_regions)
    unwatch_all (self, self->watched_regions);
  g_clear_pointer (&self->watched_objects, g_ptr_array_unref);
  g_clear_pointer (&self->watched_regions, g_ptr_array_unref);
  g_clear_object (&self->objects);
  g_clear_object (&self->regions);
  g_clear_object (&self->filtered);
  /* A list may hold the filter longer than this lives. */
  if (self->filter)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  g_clear_object (&self->filter);
  g_clear_object (&self->hovered);
  g_clear_object (&self->pinned);
  g_clear_object (&self->query);
  g_clear_object (&self->document);

  G_OBJECT_CLASS (monocle_presentation_parent_class)->dispose (object);
}

static void
monocle_presentation_finalize (GObject *object)
{
  MonoclePresentation *self = MONOCLE_PRESENTATION (object);

  g_hash_table_unref (self->hidden_labels);
  g_free (self->search);
  g_free (self->folded_search);

  G_OBJECT_CLASS (monocle_presentation_parent_class)->finalize (object);
}

static void
monocle_presentation_class_init (MonoclePresentationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = monocle_presentation_get_property;
  object_class->set_property = monocle_presentation_set_property;
  object_class->dispose = monocle_presentation_dispose;
  object_class->finalize = monocle_presentation_finalize;

  properties[PROP_DOCUMENT]
      = g_param_spec_object ("document", NULL, NULL, MONOCLE_TYPE_DOCUMENT, flags);
  properties[PROP_QUERY] = g_param_spec_object ("query", NULL, NULL, MONOCLE_TYPE_QUERY, flags);
  properties[PROP_PINNED] = g_param_spec_object ("pinned", NULL, NULL, MONOCLE_TYPE_QUERY, flags);
  properties[PROP_HOVERED]
      = g_param_spec_object ("hovered", NULL, NULL, MONOCLE_TYPE_ANNOTATION, flags);
  properties[PROP_SEARCH] = g_param_spec_string ("search", NULL, NULL, "", flags);
  properties[PROP_THRESHOLD] = g_param_spec_double ("threshold", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_STYLE] = g_param_spec_int ("style", NULL, NULL, MONOCLE_OVERLAY_STYLE_BOX,
                                             MONOCLE_OVERLAY_STYLE_BLUR, 0, flags);
  properties[PROP_OPACITY]
      = g_param_spec_double ("opacity", NULL, NULL, 0, 1, DEFAULT_OPACITY, flags);
  properties[PROP_SHOW_LABELS] = g_param_spec_boolean ("show-labels", NULL, NULL, TRUE, flags);
  properties[PROP_DASHES] = g_param_spec_boolean ("dashes", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CHANGED] = g_signal_new ("changed", MONOCLE_TYPE_PRESENTATION, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_presentation_init (MonoclePresentation *self)
{
  self->opacity = DEFAULT_OPACITY;
  self->show_labels = TRUE;
  self->follows = TRUE;
  self->search = g_strdup ("");
  self->folded_search = g_strdup ("");
  self->hidden_labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->watched_objects = g_ptr_array_new ();
  self->watched_regions = g_ptr_array_new ();

  self->filter = gtk_custom_filter_new (monocle_presentation_passes, self, NULL);
  self->filtered = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->filter)));
  self->objects = gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (self->filtered)));
  self->regions = gtk_multi_selection_new (NULL);
  for (guint i = 0; i < 2; i++)
    {
      GObject *selection = i ? G_OBJECT (self->regions) : G_OBJECT (self->objects);

      g_signal_connect_object (selection, "items-changed",
                               G_CALLBACK (monocle_presentation_emit_changed), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (selection, "selection-changed",
                               G_CALLBACK (monocle_presentation_emit_changed), self,
                               G_CONNECT_SWAPPED);
    }

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

MonoclePresentation *
monocle_presentation_new (void)
{
  return g_object_new (MONOCLE_TYPE_PRESENTATION, NULL);
}
