/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/draw/scene.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/draw/scene-private.h"

/* --- What lies on it --- */

static guint
count_regions (const MonocleSceneSource *source)
{
  guint n = 0;

  for (guint i = 0; i < source->n_items; i++)
    n += source->items[i].role == MONOCLE_OVERLAY_REGION;
  return n;
}

/* Answers in words lie on their regions when all are short, and in the strip otherwise. */
static gboolean
lie_on_regions (const MonocleSceneSource *source)
{
  for (guint i = 0; i < source->n_items; i++)
    if (source->items[i].role == MONOCLE_OVERLAY_REGION
        && !monocle_text_strip_is_short (source->items[i].text))
      return FALSE;
  return count_regions (source) > 0 && !source->hides_regions;
}

static void
clear_item (MonocleOverlayItem *item)
{
  monocle_shape_unref ((MonocleShape *) item->shape);
  g_free ((char *) item->label);
}

static void
add_item (MonocleScene *self,
          const MonocleSceneItem *from,
          gboolean says_words,
          gboolean is_numbered)
{
  gboolean has_words = says_words && from->text && *from->text;
  char *label = has_words && from->is_ordered
                    ? monocle_overlay_write_order (from->number, from->text)
                : has_words   ? g_strdup (from->text)
                : is_numbered ? g_strdup_printf ("%u", from->number)
                              : NULL;
  MonocleOverlayItem item = { .shape = monocle_shape_ref ((MonocleShape *) from->shape),
                              .role = from->role,
                              .colour = from->colour,
                              .label = label,
                              .score = from->score,
                              .alpha = 1 };

  /* The score of a region is that of the words about it. */
  if (from->role == MONOCLE_OVERLAY_REGION && !has_words)
    item.score = NAN;
  g_array_append_val (self->items, item);
}

static void
add_items (MonocleScene *self, const MonocleSceneSource *source)
{
  const guint n_regions = count_regions (source);
  const gboolean on_regions = lie_on_regions (source);

  for (guint i = 0; i < source->n_items; i++)
    if (source->items[i].role != MONOCLE_OVERLAY_REGION)
      add_item (self, &source->items[i], TRUE, TRUE);
    else if (!source->hides_regions)
      add_item (self, &source->items[i], on_regions, n_regions > 1);
  self->n_objects = source->n_items - n_regions;
}

/* --- The part of the picture --- */

static guint
scale_side (guint side, double scale)
{
  return (guint) CLAMP (round (side * scale), 1, MONOCLE_IMAGE_MAX_SIDE);
}

static void
choose_part (MonocleScene *self, const MonocleSceneSource *source)
{
  double width = monocle_image_get_width (self->image);
  double height = monocle_image_get_height (self->image);
  double scale = isfinite (source->scale) && source->scale > 0 ? MIN (source->scale, 1) : 1;
  double x1 = 0, y1 = 0, x2 = width, y2 = height;

  if (source->view)
    {
      x1 = CLAMP (floor ((double) source->view->x1), 0, width - 1);
      y1 = CLAMP (floor ((double) source->view->y1), 0, height - 1);
      x2 = CLAMP (ceil ((double) source->view->x2), x1 + 1, width);
      y2 = CLAMP (ceil ((double) source->view->y2), y1 + 1, height);
    }
  self->x = (guint) x1;
  self->y = (guint) y1;
  self->width = (guint) (x2 - x1);
  self->height = (guint) (y2 - y1);
  self->out_width = scale_side (self->width, scale);
  self->out_height = scale_side (self->height, scale);
}

static void
set_options (MonocleScene *self, const MonocleSceneSource *source)
{
  const MonocleRect area = { 0, 0, self->out_width, self->out_height };
  cairo_matrix_t *matrix = &self->options.to_surface;

  self->options = (MonocleOverlayOptions){
    .style = source->style,
    .opacity = source->opacity,
    .font_px = monocle_text_strip_choose_font_px (self->out_width, self->out_height),
    .show_labels = source->show_labels,
    .dashes = source->dashes,
    .area = area,
    .visible = area,
  };
  cairo_matrix_init_scale (matrix, (double) self->out_width / self->width,
                           (double) self->out_height / self->height);
  cairo_matrix_translate (matrix, -(double) self->x, -(double) self->y);
}

/* --- The strip of text --- */

static void
set_strip (MonocleScene *self, const MonocleSceneSource *source)
{
  const guint n_regions = count_regions (source);
  gboolean has_words = source->text != NULL;

  for (guint i = 0; i < source->n_items; i++)
    if (source->items[i].role == MONOCLE_OVERLAY_REGION)
      {
        g_ptr_array_add (self->texts, g_strdup (source->items[i].text));
        has_words = has_words || source->items[i].text;
      }
  if (n_regions == 0)
    g_ptr_array_add (self->texts, g_strdup (source->text));
  if (!source->title || !has_words || lie_on_regions (source))
    return;

  self->strip = (MonocleTextStrip){ .title = g_strdup (source->title),
                                    .texts = (const char *const *) self->texts->pdata,
                                    .n_texts = self->texts->len,
                                    .is_numbered = n_regions > 1,
                                    .width = self->out_width,
                                    .font_px = self->options.font_px };
  self->strip_height = monocle_text_strip_measure (&self->strip);
}

/* --- Lifecycle --- */

MonocleScene *
monocle_scene_new (const MonocleSceneSource *source)
{
  MonocleScene *self = g_new0 (MonocleScene, 1);

  g_assert (source->image);
  g_atomic_ref_count_init (&self->ref_count);
  self->image = monocle_image_ref (source->image);
  g_set_object (&self->original, source->original);
  self->items = g_array_new (FALSE, FALSE, sizeof (MonocleOverlayItem));
  g_array_set_clear_func (self->items, (GDestroyNotify) clear_item);
  self->texts = g_ptr_array_new_with_free_func (g_free);
  add_items (self, source);
  choose_part (self, source);
  set_options (self, source);
  set_strip (self, source);

  return self;
}

MonocleScene *
monocle_scene_ref (MonocleScene *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
monocle_scene_unref (MonocleScene *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  monocle_image_unref (self->image);
  g_clear_object (&self->original);
  g_array_unref (self->items);
  g_ptr_array_unref (self->texts);
  g_free ((char *) self->strip.title);
  g_free (self);
}

/* --- Of a run --- */

static void
list_objects (GPtrArray *results, GArray *items)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  g_autofree guint *colours = NULL;

  for (guint i = 0; i < results->len; i++)
    for (guint j = 0; j < monocle_result_get_n_objects (results->pdata[i]); j++)
      {
        const MonocleObject *object = monocle_result_get_object (results->pdata[i], j);
        MonocleSceneItem item = { .shape = object->shape,
                                  .text = object->label,
                                  .is_ordered = object->text != NULL,
                                  .score = object->score };

        /* What cannot be drawn takes no number. */
        if (monocle_shape_is_empty (object->shape))
          continue;
        g_ptr_array_add (labels, object->label);
        item.number = labels->len;
        g_array_append_val (items, item);
      }

  /* Objects without a label get one colour each, the others one for each label. */
  colours = g_new0 (guint, labels->len + 1);
  monocle_palette_assign ((const char *const *) labels->pdata, labels->len, colours);
  for (guint i = 0; i < items->len; i++)
    {
      MonocleSceneItem *item = &g_array_index (items, MonocleSceneItem, i);

      item->colour = *item->text ? colours[i] : i;
    }
}

/* @shapes: holds what items borrow */
static void
list_regions (const MonocleRequest *request, GPtrArray *results, GArray *items, GPtrArray *shapes)
{
  /* Those of another picture would lie anywhere in this one. */
  for (guint i = 0; i < request->n_regions && !request->example; i++)
    {
      MonocleResult *result = i < results->len ? results->pdata[i] : NULL;
      const char *text = result ? monocle_result_get_text (result) : NULL;
      MonocleSceneItem item = { .shape = monocle_shape_new_box (&request->regions[i]),
                                .role = MONOCLE_OVERLAY_REGION,
                                .text = text,
                                .number = i + 1,
                                .colour = text ? i : MONOCLE_OVERLAY_PLAIN,
                                .score = result ? monocle_result_get_score (result) : NAN };

      g_ptr_array_add (shapes, (gpointer) item.shape);
      g_array_append_val (items, item);
    }
}

MonocleScene *
monocle_scene_new_from_results (MonocleImage *image,
                                const MonocleRequest *request,
                                GPtrArray *results,
                                GFile *original)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (MonocleSceneItem));
  g_autoptr (GPtrArray) shapes
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_shape_unref);

  list_objects (results, items);
  list_regions (request, results, items, shapes);
  return monocle_scene_new (&(MonocleSceneSource){
      .image = image,
      .original = original,
      .items = (const MonocleSceneItem *) (gpointer) items->data,
      .n_items = items->len,
      .title = _ (request->task->title),
      .text = request->n_regions == 0 && results->len > 0
                  ? monocle_result_get_text (results->pdata[0])
                  : NULL,
      .style = MONOCLE_OVERLAY_STYLE_BOX,
      .opacity = MONOCLE_OVERLAY_OPACITY,
      .show_labels = TRUE,
  });
}

/* --- What there is --- */

guint
monocle_scene_get_width (const MonocleScene *self)
{
  return self->out_width;
}

guint
monocle_scene_get_height (const MonocleScene *self)
{
  return self->out_height + self->strip_height;
}

const MonocleOverlayItem *
monocle_scene_get_items (const MonocleScene *self, guint *n_items)
{
  *n_items = self->items->len;
  return (const MonocleOverlayItem *) (gpointer) self->items->data;
}

const char *const *
monocle_scene_get_strip (const MonocleScene *self, guint *n_texts)
{
  *n_texts = self->strip.n_texts;
  return self->strip.texts;
}

gboolean
monocle_scene_is_pixels (const MonocleScene *self)
{
  return self->options.style == MONOCLE_OVERLAY_STYLE_BLUR && self->n_objects > 0;
}
