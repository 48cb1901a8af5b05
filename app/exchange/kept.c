/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/kept.h"

#include <glib/gi18n-lib.h>

#include "app/document/attributes.h"

static void
add_attributes (MonocleSampleObject *to, GVariant *attributes)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  if (!attributes)
    return;
  g_variant_iter_init (&iter, attributes);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autofree char *text = monocle_attributes_dup_text (attributes, name);

      monocle_sample_object_add_attribute (to, name, text ? text : "");
    }
}

void
monocle_kept_add_annotation (MonocleSample *sample,
                             MonocleAnnotation *annotation,
                             const MonocleTask *task)
{
  const MonocleObject *from = monocle_annotation_get_object (annotation);
  const MonocleRect box = monocle_shape_get_bounds (from->shape);
  MonocleSampleObject *to
      = monocle_shape_get_kind (from->shape) == MONOCLE_SHAPE_BOX
            ? monocle_sample_add_object (sample, from->label, &box, NULL)
            : monocle_sample_add_shape (sample, from->label, monocle_shape_ref (from->shape));

  to->score = (double) from->score;
  to->text = g_strdup (from->text);
  add_attributes (to, monocle_annotation_get_attributes (annotation));
  /* What was read there is no name. */
  if (!task || task->gives != MONOCLE_GIVES_TEXTS
      || monocle_annotation_get_origin (annotation) != MONOCLE_ORIGIN_RUN)
    return;
  to->text = to->label;
  to->label = g_strdup ("");
}

void
monocle_kept_add_words (MonocleSample *sample, MonocleQuery *query)
{
  const MonocleTask *task = monocle_query_get_task (query);
  GPtrArray *results = monocle_query_get_results (query);
  const char *text = monocle_query_get_text (query);
  guint n_regions;
  const MonocleBox *regions = monocle_query_get_regions (query, &n_regions);

  for (guint i = 0; i < n_regions && text; i++)
    {
      const char *words = monocle_query_get_region_text (query, i);

      if (words && *words)
        monocle_sample_add_edges (sample, NULL, (double) regions[i].x1, (double) regions[i].y1,
                                  (double) regions[i].x2, (double) regions[i].y2)
            ->text = g_strdup (words);
    }
  if (n_regions == 0 && text && *text && task->kind != MONOCLE_TASK_ANSWER)
    g_ptr_array_add (sample->captions, g_strdup (text));
  for (guint i = 0;
       task->kind == MONOCLE_TASK_RANK && n_regions == 0 && results && i < results->len; i++)
    {
      const MonoclePart *part = results->pdata[i] && monocle_result_get_n_parts (results->pdata[i])
                                    ? monocle_result_get_part (results->pdata[i], 0)
                                    : NULL;

      if (part && part->kind == MONOCLE_PART_RANK)
        g_ptr_array_add (sample->tags, g_strdup (part->rank));
    }
}

/* (transfer none) (nullable): the newest that has one */
static MonocleQuery *
find_answer (const MonocleWorkFile *work)
{
  for (guint i = work->queries->len; i > 0; i--)
    if (monocle_query_get_results (work->queries->pdata[i - 1]))
      return work->queries->pdata[i - 1];
  return NULL;
}

void
monocle_kept_add_work (MonocleSample *sample, const MonocleWorkFile *work, MonocleNotes *notes)
{
  MonocleQuery *query = find_answer (work);
  GListModel *found = query ? monocle_query_get_annotations (query) : NULL;

  for (guint i = 0; found && i < g_list_model_get_n_items (found); i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (found, i);

      monocle_kept_add_annotation (sample, annotation, monocle_query_get_task (query));
    }
  for (guint i = 0; i < work->annotations->len; i++)
    if (*monocle_annotation_get_label (work->annotations->pdata[i]))
      monocle_kept_add_annotation (sample, work->annotations->pdata[i], NULL);
    else
      monocle_notes_add (notes, _ ("regions without a name are left out"));
  if (query)
    monocle_kept_add_words (sample, query);
  if (work->queries->len > 1)
    monocle_notes_add (notes, _ ("of several answers the newest is kept"));
}
