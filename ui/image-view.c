/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: what it shows. See image-view.h.
 */
#include "config.h"

#include "ui/image-view.h"

#include <glib/gi18n-lib.h>

#include "ui/image-view-private.h"

#define FADE_MSEC 120

enum
{
  PROP_PRESENTATION = 1,
  PROP_ZOOM,
  PROP_TOOL,
  PROP_BRUSH_SIZE,
  PROP_CAN_ZOOM_IN,
  PROP_CAN_ZOOM_OUT,
  N_PROPS,
  PROP_HADJUSTMENT = N_PROPS,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};
static GParamSpec *properties[N_PROPS];

static void monocle_image_view_scrollable_init (GtkScrollableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MonocleImageView,
                               monocle_image_view,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE,
                                                      monocle_image_view_scrollable_init))

static void
monocle_image_view_scrollable_init (GtkScrollableInterface *iface)
{
}

/* --- What is shown --- */

static gboolean
has_animations (MonocleImageView *self)
{
  gboolean enabled = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &enabled,
                NULL);
  return enabled;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  MonocleImageView *self = MONOCLE_IMAGE_VIEW (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->fades);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (now - *(gint64 *) value > FADE_MSEC * 1000)
      g_hash_table_iter_remove (&iter);
  gtk_widget_queue_draw (widget);
  if (g_hash_table_size (self->fades) > 0)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

/* What a query that is being answered has found since the last look fades in. */
static void
start_fades (MonocleImageView *self)
{
  MonocleQuery *query
      = self->presentation ? monocle_presentation_get_query (self->presentation) : NULL;
  GListModel *list = query ? monocle_query_get_annotations (query) : NULL;
  guint n = list ? g_list_model_get_n_items (list) : 0;
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

  if (g_set_object (&self->fading_query, query))
    {
      g_hash_table_remove_all (self->fades);
      self->n_seen = query && monocle_query_is_active (query) ? 0 : n;
    }
  if (query && monocle_query_is_active (query) && clock && has_animations (self)
      && gtk_widget_get_mapped (GTK_WIDGET (self)))
    for (guint i = self->n_seen; i < n; i++)
      {
        gint64 now = gdk_frame_clock_get_frame_time (clock);

        g_hash_table_replace (self->fades, g_list_model_get_item (list, i),
                              g_memdup2 (&now, sizeof now));
        if (self->tick == 0)
          self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
      }
  self->n_seen = n;
}

static void
update_accessible (MonocleImageView *self)
{
  g_autofree char *label = NULL;

  if (self->document)
    {
      guint n = g_list_model_get_n_items (
          G_LIST_MODEL (monocle_presentation_get_objects (self->presentation)));
      const char *name = monocle_document_get_name (self->document);

      /* Translators: what a screen reader says of the picture. %s is the name of a file. */
      label = n == 0 ? g_strdup_printf (_ ("Picture %s"), name)
                     : g_strdup_printf (
                           ngettext ("Picture %s with %u object", "Picture %s with %u objects", n),
                           name, n);
    }
  else
    label = g_strdup (_ ("No picture"));
  if (g_strcmp0 (label, self->spoken) == 0)
    return;
  g_free (self->spoken);
  self->spoken = g_strdup (label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
on_levels_changed (MonocleImageView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_image (MonocleImageView *self, MonocleImage *image)
{
  if (self->image == image)
    return;

  if (self->tiles)
    {
      g_signal_handlers_disconnect_by_func (self->tiles, on_levels_changed, self);
      monocle_image_tiles_stop (self->tiles);
    }
  g_clear_object (&self->tiles);
  g_clear_pointer (&self->image, monocle_image_unref);
  if (image)
    {
      self->image = monocle_image_ref (image);
      self->tiles = monocle_image_tiles_new (image);
      g_signal_connect_object (self->tiles, "changed", G_CALLBACK (on_levels_changed), self,
                               G_CONNECT_SWAPPED);
    }
}

static void
on_changed (MonocleImageView *self)
{
  MonocleDocument *document
      = self->presentation ? monocle_presentation_get_document (self->presentation) : NULL;
  MonocleImage *image = document ? monocle_document_get_image (document) : NULL;
  gboolean other = document != self->document;

  if (other)
    {
      monocle_image_view_hide_cross (self);
      monocle_image_view_cancel_drag (self);
      monocle_image_view_drop_outline (self);
      g_set_object (&self->document, document);
    }
  if (other || image != self->image)
    {
      if (!other)
        monocle_image_view_cancel_drag (self);
      set_image (self, image);
      /* Another picture is seen whole; one that was turned as well, unless it was enlarged. */
      if (other || self->fits)
        monocle_image_view_fit (self);
      else
        monocle_image_view_set_zoom (self, self->zoom);
    }
  start_fades (self);
  if (self->presentation)
    update_accessible (self);
  monocle_image_view_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
monocle_image_view_set_presentation (MonocleImageView *self, MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));
  g_return_if_fail (!presentation || MONOCLE_IS_PRESENTATION (presentation));

  if (!g_set_object (&self->presentation, presentation))
    return;
  g_signal_group_set_target (self->signals, presentation);
  on_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRESENTATION]);
}

MonocleTool
monocle_image_view_get_tool (MonocleImageView *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_VIEW (self), MONOCLE_TOOL_SELECT);
  return self->tool;
}

void
monocle_image_view_set_tool (MonocleImageView *self, MonocleTool tool)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (self));

  if (self->tool == tool)
    return;
  monocle_image_view_cancel_drag (self);
  monocle_image_view_drop_outline (self);
  self->tool = tool;
  if (tool == MONOCLE_TOOL_SELECT || tool == MONOCLE_TOOL_HAND)
    monocle_image_view_hide_cross (self);
  monocle_image_view_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOOL]);
}

static void
set_brush_size (MonocleImageView *self, guint size)
{
  if (self->brush_size == size)
    return;
  self->brush_size = size;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BRUSH_SIZE]);
}

/* --- Lifecycle --- */

static void
monocle_image_view_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
  *minimum = 0;
  *natural = 300;
}

/* The outline of what has the focus comes and goes. */
static void
monocle_image_view_state_flags_changed (GtkWidget *widget, GtkStateFlags before)
{
  if ((before ^ gtk_widget_get_state_flags (widget)) & GTK_STATE_FLAG_FOCUS_VISIBLE)
    gtk_widget_queue_draw (widget);
  GTK_WIDGET_CLASS (monocle_image_view_parent_class)->state_flags_changed (widget, before);
}

static void
monocle_image_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleImageView *self = MONOCLE_IMAGE_VIEW (object);

  switch (id)
    {
    case PROP_PRESENTATION:
      g_value_set_object (value, self->presentation);
      break;
    case PROP_ZOOM:
      g_value_set_double (value, self->zoom);
      break;
    case PROP_TOOL:
      g_value_set_int (value, (int) self->tool);
      break;
    case PROP_BRUSH_SIZE:
      g_value_set_uint (value, self->brush_size);
      break;
    case PROP_CAN_ZOOM_IN:
      g_value_set_boolean (value, self->can_zoom_in);
      break;
    case PROP_CAN_ZOOM_OUT:
      g_value_set_boolean (value, self->can_zoom_out);
      break;
    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->adjustments[0]);
      break;
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[1]);
      break;
    case PROP_HSCROLL_POLICY:
      g_value_set_enum (value, (int) self->policies[0]);
      break;
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, (int) self->policies[1]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_image_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MonocleImageView *self = MONOCLE_IMAGE_VIEW (object);

  switch (id)
    {
    case PROP_PRESENTATION:
      monocle_image_view_set_presentation (self, g_value_get_object (value));
      break;
    case PROP_ZOOM:
      monocle_image_view_set_zoom (self, g_value_get_double (value));
      break;
    case PROP_TOOL:
      monocle_image_view_set_tool (self, (MonocleTool) g_value_get_int (value));
      break;
    case PROP_BRUSH_SIZE:
      set_brush_size (self, g_value_get_uint (value));
      break;
    case PROP_HADJUSTMENT:
      monocle_image_view_set_adjustment (self, 0, g_value_get_object (value));
      break;
    case PROP_VADJUSTMENT:
      monocle_image_view_set_adjustment (self, 1, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
      self->policies[0] = (GtkScrollablePolicy) g_value_get_enum (value);
      break;
    case PROP_VSCROLL_POLICY:
      self->policies[1] = (GtkScrollablePolicy) g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_image_view_dispose (GObject *object)
{
  MonocleImageView *self = MONOCLE_IMAGE_VIEW (object);

  g_clear_object (&self->signals);
  if (self->tick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_handle_id (&self->notify_id, g_source_remove);
  set_image (self, NULL);
  g_clear_object (&self->heat_texture);
  g_clear_pointer (&self->heat, monocle_heat_unref);
  for (guint axis = 0; axis < 2; axis++)
    g_clear_object (&self->adjustments[axis]);
  g_clear_object (&self->dragged);
  g_clear_pointer (&self->before, monocle_shape_unref);
  g_clear_pointer (&self->outline, g_array_unref);
  g_clear_object (&self->edited);
  g_clear_pointer (&self->instead, g_hash_table_unref);
  g_clear_object (&self->holed);
  g_clear_object (&self->fading_query);
  g_clear_object (&self->document);
  g_clear_object (&self->presentation);

  G_OBJECT_CLASS (monocle_image_view_parent_class)->dispose (object);
}

static void
monocle_image_view_finalize (GObject *object)
{
  MonocleImageView *self = MONOCLE_IMAGE_VIEW (object);

  g_hash_table_unref (self->fades);
  monocle_image_layer_free (self->layer);
  g_free (self->spoken);

  G_OBJECT_CLASS (monocle_image_view_parent_class)->finalize (object);
}

static void
monocle_image_view_class_init (MonocleImageViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = monocle_image_view_get_property;
  object_class->set_property = monocle_image_view_set_property;
  object_class->dispose = monocle_image_view_dispose;
  object_class->finalize = monocle_image_view_finalize;

  widget_class->snapshot = monocle_image_view_snapshot;
  widget_class->measure = monocle_image_view_measure;
  widget_class->size_allocate = monocle_image_view_size_allocate;
  widget_class->state_flags_changed = monocle_image_view_state_flags_changed;

  properties[PROP_PRESENTATION]
      = g_param_spec_object ("presentation", NULL, NULL, MONOCLE_TYPE_PRESENTATION, flags);
  properties[PROP_ZOOM] = g_param_spec_double ("zoom", NULL, NULL, 0, MONOCLE_MAX_ZOOM, 1, flags);
  properties[PROP_TOOL] = g_param_spec_int ("tool", NULL, NULL, MONOCLE_TOOL_SELECT,
                                            MONOCLE_TOOL_POINTS, MONOCLE_TOOL_SELECT, flags);
  properties[PROP_BRUSH_SIZE] = g_param_spec_uint (
      "brush-size", NULL, NULL, 1, MONOCLE_BRUSH_MAX_SIZE, MONOCLE_BRUSH_SIZE, flags);
  properties[PROP_CAN_ZOOM_IN] = g_param_spec_boolean ("can-zoom-in", NULL, NULL, FALSE, readable);
  properties[PROP_CAN_ZOOM_OUT]
      = g_param_spec_boolean ("can-zoom-out", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");

  g_signal_new ("context-menu", MONOCLE_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 4, MONOCLE_TYPE_ANNOTATION, MONOCLE_TYPE_ANNOTATION, G_TYPE_DOUBLE,
                G_TYPE_DOUBLE);
  g_signal_new ("drawn", MONOCLE_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, MONOCLE_TYPE_ANNOTATION);

  gtk_widget_class_set_css_name (widget_class, "imageview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
monocle_image_view_init (MonocleImageView *self)
{
  self->zoom = 1;
  self->fits = TRUE;
  self->layer = monocle_image_layer_new ();
  self->brush_size = MONOCLE_BRUSH_SIZE;
  self->handle = -1;
  self->vertex = -1;
  self->edge = -1;
  self->fades = g_hash_table_new_full (NULL, NULL, g_object_unref, g_free);
  self->signals = g_signal_group_new (MONOCLE_TYPE_PRESENTATION);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (on_changed), self);

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  monocle_image_view_init_input (self);
}

GtkWidget *
monocle_image_view_new (void)
{
  return g_object_new (MONOCLE_TYPE_IMAGE_VIEW, NULL);
}
