/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli embed: vectors of texts and pictures, for whoever wants to compare or search them.
 */
#include "config.h"

#include <json-glib/json-glib.h>

#include "app/base/output.h"
#include "app/cli/cli.h"
#include "app/cli/format.h"
#include "app/cli/model.h"
#include "app/cli/out.h"
#include "app/cli/output.h"
#include "app/cli/picture.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "engine/engine.h"

/* Pictures that are in memory at once: what goes through a model together. */
#define BATCH 8

typedef struct
{
  MonocleCliModel model;
  GStrv words, texts, images;
  char *out;
  gboolean raw;
  GArray *values;   /* of float: what will be written to @out */
  GPtrArray *names; /* of those rows: texts, then pictures */
} Job;

static void
job_clear (Job *job)
{
  monocle_cli_model_clear (&job->model);
  g_clear_pointer (&job->words, g_strfreev);
  g_clear_pointer (&job->texts, g_strfreev);
  g_clear_pointer (&job->images, g_strfreev);
  g_clear_pointer (&job->out, g_free);
  g_clear_pointer (&job->values, g_array_unref);
  g_clear_pointer (&job->names, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static char *
describe (const MonocleCliModel *model)
{
  return g_strdup (_ (
      "Writes a 32-bit NumPy file with a row for each input, texts first; without --out, a\n"
      "JSON object a line. Rows have the length one, so that their products are cosines;\n"
      "with --raw they are as the model gives them. --out FILE.npz writes an archive with these\n"
      "rows as \"vectors\", and the \"texts\" and \"images\" that they belong to as strings.\n"));
}

static MonocleCliStatus
check_out (Job *job)
{
  g_autoptr (MonocleFileSet) inputs = monocle_file_set_new ();
  g_autofree char *problem = NULL;

  for (guint i = 0; job->images && job->images[i]; i++)
    monocle_cli_output_add_picture (inputs, job->images[i]);
  monocle_cli_output_add_model (inputs, &job->model);
  if (!monocle_cli_output_check ("--out", job->out, inputs, &problem))
    return monocle_cli_refuse ("embed", "%s", problem);
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
parse_options (Job *job, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "text", 'T', 0, G_OPTION_ARG_FILENAME_ARRAY, &job->words, N_ ("A text; may be repeated"),
      N_ ("TEXT") },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &job->out, N_ ("NumPy file to write"), N_ ("FILE") },
    { "raw", 0, 0, G_OPTION_ARG_NONE, &job->raw, N_ ("Vectors as the model gives them"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &job->images, NULL, NULL },
    { NULL },
  };
  guint n;

  if (!monocle_cli_parse ("embed", _ ("[--text TEXT]... [IMAGE...]"),
                          _ ("Writes vectors of texts and images."), describe, entries, &job->model,
                          &argc, &argv))
    return MONOCLE_CLI_USAGE;
  n = job->words ? g_strv_length (job->words) : 0;
  if (n == 0 && !job->images)
    return monocle_cli_refuse ("embed", _ ("there is neither a --text nor an image"));
  job->texts = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      if (!(job->texts[i] = monocle_cli_dup_text (job->words[i])))
        return monocle_cli_refuse ("embed", _ ("--text is not valid UTF-8"));
      if (!monocle_cli_has_words (job->texts[i]))
        return monocle_cli_refuse ("embed", _ ("a --text is empty"));
    }
  if (monocle_cli_model_check (&job->model))
    return monocle_cli_refuse ("embed", "%s", monocle_cli_model_check (&job->model));
  return job->out ? check_out (job) : MONOCLE_CLI_DONE;
}

static void
print_row (const char *key, const char *name, const float *row, guint n_dims)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, name);
  json_builder_set_member_name (builder, "vector");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_dims; i++)
    json_builder_add_double_value (builder, (double) row[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

/* @names: of what is embedded */
static MonocleCliStatus
embed (Job *job,
       MonocleModel *model,
       const MonocleEmbedding *embedding,
       const char *key,
       const char *const *names)
{
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MonocleVectors) vectors = NULL;
  g_autoptr (GError) error = NULL;

  monocle_model_embed_async (model, embedding, monocle_cli_wait_get_cancellable (),
                             monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  vectors = monocle_model_embed_finish (model, result, &error);
  monocle_cli_progress_clear ();
  if (!vectors)
    return monocle_cli_report (NULL, error);
  if (job->out)
    g_array_append_vals (job->values, vectors->values, vectors->n * vectors->n_dims);
  for (guint i = 0; i < vectors->n && job->out; i++)
    g_ptr_array_add (job->names, g_filename_display_name (names[i]));
  for (guint i = 0; i < vectors->n && !job->out; i++)
    print_row (key, names[i], vectors->values + (gsize) i * vectors->n_dims, vectors->n_dims);
  monocle_cli_out_flush ();
  return MONOCLE_CLI_DONE;
}

/* What cannot be read has no row; a file of rows that are not its inputs' would be of no use. */
static MonocleCliStatus
embed_images (Job *job, MonocleModel *model)
{
  MonocleCliStatus worst = MONOCLE_CLI_DONE;
  guint n = job->images ? g_strv_length (job->images) : 0;

  for (guint first = 0; first < n && (worst == MONOCLE_CLI_DONE || !job->out);)
    {
      g_autoptr (GPtrArray) images
          = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
      const char *names[BATCH];

      for (; first < n && images->len < BATCH; first++)
        {
          g_autoptr (GError) error = NULL;
          MonocleImage *image;

          monocle_cli_progress_show ((double) first / n, "%u / %u", first, n);
          image = monocle_cli_picture_open (job->images[first], &error);
          if (!image)
            {
              monocle_cli_progress_clear ();
              worst = monocle_cli_worst (worst, monocle_cli_report (job->images[first], error));
              continue;
            }
          names[images->len] = job->images[first];
          g_ptr_array_add (images, image);
        }
      if (images->len > 0)
        worst = monocle_cli_worst (
            worst, embed (job, model,
                          &(MonocleEmbedding){ .images = (MonocleImage *const *) images->pdata,
                                               .n_images = images->len,
                                               .raw = job->raw },
                          "image", names));
      if (worst == MONOCLE_CLI_INTERRUPTED)
        break;
    }
  return worst;
}

static gboolean
is_archive (const char *out)
{
  const char *dot = strrchr (out, '.');

  return dot && g_ascii_strcasecmp (dot, ".npz") == 0;
}

/* (transfer full) (nullable): the rows, and what they are of, as numpy.savez() writes them */
static GBytes *
pack (const Job *job, GBytes *rows)
{
  const char *const *names = (const char *const *) job->names->pdata;
  const guint n_texts = g_strv_length (job->texts);
  g_autoptr (GBytes) texts = monocle_npy_encode_text (names, n_texts);
  g_autoptr (GBytes) images = monocle_npy_encode_text (names + n_texts, job->names->len - n_texts);
  const MonocleZipEntry entries[]
      = { { "vectors.npy", rows }, { "texts.npy", texts }, { "images.npy", images } };

  return texts && images ? monocle_zip_write (entries, G_N_ELEMENTS (entries)) : NULL;
}

static MonocleCliStatus
write_rows (Job *job, guint n_dims)
{
  const guint64 dims[] = { job->values->len / n_dims, n_dims };
  g_autoptr (GBytes) rows = monocle_npy_encode_f32 (dims, G_N_ELEMENTS (dims),
                                                    (const float *) (gpointer) job->values->data);
  g_autoptr (GBytes) file = rows && is_archive (job->out) ? pack (job, rows)
                            : rows                        ? g_bytes_ref (rows)
                                                          : NULL;
  g_autoptr (GError) error = NULL;

  if (!file)
    g_set_error_literal (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                         "no memory to write it");
  else
    monocle_output_write (job->out, g_bytes_get_data (file, NULL), g_bytes_get_size (file), &error);
  if (error)
    return monocle_cli_report (job->out, error);
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_embed (int argc, char **argv)
{
  g_auto (Job) job = { .model.standard = MONOCLE_SHIPPED_WORDS };
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (GError) error = NULL;
  MonocleCliStatus status = parse_options (&job, argc, argv);
  guint n_texts;

  if (status != MONOCLE_CLI_DONE)
    return status;
  job.values = g_array_new (FALSE, FALSE, sizeof (float));
  job.names = g_ptr_array_new_with_free_func (g_free);
  model = monocle_cli_model_load (&job.model, monocle_cli_wait_get_cancellable (), &error);
  if (!model)
    return monocle_cli_report (NULL, error);
  n_texts = g_strv_length (job.texts);
  if (n_texts > 0)
    status
        = embed (&job, model,
                 &(MonocleEmbedding){
                     .texts = (const char *const *) job.texts, .n_texts = n_texts, .raw = job.raw },
                 "text", (const char *const *) job.texts);
  if (status == MONOCLE_CLI_DONE)
    status = embed_images (&job, model);
  if (job.out && status == MONOCLE_CLI_DONE)
    status = write_rows (&job, monocle_model_get_n_dims (model));
  return status;
}
