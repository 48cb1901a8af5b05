/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Label Studio's machine learning backend: it asks whether we are there, says what its project is
 * like, and sends tasks to be labelled. Percentages of the picture, as it has them.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/exchange/label-studio-region.h"
#include "app/json/fields.h"
#include "app/serve/apis.h"
#include "app/serve/label-config.h"
#include "app/serve/standard.h"

#define REQUEST "request"

/* More in one call are refused. */
#define MAX_TASKS 1000

/* Where Label Studio says that its files are. */
#define LOCAL_FILES "/data/local-files/?d="
#define DATA        "/data/"

/* --- pictures --- */

/* (transfer full) (nullable): of what is in that folder, whatever links and dots say */
static char *
find_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *top = g_strdup (realpath (folder, NULL)), *real = NULL;
  char *found = realpath (path, NULL);
  gsize n = top ? strlen (top) : 0;

  real = g_strdup (found);
  free (found);
  if (!top || !real || strncmp (real, top, n) != 0 || real[n] != '/')
    return NULL;
  return g_steal_pointer (&real);
}

/* (transfer full) (nullable) */
static GBytes *
read_file (const MonocleServeExchange *exchange, const char *escaped, GError **error)
{
  g_autofree char *name = g_uri_unescape_string (escaped, NULL), *path = NULL;
  g_autoptr (GMappedFile) file = NULL;

  if (!exchange->images)
    {
      monocle_serve_bad_request (error, "%s: the server was started without --images", escaped);
      return NULL;
    }
  path = name ? find_file (exchange->images, name) : NULL;
  if (!path || !g_file_test (path, G_FILE_TEST_IS_REGULAR)
      || !(file = g_mapped_file_new (path, FALSE, NULL)))
    {
      monocle_serve_bad_request (error, "%s is no file of the folder of images", escaped);
      return NULL;
    }
  return g_mapped_file_get_bytes (file);
}

/* (transfer full) (nullable) */
static GBytes *
read_picture (const MonocleServeExchange *exchange, const char *reference, GError **error)
{
  if (g_str_has_prefix (reference, LOCAL_FILES))
    return read_file (exchange, reference + strlen (LOCAL_FILES), error);
  if (g_str_has_prefix (reference, DATA))
    return read_file (exchange, reference + strlen (DATA), error);
  if (g_str_has_prefix (reference, "data:"))
    return monocle_serve_decode_picture (reference, error);
  monocle_serve_bad_request (error, "%.80s: pictures are not fetched from elsewhere", reference);
  return NULL;
}

/* --- tasks --- */

/* What a project wants, by its controls. */
static gboolean
add_requests (MonocleServeExchange *exchange, MonocleServeQuestion *asked, GError **error)
{
  static const struct
  {
    const char *tag;
    MonocleTaskKind kind;
  } wishes[] = {
    { "RectangleLabels", MONOCLE_TASK_FIND },
    { "PolygonLabels", MONOCLE_TASK_OUTLINE },
    { "Choices", MONOCLE_TASK_RANK },
    { "TextArea", MONOCLE_TASK_DESCRIBE },
  };
  const MonocleLabelConfig *config = exchange->data;
  g_autoptr (GError) reason = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    {
      const MonocleLabelControl *control = monocle_label_config_find (config, wishes[i].tag);
      g_autoptr (GPtrArray) labels = NULL;

      if (!control || (exchange->standard && asked->requests->len > 0))
        continue;
      labels = g_ptr_array_copy (control->labels, NULL, NULL);
      g_ptr_array_set_free_func (labels, NULL);
      g_ptr_array_add (labels, NULL);
      g_clear_error (&reason);
      monocle_serve_standard_add (exchange, asked, &wishes[i].kind, 1,
                                  (const char *const *) labels->pdata, &reason);
    }
  if (asked->requests->len == 0)
    {
      if (reason)
        g_propagate_error (error, g_steal_pointer (&reason));
      else
        monocle_serve_bad_request (error, "%s",
                                   "label_config has no control for what a model here answers");
      return FALSE;
    }
  return TRUE;
}

static gboolean
add_task (MonocleServeExchange *exchange, JsonNode *node, GError **error)
{
  const MonocleLabelConfig *config = exchange->data;
  MonocleServeQuestion *asked = monocle_serve_exchange_add (exchange);
  JsonObject *data = NULL;
  const char *reference = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return monocle_serve_bad_request (error, "%s", "a task is no object");
  if (!monocle_json_get_object (json_node_get_object (node), REQUEST, "data", MONOCLE_JSON_REQUIRED,
                                &data, error)
      || !monocle_json_get_string (data, REQUEST ": data", config->key, MONOCLE_JSON_REQUIRED,
                                   &reference, error)
      || !add_requests (exchange, asked, error))
    return FALSE;
  /* The others may still be there. */
  asked->picture = read_picture (exchange, reference, &asked->fault);
  return TRUE;
}

static gboolean
read_tasks (MonocleServeExchange *exchange, GError **error)
{
  g_autoptr (JsonObject) object = monocle_serve_exchange_parse (exchange, error);
  const char *config = NULL;
  JsonArray *tasks = NULL;

  if (!object
      || !monocle_json_get_string (object, REQUEST, "label_config", MONOCLE_JSON_REQUIRED, &config,
                                   error)
      || !monocle_json_get_array (object, REQUEST, "tasks", MONOCLE_JSON_REQUIRED, &tasks, error)
      || !(exchange->data = monocle_label_config_parse (config, error)))
    return FALSE;
  exchange->destroy = (GDestroyNotify) monocle_label_config_free;
  if (json_array_get_length (tasks) > MAX_TASKS)
    return monocle_serve_bad_request (error, "%s", "too many tasks");
  for (guint i = 0; i < json_array_get_length (tasks); i++)
    if (!add_task (exchange, json_array_get_element (tasks, i), error))
      return FALSE;
  return TRUE;
}

/* --- the reply --- */

typedef struct
{
  const MonocleLabelConfig *config;
  const MonocleServeQuestion *asked;
  GString *text; /* regions, as JSON */
  guint n;       /* of them */
} Writing;

/* The region that comes next. */
static MonocleLabelStudioRegion
begin_region (Writing *self, const MonocleLabelControl *control, char **id, double score)
{
  *id = g_strdup_printf ("m%u", ++self->n);
  g_string_append (self->text, self->n > 1 ? ", " : "");
  return (MonocleLabelStudioRegion){ *id,
                                     control->name,
                                     control->object,
                                     monocle_image_get_width (self->asked->image),
                                     monocle_image_get_height (self->asked->image),
                                     score };
}

static void
add_box (Writing *self, const MonocleObject *object)
{
  const MonocleLabelControl *control = monocle_label_config_find (self->config, "RectangleLabels");
  const char *label = control ? monocle_label_control_find (control, object->label) : NULL;
  const MonocleRect box = monocle_shape_get_bounds (object->shape);
  MonocleLabelStudioRegion region;
  g_autofree char *id = NULL;

  if (!label)
    return;
  region = begin_region (self, control, &id, (double) object->score);
  monocle_label_studio_append_box (self->text, &region, &box, label);
}

static void
add_ring (Writing *self,
          const MonocleLabelControl *control,
          const MonocleObject *object,
          const char *label,
          const double *points,
          guint n)
{
  g_autofree char *id = NULL;
  const MonocleLabelStudioRegion region = begin_region (self, control, &id, (double) object->score);

  monocle_label_studio_append_outline (self->text, &region, points, n, TRUE, label);
}

/* Returns: whether it has outlines */
static gboolean
add_outline (Writing *self, const MonocleObject *object)
{
  const MonocleLabelControl *control = monocle_label_config_find (self->config, "PolygonLabels");
  const char *label = control ? monocle_label_control_find (control, object->label) : NULL;
  MonocleShapeKind kind = monocle_shape_get_kind (object->shape);
  guint n_rings = 0, n_points;
  const double *points = monocle_shape_get_points (object->shape, &n_points);
  const MonocleRing *rings = NULL;

  if (!label || kind == MONOCLE_SHAPE_BOX || kind == MONOCLE_SHAPE_POINTS)
    return FALSE;
  if (kind == MONOCLE_SHAPE_QUAD)
    add_ring (self, control, object, label, points, n_points);
  else
    rings = monocle_shape_get_rings (object->shape, &n_rings);
  for (guint i = 0; i < n_rings; i++)
    if (rings[i].role == MONOCLE_RING_OUTER)
      add_ring (self, control, object, label, rings[i].points, rings[i].n_points);
  return TRUE;
}

static void
add_text (Writing *self, const char *text)
{
  const MonocleLabelControl *control = monocle_label_config_find (self->config, "TextArea");
  MonocleLabelStudioRegion region;
  g_autofree char *id = NULL;

  if (!control || !text || !*text)
    return;
  region = begin_region (self, control, &id, (double) NAN);
  monocle_label_studio_append_words (self->text, &region, text);
}

/* The best one that may be chosen. */
static void
add_choice (Writing *self, const MonocleResult *result)
{
  const MonocleLabelControl *control = monocle_label_config_find (self->config, "Choices");

  for (guint i = 0; control && i < monocle_result_get_n_parts (result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);
      const char *label = part->kind == MONOCLE_PART_RANK
                              ? monocle_label_control_find (control, part->rank)
                              : NULL;
      MonocleLabelStudioRegion region;
      g_autofree char *id = NULL;

      if (!label)
        continue;
      region = begin_region (self, control, &id, (double) part->probability);
      monocle_label_studio_append_choice (self->text, &region, label);
      return;
    }
}

static void
add_result (Writing *self, const MonocleResult *result)
{
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);

      if (!add_outline (self, object))
        add_box (self, object);
    }
  add_choice (self, result);
  add_text (self, monocle_result_get_text (result));
}

/* Of a prediction: the mean of what has one; NaN of none. */
static double
take_mean (const GPtrArray *results)
{
  double sum = 0;
  guint n = 0;

  for (guint i = 0; i < results->len; i++)
    for (guint k = 0; k < monocle_result_get_n_objects (results->pdata[i]); k++)
      {
        double score = (double) monocle_result_get_object (results->pdata[i], k)->score;

        if (isfinite (score))
          {
            sum += score;
            n++;
          }
      }
  return n > 0 ? sum / n : (double) NAN;
}

static void
add_prediction (MonocleServeExchange *exchange, JsonBuilder *builder, MonocleServeQuestion *asked)
{
  g_autoptr (GString) text = g_string_new ("[");
  Writing writing = { exchange->data, asked, text, 0 };
  g_autoptr (GPtrArray) results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  double score;

  for (guint i = 0; i < asked->runs->len; i++)
    g_ptr_array_add (results,
                     monocle_serve_exchange_take_result (exchange, asked->runs->pdata[i], 0));
  score = take_mean (results);
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "model_version", monocle_model_get_name (exchange->model));
  monocle_json_add_number (builder, "score", isfinite (score) ? score : 0);
  for (guint i = 0; i < results->len; i++)
    add_result (&writing, results->pdata[i]);
  g_string_append_c (text, ']');
  json_builder_set_member_name (builder, "result");
  json_builder_add_value (builder, json_from_string (text->str, NULL));
  if (asked->fault)
    monocle_json_add_text (builder, "error", asked->fault->message);
  json_builder_end_object (builder);
}

static JsonNode *
write_predictions (MonocleServeExchange *exchange)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  for (guint i = 0; i < exchange->questions->len; i++)
    add_prediction (exchange, builder, exchange->questions->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* --- before that --- */

static gboolean
read_nothing (MonocleServeExchange *exchange, GError **error)
{
  return TRUE;
}

static JsonNode *
write_health (MonocleServeExchange *exchange)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "status", "UP");
  monocle_json_add_text (builder, "model_class", "Monocle");
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static JsonNode *
write_setup (MonocleServeExchange *exchange)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "model_version", monocle_model_get_name (exchange->model));
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

const MonocleServeApi monocle_serve_label_studio_health
    = { "GET", "/health", read_nothing, write_health };
const MonocleServeApi monocle_serve_label_studio_setup
    = { "POST", "/setup", read_nothing, write_setup };
const MonocleServeApi monocle_serve_label_studio_predict
    = { "POST", "/predict", read_tasks, write_predictions };
