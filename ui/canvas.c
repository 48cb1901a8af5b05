/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/canvas.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/canvas-private.h"
#include "ui/drawn-provider.h"
#include "ui/object-menu.h"
#include "ui/texture-image.h"

/* How long the pointer rests before the floating bars fade. */
#define REST_MSEC 2000
G_DEFINE_FINAL_TYPE (MonocleCanvas, monocle_canvas, ADW_TYPE_BIN)

/* --- Bars that fade --- */

static gboolean
is_open (GtkMenuButton *button)
{
  GtkPopover *popover = gtk_menu_button_get_popover (button);

  return popover && gtk_widget_get_visible (GTK_WIDGET (popover));
}

static gboolean
is_busy_with_bars (MonocleCanvas *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  if (is_open (self->look_button) || is_open (self->zoom_button))
    return TRUE;
  if (focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->overlay))
      && focus != GTK_WIDGET (self->view) && focus != GTK_WIDGET (self->second_view))
    return TRUE;
  return gtk_widget_get_state_flags (gtk_revealer_get_child (self->tools))
         & GTK_STATE_FLAG_PRELIGHT;
}

static gboolean
on_rested (gpointer data)
{
  MonocleCanvas *self = data;

  self->rest_source = 0;
  /* Only over a picture that is just looked at. */
  if (!is_busy_with_bars (self)
      && (self->immersed || gtk_widget_has_focus (GTK_WIDGET (self->view)))
      && monocle_image_view_get_tool (self->view) == MONOCLE_TOOL_SELECT)
    gtk_revealer_set_reveal_child (self->tools, FALSE);
  return G_SOURCE_REMOVE;
}

static void
show_bars (MonocleCanvas *self)
{
  gtk_revealer_set_reveal_child (self->tools, TRUE);
  g_clear_handle_id (&self->rest_source, g_source_remove);
  self->rest_source = g_timeout_add (REST_MSEC, on_rested, self);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, MonocleCanvas *self)
{
  /* A motion event also comes when what lies below the pointer changes. */
  if (fabs (x - self->pointer_x) + fabs (y - self->pointer_y) < 1)
    return;
  self->pointer_x = x;
  self->pointer_y = y;
  show_bars (self);
}

static void
on_leave (GtkEventControllerMotion *controller, MonocleCanvas *self)
{
  g_clear_handle_id (&self->rest_source, g_source_remove);
  gtk_revealer_set_reveal_child (self->tools, TRUE);
}

/* Where they come and go over the picture, it need not make way for them. */
static void
update_inset (MonocleCanvas *self)
{
  GtkWidget *bar = gtk_revealer_get_child (self->tools);
  int height = 0;

  if (!self->immersed)
    gtk_widget_measure (bar, GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, NULL);
  height = MAX (0, height - gtk_widget_get_margin_top (bar));
  monocle_image_view_set_inset (self->view, height);
  monocle_image_view_set_inset (self->second_view, height);
}

/* --- What the picture tells --- */

static void
on_context_menu (MonocleImageView *view,
                 MonocleAnnotation *annotation,
                 MonocleAnnotation *region,
                 double x,
                 double y,
                 MonocleCanvas *self)
{
  /* Over this: the view does not lay out what pops up from it. */
  if (gtk_widget_translate_coordinates (GTK_WIDGET (view), GTK_WIDGET (self), x, y, &x, &y))
    monocle_object_menu_popup (GTK_WIDGET (self), annotation, region, x, y);
}

static void
on_zoom_changed (MonocleCanvas *self)
{
  double zoom = monocle_image_view_get_zoom (self->view);
  g_autofree char *text = NULL;

  /* Translators: how large the picture is shown: 64 % */
  text = g_strdup_printf (_ ("%.0f %%"), 100 * zoom);
  gtk_menu_button_set_label (self->zoom_button, text);
  monocle_canvas_update_region_bar (self);

  /* Both pictures are as large, and go on fitting when they do. */
  if (monocle_image_view_get_fits (self->view))
    monocle_image_view_fit (self->second_view);
  else
    monocle_image_view_set_zoom (self->second_view, zoom);
}

static void
on_second_zoom_changed (MonocleCanvas *self)
{
  double zoom = monocle_image_view_get_zoom (self->second_view);

  if (gtk_widget_get_visible (self->second) && !monocle_image_view_get_fits (self->second_view)
      && fabs (zoom - monocle_image_view_get_zoom (self->view)) > 1e-9)
    monocle_image_view_set_zoom (self->view, zoom);
}

/* --- Two pictures that were drawn --- */

gboolean
monocle_canvas_shows_drawn (MonocleCanvas *self)
{
  return self->drawn_images[0] != NULL;
}

/* @image: (nullable) */
static void
show_drawn (MonocleCanvas *self, guint i, MonocleImage *image)
{
  g_autoptr (GdkTexture) texture = NULL;

  if (self->drawn_images[i] == image)
    return;
  g_clear_pointer (&self->drawn_images[i], monocle_image_unref);
  self->drawn_images[i] = image ? monocle_image_ref (image) : NULL;
  texture = image ? monocle_texture_of_image (image) : NULL;
  gtk_picture_set_paintable (self->drawn[i], GDK_PAINTABLE (texture));
}

/* In the place of the one that both are about; what is done to that is out of the way meanwhile. */
static void
update_drawn (MonocleCanvas *self)
{
  MonocleQuery *pinned = monocle_presentation_get_pinned (self->presentation);
  MonocleQuery *query = pinned ? monocle_presentation_get_query (self->presentation) : NULL;
  MonocleImage *first = query ? monocle_drawn_provider_find (query) : NULL;
  MonocleImage *second = first ? monocle_drawn_provider_find (pinned) : NULL;
  GtkScrolledWindow *const scrolled[] = { self->scrolled, self->second_scrolled };
  const gboolean shows = second != NULL;

  show_drawn (self, 0, shows ? first : NULL);
  show_drawn (self, 1, second);
  for (guint i = 0; i < G_N_ELEMENTS (scrolled); i++)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->drawn[i]), shows);
      gtk_widget_set_opacity (GTK_WIDGET (scrolled[i]), shows ? 0 : 1);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->tools), !shows);
  gtk_widget_set_visible (self->zoom, !shows);
}

/* --- Two answers beside each other --- */

static void
update_titles (MonocleCanvas *self)
{
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  MonocleQuery *pinned = monocle_presentation_get_pinned (self->presentation);
  g_autofree char *first = query ? monocle_query_dup_title (query) : NULL;
  g_autofree char *second = pinned ? monocle_query_dup_title (pinned) : g_strdup (self->other_name);

  /* Translators: which of two versions of the work */
  gtk_label_set_text (self->first_title, !pinned && self->other ? C_ ("version", "Mine")
                                         : first                ? first
                                                                : "");
  gtk_label_set_text (self->second_title, second ? second : "");
}

static void
on_changed (MonocleCanvas *self)
{
  update_drawn (self);
  monocle_canvas_update_bars (self);
}

static void
on_pinned_changed (MonocleCanvas *self)
{
  MonocleQuery *pinned = monocle_presentation_get_pinned (self->presentation);

  if (pinned)
    {
      monocle_presentation_set_document (self->second_presentation,
                                         monocle_presentation_get_document (self->presentation));
      monocle_presentation_set_query (self->second_presentation, pinned);
    }
  else
    monocle_presentation_set_document (self->second_presentation, self->other);
  gtk_widget_set_visible (self->second, pinned || self->other);
  update_titles (self);
  on_changed (self);
}

void
monocle_canvas_show_other (MonocleCanvas *self, MonocleDocument *other, const char *name)
{
  g_return_if_fail (MONOCLE_IS_CANVAS (self));

  g_set_object (&self->other, other);
  g_free (self->other_name);
  self->other_name = g_strdup (name);
  on_pinned_changed (self);
}

void
monocle_canvas_select_other (MonocleCanvas *self, MonocleAnnotation *annotation)
{
  g_return_if_fail (MONOCLE_IS_CANVAS (self));

  if (self->other)
    monocle_presentation_select (self->second_presentation, annotation);
}

static gboolean
follow (gpointer user_data)
{
  MonocleCanvas *self = user_data;
  gboolean leads = self->leader == self->view;
  GtkScrolledWindow *from = leads ? self->scrolled : self->second_scrolled;
  GtkScrolledWindow *to = leads ? self->second_scrolled : self->scrolled;
  MonocleImageView *other = leads ? self->second_view : self->view;

  self->follow_source = 0;
  if (!gtk_widget_get_visible (self->second))
    return G_SOURCE_REMOVE;
  self->follows = TRUE;
  if (monocle_image_view_get_fits (self->leader))
    monocle_image_view_fit (other);
  else
    {
      monocle_image_view_set_zoom (other, monocle_image_view_get_zoom (self->leader));
      gtk_adjustment_set_value (
          gtk_scrolled_window_get_hadjustment (to),
          gtk_adjustment_get_value (gtk_scrolled_window_get_hadjustment (from)));
      gtk_adjustment_set_value (
          gtk_scrolled_window_get_vadjustment (to),
          gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (from)));
    }
  self->follows = FALSE;
  return G_SOURCE_REMOVE;
}

/* Views also move while sizes are given out, when the other one's scrollbars must not change any
 * more: it follows before the next frame. */
static void
queue_follow (MonocleCanvas *self, MonocleImageView *leader)
{
  if (self->follows || !gtk_widget_get_visible (self->second))
    return;
  self->leader = leader;
  if (self->follow_source == 0)
    self->follow_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, follow, self, NULL);
}

static void
on_first_moved (MonocleCanvas *self)
{
  queue_follow (self, self->view);
}

static void
on_second_moved (MonocleCanvas *self)
{
  queue_follow (self, self->second_view);
}

static void
connect_views (MonocleCanvas *self)
{
  GtkScrolledWindow *scrolled[] = { self->scrolled, self->second_scrolled };
  MonocleImageView *views[] = { self->view, self->second_view };
  GCallback moved[] = { G_CALLBACK (on_first_moved), G_CALLBACK (on_second_moved) };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_signal_connect_object (views[i], "notify::zoom", moved[i], self, G_CONNECT_SWAPPED);
      g_signal_connect_object (gtk_scrolled_window_get_hadjustment (scrolled[i]), "value-changed",
                               moved[i], self, G_CONNECT_SWAPPED);
      g_signal_connect_object (gtk_scrolled_window_get_vadjustment (scrolled[i]), "value-changed",
                               moved[i], self, G_CONNECT_SWAPPED);
    }
}

void
monocle_canvas_set_presentation (MonocleCanvas *self, MonoclePresentation *presentation)
{
  static const char *const shared[]
      = { "style", "opacity", "show-labels", "show-heat", "dashes", "threshold" };

  g_return_if_fail (MONOCLE_IS_CANVAS (self));
  g_return_if_fail (self->presentation == NULL);

  self->presentation = g_object_ref (presentation);
  monocle_image_view_set_presentation (self->view, presentation);
  monocle_view_options_set_presentation (self->look, presentation);
  monocle_heat_bar_set_presentation (self->heat_bar, presentation);

  self->second_presentation = monocle_presentation_new ();
  monocle_presentation_set_follows (self->second_presentation, FALSE);
  monocle_image_view_set_presentation (self->second_view, self->second_presentation);
  for (guint i = 0; i < G_N_ELEMENTS (shared); i++)
    g_object_bind_property (presentation, shared[i], self->second_presentation, shared[i],
                            G_BINDING_SYNC_CREATE);

  g_signal_connect_object (presentation, "notify::pinned", G_CALLBACK (on_pinned_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (presentation, "notify::query", G_CALLBACK (update_titles), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (presentation, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  on_pinned_changed (self);
}

MonocleImageView *
monocle_canvas_get_view (MonocleCanvas *self)
{
  g_return_val_if_fail (MONOCLE_IS_CANVAS (self), NULL);
  return self->view;
}

void
monocle_canvas_set_narrow (MonocleCanvas *self, gboolean narrow)
{
  g_return_if_fail (MONOCLE_IS_CANVAS (self));

  gtk_widget_set_visible (self->zoom_out_button, !narrow);
  gtk_widget_set_visible (self->zoom_in_button, !narrow);
}

void
monocle_canvas_set_immersed (MonocleCanvas *self, gboolean immersed)
{
  g_return_if_fail (MONOCLE_IS_CANVAS (self));

  self->immersed = immersed;
  update_inset (self);
  show_bars (self);
}

/* --- Lifecycle --- */

static void
monocle_canvas_dispose (GObject *object)
{
  MonocleCanvas *self = MONOCLE_CANVAS (object);

  g_clear_handle_id (&self->rest_source, g_source_remove);
  g_clear_handle_id (&self->follow_source, g_source_remove);
  g_clear_pointer (&self->regions, g_ptr_array_unref);
  for (guint i = 0; i < G_N_ELEMENTS (self->drawn_images); i++)
    g_clear_pointer (&self->drawn_images[i], monocle_image_unref);
  g_clear_object (&self->presentation);
  g_clear_object (&self->second_presentation);
  g_clear_object (&self->other);
  g_clear_pointer (&self->other_name, g_free);

  G_OBJECT_CLASS (monocle_canvas_parent_class)->dispose (object);
}

static void
monocle_canvas_class_init (MonocleCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_canvas_dispose;

  g_type_ensure (MONOCLE_TYPE_BRUSH_BAR);
  g_type_ensure (MONOCLE_TYPE_HEAT_BAR);
  g_type_ensure (MONOCLE_TYPE_IMAGE_VIEW);
  g_type_ensure (MONOCLE_TYPE_REGION_BAR);
  g_type_ensure (MONOCLE_TYPE_SIMPLIFY_BAR);
  g_type_ensure (MONOCLE_TYPE_VIEW_OPTIONS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/monocle/Monocle/ui/canvas.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, overlay);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, view);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, scrolled);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, second);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, second_view);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, second_scrolled);
  for (guint i = 0; i < 2; i++)
    gtk_widget_class_bind_template_child_full (
        widget_class, i == 0 ? "first_drawn" : "second_drawn", FALSE,
        (gssize) (G_STRUCT_OFFSET (MonocleCanvas, drawn) + i * sizeof (GtkPicture *)));
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, first_title);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, second_title);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, tools);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, zoom);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, look_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, zoom_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, zoom_out_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, zoom_in_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, look);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, low_bars);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, brush_bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, simplify_bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, heat_bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleCanvas, region_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_motion);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
  gtk_widget_class_bind_template_callback (widget_class, monocle_canvas_place_child);
  gtk_widget_class_bind_template_callback (widget_class, on_context_menu);
  gtk_widget_class_set_css_name (widget_class, "canvas");
}

static void
monocle_canvas_init (MonocleCanvas *self)
{
  GtkAdjustment *horizontal, *vertical;

  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_object (self->view, "notify::zoom", G_CALLBACK (on_zoom_changed), self,
                           G_CONNECT_SWAPPED);
  monocle_canvas_init_bars (self);

  g_signal_connect_object (self->second_view, "notify::zoom", G_CALLBACK (on_second_zoom_changed),
                           self, G_CONNECT_SWAPPED);

  /* The bar follows its region when the picture is moved. */
  horizontal = gtk_scrolled_window_get_hadjustment (self->scrolled);
  vertical = gtk_scrolled_window_get_vadjustment (self->scrolled);
  g_signal_connect_object (horizontal, "value-changed",
                           G_CALLBACK (monocle_canvas_update_region_bar), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (vertical, "value-changed", G_CALLBACK (monocle_canvas_update_region_bar),
                           self, G_CONNECT_SWAPPED);
  connect_views (self);
  on_zoom_changed (self);
  g_signal_connect (self, "map", G_CALLBACK (update_inset), NULL);
}
