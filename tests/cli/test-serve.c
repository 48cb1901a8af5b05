/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server as other programs call it: its answers are those of `run`, what is wrong is said, who
 * may not call is kept out, too much is not taken, and it ends when it is told to.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "serving.h"

#define TOKEN "correct horse"

/* --- calls --- */

typedef struct
{
  guint status;
  char *text;
} Reply;

static void
reply_free (Reply *reply)
{
  g_free (reply->text);
  g_free (reply);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reply, reply_free)

/* @header: (nullable): "Name: value" */
static Reply *
call (Fixture *self,
      const char *method,
      const char *path,
      const char *type,
      GBytes *body,
      const char *header)
{
  g_autofree char *uri = g_strconcat (self->uri, path + 1, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  Reply *reply = g_new0 (Reply, 1);

  if (body)
    soup_message_set_request_body_from_bytes (message, type, body);
  if (header)
    {
      g_auto (GStrv) parts = g_strsplit (header, ": ", 2);

      soup_message_headers_replace (soup_message_get_request_headers (message), parts[0], parts[1]);
    }
  bytes = soup_session_send_and_read (self->session, message, NULL, &error);
  g_assert_no_error (error);
  reply->status = soup_message_get_status (message);
  reply->text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return reply;
}

static Reply *
post_json (Fixture *self, const char *path, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return call (self, "POST", path, "application/json", body, NULL);
}

static GBytes *
read_picture (const Fixture *self)
{
  char *bytes;
  gsize size;

  g_assert_true (g_file_get_contents (self->picture, &bytes, &size, NULL));
  return g_bytes_new_take (bytes, size);
}

static char *
encode_picture (const Fixture *self)
{
  g_autoptr (GBytes) bytes = read_picture (self);

  return g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* A JSON object with the picture as `image`, and @more. */
static Reply *
ask (Fixture *self, const char *path, const char *more)
{
  g_autofree char *picture = encode_picture (self);
  g_autofree char *text
      = g_strdup_printf ("{\"image\": \"%s\"%s%s}", picture, *more ? ", " : "", more);

  return post_json (self, path, text);
}

static void
assert_refused (const Reply *reply, guint status, const char *words)
{
  g_autoptr (JsonNode) node = json_from_string (reply->text, NULL);

  g_assert_cmpuint (reply->status, ==, status);
  g_assert_nonnull (node);
  g_assert_nonnull (
      strstr (json_object_get_string_member (json_node_get_object (node), "error"), words));
}

/* (transfer full): without what differs each time */
static char *
strip (const char *text)
{
  g_autoptr (GRegex) regex
      = g_regex_new (", \"timing_ms\": \\{[^}]*\\}|\"image\": [^,]*, ", 0, 0, NULL);

  return g_regex_replace_literal (regex, text, -1, 0, "", 0, NULL);
}

/* --- tests --- */

static void
test_run (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) picture = read_picture (self);
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", self->model, "--task=detect", "--task=region-to-category",
                     "--region=1,2,30,40", "--max-tokens=6", "--format=json", self->picture, NULL);
  g_auto (GStrv) lines = NULL;
  g_autofree char *expected = NULL, *answer = NULL, *first = NULL, *raw_answer = NULL;
  g_autofree char *whole = NULL;
  g_autoptr (Reply) reply = NULL, raw = NULL, info = NULL;
  g_autoptr (Outcome) unlimited = NULL;

  START (self, "--port=0");
  info = call (self, "GET", "/", NULL, NULL, NULL);
  g_assert_cmpuint (info->status, ==, 200);
  g_assert_nonnull (strstr (info->text, "\"task\": \"detect\""));

  harness_assert_done (outcome);
  lines = g_strsplit (g_strchomp (outcome->out), "\n", -1);
  whole = g_strdup_printf ("{\"answers\": [%s, %s]}\n", lines[0], lines[1]);
  expected = strip (whole);
  reply = ask (self, "/run",
               "\"task\": [\"detect\", \"region-to-category\"], \"regions\": [[1, 2, 30, 40]], "
               "\"max_tokens\": 6");
  g_assert_cmpuint (reply->status, ==, 200);
  answer = strip (reply->text);
  g_assert_cmpstr (answer, ==, expected);

  raw = call (self, "POST", "/run?task=detect&name=x", "image/png", picture, NULL);
  g_assert_cmpuint (raw->status, ==, 200);
  g_assert_nonnull (strstr (raw->text, "\"image\": \"x\""));
  raw_answer = strip (raw->text);
  unlimited = harness_run ("run", "--model", self->model, "--task=detect", "--format=json",
                           self->picture, NULL);
  g_strchomp (unlimited->out);
  {
    g_autofree char *all = g_strdup_printf ("{\"answers\": [%s]}\n", unlimited->out);

    first = strip (all);
  }
  g_assert_cmpstr (raw_answer, ==, first);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *more, *words;
  } wrong[] = {
    { "", "the task is missing" },
    { "\"task\": \"fly\"", "there is no task" },
    { "\"task\": 3", "task" },
    { "\"task\": \"detect\", \"wings\": 2", "wings" },
    { "\"task\": \"region-to-category\", \"regions\": [[5, 5, 4000, 9]]", "region" },
    { "\"task\": \"region-to-category\", \"regions\": [[5, 5]]", "regions" },
    { "\"task\": \"region-to-category\", \"regions\": 7", "regions" },
    { "\"task\": \"detect\", \"beams\": 99", "beams" },
    { "\"task\": \"detect\", \"min_score\": 2", "min_score" },
    { "\"task\": \"detect\", \"sampling\": {\"temperature\": -1}", "emperature" },
    { "\"task\": \"phrase-grounding\"", "text" },
    { "\"task\": \"phrase-grounding\", \"text\": \"a\", \"labels\": [\"b\"]", "either" },
    { "\"task\": \"phrase-grounding\", \"labels\": [\"a\\nb\"]", "a label is one line" },
    { "\"task\": \"detect\", \"regions\": [[1, 1, 5, 5]]", "no task here takes regions" },
    { "\"task\": \"detect\", \"text\": \"a\"", "no task here takes a text" },
    { "\"task\": \"detect\", \"language\": \"fr\"", "no task here takes a language" },
  };
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (Reply) no_picture = NULL, not_base64 = NULL, nested = NULL, empty = NULL, way = NULL;
  g_autoptr (Reply) nowhere = NULL, other = NULL, good = NULL;

  START (self, "--port=0");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Reply) reply = ask (self, "/run", wrong[i].more);

      assert_refused (reply, 400, wrong[i].words);
    }
  no_picture = post_json (self, "/run", "{\"image\": \"AAAA\", \"task\": \"detect\"}");
  g_assert_cmpuint (no_picture->status, ==, 400);
  not_base64 = post_json (self, "/run", "{\"image\": \"\", \"task\": \"detect\"}");
  assert_refused (not_base64, 400, "base64");
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  nested = post_json (self, "/run", deep->str);
  g_assert_cmpuint (nested->status, ==, 400);
  empty = post_json (self, "/", "");
  g_assert_cmpuint (empty->status, ==, 400);
  way = call (self, "PUT", "/run", NULL, NULL, NULL);
  assert_refused (way, 405, "not that way");
  nowhere = call (self, "GET", "/etc/passwd", NULL, NULL, NULL);
  assert_refused (nowhere, 404, "nothing is there");
  other = call (self, "POST", "/run?wings=2", "image/png", NULL, NULL);
  assert_refused (other, 400, "wings");
  good = ask (self, "/run", "\"task\": \"caption\", \"max_tokens\": 3");
  g_assert_cmpuint (good->status, ==, 200);
}

static void
test_strangers (Fixture *self, gconstpointer data)
{
  g_autofree char *file = g_build_filename (self->folder, "token", NULL);
  g_autofree char *basic = g_base64_encode ((const guchar *) "me:" TOKEN, strlen ("me:" TOKEN));
  g_autofree char *header = g_strconcat ("Authorization: Basic ", basic, NULL);
  g_autoptr (Outcome) open = NULL, no_address = NULL;
  g_autoptr (Reply) page = NULL, name = NULL, none = NULL, wrong = NULL, short_one = NULL;
  g_autoptr (Reply) bearer = NULL, password = NULL;

  START (self, "--port=0");
  page = call (self, "GET", "/", NULL, NULL, "Origin: http://localhost:8080");
  assert_refused (page, 403, "web pages");
  name = call (self, "GET", "/", NULL, NULL, "Host: elsewhere.example:9090");
  assert_refused (name, 403, "web pages");
  g_assert_cmpint (stop (self), ==, 128 + SIGINT);

  open = harness_run ("serve", "--model", self->model, "--address=0.0.0.0", "--port=0", NULL);
  harness_assert_refused (open, 1, "takes a token");
  no_address = harness_run ("serve", "--model", self->model, "--address=here", NULL);
  harness_assert_refused (no_address, 1, "is no IP address");

  g_assert_true (g_file_set_contents (file, TOKEN "\nmore\n", -1, NULL));
  START (self, "--port=0", "--token-file", file);
  none = call (self, "GET", "/", NULL, NULL, NULL);
  assert_refused (none, 401, "token");
  wrong = call (self, "GET", "/", NULL, NULL, "Authorization: Bearer correct horsf");
  assert_refused (wrong, 401, "token");
  short_one = call (self, "GET", "/", NULL, NULL, "Authorization: Bearer correct");
  assert_refused (short_one, 401, "token");
  bearer = call (self, "GET", "/", NULL, NULL, "Authorization: Bearer " TOKEN);
  g_assert_cmpuint (bearer->status, ==, 200);
  password = call (self, "GET", "/", NULL, NULL, header);
  g_assert_cmpuint (password->status, ==, 200);
}

static void
test_too_much (Fixture *self, gconstpointer data)
{
  g_autofree char *zeros = g_malloc0 (3 * 1024 * 1024);
  g_autoptr (GBytes) body = g_bytes_new (zeros, 3 * 1024 * 1024);
  g_autoptr (Reply) large = NULL, good = NULL;
  g_autofree char *uri = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (body);
  g_autoptr (GBytes) reply = NULL;

  START (self, "--port=0", "--max-size=1");
  large = call (self, "POST", "/run", "image/png", body, NULL);
  assert_refused (large, 413, "too much");
  /* Without saying how much it will be. */
  uri = g_strconcat (self->uri, "run", NULL);
  message = soup_message_new ("POST", uri);
  soup_message_set_request_body (message, "image/png", stream, -1);
  reply = soup_session_send_and_read (self->session, message, NULL, NULL);
  g_assert_cmpuint (soup_message_get_status (message), !=, 200);
  good = ask (self, "/run", "\"task\": \"caption\", \"max_tokens\": 3");
  g_assert_cmpuint (good->status, ==, 200);
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer count)
{
  g_autoptr (GBytes) bytes
      = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);

  (void) bytes;
  ((guint *) count)[soup_message_get_status (message) == 200   ? 0
                    : soup_message_get_status (message) == 503 ? 1
                                                               : 2]++;
}

/* Those that find no place are told so; the others are answered. */
static void
test_many (Fixture *self, gconstpointer data)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("max-conns-per-host", 8, NULL);
  g_autofree char *picture = encode_picture (self);
  g_autofree char *text = g_strdup_printf ("{\"image\": \"%s\", \"task\": \"caption\"}", picture);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autofree char *uri = NULL;
  guint counts[3] = { 0 };

  START (self, "--port=0", "--max-calls=2");
  uri = g_strconcat (self->uri, "run", NULL);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);

      soup_message_set_request_body_from_bytes (message, "application/json", body);
      soup_session_send_and_read_async (session, message, 0, NULL, on_reply, counts);
    }
  while (counts[0] + counts[1] + counts[2] < 8)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (counts[2], ==, 0);
  g_assert_cmpuint (counts[0], >=, 2);
}

static double
get_number (JsonObject *object, const char *name)
{
  return json_object_get_double_member (object, name);
}

/* What `run` finds, in percent and as corners. */
static void
test_others (Fixture *self, gconstpointer data)
{
  g_autofree char *images = g_path_get_dirname (self->picture);
  g_autoptr (Outcome) outcome = harness_run ("run", "--model", self->model, "--task=detect",
                                             "--format=json", "--min-score=0", self->picture, NULL);
  g_autoptr (GPtrArray) lines = harness_parse_lines (outcome);
  JsonArray *objects = json_object_get_array_member (lines->pdata[0], "objects");
  double width = get_number (lines->pdata[0], "width"),
         height = get_number (lines->pdata[0], "height");
  g_autoptr (Reply) shapes = NULL, predictions = NULL, health = NULL;
  g_autoptr (JsonNode) shape_node = NULL, prediction_node = NULL;
  JsonArray *array, *results;
  JsonObject *prediction;

  START (self, "--port=0", "--images", images, "--task=detect", "--min-score=0");
  shapes = ask (self, "/", "\"threshold\": 0");
  g_assert_cmpuint (shapes->status, ==, 200);
  shape_node = json_from_string (shapes->text, NULL);
  array = json_node_get_array (shape_node);
  g_assert_cmpuint (json_array_get_length (array), ==, json_array_get_length (objects));
  g_assert_cmpuint (json_array_get_length (array), >, 0);

  health = call (self, "GET", "/health", NULL, NULL, NULL);
  g_assert_nonnull (strstr (health->text, "\"UP\""));
  predictions = post_json (self, "/predict",
                           "{\"label_config\": \"<View><Image name='img' value='$photo'/>"
                           "<RectangleLabels name='box' toName='img'/></View>\", \"tasks\": ["
                           "{\"id\": 1, \"data\": {\"photo\": \"/data/local-files/?d=a.png\"}},"
                           "{\"id\": 2, \"data\": {\"photo\": "
                           "\"/data/local-files/?d=../models/native-96/config.json\"}},"
                           "{\"id\": 3, \"data\": {\"photo\": \"http://elsewhere.example/a.png\"}},"
                           "{\"id\": 4, \"data\": {\"photo\": \"/data/%2e%2e/%2e%2e/x\"}}]}");
  g_assert_cmpuint (predictions->status, ==, 200);
  prediction_node = json_from_string (predictions->text, NULL);
  array = json_object_get_array_member (json_node_get_object (prediction_node), "results");
  g_assert_cmpuint (json_array_get_length (array), ==, 4);
  for (guint i = 1; i < 4; i++)
    {
      prediction = json_array_get_object_element (array, i);
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (prediction, "result")),
                        ==, 0);
      g_assert_true (json_object_has_member (prediction, "error"));
    }
  prediction = json_array_get_object_element (array, 0);
  g_assert_false (json_object_has_member (prediction, "error"));
  results = json_object_get_array_member (prediction, "result");
  g_assert_cmpuint (json_array_get_length (results), ==, json_array_get_length (objects));
  for (guint i = 0; i < json_array_get_length (results); i++)
    {
      JsonObject *region = json_array_get_object_element (results, i);
      JsonObject *value = json_object_get_object_member (region, "value");
      JsonArray *box
          = json_object_get_array_member (json_array_get_object_element (objects, i), "box");
      double x1 = json_array_get_double_element (box, 0),
             x2 = json_array_get_double_element (box, 2);
      double y1 = json_array_get_double_element (box, 1),
             y2 = json_array_get_double_element (box, 3);

      g_assert_cmpstr (json_object_get_string_member (region, "from_name"), ==, "box");
      g_assert_cmpstr (json_object_get_string_member (region, "to_name"), ==, "img");
      g_assert_cmpfloat_with_epsilon (get_number (value, "x"), 100 * MIN (x1, x2) / width, 1e-3);
      g_assert_cmpfloat_with_epsilon (get_number (value, "y"), 100 * MIN (y1, y2) / height, 1e-3);
      g_assert_cmpfloat_with_epsilon (get_number (value, "width"), 100 * fabs (x2 - x1) / width,
                                      1e-3);
      g_assert_cmpfloat_with_epsilon (get_number (value, "height"), 100 * fabs (y2 - y1) / height,
                                      1e-3);
    }
}

static void
test_socket (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "s", NULL);
  g_autofree char *option = g_strconcat ("--socket=", path, NULL);
  g_autoptr (Outcome) second = NULL, both = NULL;
  GStatBuf status;
  int end;

  START (self, option);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  second = harness_run ("serve", "--model", self->model, option, NULL);
  g_assert_cmpint (second->status, ==, 1);
  g_assert_cmpint (stop (self), ==, 128 + SIGINT);
  g_assert_cmpint (g_stat (path, &status), !=, 0);

  /* What a killed one left is in nobody's way. */
  START (self, option);
  kill (self->pid, SIGKILL);
  waitpid (self->pid, &end, 0);
  g_clear_pointer (&self->uri, g_free);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  START (self, option);
  both = harness_run ("serve", "--model", self->model, option, "--port=1", NULL);
  harness_assert_refused (both, 2, "either --socket");
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
#define TEST(name, func) g_test_add ("/cli/serve/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("run", test_run);
  TEST ("refused", test_refused);
  TEST ("strangers", test_strangers);
  TEST ("too-much", test_too_much);
  TEST ("many", test_many);
  TEST ("others", test_others);
  TEST ("socket", test_socket);
  return g_test_run ();
}
