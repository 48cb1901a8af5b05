/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * POST /run: what `monocle-cli run` asks and prints, over HTTP. The picture is the body and the
 * question the address, or both are members of a JSON object.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/json/answer.h"
#include "app/serve/apis.h"

#define REQUEST "request"

static const char *const keys[]
    = { "image",    "name",  "task",       "text",      "labels",    "template", "regions",
        "language", "beams", "max_tokens", "min_score", "threshold", "sampling", NULL };

typedef struct
{
  GStrv tasks;
  char *text, *language, *wording;
  GArray *regions; /* of MonocleBox */
  gint64 num_beams, max_tokens;
  double threshold;
  gboolean has_threshold;
  gboolean samples;
  MonocleSampling sampling;
} Question;

static void
question_clear (Question *question)
{
  g_strfreev (question->tasks);
  g_free (question->text);
  g_free (question->language);
  g_free (question->wording);
  g_array_unref (question->regions);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

/* --- the question in JSON --- */

static gboolean
read_tasks (JsonObject *object, Question *question, GError **error)
{
  JsonNode *node = json_object_get_member (object, "task");
  const char *task = NULL;

  if (node && JSON_NODE_HOLDS_ARRAY (node))
    return monocle_json_get_strings (object, REQUEST, "task", MONOCLE_JSON_REQUIRED,
                                     &question->tasks, error);
  if (!monocle_json_get_string (object, REQUEST, "task", MONOCLE_JSON_OPTIONAL, &task, error))
    return FALSE;
  if (task)
    question->tasks = g_strdupv ((char *[]){ (char *) task, NULL });
  return TRUE;
}

/* (transfer full) (nullable): as lines, of which even one alone may have commas in it */
static char *
join_labels (char **labels, GError **error)
{
  g_autofree char *lines = g_strjoinv ("\n", labels);

  for (guint i = 0; labels[i]; i++)
    if (strpbrk (labels[i], "\r\n"))
      {
        monocle_serve_bad_request (error, "%s", "a label is one line");
        return NULL;
      }
  return g_strconcat (lines, "\n", NULL);
}

static gboolean
read_text (JsonObject *object, Question *question, GError **error)
{
  g_auto (GStrv) labels = NULL;
  const char *text = NULL, *language = NULL, *wording = NULL;

  if (!monocle_json_get_string (object, REQUEST, "text", MONOCLE_JSON_OPTIONAL, &text, error)
      || !monocle_json_get_strings (object, REQUEST, "labels", MONOCLE_JSON_OPTIONAL, &labels,
                                    error)
      || !monocle_json_get_string (object, REQUEST, "language", MONOCLE_JSON_OPTIONAL, &language,
                                   error)
      || !monocle_json_get_string (object, REQUEST, "template", MONOCLE_JSON_OPTIONAL, &wording,
                                   error))
    return FALSE;
  if (text && labels)
    return monocle_serve_bad_request (error, "%s", "either text or labels");
  question->text = labels ? join_labels (labels, error) : g_strdup (text);
  question->language = g_strdup (language);
  question->wording = g_strdup (wording);
  return question->text || !labels;
}

static gboolean
read_regions (JsonObject *object, Question *question, GError **error)
{
  JsonArray *regions = NULL;

  if (!monocle_json_get_array (object, REQUEST, "regions", MONOCLE_JSON_OPTIONAL, &regions, error))
    return FALSE;
  for (guint i = 0; regions && i < json_array_get_length (regions); i++)
    {
      g_autoptr (GArray) sides = g_array_new (FALSE, FALSE, sizeof (double));
      const double *side;
      MonocleBox box;

      if (!monocle_json_read_numbers (json_array_get_element (regions, i), REQUEST, "regions", 4,
                                      sides, error))
        return FALSE;
      side = (const double *) (gpointer) sides->data;
      box = (MonocleBox){ (float) side[0], (float) side[1], (float) side[2], (float) side[3] };
      g_array_append_val (question->regions, box);
    }
  return TRUE;
}

static gboolean
read_sampling (JsonObject *object, Question *question, GError **error)
{
  MonocleSampling *sampling = &question->sampling;
  JsonObject *settings = NULL;
  const char *where = REQUEST ": sampling", *problem;
  gint64 top_k = 0, seed = g_random_int ();

  *sampling = MONOCLE_SAMPLING_PLAIN;
  if (!monocle_json_get_object (object, REQUEST, "sampling", MONOCLE_JSON_OPTIONAL, &settings,
                                error))
    return FALSE;
  question->samples = settings != NULL;
  if (!settings)
    return TRUE;
  if (!monocle_json_get_double (settings, where, "temperature", MONOCLE_JSON_OPTIONAL,
                                &sampling->temperature, error)
      || !monocle_json_get_double (settings, where, "top_p", MONOCLE_JSON_OPTIONAL,
                                   &sampling->top_p, error)
      || !monocle_json_get_double (settings, where, "min_p", MONOCLE_JSON_OPTIONAL,
                                   &sampling->min_p, error)
      || !monocle_json_get_int (settings, where, "top_k", MONOCLE_JSON_OPTIONAL, 0,
                                MONOCLE_SAMPLER_MAX_CANDIDATES, &top_k, error)
      || !monocle_json_get_int (settings, where, "seed", MONOCLE_JSON_OPTIONAL, 0, G_MAXUINT32,
                                &seed, error))
    return FALSE;
  sampling->top_k = (guint) top_k;
  sampling->seed = (guint64) seed;
  problem = monocle_sampling_check (sampling);
  return !problem || monocle_serve_bad_request (error, "%s", problem);
}

static gboolean
read_numbers (JsonObject *object,
              MonocleServeExchange *exchange,
              Question *question,
              GError **error)
{
  double least = NAN;

  if (!monocle_json_get_int (object, REQUEST, "beams", MONOCLE_JSON_OPTIONAL, 1, MONOCLE_MAX_BEAMS,
                             &question->num_beams, error)
      || !monocle_json_get_int (object, REQUEST, "max_tokens", MONOCLE_JSON_OPTIONAL, 1, G_MAXINT,
                                &question->max_tokens, error)
      || !monocle_json_get_double (object, REQUEST, "min_score", MONOCLE_JSON_OPTIONAL, &least,
                                   error)
      || !monocle_json_get_double (object, REQUEST, "threshold", MONOCLE_JSON_OPTIONAL, &least,
                                   error))
    return FALSE;
  if (isnan (least))
    return TRUE;
  if (!(least >= 0 && least <= 1))
    return monocle_serve_bad_request (error, "%s must be from 0 to 1", "min_score");
  exchange->min_score = question->threshold = least;
  question->has_threshold = TRUE;
  return TRUE;
}

static gboolean
check_keys (JsonObject *object, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l; l = l->next)
    if (!g_strv_contains (keys, l->data))
      return monocle_serve_bad_request (error, "nobody here knows “%s”", (const char *) l->data);
  return TRUE;
}

static gboolean
read_json (MonocleServeExchange *exchange,
           MonocleServeQuestion *asked,
           Question *question,
           GError **error)
{
  g_autoptr (JsonObject) object = monocle_serve_exchange_parse (exchange, error);
  const char *image, *name = NULL;

  if (!object || !check_keys (object, error)
      || !monocle_json_get_string (object, REQUEST, "image", MONOCLE_JSON_REQUIRED, &image, error)
      || !monocle_json_get_string (object, REQUEST, "name", MONOCLE_JSON_OPTIONAL, &name, error)
      || !(asked->picture = monocle_serve_decode_picture (image, error)))
    return FALSE;
  asked->name = g_strdup (name);
  return read_tasks (object, question, error) && read_text (object, question, error)
         && read_regions (object, question, error)
         && read_numbers (object, exchange, question, error)
         && read_sampling (object, question, error);
}

/* --- the question in the address --- */

static gboolean
read_address (MonocleServeExchange *exchange,
              MonocleServeQuestion *asked,
              Question *question,
              GError **error)
{
  static const char *const known[] = { "task", "text", "name", NULL };
  GHashTableIter iter;
  gpointer key, value;

  asked->picture = g_bytes_ref (exchange->body);
  if (!exchange->query)
    return TRUE;
  g_hash_table_iter_init (&iter, exchange->query);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!g_strv_contains (known, key))
      return monocle_serve_bad_request (error, "an address cannot say “%s”: send JSON",
                                        (const char *) key);
  asked->name = g_strdup (g_hash_table_lookup (exchange->query, "name"));
  question->text = g_strdup (g_hash_table_lookup (exchange->query, "text"));
  value = g_hash_table_lookup (exchange->query, "task");
  question->tasks = value ? g_strsplit (value, ",", -1) : NULL;
  return TRUE;
}

/* --- requests --- */

static void
add_request (MonocleServeQuestion *asked, const Question *question, const MonocleTask *task)
{
  MonocleRequest request = {
    .task = task,
    .wording = question->wording,
    .threshold = question->threshold,
    .has_threshold = question->has_threshold,
    .num_beams = (guint) question->num_beams,
    .max_tokens = (guint) question->max_tokens,
    .sampling = question->samples ? &question->sampling : NULL,
  };

  if (task->takes & MONOCLE_TAKES_TEXT)
    request.text = question->text;
  if (task->languages)
    request.language = question->language;
  if (task->takes & MONOCLE_TAKES_REGION)
    {
      request.regions = (const MonocleBox *) (gpointer) question->regions->data;
      request.n_regions = question->regions->len;
    }
  g_ptr_array_add (asked->requests, monocle_request_copy (&request));
}

static gboolean
add_requests (MonocleServeExchange *exchange,
              MonocleServeQuestion *asked,
              const Question *question,
              GError **error)
{
  const GPtrArray *tasks = monocle_model_list_tasks (exchange->model);
  MonocleTaskTakes takes = (question->text ? MONOCLE_TAKES_TEXT : 0)
                           | (question->regions->len > 0 ? MONOCLE_TAKES_REGION : 0);
  guint taken = 0;
  gboolean speaks = FALSE;

  for (guint i = 0; question->tasks && question->tasks[i]; i++)
    {
      const MonocleTask *task = monocle_tasks_find_named (tasks, question->tasks[i], takes);

      if (!task)
        return monocle_serve_bad_request (error, "there is no task “%s”", question->tasks[i]);
      add_request (asked, question, task);
    }
  for (guint i = 0; i < asked->requests->len; i++)
    {
      const MonocleRequest *request = asked->requests->pdata[i];

      taken |= request->task->takes;
      speaks = speaks || request->language;
    }
  /* Whoever gives it means something by it. Some write a region as a text. */
  if (asked->requests->len > 0 && (takes & MONOCLE_TAKES_REGION & ~taken))
    return monocle_serve_bad_request (error, "%s", "no task here takes regions");
  if (asked->requests->len > 0 && question->language && !speaks)
    return monocle_serve_bad_request (error, "%s", "no task here takes a language");
  if (asked->requests->len > 0 && takes && !taken)
    return monocle_serve_bad_request (error, "%s", "no task here takes a text");
  if (asked->requests->len == 0 && exchange->standard)
    g_ptr_array_add (asked->requests, monocle_request_copy (exchange->standard));
  return asked->requests->len > 0 || monocle_serve_bad_request (error, "%s", "the task is missing");
}

static gboolean
is_json (const MonocleServeExchange *exchange)
{
  return exchange->content_type
         && g_ascii_strcasecmp (exchange->content_type, "application/json") == 0;
}

static gboolean
read_question (MonocleServeExchange *exchange, GError **error)
{
  g_auto (Question) question = { .regions = g_array_new (FALSE, FALSE, sizeof (MonocleBox)) };
  MonocleServeQuestion *asked = monocle_serve_exchange_add (exchange);

  exchange->is_strict = TRUE;
  return (is_json (exchange) ? read_json : read_address) (exchange, asked, &question, error)
         && add_requests (exchange, asked, &question, error);
}

/* --- the reply --- */

static void
add_answers (JsonBuilder *builder,
             MonocleServeExchange *exchange,
             const MonocleServeQuestion *asked,
             guint index)
{
  const MonocleRequest *request = asked->requests->pdata[index];
  const MonocleRun *run = asked->runs->pdata[index];
  const MonocleAnswerFacts facts
      = { .image = asked->name, .min_score = monocle_serve_exchange_get_min_score (exchange) };

  for (guint i = 0; i < run->results->len; i++)
    {
      g_autoptr (MonocleResult) result = monocle_serve_exchange_take_result (exchange, run, i);

      json_builder_add_value (builder,
                              monocle_answer_json_build_run (&facts, exchange->model, asked->image,
                                                             request, run, i, result));
    }
}

static JsonNode *
write_answers (MonocleServeExchange *exchange)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const MonocleServeQuestion *asked = exchange->questions->pdata[0];

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "answers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < asked->runs->len; i++)
    add_answers (builder, exchange, asked, i);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

const MonocleServeApi monocle_serve_run = { "POST", "/run", read_question, write_answers };
