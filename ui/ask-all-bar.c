/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/ask-all-bar.h"

#include <glib/gi18n.h>

#include "ui/ask-all-words.h"

struct _MonocleAskAllBar
{
  AdwBin parent_instance;

  GtkLabel *progress_label;
  GtkProgressBar *progress;
  GtkButton *pause_button;
  GtkWidget *close_button;

  MonocleAskAll *all;
  gboolean is_seen; /* how it ended */
};

G_DEFINE_FINAL_TYPE (MonocleAskAllBar, monocle_ask_all_bar, ADW_TYPE_BIN)

static void
update (MonocleAskAllBar *self)
{
  const MonocleAskAllState state = monocle_ask_all_get_state (self->all);
  const gboolean is_active = monocle_ask_all_is_active (self->all);
  const gboolean is_paused = state == MONOCLE_ASK_ALL_PAUSED;
  const char *notice = monocle_ask_all_get_notice (self->all);
  const char *verb = is_paused ? _ ("Go On") : _ ("Pause");
  g_autofree char *text = NULL;

  if (is_active)
    self->is_seen = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self),
                          is_active || (state != MONOCLE_ASK_ALL_NONE && !self->is_seen));
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  text = notice ? g_strdup (notice) : monocle_ask_all_dup_progress (self->all);
  gtk_label_set_text (self->progress_label, text);
  gtk_progress_bar_set_fraction (self->progress, monocle_ask_all_get_fraction (self->all));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), is_active);
  gtk_widget_set_visible (GTK_WIDGET (self->pause_button), is_active);
  gtk_widget_set_visible (self->close_button, !is_active);
  gtk_button_set_icon_name (self->pause_button, is_paused ? "media-playback-start-symbolic"
                                                          : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause_button), verb);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, verb, -1);
}

static void
on_close (MonocleAskAllBar *self)
{
  self->is_seen = TRUE;
  update (self);
}

void
monocle_ask_all_bar_follow (MonocleAskAllBar *self, MonocleAskAll *all)
{
  g_return_if_fail (MONOCLE_IS_ASK_ALL_BAR (self));
  g_return_if_fail (MONOCLE_IS_ASK_ALL (all) && !self->all);

  self->all = g_object_ref (all);
  /* What ended before this window came is nothing new. */
  self->is_seen = TRUE;
  g_signal_connect_object (all, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
monocle_ask_all_bar_dispose (GObject *object)
{
  g_clear_object (&MONOCLE_ASK_ALL_BAR (object)->all);
  G_OBJECT_CLASS (monocle_ask_all_bar_parent_class)->dispose (object);
}

static void
monocle_ask_all_bar_class_init (MonocleAskAllBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_ask_all_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/ask-all-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllBar, progress_label);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllBar, progress);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllBar, pause_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllBar, close_button);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

static void
monocle_ask_all_bar_init (MonocleAskAllBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
