/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * LabelMe, written: a JSON file for a picture.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/cut.h"
#include "app/exchange/labelme-private.h"
#include "app/json/text.h"

#define DECIMALS 4

static void
append_point (GString *text, double x, double y, gboolean is_first)
{
  g_string_append (text, is_first ? "[" : ", [");
  monocle_exchange_append_number (text, x, DECIMALS);
  g_string_append (text, ", ");
  monocle_exchange_append_number (text, y, DECIMALS);
  g_string_append_c (text, ']');
}

/* What all shapes of an object have behind their places. */
static void
append_rest (GString *text, const MonocleSampleObject *object, gint64 group, const char *type)
{
  if (group != 0)
    g_string_append_printf (text, "], \"group_id\": %" G_GINT64_FORMAT,
                            group > 0 ? group - 1 : group);
  else
    g_string_append (text, "], \"group_id\": null");
  g_string_append (text, ", \"description\": ");
  monocle_json_append_string (text, object->text ? object->text : "");
  g_string_append_printf (text, ", \"shape_type\": \"%s\", \"flags\": {}", type);
  if (!isnan (object->score))
    {
      g_string_append (text, ", \"score\": ");
      monocle_json_append_number (text, object->score);
    }
  for (guint i = 0; object->attributes && i < object->attributes->len; i += 2)
    {
      g_string_append (text, i == 0 ? ", \"attributes\": {" : ", ");
      monocle_json_append_string (text, object->attributes->pdata[i]);
      g_string_append (text, ": ");
      monocle_json_append_string (text, object->attributes->pdata[i + 1]);
    }
  if (object->attributes)
    g_string_append_c (text, '}');
}

static void
begin_shape (GString *text, const MonocleSampleObject *object, gboolean *any)
{
  g_string_append (text, *any ? ",\n  {\"label\": " : "\n  {\"label\": ");
  monocle_json_append_string (text, object->label);
  g_string_append (text, ", \"points\": [");
  *any = TRUE;
}

static void
append_mask (GString *text, const MonocleSampleObject *object, gboolean *any)
{
  g_auto (MonocleCut) cut = { 0 };
  g_autoptr (GBytes) png = NULL;
  g_autofree char *base64 = NULL;

  /* There is nothing to be seen of it. */
  if (!monocle_cut_mask (monocle_shape_get_mask (object->shape), &cut))
    return;
  png = monocle_png_encode (cut.pixels, cut.width, cut.height, 8, NULL);
  base64 = g_base64_encode (g_bytes_get_data (png, NULL), g_bytes_get_size (png));
  begin_shape (text, object, any);
  append_point (text, cut.x, cut.y, TRUE);
  append_point (text, cut.x + cut.width - 1, cut.y + cut.height - 1, FALSE);
  append_rest (text, object, object->group, "mask");
  g_string_append_printf (text, ", \"mask\": \"%s\"}", base64);
}

static void
append_points (GString *text,
               const MonocleSampleObject *object,
               const double *points,
               guint n_points,
               gint64 group,
               const char *type,
               gboolean *any)
{
  begin_shape (text, object, any);
  for (guint i = 0; i < n_points; i++)
    append_point (text, points[2 * i], points[2 * i + 1], i == 0);
  append_rest (text, object, group, type);
  g_string_append (text, ", \"mask\": null}");
}

static void
append_object (GString *text, const MonocleSampleObject *object, gint64 *next_group, gboolean *any)
{
  const MonocleRect *box = &object->box;
  const double corners[] = { box->x, box->y, box->x + box->width, box->y + box->height };
  gint64 group = object->group;
  guint n = 0;
  const MonocleRing *rings = object->shape ? monocle_shape_get_rings (object->shape, &n) : NULL;
  guint n_points;
  const double *points;

  if (!object->shape)
    {
      append_points (text, object, corners, 2, group, "rectangle", any);
      return;
    }
  points = monocle_shape_get_points (object->shape, &n_points);
  switch (monocle_shape_get_kind (object->shape))
    {
    case MONOCLE_SHAPE_MASK:
      append_mask (text, object, any);
      break;
    case MONOCLE_SHAPE_POINTS:
      append_points (text, object, points, n_points, group, n_points == 1 ? "point" : "points",
                     any);
      break;
    case MONOCLE_SHAPE_LINE:
      append_points (text, object, points, n_points, group, n_points == 2 ? "line" : "linestrip",
                     any);
      break;
    case MONOCLE_SHAPE_QUAD:
      append_points (text, object, points, n_points, group, "oriented_rectangle", any);
      break;
    case MONOCLE_SHAPE_RINGS:
    case MONOCLE_SHAPE_BOX:
    default:
      if (n > 1 && group == 0)
        group = (*next_group)++;
      for (guint i = 0; i < n; i++)
        append_points (text, object, rings[i].points, rings[i].n_points, group, "polygon", any);
    }
}

static void
append_whole (GString *text, const MonocleSample *sample)
{
  g_autofree char *last = g_path_get_basename (sample->name);

  g_string_append (text, "],\n\"imagePath\": ");
  monocle_json_append_string (text, last);
  g_string_append_printf (text, ",\n\"imageData\": null,\n\"imageHeight\": %u,\n\"imageWidth\": %u",
                          sample->height, sample->width);
  for (guint i = 0; i < sample->captions->len; i++)
    {
      g_string_append (text, i == 0 ? ",\n\"captions\": [" : ", ");
      monocle_json_append_string (text, sample->captions->pdata[i]);
    }
  g_string_append (text, sample->captions->len > 0 ? "]}\n" : "}\n");
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
  g_autofree char *stem = monocle_exchange_target_make_stem (target, split, sample);
  g_autofree char *file = g_strdup_printf ("%s%s%s.json", split, *split ? "/" : "", stem);
  g_autoptr (GString) text = g_string_new ("{\"version\": \"5.5.0\",\n\"flags\": {");
  g_autoptr (GHashTable) flags = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 next_group = 1;
  gboolean any = FALSE;

  if (!monocle_exchange_measure (sample, sample->name, error))
    return FALSE;
  monocle_labelme_join_groups (sample);
  for (guint i = 0; i < sample->objects->len; i++)
    next_group = MAX (next_group, ((MonocleSampleObject *) sample->objects->pdata[i])->group + 1);
  for (guint i = 0; i < sample->tags->len; i++)
    if (g_hash_table_add (flags, sample->tags->pdata[i]))
      {
        g_string_append (text, i > 0 ? ", " : "");
        monocle_json_append_string (text, sample->tags->pdata[i]);
        g_string_append (text, ": true");
      }
  g_string_append (text, "},\n\"shapes\": [");
  for (guint i = 0; i < sample->objects->len; i++)
    append_object (text, sample->objects->pdata[i], &next_group, &any);
  append_whole (text, sample);
  if (target->copies)
    {
      g_autofree char *picture = g_strdup_printf ("%s%s%s", split, *split ? "/" : "", sample->name);

      if (!monocle_exchange_target_copy_picture (target, picture, sample, error))
        return FALSE;
    }
  return monocle_exchange_target_write (target, file, text->str, text->len, error);
}

const MonocleExchangeFormat monocle_exchange_labelme = {
  .id = "labelme",
  .title = N_ ("LabelMe"),
  .extension = "json",
  .is_single = TRUE,
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_QUAD | MONOCLE_EXCHANGE_OUTLINE
         | MONOCLE_EXCHANGE_PIECES | MONOCLE_EXCHANGE_MASK | MONOCLE_EXCHANGE_POINTS
         | MONOCLE_EXCHANGE_LINE | MONOCLE_EXCHANGE_SCORE | MONOCLE_EXCHANGE_TEXT
         | MONOCLE_EXCHANGE_GROUP | MONOCLE_EXCHANGE_ATTRIBUTES | MONOCLE_EXCHANGE_CAPTION
         | MONOCLE_EXCHANGE_TAG | MONOCLE_EXCHANGE_NAMELESS,
  .recognise = monocle_labelme_recognise,
  .read = monocle_labelme_read,
  .begin = begin,
  .add = add,
};
