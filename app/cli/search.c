/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli search: finds pictures of an index by words and by other pictures.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/base/error.h"
#include "app/cli/cli.h"
#include "app/cli/duplicates.h"
#include "app/cli/format.h"
#include "app/cli/model.h"
#include "app/cli/out.h"
#include "app/cli/picture.h"
#include "app/cli/region.h"
#include "app/cli/wait.h"
#include "app/json/fields.h"
#include "app/search/fingerprint.h"
#include "app/search/question.h"
#include "app/search/ranking.h"

#define USUAL_TOP 50
#define MAX_TOP   1000000

typedef struct
{
  MonocleCliModel options;
  GStrv words, minus_words, images, minus_images, regions; /* as they were given */
  GPtrArray *texts;    /* of strings: the minus ones behind the others */
  guint n_plus;        /* how many of them are looked for */
  GPtrArray *pictures; /* of MonocleImage: likewise */
  GStrv directories;   /* (nullable): absolute */
  guint top;
  double least; /* NaN: none */
  gboolean by_date;
  gboolean finds_duplicates;
  MonocleCliHits format;
} Job;

static void
job_clear (Job *job)
{
  monocle_cli_model_clear (&job->options);
  g_clear_pointer (&job->words, g_strfreev);
  g_clear_pointer (&job->minus_words, g_strfreev);
  g_clear_pointer (&job->images, g_strfreev);
  g_clear_pointer (&job->minus_images, g_strfreev);
  g_clear_pointer (&job->regions, g_strfreev);
  g_clear_pointer (&job->texts, g_ptr_array_unref);
  g_clear_pointer (&job->pictures, g_ptr_array_unref);
  g_clear_pointer (&job->directories, g_strfreev);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static guint
count (char **names)
{
  return names ? g_strv_length (names) : 0;
}

/* --- options --- */

static char *
describe (const MonocleCliModel *model)
{
  return g_strdup (_ (
      "Several --text and --image are added up, --minus-text and --minus-image are taken away "
      "from\n"
      "that. --region belongs to the --image of the same number. Without DIR all that was indexed\n"
      "with this model is searched.\n"
      "\n"
      "Bands: sure and maybe fit, rest is what fits as little as anything. Where the model says "
      "how\n"
      "likely a text belongs to a picture, a hit has a probability, and --min is one; else --min "
      "is\n"
      "the lowest cosine. Where all the words of --text were read in an image (see monocle-cli\n"
      "index --read), and none of --minus-text, it is sure.\n"
      "\n"
      "--duplicates finds groups of images of which any two have at least the cosine --min\n"
      "(default: 0.97, or more where the model finds all images alike), what fits best first;\n"
      "--top counts groups. A copy has the same bytes as another one, exact is what the model\n"
      "sees no difference in, near is nearly the same. A JSON object is a group; among paths an\n"
      "empty one ends a group.\n"));
}

static MonocleCliStatus
read_choices (Job *job, const char *sort, const char *format, const char *top, const char *least)
{
  job->by_date = sort && strcmp (sort, "date") == 0;
  if (sort && !job->by_date && strcmp (sort, "fit") != 0)
    return monocle_cli_refuse ("search", _ ("--sort is fit or date"));
  if (!format || strcmp (format, "text") == 0)
    job->format = MONOCLE_CLI_HITS_TEXT;
  else if (strcmp (format, "json") == 0)
    job->format = MONOCLE_CLI_HITS_JSON;
  else if (strcmp (format, "paths0") == 0)
    job->format = MONOCLE_CLI_HITS_PATHS;
  else
    return monocle_cli_refuse ("search", _ ("--format is text, json or paths0"));
  job->top = job->finds_duplicates ? MAX_TOP : USUAL_TOP;
  if (!monocle_cli_parse_count ("search", "--top", top, MAX_TOP, &job->top))
    return MONOCLE_CLI_USAGE;
  job->least = (double) NAN;
  if (job->finds_duplicates && !monocle_cli_read_number (least, 0, TRUE, 1, &job->least))
    return monocle_cli_refuse ("search", _ ("%s must be a number from 0 to 1, not '%s'"), "--min",
                               least);
  if (!job->finds_duplicates && !monocle_cli_read_number (least, -1, TRUE, 1, &job->least))
    return monocle_cli_refuse ("search", _ ("%s must be a number from -1 to 1, not '%s'"), "--min",
                               least);
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
read_texts (Job *job, char **names)
{
  for (guint i = 0; names && names[i]; i++)
    {
      char *text = monocle_cli_dup_text (names[i]);

      if (!text)
        return monocle_cli_refuse ("search", _ ("--text is not valid UTF-8"));
      /* Nothing is like everything. */
      if (*g_strstrip (text))
        g_ptr_array_add (job->texts, text);
      else
        g_free (text);
    }
  return MONOCLE_CLI_DONE;
}

static MonocleCliStatus
parse_options (Job *job, int argc, char **argv)
{
  g_auto (GStrv) names = NULL;
  g_autofree char *top = NULL, *least = NULL, *sort = NULL, *format = NULL;
  const GOptionEntry entries[] = {
    { "text", 'T', 0, G_OPTION_ARG_FILENAME_ARRAY, &job->words,
      N_ ("What is looked for; may be repeated"), N_ ("TEXT") },
    { "image", 'i', 0, G_OPTION_ARG_FILENAME_ARRAY, &job->images,
      N_ ("Image like those that are looked for; may be repeated"), N_ ("FILE") },
    { "region", 'r', 0, G_OPTION_ARG_FILENAME_ARRAY, &job->regions,
      N_ ("Region of that image, in pixels; may be repeated"), "X1,Y1,X2,Y2" },
    { "minus-text", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &job->minus_words,
      N_ ("What is not looked for; may be repeated"), N_ ("TEXT") },
    { "minus-image", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &job->minus_images,
      N_ ("Image unlike those that are looked for; may be repeated"), N_ ("FILE") },
    { "duplicates", 0, 0, G_OPTION_ARG_NONE, &job->finds_duplicates,
      N_ ("Find images that are the same, or nearly"), NULL },
    { "top", 'n', 0, G_OPTION_ARG_FILENAME, &top, N_ ("Most images (default: 50)"), N_ ("N") },
    { "min", 0, 0, G_OPTION_ARG_FILENAME, &least, N_ ("Leave out what fits less"), N_ ("P") },
    { "sort", 0, 0, G_OPTION_ARG_FILENAME, &sort, N_ ("Order of what is found"), "fit|date" },
    { "format", 'f', 0, G_OPTION_ARG_FILENAME, &format,
      N_ ("How to print: text, a JSON object a line, or paths that end with a zero byte"),
      "text|json|paths0" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &names, NULL, NULL },
    { NULL },
  };
  MonocleCliStatus status;

  if (!monocle_cli_parse ("search",
                          _ ("[--text TEXT]... [--image FILE]... [--duplicates] [DIR...]"),
                          _ ("Finds indexed images by words and by other images."), describe,
                          entries, &job->options, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  status = read_choices (job, sort, format, top, least);
  if (status == MONOCLE_CLI_DONE)
    status = read_texts (job, job->words);
  job->n_plus = job->texts->len;
  if (status == MONOCLE_CLI_DONE)
    status = read_texts (job, job->minus_words);
  if (status != MONOCLE_CLI_DONE)
    return status;
  if (job->finds_duplicates
      && count (job->words) + count (job->minus_words) + count (job->images)
                 + count (job->minus_images) + count (job->regions)
             > 0)
    return monocle_cli_refuse ("search", _ ("--duplicates goes without --text and --image"));
  if (!job->finds_duplicates && job->n_plus + count (job->images) == 0)
    return monocle_cli_refuse ("search", _ ("there is neither a --text nor an --image"));
  if (count (job->regions) > count (job->images))
    return monocle_cli_refuse ("search", _ ("there are more --region than --image"));
  if (monocle_cli_model_check (&job->options))
    return monocle_cli_refuse ("search", "%s", monocle_cli_model_check (&job->options));
  job->directories = names ? g_new0 (char *, g_strv_length (names) + 1) : NULL;
  for (guint i = 0; i < count (names); i++)
    job->directories[i] = g_canonicalize_filename (names[i], NULL);
  return MONOCLE_CLI_DONE;
}

/* --- the query --- */

static MonocleCliStatus
read_pictures (Job *job, char **names, char **regions)
{
  guint n_regions = count (regions);

  for (guint i = 0; names && names[i]; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleImage) image = NULL;
      MonocleBox region;

      if (i < n_regions && !monocle_cli_region_read (regions[i], &region))
        return monocle_cli_refuse ("search", _ ("region %u: '%s' is not X1,Y1,X2,Y2"), i + 1,
                                   regions[i]);
      image = monocle_cli_picture_open (names[i], &error);
      if (image && i < n_regions)
        {
          MonocleImage *part = monocle_search_cut (image, &region, &error);

          monocle_image_unref (image);
          image = part;
        }
      if (!image)
        return monocle_cli_report (names[i], error);
      g_ptr_array_add (job->pictures, g_steal_pointer (&image));
    }
  return MONOCLE_CLI_DONE;
}

/* (transfer full) (nullable): normalised: those that are wanted added up, without the others */
static float *
make_query (Job *job, MonocleModel *model, GError **error)
{
  const MonocleEmbedding embedding = { .texts = (const char *const *) job->texts->pdata,
                                       .n_texts = job->texts->len,
                                       .images = (MonocleImage *const *) job->pictures->pdata,
                                       .n_images = job->pictures->len };
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MonocleVectors) vectors = NULL;
  guint n_words = job->n_plus, n_images = count (job->images);
  float *query;

  monocle_model_embed_async (model, &embedding, monocle_cli_wait_get_cancellable (),
                             monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  vectors = monocle_model_embed_finish (model, result, error);
  if (!vectors)
    return NULL;
  query = g_new0 (float, vectors->n_dims);
  for (guint i = 0; i < vectors->n; i++)
    {
      gboolean is_wanted = i < job->texts->len ? i < n_words : i - job->texts->len < n_images;

      monocle_search_blend (query, vectors->values + (gsize) i * vectors->n_dims, vectors->n_dims,
                            is_wanted);
    }
  monocle_vector_normalise (query, vectors->n_dims);
  return query;
}

/* --- the answer --- */

static int
compare_dates (gconstpointer a, gconstpointer b)
{
  const MonocleSearchHit *x = a, *y = b;
  gint64 x_date = monocle_index_entry_get_date (x->entry);
  gint64 y_date = monocle_index_entry_get_date (y->entry);

  if (x_date != y_date)
    return x_date < y_date ? 1 : -1;
  return strcmp (x->entry->path, y->entry->path);
}

static void
add_region (JsonBuilder *builder, const MonocleBox *box)
{
  const float edges[] = { box->x1, box->y1, box->x2, box->y2 };

  json_builder_begin_array (builder);
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    json_builder_add_int_value (builder, lroundf (edges[i]));
  json_builder_end_array (builder);
}

static void
print_json (const MonocleSearchHit *hit)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  monocle_json_add_path (builder, hit->entry->path);
  json_builder_set_member_name (builder, "score");
  json_builder_add_double_value (builder, round ((double) hit->cosine * 1e6) / 1e6);
  json_builder_set_member_name (builder, "probability");
  if (isnan (hit->probability))
    json_builder_add_null_value (builder);
  else
    json_builder_add_double_value (builder, hit->probability);
  json_builder_set_member_name (builder, "band");
  json_builder_add_string_value (builder, monocle_search_band_get_id (hit->band));
  json_builder_set_member_name (builder, "region");
  if (hit->region)
    add_region (builder, hit->region);
  else
    json_builder_add_null_value (builder);
  json_builder_set_member_name (builder, "read");
  if (hit->read)
    json_builder_add_string_value (builder, hit->read);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

static void
print_text (const MonocleSearchHit *hit)
{
  g_autofree char *name = monocle_cli_out_clean_line (hit->entry->path);
  const char *band = monocle_search_band_get_id (hit->band);

  if (isnan (hit->probability))
    monocle_cli_out ("%6.3f  %-5s  %s", (double) hit->cosine, band, name);
  else
    monocle_cli_out ("%5.1f%%  %-5s  %s", 100 * hit->probability, band, name);
  if (hit->region)
    monocle_cli_out ("  %.0f,%.0f,%.0f,%.0f", (double) hit->region->x1, (double) hit->region->y1,
                     (double) hit->region->x2, (double) hit->region->y2);
  if (hit->read)
    {
      g_autofree char *words = monocle_cli_out_clean_line (hit->read);
      g_autofree char *start = g_utf8_substring (words, 0, MIN (g_utf8_strlen (words, -1), 60));

      monocle_cli_out ("  \"%s%s\"", start, strlen (start) < strlen (words) ? "…" : "");
    }
  monocle_cli_out ("\n");
}

static void
print_hits (const Job *job, const MonocleSearchHits *hits)
{
  for (guint i = 0; i < hits->hits->len; i++)
    {
      const MonocleSearchHit *hit = &g_array_index (hits->hits, MonocleSearchHit, i);
      double value = isnan (hit->probability) ? (double) hit->cosine : hit->probability;

      if (value < job->least && !hit->read)
        continue;
      if (job->format == MONOCLE_CLI_HITS_JSON)
        print_json (hit);
      else if (job->format == MONOCLE_CLI_HITS_TEXT)
        print_text (hit);
      else
        monocle_cli_out_bytes (hit->entry->path, strlen (hit->entry->path) + 1);
    }
  monocle_cli_out_flush ();
  g_printerr (ngettext ("monocle-cli: note: %u of %u image fits\n",
                        "monocle-cli: note: %u of %u images fit\n", hits->n),
              hits->n_fit, hits->n);
}

static MonocleCliStatus
report_nothing (const char *where)
{
  g_autoptr (GError) error = g_error_new_literal (
      MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
      _ ("nothing has been indexed with this model yet, see monocle-cli index"));

  return monocle_cli_report (where, error);
}

/* (nullable): the index, without an error where nothing was indexed yet */
static MonocleIndex *
open_index (MonocleModel *model, GError **error)
{
  g_autofree char *path = monocle_search_find_index (model, error);

  if (!path || !g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  return monocle_index_open (path, monocle_model_get_n_dims (model), FALSE, error);
}

/* (nullable): what was read in pictures, without an error where nothing was */
static MonocleTexts *
open_texts (GError **error)
{
  g_autofree char *path = monocle_texts_dup_path ();

  return g_file_test (path, G_FILE_TEST_EXISTS) ? monocle_texts_open (path, FALSE, error) : NULL;
}

/* (nullable): parts of pictures, without an error where none were looked at. @dup_path: of which */
static MonocleRegions *
open_regions (MonocleModel *model, char *(*dup_path) (const char *index), GError **error)
{
  g_autofree char *index = monocle_search_find_index (model, error);
  g_autofree char *path = index ? dup_path (index) : NULL;

  if (!path || !g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  return monocle_regions_open (path, monocle_model_get_n_dims (model), FALSE, error);
}

/* @problem: (inout) (nullable): why something cannot be used. */
static void
say_without (GError **problem, const char *what)
{
  g_autofree char *line = *problem ? monocle_cli_out_clean_line ((*problem)->message) : NULL;

  if (line)
    /* Translators: a problem, and what is not done then */
    g_printerr (_ ("monocle-cli: note: %s: %s until monocle-cli index makes it anew\n"), line,
                what);
  g_clear_error (problem);
}

/* How many pictures were compared: 0 where something went wrong. */
static guint
search (Job *job, MonocleModel *model, MonocleIndex *index, GError **error)
{
  gboolean is_one_text = job->texts->len == 1 && job->pictures->len == 0;
  const char *const *asked = (const char *const *) job->texts->pdata;
  g_auto (GStrv) words = monocle_texts_split (asked, job->n_plus);
  g_auto (GStrv) unwanted
      = monocle_texts_split (asked + job->n_plus, job->texts->len - job->n_plus);
  g_autofree float *query = make_query (job, model, error);
  g_autoptr (MonocleTexts) texts = NULL;
  g_autoptr (MonocleRegions) regions = NULL;
  g_autoptr (MonocleRegions) drawn = NULL;
  MonocleSearchHits hits;
  GError *problem = NULL;

  if (!query)
    return 0;
  /* What only adds to the index is done without. */
  texts = open_texts (&problem);
  say_without (&problem, _ ("what was read in images is not searched"));
  regions = open_regions (model, monocle_regions_dup_path, &problem);
  say_without (&problem, _ ("parts of images are not searched"));
  drawn = open_regions (model, monocle_regions_dup_path_of_drawn, &problem);
  say_without (&problem, _ ("what was drawn on images is not searched"));
  monocle_search_rank (index,
                       &(MonocleSearchQuery){ .vector = query,
                                              .n_dims = monocle_model_get_n_dims (model),
                                              .model = is_one_text ? model : NULL,
                                              .directories = (const char *const *) job->directories,
                                              .regions = regions,
                                              .drawn = drawn,
                                              .texts = texts,
                                              .words = (const char *const *) words,
                                              .unwanted = (const char *const *) unwanted,
                                              .top = job->top },
                       &hits);
  if (job->by_date)
    g_array_sort (hits.hits, compare_dates);
  if (hits.n > 0)
    print_hits (job, &hits);
  g_array_unref (hits.hits);
  return hits.n;
}

static MonocleCliStatus
search_index (Job *job, MonocleModel *model)
{
  g_autofree char *where = job->directories ? g_strjoinv (", ", job->directories) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleIndex) index = open_index (model, &error);
  guint n = 0;

  if (error)
    return monocle_cli_report (NULL, error);
  if (!index)
    return report_nothing (NULL);
  if (job->finds_duplicates)
    n = monocle_cli_duplicates (index, monocle_model_get_n_dims (model),
                                &(MonocleCliDuplicates){ (const char *const *) job->directories,
                                                         (float) job->least, job->top, job->by_date,
                                                         job->format },
                                &error);
  else
    n = search (job, model, index, &error);
  if (error)
    return monocle_cli_report (NULL, error);
  return n > 0 ? MONOCLE_CLI_DONE : report_nothing (where);
}

MonocleCliStatus
monocle_cli_search (int argc, char **argv)
{
  g_auto (Job) job
      = { .options.standard = MONOCLE_SHIPPED_WORDS,
          .texts = g_ptr_array_new_with_free_func (g_free),
          .pictures = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref) };
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (GError) error = NULL;
  MonocleCliStatus status = parse_options (&job, argc, argv);

  if (status == MONOCLE_CLI_DONE)
    status = read_pictures (&job, job.images, job.regions);
  if (status == MONOCLE_CLI_DONE)
    status = read_pictures (&job, job.minus_images, NULL);
  if (status != MONOCLE_CLI_DONE)
    return status;
  model = monocle_cli_model_load (&job.options, monocle_cli_wait_get_cancellable (), &error);
  if (!model)
    return monocle_cli_report (NULL, error);
  return search_index (&job, model);
}
