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
#define HANDLE_PX  9.0
#define ROTATE_PX  22.0 /* from the side to the handle to rotate by */
#define VERTEX_PX  8.0
#define FADE_USEC  120000.0
#define SIDES_FROM 44.0 /* regions shorter than this have handles at their corners only */
#define OUTSIDE_PX 8.0  /* handles and outlines reach so far beyond the picture */
#define DARKER     0.92f
#define FOCUS_GAP  5.0
/* An answer about a region goes onto the region when it is this short, as in exported pictures. */
#define SHORT_ANSWER_CHARS 28

void
monocle_image_view_get_handle (const MonocleRect *rect, guint handle, double *x, double *y)
{
  static const double places[MONOCLE_N_HANDLES][2]
      = { { 0, 0 },   { 0.5, 0 }, { 1, 0 },   { 1, 0.5 }, { 1, 1 },
          { 0.5, 1 }, { 0, 1 },   { 0, 0.5 }, { 0.5, 0 } };

  *x = rect->x + places[handle][0] * rect->width;
  *y = rect->y + places[handle][1] * rect->height;
  if (handle == MONOCLE_HANDLE_ROTATE) /* below, where there is no room above */
    *y = *y >= ROTATE_PX + HANDLE_PX ? *y - ROTATE_PX : *y + rect->height + ROTATE_PX;
}

gboolean
monocle_image_view_has_handle (const MonocleRect *rect, guint handle)
{
  if (rect->width + rect->height <= 0) /* a point */
    return FALSE;
  if (handle % 2 == 0)
    return TRUE;
  return (handle % 4 == 1 ? rect->width : rect->height) >= SIDES_FROM;
}

/* --- What lies on the picture --- */

/* Items with what they borrow. */
typedef struct
{
  GArray *items;
  GPtrArray *owned; /* annotations and regions */
  GPtrArray *texts;
  GPtrArray *shapes; /* of regions */
} Things;

static void
things_init (Things *things)
{
  things->items = g_array_new (FALSE, TRUE, sizeof (MonocleOverlayItem));
  things->owned = g_ptr_array_new_with_free_func (g_object_unref);
  things->texts = g_ptr_array_new_with_free_func (g_free);
  things->shapes = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_shape_unref);
}

static void
things_clear (Things *things)
{
  g_array_unref (things->items);
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

/* What has a name looks like what has been found. */
static void
add_named (MonocleImageView *self, Things *things, MonocleAnnotation *region)
{
  MonocleAnnotation *hovered = monocle_presentation_get_hovered (self->presentation);
  MonocleOverlayItem item = {
    .shape = monocle_annotation_get_shape (region),
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

          add_part (things, query, monocle_shape_ref (monocle_annotation_get_shape (region)), &box,
                    n > 1 ? i + 1 : 0);
          colour_pixels (get_last (things), region);
        }
      if (gtk_selection_model_is_selected (regions, i))
        {
          MonocleOverlayItem *item = get_last (things);

          item->emphasis &= ~MONOCLE_EMPHASIS_DIMMED;
          item->emphasis |= MONOCLE_EMPHASIS_SELECTED;
        }
    }
  if (self->drag == MONOCLE_DRAG_DRAW)
    add_drawn (self, things);
  if (self->drag == MONOCLE_DRAG_PAINT && !self->before)
    add_painted (self, things);
}

/* As large as other text: pixels of the canvas a label's letters have. */
static double
get_label_px (MonocleImageView *self)
{
  int dpi = -1;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);
  return LABEL_PX * (dpi > 0 ? CLAMP (dpi / 1024.0 / 96.0, 0.75, 3) : 1);
}

/* --- Handles, focus --- */

void
monocle_image_view_draw_vertex (
    MonocleImageView *self, cairo_t *cr, double x, double y, gboolean is_current)
{
  GdkRGBA fill = { 1, 1, 1, 1 };

  if (is_current)
    gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                    "accent_bg_color", &fill);
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, is_current ? VERTEX_PX / 2 + 1 : VERTEX_PX / 2, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, &fill);
  cairo_fill_preserve (cr);
  if (is_current)
    cairo_set_source_rgb (cr, 1, 1, 1);
  else
    cairo_set_source_rgba (cr, 0.06, 0.06, 0.09, 0.9);
  cairo_set_line_width (cr, is_current ? 2 : 1);
  cairo_stroke (cr);
}

/* A knob on a stalk. */
static void
draw_rotate_handle (
    MonocleImageView *self, cairo_t *cr, const MonocleRect *rect, double x, double y)
{
  cairo_move_to (cr, x,
                 y < rect->y ? rect->y - HANDLE_PX / 2 : rect->y + rect->height + HANDLE_PX / 2);
  cairo_line_to (cr, x, y);
  cairo_set_source_rgba (cr, 0.06, 0.06, 0.09, 0.6);
  cairo_set_line_width (cr, 3);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  monocle_image_view_draw_vertex (self, cr, x, y, self->drag == MONOCLE_DRAG_ROTATE);
}

static void
draw_handles (MonocleImageView *self, cairo_t *cr)
{
  g_autoptr (GPtrArray) selected = monocle_presentation_get_selected_regions (self->presentation);

  if (monocle_image_view_get_edited (self))
    {
      monocle_image_view_draw_vertices (self, cr);
      return;
    }
  for (guint i = 0; i < selected->len; i++)
    {
      MonocleRect rect = monocle_image_view_rect_of_region (self, selected->pdata[i]);

      for (guint handle = 0; handle < MONOCLE_N_HANDLES; handle++)
        {
          double x, y;

          if (!monocle_image_view_has_handle (&rect, handle))
            continue;
          monocle_image_view_get_handle (&rect, handle, &x, &y);
          if (handle == MONOCLE_HANDLE_ROTATE)
            {
              draw_rotate_handle (self, cr, &rect, x, y);
              continue;
            }
          /* On whole pixels, or it looks blurred. */
          cairo_rectangle (cr, round (x - HANDLE_PX / 2) + 0.5, round (y - HANDLE_PX / 2) + 0.5,
                           HANDLE_PX - 1, HANDLE_PX - 1);
          cairo_set_source_rgb (cr, 1, 1, 1);
          cairo_fill_preserve (cr);
          cairo_set_source_rgba (cr, 0.06, 0.06, 0.09, 0.9);
          cairo_set_line_width (cr, 1);
          cairo_stroke (cr);
        }
    }
}

static void
draw_outline (MonocleImageView *self, cairo_t *cr, const MonocleRect *r)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA accent = { 0.21f, 0.52f, 0.89f, 1 };

  gtk_style_context_lookup_color (context, "accent_color", &accent);
  cairo_rectangle (cr, round (r->x) + 0.5, round (r->y) + 0.5, round (r->width), round (r->height));
  cairo_set_source_rgba (cr, 1, 1, 1, 0.9);
  cairo_set_line_width (cr, 4);
  cairo_stroke_preserve (cr);
  gdk_cairo_set_source_rgba (cr, &accent);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
}

/* Around what the keys are about: the object, or the canvas when there is none. */
static void
draw_focus (MonocleImageView *self, cairo_t *cr, const MonocleRect *view)
{
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GPtrArray) regions = NULL;
  gboolean visible
      = (gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_FOCUS_VISIBLE) != 0;

  if (!gtk_widget_has_focus (GTK_WIDGET (self)) || !(visible || self->walks))
    return;
  objects = monocle_presentation_get_selected_objects (self->presentation);
  regions = monocle_presentation_get_selected_regions (self->presentation);
  if (objects->len > 0)
    {
      MonocleRect bounds = monocle_annotation_get_bounds (objects->pdata[objects->len - 1]), r;

      monocle_image_view_to_widget (self, &bounds, &r);
      draw_outline (self, cr,
                    &(MonocleRect){ r.x - FOCUS_GAP, r.y - FOCUS_GAP, r.width + 2 * FOCUS_GAP,
                                    r.height + 2 * FOCUS_GAP });
    }
  else if (visible && regions->len == 0) /* theirs are the handles */
    draw_outline (self, cr, &(MonocleRect){ 2, 2, view->width - 5, view->height - 5 });
}

/* --- All of it --- */

static void
draw_overlay (MonocleImageView *self,
              GtkSnapshot *snapshot,
              const MonocleRect *picture,
              const MonocleRect *view)
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
  double left = MAX (0, floor (picture->x - OUTSIDE_PX));
  double top = MAX (0, floor (picture->y - OUTSIDE_PX));
  double right = MIN (view->width, ceil (picture->x + picture->width + OUTSIDE_PX));
  double bottom = MIN (view->height, ceil (picture->y + picture->height + OUTSIDE_PX));
  Things things;
  cairo_t *cr;

  if (right <= left || bottom <= top)
    return;
  if (adw_style_manager_get_high_contrast (style))
    {
      options.dashes = TRUE;
      options.line_px *= 1.5;
    }
  cairo_matrix_init (&options.to_surface, matrix.xx, matrix.yx, matrix.xy, matrix.yy, matrix.x0,
                     matrix.y0);

  things_init (&things);
  add_objects (self, &things);
  add_regions (self, &things);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT ((float) left, (float) top,
                                                                 (float) (right - left),
                                                                 (float) (bottom - top)));
  cairo_save (cr);
  cairo_rectangle (cr, picture->x, picture->y, picture->width, picture->height);
  cairo_clip (cr);
  if (things.items->len > 0)
    monocle_overlay_draw ((const MonocleOverlayItem *) (gpointer) things.items->data,
                          things.items->len, &options, self->image, cr);
  cairo_restore (cr);
  if (monocle_image_view_has_handles (self))
    draw_handles (self, cr);
  monocle_image_view_draw_outline (self, cr);
  monocle_image_view_draw_brush (self, cr);
  draw_focus (self, cr, view);
  cairo_destroy (cr);
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
  if (self->tiles)
    monocle_image_tiles_snapshot (self->tiles, snapshot, &picture, &view,
                                  gtk_widget_get_scale_factor (widget));
  draw_overlay (self, snapshot, &picture, &view);
}
