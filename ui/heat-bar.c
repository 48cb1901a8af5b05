/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/heat-bar.h"

#include <glib/gi18n.h>

struct _MonocleHeatBar
{
  GtkBox parent_instance;

  GtkAdjustment *cut;
  GtkWidget *scale;
  GtkLabel *value;
  GtkToggleButton *heat;

  MonoclePresentation *presentation;
  gboolean follows; /* what it says is what is shown, and nobody's wish */
  guint cut_source;

  /* While the handle is held, all that is one step: */
  gboolean is_held;
  MonocleDocument *document; /* (nullable): what it is done to, once it moved */
  MonocleQuery *moved;       /* (nullable): the same */
  double before;             /* where the handle was */
};

G_DEFINE_FINAL_TYPE (MonocleHeatBar, monocle_heat_bar, GTK_TYPE_BOX)

/* (nullable): one that can be cut */
static MonocleQuery *
get_query (MonocleHeatBar *self)
{
  MonocleQuery *query
      = self->presentation ? monocle_presentation_get_query (self->presentation) : NULL;

  return query && monocle_query_can_cut (query) ? query : NULL;
}

gboolean
monocle_heat_bar_is_due (MonocleHeatBar *self)
{
  g_return_val_if_fail (MONOCLE_IS_HEAT_BAR (self), FALSE);

  return get_query (self) && !monocle_presentation_get_pinned (self->presentation);
}

static void
update_value (MonocleHeatBar *self)
{
  g_autofree char *text = NULL;

  /* Translators: a threshold: 40 % */
  text = g_strdup_printf (_ ("%.0f %%"), 100 * gtk_adjustment_get_value (self->cut));
  gtk_label_set_label (self->value, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  text, -1);
}

static void
update (MonocleHeatBar *self)
{
  MonocleQuery *query = get_query (self);

  if (!query || self->cut_source)
    return;
  self->follows = TRUE;
  gtk_adjustment_set_value (self->cut, monocle_query_get_cut (query));
  self->follows = FALSE;
}

static void
note (MonocleHeatBar *self, MonocleQuery *query, double before)
{
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);

  if (!self->is_held)
    {
      monocle_document_note_cut (document, query, before, TRUE);
      return;
    }
  if (self->moved)
    return;
  self->document = g_object_ref (document);
  self->moved = g_object_ref (query);
  self->before = before;
}

/* A large picture takes longer than the handle does: where it is by then counts. */
static gboolean
cut (gpointer data)
{
  MonocleHeatBar *self = data;
  MonocleQuery *query = get_query (self);

  self->cut_source = 0;
  if (query)
    {
      const double before = monocle_query_get_cut (query);

      monocle_query_set_cut (query, gtk_adjustment_get_value (self->cut));
      note (self, query, before);
    }
  return G_SOURCE_REMOVE;
}

static void
let_go (MonocleHeatBar *self)
{
  g_autoptr (MonocleDocument) document = NULL;
  g_autoptr (MonocleQuery) moved = NULL;

  if (self->cut_source != 0)
    {
      g_clear_handle_id (&self->cut_source, g_source_remove);
      cut (self);
    }
  self->is_held = FALSE;
  document = g_steal_pointer (&self->document);
  moved = g_steal_pointer (&self->moved);
  if (moved)
    monocle_document_note_cut (document, moved, self->before, FALSE);
}

static gboolean
on_event (MonocleHeatBar *self, GdkEvent *event)
{
  switch ((int) gdk_event_get_event_type (event))
    {
    case GDK_BUTTON_PRESS:
    case GDK_TOUCH_BEGIN:
      self->is_held = TRUE;
      break;
    case GDK_BUTTON_RELEASE:
    case GDK_TOUCH_END:
    case GDK_TOUCH_CANCEL:
      let_go (self);
      break;
    default:
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

static void
on_moved (MonocleHeatBar *self)
{
  update_value (self);
  if (!self->follows && self->cut_source == 0)
    self->cut_source = g_idle_add (cut, self);
}

static void
on_query (MonocleHeatBar *self)
{
  g_clear_handle_id (&self->cut_source, g_source_remove);
  let_go (self);
  update (self);
}

void
monocle_heat_bar_set_presentation (MonocleHeatBar *self, MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_HEAT_BAR (self));
  g_return_if_fail (!self->presentation);

  self->presentation = g_object_ref (presentation);
  g_object_bind_property (presentation, "show-heat", self->heat, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_signal_connect_object (presentation, "notify::query", G_CALLBACK (on_query), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (presentation, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
monocle_heat_bar_dispose (GObject *object)
{
  MonocleHeatBar *self = MONOCLE_HEAT_BAR (object);

  g_clear_handle_id (&self->cut_source, g_source_remove);
  g_clear_object (&self->document);
  g_clear_object (&self->moved);
  g_clear_object (&self->presentation);
  G_OBJECT_CLASS (monocle_heat_bar_parent_class)->dispose (object);
}

static void
monocle_heat_bar_class_init (MonocleHeatBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_heat_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/monocle/Monocle/ui/heat-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleHeatBar, cut);
  gtk_widget_class_bind_template_child (widget_class, MonocleHeatBar, scale);
  gtk_widget_class_bind_template_child (widget_class, MonocleHeatBar, value);
  gtk_widget_class_bind_template_child (widget_class, MonocleHeatBar, heat);
  gtk_widget_class_bind_template_callback (widget_class, on_moved);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static void
monocle_heat_bar_init (MonocleHeatBar *self)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* Before the handle, whose gestures say nothing of where they begin and end. */
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (events, "event", G_CALLBACK (on_event), self);
  gtk_widget_add_controller (self->scale, events);
}
