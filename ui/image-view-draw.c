/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: the picture and what lies on it. See image-view-private.h.
 */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "ui/image-view-private.h"

#define LABEL_PX   13.0 /* at the usual size of text; grows with the person's own */
#define LINE_PX    2.0
#define FADE_USEC  120000.0
#define OUTSIDE_PX 8.0 /* handles and outlines reach so far beyond the picture */
#define DARKER     0.92f
/* An answer about a region goes onto the region when it is this short, as in exported pictures. */
#define SHORT_ANSWER_CHARS 28

/* --- What lies on the picture --- */

/* Items with what they borrow. */
typedef struct
{
  GArray *items;
  GArray *moving;   /* those that are dragged: drawn anew for each frame, the others are not */
  GPtrArray *owned; /* annotations and regions */
  GPtrArray *texts;
  GPtrArray *shapes; /* of regions */
} Things;

static void
things_init (Things *things)
{
  things->items = g_array_new (FALSE, TRUE, sizeof (MonocleOverlayItem));
  things->moving = g_array_new (FALSE, TRUE, sizeof (MonocleOverlayItem));
  things->owned = g_ptr_array_new_with_free_func (g_object_unref);
  things->texts = g_ptr_array_new_with_free_func (g_free);
  things->shapes = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_shape_unref);
}

static void
things_clear (Things *things)
{
  g_array_unref (things->items);
  g_array_unref (things->moving);
  g_ptr_array_unref (things->owned);
  g_ptr_array_unref (things->texts);
  g_ptr_array_unref (things->shapes);
}

static char *
number_text (Things *things, guint number)
{
  char *text = g_strdup_printf ("%u", number);

  g_ptr_array_add (things->texts, text);
  return text;
}

/* The number of what comes in an order stands before its name. */
static char *
order_text (Things *things, guint number, const char *label)
{
  char *text = monocle_overlay_write_order (number, label);

  g_ptr_array_add (things->texts, text);
  return text;
}

static double
get_alpha (MonocleImageView *self, MonocleAnnotation *annotation, gint64 now)
{
  const gint64 *since = g_hash_table_lookup (self->fades, annotation);

  return since ? CLAMP ((double) (now - *since) / FADE_USEC, 0, 1) : 1;
}

static void
add_objects (MonocleImageView *self, Things *things)
{
  GtkSelectionModel *objects = monocle_presentation_get_objects (self->presentation);
  MonocleAnnotation *hovered = monocle_presentation_get_hovered (self->presentation);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));
  gint64 now = clock ? gdk_frame_clock_get_frame_time (clock) : 0;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (objects));

  for (guint i = 0; i < n; i++)
    {
      MonocleAnnotation *annotation = g_list_model_get_item (G_LIST_MODEL (objects), i);
      const char *label = monocle_annotation_get_label (annotation);
      MonocleOverlayItem item = {
        .shape = monocle_annotation_get_shape (annotation),
        .colour = monocle_annotation_get_colour (annotation),
        .label = label,
        .score = monocle_annotation_get_score (annotation),
        .alpha = get_alpha (self, annotation, now),
      };

      g_ptr_array_add (things->owned, annotation);
      if (!*label)
        item.label = number_text (things, monocle_annotation_get_number (annotation));
      else if (monocle_annotation_get_object (annotation)->text)
        item.label = order_text (things, monocle_annotation_get_number (annotation), label);
      if (gtk_selection_model_is_selected (objects, i))
        item.emphasis |= MONOCLE_EMPHASIS_SELECTED;
      if (annotation == hovered)
        item.emphasis |= MONOCLE_EMPHASIS_HOVERED;
      else if (hovered && !item.emphasis)
        item.emphasis = MONOCLE_EMPHASIS_DIMMED;
      g_array_append_val (things->items, item);
    }
}

static gboolean
is_short (const char *text)
{
  return g_utf8_strlen (text, -1) <= SHORT_ANSWER_CHARS && !strchr (text, '\n');
}

/* What the query says about exactly this box in few words, with its colour. */
static gboolean
find_answer (MonocleQuery *query, const MonocleBox *box, MonocleOverlayItem *item)
{
  const MonocleBox *asked;
  GPtrArray *results;
  guint n = 0;

  if (!query)
    return FALSE;
  asked = monocle_query_get_regions (query, &n);
  results = monocle_query_get_results (query);
  for (guint i = 0; i < n; i++)
    {
      const char *text;

      if (memcmp (&asked[i], box, sizeof *box) != 0)
        continue;
      text = monocle_query_get_region_text (query, i);
      if (!text)
        return FALSE;
      item->colour = monocle_query_get_region_colour (query, i);
      if (*text && is_short (text))
        {
          item->label = text;
          if (results && i < results->len && results->pdata[i])
            item->score = monocle_result_get_score (results->pdata[i]);
        }
      return TRUE;
    }
  return FALSE;
}

/* A part of the picture that is asked about. @shape: (transfer full) */
static void
add_part (Things *things, MonocleQuery *query, MonocleShape *shape, const MonocleBox *box, guint n)
{
  MonocleOverlayItem item = {
    .shape = shape,
    .role = MONOCLE_OVERLAY_REGION,
    .colour = MONOCLE_OVERLAY_PLAIN,
    .score = NAN,
    .alpha = 1,
  };

  g_ptr_array_add (things->shapes, shape);
  find_answer (query, box, &item);
  if (!item.label && n > 0)
    item.label = number_text (things, n);
  g_array_append_val (things->items, item);
}

static MonocleOverlayItem *
get_last (Things *things)
{
  return &g_array_index (things->items, MonocleOverlayItem, things->items->len - 1);
}

/* What is painted has a colour, which is seen through. */
static void
colour_pixels (MonocleOverlayItem *item, MonocleAnnotation *region)
{
  if (monocle_shape_get_mask (item->shape) && item->colour == MONOCLE_OVERLAY_PLAIN)
    item->colour = monocle_annotation_get_colour (region);
}

static MonocleShape *
get_shape (MonocleImageView *self, MonocleAnnotation *region)
{
  MonocleShape *instead = self->instead ? g_hash_table_lookup (self->instead, region) : NULL;

  return instead ? instead : monocle_annotation_get_shape (region);
}

/* What has a name looks like what has been found. */
static void
add_named (MonocleImageView *self, Things *things, MonocleAnnotation *region)
{
  MonocleAnnotation *hovered = monocle_presentation_get_hovered (self->presentation);
  MonocleOverlayItem item = {
    .shape = get_shape (self, region),
    .colour = monocle_annotation_get_colour (region),
    .label = monocle_annotation_get_label (region),
    .score = NAN,
    .alpha = 1,
  };

  g_ptr_array_add (things->owned, g_object_ref (region));
  if (hovered)
    item.emphasis = region == hovered ? MONOCLE_EMPHASIS_HOVERED : MONOCLE_EMPHASIS_DIMMED;
  g_array_append_val (things->items, item);
}

/* The box that a question about @region asks about. */
static MonocleBox
get_asked_box (MonocleImageView *self, MonocleAnnotation *region)
{
  return monocle_annotation_get_box (region, monocle_document_get_width (self->document),
                                     monocle_document_get_height (self->document));
}

static gboolean
has_region (MonocleImageView *self, GListModel *regions, const MonocleBox *box)
{
  guint n = g_list_model_get_n_items (regions);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, i);
      MonocleBox other = get_asked_box (self, region);

      if (memcmp (&other, box, sizeof other) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
add_drawn (MonocleImageView *self, Things *things)
{
  const MonocleBox *box = &self->drawn;
  char *size;

  add_part (things, NULL, monocle_image_view_new_shape (self, box), box, 0);
  get_last (things)->emphasis = MONOCLE_EMPHASIS_SELECTED;
  /* Translators: width and height of a rectangle in pixels. */
  size = g_strdup_printf (_ ("%.0f \303\227 %.0f"), (double) (box->x2 - box->x1),
                          (double) (box->y2 - box->y1));
  g_ptr_array_add (things->texts, size);
  get_last (things)->label = size;
}

/* What the first stroke makes. */
static void
add_painted (MonocleImageView *self, Things *things)
{
  const MonocleBox box = get_asked_box (self, self->dragged);

  add_part (things, NULL, monocle_shape_ref (monocle_annotation_get_shape (self->dragged)), &box,
            0);
  colour_pixels (get_last (things), self->dragged);
}

static gboolean
is_moving (MonocleImageView *self, MonocleAnnotation *region)
{
  return (region == self->dragged && self->drag > MONOCLE_DRAG_PENDING)
         || (self->instead && g_hash_table_contains (self->instead, region));
}

static void
move_last (Things *things)
{
  const MonocleOverlayItem item = *get_last (things);

  g_array_set_size (things->items, things->items->len - 1);
  g_array_append_val (things->moving, item);
}

/* Those that can be moved, and those that were asked about and have been moved or deleted since. */
static void
add_regions (MonocleImageView *self, Things *things)
{
  GtkSelectionModel *regions = monocle_presentation_get_regions (self->presentation);
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (regions)), n_asked = 0;
  const MonocleBox *asked = query ? monocle_query_get_regions (query, &n_asked) : NULL;

  for (guint i = 0; i < n_asked; i++)
    if (!has_region (self, G_LIST_MODEL (regions), &asked[i]))
      add_part (things, query, monocle_shape_new_box (&asked[i]), &asked[i],
                n_asked > 1 ? i + 1 : 0);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (G_LIST_MODEL (regions), i);

      if (*monocle_annotation_get_label (region))
        add_named (self, things, region);
      else
        {
          const MonocleBox box = get_asked_box (self, region);

          add_part (things, query, monocle_shape_ref (get_shape (self, region)), &box,
                    n > 1 ? i + 1 : 0);
          colour_pixels (get_last (things), region);
        }
      if (gtk_selection_model_is_selected (regions, i))
        {
          MonocleOverlayItem *item = get_last (things);

          item->emphasis &= ~MONOCLE_EMPHASIS_DIMMED;
          item->emphasis |= MONOCLE_EMPHASIS_SELECTED;
        }
      if (is_moving (self, region))
        move_last (things);
    }
  if (self->drag == MONOCLE_DRAG_DRAW)
    {
      add_drawn (self, things);
      move_last (things);
    }
  if (self->drag == MONOCLE_DRAG_PAINT && !self->before)
    {
      add_painted (self, things);
      move_last (things);
    }
}

/* As large as other text: pixels of the canvas a label's letters have. */
static double
get_label_px (MonocleImageView *self)
{
  int dpi = -1;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);
  return LABEL_PX * (dpi > 0 ? CLAMP (dpi / 1024.0 / 96.0, 0.75, 3) : 1);
}

/* --- All of it --- */

static MonocleOverlayOptions
get_options (MonocleImageView *self, const MonocleRect *picture, const MonocleRect *view)
{
  const MonocleMatrix matrix = monocle_image_view_get_matrix (self);
  MonocleOverlayOptions options = {
    .style = monocle_presentation_get_style (self->presentation),
    .opacity = monocle_presentation_get_opacity (self->presentation),
    .font_px = get_label_px (self),
    .line_px = LINE_PX,
    .show_labels = monocle_presentation_get_show_labels (self->presentation),
    .dashes = monocle_presentation_get_dashes (self->presentation),
    .thin_out = TRUE,
    .area = *picture,
    .visible = *view,
    .quarters = monocle_document_get_rotation (self->document),
  };
  AdwStyleManager *style
      = adw_style_manager_get_for_display (gtk_widget_get_display (GTK_WIDGET (self)));

  if (adw_style_manager_get_high_contrast (style))
    {
      options.dashes = TRUE;
      options.line_px *= 1.5;
    }
  cairo_matrix_init (&options.to_surface, matrix.xx, matrix.yx, matrix.xy, matrix.yy, matrix.x0,
                     matrix.y0);
  return options;
}

/* What was drawn, and no more of the widget than it covers. @cr: (transfer full): on a recording */
static void
append_recording (GtkSnapshot *snapshot, cairo_t *cr, const MonocleRect *bounds)
{
  cairo_surface_t *recording = cairo_get_target (cr);
  double x, y, width, height;

  cairo_recording_surface_ink_extents (recording, &x, &y, &width, &height);
  width = MIN (ceil (x + width), bounds->x + bounds->width);
  height = MIN (ceil (y + height), bounds->y + bounds->height);
  x = MAX (floor (x), bounds->x);
  y = MAX (floor (y), bounds->y);
  width -= x;
  height -= y;
  if (width > 0 && height > 0)
    {
      cairo_t *target = gtk_snapshot_append_cairo (
          snapshot, &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));

      cairo_set_source_surface (target, recording, 0, 0);
      cairo_paint (target);
      cairo_destroy (target);
    }
  cairo_destroy (cr);
}

/* (transfer full) */
static cairo_t *
new_recording (void)
{
  cairo_surface_t *recording = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cairo_t *cr = cairo_create (recording);

  cairo_surface_destroy (recording);
  return cr;
}

static void
draw_tiles (gpointer data, GtkSnapshot *snapshot)
{
  MonocleImageView *self = data;
  GtkWidget *widget = data;
  const MonocleRect view = { 0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget) };
  const MonocleRect picture = monocle_image_view_get_picture_rect (self);

  if (self->tiles)
    monocle_image_tiles_snapshot (self->tiles, snapshot, &picture, &view,
                                  gtk_widget_get_scale_factor (widget),
                                  gtk_native_get_renderer (gtk_widget_get_native (widget)));
}

static void
draw_overlay (MonocleImageView *self,
              GtkSnapshot *snapshot,
              const MonocleRect *picture,
              const MonocleRect *view)
{
  MonocleOverlayOptions options = get_options (self, picture, view);
  const double left = MAX (0, floor (picture->x - OUTSIDE_PX));
  const double top = MAX (0, floor (picture->y - OUTSIDE_PX));
  const MonocleRect bounds
      = { left, top, MIN (view->width, ceil (picture->x + picture->width + OUTSIDE_PX)) - left,
          MIN (view->height, ceil (picture->y + picture->height + OUTSIDE_PX)) - top };
  MonocleImageGround ground = { .draw = draw_tiles, .data = self };
  Things things;
  cairo_t *cr;

  if (bounds.width <= 0 || bounds.height <= 0)
    return;
  things_init (&things);
  add_objects (self, &things);
  add_regions (self, &things);
  ground.moving = (const MonocleOverlayItem *) (gpointer) things.moving->data;
  ground.n_moving = things.moving->len;
  monocle_image_layer_snapshot (self->layer,
                                (const MonocleOverlayItem *) (gpointer) things.items->data,
                                things.items->len, &ground, &options, self->image, &bounds,
                                gtk_widget_get_scale_factor (GTK_WIDGET (self)), snapshot);

  cr = new_recording ();
  cairo_save (cr);
  cairo_rectangle (cr, picture->x, picture->y, picture->width, picture->height);
  cairo_clip (cr);
  options.part = MONOCLE_OVERLAY_THINGS;
  if (things.moving->len > 0)
    monocle_overlay_draw ((const MonocleOverlayItem *) (gpointer) things.moving->data,
                          things.moving->len, &options, self->image, cr);
  cairo_restore (cr);
  if (self->instead)
    monocle_image_view_draw_points (self, cr);
  else if (monocle_image_view_has_handles (self))
    monocle_image_view_draw_handles (self, cr);
  monocle_image_view_draw_outline (self, cr);
  append_recording (snapshot, cr, view);
  cr = new_recording ();
  monocle_image_view_draw_brush (self, cr);
  monocle_image_view_draw_cross (self, cr);
  append_recording (snapshot, cr, &bounds);
  monocle_image_view_draw_focus (self, snapshot, view);
  things_clear (&things);
}

/* What is around the picture: a little darker than a list, so that white pictures end somewhere. */
static void
draw_background (MonocleImageView *self, GtkSnapshot *snapshot, const MonocleRect *view)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA colour;

  if (!gtk_style_context_lookup_color (context, "view_bg_color", &colour))
    return;
  colour.red *= DARKER;
  colour.green *= DARKER;
  colour.blue *= DARKER;
  gtk_snapshot_append_color (snapshot, &colour,
                             &GRAPHENE_RECT_INIT (0, 0, (float) view->width, (float) view->height));
}

void
monocle_image_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MonocleImageView *self = MONOCLE_IMAGE_VIEW (widget);
  const MonocleRect view = { 0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget) };
  MonocleRect picture;

  draw_background (self, snapshot, &view);
  if (!self->document || !self->image || !self->presentation)
    return;
  picture = monocle_image_view_get_picture_rect (self);
  draw_tiles (self, snapshot);
  monocle_image_view_draw_heat (self, snapshot);
  draw_overlay (self, snapshot, &picture, &view);
}
