/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A query as a value that can be kept in a file: what was asked, of what, and all that came back.
 */
#include "config.h"

#include <math.h>

#include "app/document/query-private.h"
#include "app/document/query-stored.h"

/* --- Away --- */

void
monocle_stored_add_text (GVariantBuilder *dict, const char *name, const char *text)
{
  if (text)
    g_variant_builder_add (dict, "{sv}", name,
                           g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

static GVariant *
store_regions (MonocleQuery *self)
{
  GVariantBuilder edges;

  g_variant_builder_init (&edges, G_VARIANT_TYPE ("ad"));
  for (guint i = 0; i < self->regions->len; i++)
    {
      const MonocleBox *box = &g_array_index (self->regions, MonocleBox, i);

      g_variant_builder_add (&edges, "d", (double) box->x1);
      g_variant_builder_add (&edges, "d", (double) box->y1);
      g_variant_builder_add (&edges, "d", (double) box->x2);
      g_variant_builder_add (&edges, "d", (double) box->y2);
    }
  return g_variant_builder_end (&edges);
}

static GVariant *
store_results (MonocleQuery *self)
{
  GVariantBuilder results;

  g_variant_builder_init (&results, G_VARIANT_TYPE (MONOCLE_KEY_RESULTS_TYPE));
  for (guint i = 0; self->results && i < self->results->len; i++)
    {
      const MonocleResult *result = self->results->pdata[i];

      g_variant_builder_add_value (
          &results, g_variant_new_maybe (G_VARIANT_TYPE (MONOCLE_STORED_RESULT),
                                         result ? monocle_result_store (result) : NULL));
    }
  return g_variant_builder_end (&results);
}

static void
store_settings (MonocleQuery *self, GVariantBuilder *dict)
{
  const MonocleQuerySettings *settings = &self->settings;
  const MonocleSampling *sampling = &settings->sampling;

  g_variant_builder_add (dict, "{sv}", MONOCLE_KEY_BEAMS,
                         g_variant_new_uint32 (settings->num_beams));
  if (*settings->language)
    monocle_stored_add_text (dict, MONOCLE_KEY_LANGUAGE, settings->language);
  if (settings->max_tokens > 0)
    g_variant_builder_add (dict, "{sv}", MONOCLE_KEY_MOST,
                           g_variant_new_uint32 (settings->max_tokens));
  if (settings->is_drawn)
    g_variant_builder_add (dict, "{sv}", MONOCLE_KEY_SAMPLING,
                           g_variant_new (MONOCLE_KEY_SAMPLING_TYPE, sampling->temperature,
                                          sampling->top_k, sampling->top_p, sampling->min_p,
                                          sampling->seed));
}

GVariant *
monocle_query_store (MonocleQuery *self)
{
  GVariantBuilder dict;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  monocle_stored_add_text (&dict, MONOCLE_KEY_TASK, self->task->id);
  g_variant_builder_add (&dict, "{sv}", MONOCLE_KEY_GIVES,
                         g_variant_new_uint32 (self->task->gives));
  monocle_stored_add_text (&dict, MONOCLE_KEY_TEXT, self->prompt);
  if (self->regions->len > 0)
    g_variant_builder_add (&dict, "{sv}", MONOCLE_KEY_REGIONS, store_regions (self));
  g_variant_builder_add (&dict, "{sv}", MONOCLE_KEY_ROTATION,
                         g_variant_new_uint32 (self->rotation));
  g_variant_builder_add (&dict, "{sv}", MONOCLE_KEY_CREATED,
                         g_variant_new_int64 (g_date_time_to_unix (self->created) * G_USEC_PER_SEC
                                              + g_date_time_get_microsecond (self->created)));
  monocle_stored_add_text (&dict, MONOCLE_KEY_MODEL, self->model_name);
  monocle_stored_add_text (&dict, MONOCLE_KEY_DIGEST, self->model_digest);
  monocle_stored_add_text (&dict, MONOCLE_KEY_DEVICE, self->device_name);
  monocle_stored_add_text (&dict, MONOCLE_KEY_DRIVER, self->driver_name);
  monocle_stored_add_text (&dict, MONOCLE_KEY_PRECISION, self->precision_name);
  store_settings (self, &dict);
  g_variant_builder_add (&dict, "{sv}", MONOCLE_KEY_ELAPSED,
                         g_variant_new_double (monocle_query_get_elapsed_ms (self)));
  g_variant_builder_add (&dict, "{sv}", MONOCLE_KEY_STOPPED,
                         g_variant_new_boolean (self->state == MONOCLE_QUERY_STOPPED));
  if (self->run)
    g_variant_builder_add (&dict, "{sv}", MONOCLE_KEY_TIMES,
                           g_variant_new (MONOCLE_KEY_TIMES_TYPE, self->run->compile_ms,
                                          self->run->preprocess_ms, self->run->encode_ms,
                                          self->run->decode_ms, self->run->n_tokens,
                                          self->run->n_at_once));
  g_variant_builder_add (&dict, "{sv}", MONOCLE_KEY_RESULTS, store_results (self));
  g_variant_builder_add (&dict, "{sv}", MONOCLE_KEY_OBJECTS,
                         monocle_query_objects_store_all (self->objects));
  if (self->cut > 0)
    g_variant_builder_add (&dict, "{sv}", MONOCLE_KEY_CUT, g_variant_new_double (self->cut));
  if (self->corrections)
    g_variant_builder_add (&dict, "{sv}", MONOCLE_KEY_CORRECTED,
                           monocle_query_store_corrections (self));
  return g_variant_builder_end (&dict);
}

/* --- And back --- */

static const MonocleTask *
read_task (GVariant *dict)
{
  const char *id = NULL;
  guint32 gives = 0;

  g_variant_lookup (dict, MONOCLE_KEY_GIVES, "u", &gives);
  return g_variant_lookup (dict, MONOCLE_KEY_TASK, "&s", &id)
             ? monocle_model_recall_task (id, (MonocleTaskGives) gives)
             : NULL;
}

static MonocleQuery *
read_question (GVariant *dict)
{
  const MonocleTask *task = read_task (dict);
  g_autoptr (GVariant) edges
      = g_variant_lookup_value (dict, MONOCLE_KEY_REGIONS, G_VARIANT_TYPE ("ad"));
  g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
  gsize n = 0;
  const double *numbers = edges ? g_variant_get_fixed_array (edges, &n, sizeof *numbers) : NULL;
  const char *text = NULL;

  if (!task)
    return NULL;
  for (gsize i = 0; i + 4 <= n; i += 4)
    {
      const MonocleBox box = { (float) numbers[i], (float) numbers[i + 1], (float) numbers[i + 2],
                               (float) numbers[i + 3] };

      g_array_append_val (boxes, box);
    }
  g_variant_lookup (dict, MONOCLE_KEY_TEXT, "&s", &text);
  return monocle_query_new (task, text, (const MonocleBox *) (gpointer) boxes->data, boxes->len,
                            NULL);
}

static void
free_result (gpointer result)
{
  if (result)
    monocle_result_unref (result);
}

/* (transfer full) (nullable) */
static GPtrArray *
read_results (GVariant *dict)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (dict, MONOCLE_KEY_RESULTS,
                                                      G_VARIANT_TYPE (MONOCLE_KEY_RESULTS_TYPE));
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (free_result);
  const gsize n = list ? g_variant_n_children (list) : 0;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) maybe = g_variant_get_child_value (list, i);
      g_autoptr (GVariant) stored = g_variant_get_maybe (maybe);
      MonocleResult *result = stored ? monocle_result_restore (stored) : NULL;

      if (stored && !result)
        return NULL;
      g_ptr_array_add (results, result);
    }
  return g_steal_pointer (&results);
}

/* @results: (transfer full) */
static MonocleRun *
read_run (GVariant *dict, GPtrArray *results)
{
  MonocleRun *run = g_new0 (MonocleRun, 1);

  run->results = results;
  g_variant_lookup (dict, MONOCLE_KEY_STOPPED, "b", &run->stopped);
  g_variant_lookup (dict, MONOCLE_KEY_TIMES, MONOCLE_KEY_TIMES_TYPE, &run->compile_ms,
                    &run->preprocess_ms, &run->encode_ms, &run->decode_ms, &run->n_tokens,
                    &run->n_at_once);
  return run;
}

static void
read_settings (MonocleQuerySettings *settings, GVariant *dict)
{
  MonocleSampling *sampling = &settings->sampling;
  const char *language = NULL;

  if (g_variant_lookup (dict, MONOCLE_KEY_LANGUAGE, "&s", &language)
      && monocle_language_is_code (language))
    g_strlcpy (settings->language, language, sizeof settings->language);
  g_variant_lookup (dict, MONOCLE_KEY_BEAMS, "u", &settings->num_beams);
  settings->num_beams = MIN (settings->num_beams, MONOCLE_MAX_BEAMS);
  g_variant_lookup (dict, MONOCLE_KEY_MOST, "u", &settings->max_tokens);
  /* What cannot be asked again so is not known. */
  settings->is_drawn = g_variant_lookup (dict, MONOCLE_KEY_SAMPLING, MONOCLE_KEY_SAMPLING_TYPE,
                                         &sampling->temperature, &sampling->top_k, &sampling->top_p,
                                         &sampling->min_p, &sampling->seed)
                       && !monocle_sampling_check (sampling);
}

static void
read_facts (MonocleQuery *self, GVariant *dict)
{
  gint64 created;
  double elapsed_ms = 0;
  guint32 rotation = 0;

  if (g_variant_lookup (dict, MONOCLE_KEY_CREATED, "x", &created))
    {
      g_autoptr (GDateTime) second = g_date_time_new_from_unix_local (created / G_USEC_PER_SEC);

      if (second)
        {
          GDateTime *exactly = g_date_time_add (second, created % G_USEC_PER_SEC);

          g_date_time_unref (self->created);
          self->created = exactly ? exactly : g_date_time_ref (second);
        }
    }
  g_variant_lookup (dict, MONOCLE_KEY_ROTATION, "u", &rotation);
  self->rotation = rotation % 4;
  g_variant_lookup (dict, MONOCLE_KEY_MODEL, "s", &self->model_name);
  g_variant_lookup (dict, MONOCLE_KEY_DIGEST, "s", &self->model_digest);
  g_variant_lookup (dict, MONOCLE_KEY_DEVICE, "s", &self->device_name);
  g_variant_lookup (dict, MONOCLE_KEY_DRIVER, "s", &self->driver_name);
  g_variant_lookup (dict, MONOCLE_KEY_PRECISION, "s", &self->precision_name);
  read_settings (&self->settings, dict);
  g_variant_lookup (dict, MONOCLE_KEY_ELAPSED, "d", &elapsed_ms);
  /* The clock of another start of the machine says nothing: how long it took does. */
  self->start_us = 1;
  self->end_us = 1 + (isfinite (elapsed_ms) ? llround (CLAMP (elapsed_ms, 0, 1e12) * 1000) : 0);
}

MonocleQuery *
monocle_query_new_stored (guint64 id, GVariant *stored)
{
  g_autoptr (MonocleQuery) self = NULL;
  g_autoptr (GVariant) objects = NULL;
  g_autoptr (GVariant) corrected = NULL;
  GPtrArray *results;
  double cut;

  g_return_val_if_fail (stored, NULL);

  if (!g_variant_is_of_type (stored, G_VARIANT_TYPE_VARDICT) || !(self = read_question (stored))
      || !(results = read_results (stored)))
    return NULL;
  self->id = id;
  read_facts (self, stored);
  self->run = read_run (stored, results);
  self->state = self->run->stopped ? MONOCLE_QUERY_STOPPED : MONOCLE_QUERY_DONE;
  self->stage = MONOCLE_STAGE_ANSWERING;
  self->fraction = 1;
  self->n_tokens = self->run->n_tokens;
  if (g_variant_lookup (stored, MONOCLE_KEY_CUT, "d", &cut) && monocle_query_takes_cut (cut))
    self->cut = cut;
  monocle_query_set_results (self, self->run->results, TRUE);
  objects = g_variant_lookup_value (stored, MONOCLE_KEY_OBJECTS,
                                    G_VARIANT_TYPE (MONOCLE_STORED_OBJECTS));
  if (objects)
    monocle_query_objects_restore_all (self->objects, objects);
  corrected = g_variant_lookup_value (stored, MONOCLE_KEY_CORRECTED,
                                      G_VARIANT_TYPE (MONOCLE_STORED_CORRECTIONS));
  if (corrected)
    monocle_query_restore_corrections (self, corrected);
  return g_steal_pointer (&self);
}
