/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/export/private.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "app/export/exchange.h"
#include "app/json/query.h"

static void
clear_object (MonocleExportObject *object)
{
  monocle_shape_unref (object->shape);
  g_free (object->title);
}

/* What is the person's own counts on from the objects of the answer. */
static guint
choose_number (MonocleExportJob *self, MonocleAnnotation *annotation)
{
  guint highest = 0;

  if (monocle_annotation_get_origin (annotation) == MONOCLE_ORIGIN_RUN)
    return monocle_annotation_get_number (annotation);
  for (guint i = 0; i < self->objects->len; i++)
    highest = MAX (highest, g_array_index (self->objects, MonocleExportObject, i).number);
  return highest + 1;
}

/* @items: what of it lies on the picture, which borrows from @annotation and the job */
static void
add_object (MonocleExportJob *self,
            const MonocleExport *export,
            MonocleAnnotation *annotation,
            GArray *items)
{
  const MonocleObject *from = monocle_annotation_get_object (annotation);
  const MonocleBox box
      = monocle_annotation_get_box (annotation, monocle_document_get_width (export->document),
                                    monocle_document_get_height (export->document));
  MonocleExportObject object = {
    .upright = monocle_annotation_get_bounds (annotation),
    .shape = monocle_shape_transform (from->shape, &self->turn),
    .title = monocle_annotation_dup_title (annotation),
    .score = from->score,
    .number = choose_number (self, annotation),
    .box = monocle_matrix_map_box (&self->turn, &box),
  };
  MonocleSceneItem item = { .shape = object.shape,
                            .text = from->label,
                            .number = object.number,
                            .is_ordered = from->text != NULL,
                            .colour = monocle_annotation_get_colour (annotation),
                            .score = object.score };

  g_array_append_val (self->objects, object);
  g_array_append_val (items, item);
}

static void
add_objects (MonocleExportJob *self, const MonocleExport *export, GArray *items)
{
  GListModel *list = export->query ? monocle_query_get_annotations (export->query) : NULL;
  guint n = list ? g_list_model_get_n_items (list) : 0;

  if (export->annotations)
    {
      for (guint i = 0; i < export->annotations->len; i++)
        add_object (self, export, export->annotations->pdata[i], items);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      /* The query keeps it. */
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (list, i);

      add_object (self, export, annotation, items);
    }
}

/* @shapes: holds what items borrow */
static void
add_regions (MonocleExportJob *self, const MonocleExport *export, GArray *items, GPtrArray *shapes)
{
  GPtrArray *results = export->query ? monocle_query_get_results (export->query) : NULL;
  guint n = 0;
  const MonocleBox *boxes = export->query ? monocle_query_get_regions (export->query, &n) : NULL;

  for (guint i = 0; i < n; i++)
    {
      MonocleResult *result = results && i < results->len ? results->pdata[i] : NULL;
      const MonocleBox box = monocle_matrix_map_box (&self->turn, &boxes[i]);
      const char *text = monocle_query_get_region_text (export->query, i);
      MonocleSceneItem item = {
        .shape = monocle_shape_new_box (&box),
        .role = MONOCLE_OVERLAY_REGION,
        .text = text,
        .number = i + 1,
        .colour = text ? monocle_query_get_region_colour (export->query, i) : MONOCLE_OVERLAY_PLAIN,
        .score = result ? monocle_result_get_score (result) : NAN,
      };

      g_ptr_array_add (shapes, (gpointer) item.shape);
      g_array_append_val (items, item);
      if (export->show_regions)
        g_array_append_val (self->regions, box);
    }
}

static void
make_scene (MonocleExportJob *self, const MonocleExport *export)
{
  const gboolean has_words = self->text && *self->text;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (MonocleSceneItem));
  g_autoptr (GPtrArray) shapes
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_shape_unref);

  add_objects (self, export, items);
  add_regions (self, export, items, shapes);
  self->scene = monocle_scene_new (&(MonocleSceneSource){
      .image = self->image,
      .original = monocle_document_get_rotation (export->document) == 0 ? self->source : NULL,
      .view = export->view,
      .scale = export->scale,
      .items = (const MonocleSceneItem *) (gpointer) items->data,
      .n_items = items->len,
      .title = has_words ? _ (monocle_query_get_task (export->query)->title) : NULL,
      .text = self->text,
      .hides_regions = !export->show_regions,
      .style = export->style,
      .opacity = export->opacity,
      .show_labels = export->show_labels,
      .dashes = export->dashes,
  });
}

static void
make_sample (MonocleExportJob *self, const MonocleExport *export)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *found = export->query ? monocle_query_get_annotations (export->query) : NULL;
  MonocleExport listed = *export;

  for (guint i = 0; found && i < g_list_model_get_n_items (found); i++)
    g_ptr_array_add (all, g_list_model_get_item (found, i));
  if (!listed.annotations)
    listed.annotations = all;
  self->sample = monocle_export_make_sample (&listed);
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
  g_set_object (&self->source, monocle_document_get_file (export->document));
  self->objects = g_array_new (FALSE, FALSE, sizeof (MonocleExportObject));
  g_array_set_clear_func (self->objects, (GDestroyNotify) clear_object);
  self->regions = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
  self->text = export->query ? g_strdup (monocle_query_get_text (export->query)) : NULL;
  self->quality = CLAMP (export->quality, 1, 100);
  make_scene (self, export);
  if (content == MONOCLE_EXPORT_DATA)
    self->json = monocle_query_json_format (export->document, export->query);
  if (content == MONOCLE_EXPORT_EXCHANGE)
    make_sample (self, export);

  return self;
}

void
monocle_export_job_free (MonocleExportJob *self)
{
  if (!self)
    return;
  monocle_image_unref (self->image);
  g_clear_object (&self->source);
  monocle_scene_unref (self->scene);
  g_array_unref (self->objects);
  g_array_unref (self->regions);
  g_free (self->text);
  g_free (self->json);
  g_clear_pointer (&self->sample, monocle_sample_free);
  g_free (self);
}
