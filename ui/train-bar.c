/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/train-bar.h"

#include <glib/gi18n.h>

#include "ui/train-words.h"

struct _MonocleTrainBar
{
  AdwBin parent_instance;

  GtkLabel *progress_label;
  GtkProgressBar *progress;
  GtkButton *pause_button;
  GtkWidget *close_button;

  MonocleTutor *tutor;
  gboolean is_seen; /* how it ended */
};

G_DEFINE_FINAL_TYPE (MonocleTrainBar, monocle_train_bar, ADW_TYPE_BIN)

static gboolean
is_news (MonocleTrainBar *self)
{
  switch (monocle_tutor_get_state (self->tutor))
    {
    case MONOCLE_TUTOR_DONE:
    case MONOCLE_TUTOR_INTERRUPTED:
      return TRUE;
    case MONOCLE_TUTOR_FAILED:
      return monocle_tutor_can_go_on (self->tutor);
    case MONOCLE_TUTOR_NONE:
    case MONOCLE_TUTOR_READING:
    case MONOCLE_TUTOR_MEASURING:
    case MONOCLE_TUTOR_READY:
    case MONOCLE_TUTOR_RUNNING:
    case MONOCLE_TUTOR_PAUSED:
    default:
      return FALSE;
    }
}

static void
update_pause (MonocleTrainBar *self)
{
  const gboolean is_paused = monocle_tutor_get_state (self->tutor) == MONOCLE_TUTOR_PAUSED;
  const char *verb = is_paused ? _ ("Go On") : _ ("Pause");

  gtk_button_set_icon_name (self->pause_button, is_paused ? "media-playback-start-symbolic"
                                                          : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause_button), verb);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, verb, -1);
}

static void
update (MonocleTrainBar *self)
{
  const gboolean is_active = monocle_tutor_is_active (self->tutor);
  g_autofree char *progress = NULL, *text = NULL;

  if (is_active)
    self->is_seen = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self), is_active || (is_news (self) && !self->is_seen));
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  progress = monocle_train_words_dup_progress (self->tutor);
  /* Translators: how far that is: "Teaching: Step 120 of 300, 2 min left" */
  text = is_active ? g_strdup_printf (_ ("Teaching: %s"), progress) : g_strdup (progress);
  gtk_label_set_text (self->progress_label, text);
  gtk_progress_bar_set_fraction (self->progress, monocle_tutor_get_fraction (self->tutor));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), is_active);
  gtk_widget_set_visible (GTK_WIDGET (self->pause_button), is_active);
  gtk_widget_set_visible (self->close_button, !is_active);
  update_pause (self);
}

static void
on_close (MonocleTrainBar *self)
{
  self->is_seen = TRUE;
  update (self);
}

void
monocle_train_bar_follow (MonocleTrainBar *self, MonocleTutor *tutor)
{
  g_return_if_fail (MONOCLE_IS_TRAIN_BAR (self));
  g_return_if_fail (MONOCLE_IS_TUTOR (tutor) && !self->tutor);

  self->tutor = g_object_ref (tutor);
  g_signal_connect_object (tutor, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
monocle_train_bar_dispose (GObject *object)
{
  g_clear_object (&MONOCLE_TRAIN_BAR (object)->tutor);
  G_OBJECT_CLASS (monocle_train_bar_parent_class)->dispose (object);
}

static void
monocle_train_bar_class_init (MonocleTrainBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_train_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/train-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainBar, progress_label);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainBar, progress);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainBar, pause_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainBar, close_button);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

static void
monocle_train_bar_init (MonocleTrainBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
