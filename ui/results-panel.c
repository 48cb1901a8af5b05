/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/results-panel.h"

#include <glib/gi18n.h>

#include "app/models/device-name.h"
#include "ui/answer-words.h"
#include "ui/compare-view.h"
#include "ui/drawn-provider.h"
#include "ui/drawn-view.h"
#include "ui/failure-view.h"
#include "ui/figures.h"
#include "ui/object-list.h"
#include "ui/rank-list.h"
#include "ui/region-answers.h"
#include "ui/words-popover.h"

#define NO_BREAK_SPACE "\302\240"

struct _MonocleResultsPanel
{
  AdwBin parent_instance;

  GtkWidget *header;
  GtkLabel *title;
  GtkLabel *answered_by;
  GtkButton *source;
  GtkLabel *source_label;
  GtkButton *correct;
  GtkToggleButton *as_text;
  GtkButton *copy;
  GtkStack *stack;
  GtkLabel *message;
  GtkButton *describe_all;
  GtkWidget *get_model;
  MonocleAnswerWords *text;
  MonocleRankList *ranks;
  MonocleDrawnView *drawn;
  MonocleRegionAnswers *regions;
  MonocleObjectList *objects;
  MonocleFailureView *failure;
  MonocleCompareView *compare;

  MonoclePresentation *presentation;
  GSignalGroup *presentation_signals;
  GSignalGroup *query_signals;
  GSignalGroup *annotations_signals;
};

enum
{
  REVEAL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleResultsPanel, monocle_results_panel, ADW_TYPE_BIN)

static MonocleQuery *
get_query (MonocleResultsPanel *self)
{
  return self->presentation ? monocle_presentation_get_query (self->presentation) : NULL;
}

static gboolean
is_compared (MonocleResultsPanel *self)
{
  return get_query (self) && monocle_presentation_get_pinned (self->presentation);
}

/* --- Head --- */

/* "Default model · Radeon 780M · f16 · 2.4 s" */
static char *
describe_answerer (MonocleQuery *query)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  const char *device_name = monocle_query_get_device_name (query);
  g_autofree char *device = device_name ? monocle_device_name_shorten (device_name) : NULL;
  g_autofree char *duration = NULL;
  const char *names[] = {
    monocle_query_get_model_name (query),
    device,
    monocle_query_get_precision_name (query),
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i] && *names[i])
      g_ptr_array_add (parts, (gpointer) names[i]);
  if (!monocle_query_is_active (query) && parts->len > 0)
    {
      g_autofree char *text = monocle_figures_dup_duration (monocle_query_get_elapsed_ms (query));
      g_auto (GStrv) words = text ? g_strsplit (text, " ", -1) : NULL;

      duration = words ? g_strjoinv (NO_BREAK_SPACE, words) : NULL;
      if (duration)
        g_ptr_array_add (parts, duration);
    }
  if (monocle_query_get_state (query) == MONOCLE_QUERY_STOPPED)
    g_ptr_array_add (parts, (gpointer) _ ("stopped"));
  if (monocle_query_is_corrected (query))
    g_ptr_array_add (parts, (gpointer) _ ("corrected"));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (NO_BREAK_SPACE "· ", (char **) parts->pdata);
}

static void
update_source (MonocleResultsPanel *self, MonocleQuery *query)
{
  MonocleAnnotation *source = monocle_query_get_source (query);
  g_autofree char *title = NULL;
  g_autofree char *label = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->source), source != NULL);
  if (!source)
    return;
  title = monocle_annotation_dup_title (source);
  if (*monocle_annotation_get_label (source))
    /* Translators: which object was asked about: label and number */
    label = g_strdup_printf (_ ("From %s %u"), title, monocle_annotation_get_number (source));
  else
    label = g_strdup_printf (_ ("From %s"), title);
  gtk_label_set_label (self->source_label, label);
}

static void
on_source_clicked (MonocleResultsPanel *self)
{
  MonocleQuery *query = get_query (self);

  if (query && monocle_query_get_source (query))
    g_signal_emit (self, signals[REVEAL], 0, monocle_query_get_source (query));
}

static gboolean
is_page (MonocleQuery *query)
{
  return monocle_query_get_task (query)->gives == MONOCLE_GIVES_PAGE;
}

static void
update_header (MonocleResultsPanel *self, MonocleQuery *query)
{
  g_autofree char *title = NULL;
  g_autofree char *answered_by = NULL;
  const char *text;

  gtk_widget_set_visible (self->header, query && !is_compared (self));
  if (!query)
    return;
  title = monocle_query_dup_title (query);
  answered_by = describe_answerer (query);
  text = monocle_query_get_text (query);
  gtk_label_set_label (self->title, title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), title);
  gtk_label_set_label (self->answered_by, answered_by);
  gtk_widget_set_visible (GTK_WIDGET (self->answered_by), *answered_by != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->copy), text && *text);
  gtk_widget_set_visible (GTK_WIDGET (self->as_text), is_page (query) && text && *text);
  gtk_widget_set_visible (GTK_WIDGET (self->correct), monocle_results_panel_can_correct (self));
  update_source (self, query);
}

/* --- Corrected --- */

gboolean
monocle_results_panel_can_correct (MonocleResultsPanel *self)
{
  MonocleQuery *query;
  guint n_regions;

  g_return_val_if_fail (MONOCLE_IS_RESULTS_PANEL (self), FALSE);

  query = get_query (self);
  if (!query || monocle_query_get_task (query)->gives != MONOCLE_GIVES_TEXT)
    return FALSE;
  monocle_query_get_regions (query, &n_regions);
  return n_regions <= 1 && !monocle_query_is_active (query) && monocle_query_get_said (query, 0);
}

void
monocle_results_panel_correct (MonocleResultsPanel *self, guint place)
{
  MonocleQuery *query;
  GtkWidget *words;
  graphene_rect_t bounds;

  g_return_if_fail (MONOCLE_IS_RESULTS_PANEL (self));

  query = get_query (self);
  words = gtk_stack_get_visible_child (self->stack);
  if (!query || !words || !gtk_widget_compute_bounds (words, GTK_WIDGET (self), &bounds))
    return;
  monocle_words_popover_correct (
      GTK_WIDGET (self),
      &(GdkRectangle){ (int) bounds.origin.x, (int) bounds.origin.y, (int) bounds.size.width, 24 },
      monocle_presentation_get_document (self->presentation), query, place);
}

static void
correct_answer (GtkWidget *widget, const char *action, GVariant *place)
{
  monocle_results_panel_correct (MONOCLE_RESULTS_PANEL (widget), g_variant_get_uint32 (place));
}

/* --- Pages --- */

static void
show_message (MonocleResultsPanel *self, const char *message, gboolean offer_describe_all)
{
  gtk_label_set_label (self->message, message);
  gtk_widget_set_visible (GTK_WIDGET (self->describe_all), offer_describe_all);
  gtk_widget_set_visible (self->get_model, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

/* The window has an action as long as it makes sense with the model. */
static gboolean
can_act (MonocleResultsPanel *self, const char *action)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return root && G_IS_ACTION_GROUP (root)
         && g_action_group_has_action (G_ACTION_GROUP (root), action);
}

static void
show_not_found (MonocleResultsPanel *self, const char *message, gboolean offer_describe_all)
{
  show_message (self, message, offer_describe_all);
  gtk_widget_set_visible (self->get_model, can_act (self, "get-photo-model"));
}

static void
show_nothing (MonocleResultsPanel *self, MonocleQuery *query)
{
  const MonocleTask *task = monocle_query_get_task (query);

  if (monocle_query_is_active (query))
    show_message (self, _ ("The answer appears here as it arrives."), FALSE);
  else if (monocle_query_get_state (query) == MONOCLE_QUERY_STOPPED)
    show_message (self, _ ("Stopped before there was an answer."), FALSE);
  else if (!monocle_task_gives_objects (task))
    show_not_found (self, _ ("The model had nothing to say. Try another task or other words."),
                    FALSE);
  else if (monocle_query_has_found (query))
    show_message (self, _ ("All that was found here has been kept or deleted."), FALSE);
  else if (task->gives == MONOCLE_GIVES_TEXTS)
    show_not_found (self, _ ("No text found."), FALSE);
  else if (task->kind == MONOCLE_TASK_DESCRIBE || !can_act (self, "describe-all"))
    show_not_found (self, _ ("No objects found. Try to find something by name."), FALSE);
  else
    show_not_found (self, _ ("No objects found. Try “Describe All Regions” or another wording."),
                    TRUE);
}

static void
show_text (MonocleResultsPanel *self, MonocleQuery *query)
{
  const char *text = monocle_query_get_text (query);
  guint n_regions;

  monocle_query_get_regions (query, &n_regions);
  if (n_regions > 1 && (text || monocle_query_is_active (query)))
    {
      monocle_region_answers_set_query (self->regions, query);
      gtk_stack_set_visible_child_name (self->stack, "regions");
    }
  else if (text && *text)
    {
      monocle_answer_words_set (self->text, text, monocle_query_is_active (query));
      gtk_stack_set_visible_child_name (self->stack, "text");
    }
  else
    {
      /* What comes next does not go on from what was here. */
      monocle_answer_words_set (self->text, "", FALSE);
      show_nothing (self, query);
    }
}

static void
show_ranks (MonocleResultsPanel *self, MonocleQuery *query)
{
  GPtrArray *results = monocle_query_get_results (query);
  MonocleResult *result = results && results->len > 0 ? results->pdata[0] : NULL;

  /* What fits each best; all of it is in the text that is copied. */
  if (results && results->len > 1)
    {
      show_text (self, query);
      return;
    }
  monocle_rank_list_set_result (self->ranks, result);
  if (result)
    gtk_stack_set_visible_child_name (self->stack, "ranks");
  else
    show_nothing (self, query);
}

/* The pieces of a page, or all that is written there; what is no page has no pieces. */
static gboolean
shows_page_as_text (MonocleResultsPanel *self, MonocleQuery *query)
{
  const char *text = monocle_query_get_text (query);

  return is_page (query) && text && *text
         && (gtk_toggle_button_get_active (self->as_text)
             || g_list_model_get_n_items (monocle_query_get_annotations (query)) == 0);
}

static void
show_drawn (MonocleResultsPanel *self, MonocleQuery *query)
{
  MonocleImage *picture = monocle_drawn_provider_find (query);

  monocle_drawn_view_set_picture (self->drawn, picture, query);
  if (picture)
    gtk_stack_set_visible_child_name (self->stack, "drawn");
  else
    show_nothing (self, query);
}

static void
update (MonocleResultsPanel *self)
{
  MonocleQuery *query = get_query (self);

  update_header (self, query);
  if (!query)
    show_message (self, _ ("Answers appear here and on the picture."), FALSE);
  else if (is_compared (self))
    gtk_stack_set_visible_child_name (self->stack, "compare");
  else if (monocle_query_get_state (query) == MONOCLE_QUERY_FAILED)
    {
      monocle_failure_view_set_query (self->failure, query);
      gtk_stack_set_visible_child_name (self->stack, "failure");
    }
  else if (monocle_query_get_task (query)->gives == MONOCLE_GIVES_TEXT
           || shows_page_as_text (self, query))
    show_text (self, query);
  else if (monocle_query_get_task (query)->gives == MONOCLE_GIVES_RANKS)
    show_ranks (self, query);
  else if (monocle_query_get_task (query)->gives == MONOCLE_GIVES_PICTURE)
    show_drawn (self, query);
  else if (g_list_model_get_n_items (monocle_query_get_annotations (query)) > 0)
    gtk_stack_set_visible_child_name (self->stack, "objects");
  else
    show_nothing (self, query);
}

static void
on_query (MonocleResultsPanel *self)
{
  MonocleQuery *query = get_query (self);

  g_signal_group_set_target (self->query_signals, query);
  g_signal_group_set_target (self->annotations_signals,
                             query ? monocle_query_get_annotations (query) : NULL);
  monocle_region_answers_set_query (self->regions, NULL);
  monocle_answer_words_set (self->text, "", FALSE);
  update (self);
}

static void
emit_reveal (MonocleResultsPanel *self, MonocleAnnotation *annotation)
{
  g_signal_emit (self, signals[REVEAL], 0, annotation);
}

/* --- Public --- */

void
monocle_results_panel_set_presentation (MonocleResultsPanel *self,
                                        MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_RESULTS_PANEL (self));

  if (!g_set_object (&self->presentation, presentation))
    return;
  g_signal_group_set_target (self->presentation_signals, presentation);
  monocle_object_list_set_presentation (self->objects, presentation);
  monocle_compare_view_set_presentation (self->compare, presentation);
  on_query (self);
}

/* --- Lifecycle --- */

static void
monocle_results_panel_dispose (GObject *object)
{
  MonocleResultsPanel *self = MONOCLE_RESULTS_PANEL (object);

  g_clear_object (&self->presentation_signals);
  g_clear_object (&self->query_signals);
  g_clear_object (&self->annotations_signals);
  g_clear_object (&self->presentation);

  G_OBJECT_CLASS (monocle_results_panel_parent_class)->dispose (object);
}

static void
monocle_results_panel_class_init (MonocleResultsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_results_panel_dispose;

  signals[REVEAL] = g_signal_new ("reveal", MONOCLE_TYPE_RESULTS_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_ANNOTATION);

  gtk_widget_class_install_action (widget_class, "answer.correct", "u", correct_answer);
  g_type_ensure (MONOCLE_TYPE_ANSWER_WORDS);
  g_type_ensure (MONOCLE_TYPE_COMPARE_VIEW);
  g_type_ensure (MONOCLE_TYPE_FAILURE_VIEW);
  g_type_ensure (MONOCLE_TYPE_OBJECT_LIST);
  g_type_ensure (MONOCLE_TYPE_DRAWN_VIEW);
  g_type_ensure (MONOCLE_TYPE_RANK_LIST);
  g_type_ensure (MONOCLE_TYPE_REGION_ANSWERS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/results-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, header);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, title);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, answered_by);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, source);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, source_label);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, correct);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, as_text);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, copy);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, message);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, describe_all);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, get_model);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, text);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, ranks);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, drawn);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, regions);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, objects);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, failure);
  gtk_widget_class_bind_template_child (widget_class, MonocleResultsPanel, compare);
  gtk_widget_class_bind_template_callback (widget_class, on_source_clicked);
  gtk_widget_class_bind_template_callback (widget_class, emit_reveal);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
monocle_results_panel_init (MonocleResultsPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->presentation_signals = g_signal_group_new (MONOCLE_TYPE_PRESENTATION);
  g_signal_group_connect_swapped (self->presentation_signals, "notify::query",
                                  G_CALLBACK (on_query), self);
  g_signal_group_connect_swapped (self->presentation_signals, "notify::pinned", G_CALLBACK (update),
                                  self);
  self->query_signals = g_signal_group_new (MONOCLE_TYPE_QUERY);
  g_signal_group_connect_swapped (self->query_signals, "notify::text", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->query_signals, "notify::state", G_CALLBACK (update), self);
  self->annotations_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->annotations_signals, "items-changed", G_CALLBACK (update),
                                  self);
  update (self);
}

GtkWidget *
monocle_results_panel_new (void)
{
  return g_object_new (MONOCLE_TYPE_RESULTS_PANEL, NULL);
}
