/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli compare: two versions of what lies on pictures, thing by thing, and how far they
 * agree, as the window says it.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/cli/cli.h"
#include "app/cli/exchange.h"
#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/wait.h"
#include "app/document/id.h"
#include "app/document/versions.h"
#include "app/exchange/kept.h"
#include "app/json/fields.h"
#include "app/json/shape.h"

typedef struct
{
  GStrv names;
  char *images;
  const MonocleExchangeFormat *from; /* (nullable): found out for each */
  gboolean only_differences;
  gboolean json;
} Options;

static void
options_clear (Options *self)
{
  g_strfreev (self->names);
  g_free (self->images);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* --- Reading --- */

/* One version: name of a picture -> GListStore of MonocleAnnotation. */
typedef struct
{
  GHashTable *pictures;
  GPtrArray *names; /* in the order in which they came; of @pictures */
} Version;

static void
version_init (Version *self)
{
  self->pictures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->names = g_ptr_array_new ();
}

static void
version_clear (Version *self)
{
  g_clear_pointer (&self->pictures, g_hash_table_unref);
  g_clear_pointer (&self->names, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Version, version_clear)

/* (transfer none): the things on a picture */
static GListStore *
get_things (Version *self, const char *name)
{
  GListStore *things = g_hash_table_lookup (self->pictures, name);
  char *key;

  if (things)
    return things;
  key = g_strdup (name);
  things = g_list_store_new (MONOCLE_TYPE_ANNOTATION);
  g_hash_table_insert (self->pictures, key, things);
  g_ptr_array_add (self->names, key);
  return things;
}

static gboolean
take (MonocleSample *sample, gpointer user_data, GError **error)
{
  GListStore *things = get_things (user_data, sample->name);

  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];
      const MonocleRect *box = &object->box;
      const double edges[] = { box->x, box->y, box->x + box->width, box->y + box->height };
      g_autoptr (MonocleShape) shape
          = object->shape ? monocle_shape_ref (object->shape) : monocle_shape_new_edges (edges);
      g_autoptr (MonocleAnnotation) thing = monocle_annotation_new_own (
          monocle_id_new (), shape, object->text ? object->text : object->label);

      g_list_store_append (things, thing);
    }
  return !g_cancellable_set_error_if_cancelled (monocle_cli_wait_get_cancellable (), error);
}

/* Of one picture, as it is called in the file: things keep what they are called there. */
static gboolean
read_work (Version *self, const char *path, GError **error)
{
  g_autoptr (MonocleWorkFile) work = monocle_work_file_read (path, error);
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr (MonocleSample) sample = NULL;
  GListStore *things;

  if (!work)
    return FALSE;
  things = get_things (self, work->name ? work->name : base);
  for (guint i = 0; i < work->annotations->len; i++)
    g_list_store_append (things, work->annotations->pdata[i]);
  if (work->annotations->len > 0)
    return TRUE;
  /* Nothing is the person's own: what was answered. */
  sample = monocle_sample_new (work->name ? work->name : base);
  monocle_kept_add_work (sample, work, NULL);
  return take (sample, self, error);
}

static gboolean
read_version (Version *self, const Options *options, const char *path, GError **error)
{
  const MonocleExchangeFormat *from = options->from;
  g_autoptr (MonocleLabels) labels = monocle_labels_new ();
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  MonocleExchangeSource source
      = { .path = path, .images = options->images, .labels = labels, .notes = notes };
  gboolean is_read;

  if (!from)
    from = monocle_exchange_recognise (path);
  if (!monocle_file_exists (path))
    return monocle_file_set_error (error, path, "there is no such file or folder");
  if (!from || !from->read)
    return monocle_file_set_error (error, path, "is in no format that is known; --from says which");
  if (from == &monocle_exchange_monocle && !g_file_test (path, G_FILE_TEST_IS_DIR))
    return read_work (self, path, error);
  is_read = from->read (from, &source, take, self, error);
  if (is_read)
    monocle_cli_exchange_print_notes (from, notes);
  return is_read;
}

/* --- Saying --- */

static const char *
get_kind_id (MonocleVersionKind kind)
{
  static const char *const ids[] = { "differs", "only-first", "only-second", "same" };

  return ids[kind];
}

static void
add_side (JsonBuilder *builder, const char *name, MonocleAnnotation *thing)
{
  if (!thing)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "label", monocle_annotation_get_label (thing));
  monocle_shape_json_add (builder, monocle_annotation_get_shape (thing));
  json_builder_end_object (builder);
}

static void
add_things (JsonBuilder *builder, GListModel *pairs, gboolean only_differences)
{
  json_builder_set_member_name (builder, "things");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (pairs); i++)
    {
      g_autoptr (MonocleVersionPair) pair = g_list_model_get_item (pairs, i);
      const MonocleVersionKind kind = monocle_version_pair_get_kind (pair);

      if (only_differences && kind == MONOCLE_VERSION_SAME)
        continue;
      json_builder_begin_object (builder);
      monocle_json_add_text (builder, "kind", get_kind_id (kind));
      if (kind == MONOCLE_VERSION_SAME || kind == MONOCLE_VERSION_DIFFERS)
        monocle_json_add_number (builder, "overlap", monocle_version_pair_get_overlap (pair));
      add_side (builder, "first", monocle_version_pair_get_here (pair));
      add_side (builder, "second", monocle_version_pair_get_there (pair));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_agreement (JsonBuilder *builder, const MonocleAgreement *agreement)
{
  monocle_json_add_integer (builder, "n_first", agreement->n_here);
  monocle_json_add_integer (builder, "n_second", agreement->n_there);
  monocle_json_add_integer (builder, "n_matched", agreement->n_matched);
  if (agreement->n_matched > 0)
    monocle_json_add_number (builder, "mean_overlap", agreement->mean_overlap);
  monocle_json_add_integer (builder, "n_same_label", agreement->n_labels);
}

static char *
describe_agreement (const MonocleAgreement *agreement)
{
  g_autofree char *matched
      = g_strdup_printf (_ ("%u in the same place, of %u and %u"), agreement->n_matched,
                         agreement->n_here, agreement->n_there);

  if (agreement->n_matched == 0)
    return g_steal_pointer (&matched);
  return g_strdup_printf (_ ("%s; overlap %d %% on average, %u of %u with the same name"), matched,
                          (int) lround (100 * agreement->mean_overlap), agreement->n_labels,
                          agreement->n_matched);
}

/* "“tree” at 10, 20, 30, 40": edges of what is around it */
static char *
describe_thing (MonocleAnnotation *thing)
{
  const MonocleRect box = monocle_annotation_get_bounds (thing);

  /* Translators: a name, and the left, top, right and bottom edge of it in pixels */
  return g_strdup_printf (_ ("“%s” at %d, %d, %d, %d"), monocle_annotation_get_label (thing),
                          (int) lround (box.x), (int) lround (box.y),
                          (int) lround (box.x + box.width), (int) lround (box.y + box.height));
}

static void
print_pair (MonocleVersionPair *pair)
{
  MonocleAnnotation *first = monocle_version_pair_get_here (pair);
  MonocleAnnotation *second = monocle_version_pair_get_there (pair);
  g_autofree char *left = first ? describe_thing (first) : NULL;
  g_autofree char *right = second ? describe_thing (second) : NULL;
  const int overlap = (int) lround (100 * monocle_version_pair_get_overlap (pair));

  switch (monocle_version_pair_get_kind (pair))
    {
    case MONOCLE_VERSION_DIFFERS:
      monocle_cli_out (_ ("  differs: %s; %s; overlap %d %%\n"), left, right, overlap);
      break;
    case MONOCLE_VERSION_HERE:
      monocle_cli_out (_ ("  only in the first: %s\n"), left);
      break;
    case MONOCLE_VERSION_THERE:
      monocle_cli_out (_ ("  only in the second: %s\n"), right);
      break;
    case MONOCLE_VERSION_SAME:
    default:
      monocle_cli_out (_ ("  same: %s\n"), left);
    }
}

static void
print_picture (const Options *options, const char *name, GListModel *pairs)
{
  const MonocleAgreement agreement = monocle_versions_measure (pairs);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *clean = monocle_cli_out_clean_line (name);
  g_autofree char *words = describe_agreement (&agreement);

  if (options->json)
    {
      json_builder_begin_object (builder);
      monocle_json_add_text (builder, "image", name);
      add_agreement (builder, &agreement);
      add_things (builder, pairs, options->only_differences);
      json_builder_end_object (builder);
      monocle_cli_format_print (builder);
      return;
    }
  monocle_cli_out ("%s: %s\n", clean, words);
  for (guint i = 0; i < g_list_model_get_n_items (pairs); i++)
    {
      g_autoptr (MonocleVersionPair) pair = g_list_model_get_item (pairs, i);

      if (!options->only_differences
          || monocle_version_pair_get_kind (pair) != MONOCLE_VERSION_SAME)
        print_pair (pair);
    }
}

/* --- Comparing --- */

static void
add_up (MonocleAgreement *sum, GListModel *pairs)
{
  const MonocleAgreement one = monocle_versions_measure (pairs);
  const guint n = sum->n_matched + one.n_matched;

  if (n > 0)
    sum->mean_overlap = (sum->mean_overlap * sum->n_matched + one.mean_overlap * one.n_matched) / n;
  sum->n_here += one.n_here;
  sum->n_there += one.n_there;
  sum->n_matched = n;
  sum->n_labels += one.n_labels;
}

static void
compare_picture (const Options *options,
                 const char *name,
                 GListStore *first,
                 GListStore *second,
                 MonocleAgreement *sum)
{
  g_autoptr (GListStore) nothing = g_list_store_new (MONOCLE_TYPE_ANNOTATION);
  g_autoptr (GListModel) pairs = monocle_versions_new (G_LIST_MODEL (first ? first : nothing),
                                                       G_LIST_MODEL (second ? second : nothing));

  print_picture (options, name, pairs);
  add_up (sum, pairs);
}

static void
compare (const Options *options, const Version *first, const Version *second)
{
  MonocleAgreement sum = { 0 };
  guint n = 0;

  for (guint i = 0; i < first->names->len; i++, n++)
    {
      const char *name = first->names->pdata[i];
      /* Two files about one picture each are about the same, whatever that is called there. */
      const char *other
          = first->names->len == 1 && second->names->len == 1 ? second->names->pdata[0] : name;

      compare_picture (options, name, g_hash_table_lookup (first->pictures, name),
                       g_hash_table_lookup (second->pictures, other), &sum);
    }
  for (guint i = 0; i < second->names->len; i++)
    if (!g_hash_table_contains (first->pictures, second->names->pdata[i])
        && !(first->names->len == 1 && second->names->len == 1))
      {
        compare_picture (options, second->names->pdata[i], NULL,
                         g_hash_table_lookup (second->pictures, second->names->pdata[i]), &sum);
        n++;
      }
  if (!options->json && n != 1)
    {
      g_autofree char *words = describe_agreement (&sum);

      monocle_cli_out (_ ("All %u pictures: %s\n"), n, words);
    }
}

/* --- The verb --- */

static char *
describe (const MonocleCliModel *model)
{
  g_autofree char *read = monocle_exchange_dup_ids (TRUE);

  return g_strdup_printf (_ ("FIRST and SECOND are files or folders in any of these formats: %s.\n"
                             "\n"
                             "Things are the same that are called so in files of Monocle; else "
                             "those that have the\n"
                             "same shape, and then those that share half of what they cover "
                             "together.\n"),
                          read);
}

static MonocleCliStatus
parse_options (Options *self, int argc, char **argv)
{
  g_autofree char *format = NULL, *from = NULL;
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, N_ ("What both are; auto finds out for each"),
      N_ ("FORMAT") },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &self->images, N_ ("Where the pictures are"),
      N_ ("DIR") },
    { "differences", 0, 0, G_OPTION_ARG_NONE, &self->only_differences,
      N_ ("Leave out what is the same in both"), NULL },
    MONOCLE_CLI_FORMAT_ENTRY (&format),
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->names, NULL, NULL },
    { NULL },
  };

  if (!monocle_cli_parse ("compare", _ ("FIRST SECOND"),
                          _ ("Says how far two versions of annotations agree, thing by thing."),
                          describe, entries, NULL, &argc, &argv)
      || !monocle_cli_format_read ("compare", format, &self->json))
    return MONOCLE_CLI_USAGE;
  if (!self->names || g_strv_length (self->names) != 2)
    return monocle_cli_refuse ("compare", _ ("two versions must be named"));
  if (from && strcmp (from, "auto") != 0
      && !monocle_cli_exchange_find ("compare", "--from", from, TRUE, &self->from))
    return MONOCLE_CLI_USAGE;
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_compare (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_auto (Version) first = { 0 }, second = { 0 };
  g_autoptr (GError) error = NULL;
  MonocleCliStatus status = parse_options (&options, argc, argv);

  if (status != MONOCLE_CLI_DONE)
    return status;
  version_init (&first);
  version_init (&second);
  if (!read_version (&first, &options, options.names[0], &error)
      || !read_version (&second, &options, options.names[1], &error))
    return monocle_cli_report (NULL, error);
  compare (&options, &first, &second);
  return MONOCLE_CLI_DONE;
}
