/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folders for tests of the exchange of annotations: pictures that are heads of files, trees that
 * are compared, conversions in one line.
 */
#pragma once

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/exchange/convert.h"

/* An empty folder of its own. */
static inline char *
exchange_make_folder (void)
{
  char *folder = g_dir_make_tmp ("exchange-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return folder;
}

static inline void
exchange_remove (const char *path)
{
  g_autoptr (GDir) dir
      = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      exchange_remove (inner);
    }
  g_remove (path);
}

typedef char ExchangeFolder;

static inline void
exchange_folder_free (ExchangeFolder *folder)
{
  exchange_remove (folder);
  g_free (folder);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExchangeFolder, exchange_folder_free)

/* Writes a file in a folder, with the folders above it. Returns: (transfer full): its path */
static inline char *
exchange_put (const char *folder, const char *name, const void *data, gssize size)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (
      g_file_set_contents_full (path, data, size, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  return path;
}

/* The head of a PNG: as much of a picture as its size needs. */
static inline void
exchange_put_picture (const char *folder, const char *name, guint width, guint height)
{
  guint8 head[33] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0\x08\x02";
  g_autofree char *path = NULL;

  for (guint i = 0; i < 4; i++)
    {
      head[16 + i] = (guint8) (width >> (24 - 8 * i));
      head[20 + i] = (guint8) (height >> (24 - 8 * i));
    }
  path = exchange_put (folder, name, head, sizeof head);
}

static inline char *
exchange_read (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* @split: (nullable) */
static inline gboolean
exchange_try (const char *from,
              const char *to,
              const char *input,
              const char *output,
              const char *images,
              MonocleNotes *notes,
              GError **error)
{
  const char *inputs[] = { input, NULL };
  const MonocleExchangeJob job = {
    .from = from ? monocle_exchange_find_format (from) : NULL,
    .inputs = inputs,
    .images = images,
    .to = monocle_exchange_find_format (to),
    .output = output,
  };
  MonocleExchangeCounts counts;

  g_assert_true (!from || job.from);
  g_assert_nonnull (job.to);
  return monocle_exchange_convert (&job, notes, &counts, error);
}

/* --- Taking samples in --- */

static inline gboolean
exchange_keep (MonocleSample *sample, gpointer samples, GError **error)
{
  MonocleSample *copy = monocle_sample_new (sample->name);

  copy->path = g_strdup (sample->path);
  copy->width = sample->width;
  copy->height = sample->height;
  copy->id = sample->id;
  copy->split = sample->split;
  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *from = sample->objects->pdata[i];
      MonocleSampleObject *to = monocle_sample_add_object (
          copy, from->label, &from->box, from->shape ? monocle_shape_ref (from->shape) : NULL);

      monocle_sample_object_copy_rest (to, from);
    }
  for (guint i = 0; i < sample->tags->len; i++)
    g_ptr_array_add (copy->tags, g_strdup (sample->tags->pdata[i]));
  for (guint i = 0; i < sample->captions->len; i++)
    g_ptr_array_add (copy->captions, g_strdup (sample->captions->pdata[i]));
  g_ptr_array_add (samples, copy);
  return TRUE;
}

/* (transfer full) (nullable) (element-type MonocleSample): what a file or folder holds. */
static inline GPtrArray *
exchange_load (const char *from, const char *input, const char *images, GError **error)
{
  const MonocleExchangeFormat *format = monocle_exchange_find_format (from);
  g_autoptr (MonocleLabels) labels = monocle_labels_new ();
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  MonocleExchangeSource source = { input, images, FALSE, labels, notes };
  g_autoptr (GPtrArray) samples
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_sample_free);

  g_assert_nonnull (format);
  return format->read (format, &source, exchange_keep, samples, error) ? g_steal_pointer (&samples)
                                                                       : NULL;
}

static inline const MonocleSampleObject *
exchange_object (const GPtrArray *samples, guint sample, guint object)
{
  g_assert_cmpuint (sample, <, samples->len);
  g_assert_cmpuint (object, <, ((MonocleSample *) samples->pdata[sample])->objects->len);
  return ((MonocleSample *) samples->pdata[sample])->objects->pdata[object];
}

/* A folder to read from and a name to write to, of a test of its own. */
typedef struct
{
  ExchangeFolder *folder;
  char *in;
  char *out;
} ExchangeFixture;

static inline void
exchange_setup (ExchangeFixture *fixture, gconstpointer data)
{
  fixture->folder = exchange_make_folder ();
  fixture->in = g_build_filename (fixture->folder, "in", NULL);
  fixture->out = g_build_filename (fixture->folder, "out", NULL);
  g_assert_cmpint (g_mkdir (fixture->in, 0700), ==, 0);
}

static inline void
exchange_teardown (ExchangeFixture *fixture, gconstpointer data)
{
  g_free (fixture->in);
  g_free (fixture->out);
  exchange_folder_free (fixture->folder);
}

static inline void
exchange_put_in (const ExchangeFixture *fixture, const char *name, const char *text)
{
  g_free (exchange_put (fixture->in, name, text, -1));
}

/* (transfer full) (element-type MonocleSample): what was put in, of which nobody says the format.
 */
static inline GPtrArray *
exchange_load_in (const ExchangeFixture *fixture, const char *format)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *samples = exchange_load (format, fixture->in, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (monocle_exchange_recognise (fixture->in)->id, ==, format);
  return samples;
}

#define exchange_assert_box(object, x1, y1, w, h)                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_cmpfloat_with_epsilon ((object)->box.x, x1, 1e-6);                                    \
    g_assert_cmpfloat_with_epsilon ((object)->box.y, y1, 1e-6);                                    \
    g_assert_cmpfloat_with_epsilon ((object)->box.width, w, 1e-6);                                 \
    g_assert_cmpfloat_with_epsilon ((object)->box.height, h, 1e-6);                                \
  }                                                                                                \
  G_STMT_END
