/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/talk-entry.h"

#include <glib/gi18n.h>

/* Longer questions are none. */
#define MAX_CHARACTERS 10000

struct _MonocleTalkEntry
{
  AdwBin parent_instance;

  GtkTextView *view;
  GtkWidget *placeholder;
  GtkLabel *refusal;

  gboolean is_composing;
  gboolean is_refused;    /* in this step: what would be too long */
  gboolean has_taken_out; /* in this step: what was selected, say */
  guint back_source;      /* puts that back */
};

enum
{
  CHANGED,
  ACTIVATE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleTalkEntry, monocle_talk_entry, ADW_TYPE_BIN)

static void
update_placeholder (MonocleTalkEntry *self)
{
  const gboolean is_empty
      = gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->view)) == 0;

  gtk_widget_set_visible (self->placeholder, is_empty && !self->is_composing);
}

/* --- What is too long --- */

static void
show_refusal (MonocleTalkEntry *self)
{
  g_autofree char *text = g_strdup_printf (
      _ ("A question has %'u characters at most: this would be more"), (guint) MAX_CHARACTERS);

  gtk_label_set_label (self->refusal, text);
  gtk_widget_set_visible (GTK_WIDGET (self->refusal), TRUE);
}

static void
on_insert (MonocleTalkEntry *self, GtkTextIter *at, const char *text, int n, GtkTextBuffer *buffer)
{
  const glong n_before = gtk_text_buffer_get_char_count (buffer);

  self->is_refused = n_before + g_utf8_strlen (text, n) > MAX_CHARACTERS;
  if (!self->is_refused)
    return;
  g_signal_stop_emission_by_name (buffer, "insert-text");
  show_refusal (self);
}

static void
on_delete (MonocleTalkEntry *self)
{
  self->has_taken_out = TRUE;
}

static void
on_step (MonocleTalkEntry *self)
{
  self->is_refused = self->has_taken_out = FALSE;
}

/* What it was to take the place of is there again. */
static gboolean
put_back (gpointer data)
{
  MonocleTalkEntry *self = data;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);

  self->back_source = 0;
  if (gtk_text_buffer_get_can_undo (buffer))
    gtk_text_buffer_undo (buffer);
  show_refusal (self);
  return G_SOURCE_REMOVE;
}

/* The step is one that can be undone when this is over. */
static void
on_step_done (MonocleTalkEntry *self)
{
  if (self->is_refused && self->has_taken_out && self->back_source == 0)
    self->back_source = g_idle_add_full (G_PRIORITY_HIGH, put_back, self, NULL);
  on_step (self);
}

/* --- What is typed --- */

static void
on_changed (MonocleTalkEntry *self)
{
  update_placeholder (self);
  gtk_widget_set_visible (GTK_WIDGET (self->refusal), FALSE);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_preedit_changed (MonocleTalkEntry *self, const char *preedit)
{
  self->is_composing = *preedit != '\0';
  update_placeholder (self);
}

static gboolean
on_key (MonocleTalkEntry *self, guint keyval, guint keycode, GdkModifierType state)
{
  if ((keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
      || (state & gtk_accelerator_get_default_mod_mask ()) || self->is_composing)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (self, signals[ACTIVATE], 0);
  return GDK_EVENT_STOP;
}

char *
monocle_talk_entry_dup_text (MonocleTalkEntry *self)
{
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  g_return_val_if_fail (MONOCLE_IS_TALK_ENTRY (self), NULL);

  buffer = gtk_text_view_get_buffer (self->view);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

void
monocle_talk_entry_set_text (MonocleTalkEntry *self, const char *text)
{
  g_return_if_fail (MONOCLE_IS_TALK_ENTRY (self));

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
}

gboolean
monocle_talk_entry_is_composing (MonocleTalkEntry *self)
{
  g_return_val_if_fail (MONOCLE_IS_TALK_ENTRY (self), FALSE);

  return self->is_composing;
}

gboolean
monocle_talk_entry_forward_key (MonocleTalkEntry *self, GtkEventControllerKey *keys)
{
  g_return_val_if_fail (MONOCLE_IS_TALK_ENTRY (self), FALSE);

  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  return gtk_event_controller_key_forward (keys, GTK_WIDGET (self->view));
}

static gboolean
monocle_talk_entry_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (MONOCLE_TALK_ENTRY (widget)->view));
}

static void
monocle_talk_entry_dispose (GObject *object)
{
  MonocleTalkEntry *self = MONOCLE_TALK_ENTRY (object);

  g_clear_handle_id (&self->back_source, g_source_remove);
  G_OBJECT_CLASS (monocle_talk_entry_parent_class)->dispose (object);
}

static void
monocle_talk_entry_class_init (MonocleTalkEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_talk_entry_dispose;
  widget_class->grab_focus = monocle_talk_entry_grab_focus;

  signals[CHANGED] = g_signal_new ("changed", MONOCLE_TYPE_TALK_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATE] = g_signal_new ("activate", MONOCLE_TYPE_TALK_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/talk-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkEntry, view);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkEntry, placeholder);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkEntry, refusal);
  gtk_widget_class_bind_template_callback (widget_class, on_preedit_changed);
}

static void
monocle_talk_entry_init (MonocleTalkEntry *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkTextBuffer *buffer;

  gtk_widget_init_template (GTK_WIDGET (self));
  /* Before the text, which would begin a line. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
  buffer = gtk_text_view_get_buffer (self->view);
  g_signal_connect_swapped (buffer, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (buffer, "insert-text", G_CALLBACK (on_insert), self);
  g_signal_connect_swapped (buffer, "delete-range", G_CALLBACK (on_delete), self);
  g_signal_connect_swapped (buffer, "begin-user-action", G_CALLBACK (on_step), self);
  g_signal_connect_swapped (buffer, "end-user-action", G_CALLBACK (on_step_done), self);
}
