/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * YOLO's sets of named pictures, as torchvision has them too: train/NAME/picture.jpg.
 */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/format.h"

static gboolean
recognise (const char *path)
{
  g_autofree char *train = g_build_filename (path, "train", NULL);
  g_autoptr (GDir) dir = g_dir_open (train, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inner = g_build_filename (train, name, NULL);

      if (g_file_test (inner, G_FILE_TEST_IS_DIR) && strcmp (name, "images") != 0
          && strcmp (name, "labels") != 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
read_pictures (const MonocleExchangeFormat *format,
               MonocleExchangeSource *source,
               MonocleExchangeTake take,
               gpointer user_data,
               GError **error)
{
  g_autoptr (GPtrArray) names = monocle_exchange_list_files (source->path, NULL, error);

  for (guint i = 0; names && i < names->len; i++)
    {
      g_auto (GStrv) parts = g_strsplit (names->pdata[i], "/", -1);
      guint n = g_strv_length (parts);
      MonocleSampleSplit split
          = n > 2 ? monocle_sample_split_find (parts[0]) : MONOCLE_SAMPLE_WHOLE;
      g_autoptr (MonocleSample) sample = NULL;
      g_autofree char *name = NULL;

      if (n < 2)
        return monocle_file_set_error (error, source->path,
                                       "\"%s\" lies in no folder that names it",
                                       (char *) names->pdata[i]);
      name = g_strjoinv ("/", parts + (split ? 1 : 0));
      sample = monocle_sample_new (name);
      sample->path = g_build_filename (source->path, names->pdata[i], NULL);
      sample->split = split;
      g_ptr_array_add (sample->tags, g_strdup (parts[split ? 1 : 0]));
      monocle_labels_add (source->labels, parts[split ? 1 : 0]);
      if (!take (sample, user_data, error))
        return FALSE;
    }
  return names != NULL;
}

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  return target;
}

/* The picture is the annotation. One that is in the folder of its name already stays there. */
static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  MonocleExchangeTarget *target = writer;
  const char *split
      = monocle_sample_split_get_name (sample->split ? sample->split : MONOCLE_SAMPLE_TRAIN);

  if (sample->tags->len == 0)
    {
      monocle_notes_add (target->notes, _ ("pictures without a name are left out"));
      return TRUE;
    }
  for (guint i = 0; i < sample->tags->len; i++)
    {
      g_autofree char *folder = monocle_exchange_make_folder (sample->tags->pdata[i]);
      g_autofree char *start = g_strconcat (folder, "/", NULL);
      const char *rest
          = g_str_has_prefix (sample->name, start) ? sample->name + strlen (start) : sample->name;
      g_autofree char *name = g_strdup_printf ("%s/%s%s", split, start, rest);

      if (!monocle_exchange_target_copy_picture (target, name, sample, error))
        return FALSE;
    }
  return TRUE;
}

const MonocleExchangeFormat monocle_exchange_yolo_classify = {
  .id = "yolo-classify",
  .title = N_ ("YOLO Classes of Pictures"),
  .extension = "jpg",
  .can = MONOCLE_EXCHANGE_TAG,
  .recognise = recognise,
  .read = read_pictures,
  .begin = begin,
  .add = add,
};
