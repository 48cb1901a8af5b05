/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/ask-progress.h"

#include <glib/gi18n.h>

#include "app/models/device-name.h"
#include "ui/figures.h"

/* How often the time and a bar without known end move. */
#define TICK_MS 100
/* What the driver kept it only reads, which is over by then. */
#define NOTE_AFTER_MS 2000

struct _MonocleAskProgress
{
  AdwBin parent_instance;

  GtkLabel *stage;
  GtkLabel *elapsed;
  GtkProgressBar *bar;
  GtkWidget *note;

  MonocleRunner *runner;
  GSignalGroup *presentation_signals;
  GSignalGroup *queries_signals;
  GSignalGroup *query_signals;
  GSignalGroup *runner_signals;
  MonocleQuery *query; /* the one that is answered, else the first that waits */
  gint64 compiling_us; /* since when; 0: not now */
  guint tick;
};

enum
{
  PROP_ACTIVE = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MonocleAskProgress, monocle_ask_progress, ADW_TYPE_BIN)

/* --- What is said --- */

static gboolean
is_loading (MonocleAskProgress *self)
{
  return self->runner && monocle_runner_get_state (self->runner) == MONOCLE_RUNNER_LOADING;
}

static void
update_note (MonocleAskProgress *self)
{
  gboolean compiling = monocle_query_get_state (self->query) == MONOCLE_QUERY_RUNNING
                       && monocle_query_get_stage (self->query) == MONOCLE_STAGE_COMPILING
                       && !monocle_query_is_stopping (self->query);
  gint64 now = g_get_monotonic_time ();

  if (!compiling)
    self->compiling_us = 0;
  else if (self->compiling_us == 0)
    self->compiling_us = now;
  gtk_widget_set_visible (self->note, compiling && now - self->compiling_us > NOTE_AFTER_MS * 1000);
}

/* What goes on while a question waits. */
static char *
describe_waiting (MonocleAskProgress *self)
{
  MonocleDevice *checking = self->runner ? monocle_runner_get_checking (self->runner) : NULL;
  g_autofree char *name = NULL;

  if (!checking)
    return g_strdup (is_loading (self) ? _ ("Loading the model") : _ ("Waiting"));
  name = monocle_device_name_shorten (monocle_device_get_name (checking));
  return g_strdup_printf (_ ("Getting %s ready, once"), name);
}

static char *
describe_stage (MonocleAskProgress *self)
{
  guint n_tokens, n_steps, n_done;

  if (monocle_query_is_stopping (self->query))
    return g_strdup (C_ ("stage", "Stopping"));
  if (monocle_query_get_state (self->query) == MONOCLE_QUERY_WAITING)
    return describe_waiting (self);
  switch (monocle_query_get_stage (self->query))
    {
    case MONOCLE_STAGE_PREPARING:
      return g_strdup (C_ ("stage", "Preparing"));
    case MONOCLE_STAGE_COMPILING:
      n_steps = monocle_query_get_n_steps (self->query, &n_done);
      return g_strdup_printf (_ ("Preparing the device: %u of %u"), n_done, n_steps);
    case MONOCLE_STAGE_LOOKING:
      return g_strdup (C_ ("stage", "Looking"));
    case MONOCLE_STAGE_ANSWERING:
      n_tokens = monocle_query_get_n_tokens (self->query);
      if (n_tokens == 0)
        return g_strdup (C_ ("stage", "Answering"));
      return g_strdup_printf (ngettext ("Answering, %u token", "Answering, %u tokens", n_tokens),
                              n_tokens);
    default:
      g_return_val_if_reached (g_strdup (""));
    }
}

static double
get_fraction (MonocleAskProgress *self)
{
  if (monocle_query_is_stopping (self->query))
    return -1;
  if (monocle_query_get_state (self->query) == MONOCLE_QUERY_RUNNING)
    return monocle_query_get_fraction (self->query);
  return is_loading (self) ? monocle_runner_get_fraction (self->runner) : -1;
}

static void
update (MonocleAskProgress *self)
{
  g_autofree char *stage = NULL;
  g_autofree char *elapsed = NULL;
  double fraction;

  if (!self->query)
    return;
  stage = describe_stage (self);
  gtk_label_set_label (self->stage, stage);
  update_note (self);

  if (monocle_query_get_state (self->query) == MONOCLE_QUERY_RUNNING)
    elapsed = monocle_figures_dup_duration (monocle_query_get_elapsed_ms (self->query));
  gtk_label_set_label (self->elapsed, elapsed ? elapsed : "");

  fraction = get_fraction (self);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->bar, CLAMP (fraction, 0, 1));
}

static gboolean
on_tick (gpointer user_data)
{
  MonocleAskProgress *self = user_data;

  update (self);
  if (self->query && get_fraction (self) < 0 && adw_get_enable_animations (GTK_WIDGET (self)))
    gtk_progress_bar_pulse (self->bar);
  return G_SOURCE_CONTINUE;
}

/* --- Which question --- */

static void
update_tick (MonocleAskProgress *self)
{
  gboolean needed = self->query && gtk_widget_get_mapped (GTK_WIDGET (self));

  if (needed && self->tick == 0)
    self->tick = g_timeout_add (TICK_MS, on_tick, self);
  else if (!needed)
    g_clear_handle_id (&self->tick, g_source_remove);
}

static void
find_query (MonocleAskProgress *self)
{
  g_autoptr (GListModel) queries = g_signal_group_dup_target (self->queries_signals);
  guint n = queries ? g_list_model_get_n_items (queries) : 0;
  g_autoptr (MonocleQuery) found = NULL;
  gboolean was_active = self->query != NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);
      gboolean running = monocle_query_get_state (query) == MONOCLE_QUERY_RUNNING;

      if (running || (!found && monocle_query_is_active (query)))
        g_set_object (&found, query);
      if (running)
        break;
    }

  if (g_set_object (&self->query, found))
    g_signal_group_set_target (self->query_signals, found);
  update (self);
  update_tick (self);
  if (was_active != (found != NULL))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

static void
on_document (MonocleAskProgress *self)
{
  g_autoptr (MonoclePresentation) presentation
      = g_signal_group_dup_target (self->presentation_signals);
  MonocleDocument *document
      = presentation ? monocle_presentation_get_document (presentation) : NULL;

  g_signal_group_set_target (self->queries_signals,
                             document ? monocle_document_get_queries (document) : NULL);
  find_query (self);
}

/* --- Public --- */

void
monocle_ask_progress_set_presentation (MonocleAskProgress *self, MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_ASK_PROGRESS (self));

  g_signal_group_set_target (self->presentation_signals, presentation);
  on_document (self);
}

void
monocle_ask_progress_set_runner (MonocleAskProgress *self, MonocleRunner *runner)
{
  g_return_if_fail (MONOCLE_IS_ASK_PROGRESS (self));

  g_set_object (&self->runner, runner);
  g_signal_group_set_target (self->runner_signals, runner);
  find_query (self);
}

gboolean
monocle_ask_progress_get_active (MonocleAskProgress *self)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_PROGRESS (self), FALSE);
  return self->query != NULL;
}

/* --- Lifecycle --- */

static void
monocle_ask_progress_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ACTIVE)
    g_value_set_boolean (value, MONOCLE_ASK_PROGRESS (object)->query != NULL);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_ask_progress_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (monocle_ask_progress_parent_class)->map (widget);
  update_tick (MONOCLE_ASK_PROGRESS (widget));
}

static void
monocle_ask_progress_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (monocle_ask_progress_parent_class)->unmap (widget);
  update_tick (MONOCLE_ASK_PROGRESS (widget));
}

static void
monocle_ask_progress_dispose (GObject *object)
{
  MonocleAskProgress *self = MONOCLE_ASK_PROGRESS (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_object (&self->presentation_signals);
  g_clear_object (&self->queries_signals);
  g_clear_object (&self->query_signals);
  g_clear_object (&self->runner_signals);
  g_clear_object (&self->query);
  g_clear_object (&self->runner);

  G_OBJECT_CLASS (monocle_ask_progress_parent_class)->dispose (object);
}

static void
monocle_ask_progress_class_init (MonocleAskProgressClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = monocle_ask_progress_get_property;
  object_class->dispose = monocle_ask_progress_dispose;
  widget_class->map = monocle_ask_progress_map;
  widget_class->unmap = monocle_ask_progress_unmap;

  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/ask-progress.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleAskProgress, stage);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskProgress, elapsed);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskProgress, bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskProgress, note);
}

static void
monocle_ask_progress_init (MonocleAskProgress *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->presentation_signals = g_signal_group_new (MONOCLE_TYPE_PRESENTATION);
  g_signal_group_connect_swapped (self->presentation_signals, "notify::document",
                                  G_CALLBACK (on_document), self);
  self->queries_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->queries_signals, "items-changed", G_CALLBACK (find_query),
                                  self);
  self->query_signals = g_signal_group_new (MONOCLE_TYPE_QUERY);
  g_signal_group_connect_swapped (self->query_signals, "notify::state", G_CALLBACK (find_query),
                                  self);
  g_signal_group_connect_swapped (self->query_signals, "notify::stage", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->query_signals, "notify::stopping", G_CALLBACK (update),
                                  self);
  g_signal_group_connect_swapped (self->query_signals, "notify::n-tokens", G_CALLBACK (update),
                                  self);
  self->runner_signals = g_signal_group_new (MONOCLE_TYPE_RUNNER);
  g_signal_group_connect_swapped (self->runner_signals, "notify::query", G_CALLBACK (find_query),
                                  self);
  g_signal_group_connect_swapped (self->runner_signals, "notify::state", G_CALLBACK (update), self);
}

GtkWidget *
monocle_ask_progress_new (void)
{
  return g_object_new (MONOCLE_TYPE_ASK_PROGRESS, NULL);
}
