/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/words-popover.h"

#include <glib/gi18n.h>

#include "ui/passing-popover.h"

#define WIDTH      320
#define MAX_HEIGHT 240
#define MIN_HEIGHT 72

struct _MonocleWordsPopover
{
  GtkPopover parent_instance;

  GtkTextView *view;
  GtkWidget *restore;
  GtkLabel *about;
  char *said;
};

enum
{
  WRITTEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleWordsPopover, monocle_words_popover, GTK_TYPE_POPOVER)

static void
give (MonocleWordsPopover *self, const char *text)
{
  g_object_ref (self);
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[WRITTEN], 0, text);
  g_object_unref (self);
}

static void
on_done (MonocleWordsPopover *self)
{
  g_autofree char *text = NULL;

  g_object_get (gtk_text_view_get_buffer (self->view), "text", &text, NULL);
  g_strstrip (text);
  give (self, text);
}

static void
on_restore (MonocleWordsPopover *self)
{
  give (self, self->said);
}

/* Return with Control, as where questions are asked; without it a line ends. */
static gboolean
on_key (MonocleWordsPopover *self, guint keyval, guint keycode, GdkModifierType state)
{
  if ((keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter) || !(state & GDK_CONTROL_MASK))
    return GDK_EVENT_PROPAGATE;
  on_done (self);
  return GDK_EVENT_STOP;
}

static void
monocle_words_popover_finalize (GObject *object)
{
  g_free (MONOCLE_WORDS_POPOVER (object)->said);
  G_OBJECT_CLASS (monocle_words_popover_parent_class)->finalize (object);
}

static void
monocle_words_popover_class_init (MonocleWordsPopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_words_popover_finalize;

  signals[WRITTEN] = g_signal_new ("written", MONOCLE_TYPE_WORDS_POPOVER, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static GtkWidget *
create_text (MonocleWordsPopover *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->view = GTK_TEXT_VIEW (gtk_text_view_new ());
  gtk_text_view_set_wrap_mode (self->view, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (self->view, FALSE);
  gtk_text_view_set_left_margin (self->view, 9);
  gtk_text_view_set_right_margin (self->view, 9);
  gtk_text_view_set_top_margin (self->view, 9);
  gtk_text_view_set_bottom_margin (self->view, 9);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What it should say"), -1);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), MIN_HEIGHT);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), MAX_HEIGHT);
  gtk_widget_set_size_request (scrolled, WIDTH, -1);
  gtk_widget_add_css_class (scrolled, "card");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
  return scrolled;
}

static GtkWidget *
create_buttons (MonocleWordsPopover *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *done = gtk_button_new_with_mnemonic (_ ("_Correct"));

  self->restore = gtk_button_new_with_mnemonic (_ ("_Restore"));
  gtk_widget_set_tooltip_text (self->restore, _ ("What the Model Said"));
  gtk_widget_set_tooltip_text (done, _ ("Correct (Ctrl+Enter)"));
  gtk_widget_add_css_class (done, "suggested-action");
  gtk_widget_set_hexpand (done, TRUE);
  gtk_widget_set_halign (done, GTK_ALIGN_END);
  g_signal_connect_swapped (self->restore, "clicked", G_CALLBACK (on_restore), self);
  g_signal_connect_swapped (done, "clicked", G_CALLBACK (on_done), self);
  gtk_box_append (GTK_BOX (box), self->restore);
  gtk_box_append (GTK_BOX (box), done);
  return box;
}

static void
monocle_words_popover_init (MonocleWordsPopover *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);

  self->about = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->about, 0);
  gtk_label_set_wrap (self->about, TRUE);
  gtk_label_set_wrap_mode (self->about, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (self->about, 40);
  gtk_label_set_lines (self->about, 3);
  gtk_label_set_ellipsize (self->about, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->about), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->about), "dim-label");
  gtk_box_append (GTK_BOX (box), create_text (self));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->about));
  gtk_box_append (GTK_BOX (box), create_buttons (self));
  gtk_popover_set_child (GTK_POPOVER (self), box);
}

MonocleWordsPopover *
monocle_words_popover_popup (GtkWidget *parent,
                             const GdkRectangle *at,
                             const char *text,
                             const char *said)
{
  MonocleWordsPopover *self;
  GtkTextBuffer *buffer;
  GtkTextIter start, end;
  g_autofree char *about = NULL;

  g_return_val_if_fail (GTK_IS_WIDGET (parent), NULL);
  g_return_val_if_fail (at && text && said, NULL);

  self = g_object_new (MONOCLE_TYPE_WORDS_POPOVER, NULL);
  self->said = g_strdup (said);
  /* Translators: what a model wrote, where a person wrote something else */
  about = g_strdup_printf (_ ("The model said: %s"), said);
  gtk_label_set_label (self->about, about);
  gtk_widget_set_visible (GTK_WIDGET (self->about), !g_str_equal (text, said));
  gtk_widget_set_visible (self->restore, !g_str_equal (text, said));
  buffer = gtk_text_view_get_buffer (self->view);
  gtk_text_buffer_set_text (buffer, text, -1);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_select_range (buffer, &end, &start);
  monocle_passing_popover_attach (GTK_POPOVER (self), parent);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), at);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  return self;
}

/* --- What is written where --- */

typedef struct
{
  MonocleDocument *document;
  MonocleQuery *query;
  guint place;
} Correction;

static void
on_written (MonocleWordsPopover *popover, const char *text, gpointer data)
{
  Correction *correction = data;

  if (!monocle_document_correct (correction->document, correction->query, correction->place, text))
    gtk_widget_error_bell (GTK_WIDGET (popover));
}

static void
free_correction (gpointer data, GClosure *closure)
{
  Correction *correction = data;

  g_object_unref (correction->document);
  g_object_unref (correction->query);
  g_free (correction);
}

void
monocle_words_popover_correct (GtkWidget *parent,
                               const GdkRectangle *at,
                               MonocleDocument *document,
                               MonocleQuery *query,
                               guint place)
{
  const char *said, *text;
  Correction *correction;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  said = monocle_query_get_said (query, place);
  text = monocle_query_get_correction (query, place);
  if (!said || monocle_query_is_active (query))
    return;
  correction = g_new0 (Correction, 1);
  correction->document = g_object_ref (document);
  correction->query = g_object_ref (query);
  correction->place = place;
  g_signal_connect_data (monocle_words_popover_popup (parent, at, text ? text : said, said),
                         "written", G_CALLBACK (on_written), correction, free_correction, 0);
}
