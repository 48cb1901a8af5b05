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
  PROP_SHOW_HEAT,
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

  monocle_presentation_set_pinned (self, NULL);
  monocle_presentation_follow_document (self, document);
  if (document)
    {
      GListModel *queries = monocle_document_get_queries (document);
      guint n = g_list_model_get_n_items (queries);

      latest = n > 0 ? g_list_model_get_item (queries, n - 1) : NULL;
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
  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));
  g_return_if_fail (!query || MONOCLE_IS_QUERY (query));

  if (!g_set_object (&self->query, query))
    return;

  monocle_presentation_set_hovered (self, NULL);
  monocle_presentation_set_search (self, "");
  monocle_presentation_follow_query (self, query);
  if (query && query == self->pinned)
    monocle_presentation_set_pinned (self, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUERY]);
  monocle_presentation_emit_changed (self);
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

const char *
monocle_presentation_get_next_label (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), NULL);
  return self->next_label;
}

void
monocle_presentation_set_next_label (MonoclePresentation *self, const char *label)
{
  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));
  g_return_if_fail (label);

  if (g_str_equal (self->next_label, label))
    return;
  g_free (self->next_label);
  self->next_label = g_strdup (label);
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
  g_autoptr (GPtrArray) all = NULL;

  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), NULL);

  selected = collect (self->regions, TRUE);
  if (selected->len > 0)
    return g_steal_pointer (&selected);
  all = collect (self->regions, FALSE);
  for (guint i = 0; i < all->len; i++)
    if (!*monocle_annotation_get_label (all->pdata[i]))
      g_ptr_array_add (selected, g_object_ref (all->pdata[i]));
  return g_steal_pointer (&selected);
}

guint
monocle_presentation_find_in (GListModel *list, gpointer item)
{
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GObject) other = g_list_model_get_item (list, i);

      if (other == item)
        return i;
    }
  return G_MAXUINT;
}

void
monocle_presentation_select (MonoclePresentation *self, MonocleAnnotation *annotation)
{
  GtkMultiSelection *lists[2];

  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));

  lists[0] = self->objects;
  lists[1] = self->regions;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      GtkSelectionModel *list = GTK_SELECTION_MODEL (lists[i]);
      const guint position
          = annotation ? monocle_presentation_find_in (G_LIST_MODEL (list), annotation) : G_MAXUINT;

      if (position != G_MAXUINT)
        gtk_selection_model_select_item (list, position, TRUE);
      else
        gtk_selection_model_unselect_all (list);
    }
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

gboolean
monocle_presentation_get_show_heat (MonoclePresentation *self)
{
  g_return_val_if_fail (MONOCLE_IS_PRESENTATION (self), TRUE);
  return self->show_heat;
}

/* What is shown of the answer, and what is the person's own and has a name. */
static GPtrArray *
collect_for_export (MonoclePresentation *self)
{
  GPtrArray *shown = collect (self->objects, FALSE);
  g_autoptr (GPtrArray) own = collect (self->regions, FALSE);

  for (guint i = 0; i < own->len; i++)
    if (*monocle_annotation_get_label (own->pdata[i]))
      g_ptr_array_add (shown, g_object_ref (own->pdata[i]));
  return shown;
}

void
monocle_presentation_fill_export (MonoclePresentation *self, MonocleExport *export)
{
  g_return_if_fail (MONOCLE_IS_PRESENTATION (self));

  *export = (MonocleExport){
    .document = self->document,
    .query = self->query,
    .annotations = collect_for_export (self),
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
    case PROP_SHOW_HEAT:
      g_value_set_boolean (value, self->show_heat);
      break;
    case PROP_DASHES:
      g_value_set_boolean (value, self->dashes);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_look (MonoclePresentation *self, gboolean *look, gboolean value, GParamSpec *pspec)
{
  if (*look == value)
    return;
  *look = value;
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
  monocle_presentation_emit_changed (self);
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
      set_look (self, &self->show_labels, g_value_get_boolean (value), pspec);
      break;
    case PROP_SHOW_HEAT:
      set_look (self, &self->show_heat, g_value_get_boolean (value), pspec);
      break;
    case PROP_DASHES:
      set_look (self, &self->dashes, g_value_get_boolean (value), pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_presentation_dispose (GObject *object)
{
  MonoclePresentation *self = MONOCLE_PRESENTATION (object);

  monocle_presentation_end_following (self);
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
  g_free (self->next_label);
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
  properties[PROP_SHOW_HEAT] = g_param_spec_boolean ("show-heat", NULL, NULL, TRUE, flags);
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
  self->show_heat = TRUE;
  self->follows = TRUE;
  self->next_label = g_strdup ("");
  self->search = g_strdup ("");
  self->folded_search = g_strdup ("");
  self->hidden_labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

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
  monocle_presentation_init_following (self);
}

MonoclePresentation *
monocle_presentation_new (void)
{
  return g_object_new (MONOCLE_TYPE_PRESENTATION, NULL);
}
