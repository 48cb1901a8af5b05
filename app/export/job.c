/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/export/private.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "app/json/query.h"
#include "app/draw/text-strip.h"

static void
clear_object (MonocleExportObject *object)
{
  monocle_shape_unref (object->shape);
  g_free (object->label);
  g_free (object->title);
}

static void
clear_region (MonocleExportRegion *region)
{
  monocle_shape_unref (region->shape);
  g_free (region->answer);
  g_free (region->text);
}

static void
add_object (MonocleExportJob *self, const MonocleExport *export, MonocleAnnotation *annotation)
{
  const MonocleObject *from = monocle_annotation_get_object (annotation);
  const MonocleBox box
      = monocle_annotation_get_box (annotation, monocle_document_get_width (export->document),
                                    monocle_document_get_height (export->document));
  MonocleExportObject object = {
    .upright = monocle_annotation_get_bounds (annotation),
    .shape = monocle_shape_transform (from->shape, &self->turn),
    .label = g_strdup (from->label),
    .title = monocle_annotation_dup_title (annotation),
    .score = from->score,
    .number = monocle_annotation_get_number (annotation),
    .colour = monocle_annotation_get_colour (annotation),
    .box = monocle_matrix_map_box (&self->turn, &box),
  };

  g_array_append_val (self->objects, object);
}

static void
add_objects (MonocleExportJob *self, const MonocleExport *export)
{
  GListModel *list = export->query ? monocle_query_get_annotations (export->query) : NULL;
  guint n = list ? g_list_model_get_n_items (list) : 0;

  if (export->annotations)
    {
      for (guint i = 0; i < export->annotations->len; i++)
        add_object (self, export, export->annotations->pdata[i]);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (list, i);

      add_object (self, export, annotation);
    }
}

static void
add_regions (MonocleExportJob *self, const MonocleExport *export)
{
  GPtrArray *results = export->query ? monocle_query_get_results (export->query) : NULL;
  guint n = 0;
  const MonocleBox *boxes = export->query ? monocle_query_get_regions (export->query, &n) : NULL;

  for (guint i = 0; i < n; i++)
    {
      MonocleResult *result = results && i < results->len ? results->pdata[i] : NULL;
      const MonocleBox box = monocle_matrix_map_box (&self->turn, &boxes[i]);
      MonocleExportRegion region = {
        .shape = monocle_shape_new_box (&box),
        .answer = g_strdup (monocle_query_get_region_text (export->query, i)),
        .score = result ? monocle_result_get_score (result) : NAN,
      };

      region.colour = region.answer ? monocle_query_get_region_colour (export->query, i)
                                    : MONOCLE_OVERLAY_PLAIN;
      g_array_append_val (self->regions, region);
    }
}

/* Answers in words lie on their regions when all are short, and in the strip otherwise. */
static void
place_text (MonocleExportJob *self, const MonocleExport *export)
{
  gboolean on_regions = self->regions->len > 0 && export->show_regions;

  self->text = export->query ? g_strdup (monocle_query_get_text (export->query)) : NULL;
  for (guint i = 0; i < self->regions->len; i++)
    on_regions = on_regions
                 && monocle_text_strip_is_short (
                     g_array_index (self->regions, MonocleExportRegion, i).answer);

  for (guint i = 0; i < self->regions->len; i++)
    {
      MonocleExportRegion *region = &g_array_index (self->regions, MonocleExportRegion, i);

      if (on_regions && region->answer && *region->answer)
        region->text = g_strdup (region->answer);
      else
        {
          region->score = NAN;
          region->text = self->regions->len > 1 ? g_strdup_printf ("%u", i + 1) : NULL;
        }
    }
  if (self->text && *self->text && !on_regions)
    self->strip_title = g_strdup (_ (monocle_query_get_task (export->query)->title));
}

guint
monocle_export_strip_draw (const MonocleExportJob *job, double y, cairo_t *cr)
{
  guint n = job->regions->len;
  g_autofree const char **texts = g_new0 (const char *, n + 1);
  MonocleTextStrip strip = { .title = job->strip_title,
                             .texts = texts,
                             .n_texts = MAX (n, 1),
                             .is_numbered = n > 1,
                             .width = job->out_width,
                             .font_px = job->font_px };

  texts[0] = job->text;
  for (guint i = 0; i < n; i++)
    texts[i] = g_array_index (job->regions, MonocleExportRegion, i).answer;
  if (cr)
    monocle_text_strip_draw (&strip, y, cr);
  return monocle_text_strip_measure (&strip);
}

static guint
scale_side (guint side, double scale)
{
  return (guint) CLAMP (round (side * scale), 1, MONOCLE_IMAGE_MAX_SIDE);
}

static void
choose_part (MonocleExportJob *self, const MonocleExport *export)
{
  double width = monocle_image_get_width (self->image);
  double height = monocle_image_get_height (self->image);
  double scale = isfinite (export->scale) && export->scale > 0 ? MIN (export->scale, 1) : 1;
  double x1 = 0, y1 = 0, x2 = width, y2 = height;

  if (export->view)
    {
      x1 = CLAMP (floor ((double) export->view->x1), 0, width - 1);
      y1 = CLAMP (floor ((double) export->view->y1), 0, height - 1);
      x2 = CLAMP (ceil ((double) export->view->x2), x1 + 1, width);
      y2 = CLAMP (ceil ((double) export->view->y2), y1 + 1, height);
    }
  self->x = (guint) x1;
  self->y = (guint) y1;
  self->width = (guint) (x2 - x1);
  self->height = (guint) (y2 - y1);
  self->out_width = scale_side (self->width, scale);
  self->out_height = scale_side (self->height, scale);
  self->font_px = monocle_text_strip_choose_font_px (self->out_width, self->out_height);
}

MonocleExport *
monocle_export_copy (const MonocleExport *self)
{
  MonocleExport *copy = g_memdup2 (self, sizeof *self);

  g_object_ref (copy->document);
  if (copy->query)
    g_object_ref (copy->query);
  if (copy->annotations)
    {
      copy->annotations = g_ptr_array_new_with_free_func (g_object_unref);
      for (guint i = 0; i < self->annotations->len; i++)
        g_ptr_array_add (copy->annotations, g_object_ref (self->annotations->pdata[i]));
    }
  copy->view = g_memdup2 (self->view, sizeof *self->view);
  return copy;
}

void
monocle_export_free (MonocleExport *self)
{
  if (!self)
    return;
  g_clear_object (&self->document);
  g_clear_object (&self->query);
  g_clear_pointer (&self->annotations, g_ptr_array_unref);
  g_free ((MonocleBox *) self->view);
  g_free (self);
}

MonocleExportJob *
monocle_export_job_new (const MonocleExport *export, MonocleExportContent content)
{
  MonocleExportJob *self = g_new0 (MonocleExportJob, 1);
  MonocleImage *image = monocle_document_get_image (export->document);

  g_assert (image);
  self->image = monocle_image_ref (image);
  self->turn = monocle_document_get_turn (export->document);
  self->objects = g_array_new (FALSE, FALSE, sizeof (MonocleExportObject));
  g_array_set_clear_func (self->objects, (GDestroyNotify) clear_object);
  self->regions = g_array_new (FALSE, FALSE, sizeof (MonocleExportRegion));
  g_array_set_clear_func (self->regions, (GDestroyNotify) clear_region);
  self->style = export->style;
  self->opacity = export->opacity;
  self->show_labels = export->show_labels;
  self->dashes = export->dashes;
  self->show_regions = export->show_regions;
  self->quality = CLAMP (export->quality, 1, 100);
  g_set_object (&self->source, monocle_document_get_file (export->document));
  if (self->source && monocle_document_get_rotation (export->document) == 0)
    self->original = g_object_ref (self->source);

  add_objects (self, export);
  add_regions (self, export);
  place_text (self, export);
  choose_part (self, export);
  if (self->strip_title)
    self->strip_height = monocle_export_strip_draw (self, 0, NULL);
  if (content == MONOCLE_EXPORT_DATA && export->query)
    self->json = monocle_query_json_format (export->document, export->query);

  return self;
}

void
monocle_export_job_free (MonocleExportJob *self)
{
  if (!self)
    return;
  monocle_image_unref (self->image);
  g_clear_object (&self->source);
  g_clear_object (&self->original);
  g_array_unref (self->objects);
  g_array_unref (self->regions);
  g_free (self->strip_title);
  g_free (self->text);
  g_free (self->json);
  g_free (self);
}
