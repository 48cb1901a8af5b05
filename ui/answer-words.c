/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/answer-words.h"

#define FADE_MS 160
/* From which new words begin, so that they can be read at once. */
#define FADE_FROM 0.25

struct _MonocleAnswerWords
{
  AdwBin parent_instance;

  GtkLabel *label;
  AdwAnimation *animation;
  guint fresh; /* first byte of what fades in */
};

G_DEFINE_FINAL_TYPE (MonocleAnswerWords, monocle_answer_words, ADW_TYPE_BIN)

static void
on_fade (double value, gpointer user_data)
{
  MonocleAnswerWords *self = user_data;
  PangoAttrList *attributes;
  PangoAttribute *alpha;

  if (value >= 1)
    {
      gtk_label_set_attributes (self->label, NULL);
      return;
    }
  attributes = pango_attr_list_new ();
  alpha = pango_attr_foreground_alpha_new ((guint16) (value * G_MAXUINT16));
  alpha->start_index = self->fresh;
  alpha->end_index = PANGO_ATTR_INDEX_TO_TEXT_END;
  pango_attr_list_insert (attributes, alpha);
  gtk_label_set_attributes (self->label, attributes);
  pango_attr_list_unref (attributes);
}

/* Where @after goes on from @before, at the beginning of a word. */
static guint
find_fresh (const char *before, const char *after)
{
  guint same = 0;

  while (before[same] && before[same] == after[same])
    same++;
  while (same > 0 && after[same - 1] != ' ' && after[same - 1] != '\n')
    same--;
  return same;
}

void
monocle_answer_words_set (MonocleAnswerWords *self, const char *text, gboolean arrives)
{
  const char *before;
  guint fresh;

  g_return_if_fail (MONOCLE_IS_ANSWER_WORDS (self));

  text = text ? text : "";
  before = gtk_label_get_label (self->label);
  if (g_str_equal (text, before))
    return;
  fresh = find_fresh (before, text);
  adw_animation_skip (self->animation);
  gtk_label_set_label (self->label, text);
  if (arrives && *text)
    {
      self->fresh = fresh;
      adw_animation_reset (self->animation);
      adw_animation_play (self->animation);
    }
}

static void
monocle_answer_words_dispose (GObject *object)
{
  g_clear_object (&MONOCLE_ANSWER_WORDS (object)->animation);

  G_OBJECT_CLASS (monocle_answer_words_parent_class)->dispose (object);
}

static void
monocle_answer_words_class_init (MonocleAnswerWordsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_answer_words_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/answer-words.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleAnswerWords, label);
}

static void
monocle_answer_words_init (MonocleAnswerWords *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Where animations are switched off it ends at once. */
  self->animation
      = adw_timed_animation_new (GTK_WIDGET (self), FADE_FROM, 1, FADE_MS,
                                 adw_callback_animation_target_new (on_fade, self, NULL));
}

GtkWidget *
monocle_answer_words_new (void)
{
  return g_object_new (MONOCLE_TYPE_ANSWER_WORDS, NULL);
}
