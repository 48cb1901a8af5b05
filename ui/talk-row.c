/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/talk-row.h"

#include <glib/gi18n.h>

#include "app/base/trouble.h"
#include "ui/error-dialog.h"
#include "ui/figures.h"

struct _MonocleTalkRow
{
  AdwBin parent_instance;

  GtkLabel *subject;
  GtkLabel *question;
  GtkLabel *answer;
  GtkWidget *failure;
  GtkLabel *trouble;
  GtkSpinner *spinner;
  GtkLabel *note;
  GtkWidget *buttons;
  GtkWidget *copy;
  GtkWidget *again;
  GtkWidget *edit;

  MonocleSaid *said;
};

enum
{
  AGAIN,
  EDIT,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleTalkRow, monocle_talk_row, ADW_TYPE_BIN)

/* --- Words -------------------------------------------------------------------------------- */

char *
monocle_talk_row_dup_stage (MonocleSaid *said)
{
  switch (monocle_said_get_state (said))
    {
    case MONOCLE_SAID_WAITING:
      return g_strdup (_ ("Waiting"));
    case MONOCLE_SAID_RUNNING:
      break;
    case MONOCLE_SAID_WHOLE:
    case MONOCLE_SAID_STOPPED:
    case MONOCLE_SAID_FAILED:
    default:
      return g_strdup ("");
    }
  switch (monocle_said_get_stage (said))
    {
    case MONOCLE_STAGE_COMPILING:
      return g_strdup (_ ("Preparing the device, once"));
    case MONOCLE_STAGE_LOOKING:
      return g_strdup (C_ ("stage", "Looking"));
    case MONOCLE_STAGE_ANSWERING:
      return g_strdup (C_ ("stage", "Answering"));
    case MONOCLE_STAGE_PREPARING:
    default:
      return g_strdup (C_ ("stage", "Preparing"));
    }
}

/* Why it ends where it ends; %NULL where the model ended it. */
static const char *
describe_end (MonocleReplyEnd end, const char *answer)
{
  /* What is thought before is no part of it. */
  if (!*answer && (end == MONOCLE_REPLY_LONG || end == MONOCLE_REPLY_FULL))
    return _ ("The model was still thinking, and had nothing to say yet");
  if (!*answer && end == MONOCLE_REPLY_WHOLE)
    return _ ("The model had nothing to say");
  switch (end)
    {
    case MONOCLE_REPLY_LONG:
      return _ ("Ended where an answer may be no longer");
    case MONOCLE_REPLY_FULL:
      return _ ("There is no more room");
    case MONOCLE_REPLY_STOPPED:
      return _ ("Stopped");
    case MONOCLE_REPLY_LOOPED:
      return _ ("Stopped: the model went on with the same again and again");
    case MONOCLE_REPLY_WHOLE:
    default:
      return NULL;
    }
}

char *
monocle_talk_row_dup_room (MonocleSaid *said)
{
  const guint n_places = monocle_said_get_facts (said)->n_places;

  if (n_places == 0)
    return NULL;
  /* Translators: how much of what a model can keep in mind is taken */
  return g_strdup_printf (ngettext ("%'u of %'u token used", "%'u of %'u tokens used", n_places),
                          monocle_said_get_n_used (said), n_places);
}

static void
add_sentence (GString *text, const char *sentence)
{
  if (!sentence || !*sentence)
    return;
  if (text->len > 0)
    g_string_append (text, "\n");
  g_string_append (text, sentence);
}

/* (transfer full): how it came */
static char *
describe_figures (MonocleSaid *said)
{
  const MonocleSaidFacts *facts = monocle_said_get_facts (said);
  g_autofree char *wait = monocle_figures_dup_duration (monocle_said_get_wait_ms (said));
  g_autofree char *speed = NULL, *read = NULL, *forgotten = NULL;
  GString *text = g_string_new (NULL);

  add_sentence (text, describe_end (facts->end, monocle_said_get_answer (said)));
  if (facts->n_forgotten > 0)
    forgotten = g_strdup_printf (
        ngettext ("The first question was forgotten: there is no room",
                  "The first %u questions were forgotten: there is no room", facts->n_forgotten),
        facts->n_forgotten);
  add_sentence (text, forgotten);
  if (wait && monocle_said_get_speed (said) > 0)
    /* Translators: how fast an answer came: "0.8 s to the first word, 31 tokens a second" */
    speed = g_strdup_printf (_ ("%s to the first word, %.0f tokens a second"), wait,
                             monocle_said_get_speed (said));
  else if (wait)
    speed = g_strdup_printf (_ ("%s to the first word"), wait);
  add_sentence (text, speed);
  /* Translators: tokens of the conversation that had to be read for an answer, and those that the
   * model knew from the turns before */
  read = g_strdup_printf (_ ("%u tokens read, %u known before"), facts->n_read, facts->n_kept);
  if (facts->n_read > 0)
    add_sentence (text, read);
  return g_string_free (text, FALSE);
}

/* (transfer full) (nullable): what is shown of the picture that it is about */
static char *
describe_own (const MonocleSaidQuestion *question)
{
  guint n_regions = 0, n = 0;

  for (guint i = 0; i < question->n_shown; i++)
    {
      n += !question->shown[i].path;
      n_regions += !question->shown[i].path && question->shown[i].is_region;
    }
  if (n == 0)
    return NULL;
  if (n_regions == 0)
    return g_strdup (_ ("Shows the picture"));
  if (n_regions == n)
    return g_strdup_printf (ngettext ("Shows a region", "Shows %u regions", n_regions), n_regions);
  return g_strdup_printf (
      ngettext ("Shows the picture and a region", "Shows the picture and %u regions", n_regions),
      n_regions);
}

/* (transfer full) (nullable): what is shown with it */
static char *
describe_subject (const MonocleSaidQuestion *question)
{
  GString *text = g_string_new (NULL);
  g_autofree char *own = describe_own (question);

  add_sentence (text, own);
  for (guint i = 0; i < question->n_shown; i++)
    if (question->shown[i].path)
      {
        g_autofree char *name = g_filename_display_basename (question->shown[i].path);
        /* Translators: a file: what a question shows as well */
        g_autofree char *line = g_strdup_printf (_ ("Shows %s"), name);

        add_sentence (text, line);
      }
  return g_string_free (text, text->len == 0);
}

/* --- What is shown ------------------------------------------------------------------------ */

static void
update_note (MonocleTalkRow *self)
{
  const gboolean is_whole = monocle_said_get_state (self->said) == MONOCLE_SAID_WHOLE;
  g_autofree char *note
      = is_whole ? describe_figures (self->said) : monocle_talk_row_dup_stage (self->said);

  gtk_label_set_label (self->note, note);
  gtk_widget_set_visible (GTK_WIDGET (self->note), *note);
}

static void
update_answer (MonocleTalkRow *self)
{
  const char *answer = monocle_said_get_answer (self->said);

  gtk_label_set_label (self->answer, answer);
  gtk_widget_set_visible (GTK_WIDGET (self->answer), *answer);
}

static void
update_state (MonocleTalkRow *self)
{
  const GError *error = monocle_said_get_error (self->said);
  const gboolean is_active = monocle_said_is_active (self->said);
  const gboolean is_failed = monocle_said_get_state (self->said) == MONOCLE_SAID_FAILED;

  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_active);
  gtk_spinner_set_spinning (self->spinner, is_active);
  gtk_widget_set_visible (self->failure, is_failed);
  if (is_failed)
    {
      const MonocleTrouble trouble = monocle_trouble_describe (MONOCLE_ATTEMPT_ASK, error);
      g_autofree char *text = trouble.advice
                                  ? g_strdup_printf ("%s\n%s", trouble.what, trouble.advice)
                                  : g_strdup (trouble.what);

      gtk_label_set_label (self->trouble, text);
    }
  gtk_widget_set_visible (self->buttons, !is_active);
  gtk_widget_set_visible (self->copy, !is_failed && *monocle_said_get_answer (self->said));
  update_note (self);
}

void
monocle_talk_row_set_can_ask (MonocleTalkRow *self, gboolean can_ask)
{
  g_return_if_fail (MONOCLE_IS_TALK_ROW (self));

  gtk_widget_set_sensitive (self->again, can_ask);
  gtk_widget_set_sensitive (self->edit, can_ask);
}

MonocleSaid *
monocle_talk_row_get_said (MonocleTalkRow *self)
{
  g_return_val_if_fail (MONOCLE_IS_TALK_ROW (self), NULL);
  return self->said;
}

/* --- What can be done --------------------------------------------------------------------- */

static void
on_copy (MonocleTalkRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          monocle_said_get_answer (self->said));
}

static void
on_again (MonocleTalkRow *self)
{
  g_signal_emit (self, signals[AGAIN], 0);
}

static void
on_edit (MonocleTalkRow *self)
{
  g_signal_emit (self, signals[EDIT], 0);
}

static void
on_details (MonocleTalkRow *self)
{
  monocle_error_dialog_show (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL,
                             MONOCLE_ATTEMPT_ASK, monocle_said_get_error (self->said));
}

/* --- Lifecycle ---------------------------------------------------------------------------- */

GtkWidget *
monocle_talk_row_new (MonocleSaid *said)
{
  MonocleTalkRow *self = g_object_new (MONOCLE_TYPE_TALK_ROW, NULL);
  const MonocleSaidQuestion *question = monocle_said_get_question (said);
  g_autofree char *subject = describe_subject (question);

  self->said = g_object_ref (said);
  gtk_label_set_label (self->question, question->text);
  gtk_label_set_label (self->subject, subject ? subject : "");
  gtk_widget_set_visible (GTK_WIDGET (self->subject), subject != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  question->text, -1);
  g_signal_connect_object (said, "notify::answer", G_CALLBACK (update_answer), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (said, "notify::stage", G_CALLBACK (update_note), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (said, "notify::state", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
  update_answer (self);
  update_state (self);
  return GTK_WIDGET (self);
}

static void
monocle_talk_row_dispose (GObject *object)
{
  g_clear_object (&MONOCLE_TALK_ROW (object)->said);

  G_OBJECT_CLASS (monocle_talk_row_parent_class)->dispose (object);
}

static void
monocle_talk_row_class_init (MonocleTalkRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_talk_row_dispose;

  signals[AGAIN] = g_signal_new ("again", MONOCLE_TYPE_TALK_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  signals[EDIT] = g_signal_new ("edit", MONOCLE_TYPE_TALK_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/monocle/Monocle/ui/talk-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkRow, subject);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkRow, question);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkRow, answer);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkRow, failure);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkRow, trouble);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkRow, note);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkRow, buttons);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkRow, copy);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkRow, again);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkRow, edit);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_edit);
  gtk_widget_class_bind_template_callback (widget_class, on_details);
}

static void
monocle_talk_row_init (MonocleTalkRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
