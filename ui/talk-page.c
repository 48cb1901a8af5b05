/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/talk-page.h"

#include <glib/gi18n.h>

#include "ui/talk-chips.h"
#include "ui/talk-entry.h"
#include "ui/talk-pictures.h"
#include "ui/talk-row.h"
#include "ui/talk-settings.h"
#include "ui/talk-spoken.h"
#include "ui/talk-subject.h"

/* So close to the end of what was said it goes on being shown as it comes. */
#define END_SLACK 24

struct _MonocleTalkPage
{
  AdwBin parent_instance;

  GtkLabel *context;
  GtkWidget *clear;
  MonocleTalkSettings *how;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkBox *list;
  GtkLabel *plan;
  GtkWidget *leave;
  MonocleTalkChips *chips;
  MonocleTalkPictures *pictures;
  MonocleTalkEntry *entry;
  GtkWidget *ask;
  GtkWidget *stop;

  MonoclePresentation *presentation;
  MonocleRunner *runner;
  GSettings *settings;
  MonocleDocument *document; /* (nullable) */
  GSignalGroup *presentation_signals;
  GSignalGroup *document_signals;
  GSignalGroup *talk_signals;
  GSignalGroup *region_signals;
  GSignalGroup *asking_signals;

  GPtrArray *rows;     /* of MonocleTalkRow: what is shown */
  MonocleSaid *edited; /* (nullable): what is asked in other words */
  char *draft;         /* (nullable): what was typed before those, and comes back behind them */
  gboolean is_at_end;
  guint end_source; /* shows it soon */
  gsize n_spoken;   /* bytes of the answer that comes, that were read aloud */
};

G_DEFINE_FINAL_TYPE (MonocleTalkPage, monocle_talk_page, ADW_TYPE_BIN)

static void update (MonocleTalkPage *self);

/* --- What there is ------------------------------------------------------------------------ */

/* (nullable): what is being answered */
static MonocleSaid *
get_active (MonocleTalkPage *self)
{
  MonocleSaid *said = self->document ? monocle_document_get_asking (self->document, NULL) : NULL;

  return said && monocle_said_is_active (said) ? said : NULL;
}

/* --- Asking ------------------------------------------------------------------------------- */

/* In the entry is a question in other words: what was being typed comes back when it is gone. */
static void
begin_edit (MonocleTalkPage *self, MonocleSaid *edited, const char *text)
{
  if (!self->edited)
    {
      g_free (self->draft);
      self->draft = monocle_talk_entry_dup_text (self->entry);
    }
  g_set_object (&self->edited, edited);
  monocle_talk_entry_set_text (self->entry, text);
}

static void
end_edit (MonocleTalkPage *self)
{
  g_autofree char *draft = g_steal_pointer (&self->draft);

  if (!self->edited)
    return;
  g_clear_object (&self->edited);
  monocle_talk_entry_set_text (self->entry, draft ? draft : "");
}

/* A question was given up before there was a word: what was typed comes back, as what it was. */
static void
take_back (MonocleTalkPage *self, MonocleSaid *said)
{
  g_autofree char *typed = monocle_talk_entry_dup_text (self->entry);
  const char *text = monocle_said_get_question (said)->text;
  g_autoptr (MonocleSaid) before = monocle_talk_subject_find_replaced (self->document, said);

  if (!before && !*typed)
    monocle_talk_entry_set_text (self->entry, text);
  else if (before && !g_str_equal (monocle_said_get_question (before)->text, text))
    begin_edit (self, before, text);
}

/* Why a question is no more. */
static void
on_asking_state (MonocleTalkPage *self)
{
  g_autoptr (GObject) said = g_signal_group_dup_target (self->asking_signals);

  if (said && monocle_said_get_state (MONOCLE_SAID (said)) == MONOCLE_SAID_STOPPED)
    take_back (self, MONOCLE_SAID (said));
  update (self);
}

static void
say (MonocleTalkPage *self, MonocleSaid *said, guint n_before)
{
  self->is_at_end = TRUE;
  monocle_runner_talk (self->runner, self->document, said, n_before);
}

static gboolean
can_ask (MonocleTalkPage *self)
{
  return self->document && self->runner && monocle_document_get_image (self->document)
         && monocle_runner_can_talk (self->runner) && !get_active (self);
}

static void
ask_words (MonocleTalkPage *self, const char *text)
{
  MonocleSaidQuestion question = { .text = text };
  g_autoptr (GArray) shown = NULL;
  g_autoptr (MonocleSaid) said = NULL;

  monocle_talk_settings_read (self->settings, &question);
  shown = monocle_talk_subject_list (self->presentation, question.detail);
  monocle_talk_pictures_list (self->pictures, shown);
  question.shown = (const MonocleSaidShown *) (gpointer) shown->data;
  question.n_shown = shown->len;
  said = monocle_said_new (&question);
  monocle_talk_pictures_clear (self->pictures);
  say (self, said, g_list_model_get_n_items (monocle_document_get_talk (self->document)));
}

/* It shows what it showed. */
static void
ask_edited (MonocleTalkPage *self, const char *text)
{
  g_autoptr (MonocleSaid) before = g_object_ref (self->edited);
  const MonocleSaidQuestion *asked = monocle_said_get_question (before);
  MonocleSaidQuestion question = { .text = text, .shown = asked->shown, .n_shown = asked->n_shown };
  g_autoptr (MonocleSaid) said = NULL;

  end_edit (self);
  monocle_talk_settings_read (self->settings, &question);
  said = monocle_said_new (&question);
  say (self, said, monocle_talk_subject_count_before (self->document, before));
}

void
monocle_talk_page_ask (MonocleTalkPage *self)
{
  g_autofree char *text = NULL;

  g_return_if_fail (MONOCLE_IS_TALK_PAGE (self));

  text = monocle_talk_entry_dup_text (self->entry);
  if (!*text || !can_ask (self))
    return;
  if (self->edited)
    {
      ask_edited (self, text);
      return;
    }
  monocle_talk_entry_set_text (self->entry, "");
  ask_words (self, text);
}

static void
on_stop (MonocleTalkPage *self)
{
  if (get_active (self))
    monocle_runner_stop_talk (self->runner, self->document);
}

static void
on_again (MonocleTalkPage *self, MonocleTalkRow *row)
{
  MonocleSaid *before = monocle_talk_row_get_said (row);
  MonocleSaidQuestion settings = { .text = NULL };
  g_autoptr (MonocleSaid) said = NULL;

  if (!can_ask (self))
    return;
  monocle_talk_settings_read (self->settings, &settings);
  /* What failed is asked as it was. */
  said = monocle_said_get_state (before) == MONOCLE_SAID_FAILED
             ? monocle_said_new (monocle_said_get_question (before))
             : monocle_said_new_again (before, &settings.sampling, NULL);
  say (self, said, monocle_talk_subject_count_before (self->document, before));
}

/* --- Editing ------------------------------------------------------------------------------ */

static void
on_leave (MonocleTalkPage *self)
{
  end_edit (self);
  monocle_talk_page_focus (self);
  update (self);
}

static void
on_edit (MonocleTalkPage *self, MonocleTalkRow *row)
{
  MonocleSaid *said = monocle_talk_row_get_said (row);

  begin_edit (self, said, monocle_said_get_question (said)->text);
  monocle_talk_page_focus (self);
  update (self);
}

/* --- What is shown ------------------------------------------------------------------------ */

static void
on_chip_removed (MonocleTalkPage *self, MonocleAnnotation *region)
{
  monocle_talk_subject_leave_out (self->presentation, region);
  monocle_talk_page_focus (self);
}

static void
update_chips (MonocleTalkPage *self)
{
  g_autoptr (GPtrArray) regions = self->document && !self->edited
                                      ? monocle_talk_subject_list_regions (self->presentation)
                                      : g_ptr_array_new ();

  monocle_talk_chips_set (self->chips, regions);
}

static void
update_rows (MonocleTalkPage *self)
{
  g_autoptr (GPtrArray) shown
      = self->document ? monocle_talk_subject_list_turns (self->document) : g_ptr_array_new ();
  const gboolean can = can_ask (self);
  guint n_same = 0;

  while (n_same < shown->len && n_same < self->rows->len
         && monocle_talk_row_get_said (self->rows->pdata[n_same]) == shown->pdata[n_same])
    n_same++;
  for (guint i = self->rows->len; i > n_same; i--)
    {
      gtk_box_remove (self->list, self->rows->pdata[i - 1]);
      g_ptr_array_set_size (self->rows, (int) i - 1);
    }
  for (guint i = n_same; i < shown->len; i++)
    {
      GtkWidget *row = monocle_talk_row_new (shown->pdata[i]);

      g_signal_connect_object (row, "again", G_CALLBACK (on_again), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (row, "edit", G_CALLBACK (on_edit), self, G_CONNECT_SWAPPED);
      gtk_box_append (self->list, row);
      g_ptr_array_add (self->rows, row);
    }
  for (guint i = 0; i < self->rows->len; i++)
    monocle_talk_row_set_can_ask (self->rows->pdata[i], can);
  gtk_stack_set_visible_child_name (self->stack, shown->len > 0 ? "talk" : "nothing");
}

/* What the person is told of what comes; @text is also what is read aloud. */
static void
set_plan (MonocleTalkPage *self, const char *text)
{
  if (g_str_equal (gtk_label_get_label (self->plan), text))
    return;
  gtk_label_set_label (self->plan, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->plan), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
}

static void
update_plan (MonocleTalkPage *self)
{
  MonocleSaid *active = get_active (self);
  g_autofree char *stage = active ? monocle_talk_row_dup_stage (active) : NULL;
  g_autofree char *editing = NULL;

  if (self->edited)
    editing
        = g_strdup_printf (_ ("Asks question %u in other words; what came after it is taken back"),
                           monocle_talk_subject_count_before (self->document, self->edited) + 1);
  set_plan (self, stage ? stage : editing ? editing : "");
  gtk_widget_set_visible (GTK_WIDGET (self->plan), stage || editing);
  gtk_widget_set_visible (self->leave, self->edited != NULL);
}

static void
update_context (MonocleTalkPage *self)
{
  GListModel *talk = self->document ? monocle_document_get_talk (self->document) : NULL;
  const guint n = talk ? g_list_model_get_n_items (talk) : 0;
  g_autoptr (MonocleSaid) last = n > 0 ? g_list_model_get_item (talk, n - 1) : NULL;
  g_autofree char *text = last ? monocle_talk_row_dup_room (last) : NULL;

  gtk_label_set_label (self->context, text ? text : "");
  gtk_widget_set_visible (self->clear, n > 0);
}

static void
update_buttons (MonocleTalkPage *self)
{
  g_autofree char *typed = monocle_talk_entry_dup_text (self->entry);
  const gboolean is_active = get_active (self) != NULL;

  gtk_widget_set_visible (self->ask, !is_active);
  gtk_widget_set_visible (self->stop, is_active);
  gtk_widget_set_sensitive (self->ask, *typed && can_ask (self));
}

/* One that is over is still heard of: why it is. */
static void
follow_asking (MonocleTalkPage *self)
{
  MonocleSaid *asking = self->document ? monocle_document_get_asking (self->document, NULL) : NULL;
  g_autoptr (GObject) before = g_signal_group_dup_target (self->asking_signals);

  if (!asking || (gpointer) asking == (gpointer) before)
    return;
  self->n_spoken = 0;
  g_signal_group_set_target (self->asking_signals, asking);
}

static void
update (MonocleTalkPage *self)
{
  follow_asking (self);
  if (self->edited
      && monocle_talk_subject_count_before (self->document, self->edited) >= self->rows->len)
    end_edit (self);
  update_rows (self);
  update_chips (self);
  update_plan (self);
  update_context (self);
  update_buttons (self);
}

/* --- What is read aloud ------------------------------------------------------------------- */

static void
on_answer (MonocleTalkPage *self)
{
  g_autoptr (GObject) said = g_signal_group_dup_target (self->asking_signals);
  g_autofree char *sentence
      = said ? monocle_talk_spoken_take (MONOCLE_SAID (said), &self->n_spoken) : NULL;

  if (sentence)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->plan), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    sentence, -1);
}

/* --- The end of it stays in sight --------------------------------------------------------- */

static void
on_moved (MonocleTalkPage *self, GtkAdjustment *adjustment)
{
  self->is_at_end
      = gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
        >= gtk_adjustment_get_upper (adjustment) - END_SLACK;
}

static gboolean
show_end (gpointer data)
{
  MonocleTalkPage *self = data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  self->end_source = 0;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  return G_SOURCE_REMOVE;
}

static void
on_grown (MonocleTalkPage *self, GtkAdjustment *adjustment)
{
  /* Not before what grew has its place. */
  if (self->is_at_end && self->end_source == 0)
    self->end_source = g_idle_add (show_end, self);
}

/* --- Keys --------------------------------------------------------------------------------- */

static gboolean
on_key (MonocleTalkPage *self, guint keyval, guint keycode, GdkModifierType state)
{
  if (keyval != GDK_KEY_Escape || monocle_talk_entry_is_composing (self->entry))
    return GDK_EVENT_PROPAGATE;
  if (get_active (self))
    on_stop (self);
  else if (self->edited)
    on_leave (self);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

void
monocle_talk_page_focus (MonocleTalkPage *self)
{
  g_return_if_fail (MONOCLE_IS_TALK_PAGE (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

gboolean
monocle_talk_page_forward_key (MonocleTalkPage *self, GtkEventControllerKey *keys)
{
  g_return_val_if_fail (MONOCLE_IS_TALK_PAGE (self), FALSE);

  return monocle_talk_entry_forward_key (self->entry, keys);
}

/* --- What it is about --------------------------------------------------------------------- */

static void
on_document (MonocleTalkPage *self)
{
  MonocleDocument *document
      = self->presentation ? monocle_presentation_get_document (self->presentation) : NULL;

  if (g_set_object (&self->document, document))
    {
      end_edit (self);
      monocle_talk_pictures_clear (self->pictures);
      self->is_at_end = TRUE;
      g_signal_group_set_target (self->document_signals, document);
      g_signal_group_set_target (self->talk_signals,
                                 document ? monocle_document_get_talk (document) : NULL);
      g_signal_group_set_target (self->asking_signals, NULL);
    }
  update (self);
}

void
monocle_talk_page_set_presentation (MonocleTalkPage *self, MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_TALK_PAGE (self));

  g_set_object (&self->presentation, presentation);
  g_signal_group_set_target (self->presentation_signals, presentation);
  g_signal_group_set_target (
      self->region_signals,
      presentation ? (gpointer) monocle_presentation_get_regions (presentation) : NULL);
  on_document (self);
}

void
monocle_talk_page_set_runner (MonocleTalkPage *self, MonocleRunner *runner)
{
  g_return_if_fail (MONOCLE_IS_TALK_PAGE (self));

  g_set_object (&self->runner, runner);
  update (self);
}

void
monocle_talk_page_set_settings (MonocleTalkPage *self, GSettings *settings)
{
  g_return_if_fail (MONOCLE_IS_TALK_PAGE (self));

  if (g_set_object (&self->settings, settings) && settings)
    monocle_talk_settings_bind (self->how, settings);
}

/* --- Lifecycle ---------------------------------------------------------------------------- */

static void
on_idea (GtkButton *button, MonocleTalkPage *self)
{
  if (can_ask (self))
    ask_words (self, gtk_button_get_label (button));
  monocle_talk_page_focus (self);
}

static void
monocle_talk_page_dispose (GObject *object)
{
  MonocleTalkPage *self = MONOCLE_TALK_PAGE (object);

  g_clear_handle_id (&self->end_source, g_source_remove);
  g_clear_object (&self->presentation_signals);
  g_clear_object (&self->document_signals);
  g_clear_object (&self->talk_signals);
  g_clear_object (&self->region_signals);
  g_clear_object (&self->asking_signals);
  g_clear_object (&self->document);
  g_clear_object (&self->edited);
  g_clear_object (&self->presentation);
  g_clear_object (&self->runner);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->draft, g_free);
  G_OBJECT_CLASS (monocle_talk_page_parent_class)->dispose (object);
}

static void
monocle_talk_page_class_init (MonocleTalkPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_talk_page_dispose;

  g_type_ensure (MONOCLE_TYPE_TALK_CHIPS);
  g_type_ensure (MONOCLE_TYPE_TALK_ENTRY);
  g_type_ensure (MONOCLE_TYPE_TALK_PICTURES);
  g_type_ensure (MONOCLE_TYPE_TALK_SETTINGS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/talk-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, context);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, clear);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, how);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, list);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, plan);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, leave);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, chips);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, pictures);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, entry);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, ask);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkPage, stop);
  gtk_widget_class_bind_template_callback (widget_class, on_idea);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
  gtk_widget_class_bind_template_callback (widget_class, monocle_talk_pictures_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_chip_removed);
  gtk_widget_class_bind_template_callback (widget_class, update_buttons);
  gtk_widget_class_bind_template_callback (widget_class, monocle_talk_page_ask);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
}

static GSignalGroup *
follow (MonocleTalkPage *self, GType type, const char *first, const char *second)
{
  GSignalGroup *group = g_signal_group_new (type);

  g_signal_group_connect_swapped (group, first, G_CALLBACK (update), self);
  if (second)
    g_signal_group_connect_swapped (group, second, G_CALLBACK (update), self);
  return group;
}

static void
monocle_talk_page_init (MonocleTalkPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkAdjustment *adjustment;

  self->rows = g_ptr_array_new ();
  self->is_at_end = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Before what has the focus, which may know something else to do. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (on_moved), self);
  g_signal_connect_swapped (adjustment, "changed", G_CALLBACK (on_grown), self);

  self->presentation_signals = g_signal_group_new (MONOCLE_TYPE_PRESENTATION);
  g_signal_group_connect_swapped (self->presentation_signals, "notify::document",
                                  G_CALLBACK (on_document), self);
  self->document_signals = follow (self, MONOCLE_TYPE_DOCUMENT, "notify::asking", "notify::image");
  self->talk_signals = follow (self, G_TYPE_LIST_MODEL, "items-changed", NULL);
  self->region_signals
      = follow (self, GTK_TYPE_MULTI_SELECTION, "items-changed", "selection-changed");
  self->asking_signals = g_signal_group_new (MONOCLE_TYPE_SAID);
  g_signal_group_connect_swapped (self->asking_signals, "notify::state",
                                  G_CALLBACK (on_asking_state), self);
  g_signal_group_connect_swapped (self->asking_signals, "notify::stage", G_CALLBACK (update_plan),
                                  self);
  g_signal_group_connect_swapped (self->asking_signals, "notify::answer", G_CALLBACK (on_answer),
                                  self);
}
