/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A query as a value that can be kept in a file: what was asked, of what, and all that came back.
 */
#include "config.h"

#include <math.h>

#include "app/document/query-private.h"

/* A dictionary: what is not known is passed over, what is missing is empty. */
#define TASK      "task"
#define GIVES     "gives"
#define TEXT      "text"
#define REGIONS   "regions" /* four edges each */
#define ROTATION  "rotation"
#define CREATED   "created" /* microseconds since 1970 */
#define MODEL     "model"
#define DEVICE    "device"
#define PRECISION "precision"
#define ELAPSED   "elapsed-ms"
#define STOPPED   "stopped"
#define TIMES     "times" /* ms of compiling, preprocessing, encoding, decoding; tokens; at once */
#define RESULTS   "results" /* one for each region, or one; some are nothing */
#define OBJECTS   "objects" /* what a person made of them */
#define CORRECTED "corrected"

#define TIMES_TYPE   "(dddduu)"
#define RESULTS_TYPE "am" MONOCLE_STORED_RESULT

/* --- Away --- */

static void
add_text (GVariantBuilder *dict, const char *name, const char *text)
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

  g_variant_builder_init (&results, G_VARIANT_TYPE (RESULTS_TYPE));
  for (guint i = 0; self->results && i < self->results->len; i++)
    {
      const MonocleResult *result = self->results->pdata[i];

      g_variant_builder_add_value (
          &results, g_variant_new_maybe (G_VARIANT_TYPE (MONOCLE_STORED_RESULT),
                                         result ? monocle_result_store (result) : NULL));
    }
  return g_variant_builder_end (&results);
}

GVariant *
monocle_query_store (MonocleQuery *self)
{
  GVariantBuilder dict;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  add_text (&dict, TASK, self->task->id);
  g_variant_builder_add (&dict, "{sv}", GIVES, g_variant_new_uint32 (self->task->gives));
  add_text (&dict, TEXT, self->prompt);
  if (self->regions->len > 0)
    g_variant_builder_add (&dict, "{sv}", REGIONS, store_regions (self));
  g_variant_builder_add (&dict, "{sv}", ROTATION, g_variant_new_uint32 (self->rotation));
  g_variant_builder_add (&dict, "{sv}", CREATED,
                         g_variant_new_int64 (g_date_time_to_unix (self->created) * G_USEC_PER_SEC
                                              + g_date_time_get_microsecond (self->created)));
  add_text (&dict, MODEL, self->model_name);
  add_text (&dict, DEVICE, self->device_name);
  add_text (&dict, PRECISION, self->precision_name);
  g_variant_builder_add (&dict, "{sv}", ELAPSED,
                         g_variant_new_double (monocle_query_get_elapsed_ms (self)));
  g_variant_builder_add (&dict, "{sv}", STOPPED,
                         g_variant_new_boolean (self->state == MONOCLE_QUERY_STOPPED));
  if (self->run)
    g_variant_builder_add (&dict, "{sv}", TIMES,
                           g_variant_new (TIMES_TYPE, self->run->compile_ms,
                                          self->run->preprocess_ms, self->run->encode_ms,
                                          self->run->decode_ms, self->run->n_tokens,
                                          self->run->n_at_once));
  g_variant_builder_add (&dict, "{sv}", RESULTS, store_results (self));
  g_variant_builder_add (&dict, "{sv}", OBJECTS, monocle_query_objects_store_all (self->objects));
  if (self->corrections)
    g_variant_builder_add (&dict, "{sv}", CORRECTED, monocle_query_store_corrections (self));
  return g_variant_builder_end (&dict);
}

/* --- And back --- */

static const MonocleTask *
read_task (GVariant *dict)
{
  const char *id = NULL;
  guint32 gives = 0;

  g_variant_lookup (dict, GIVES, "u", &gives);
  return g_variant_lookup (dict, TASK, "&s", &id)
             ? monocle_model_recall_task (id, (MonocleTaskGives) gives)
             : NULL;
}

static MonocleQuery *
read_question (GVariant *dict)
{
  const MonocleTask *task = read_task (dict);
  g_autoptr (GVariant) edges = g_variant_lookup_value (dict, REGIONS, G_VARIANT_TYPE ("ad"));
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
  g_variant_lookup (dict, TEXT, "&s", &text);
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
  g_autoptr (GVariant) list = g_variant_lookup_value (dict, RESULTS, G_VARIANT_TYPE (RESULTS_TYPE));
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
  g_variant_lookup (dict, STOPPED, "b", &run->stopped);
  g_variant_lookup (dict, TIMES, TIMES_TYPE, &run->compile_ms, &run->preprocess_ms, &run->encode_ms,
                    &run->decode_ms, &run->n_tokens, &run->n_at_once);
  return run;
}

static void
read_facts (MonocleQuery *self, GVariant *dict)
{
  gint64 created;
  double elapsed_ms = 0;
  guint32 rotation = 0;

  if (g_variant_lookup (dict, CREATED, "x", &created))
    {
      g_autoptr (GDateTime) second = g_date_time_new_from_unix_local (created / G_USEC_PER_SEC);

      if (second)
        {
          GDateTime *exactly = g_date_time_add (second, created % G_USEC_PER_SEC);

          g_date_time_unref (self->created);
          self->created = exactly ? exactly : g_date_time_ref (second);
        }
    }
  g_variant_lookup (dict, ROTATION, "u", &rotation);
  self->rotation = rotation % 4;
  g_variant_lookup (dict, MODEL, "s", &self->model_name);
  g_variant_lookup (dict, DEVICE, "s", &self->device_name);
  g_variant_lookup (dict, PRECISION, "s", &self->precision_name);
  g_variant_lookup (dict, ELAPSED, "d", &elapsed_ms);
  /* The clock of another start of the machine says nothing: how long it took does. */
  self->start_us = 1;
  self->end_us = 1 + (isfinite (elapsed_ms) ? (gint64) (CLAMP (elapsed_ms, 0, 1e12) * 1000) : 0);
}

MonocleQuery *
monocle_query_new_stored (guint64 id, GVariant *stored)
{
  g_autoptr (MonocleQuery) self = NULL;
  g_autoptr (GVariant) objects = NULL;
  g_autoptr (GVariant) corrected = NULL;
  GPtrArray *results;

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
  monocle_query_set_results (self, self->run->results, TRUE);
  objects = g_variant_lookup_value (stored, OBJECTS, G_VARIANT_TYPE (MONOCLE_STORED_OBJECTS));
  if (objects)
    monocle_query_objects_restore_all (self->objects, objects);
  corrected = g_variant_lookup_value (stored, CORRECTED,
                                      G_VARIANT_TYPE (MONOCLE_STORED_CORRECTIONS));
  if (corrected)
    monocle_query_restore_corrections (self, corrected);
  return g_steal_pointer (&self);
}
