/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli serve: one model for other programs of this machine, over HTTP.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/cli/out.h"
#include "app/cli/question.h"
#include "app/cli/wait.h"
#include "app/serve/server.h"

#define STANDARD_PORT 9090
#define MIB           (1024 * 1024)

/* Longer tokens nobody makes. */
#define MAX_TOKEN_BYTES 4096

typedef struct
{
  MonocleCliQuestion question;
  gboolean has_question;
  char *socket, *address, *images, *token_file;
  char *port, *most_mib, *most_calls, *timeout;
  char *token;
  MonocleServerOptions options;
} Job;

static void
job_clear (Job *job)
{
  monocle_cli_question_clear (&job->question);
  g_free (job->socket);
  g_free (job->address);
  g_free (job->images);
  g_free (job->token_file);
  g_free (job->port);
  g_free (job->most_mib);
  g_free (job->most_calls);
  g_free (job->timeout);
  g_free (job->token);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* --- options --- */

static char *
describe (const MonocleCliModel *model)
{
  return g_strdup (_ (
      "GET / says what can be asked. POST /run answers as monocle-cli run --format json does: the\n"
      "body is a picture and the address says task and text, or it is a JSON object with image\n"
      "(base64), task, text, labels, regions and the like. POST / is a detector as CVAT calls one\n"
      "in Nuclio, and /health, /setup and /predict are a backend of Label Studio; what these ask\n"
      "is what --task and --text say, or what the model is best at.\n\n"
      "Only this machine can call, unless --address says otherwise, which takes a token: the\n"
      "first line of --token-file, or MONOCLE_TOKEN. Nothing is encrypted.\n"));
}

static MonocleCliStatus
read_numbers (Job *job)
{
  guint port = STANDARD_PORT, most_mib = 64, most_calls = 16, timeout = 120;
  guint64 number;

  if (job->port && !g_ascii_string_to_unsigned (job->port, 10, 0, G_MAXUINT16, &number, NULL))
    return monocle_cli_refuse ("serve", _ ("%s must be a whole number from 0 to %u, not '%s'"),
                               "--port", G_MAXUINT16, job->port);
  if (!monocle_cli_parse_count ("serve", "--max-size", job->most_mib, 4096, &most_mib)
      || !monocle_cli_parse_count ("serve", "--max-calls", job->most_calls, 10000, &most_calls)
      || !monocle_cli_parse_count ("serve", "--timeout", job->timeout, 86400, &timeout))
    return MONOCLE_CLI_USAGE;
  job->options.port = job->port ? (guint) number : port;
  job->options.max_bytes = (guint64) most_mib * MIB;
  job->options.max_calls = most_calls;
  job->options.timeout_s = timeout;
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
read_token (Job *job)
{
  const char *variable = g_getenv ("MONOCLE_TOKEN");
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  char bytes[MAX_TOKEN_BYTES + 1] = { 0 };
  gsize n;

  if (!job->token_file)
    {
      job->token = variable && *variable ? g_strdup (variable) : NULL;
      return MONOCLE_CLI_DONE;
    }
  file = g_file_new_for_path (job->token_file);
  stream = g_file_read (file, monocle_cli_wait_get_cancellable (), &error);
  if (!stream
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), bytes, MAX_TOKEN_BYTES, &n, NULL,
                                   &error))
    return monocle_cli_report (job->token_file, error);
  bytes[strcspn (bytes, "\r\n")] = '\0';
  if (!*bytes)
    return monocle_cli_refuse ("serve", _ ("%s: there is no token in its first line"),
                               job->token_file);
  job->token = g_strdup (bytes);
  return MONOCLE_CLI_DONE;
}

/* Without --task calls say what they ask. */
static MonocleCliStatus
read_question (Job *job)
{
  const char *problem = monocle_cli_model_check (&job->question.model);

  job->has_question = job->question.names != NULL;
  if (job->has_question)
    return monocle_cli_question_read (&job->question, "serve");
  if (job->question.language || job->question.texts)
    return monocle_cli_refuse ("serve", _ ("%s needs a --task"),
                               job->question.language ? "--language" : "--text");
  return problem ? monocle_cli_refuse ("serve", "%s", problem) : MONOCLE_CLI_DONE;
}

static MonocleCliStatus
parse_options (Job *job, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_FILENAME, &job->port,
      N_ ("Where to listen (default: 9090; 0: any that is free)"), N_ ("N") },
    { "address", 0, 0, G_OPTION_ARG_FILENAME, &job->address,
      N_ ("Who can call (default: 127.0.0.1, only this machine)"), N_ ("IP") },
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &job->socket,
      N_ ("A socket that only you can call, instead of --port"), N_ ("PATH") },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &job->token_file,
      N_ ("What callers must show is the first line of this file"), N_ ("FILE") },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &job->images,
      N_ ("Label Studio may name the files of this folder"), N_ ("DIR") },
    { "max-size", 0, 0, G_OPTION_ARG_FILENAME, &job->most_mib,
      N_ ("Most that a call may send (default: 64)"), N_ ("MIB") },
    { "max-calls", 0, 0, G_OPTION_ARG_FILENAME, &job->most_calls,
      N_ ("Most calls at once, further ones are refused (default: 16)"), N_ ("N") },
    { "timeout", 0, 0, G_OPTION_ARG_FILENAME, &job->timeout,
      N_ ("Longest that a call may take (default: 120)"), N_ ("SECONDS") },
    MONOCLE_CLI_QUESTION_ENTRIES (&job->question),
    { NULL },
  };
  MonocleCliStatus status;

  if (!monocle_cli_parse ("serve", NULL, _ ("Answers other programs over HTTP."), describe, entries,
                          &job->question.model, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  if (argc > 1)
    return monocle_cli_refuse ("serve", _ ("nobody here knows '%s'"), argv[1]);
  if (job->socket && (job->port || job->address))
    return monocle_cli_refuse ("serve", _ ("either --socket, or --port and --address"));
  if (job->images && !g_file_test (job->images, G_FILE_TEST_IS_DIR))
    return monocle_cli_refuse ("serve", _ ("%s is no folder"), job->images);
  status = read_numbers (job);
  if (status == MONOCLE_CLI_DONE)
    status = read_token (job);
  if (status == MONOCLE_CLI_DONE)
    status = read_question (job);
  return status == MONOCLE_CLI_DONE && job->has_question
             ? monocle_cli_regions_open (&job->question.regions)
             : status;
}

/* --- the verb --- */

static void
on_answered (MonocleServer *server, const char *method, const char *path, guint status, double ms)
{
  g_autofree char *line = g_strdup_printf ("%s %s %u %.0f ms", method, path, status, ms);

  g_printerr ("monocle-cli: %s\n", line);
}

static void
on_cancelled (GCancellable *cancellable, gpointer loop)
{
  g_main_loop_quit (loop);
}

/* Until a signal comes. */
static void
wait_for_end (void)
{
  GCancellable *cancellable = monocle_cli_wait_get_cancellable ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  gulong handler
      = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), g_main_loop_ref (loop),
                               (GDestroyNotify) g_main_loop_unref);

  if (!g_cancellable_is_cancelled (cancellable))
    g_main_loop_run (loop);
  g_cancellable_disconnect (cancellable, handler);
}

static MonocleServer *
open_server (Job *job, MonocleModel *model, GError **error)
{
  MonocleRequest request = { 0 };

  job->options.images = job->images;
  job->options.min_score = job->has_question ? job->question.min_score : (double) NAN;
  if (job->has_question)
    {
      request = monocle_cli_question_build (&job->question, job->question.tasks->pdata[0], model);
      job->options.standard = &request;
    }
  return monocle_server_new (model, &job->options, error);
}

MonocleCliStatus
monocle_cli_serve (int argc, char **argv)
{
  g_auto (Job) job = { 0 };
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonocleServer) server = NULL;
  g_autoptr (GError) error = NULL;
  MonocleCliStatus status = parse_options (&job, argc, argv);

  if (status != MONOCLE_CLI_DONE)
    return status;
  if (job.has_question && job.question.tasks->len > 1)
    return monocle_cli_refuse ("serve", _ ("one --task at most"));
  job.options.socket = job.socket;
  job.options.address = job.address;
  job.options.token = job.token;
  if (!monocle_server_check_options (&job.options, &error))
    return monocle_cli_report (NULL, error);
  model = monocle_cli_model_load (&job.question.model, monocle_cli_wait_get_cancellable (), &error);
  if (!model)
    return monocle_cli_report (NULL, error);
  server = open_server (&job, model, &error);
  if (!server)
    return monocle_cli_report (NULL, error);
  g_signal_connect (server, "answered", G_CALLBACK (on_answered), NULL);
  monocle_cli_out (_ ("listening at %s\n"), monocle_server_get_uri (server));
  monocle_cli_out_flush ();
  wait_for_end ();
  monocle_server_stop (server);
  return MONOCLE_CLI_INTERRUPTED;
}
