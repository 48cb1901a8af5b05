/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * YOLO's sets of boxes, outlines and turned boxes, written: images/train beside labels/train, and
 * data.yaml.
 */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/yolo-lines.h"
#include "app/json/text.h"

typedef struct
{
  MonocleYoloKind kind;
  MonocleExchangeTarget *target;
  gboolean has[MONOCLE_SAMPLE_N_SPLITS];
} Writer;

MonocleYoloKind
monocle_yolo_get_kind (const MonocleExchangeFormat *format)
{
  return format == &monocle_exchange_yolo_seg   ? MONOCLE_YOLO_SEGMENT
         : format == &monocle_exchange_yolo_obb ? MONOCLE_YOLO_ORIENTED
                                                : MONOCLE_YOLO_DETECT;
}

static gpointer
begin (const MonocleExchangeFormat *format, MonocleExchangeTarget *target, GError **error)
{
  Writer *self = g_new0 (Writer, 1);

  self->kind = monocle_yolo_get_kind (format);
  self->target = target;
  return self;
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  Writer *self = writer;
  MonocleSampleSplit split = sample->split ? sample->split : MONOCLE_SAMPLE_TRAIN;
  const char *folder = monocle_sample_split_get_name (split);
  g_autofree char *stem = monocle_exchange_target_take_stem (self->target, folder, sample, error);
  g_autofree char *file = g_strdup_printf ("labels/%s/%s.txt", folder, stem);
  g_autoptr (GString) text = g_string_new (NULL);

  if (!stem)
    return FALSE;
  self->has[split] = TRUE;
  if (sample->objects->len > 0 && !monocle_exchange_measure (sample, sample->name, error))
    return FALSE;
  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *object = sample->objects->pdata[i];

      monocle_yolo_append_line (text, self->kind, sample, object,
                                monocle_labels_add (self->target->labels, object->label));
    }
  if (self->target->copies)
    {
      g_autofree char *picture = g_strdup_printf ("images/%s/%s", folder, sample->name);

      if (!monocle_exchange_target_copy_picture (self->target, picture, sample, error))
        return FALSE;
    }
  return monocle_exchange_target_write (self->target, file, text->str, text->len, error);
}

static void
append_part (const Writer *self, GString *text, MonocleSampleSplit split, MonocleSampleSplit other)
{
  const char *name = monocle_sample_split_get_name (split);

  g_string_append_printf (text, "%s: images/%s\n", name,
                          self->has[split] ? name : monocle_sample_split_get_name (other));
}

static gboolean
finish (gpointer writer, GError **error)
{
  Writer *self = writer;
  MonocleLabels *labels = self->target->labels;
  g_autoptr (GString) text = g_string_new (NULL);
  MonocleSampleSplit any = self->has[MONOCLE_SAMPLE_TRAIN]  ? MONOCLE_SAMPLE_TRAIN
                           : self->has[MONOCLE_SAMPLE_VAL]  ? MONOCLE_SAMPLE_VAL
                           : self->has[MONOCLE_SAMPLE_TEST] ? MONOCLE_SAMPLE_TEST
                                                            : MONOCLE_SAMPLE_WHOLE;

  /* A set of no pictures has the folders that it speaks of, too. */
  if (any == MONOCLE_SAMPLE_WHOLE)
    {
      any = MONOCLE_SAMPLE_TRAIN;
      if (!monocle_exchange_target_make_folder (self->target, "labels/train", error))
        return FALSE;
    }
  if (self->kind == MONOCLE_YOLO_ORIENTED)
    g_string_append (text, MONOCLE_YOLO_ORIENTED_MARK "\n");
  g_string_append (text, "path: .\n");
  /* Training wants both. */
  append_part (self, text, MONOCLE_SAMPLE_TRAIN, any);
  append_part (self, text, MONOCLE_SAMPLE_VAL, any);
  if (self->has[MONOCLE_SAMPLE_TEST])
    append_part (self, text, MONOCLE_SAMPLE_TEST, any);
  g_string_append (text, "names:\n");
  for (guint i = 0; i < monocle_labels_get_n (labels); i++)
    {
      g_string_append_printf (text, "  %u: ", i);
      monocle_json_append_string (text, monocle_labels_get (labels, i)->name);
      g_string_append_c (text, '\n');
    }
  return monocle_exchange_target_write (self->target, "data.yaml", text->str, text->len, error);
}

const MonocleExchangeFormat monocle_exchange_yolo = {
  .id = "yolo",
  .title = N_ ("YOLO Boxes"),
  .extension = "txt",
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_SCORE | MONOCLE_EXCHANGE_NAMELESS,
  .recognise = monocle_yolo_recognise,
  .read = monocle_yolo_read,
  .begin = begin,
  .add = add,
  .finish = finish,
  .free = g_free,
};

const MonocleExchangeFormat monocle_exchange_yolo_seg = {
  .id = "yolo-seg",
  .title = N_ ("YOLO Outlines"),
  .extension = "txt",
  .can = MONOCLE_EXCHANGE_OUTLINE | MONOCLE_EXCHANGE_NAMELESS,
  .read = monocle_yolo_read,
  .begin = begin,
  .add = add,
  .finish = finish,
  .free = g_free,
};

const MonocleExchangeFormat monocle_exchange_yolo_obb = {
  .id = "yolo-obb",
  .title = N_ ("YOLO Turned Boxes"),
  .extension = "txt",
  .can = MONOCLE_EXCHANGE_QUAD | MONOCLE_EXCHANGE_NAMELESS,
  .recognise = monocle_yolo_recognise_oriented,
  .read = monocle_yolo_read,
  .begin = begin,
  .add = add,
  .finish = finish,
  .free = g_free,
};
