/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/views.h"

#include <math.h>
#include <string.h>

#include "app/train/chance.h"

/* Sides of a part of the picture, as shares of its own. */
#define SMALLEST_PART 0.7
/* Degrees to either side, where only regions are asked about. */
#define MAX_TILT 8.0
/* How much light, contrast and colour vary to either side. */
#define MAX_LIGHT 0.15
/* What is seen less of is not there. */
#define LEAST_SEEN 0.3
/* Longest side of a view in pixels: models see no more. */
#define MAX_SIDE 1024

typedef struct
{
  double width, height;    /* of the picture */
  double x, y;             /* the middle of the part */
  double across, down;     /* its sides */
  double cosine, sine;     /* how it is tilted */
  gboolean is_flipped;     /* left and right */
  guint n_columns, n_rows; /* pixels of the view */
  double scale[3], shift;  /* of colours */
  double contrast;
} View;

static gboolean
says_a_side (const char *text)
{
  static const char *const sides[] = { "left", "right", "links", "rechts", "gauche", "droite" };
  g_autofree char *folded = text ? g_utf8_casefold (text, -1) : NULL;

  for (guint i = 0; folded && i < G_N_ELEMENTS (sides); i++)
    if (strstr (folded, sides[i]))
      return TRUE;
  return FALSE;
}

/* What is written, and what says where it is, has a left and a right. */
static gboolean
can_flip (const GPtrArray *examples)
{
  for (guint i = 0; i < examples->len; i++)
    {
      const MonocleTrainExample *example = examples->pdata[i];

      if (example->task->kind == MONOCLE_TASK_READ || says_a_side (example->text)
          || says_a_side (example->words))
        return FALSE;
    }
  return TRUE;
}

/* Boxes around what is tilted would be too large. */
static gboolean
can_tilt (const GPtrArray *examples)
{
  for (guint i = 0; i < examples->len; i++)
    if (((const MonocleTrainExample *) examples->pdata[i])->objects)
      return FALSE;
  return TRUE;
}

static double
draw_around (MonocleChance *chance, double most)
{
  return (2 * monocle_chance_unit (chance) - 1) * most;
}

static View
draw_view (MonocleImage *image, const GPtrArray *examples, guint64 seed, guint index)
{
  MonocleChance chance = monocle_chance (seed, index);
  const double part = SMALLEST_PART + (1 - SMALLEST_PART) * monocle_chance_unit (&chance);
  View view
      = { .width = monocle_image_get_width (image), .height = monocle_image_get_height (image) };
  double tilt, scale;

  view.across = view.width * part;
  view.down = view.height * part;
  view.x = view.width / 2 + draw_around (&chance, (view.width - view.across) / 2);
  view.y = view.height / 2 + draw_around (&chance, (view.height - view.down) / 2);
  view.is_flipped = monocle_chance_below (&chance, 2) == 1 && can_flip (examples);
  tilt = draw_around (&chance, MAX_TILT) * G_PI / 180;
  if (!can_tilt (examples))
    tilt = 0;
  view.cosine = cos (tilt);
  view.sine = sin (tilt);
  view.shift = draw_around (&chance, MAX_LIGHT) * 255 / 2;
  view.contrast = 1 + draw_around (&chance, MAX_LIGHT);
  for (guint i = 0; i < 3; i++)
    view.scale[i] = 1 + draw_around (&chance, MAX_LIGHT / 3);
  scale = MIN (1, MAX_SIDE / MAX (view.across, view.down));
  view.n_columns = MAX (1, (guint) (view.across * scale));
  view.n_rows = MAX (1, (guint) (view.down * scale));
  return view;
}

/* From a place in the view, as shares of its sides, to one in the picture. */
static void
look_through (const View *view, double u, double v, double *x, double *y)
{
  const double right = ((view->is_flipped ? 1 - u : u) - 0.5) * view->across;
  const double below = (v - 0.5) * view->down;

  *x = view->x + view->cosine * right - view->sine * below;
  *y = view->y + view->sine * right + view->cosine * below;
}

/* From a place in the picture to one in the view, in pixels of it. */
static void
find_place (const View *view, double x, double y, double *column, double *row)
{
  const double dx = x - view->x, dy = y - view->y;
  const double u = (view->cosine * dx + view->sine * dy) / view->across + 0.5;
  const double v = (-view->sine * dx + view->cosine * dy) / view->down + 0.5;

  *column = (view->is_flipped ? 1 - u : u) * view->n_columns;
  *row = v * view->n_rows;
}

/* Four pixels mixed; beyond the edge the edge goes on. */
static double
mix (const guint8 *pixels, const View *view, double x, double y, guint channel)
{
  const gint width = (gint) view->width, height = (gint) view->height;
  const double left = floor (x - 0.5), top = floor (y - 0.5);
  const double a = x - 0.5 - left, b = y - 0.5 - top;
  double sum = 0;

  for (gint j = 0; j < 2; j++)
    for (gint i = 0; i < 2; i++)
      {
        const gint column = CLAMP ((gint) left + i, 0, width - 1);
        const gint row = CLAMP ((gint) top + j, 0, height - 1);

        sum += (i ? a : 1 - a) * (j ? b : 1 - b)
               * pixels[((gsize) row * (gsize) width + (gsize) column) * 3 + channel];
      }
  return sum;
}

static MonocleImage *
draw (const View *view, MonocleImage *image)
{
  const guint8 *pixels = monocle_image_get_pixels (image);
  const gsize stride = (gsize) view->n_columns * 3;
  guint8 *drawn = g_malloc (stride * view->n_rows);

  for (guint row = 0; row < view->n_rows; row++)
    for (guint column = 0; column < view->n_columns; column++)
      {
        double x, y;

        look_through (view, (column + 0.5) / view->n_columns, (row + 0.5) / view->n_rows, &x, &y);
        for (guint i = 0; i < 3; i++)
          {
            double value = mix (pixels, view, x, y, i);

            value = ((value - 128) * view->contrast + 128 + view->shift) * view->scale[i];
            drawn[row * stride + column * 3 + i] = (guint8) CLAMP (value + 0.5, 0, 255);
          }
      }
  return monocle_image_new_take_pixels (view->n_columns, view->n_rows, drawn, NULL);
}

/* Around a box of the picture, inside the view. Returns: whether enough of it is seen */
static gboolean
move_box (const View *view, const double box[4], double moved[4])
{
  double area, seen;

  moved[0] = moved[1] = G_MAXDOUBLE;
  moved[2] = moved[3] = -G_MAXDOUBLE;
  for (guint i = 0; i < 4; i++)
    {
      double column, row;

      find_place (view, box[i % 2 ? 2 : 0], box[i / 2 ? 3 : 1], &column, &row);
      moved[0] = MIN (moved[0], column);
      moved[1] = MIN (moved[1], row);
      moved[2] = MAX (moved[2], column);
      moved[3] = MAX (moved[3], row);
    }
  area = (moved[2] - moved[0]) * (moved[3] - moved[1]);
  for (guint i = 0; i < 4; i++)
    moved[i] = CLAMP (moved[i], 0, i % 2 ? view->n_rows : view->n_columns);
  seen = (moved[2] - moved[0]) * (moved[3] - moved[1]);
  return area > 0 && seen >= LEAST_SEEN * area && moved[2] - moved[0] >= 1
         && moved[3] - moved[1] >= 1;
}

static gboolean
move_objects (const View *view, GArray *objects)
{
  for (guint i = objects->len; i-- > 0;)
    {
      MonocleLessonObject *object = &g_array_index (objects, MonocleLessonObject, i);
      const double *at = object->corners;
      const double box[]
          = { MIN (at[0], at[6]), MIN (at[1], at[3]), MAX (at[2], at[4]), MAX (at[5], at[7]) };
      double moved[4];

      if (!move_box (view, box, moved))
        {
          g_array_remove_index (objects, i);
          continue;
        }
      memcpy (object->corners,
              ((double[]){ moved[0], moved[1], moved[2], moved[1], moved[2], moved[3], moved[0],
                           moved[3] }),
              sizeof object->corners);
    }
  return TRUE;
}

/* (transfer full) (nullable) */
static MonocleTrainExample *
move_example (const View *view, const MonocleTrainExample *example)
{
  g_autoptr (MonocleTrainExample) moved = monocle_train_example_copy (example);

  if (moved->has_region)
    {
      const MonocleBox *region = &example->region;
      const double box[]
          = { (double) region->x1, (double) region->y1, (double) region->x2, (double) region->y2 };
      double at[4];

      if (!move_box (view, box, at))
        return NULL;
      moved->region = (MonocleBox){ (float) at[0], (float) at[1], (float) at[2], (float) at[3] };
    }
  if (moved->objects && moved->objects->len > 0)
    {
      move_objects (view, moved->objects);
      /* That all of it is gone is no answer to a question about some of it. */
      if (moved->objects->len == 0)
        return NULL;
    }
  return g_steal_pointer (&moved);
}

MonocleImage *
monocle_train_view_new (
    MonocleImage *image, const GPtrArray *examples, guint64 seed, guint index, GPtrArray **seen)
{
  const View view = draw_view (image, examples, seed, index);

  *seen = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_train_example_free);
  for (guint i = 0; i < examples->len; i++)
    g_ptr_array_add (*seen, index == 0 ? monocle_train_example_copy (examples->pdata[i])
                                       : move_example (&view, examples->pdata[i]));
  return index == 0 ? monocle_image_ref (image) : draw (&view, image);
}
