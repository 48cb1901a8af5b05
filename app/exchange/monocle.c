/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Monocle's own: the work on a picture, `NAME.monocle.json`, a file for a picture.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/document/attributes.h"
#include "app/exchange/format.h"
#include "app/exchange/kept.h"

/* Of edges: enough for anything, and the same when they are read again. */
#define STEPS 1e4

/* --- Reading --- */

static gboolean
is_work (const char *path)
{
  return monocle_work_file_is_named (path);
}

static gboolean
recognise (const char *path)
{
  g_autoptr (GPtrArray) files = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return is_work (path);
  files = monocle_exchange_list_alike (path, "json", is_work);
  return files->len > 0;
}

/* (transfer full) (nullable): what the picture is called, without folder */
static char *
dup_picture (const MonocleWorkFile *work, const char *path, GError **error)
{
  g_autofree char *file = g_path_get_basename (path);
  g_autofree char *name = NULL, *stem = NULL;

  if (work->name && *work->name)
    name = monocle_exchange_dup_last_name (work->name, path, error);
  else if (monocle_work_file_is_named (file))
    name = g_strndup (file, strlen (file) - strlen (MONOCLE_WORK_FILE_ENDING));
  else
    name = monocle_exchange_strip_extension (file);
  if (!name || work->page == 0)
    return g_steal_pointer (&name);
  /* Pages are no files: the picture is that of one. */
  stem = monocle_exchange_strip_extension (name);
  return g_strdup_printf ("%s-%u.png", stem, work->page + 1);
}

/* @folder: (nullable): of the picture, below the set */
static MonocleSample *
new_sample (const MonocleWorkFile *work, const char *folder, const char *path, GError **error)
{
  g_autofree char *name = dup_picture (work, path, error);
  g_autofree char *first = folder ? g_strndup (folder, strcspn (folder, "/")) : NULL;
  const MonocleSampleSplit split = first ? monocle_sample_split_find (first) : MONOCLE_SAMPLE_WHOLE;
  const char *rest = folder;
  g_autofree char *full = NULL;
  MonocleSample *sample;

  if (!name)
    return NULL;
  if (split != MONOCLE_SAMPLE_WHOLE)
    rest = folder[strlen (first)] ? folder + strlen (first) + 1 : NULL;
  full = rest ? g_build_filename (rest, name, NULL) : g_strdup (name);
  sample = monocle_sample_new (full);
  sample->split = split;
  sample->width = work->width;
  sample->height = work->height;
  return sample;
}

static gboolean
read_file (MonocleExchangeSource *source,
           const char *root,
           const char *below,
           MonocleExchangeTake take,
           gpointer user_data,
           GError **error)
{
  g_autofree char *path = g_build_filename (root, below, NULL);
  g_autofree char *folder = g_path_get_dirname (below);
  g_autofree char *beside = g_path_get_dirname (path);
  const gboolean is_below = strcmp (folder, ".") != 0;
  g_autoptr (MonocleWorkFile) work = monocle_work_file_read (path, error);
  g_autoptr (MonocleSample) sample = NULL;

  if (!work || !(sample = new_sample (work, is_below ? folder : NULL, path, error)))
    return FALSE;
  monocle_exchange_source_find_picture (source, sample, root);
  /* Where the folder says what the picture is for, it lies in that. */
  if (!sample->path)
    {
      g_autofree char *last = g_path_get_basename (sample->name);
      g_autofree char *picture = g_build_filename (beside, last, NULL);

      if (g_file_test (picture, G_FILE_TEST_IS_REGULAR))
        sample->path = g_steal_pointer (&picture);
    }
  if (sample->width > 0 || sample->height > 0
          ? !monocle_exchange_check_size (sample->width, sample->height, path, error)
          : !monocle_exchange_measure (sample, path, error))
    return FALSE;
  monocle_kept_add_work (sample, work, source->notes);
  for (guint i = 0; i < sample->objects->len; i++)
    monocle_labels_add (source->labels,
                        ((const MonocleSampleObject *) sample->objects->pdata[i])->label);
  return take (sample, user_data, error);
}

static gboolean
read_all (const MonocleExchangeFormat *format,
          MonocleExchangeSource *source,
          MonocleExchangeTake take,
          gpointer user_data,
          GError **error)
{
  return monocle_exchange_read_files (source, "json", is_work, read_file, take, user_data, error);
}

/* --- Writing --- */

static double
cut (double number)
{
  return round (number * STEPS) / STEPS;
}

/* (transfer full) */
static MonocleShape *
make_shape (const MonocleSampleObject *object)
{
  const MonocleRect *box = &object->box;
  const double edges[]
      = { cut (box->x), cut (box->y), cut (box->x + box->width), cut (box->y + box->height) };

  return object->shape ? monocle_shape_ref (object->shape) : monocle_shape_new_edges (edges);
}

/* The same for the same thing on the same picture, whoever converts it and when, so that two
 * versions can be compared; @number: of those that are the same in all. */
static guint64
make_id (const char *picture, const char *label, const MonocleShape *shape, guint number)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GVariant) place = g_variant_ref_sink (monocle_shape_store (shape));
  g_autofree char *words = g_variant_print (place, FALSE);
  g_autofree char *all = g_strdup_printf ("%u %s", number, words);
  const char *hex;
  guint64 id;

  g_checksum_update (checksum, (const guchar *) picture, (gssize) strlen (picture) + 1);
  g_checksum_update (checksum, (const guchar *) label, (gssize) strlen (label) + 1);
  g_checksum_update (checksum, (const guchar *) all, -1);
  hex = g_checksum_get_string (checksum);
  id = g_ascii_strtoull (hex + 48, NULL, 16);
  return id != 0 ? id : 1;
}

/* Numbers as numbers, where the text is how one is written. */
static GVariant *
make_value (const char *text)
{
  char shortest[G_ASCII_DTOSTR_BUF_SIZE];
  double number;

  if (monocle_exchange_read_number (text, &number)
      && g_str_equal (g_ascii_formatd (shortest, sizeof shortest, "%.15g", number), text))
    return g_variant_new_double (number);
  return g_variant_new_string (text);
}

static GVariant *
make_attributes (const GPtrArray *attributes)
{
  g_autoptr (GVariant) all = NULL;

  for (guint i = 0; attributes && i + 1 < attributes->len; i += 2)
    {
      GVariant *more = monocle_attributes_put (all, attributes->pdata[i],
                                               make_value (attributes->pdata[i + 1]));

      g_clear_pointer (&all, g_variant_unref);
      all = more;
    }
  return g_steal_pointer (&all);
}

static void
add_object (MonocleWorkFile *work, const MonocleSampleObject *object, GHashTable *known)
{
  g_autoptr (MonocleShape) shape = make_shape (object);
  g_autoptr (GVariant) attributes = make_attributes (object->attributes);
  g_autoptr (MonocleAnnotation) annotation = NULL;
  guint64 id;
  guint number = 0;

  do
    id = make_id (work->name, object->label, shape, number++);
  while (!g_hash_table_add (known, g_memdup2 (&id, sizeof id)));
  annotation = monocle_annotation_new_own (id, shape, object->label);
  monocle_annotation_set_attributes (annotation, attributes);
  g_ptr_array_add (work->annotations, g_steal_pointer (&annotation));
}

/* Of the file that has the picture: by which it is known again. (nullable) */
static char *
dup_digest (const MonocleSample *sample)
{
  g_autoptr (GMappedFile) mapped
      = sample->path ? g_mapped_file_new (sample->path, FALSE, NULL) : NULL;
  g_autoptr (GBytes) bytes = mapped ? g_mapped_file_get_bytes (mapped) : NULL;

  return bytes ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : NULL;
}

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  return target;
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  MonocleExchangeTarget *target = writer;
  const char *split = monocle_sample_split_get_name (sample->split);
  const char *slash = *split ? "/" : "";
  g_autofree char *stem = monocle_exchange_target_make_stem (target, split, sample);
  g_autofree char *file = g_strconcat (split, slash, stem, MONOCLE_WORK_FILE_ENDING, NULL);
  g_autofree char *picture = g_strconcat (split, slash, sample->name, NULL);
  g_autoptr (MonocleWorkFile) work = monocle_work_file_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autofree char *text = NULL;

  if (!monocle_exchange_measure (sample, sample->name, error))
    return FALSE;
  work->name = g_path_get_basename (sample->name);
  work->digest = dup_digest (sample);
  work->width = sample->width;
  work->height = sample->height;
  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];

      if (*object->label)
        add_object (work, object, known);
      else
        monocle_notes_add (target->notes, _ ("objects without a name are left out"));
    }
  text = monocle_work_file_format (work);
  return (!target->copies || monocle_exchange_target_copy_picture (target, picture, sample, error))
         && monocle_exchange_target_write (target, file, text, strlen (text), error);
}

const MonocleExchangeFormat monocle_exchange_monocle = {
  .id = "monocle",
  .title = N_ ("Monocle"),
  .extension = "monocle.json",
  .is_single = TRUE,
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_QUAD | MONOCLE_EXCHANGE_OUTLINE
         | MONOCLE_EXCHANGE_PIECES | MONOCLE_EXCHANGE_HOLES | MONOCLE_EXCHANGE_MASK
         | MONOCLE_EXCHANGE_POINTS | MONOCLE_EXCHANGE_LINE | MONOCLE_EXCHANGE_ATTRIBUTES
         | MONOCLE_EXCHANGE_NAMELESS,
  .recognise = recognise,
  .read = read_all,
  .begin = begin,
  .add = add,
};
