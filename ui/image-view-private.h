/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the canvas share: image-view (state), image-view-zoom (zoom, scrolling, where
 * things are), image-view-input (pointer), image-view-drag (what it drags), image-view-outline
 * (what is drawn point by point), image-view-vertices (its points), image-view-brush (what is
 * painted), image-view-cross (drawing by keys), image-view-hit (what is below the pointer),
 * image-view-keys, image-view-draw (the picture and what lies on it), image-view-heat,
 * image-view-handles.
 */
#pragma once

#include "ui/image-layer.h"
#include "ui/image-tiles.h"
#include "ui/image-view.h"

G_BEGIN_DECLS

/* Handles of a region: the corners and the middles of the sides, clockwise from the top left; and
 * above these the one that it is rotated by. */
#define MONOCLE_N_HANDLES     9
#define MONOCLE_HANDLE_ROTATE 8

#define MONOCLE_MAX_ZOOM 32.0

/* Of the brush, at first. */
#define MONOCLE_BRUSH_SIZE 20

typedef enum
{
  MONOCLE_DRAG_NONE,
  MONOCLE_DRAG_PENDING, /* pressed, not moved yet: can still be a click */
  MONOCLE_DRAG_PAN,
  MONOCLE_DRAG_DRAW,
  MONOCLE_DRAG_OUTLINE, /* along the pointer */
  MONOCLE_DRAG_MOVE,
  MONOCLE_DRAG_RESIZE,
  MONOCLE_DRAG_ROTATE,
  MONOCLE_DRAG_VERTEX,
  MONOCLE_DRAG_PAINT, /* from the press on */
} MonocleDrag;

struct _MonocleImageView
{
  GtkWidget parent_instance;

  MonoclePresentation *presentation;
  GSignalGroup *signals;

  /* What is shown; compared with what the presentation says at each change. */
  MonocleDocument *document;
  MonocleImage *image;
  MonocleImageTiles *tiles;
  MonocleImageLayer *layer; /* what lies on it and is not dragged */
  MonocleHeat *heat;        /* (nullable): the first of those that the texture shows */
  GdkTexture *heat_texture;

  GtkAdjustment *adjustments[2]; /* across, down */
  GtkScrollablePolicy policies[2];
  double zoom;
  gboolean fits;
  double inset; /* at the bottom, for what floats there */
  MonocleTool tool;
  gboolean can_zoom_in, can_zoom_out;
  guint notify_id;
  char *spoken; /* to screen readers */

  /* Input */
  GtkGesture *drag_gesture; /* the one that drags, or did last */
  MonocleDrag drag;
  MonocleDrag drag_intent; /* what a pending one becomes */
  double press_x, press_y; /* where it began: in the picture */
  double start_x, start_y; /* and on the widget */
  guint32 press_time;
  guint press_button;
  double pan_x, pan_y;        /* adjustments when it began */
  MonocleBox drawn;           /* the region being drawn, in the picture as shown */
  MonocleAnnotation *dragged; /* (nullable): a region */
  MonocleShape *before;       /* (nullable): where the region that is dragged was */
  int handle;
  MonocleAnnotation *holed; /* (nullable): what the outline being drawn is to be a hole in */
  gboolean is_stroke;       /* the outline being drawn began with a drag, and is nothing else yet */
  GArray *outline; /* (nullable): the one being drawn: x and y in turn, in the upright picture */
  MonocleAnnotation *edited; /* (nullable): whose points are shown in place of handles */
  int vertex;                /* the one that was pointed at last, or -1 */
  int edge;                  /* pressed at that one, or -1 */
  GHashTable *instead; /* (nullable): region -> the shape that it is drawn in, with its points */
  gboolean nudges;     /* the last step was one by an arrow key */
  guint brush_size;    /* across, in pixels of the picture */
  double brush_at[2];  /* where it was last, in the upright picture */
  MonocleRingRole stroke_role;
  gboolean ctrl_held, shift_held;
  gboolean has_cross;      /* keys move it in place of the pointer */
  double cross_x, cross_y; /* in the upright picture */
  double moved_x, moved_y; /* where the pointer itself was last */
  gboolean space_held;
  gboolean walks; /* from object to object by keyboard, since the last click */
  double pointer_x, pointer_y;
  gboolean pointer_inside;
  double pinch_zoom;
  guint32 click_time;
  double click_x, click_y;
  const char *cursor;

  /* Objects that fade in: annotation -> when it came, microseconds of the frame clock */
  MonocleQuery *fading_query;
  guint n_seen;
  GHashTable *fades;
  guint tick;
};

/* --- image-view-zoom.c --- */

/* Where the picture lies in the widget. */
MonocleRect monocle_image_view_get_picture_rect (MonocleImageView *self);
/* From the upright picture to it as it is shown, and to the widget. */
MonocleMatrix monocle_image_view_get_turn (MonocleImageView *self);
MonocleMatrix monocle_image_view_get_matrix (MonocleImageView *self);
/* From the widget to pixels of the picture as it is shown. */
void
monocle_image_view_to_picture (MonocleImageView *self, double x, double y, double *px, double *py);
/* From the widget to pixels of the upright picture. */
void
monocle_image_view_to_upright (MonocleImageView *self, double x, double y, double *px, double *py);
void monocle_image_view_zoom_at (MonocleImageView *self, double zoom, double x, double y);
void monocle_image_view_set_position (MonocleImageView *self, double x, double y);
/* The rectangle of a region that is being drawn, in the picture as it is shown; at least one pixel,
 * whole pixels. */
MonocleBox
monocle_image_view_clamp_box (MonocleImageView *self, double x1, double y1, double x2, double y2);
/* Where it lies in the picture as it is shown. */
MonocleBox monocle_image_view_get_box (MonocleImageView *self, const MonocleShape *shape);
/* (transfer full): the way back */
MonocleShape *monocle_image_view_new_shape (MonocleImageView *self, const MonocleBox *box);
/* (transfer full): what becomes of @shape where the picture as it is shown goes by @matrix */
MonocleShape *monocle_image_view_transform (MonocleImageView *self,
                                            const MonocleShape *shape,
                                            const MonocleMatrix *matrix);
/* How far @box can be moved, of the way @dx, @dy: whole pixels, as far as the picture goes; all as
 * it is shown. */
void monocle_image_view_clamp_move (MonocleImageView *self,
                                    const MonocleBox *box,
                                    double *dx,
                                    double *dy);
/* @axis: 0 across, 1 down */
void
monocle_image_view_set_adjustment (MonocleImageView *self, guint axis, GtkAdjustment *adjustment);
void monocle_image_view_size_allocate (GtkWidget *widget, int width, int height, int baseline);

/* --- image-view-input.c --- */

void monocle_image_view_init_input (MonocleImageView *self);
void monocle_image_view_update_cursor (MonocleImageView *self);
/* What is below the pointer lights up. */
void monocle_image_view_update_hover (MonocleImageView *self);
/* Exactly this one is selected, or with @extend one more, or one less. */
void monocle_image_view_select_object (MonocleImageView *self,
                                       MonocleAnnotation *annotation,
                                       gboolean extend);
void monocle_image_view_select_region (MonocleImageView *self,
                                       MonocleAnnotation *region,
                                       gboolean extend);
/* What was drawn is there, and selected. @is_whole: nothing more is drawn of it */
void
monocle_image_view_add_drawn (MonocleImageView *self, MonocleAnnotation *region, gboolean is_whole);
/* Whether anything was. */
gboolean monocle_image_view_clear_selection (MonocleImageView *self);
/* By keyboard: at what is selected, else in the middle. */
void monocle_image_view_open_menu (MonocleImageView *self);

/* --- image-view-drag.c --- */

void monocle_image_view_init_drag (MonocleImageView *self);
/* A region where the box is that was drawn. */
void monocle_image_view_finish_region (MonocleImageView *self);
/* Ends what the pointer is doing, as if it had not begun. */
void monocle_image_view_cancel_drag (MonocleImageView *self);

/* --- image-view-outline.c: in coordinates of the widget --- */

/* Whether there is an outline that is not closed yet. */
gboolean monocle_image_view_is_outlining (MonocleImageView *self);
/* A point more; at the first one it closes. */
void monocle_image_view_add_to_outline (MonocleImageView *self, double x, double y);
/* Drawn freely: on to there, and the end of it. */
void monocle_image_view_trail_outline (MonocleImageView *self, double x, double y);
void monocle_image_view_end_trail (MonocleImageView *self, double x, double y);
/* Makes a region of it, if it has three points, or of a line two. */
gboolean monocle_image_view_close_outline (MonocleImageView *self);
/* Takes the last point back. */
void monocle_image_view_shorten_outline (MonocleImageView *self);
/* Gives it up. */
void monocle_image_view_drop_outline (MonocleImageView *self);
/* Whether it would be a hole in what is selected if it began there. */
gboolean monocle_image_view_is_hole (MonocleImageView *self, double x, double y);
void monocle_image_view_put_point (MonocleImageView *self, double x, double y);
void monocle_image_view_draw_outline (MonocleImageView *self, cairo_t *cr);

/* --- image-view-vertices.c: places in coordinates of the widget --- */

/* (nullable): the region that is selected by itself, if its points can be moved one by one */
MonocleAnnotation *monocle_image_view_get_editable (MonocleImageView *self);
/* (nullable): the region whose points are shown */
MonocleAnnotation *monocle_image_view_get_edited (MonocleImageView *self);
void monocle_image_view_set_edited (MonocleImageView *self, MonocleAnnotation *region);
/* What is there of the region whose points are shown, or -1. */
int monocle_image_view_find_vertex (MonocleImageView *self, double x, double y);
int monocle_image_view_find_edge (MonocleImageView *self, double x, double y);
void monocle_image_view_add_vertex (MonocleImageView *self, guint edge, double x, double y);
/* A new one out of an edge that is dragged: both are one step. */
void monocle_image_view_pull_vertex (MonocleImageView *self, guint edge);
void monocle_image_view_drag_vertex (MonocleImageView *self, double x, double y);
void monocle_image_view_end_vertex_drag (MonocleImageView *self, MonocleShape *before);
gboolean
monocle_image_view_on_key_vertices (MonocleImageView *self, guint keyval, GdkModifierType state);
/* By @dx, @dy pixels as it is shown. Returns: whether one is meant */
gboolean monocle_image_view_nudge_vertex (MonocleImageView *self, double dx, double dy);
void monocle_image_view_draw_vertices (MonocleImageView *self, cairo_t *cr);

/* --- image-view-brush.c: places in coordinates of the widget --- */

/* Whether the tool is a brush, or the eraser. */
gboolean monocle_image_view_has_brush (MonocleImageView *self);
/* Puts it down on what is selected, or begins something new, which is `dragged` then, without a
 * `before`. Returns: whether there is something to paint on */
gboolean monocle_image_view_begin_stroke (MonocleImageView *self, double x, double y);
void monocle_image_view_stroke_to (MonocleImageView *self, double x, double y);
/* @region as it is painted is one step. @before: (nullable): what it was; %NULL: it was not there
 */
void monocle_image_view_end_stroke (MonocleImageView *self,
                                    MonocleAnnotation *region,
                                    MonocleShape *before);
void monocle_image_view_draw_brush (MonocleImageView *self, cairo_t *cr);

/* --- image-view-cross.c --- */

/* Where the pointer is, or in the middle. Returns: whether there is something to draw with */
gboolean monocle_image_view_show_cross (MonocleImageView *self);
/* Gives up what is being drawn with it. */
void monocle_image_view_hide_cross (MonocleImageView *self);
gboolean
monocle_image_view_on_key_cross (MonocleImageView *self, guint keyval, GdkModifierType state);
void monocle_image_view_draw_cross (MonocleImageView *self, cairo_t *cr);

/* --- image-view-hit.c: all in coordinates of the widget --- */

/* (nullable): the smallest of the objects that are there */
MonocleAnnotation *monocle_image_view_find_object (MonocleImageView *self, double x, double y);
/* (nullable): the smallest of the regions that are there: anywhere in those that are selected or
 * when @anywhere, on the lines of the others */
MonocleAnnotation *
monocle_image_view_find_region (MonocleImageView *self, double x, double y, gboolean anywhere);
/* Which of both is meant by who points there: one of them, or neither. */
void monocle_image_view_find (MonocleImageView *self,
                              double x,
                              double y,
                              MonocleAnnotation **object,
                              MonocleAnnotation **region);
/* The handle of a selected region that is there, or -1. */
int monocle_image_view_find_handle (MonocleImageView *self,
                                    double x,
                                    double y,
                                    MonocleAnnotation **region);
/* Whether selected regions can be taken hold of at their handles, which are drawn then. */
gboolean monocle_image_view_has_handles (MonocleImageView *self);
/* The point of the upright picture that is meant by who points there: on a corner of a region other
 * than @but, or on the border, where these are near, unless Ctrl is held; never outside. */
void monocle_image_view_snap (
    MonocleImageView *self, MonocleAnnotation *but, double x, double y, double *px, double *py);
MonocleRect monocle_image_view_rect_of_region (MonocleImageView *self, MonocleAnnotation *region);
/* Whether its line is there. */
gboolean monocle_image_view_is_on_line (MonocleImageView *self,
                                        MonocleAnnotation *region,
                                        double x,
                                        double y);

/* --- image-view-keys.c --- */

void monocle_image_view_init_keys (MonocleImageView *self);

/* --- image-view-draw.c --- */

void monocle_image_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
/* --- image-view-heat.c --- */

/* The heat maps of what is shown, where there are any. */
void monocle_image_view_draw_heat (MonocleImageView *self, GtkSnapshot *snapshot);

/* --- image-view-handles.c --- */

/* A point that can be taken hold of; @is_current: which one is meant. */
void monocle_image_view_draw_vertex (
    MonocleImageView *self, cairo_t *cr, double x, double y, gboolean is_current);
/* Where the handle is, in the widget, for a region that lies at @rect there. */
void monocle_image_view_get_handle (const MonocleRect *rect, guint handle, double *x, double *y);
/* Small regions have handles at their corners only. */
gboolean monocle_image_view_has_handle (const MonocleRect *rect, guint handle);
void monocle_image_view_draw_handles (MonocleImageView *self, cairo_t *cr);
/* All points of what is drawn in place of regions. */
void monocle_image_view_draw_points (MonocleImageView *self, cairo_t *cr);
/* Around what the keys are about: the object, or the canvas when there is none. */
void monocle_image_view_draw_focus (MonocleImageView *self,
                                    GtkSnapshot *snapshot,
                                    const MonocleRect *view);

G_END_DECLS
