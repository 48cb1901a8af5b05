/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/draw/render.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/draw/overlay.h"
#include "app/draw/text-strip.h"

static double
choose_font_px (const MonocleScene *scene)
{
  return monocle_text_strip_choose_font_px (monocle_image_get_width (scene->image),
                                            monocle_image_get_height (scene->image));
}

/* --- What there is to draw --- */

static gboolean
has_strip (const MonocleScene *scene)
{
  gboolean any_text = FALSE, all_short = TRUE;

  for (guint i = 0; i < scene->results->len; i++)
    {
      const char *text = monocle_result_get_text (scene->results->pdata[i]);

      any_text = any_text || text;
      all_short = all_short && monocle_text_strip_is_short (text);
    }
  return any_text && (scene->n_regions == 0 || !all_short);
}

/* @texts, @shapes: hold what items borrow */
static void
add_regions (const MonocleScene *scene, GArray *items, GPtrArray *texts, GPtrArray *shapes)
{
  gboolean strip = has_strip (scene);

  for (guint i = 0; i < scene->n_regions; i++)
    {
      MonocleResult *result = i < scene->results->len ? scene->results->pdata[i] : NULL;
      const char *text = result ? monocle_result_get_text (result) : NULL;
      MonocleShape *shape = monocle_shape_new_box (&scene->regions[i]);
      MonocleOverlayItem item = { .shape = shape,
                                  .role = MONOCLE_OVERLAY_REGION,
                                  .colour = MONOCLE_OVERLAY_PLAIN,
                                  .score = NAN,
                                  .alpha = 1 };

      g_ptr_array_add (shapes, shape);
      if (text)
        item.colour = i;
      if (text && *text && !strip)
        {
          item.label = text;
          item.score = monocle_result_get_score (result);
        }
      else if (scene->n_regions > 1)
        {
          g_ptr_array_add (texts, g_strdup_printf ("%u", i + 1));
          item.label = texts->pdata[texts->len - 1];
        }
      g_array_append_val (items, item);
    }
}

static void
add_objects (const MonocleScene *scene, GArray *items, GPtrArray *texts)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  g_autofree guint *colours = NULL;

  for (guint i = 0; i < scene->results->len; i++)
    for (guint j = 0; j < monocle_result_get_n_objects (scene->results->pdata[i]); j++)
      {
        const MonocleObject *object = monocle_result_get_object (scene->results->pdata[i], j);
        MonocleOverlayItem item = { .shape = object->shape, .score = object->score, .alpha = 1 };

        /* What cannot be drawn takes no number. */
        if (monocle_shape_is_empty (object->shape))
          continue;
        g_ptr_array_add (labels, object->label);
        item.label = object->label;
        if (!*object->label)
          {
            g_ptr_array_add (texts, g_strdup_printf ("%u", labels->len));
            item.label = texts->pdata[texts->len - 1];
          }
        g_array_append_val (items, item);
      }

  /* Objects without a label get one colour each, the others one for each label. */
  colours = g_new0 (guint, labels->len + 1);
  monocle_palette_assign ((const char *const *) labels->pdata, labels->len, colours);
  for (guint i = 0; i < items->len; i++)
    {
      MonocleOverlayItem *item = &g_array_index (items, MonocleOverlayItem, i);

      item->colour = *(const char *) labels->pdata[i] ? colours[i] : i;
    }
}

/* --- The strip of text --- */

/* @texts: (array length=@scene.results.len): filled here */
static MonocleTextStrip
get_strip (const MonocleScene *scene, const char **texts)
{
  for (guint i = 0; i < scene->results->len; i++)
    texts[i] = monocle_result_get_text (scene->results->pdata[i]);
  return (MonocleTextStrip){ .title = _ (scene->task->title),
                             .texts = texts,
                             .n_texts = scene->results->len,
                             .is_numbered = scene->n_regions > 1,
                             .width = monocle_image_get_width (scene->image),
                             .font_px = choose_font_px (scene) };
}

guint
monocle_render_measure_strip (const MonocleScene *scene)
{
  g_autofree const char **texts = g_new0 (const char *, scene->results->len + 1);
  MonocleTextStrip strip = get_strip (scene, texts);

  return has_strip (scene) ? monocle_text_strip_measure (&strip) : 0;
}

static void
draw_strip (cairo_t *cr, const MonocleScene *scene)
{
  g_autofree const char **texts = g_new0 (const char *, scene->results->len + 1);
  MonocleTextStrip strip = get_strip (scene, texts);

  monocle_text_strip_draw (&strip, monocle_image_get_height (scene->image), cr);
}

void
monocle_render_draw (const MonocleScene *scene, cairo_surface_t *picture, cairo_t *cr)
{
  const MonocleRect area
      = { 0, 0, monocle_image_get_width (scene->image), monocle_image_get_height (scene->image) };
  MonocleOverlayOptions options = {
    .style = MONOCLE_OVERLAY_STYLE_BOX,
    .opacity = MONOCLE_OVERLAY_OPACITY,
    .font_px = choose_font_px (scene),
    .show_labels = TRUE,
    .area = area,
    .visible = area,
    .to_image = MONOCLE_MATRIX_IDENTITY,
  };
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (MonocleOverlayItem));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) shapes
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_shape_unref);

  cairo_matrix_init_identity (&options.to_surface);
  add_objects (scene, items, texts);
  add_regions (scene, items, texts, shapes);

  cairo_save (cr);
  cairo_rectangle (cr, area.x, area.y, area.width, area.height);
  cairo_clip (cr);
  if (picture)
    {
      cairo_set_source_surface (cr, picture, 0, 0);
      cairo_paint (cr);
    }
  monocle_overlay_draw ((const MonocleOverlayItem *) (gpointer) items->data, items->len, &options,
                        scene->image, cr);
  cairo_restore (cr);

  if (has_strip (scene))
    draw_strip (cr, scene);
}
