/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/work-bar.h"

#include <glib/gi18n.h>

#include "ui/spoken-names.h"

struct _MonocleWorkBar
{
  AdwBin parent_instance;

  GtkInfoBar *bar;
  GtkLabel *label;
  GtkButton *open_button;
  GtkWidget *compare_button;
};

enum
{
  CLOSED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleWorkBar, monocle_work_bar, ADW_TYPE_BIN)

static void
on_closed (MonocleWorkBar *self)
{
  gtk_info_bar_set_revealed (self->bar, FALSE);
  g_signal_emit (self, signals[CLOSED], 0);
}

void
monocle_work_bar_offer (MonocleWorkBar *self, const char *name, gboolean has_work)
{
  g_autofree char *text = NULL;

  g_return_if_fail (MONOCLE_IS_WORK_BAR (self));

  gtk_info_bar_set_revealed (self->bar, name != NULL);
  if (!name)
    return;
  if (has_work)
    /* Translators: %s is the name of a file. */
    text = g_strdup_printf (_ ("%s has other work of this picture than there is here."), name);
  else
    /* Translators: %s is the name of a file. */
    text = g_strdup_printf (_ ("%s has work of this picture."), name);
  gtk_label_set_label (self->label, text);
  gtk_widget_set_visible (self->compare_button, has_work);
  gtk_button_set_label (self->open_button, has_work ? _ ("Open _Instead") : _ ("_Open"));
  monocle_spoken_names_clean (GTK_WIDGET (self->open_button));
}

static void
monocle_work_bar_class_init (MonocleWorkBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[CLOSED] = g_signal_new ("closed", MONOCLE_TYPE_WORK_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/monocle/Monocle/ui/work-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleWorkBar, bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorkBar, label);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorkBar, open_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleWorkBar, compare_button);
  gtk_widget_class_bind_template_callback (widget_class, on_closed);
}

static void
monocle_work_bar_init (MonocleWorkBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
