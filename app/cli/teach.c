/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli teach: labels for a model of pictures and words, by examples of them.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/base/output.h"
#include "app/cli/cli.h"
#include "app/cli/exchange.h"
#include "app/cli/format.h"
#include "app/cli/model.h"
#include "app/cli/out.h"
#include "app/cli/output.h"
#include "app/cli/picture.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/exchange/format.h"
#include "app/teach/examples.h"
#include "app/teach/teaching.h"

/* Examples that go through the model together. */
#define BATCH 8
/* Labels by their length, for the column that they stand in. */
#define MAX_NAME 28

typedef struct
{
  MonocleCliModel model;
  const MonocleExchangeFormat *from;
  GStrv inputs;
  char *images, *out, *wording;
  gboolean json, keep;
  MonocleModel *loaded;
  MonocleTeaching *teaching;
  MonocleNotes *notes;
  GPtrArray *waiting; /* of MonocleImage: examples that are not embedded yet */
  GPtrArray *labels;  /* of those */
  GPtrArray *owners;  /* their pictures */
  guint n_pictures, n_examples;
  MonocleCliStatus worst;
} Job;

static void
job_clear (Job *job)
{
  monocle_cli_model_clear (&job->model);
  g_strfreev (job->inputs);
  g_free (job->images);
  g_free (job->out);
  g_free (job->wording);
  g_clear_object (&job->loaded);
  g_clear_pointer (&job->teaching, monocle_teaching_free);
  g_clear_pointer (&job->notes, monocle_notes_free);
  g_clear_pointer (&job->waiting, g_ptr_array_unref);
  g_clear_pointer (&job->labels, g_ptr_array_unref);
  g_clear_pointer (&job->owners, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static char *
describe (const MonocleCliModel *model)
{
  g_autofree char *read = monocle_exchange_dup_ids (TRUE);

  return g_strdup_printf (
      _ ("SET is a file or folder of annotations (%s): what lies in a region with a\n"
         "label, and pictures with a label of their own. Each picture is judged once by labels "
         "that\n"
         "were learnt without it, beside what the words of the labels alone say. DIR is given to\n"
         "other verbs as --adapter, or as --model; labels that were not taught stay as they "
         "are.\n"),
      read);
}

/* --- Options --- */

static MonocleCliStatus
check_out (Job *job)
{
  g_autoptr (MonocleFileSet) inputs = monocle_file_set_new ();
  g_autofree char *problem = NULL;

  for (guint i = 0; job->inputs[i]; i++)
    monocle_file_set_add (inputs, job->inputs[i]);
  monocle_cli_output_add_model (inputs, &job->model);
  if (g_file_test (job->out, G_FILE_TEST_EXISTS))
    return monocle_cli_refuse ("teach", _ ("--out: %s is there already"), job->out);
  if (!monocle_cli_output_check ("--out", job->out, inputs, &problem))
    return monocle_cli_refuse ("teach", "%s", problem);
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
parse_options (Job *job, int argc, char **argv)
{
  g_autofree char *format = NULL, *from = NULL, *wording = NULL;
  const GOptionEntry entries[] = {
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &job->out,
      N_ ("A new directory for what was learnt; without it nothing is kept"), N_ ("DIR") },
    { "keep", 0, 0, G_OPTION_ARG_NONE, &job->keep, N_ ("Write it even where it made things worse"),
      NULL },
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, N_ ("What SET is; auto finds out"), N_ ("FORMAT") },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &job->images, N_ ("Where the pictures are"),
      N_ ("DIR") },
    { "template", 0, 0, G_OPTION_ARG_FILENAME, &wording,
      N_ ("What labels are put into (default: as the model says)"), N_ ("\"a photo of a {}\"") },
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &job->inputs, NULL, NULL },
    { NULL },
  };

  if (!monocle_cli_parse ("teach", _ ("[--out DIR] SET..."),
                          _ ("Teaches a model of pictures and words your labels by examples."),
                          describe, entries, &job->model, &argc, &argv)
      || !monocle_cli_format_read ("teach", format, &job->json))
    return MONOCLE_CLI_USAGE;
  if (!job->inputs || g_strv_contains ((const char *const *) job->inputs, ""))
    return monocle_cli_refuse ("teach", _ ("no set of annotations is named"));
  if (from && strcmp (from, "auto") != 0
      && !monocle_cli_exchange_find ("teach", "--from", from, TRUE, &job->from))
    return MONOCLE_CLI_USAGE;
  if (wording && (!(job->wording = monocle_cli_dup_text (wording)) || !strstr (job->wording, "{}")))
    return monocle_cli_refuse ("teach", _ ("--template must be a text with {} in it"));
  if (monocle_cli_model_check (&job->model))
    return monocle_cli_refuse ("teach", "%s", monocle_cli_model_check (&job->model));
  return job->out ? check_out (job) : MONOCLE_CLI_DONE;
}

/* --- Examples --- */

/* (transfer full) (nullable): vectors, as they come through the model */
static MonocleVectors *
embed (Job *job, const MonocleEmbedding *embedding, GError **error)
{
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_model_embed_async (job->loaded, embedding, monocle_cli_wait_get_cancellable (),
                             monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  return monocle_model_embed_finish (job->loaded, result, error);
}

static gboolean
embed_waiting (Job *job, GError **error)
{
  const MonocleEmbedding embedding
      = { .images = (MonocleImage *const *) job->waiting->pdata, .n_images = job->waiting->len };
  g_autoptr (MonocleVectors) vectors = NULL;

  if (job->waiting->len == 0)
    return TRUE;
  vectors = embed (job, &embedding, error);
  if (!vectors)
    return FALSE;
  for (guint i = 0; i < vectors->n; i++)
    monocle_teaching_add (job->teaching, job->owners->pdata[i], job->labels->pdata[i],
                          vectors->values + (gsize) i * vectors->n_dims);
  job->n_examples += vectors->n;
  g_ptr_array_set_size (job->waiting, 0);
  g_ptr_array_set_size (job->labels, 0);
  g_ptr_array_set_size (job->owners, 0);
  return TRUE;
}

/* A picture that cannot be read is said, and left out. */
static gboolean
take (MonocleSample *sample, gpointer user_data, GError **error)
{
  Job *job = user_data;
  g_autoptr (GArray) examples = monocle_examples_list (sample);
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (GError) problem = NULL;
  const char *path = sample->path ? sample->path : sample->name;

  if (examples->len == 0)
    return !g_cancellable_set_error_if_cancelled (monocle_cli_wait_get_cancellable (), error);
  monocle_cli_progress_show (-1, _ ("%u pictures, %u examples"), job->n_pictures, job->n_examples);
  image = monocle_cli_picture_open (path, &problem);
  for (guint i = 0; image && i < examples->len; i++)
    {
      const MonocleExample *example = &g_array_index (examples, MonocleExample, i);
      MonocleImage *part = monocle_example_cut (example, image, &problem);

      if (!part)
        break;
      g_ptr_array_add (job->waiting, part);
      g_ptr_array_add (job->labels, g_strdup (example->label));
      g_ptr_array_add (job->owners, g_strdup (path));
      if (job->waiting->len == BATCH && !embed_waiting (job, error))
        return FALSE;
    }
  job->n_pictures += image != NULL;
  if (problem && g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (problem)
    {
      monocle_cli_progress_clear ();
      job->worst = monocle_cli_worst (job->worst, monocle_cli_report (path, problem));
    }
  return TRUE;
}

static gboolean
read_set (Job *job, const char *path, GError **error)
{
  g_autoptr (MonocleLabels) labels = monocle_labels_new ();
  const MonocleExchangeFormat *from = job->from ? job->from : monocle_exchange_recognise (path);
  MonocleExchangeSource source
      = { .path = path, .images = job->images, .labels = labels, .notes = job->notes };

  if (!from || !from->read)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _ ("%s: not recognised as annotations; --from says what they are"), path);
      return FALSE;
    }
  return from->read (from, &source, take, job, error);
}

static gboolean
read_all (Job *job, GError **error)
{
  guint n;

  for (guint i = 0; job->inputs[i]; i++)
    if (!read_set (job, job->inputs[i], error))
      return FALSE;
  if (!embed_waiting (job, error))
    return FALSE;
  n = g_strv_length ((GStrv) monocle_teaching_list_labels (job->teaching));
  if (n >= 2 && n <= MONOCLE_MAX_LABELS)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               _ ("there are examples of %u labels; it takes 2 to %d"), n, MONOCLE_MAX_LABELS);
  return FALSE;
}

/* (transfer full) (nullable): what the words of the labels come to */
static MonocleVectors *
embed_labels (Job *job, GError **error)
{
  const char *const *labels = monocle_teaching_list_labels (job->teaching);
  const char *wording = job->wording ? job->wording : monocle_model_get_wording (job->loaded);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; labels[i]; i++)
    g_ptr_array_add (texts, monocle_labels_put_into (wording, labels[i]));
  return embed (
      job,
      &(MonocleEmbedding){ .texts = (const char *const *) texts->pdata, .n_texts = texts->len },
      error);
}

/* --- Reports --- */

static const char *const outcomes[] = {
  [MONOCLE_TEACHING_HELPED] = "helped",
  [MONOCLE_TEACHING_UNCERTAIN] = "uncertain",
  [MONOCLE_TEACHING_HARMED] = "harmed",
  [MONOCLE_TEACHING_UNTESTED] = "untested",
};

static const char *
get_sentence (MonocleTeachingOutcome outcome)
{
  static const char *const sentences[] = {
    [MONOCLE_TEACHING_HELPED] = N_ ("It helped."),
    [MONOCLE_TEACHING_UNCERTAIN] = N_ ("Whether it helped cannot be told: the difference may be "
                                       "chance. More pictures would tell."),
    [MONOCLE_TEACHING_HARMED]
    = N_ ("It made things worse: the words alone know these labels better."),
    [MONOCLE_TEACHING_UNTESTED] = N_ ("It could not be tested: there is one picture alone."),
  };

  return _ (sentences[outcome]);
}

/* Of a line of the table; columns are counted in characters. */
static void
print_cell (const char *text, gboolean is_number)
{
  const int n = (int) g_utf8_strlen (text, -1);

  if (is_number)
    monocle_cli_out (" %*s%s", MAX (9 - n, 0), "", text);
  else
    monocle_cli_out ("  %s%*s", text, MAX (MAX_NAME - n, 0), "");
}

static void
print_text (Job *job, const MonocleTeachingVerdict *verdict)
{
  guint n;
  const MonocleTeachingLabel *labels = monocle_teaching_get_labels (job->teaching, &n);

  monocle_cli_out (_ ("%u pictures, %u examples of %u labels\n\n"), verdict->n_pictures,
                   verdict->n_examples, n);
  print_cell (_ ("label"), FALSE);
  print_cell (_ ("examples"), TRUE);
  print_cell (_ ("by words"), TRUE);
  print_cell (_ ("taught"), TRUE);
  monocle_cli_out ("\n");
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *clean = monocle_cli_out_clean_line (labels[i].name);

      print_cell (clean, FALSE);
      monocle_cli_out (" %9u %9u %9u\n", labels[i].n_examples, labels[i].n_right_before,
                       labels[i].n_right_after);
    }
  monocle_cli_out (
      _ ("\nRight by words alone: %u of %u. Taught, each by what was learnt without its "
         "picture: %u of %u.\n"),
      verdict->n_right_before, verdict->n_examples, verdict->n_right_after, verdict->n_examples);
  if (verdict->outcome != MONOCLE_TEACHING_UNTESTED)
    {
      g_autofree char *chance = verdict->chance < 1e-4
                                    ? g_strdup ("< 0.01")
                                    : g_strdup_printf ("%.2g", 100 * verdict->chance);

      monocle_cli_out (
          _ ("Now right and wrong before: %u; the other way round: %u. Such a difference comes by "
             "chance in %s %% of cases.\n"),
          verdict->n_won, verdict->n_lost, chance);
    }
  monocle_cli_out ("%s\n", get_sentence (verdict->outcome));
}

static void
add_count (JsonBuilder *builder, const char *key, guint n)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, n);
}

static void
print_json (Job *job, const MonocleTeachingVerdict *verdict)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint n;
  const MonocleTeachingLabel *labels = monocle_teaching_get_labels (job->teaching, &n);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "outcome");
  json_builder_add_string_value (builder, outcomes[verdict->outcome]);
  add_count (builder, "pictures", verdict->n_pictures);
  add_count (builder, "examples", verdict->n_examples);
  add_count (builder, "right_by_words", verdict->n_right_before);
  add_count (builder, "right_taught", verdict->n_right_after);
  add_count (builder, "won", verdict->n_won);
  add_count (builder, "lost", verdict->n_lost);
  json_builder_set_member_name (builder, "chance");
  json_builder_add_double_value (builder, verdict->chance);
  json_builder_set_member_name (builder, "labels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, labels[i].name);
      add_count (builder, "pictures", labels[i].n_pictures);
      add_count (builder, "examples", labels[i].n_examples);
      add_count (builder, "right_by_words", labels[i].n_right_before);
      add_count (builder, "right_taught", labels[i].n_right_after);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

/* What made things worse is not kept unless somebody insists. */
static MonocleCliStatus
keep (Job *job, const MonocleTeachingVerdict *verdict)
{
  g_autofree char *base = NULL;
  g_autoptr (GError) error = NULL;

  if (!job->out)
    return job->worst;
  base = g_canonicalize_filename (monocle_model_get_directory (job->loaded), NULL);
  if (verdict->outcome == MONOCLE_TEACHING_HARMED && !job->keep)
    {
      g_printerr (_ ("monocle-cli: %s: not written, as it made things worse; --keep writes it\n"),
                  job->out);
      return MONOCLE_CLI_FAILED;
    }
  if (!monocle_teaching_write (job->teaching, job->out, base, &error))
    return monocle_cli_report (NULL, error);
  return job->worst;
}

static gboolean
load (Job *job, GError **error)
{
  double bias;

  job->loaded = monocle_cli_model_load (&job->model, monocle_cli_wait_get_cancellable (), error);
  if (!job->loaded)
    return FALSE;
  if (monocle_model_get_label_scale (job->loaded) == 0)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   _ ("%s: this is no model that compares pictures with words"),
                   monocle_model_get_name (job->loaded));
      return FALSE;
    }
  bias = monocle_model_get_label_bias (job->loaded);
  job->teaching = monocle_teaching_new (monocle_model_get_n_dims (job->loaded),
                                        monocle_model_get_label_scale (job->loaded),
                                        isnan (bias) ? 0 : bias, !isnan (bias));
  return TRUE;
}

MonocleCliStatus
monocle_cli_teach (int argc, char **argv)
{
  g_auto (Job) job = { .model.standard = MONOCLE_SHIPPED_WORDS };
  g_autoptr (MonocleVectors) words = NULL;
  g_autoptr (GError) error = NULL;
  MonocleTeachingVerdict verdict;
  MonocleCliStatus status = parse_options (&job, argc, argv);
  gboolean done;

  if (status != MONOCLE_CLI_DONE)
    return status;
  job.notes = monocle_notes_new ();
  job.waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
  job.labels = g_ptr_array_new_with_free_func (g_free);
  job.owners = g_ptr_array_new_with_free_func (g_free);
  done = load (&job, &error) && read_all (&job, &error) && (words = embed_labels (&job, &error))
         && monocle_teaching_learn (job.teaching, words->values,
                                    monocle_cli_wait_get_cancellable (), &verdict, &error);
  monocle_cli_progress_clear ();
  if (!done)
    return monocle_cli_report (NULL, error);
  if (job.json)
    print_json (&job, &verdict);
  else
    print_text (&job, &verdict);
  return keep (&job, &verdict);
}
