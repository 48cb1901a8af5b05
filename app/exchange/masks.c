/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of masks, written: black and white, one an object; numbers of objects, of 16 bits; and
 * numbers of labels, which labels.txt names, with a palette as far as that goes.
 */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/cut.h"
#include "app/exchange/format.h"

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  return target;
}

static gboolean
write_png (MonocleExchangeTarget *target, const char *name, GBytes *png, GError **error)
{
  return monocle_exchange_target_write (target, name, g_bytes_get_data (png, NULL),
                                        g_bytes_get_size (png), error);
}

static void
paint (guint16 *numbers, guint width, const MonocleCut *cut, guint number)
{
  for (guint y = 0; y < cut->height; y++)
    for (guint x = 0; x < cut->width; x++)
      if (cut->pixels[(gsize) y * cut->width + x])
        numbers[(gsize) (cut->y + y) * width + cut->x + x] = (guint16) number;
}

/* The same numbers either way; colours are there for people. */
static gboolean
write_numbers (MonocleExchangeTarget *target,
               const char *folder,
               const char *stem,
               const MonocleSample *sample,
               const guint16 *numbers,
               gboolean has_colours,
               GError **error)
{
  const gsize n = (gsize) sample->width * sample->height;
  g_autofree char *name = g_strdup_printf ("%s/%s.png", folder, stem);
  g_autofree guint8 *narrow = NULL;
  g_autoptr (GBytes) png = NULL;
  guint8 palette[768];
  guint most = 0;

  for (gsize i = 0; has_colours && i < n; i++)
    most = MAX (most, numbers[i]);
  if (!has_colours || most > 255)
    png = monocle_png_encode (numbers, sample->width, sample->height, 16, NULL);
  else
    {
      narrow = g_malloc (n);
      for (gsize i = 0; i < n; i++)
        narrow[i] = (guint8) numbers[i];
      monocle_png_make_palette (palette);
      png = monocle_png_encode (narrow, sample->width, sample->height, 8, palette);
    }
  return write_png (target, name, png, error);
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  MonocleExchangeTarget *target = writer;
  const gsize n = (gsize) sample->width * sample->height;
  g_autofree char *stem = monocle_exchange_target_make_stem (target, "", sample);
  g_autofree guint16 *objects = g_new0 (guint16, MAX (n, 1));
  g_autofree guint16 *labels = g_new0 (guint16, MAX (n, 1));

  if (sample->objects->len == 0)
    return TRUE;
  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];
      MonocleMaskRuns *runs = object->shape ? monocle_shape_get_mask (object->shape) : NULL;
      guint label = monocle_labels_add (target->labels, object->label);
      g_autofree char *name = g_strdup_printf ("objects/%s-%03u.png", stem, i + 1);
      g_autoptr (GBytes) png = NULL;
      g_auto (MonocleCut) cut = { 0 };

      if (!runs || runs->width != sample->width || runs->height != sample->height)
        continue;
      if (i >= G_MAXUINT16 || label >= G_MAXUINT16)
        return monocle_file_set_error (error, sample->name, "has more objects than 16 bits count");
      png = monocle_cut_encode_mask (runs);
      if (!write_png (target, name, png, error))
        return FALSE;
      if (!monocle_cut_mask (runs, &cut))
        continue;
      paint (objects, sample->width, &cut, i + 1);
      paint (labels, sample->width, &cut, label + 1);
    }
  return write_numbers (target, "instances", stem, sample, objects, FALSE, error)
         && write_numbers (target, "labels", stem, sample, labels, TRUE, error);
}

/* A line a label: the first is number 1. */
static gboolean
finish (gpointer writer, GError **error)
{
  MonocleExchangeTarget *target = writer;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < monocle_labels_get_n (target->labels); i++)
    {
      g_autofree char *line = g_strdup (monocle_labels_get (target->labels, i)->name);

      g_string_append_printf (text, "%s\n", g_strdelimit (line, "\r\n", ' '));
    }
  return monocle_exchange_target_write (target, "labels.txt", text->str, text->len, error);
}

const MonocleExchangeFormat monocle_exchange_masks = {
  .id = "masks",
  .title = N_ ("PNG Masks"),
  .extension = "png",
  .can = MONOCLE_EXCHANGE_MASK | MONOCLE_EXCHANGE_NAMELESS,
  .begin = begin,
  .add = add,
  .finish = finish,
};
