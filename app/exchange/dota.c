/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DOTA: a text file for a picture, in labelTxt; four corners, a label, how difficult it is.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/format.h"

#define DECIMALS 1
#define N_WORDS  9

static char *
find_root (const char *path)
{
  g_autofree char *inner = g_build_filename (path, "labelTxt", NULL);

  return g_file_test (inner, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&inner) : g_strdup (path);
}

/* Blanks between; a header of two lines may come first. */
static gboolean
read_line (MonocleSample *sample, char *line, const char *where, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  char *rest = NULL;
  double corners[8];

  if (g_str_has_prefix (line, "imagesource:") || g_str_has_prefix (line, "gsd:"))
    return TRUE;
  for (char *word = strtok_r (line, " \t\r", &rest); word; word = strtok_r (NULL, " \t\r", &rest))
    g_ptr_array_add (words, word);
  if (words->len == 0)
    return TRUE;
  if (words->len != N_WORDS && words->len != N_WORDS + 1)
    return monocle_file_set_error (error, where, "%u words: expected four corners and a label",
                                   words->len);
  for (guint i = 0; i < 8; i++)
    if (!monocle_exchange_read_number (words->pdata[i], &corners[i]))
      return monocle_file_set_error (error, where, "\"%s\" is no number", (char *) words->pdata[i]);
  if (!g_utf8_validate (words->pdata[8], -1, NULL)
      || strlen (words->pdata[8]) > MONOCLE_EXCHANGE_MAX_LABEL_BYTES)
    return monocle_file_set_error (error, where, "the label is no text, or too long");
  monocle_sample_add_shape (sample, words->pdata[8], monocle_shape_new_quad (corners));
  return TRUE;
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
  g_autofree char *stem = monocle_exchange_strip_extension (below);
  g_autofree char *name = g_strconcat (stem, ".png", NULL);
  g_autoptr (MonocleSample) sample = monocle_sample_new (name);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GStatBuf status;

  if (g_stat (path, &status) != 0 || status.st_size > MONOCLE_EXCHANGE_MAX_BYTES
      || !g_file_get_contents (path, &text, NULL, NULL))
    return monocle_file_set_error (error, path, "cannot be read, or is too large");
  monocle_exchange_source_find_picture (source, sample, NULL);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    {
      g_autofree char *where = g_strdup_printf ("%s: line %u", path, i + 1);

      if (!read_line (sample, lines[i], where, error))
        return FALSE;
    }
  for (guint i = 0; i < sample->objects->len; i++)
    monocle_labels_add (source->labels, ((MonocleSampleObject *) sample->objects->pdata[i])->label);
  return take (sample, user_data, error);
}

static gboolean
recognise (const char *path)
{
  g_autofree char *inner = g_build_filename (path, "labelTxt", NULL);

  return g_file_test (inner, G_FILE_TEST_IS_DIR);
}

static gboolean
read_set (const MonocleExchangeFormat *format,
          MonocleExchangeSource *source,
          MonocleExchangeTake take,
          gpointer user_data,
          GError **error)
{
  g_autofree char *root = find_root (source->path);
  g_autoptr (GPtrArray) names = monocle_exchange_list_files (root, "txt", error);

  for (guint i = 0; names && i < names->len; i++)
    if (!read_file (source, root, names->pdata[i], take, user_data, error))
      return FALSE;
  return names != NULL;
}

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  return target;
}

/* A label in one word. */
static void
append_label (GString *text, const char *label)
{
  g_string_append_c (text, ' ');
  for (const char *p = label; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (text, g_unichar_isspace (c) || g_unichar_iscntrl (c) ? '-' : c);
    }
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  MonocleExchangeTarget *target = writer;
  g_autofree char *stem = monocle_exchange_target_take_stem (target, "", sample, error);
  g_autofree char *file = g_strdup_printf ("labelTxt/%s.txt", stem);
  g_autoptr (GString) text = g_string_new (NULL);

  if (!stem)
    return FALSE;
  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];
      guint n;
      const double *points = monocle_shape_get_points (object->shape, &n);

      for (guint k = 0; k < 2 * n; k++)
        {
          if (k > 0)
            g_string_append_c (text, ' ');
          monocle_exchange_append_number (text, points[k], DECIMALS);
        }
      append_label (text, object->label);
      g_string_append (text, " 0\n");
    }
  if (target->copies)
    {
      g_autofree char *picture = g_build_filename ("images", sample->name, NULL);

      if (!monocle_exchange_target_copy_picture (target, picture, sample, error))
        return FALSE;
    }
  return monocle_exchange_target_write (target, file, text->str, text->len, error);
}

const MonocleExchangeFormat monocle_exchange_dota = {
  .id = "dota",
  .title = N_ ("DOTA"),
  .extension = "txt",
  .can = MONOCLE_EXCHANGE_QUAD,
  .recognise = recognise,
  .read = read_set,
  .begin = begin,
  .add = add,
};
