/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli index: looks at the pictures of folders, once, so that they can be searched.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "app/cli/cli.h"
#include "app/cli/format.h"
#include "app/cli/model.h"
#include "app/cli/out.h"
#include "app/cli/picture.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/search/crawl.h"
#include "app/search/fingerprint.h"
#include "app/search/index-file.h"

/* Pictures that go through the model together; as many are lost where it is killed. */
#define BATCH 8

/* Files that are no pictures, or lie elsewhere now, are written down together. */
#define MANY 256

#define CHUNK_BYTES (256 * 1024)

typedef struct
{
  guint n_new, n_changed, n_moved, n_gone, n_unreadable;
} Counts;

typedef struct
{
  MonocleCliModel options;
  GStrv directories; /* absolute */
  GStrv unread;      /* (nullable): folders below them that could not be read */
  gboolean json;

  MonocleModel *model;
  MonocleIndex *index;
  GArray *entries;        /* of MonocleIndexEntry: to be appended */
  GPtrArray *images;      /* of those that have no vector yet, in their order */
  GHashTable *moved;      /* paths that files have left */
  Counts counts, pending; /* pending: of the entries that are to be appended */
  guint n_all;
} Job;

static void
clear_entry (gpointer data)
{
  g_free (((MonocleIndexEntry *) data)->path);
}

static void
job_clear (Job *job)
{
  monocle_cli_model_clear (&job->options);
  g_clear_pointer (&job->directories, g_strfreev);
  g_clear_pointer (&job->unread, g_strfreev);
  g_clear_object (&job->model);
  g_clear_pointer (&job->index, monocle_index_free);
  g_clear_pointer (&job->entries, g_array_unref);
  g_clear_pointer (&job->images, g_ptr_array_unref);
  g_clear_pointer (&job->moved, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* --- what is new --- */

static gboolean
read_digest (const char *path, guint8 *digest)
{
  GCancellable *cancellable = monocle_cli_wait_get_cancellable ();
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, NULL);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  guint8 whole[32];
  gsize n = sizeof whole;
  gssize n_read = -1;

  /* Not mapped: the file could be cut meanwhile. */
  while (stream
         && (n_read
             = g_input_stream_read (G_INPUT_STREAM (stream), chunk, CHUNK_BYTES, cancellable, NULL))
                > 0)
    g_checksum_update (sum, chunk, n_read);
  if (n_read < 0)
    return FALSE;
  g_checksum_get_digest (sum, whole, &n);
  memcpy (digest, whole, MONOCLE_INDEX_DIGEST_BYTES);
  return TRUE;
}

static void
take_entry (Job *job, MonocleIndexEntry entry)
{
  entry.path = g_strdup (entry.path);
  g_array_append_val (job->entries, entry);
}

/* What is written down counts, and nothing before it is. */
static void
count_pending (Job *job)
{
  job->counts.n_new += job->pending.n_new;
  job->counts.n_changed += job->pending.n_changed;
  job->counts.n_moved += job->pending.n_moved;
  job->counts.n_gone += job->pending.n_gone;
  job->counts.n_unreadable += job->pending.n_unreadable;
  job->pending = (Counts){ 0 };
}

/* Looks at what has been gathered, and writes it down. */
static MonocleCliStatus
write_batch (Job *job)
{
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MonocleVectors) vectors = NULL;
  g_autoptr (GError) error = NULL;

  if (job->entries->len == 0)
    return MONOCLE_CLI_DONE;
  if (job->images->len > 0)
    {
      const MonocleEmbedding embedding
          = { .images = (MonocleImage *const *) job->images->pdata, .n_images = job->images->len };

      monocle_model_embed_async (job->model, &embedding, monocle_cli_wait_get_cancellable (),
                                 monocle_cli_wait_callback, &wait);
      result = monocle_cli_wait (&wait);
      vectors = monocle_model_embed_finish (job->model, result, &error);
      if (!vectors)
        return monocle_cli_report (NULL, error);
    }
  if (!monocle_index_append (job->index, (const MonocleIndexEntry *) (gpointer) job->entries->data,
                             job->entries->len, vectors ? vectors->values : NULL, &error))
    return monocle_cli_report (NULL, error);
  g_array_set_size (job->entries, 0);
  g_ptr_array_set_size (job->images, 0);
  count_pending (job);
  return MONOCLE_CLI_DONE;
}

/* Of content that is known, from here or from elsewhere, nothing need be computed. */
static void
take_known (Job *job, MonocleIndexEntry *entry, const MonocleIndexEntry *content)
{
  const MonocleIndexEntry *known = monocle_index_find (job->index, entry->path);

  entry->state = MONOCLE_INDEX_SEEN;
  entry->vector = content->vector;
  if (known && known != content)
    job->pending.n_changed++;
  else if (!known && g_file_test (content->path, G_FILE_TEST_EXISTS))
    job->pending.n_new++;
  else if (!known)
    {
      job->pending.n_moved++;
      g_hash_table_add (job->moved, g_strdup (content->path));
    }
  take_entry (job, *entry);
}

static void
note_left_out (const char *path)
{
  g_autofree char *name = monocle_cli_out_clean_line (path);

  monocle_cli_progress_clear ();
  g_printerr (_ ("monocle-cli: note: %s cannot be read and is left out\n"), name);
}

static MonocleCliStatus
look_at (Job *job, const MonocleCrawlFile *file)
{
  const MonocleIndexEntry *known = monocle_index_find (job->index, file->path), *content;
  MonocleIndexEntry entry = { .path = file->path, .size = file->size, .mtime = file->mtime };
  g_autoptr (GError) error = NULL;
  MonocleImage *image = NULL;
  gboolean is_read;

  if (known && known->size == file->size && known->mtime == file->mtime)
    {
      job->counts.n_unreadable += known->state == MONOCLE_INDEX_UNREADABLE;
      return MONOCLE_CLI_DONE;
    }
  entry.state = MONOCLE_INDEX_UNREADABLE;
  is_read = read_digest (file->path, entry.digest);
  if (is_read)
    {
      content = monocle_index_find_content (job->index, entry.digest);
      if (content)
        {
          take_known (job, &entry, content);
          return job->entries->len >= MANY ? write_batch (job) : MONOCLE_CLI_DONE;
        }
      image = monocle_cli_picture_open (file->path, &error);
    }
  if (g_cancellable_is_cancelled (monocle_cli_wait_get_cancellable ()))
    {
      g_clear_pointer (&image, monocle_image_unref);
      return MONOCLE_CLI_INTERRUPTED;
    }
  if (image)
    {
      entry.state = MONOCLE_INDEX_SEEN;
      g_ptr_array_add (job->images, image);
      *(known ? &job->pending.n_changed : &job->pending.n_new) += 1;
    }
  else
    {
      note_left_out (file->path);
      /* What nobody could read may be a picture: it is tried again. */
      if (!is_read)
        {
          job->counts.n_unreadable++;
          return MONOCLE_CLI_DONE;
        }
      job->pending.n_unreadable++;
    }
  take_entry (job, entry);
  return job->images->len >= BATCH || job->entries->len >= MANY ? write_batch (job)
                                                                : MONOCLE_CLI_DONE;
}

/* --- what is gone --- */

static int
compare_with_path (gconstpointer path, gconstpointer file)
{
  return strcmp (path, (*(const MonocleCrawlFile *const *) file)->path);
}

/* Of these folders alone, as far as they could be read: of others nothing is known now. */
static MonocleCliStatus
forget_gone (Job *job, const GPtrArray *files)
{
  g_autoptr (GPtrArray) known = monocle_index_list (job->index);

  for (guint i = 0; i < known->len; i++)
    {
      const MonocleIndexEntry *entry = known->pdata[i];

      if (!monocle_crawl_contains ((const char *const *) job->directories, entry->path)
          || monocle_crawl_contains ((const char *const *) job->unread, entry->path)
          || (files->len > 0
              && bsearch (entry->path, files->pdata, files->len, sizeof (gpointer),
                          compare_with_path)))
        continue;
      take_entry (job, (MonocleIndexEntry){ .path = entry->path, .state = MONOCLE_INDEX_GONE });
      job->pending.n_gone += !g_hash_table_contains (job->moved, entry->path);
    }
  return write_batch (job);
}

/* --- the verb --- */

static void
print_report (const Job *job)
{
  const struct
  {
    const char *key;
    guint n;
  } counts[] = {
    { "new", job->counts.n_new },
    { "changed", job->counts.n_changed },
    { "moved", job->counts.n_moved },
    { "gone", job->counts.n_gone },
    { "unreadable", job->counts.n_unreadable },
    { "pictures", job->n_all },
  };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *line = NULL;

  if (!job->json)
    {
      monocle_cli_out (
          _ ("%u new, %u changed, %u moved, %u gone, %u unreadable; %u pictures can be "
             "searched\n"),
          job->counts.n_new, job->counts.n_changed, job->counts.n_moved, job->counts.n_gone,
          job->counts.n_unreadable, job->n_all);
      return;
    }
  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      json_builder_set_member_name (builder, counts[i].key);
      json_builder_add_int_value (builder, counts[i].n);
    }
  json_builder_end_object (builder);
  node = json_builder_get_root (builder);
  line = json_to_string (node, FALSE);
  monocle_cli_out ("%s\n", line);
}

static MonocleCliStatus
index_all (Job *job)
{
  MonocleCliStatus status = MONOCLE_CLI_DONE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = monocle_crawl ((const char *const *) job->directories, &job->unread,
                                               monocle_cli_wait_get_cancellable (), &error);
  g_autoptr (GPtrArray) list = NULL;

  if (!files)
    return monocle_cli_report (NULL, error);
  for (guint i = 0; job->unread[i]; i++)
    note_left_out (job->unread[i]);
  for (guint i = 0; i < files->len && status == MONOCLE_CLI_DONE; i++)
    {
      monocle_cli_progress_show ((double) i / files->len, _ ("indexing %u of %u"), i, files->len);
      status = look_at (job, files->pdata[i]);
    }
  monocle_cli_progress_clear ();
  if (status == MONOCLE_CLI_DONE)
    status = write_batch (job);
  if (status == MONOCLE_CLI_DONE)
    status = forget_gone (job, files);
  list = monocle_index_list (job->index);
  for (guint i = 0; i < list->len; i++)
    job->n_all += ((const MonocleIndexEntry *) list->pdata[i])->state == MONOCLE_INDEX_SEEN;
  if (status == MONOCLE_CLI_DONE && !monocle_index_compact (job->index, &error))
    return monocle_cli_report (NULL, error);
  return status;
}

static MonocleCliStatus
parse_options (Job *job, int argc, char **argv)
{
  g_auto (GStrv) names = NULL;
  g_autofree char *format = NULL;
  const GOptionEntry entries[] = {
    { "format", 'f', 0, G_OPTION_ARG_FILENAME, &format,
      N_ ("How to print: text, or one JSON object a line"), "text|json" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &names, NULL, NULL },
    { NULL },
  };
  guint n;

  if (!monocle_cli_parse ("index", _ ("DIR..."),
                          _ ("Looks at the images of folders, so that they can be searched."), NULL,
                          entries, &job->options, &argc, &argv))
    return MONOCLE_CLI_USAGE;
  n = names ? g_strv_length (names) : 0;
  if (n == 0 || g_strv_contains ((const char *const *) names, ""))
    return monocle_cli_refuse ("index", _ ("no folder is named"));
  if (!monocle_cli_format_find (format, &job->json))
    return monocle_cli_refuse ("index", _ ("--format is text or json"));
  if (monocle_cli_model_check (&job->options))
    return monocle_cli_refuse ("index", "%s", monocle_cli_model_check (&job->options));
  job->directories = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    job->directories[i] = g_canonicalize_filename (names[i], NULL);
  return MONOCLE_CLI_DONE;
}

MonocleCliStatus
monocle_cli_index (int argc, char **argv)
{
  g_auto (Job) job = { .options.standard = MONOCLE_SHIPPED_WORDS };
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  MonocleCliStatus status = parse_options (&job, argc, argv);

  if (status != MONOCLE_CLI_DONE)
    return status;
  job.entries = g_array_new (FALSE, FALSE, sizeof (MonocleIndexEntry));
  g_array_set_clear_func (job.entries, clear_entry);
  job.moved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  job.images = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
  job.model = monocle_cli_model_load (&job.options, monocle_cli_wait_get_cancellable (), &error);
  if (!job.model)
    return monocle_cli_report (NULL, error);
  path = monocle_search_find_index (job.model, &error);
  job.index
      = path ? monocle_index_open (path, monocle_model_get_n_dims (job.model), TRUE, &error) : NULL;
  if (!job.index)
    return monocle_cli_report (NULL, error);
  if (monocle_index_get_set_aside (job.index))
    note_left_out (monocle_index_get_set_aside (job.index));
  status = index_all (&job);
  print_report (&job);
  return status;
}
