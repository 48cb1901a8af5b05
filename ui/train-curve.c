/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/train-curve.h"

#include <glib/gi18n.h>
#include <math.h>

#define HEIGHT     150
#define MARGIN     6.0
#define THIN       1.5
#define THICK      2.5
#define DOT        4.5
#define GRID_ALPHA 0.15
#define DIM_ALPHA  0.55
/* Of the line of what is learnt, which is rough: points in the width of the widget. */
#define MAX_POINTS 120

struct _MonocleTrainCurve
{
  GtkWidget parent_instance;

  GArray *steps, *rounds;
  guint n_steps;
};

G_DEFINE_FINAL_TYPE (MonocleTrainCurve, monocle_train_curve, GTK_TYPE_WIDGET)

typedef struct
{
  cairo_t *cr;
  double width, height;
  double most;
  guint n_steps;
} Plot;

static double
get_x (const Plot *plot, double step)
{
  return MARGIN + step / MAX (plot->n_steps, 1) * (plot->width - 2 * MARGIN);
}

static double
get_y (const Plot *plot, double loss)
{
  return plot->height - MARGIN - loss / plot->most * (plot->height - 2 * MARGIN);
}

static double
find_most (const MonocleTrainCurve *self)
{
  double most = 0;

  for (guint i = 0; i < self->steps->len; i++)
    most = MAX (most, g_array_index (self->steps, MonocleTrainPoint, i).loss);
  for (guint i = 0; i < self->rounds->len; i++)
    {
      const double loss = g_array_index (self->rounds, MonocleTrainPoint, i).held_out_loss;

      if (isfinite (loss))
        most = MAX (most, loss);
    }
  return most > 0 && isfinite (most) ? most : 1;
}

/* The mean of a few steps each. */
static void
draw_learning (const Plot *plot, const GArray *steps)
{
  const guint n = steps->len / MAX_POINTS + 1;

  for (guint i = 0; i < steps->len; i += n)
    {
      const guint n_here = MIN (n, steps->len - i);
      double step = 0, loss = 0;

      for (guint j = i; j < i + n_here; j++)
        {
          const MonocleTrainPoint *point = &g_array_index (steps, MonocleTrainPoint, j);

          step += (double) point->step / n_here;
          loss += point->loss / n_here;
        }
      cairo_line_to (plot->cr, get_x (plot, step), get_y (plot, loss));
    }
  cairo_set_line_width (plot->cr, THIN);
  cairo_stroke (plot->cr);
}

/* As the trainer has it: by answers, ties by loss. */
static const MonocleTrainPoint *
find_best (const GArray *rounds)
{
  const MonocleTrainPoint *best = NULL;

  for (guint i = 0; i < rounds->len; i++)
    {
      const MonocleTrainPoint *point = &g_array_index (rounds, MonocleTrainPoint, i);

      if (isfinite (point->held_out_loss)
          && (!best || point->held_out_right > best->held_out_right
              || (!(point->held_out_right < best->held_out_right)
                  && point->held_out_loss < best->held_out_loss)))
        best = point;
    }
  return best;
}

static void
draw_held_out (const Plot *plot, const GArray *rounds)
{
  const MonocleTrainPoint *best = find_best (rounds);
  double x, y;

  if (!best)
    return;
  for (guint i = 0; i < rounds->len; i++)
    {
      const MonocleTrainPoint *point = &g_array_index (rounds, MonocleTrainPoint, i);

      if (isfinite (point->held_out_loss))
        cairo_line_to (plot->cr, get_x (plot, point->step), get_y (plot, point->held_out_loss));
    }
  cairo_set_line_width (plot->cr, THICK);
  cairo_stroke (plot->cr);
  x = get_x (plot, best->step);
  y = get_y (plot, best->held_out_loss);
  cairo_arc (plot->cr, x, y, DOT, 0, 2 * G_PI);
  cairo_fill (plot->cr);
  cairo_set_line_width (plot->cr, 1);
  cairo_set_dash (plot->cr, (double[]){ 2, 3 }, 2, 0);
  cairo_move_to (plot->cr, x, y);
  cairo_line_to (plot->cr, x, plot->height - MARGIN);
  cairo_stroke (plot->cr);
  cairo_set_dash (plot->cr, NULL, 0, 0);
}

static void
draw_grid (const Plot *plot)
{
  cairo_set_line_width (plot->cr, 1);
  for (guint i = 0; i <= 2; i++)
    {
      const double y = floor (get_y (plot, plot->most * i / 2)) + 0.5;

      cairo_move_to (plot->cr, MARGIN, y);
      cairo_line_to (plot->cr, plot->width - MARGIN, y);
    }
  cairo_stroke (plot->cr);
}

static void
set_source (cairo_t *cr, const GdkRGBA *colour, double alpha)
{
  cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, colour->alpha * alpha);
}

static void
monocle_train_curve_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MonocleTrainCurve *self = MONOCLE_TRAIN_CURVE (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  Plot plot = { .width = gtk_widget_get_width (widget),
                .height = gtk_widget_get_height (widget),
                .most = find_most (self),
                .n_steps = self->n_steps };
  GdkRGBA colour, accent;

  gtk_style_context_get_color (style, &colour);
  if (!gtk_style_context_lookup_color (style, "accent_color", &accent))
    accent = colour;
  plot.cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) plot.width, (float) plot.height));
  cairo_set_line_join (plot.cr, CAIRO_LINE_JOIN_ROUND);
  set_source (plot.cr, &colour, GRID_ALPHA);
  draw_grid (&plot);
  set_source (plot.cr, &colour, DIM_ALPHA);
  draw_learning (&plot, self->steps);
  set_source (plot.cr, &accent, 1);
  draw_held_out (&plot, self->rounds);
  cairo_destroy (plot.cr);
}

static void
monocle_train_curve_finalize (GObject *object)
{
  MonocleTrainCurve *self = MONOCLE_TRAIN_CURVE (object);

  g_array_unref (self->steps);
  g_array_unref (self->rounds);
  G_OBJECT_CLASS (monocle_train_curve_parent_class)->finalize (object);
}

static void
monocle_train_curve_class_init (MonocleTrainCurveClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = monocle_train_curve_finalize;
  widget_class->snapshot = monocle_train_curve_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
monocle_train_curve_init (MonocleTrainCurve *self)
{
  self->steps = g_array_new (FALSE, FALSE, sizeof (MonocleTrainPoint));
  self->rounds = g_array_new (FALSE, FALSE, sizeof (MonocleTrainPoint));
  gtk_widget_set_size_request (GTK_WIDGET (self), -1, HEIGHT);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("How wrong answers are, step by step"), -1);
}

GtkWidget *
monocle_train_curve_new (void)
{
  return g_object_new (MONOCLE_TYPE_TRAIN_CURVE, NULL);
}

static void
copy (GArray *to, const GArray *from)
{
  g_array_set_size (to, 0);
  g_array_append_vals (to, from->data, from->len);
}

/* For who does not see it. */
static void
describe (MonocleTrainCurve *self)
{
  const MonocleTrainPoint *best = find_best (self->rounds);
  g_autofree char *text
      = best ? g_strdup_printf (_ ("Best after %u steps"), best->step) : g_strdup ("");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

void
monocle_train_curve_show (MonocleTrainCurve *self,
                          const GArray *steps,
                          const GArray *rounds,
                          guint n_steps)
{
  g_return_if_fail (MONOCLE_IS_TRAIN_CURVE (self));

  copy (self->steps, steps);
  copy (self->rounds, rounds);
  self->n_steps = n_steps;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
