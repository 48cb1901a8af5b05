/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/simplify-bar.h"

#include <glib/gi18n.h>
#include <math.h>

/* In pixels of the picture, from the beginning of the slider to its end; the end is a part of what
 * is simplified. */
#define LEAST 0.25
#define MOST  0.1

struct _MonocleSimplifyBar
{
  GtkBox parent_instance;

  GtkAdjustment *amount; /* 0: as it is, 1: most */
  GtkWidget *scale;
  GtkLabel *count;

  MonocleImageView *view;
  MonoclePresentation *presentation; /* (nullable): %NULL while it is about nothing */
  GSignalGroup *signals;             /* of it */
  MonocleDocument *document;
  GPtrArray *regions;
  GPtrArray *before; /* of MonocleShape, one for each */
  guint look_source;
};

G_DEFINE_FINAL_TYPE (MonocleSimplifyBar, monocle_simplify_bar, GTK_TYPE_BOX)

gboolean
monocle_simplify_bar_takes (const MonocleShape *shape)
{
  const MonocleShapeKind kind = monocle_shape_get_kind (shape);

  return !monocle_shape_is_empty (shape)
         && (kind == MONOCLE_SHAPE_RINGS || kind == MONOCLE_SHAPE_MASK
             || kind == MONOCLE_SHAPE_LINE);
}

/* --- How much --- */

/* Of the largest of them. */
static double
get_most (MonocleSimplifyBar *self)
{
  double most = 2 * LEAST;

  for (guint i = 0; i < self->before->len; i++)
    {
      const MonocleRect bounds = monocle_shape_get_bounds (self->before->pdata[i]);

      most = MAX (most, MOST * hypot (bounds.width, bounds.height));
    }
  return most;
}

static double
get_tolerance (MonocleSimplifyBar *self)
{
  const double amount = gtk_adjustment_get_value (self->amount);

  return amount > 0 ? LEAST * pow (get_most (self) / LEAST, amount) : 0;
}

static double
find_amount (MonocleSimplifyBar *self, double tolerance)
{
  return CLAMP (log (tolerance / LEAST) / log (get_most (self) / LEAST), 0, 1);
}

/* (transfer full) */
static MonocleShape *
simplify (MonocleSimplifyBar *self, MonocleShape *shape)
{
  const double tolerance = get_tolerance (self);

  return tolerance > 0 ? monocle_reshape_simplify (shape, tolerance) : monocle_shape_ref (shape);
}

static guint
count_points (const MonocleShape *shape)
{
  guint n;

  monocle_shape_get_points (shape, &n);
  return n;
}

/* On the canvas in place of what there is. */
static void
show (MonocleSimplifyBar *self)
{
  g_autoptr (GHashTable) shapes = NULL;
  g_autofree char *text = NULL;
  guint n = 0, n_before = 0;

  if (!self->presentation)
    return;
  shapes = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) monocle_shape_unref);
  for (guint i = 0; i < self->regions->len; i++)
    {
      MonocleShape *shape = simplify (self, self->before->pdata[i]);

      n += count_points (shape);
      n_before += count_points (self->before->pdata[i]);
      g_hash_table_insert (shapes, self->regions->pdata[i], shape);
    }
  monocle_image_view_show_instead (self->view, shapes);
  /* Translators: so many points of an outline are left, of so many that it had. */
  text = g_strdup_printf (ngettext ("%u of %u point", "%u of %u points", n_before), n, n_before);
  gtk_label_set_label (self->count, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  text, -1);
}

/* --- The end of it --- */

/* Whether it is there, and what it was when this began. */
static gboolean
is_as_before (MonocleSimplifyBar *self, guint index)
{
  MonocleAnnotation *region = self->regions->pdata[index];

  return g_list_store_find (G_LIST_STORE (monocle_document_get_regions (self->document)), region,
                            NULL)
         && monocle_shape_equal (monocle_annotation_get_shape (region), self->before->pdata[index]);
}

static void
apply (MonocleSimplifyBar *self)
{
  for (guint i = self->regions->len; i-- > 0;)
    {
      g_autoptr (MonocleShape) shape = NULL;

      if (is_as_before (self, i))
        {
          shape = simplify (self, self->before->pdata[i]);
          monocle_annotation_set_shape (self->regions->pdata[i], shape);
          continue;
        }
      g_ptr_array_remove_index (self->regions, i);
      g_ptr_array_remove_index (self->before, i);
    }
  monocle_document_note_shapes (self->document, MONOCLE_VERB_SIMPLIFY, self->regions, self->before,
                                FALSE);
}

static void
end (MonocleSimplifyBar *self, gboolean applies)
{
  const gboolean has_focus = gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL;

  if (!self->presentation)
    return;
  g_clear_handle_id (&self->look_source, g_source_remove);
  g_signal_group_set_target (self->signals, NULL);
  monocle_image_view_show_instead (self->view, NULL);
  if (applies)
    apply (self);
  g_clear_pointer (&self->regions, g_ptr_array_unref);
  g_clear_pointer (&self->before, g_ptr_array_unref);
  g_clear_object (&self->document);
  g_clear_object (&self->presentation);
  if (has_focus)
    gtk_widget_grab_focus (GTK_WIDGET (self->view));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
on_apply (MonocleSimplifyBar *self)
{
  end (self, TRUE);
}

static void
on_give_up (MonocleSimplifyBar *self)
{
  end (self, FALSE);
}

static gboolean
on_key (MonocleSimplifyBar *self, guint keyval, guint keycode, GdkModifierType state)
{
  if (!self->presentation || state & gtk_accelerator_get_default_mod_mask ())
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Escape:
      end (self, FALSE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      /* On a button it presses that. */
      if (GTK_IS_BUTTON (gtk_widget_get_focus_child (GTK_WIDGET (self))))
        return GDK_EVENT_PROPAGATE;
      end (self, TRUE);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* --- Something else happens --- */

static gboolean
is_about_selected (MonocleSimplifyBar *self)
{
  g_autoptr (GPtrArray) selected = monocle_presentation_get_selected_regions (self->presentation);

  for (guint i = 0; i < self->regions->len; i++)
    if (!g_ptr_array_find (selected, self->regions->pdata[i], NULL) || !is_as_before (self, i))
      return FALSE;
  return TRUE;
}

/* Not from within a step that is being taken back. */
static gboolean
look (gpointer data)
{
  MonocleSimplifyBar *self = data;

  self->look_source = 0;
  if (!is_about_selected (self))
    end (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
on_changed (MonocleSimplifyBar *self)
{
  if (self->look_source == 0)
    self->look_source = g_timeout_add (0, look, self);
}

void
monocle_simplify_bar_begin (MonocleSimplifyBar *self, MonoclePresentation *presentation)
{
  g_autoptr (GPtrArray) selected = NULL;

  g_return_if_fail (MONOCLE_IS_SIMPLIFY_BAR (self));
  g_return_if_fail (MONOCLE_IS_PRESENTATION (presentation));

  end (self, TRUE);
  selected = monocle_presentation_get_selected_regions (presentation);
  self->regions = g_ptr_array_new_with_free_func (g_object_unref);
  self->before = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_shape_unref);
  for (guint i = 0; i < selected->len; i++)
    {
      MonocleShape *shape = monocle_annotation_get_shape (selected->pdata[i]);

      if (!monocle_simplify_bar_takes (shape))
        continue;
      g_ptr_array_add (self->regions, g_object_ref (selected->pdata[i]));
      g_ptr_array_add (self->before, monocle_shape_ref (shape));
    }
  self->document = g_object_ref (monocle_presentation_get_document (presentation));
  self->presentation = g_object_ref (presentation);
  g_signal_group_set_target (self->signals, presentation);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  /* What a pixel of the screen does not show. */
  gtk_adjustment_set_value (self->amount,
                            find_amount (self, 1 / monocle_image_view_get_zoom (self->view)));
  show (self);
  gtk_widget_grab_focus (self->scale);
}

void
monocle_simplify_bar_set_view (MonocleSimplifyBar *self, MonocleImageView *view)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_return_if_fail (MONOCLE_IS_SIMPLIFY_BAR (self));
  g_return_if_fail (MONOCLE_IS_IMAGE_VIEW (view));

  self->view = view;
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  g_signal_connect_object (view, "notify::tool", G_CALLBACK (on_apply), self, G_CONNECT_SWAPPED);
  /* What is in front of the person is done before the window goes. */
  g_signal_connect_object (view, "unmap", G_CALLBACK (on_apply), self, G_CONNECT_SWAPPED);
}

static void
monocle_simplify_bar_dispose (GObject *object)
{
  MonocleSimplifyBar *self = MONOCLE_SIMPLIFY_BAR (object);

  g_clear_handle_id (&self->look_source, g_source_remove);
  g_clear_object (&self->signals);
  g_clear_pointer (&self->regions, g_ptr_array_unref);
  g_clear_pointer (&self->before, g_ptr_array_unref);
  g_clear_object (&self->document);
  g_clear_object (&self->presentation);
  G_OBJECT_CLASS (monocle_simplify_bar_parent_class)->dispose (object);
}

static void
monocle_simplify_bar_class_init (MonocleSimplifyBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_simplify_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/simplify-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleSimplifyBar, amount);
  gtk_widget_class_bind_template_child (widget_class, MonocleSimplifyBar, scale);
  gtk_widget_class_bind_template_child (widget_class, MonocleSimplifyBar, count);
  gtk_widget_class_bind_template_callback (widget_class, show);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_give_up);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static void
monocle_simplify_bar_init (MonocleSimplifyBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->signals = g_signal_group_new (MONOCLE_TYPE_PRESENTATION);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (on_changed), self);
  g_signal_group_connect_swapped (self->signals, "notify::document", G_CALLBACK (on_apply), self);
}
