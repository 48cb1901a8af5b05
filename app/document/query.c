/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/query.h"

#include "app/models/store.h"
#include "app/draw/palette.h"
#include "app/document/query-objects.h"
#include "app/document/rank-text.h"

/* How often the time is told while a query runs. */
#define TICK_MS 100

struct _MonocleQuery
{
  GObject parent_instance;

  const MonocleTask *task;
  char *prompt;              /* (nullable) */
  GArray *regions;           /* of MonocleBox */
  MonocleAnnotation *source; /* (nullable) */
  GDateTime *created;

  MonocleQueryState state;
  MonocleStage stage;
  double fraction;
  guint n_done, n_steps;
  guint n_tokens;
  gboolean is_stopping;
  gint64 start_us, end_us; /* 0: not yet */
  guint tick;              /* source, while it runs */
  GError *error;

  char *model_name, *device_name, *precision_name;

  guint rotation; /* of the picture when it was asked */
  MonocleQueryObjects *objects;
  GPtrArray *results; /* (nullable) */
  MonocleRun *run;    /* (nullable) */
  char *text;         /* (nullable) */
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_STAGE,
  PROP_FRACTION,
  PROP_N_TOKENS,
  PROP_STOPPING,
  PROP_TEXT,
  PROP_ELAPSED_MS,
  PROP_ANNOTATIONS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MonocleQuery, monocle_query, G_TYPE_OBJECT)

static void
monocle_query_finalize (GObject *object)
{
  MonocleQuery *self = MONOCLE_QUERY (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_free (self->prompt);
  g_array_unref (self->regions);
  g_clear_object (&self->source);
  g_date_time_unref (self->created);
  g_clear_error (&self->error);
  g_free (self->model_name);
  g_free (self->device_name);
  g_free (self->precision_name);
  monocle_query_objects_free (self->objects);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->run, monocle_run_free);
  g_free (self->text);
  G_OBJECT_CLASS (monocle_query_parent_class)->finalize (object);
}

static void
monocle_query_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleQuery *self = MONOCLE_QUERY (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_STAGE:
      g_value_set_int (value, (int) self->stage);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_N_TOKENS:
      g_value_set_uint (value, self->n_tokens);
      break;
    case PROP_STOPPING:
      g_value_set_boolean (value, self->is_stopping);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_ELAPSED_MS:
      g_value_set_double (value, monocle_query_get_elapsed_ms (self));
      break;
    case PROP_ANNOTATIONS:
      g_value_set_object (value, monocle_query_objects_get_list (self->objects));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_query_class_init (MonocleQueryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = monocle_query_finalize;
  object_class->get_property = monocle_query_get_property;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, MONOCLE_QUERY_WAITING,
                                             MONOCLE_QUERY_FAILED, MONOCLE_QUERY_WAITING, flags);
  properties[PROP_STAGE]
      = g_param_spec_int ("stage", NULL, NULL, MONOCLE_STAGE_PREPARING, MONOCLE_STAGE_ANSWERING,
                          MONOCLE_STAGE_PREPARING, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, 0, flags);
  properties[PROP_N_TOKENS] = g_param_spec_uint ("n-tokens", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_STOPPING] = g_param_spec_boolean ("stopping", NULL, NULL, FALSE, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_ELAPSED_MS]
      = g_param_spec_double ("elapsed-ms", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_ANNOTATIONS]
      = g_param_spec_object ("annotations", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
monocle_query_init (MonocleQuery *self)
{
  self->regions = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
  self->objects = monocle_query_objects_new ();
  self->created = g_date_time_new_now_local ();
}

MonocleQuery *
monocle_query_new (const MonocleTask *task,
                   const char *text,
                   const MonocleBox *regions,
                   guint n_regions,
                   MonocleAnnotation *source)
{
  MonocleQuery *self;

  g_return_val_if_fail (task, NULL);
  g_return_val_if_fail (regions || n_regions == 0, NULL);
  g_return_val_if_fail (!source || MONOCLE_IS_ANNOTATION (source), NULL);

  self = g_object_new (MONOCLE_TYPE_QUERY, NULL);
  self->task = task;
  self->prompt = g_strdup (text);
  if (n_regions > 0)
    g_array_append_vals (self->regions, regions, n_regions);
  g_set_object (&self->source, source);

  return self;
}

/* --- What was asked --- */

const MonocleTask *
monocle_query_get_task (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->task;
}

const char *
monocle_query_get_prompt (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->prompt;
}

const MonocleBox *
monocle_query_get_regions (MonocleQuery *self, guint *n_regions)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  if (n_regions)
    *n_regions = self->regions->len;
  return (const MonocleBox *) (gpointer) self->regions->data;
}

MonocleAnnotation *
monocle_query_get_source (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->source;
}

GDateTime *
monocle_query_get_created (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->created;
}

const char *
monocle_query_get_model_name (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->model_name;
}

const char *
monocle_query_get_device_name (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->device_name;
}

const char *
monocle_query_get_precision_name (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->precision_name;
}

guint
monocle_query_get_rotation (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  return self->rotation;
}

/* --- How far it is --- */

MonocleQueryState
monocle_query_get_state (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), MONOCLE_QUERY_FAILED);

  return self->state;
}

gboolean
monocle_query_is_active (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), FALSE);

  return self->state == MONOCLE_QUERY_WAITING || self->state == MONOCLE_QUERY_RUNNING;
}

MonocleStage
monocle_query_get_stage (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), MONOCLE_STAGE_PREPARING);

  return self->stage;
}

double
monocle_query_get_fraction (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  return self->fraction;
}

guint
monocle_query_get_n_steps (MonocleQuery *self, guint *n_done)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  if (n_done)
    *n_done = self->n_done;
  return self->n_steps;
}

gboolean
monocle_query_is_stopping (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), FALSE);

  return self->is_stopping;
}

guint
monocle_query_get_n_tokens (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  return self->n_tokens;
}

double
monocle_query_get_elapsed_ms (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  if (self->start_us == 0)
    return 0;
  return (double) ((self->end_us ? self->end_us : g_get_monotonic_time ()) - self->start_us) / 1000;
}

const GError *
monocle_query_get_error (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->error;
}

/* --- What came back --- */

GListModel *
monocle_query_get_annotations (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return monocle_query_objects_get_list (self->objects);
}

GPtrArray *
monocle_query_get_results (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->results;
}

const MonocleRun *
monocle_query_get_run (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->run;
}

const char *
monocle_query_get_text (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->text;
}

const char *
monocle_query_get_region_text (MonocleQuery *self, guint index)
{
  MonocleResult *result;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  if (!self->results || index >= self->results->len)
    return NULL;
  result = self->results->pdata[index];
  return result ? monocle_result_get_text (result) : NULL;
}

/* What is said of each region, as labels; free both. */
static guint *
assign_colours (MonocleQuery *self, const char ***texts)
{
  const guint n = self->regions->len;
  guint *colours = g_new0 (guint, n + 1);

  *texts = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const char *text = monocle_query_get_region_text (self, i);

      (*texts)[i] = text ? text : "";
    }
  monocle_palette_assign (*texts, n, colours);

  return colours;
}

guint
monocle_query_get_region_colour (MonocleQuery *self, guint index)
{
  g_autofree const char **texts = NULL;
  g_autofree guint *colours = NULL;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);
  g_return_val_if_fail (index < self->regions->len, index);

  colours = assign_colours (self, &texts);
  return *texts[index] ? colours[index] : index;
}

static void
keep_colours (MonocleQuery *self)
{
  g_autofree const char **texts = NULL;
  g_autofree guint *colours = assign_colours (self, &texts);

  monocle_palette_keep (texts, self->regions->len, colours);
}

/* (nullable): what was answered about one region, in words */
static char *
dup_answer (MonocleQuery *self, guint index)
{
  if (self->task->gives == MONOCLE_GIVES_RANKS)
    return self->results->pdata[index] ? monocle_rank_text_format (self->results->pdata[index])
                                       : NULL;
  return g_strdup (monocle_query_get_region_text (self, index));
}

/* Answers in words, together; NULL where there is none yet. */
static char *
join_texts (MonocleQuery *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = self->results ? self->results->len : 0;

  if (monocle_task_gives_objects (self->task))
    return NULL;
  if (n == 1)
    return dup_answer (self, 0);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *answer = dup_answer (self, i);

      if (answer)
        g_string_append_printf (text, "%s%u. %s", text->len > 0 ? "\n" : "", i + 1, answer);
    }

  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
set_results (MonocleQuery *self, GPtrArray *results, gboolean complete)
{
  g_autofree char *text = NULL;

  g_clear_pointer (&self->results, g_ptr_array_unref);
  self->results = results ? g_ptr_array_ref (results) : NULL;
  monocle_query_objects_set_results (self->objects, self->results, self->regions->len > 0,
                                     complete);
  if (complete)
    keep_colours (self);

  text = join_texts (self);
  if (g_strcmp0 (text, self->text) != 0)
    {
      g_free (self->text);
      self->text = g_steal_pointer (&text);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
    }
}

/* --- For the runner and the document --- */

static gboolean
on_tick (gpointer data)
{
  MonocleQuery *self = data;

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ELAPSED_MS]);
  return G_SOURCE_CONTINUE;
}

static void
set_state (MonocleQuery *self, MonocleQueryState state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_progress (MonocleQuery *self, MonocleStage stage, double fraction, guint n_tokens)
{
  if (self->stage != stage)
    {
      self->stage = stage;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STAGE]);
    }
  if (self->fraction < fraction || self->fraction > fraction)
    {
      self->fraction = CLAMP (fraction, -1, 1);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
    }
  if (self->n_tokens != n_tokens)
    {
      self->n_tokens = n_tokens;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_TOKENS]);
    }
}

static void
set_stopping (MonocleQuery *self, gboolean is_stopping)
{
  if (self->is_stopping == is_stopping)
    return;

  self->is_stopping = is_stopping;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STOPPING]);
}

static void
stop_clock (MonocleQuery *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  set_stopping (self, FALSE);
  if (self->start_us)
    self->end_us = g_get_monotonic_time ();
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ELAPSED_MS]);
}

/* Listeners hear of everything at once, when all of it is true. */
static void
begin_change (MonocleQuery *self)
{
  g_object_ref (self);
  g_object_freeze_notify (G_OBJECT (self));
}

static void
end_change (MonocleQuery *self)
{
  g_object_thaw_notify (G_OBJECT (self));
  g_object_unref (self);
}

void
monocle_query_start (MonocleQuery *self, MonocleModel *model, guint rotation)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));
  g_return_if_fail (self->state == MONOCLE_QUERY_WAITING);

  begin_change (self);
  if (model)
    {
      g_free (self->model_name);
      g_free (self->device_name);
      g_free (self->precision_name);
      self->model_name = monocle_model_store_dup_title (monocle_model_get_directory (model));
      self->device_name = g_strdup (monocle_device_get_name (monocle_model_get_device (model)));
      self->precision_name = g_strdup (monocle_model_get_precision_name (model));
    }
  self->rotation = rotation % 4;
  self->start_us = g_get_monotonic_time ();
  self->end_us = 0;
  g_clear_handle_id (&self->tick, g_source_remove);
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  set_progress (self, MONOCLE_STAGE_PREPARING, 0, 0);
  set_state (self, MONOCLE_QUERY_RUNNING);
  end_change (self);
}

void
monocle_query_requeue (MonocleQuery *self)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));

  begin_change (self);
  stop_clock (self);
  self->start_us = 0;
  set_results (self, NULL, FALSE);
  set_progress (self, MONOCLE_STAGE_PREPARING, 0, 0);
  set_state (self, MONOCLE_QUERY_WAITING);
  end_change (self);
}

void
monocle_query_update (MonocleQuery *self, const MonocleUpdate *update)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));
  g_return_if_fail (update);

  if (self->state != MONOCLE_QUERY_RUNNING)
    return;

  begin_change (self);
  self->n_done = update->n_done;
  self->n_steps = update->n_steps;
  set_progress (self, update->stage, update->fraction, update->n_tokens);
  if (update->partial)
    set_results (self, update->partial, FALSE);
  end_change (self);
}

void
monocle_query_stop (MonocleQuery *self)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));

  if (self->state == MONOCLE_QUERY_RUNNING)
    set_stopping (self, TRUE);
}

void
monocle_query_finish (MonocleQuery *self, MonocleRun *run)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));
  g_return_if_fail (run);

  begin_change (self);
  g_clear_pointer (&self->run, monocle_run_free);
  self->run = run;
  stop_clock (self);
  set_progress (self, MONOCLE_STAGE_ANSWERING, 1, run->n_tokens);
  set_results (self, run->results, TRUE);
  set_state (self, run->stopped ? MONOCLE_QUERY_STOPPED : MONOCLE_QUERY_DONE);
  end_change (self);
}

void
monocle_query_fail (MonocleQuery *self, const GError *error)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));
  g_return_if_fail (error);

  begin_change (self);
  stop_clock (self);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_state (self, MONOCLE_QUERY_STOPPED);
  else
    {
      g_clear_error (&self->error);
      self->error = g_error_copy (error);
      set_state (self, MONOCLE_QUERY_FAILED);
    }
  end_change (self);
}

GArray *
monocle_query_hide_annotations (MonocleQuery *self, GPtrArray *annotations)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return monocle_query_objects_hide (self->objects, annotations);
}

void
monocle_query_set_hidden (MonocleQuery *self, const GArray *which, gboolean hidden)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));

  monocle_query_objects_set_hidden (self->objects, which, hidden);
}
