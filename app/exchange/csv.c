/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table for people and spreadsheets, written: a row an object, boxes in pixels; a picture with
 * nothing on it has a row without an object.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/csv-row.h"
#include "app/exchange/text-file.h"

#define DECIMALS 3

/* A spreadsheet takes what begins so for a formula, which nobody's label is. */
static void
append_field (GString *text, const char *field)
{
  const gboolean is_formula = *field && strchr ("=+-@\t", *field);
  g_autofree char *safe = is_formula ? g_strconcat ("'", field, NULL) : NULL;

  g_string_append_c (text, ',');
  monocle_csv_append_field (text, safe ? safe : field);
}

static void
append_number (GString *text, double number)
{
  g_string_append_c (text, ',');
  monocle_exchange_append_number (text, number, DECIMALS);
}

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  MonocleExchangeTextFile *self = monocle_exchange_text_file_begin (format, target, error);

  if (self)
    fputs ("image,width,height,split,label,x1,y1,x2,y2,score,text\n", self->file);
  return self;
}

static void
append_start (GString *text, const MonocleSample *sample)
{
  gsize start = text->len;

  append_field (text, sample->name);
  g_string_erase (text, (gssize) start, 1);
  g_string_append_printf (text, ",%u,%u,%s", sample->width, sample->height,
                          monocle_sample_split_get_name (sample->split));
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  MonocleExchangeTextFile *self = writer;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];

      append_start (text, sample);
      append_field (text, object->label);
      append_number (text, object->box.x);
      append_number (text, object->box.y);
      append_number (text, object->box.x + object->box.width);
      append_number (text, object->box.y + object->box.height);
      if (isnan (object->score))
        g_string_append_c (text, ',');
      else
        append_number (text, object->score);
      append_field (text, object->text ? object->text : "");
      g_string_append_c (text, '\n');
    }
  if (sample->objects->len == 0)
    {
      append_start (text, sample);
      g_string_append (text, ",,,,,,,\n");
    }
  fwrite (text->str, 1, text->len, self->file);
  return TRUE;
}

const MonocleExchangeFormat monocle_exchange_csv = {
  .id = "csv",
  .title = N_ ("CSV Table"),
  .file = "objects",
  .extension = "csv",
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_SCORE | MONOCLE_EXCHANGE_TEXT
         | MONOCLE_EXCHANGE_NAMELESS,
  .begin = begin,
  .add = add,
  .finish = monocle_exchange_text_file_finish,
  .free = monocle_exchange_text_file_free,
};
