/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/convert.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/base/error.h"

#define PROGRESS_EVERY 64

typedef struct
{
  const MonocleExchangeJob *job;
  MonocleNotes *notes;
  MonocleExchangeCounts *counts;
  MonocleLabels *labels;
  MonocleExchangeTarget *target; /* NULL: nothing is written */
  gboolean one_file;
  gpointer writers[MONOCLE_SAMPLE_N_SPLITS]; /* one alone, but for formats of one file */
  GHashTable *names;                         /* of pictures, with their splits */
  const char *input;
  GRand *random;
  GArray *deck; /* MonocleSampleSplit: for the next pictures */
} Converting;

static void
converting_clear (Converting *self)
{
  for (guint i = 0; i < MONOCLE_SAMPLE_N_SPLITS; i++)
    if (self->writers[i] && self->job->to->free)
      self->job->to->free (self->writers[i]);
  g_clear_pointer (&self->target, monocle_exchange_target_free);
  g_clear_pointer (&self->labels, monocle_labels_free);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_pointer (&self->random, g_rand_free);
  g_clear_pointer (&self->deck, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Converting, converting_clear)

/* --- Dividing --- */

static guint
find_divisor (guint a, guint b)
{
  return b == 0 ? a : find_divisor (b, a % b);
}

/* So many cards of each kind as the shares say, shuffled: they come out exactly, and nothing has to
 * be known of what follows. */
static void
fill_deck (Converting *self)
{
  const guint *shares = self->job->shares;
  guint divisor = find_divisor (find_divisor (shares[0], shares[1]), shares[2]);

  for (guint i = 0; i < MONOCLE_EXCHANGE_N_SHARES; i++)
    for (guint k = 0; k < shares[i] / divisor; k++)
      {
        MonocleSampleSplit split = (MonocleSampleSplit) (MONOCLE_SAMPLE_TRAIN + i);

        g_array_append_val (self->deck, split);
      }
  for (guint i = self->deck->len; i > 1; i--)
    {
      guint k = (guint) g_rand_int_range (self->random, 0, (gint) i);
      MonocleSampleSplit *cards = (MonocleSampleSplit *) (gpointer) self->deck->data;
      MonocleSampleSplit card = cards[k];

      cards[k] = cards[i - 1];
      cards[i - 1] = card;
    }
}

static gboolean
divides (const MonocleExchangeJob *job)
{
  return job->shares[0] + job->shares[1] + job->shares[2] > 0;
}

/* A file by itself has room for one. */
static gboolean
check_room (Converting *self, GError **error)
{
  if (!self->one_file || self->job->to->file || self->counts->pictures == 0)
    return TRUE;
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
               _ ("%s: there are several pictures, and %s has a file for each: name a folder"),
               self->job->output, self->job->to->id);
  return FALSE;
}

static MonocleSampleSplit
draw_split (Converting *self)
{
  MonocleSampleSplit split;

  if (self->deck->len == 0)
    fill_deck (self);
  split = g_array_index (self->deck, MonocleSampleSplit, self->deck->len - 1);
  g_array_set_size (self->deck, self->deck->len - 1);
  return split;
}

/* --- One picture --- */

static gboolean
check_name (Converting *self, const MonocleSample *sample, GError **error)
{
  char *key = self->one_file ? g_strdup (sample->name)
                             : g_strconcat (monocle_sample_split_get_name (sample->split), "/",
                                            sample->name, NULL);

  if (g_hash_table_add (self->names, key))
    return TRUE;
  return monocle_file_set_error (error, self->input, "picture \"%s\" comes twice", sample->name);
}

/* Files may be called by any bytes; sets are text. */
static void
clean_name (Converting *self, MonocleSample *sample)
{
  const char *split = monocle_sample_split_get_name (sample->split);
  g_autofree char *clean = monocle_exchange_make_name (sample->name);
  g_autofree char *stem = monocle_exchange_strip_extension (clean);
  const char *extension = clean + strlen (stem);

  if (strcmp (clean, sample->name) == 0)
    return;
  monocle_notes_add (self->notes, _ ("names of pictures that are no text in one line get “_”"));
  g_free (sample->name);
  sample->name = g_strdup (clean);
  for (guint number = 2;; number++)
    {
      g_autofree char *key
          = self->one_file ? g_strdup (sample->name) : g_strconcat (split, "/", sample->name, NULL);

      if (!g_hash_table_contains (self->names, key))
        return;
      g_free (sample->name);
      sample->name = g_strdup_printf ("%s-%u%s", stem, number, extension);
    }
}

/* (nullable): with @error; where nothing is written, without */
static gpointer
get_writer (Converting *self, MonocleSampleSplit split, GError **error)
{
  const MonocleExchangeFormat *to = self->job->to;
  guint which = to->file && !self->one_file ? split : 0;

  if (self->writers[which] || !self->target)
    return self->writers[which];
  if (to->file)
    {
      g_free (self->target->file);
      self->target->file = g_strdup_printf (
          "%s%s%s.%s", to->file, which ? "_" : "",
          monocle_sample_split_get_name ((MonocleSampleSplit) which), to->extension);
    }
  self->writers[which] = to->begin (to, self->target, error);
  return self->writers[which];
}

static gboolean
take (MonocleSample *sample, gpointer user_data, GError **error)
{
  Converting *self = user_data;
  const MonocleExchangeJob *job = self->job;
  g_autoptr (MonocleSample) adapted = NULL;
  gpointer writer;

  if (g_cancellable_set_error_if_cancelled (job->cancellable, error))
    return FALSE;
  if (divides (job))
    sample->split = draw_split (self);
  clean_name (self, sample);
  if (!check_name (self, sample, error) || !check_room (self, error))
    return FALSE;
  /* Parts of a set are folders. */
  if (self->one_file && !job->to->file)
    sample->split = MONOCLE_SAMPLE_WHOLE;
  /* Whoever cannot do without says so. */
  if (sample->path)
    monocle_exchange_measure (sample, sample->name, NULL);
  adapted = monocle_exchange_adapt (job->to, sample, self->notes);
  writer = get_writer (self, sample->split, error);
  if (self->target && (!writer || !job->to->add (writer, adapted, error)))
    return FALSE;
  self->counts->pictures++;
  self->counts->objects += adapted->objects->len;
  self->counts->captions += adapted->captions->len;
  if (job->progress && self->counts->pictures % PROGRESS_EVERY == 0)
    job->progress (self->counts, job->progress_data);
  return TRUE;
}

/* --- All of them --- */

static gboolean
read_input (Converting *self, const char *path, GError **error)
{
  const MonocleExchangeFormat *from = self->job->from;
  MonocleExchangeSource source
      = { path, self->job->images, self->job->counts_from_0, self->labels, self->notes };

  self->input = path;
  if (!monocle_file_exists (path))
    return monocle_file_set_error (error, path, "there is no such file or folder");
  if (!from)
    from = monocle_exchange_recognise (path);
  if (!from)
    return monocle_file_set_error (error, path, "is in no format that is known; --from says which");
  if (!from->read)
    return monocle_file_set_error (error, path, "%s cannot be read", from->id);
  return from->read (from, &source, take, self, error);
}

static gboolean
finish (Converting *self, GError **error)
{
  if (!self->target)
    return TRUE;
  /* A set without pictures is one, too. */
  if (self->counts->pictures == 0 && !get_writer (self, MONOCLE_SAMPLE_WHOLE, error))
    return FALSE;
  for (guint i = 0; i < MONOCLE_SAMPLE_N_SPLITS; i++)
    if (self->writers[i] && self->job->to->finish
        && !self->job->to->finish (self->writers[i], error))
      return FALSE;
  return monocle_exchange_target_finish (self->target, error);
}

gboolean
monocle_exchange_is_one_file (const MonocleExchangeFormat *format, const char *output)
{
  return (format->file || format->is_single)
         && monocle_exchange_has_extension (output, format->extension)
         && !g_file_test (output, G_FILE_TEST_IS_DIR);
}

gboolean
monocle_exchange_convert (const MonocleExchangeJob *job,
                          MonocleNotes *notes,
                          MonocleExchangeCounts *counts,
                          GError **error)
{
  g_auto (Converting) self = { .job = job, .notes = notes, .counts = counts };

  *counts = (MonocleExchangeCounts){ 0 };
  self.one_file = monocle_exchange_is_one_file (job->to, job->output);
  self.labels = monocle_labels_new ();
  self.names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.random = g_rand_new_with_seed (job->seed);
  self.deck = g_array_new (FALSE, FALSE, sizeof (MonocleSampleSplit));
  if (!job->only_says)
    {
      self.target = monocle_exchange_target_new (job->output, !self.one_file, error);
      if (!self.target)
        return FALSE;
      self.target->labels = self.labels;
      self.target->notes = notes;
      self.target->copies = job->copies && !self.one_file;
    }
  for (guint i = 0; job->inputs[i]; i++)
    if (!read_input (&self, job->inputs[i], error))
      return FALSE;
  return finish (&self, error);
}
