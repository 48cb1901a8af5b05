/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/train-progress.h"

#include <glib/gi18n.h>

#include "ui/train-curve.h"
#include "ui/train-glimpses.h"
#include "ui/train-words.h"

struct _MonocleTrainProgress
{
  AdwBin parent_instance;

  GtkLabel *stage;
  GtkProgressBar *bar;
  GtkLabel *progress_label;
  GtkWidget *curve_box;
  MonocleTrainCurve *curve;
  GtkLabel *held_out;
  MonocleTrainGlimpses *glimpses;
  GtkButton *pause_button;
  GtkButton *stop_button;

  MonocleTutor *tutor;
};

G_DEFINE_FINAL_TYPE (MonocleTrainProgress, monocle_train_progress, ADW_TYPE_BIN)

static const char *
describe_stage (const MonocleTrainUpdate *update)
{
  if (!update)
    return _ ("Getting Ready");
  switch (update->stage)
    {
    case MONOCLE_TRAIN_LOOKING:
      return _ ("Looking at the Pictures");
    case MONOCLE_TRAIN_LEARNING:
      return _ ("Learning");
    case MONOCLE_TRAIN_JUDGING:
    default:
      return _ ("Judging What Was Learnt");
    }
}

static void
update_curve (MonocleTrainProgress *self, const MonocleTrainUpdate *news)
{
  const GArray *steps = monocle_tutor_get_steps (self->tutor);
  const GArray *rounds = monocle_tutor_get_rounds (self->tutor);
  const guint last
      = steps->len > 0 ? g_array_index (steps, MonocleTrainPoint, steps->len - 1).step : 1;

  gtk_widget_set_visible (self->curve_box, steps->len > 1);
  monocle_train_curve_show (self->curve, steps, rounds,
                            news && news->stage == MONOCLE_TRAIN_LEARNING ? MAX (news->n_all, last)
                                                                          : last);
}

static void
update (MonocleTrainProgress *self)
{
  const MonocleTrainUpdate *news = monocle_tutor_get_update (self->tutor);
  const gboolean is_paused = monocle_tutor_get_state (self->tutor) == MONOCLE_TUTOR_PAUSED;
  const gboolean is_learning = news && news->stage == MONOCLE_TRAIN_LEARNING;
  g_autofree char *progress = NULL, *held_out = NULL;

  if (!monocle_tutor_is_active (self->tutor))
    return;
  progress = monocle_train_words_dup_progress (self->tutor);
  held_out = monocle_train_words_dup_held_out (self->tutor);
  gtk_label_set_text (self->stage, describe_stage (news));
  gtk_label_set_text (self->progress_label, progress);
  gtk_progress_bar_set_fraction (self->bar, monocle_tutor_get_fraction (self->tutor));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  progress, -1);
  gtk_label_set_text (self->held_out, held_out);
  monocle_train_glimpses_show (self->glimpses, monocle_tutor_get_glimpses (self->tutor));
  gtk_button_set_label (self->pause_button, is_paused ? _ ("_Go On") : _ ("_Pause"));
  gtk_button_set_label (self->stop_button, is_learning ? _ ("_Stop With the Best") : _ ("_Stop"));
  /* What is left then is judging, which is the answer. */
  gtk_widget_set_visible (GTK_WIDGET (self->stop_button),
                          !news || news->stage != MONOCLE_TRAIN_JUDGING);
  update_curve (self, news);
}

void
monocle_train_progress_follow (MonocleTrainProgress *self, MonocleTutor *tutor)
{
  g_return_if_fail (MONOCLE_IS_TRAIN_PROGRESS (self));
  g_return_if_fail (MONOCLE_IS_TUTOR (tutor) && !self->tutor);

  self->tutor = g_object_ref (tutor);
  g_signal_connect_object (tutor, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
monocle_train_progress_dispose (GObject *object)
{
  g_clear_object (&MONOCLE_TRAIN_PROGRESS (object)->tutor);
  G_OBJECT_CLASS (monocle_train_progress_parent_class)->dispose (object);
}

static void
monocle_train_progress_class_init (MonocleTrainProgressClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_train_progress_dispose;
  g_type_ensure (MONOCLE_TYPE_TRAIN_CURVE);
  g_type_ensure (MONOCLE_TYPE_TRAIN_GLIMPSES);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/train-progress.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainProgress, stage);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainProgress, bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainProgress, progress_label);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainProgress, curve_box);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainProgress, curve);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainProgress, held_out);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainProgress, glimpses);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainProgress, pause_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainProgress, stop_button);
}

static void
monocle_train_progress_init (MonocleTrainProgress *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
