/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "engine/models/world/painter-private.h"

/* What its words begin with; behind them those of squares. */
enum
{
  BEGIN = MONOCLE_WORLD_MASK + 1,
  END,
  FIRST_SQUARE
};

static guint32
first_radius (const MonocleWorldPainter *self)
{
  return FIRST_SQUARE + self->n_squares;
}

static guint32
first_colour (const MonocleWorldPainter *self)
{
  return first_radius (self) + self->config->n_things * self->config->n_radii;
}

static guint32
first_place (const MonocleWorldPainter *self)
{
  return first_colour (self) + self->config->n_things * self->paints.n_colours;
}

guint32
monocle_world_painter_get_code (const MonocleWorldPainter *self)
{
  return first_place (self) + 2 * self->config->n_places;
}

static guint32
first_obstacle (const MonocleWorldPainter *self)
{
  return monocle_world_painter_get_code (self) + self->paints.vqgan.n_codes;
}

/* Those of obstacles are in the order of the configuration's. */
static guint32
find_obstacle_word (const MonocleWorldPainter *self, guint32 word)
{
  return first_obstacle (self) + word
         - monocle_world_config_get_obstacle (self->config, MONOCLE_OBSTACLE_BOX, 0);
}

guint
monocle_world_painter_count_all_tokens (const MonocleWorldPainter *self)
{
  return MONOCLE_WORLD_OBSTACLE_TOKENS + 2 * monocle_world_painter_count_tokens (self);
}

guint
monocle_world_painter_count_tokens (const MonocleWorldPainter *self)
{
  return 2 * self->config->n_things + self->n_squares + 1;
}

guint32
monocle_world_painter_count_words (const MonocleWorldPainter *self)
{
  return find_obstacle_word (self, monocle_world_config_count_words (self->config));
}

/* --- colours ------------------------------------------------------------------------------ */

static guint
find_nearest_colour (const MonocleWorldPaints *paints, const double colour[3])
{
  double best = HUGE_VAL;
  guint found = 0;

  for (guint k = 0; k < paints->n_colours; k++)
    {
      double far = 0;

      for (guint c = 0; c < 3; c++)
        far += pow (colour[c] - (double) paints->colours[k][c], 2);
      if (far < best)
        {
          best = far;
          found = k;
        }
    }
  return found;
}

/* The mean of what lies well inside of it, or at its centre. */
static void
get_colour (MonocleImage *image, double x, double y, double radius, double mean[3])
{
  const int side = (int) monocle_image_get_width (image);
  const guint8 *pixels = monocle_image_get_pixels (image);
  const double within = MAX (radius - 1, 1);
  guint n = 0;

  mean[0] = mean[1] = mean[2] = 0;
  for (int v = 0; v < side; v++)
    for (int u = 0; u < side; u++)
      {
        if (hypot (u + 0.5 - x, v + 0.5 - y) > within)
          continue;
        n++;
        for (guint c = 0; c < 3; c++)
          mean[c] += pixels[3 * (v * side + u) + (int) c] / 255.0;
      }
  for (guint c = 0; c < 3; c++)
    mean[c] /= MAX (n, 1);
}

void
monocle_world_painter_find_colours (const MonocleWorldPainter *self,
                                    MonocleImage *image,
                                    const MonocleTracks *tracks,
                                    const float *places,
                                    guint *colours)
{
  const double side = self->paints.side;

  for (guint i = 0; i < tracks->n_things; i++)
    {
      double mean[3];

      get_colour (image, (double) places[2 * i] * side, (double) places[2 * i + 1] * side,
                  (double) tracks->radii[i] * side, mean);
      colours[i] = find_nearest_colour (&self->paints, mean);
    }
}

void
monocle_world_painter_write_obstacle (const MonocleWorldPainter *self,
                                      const MonocleObstacle *obstacle,
                                      guint32 words[MONOCLE_WORLD_OBSTACLE_TOKENS],
                                      guint32 beside[MONOCLE_WORLD_OBSTACLE_TOKENS])
{
  const double sizes[MONOCLE_WORLD_OBSTACLE_TOKENS]
      = { obstacle->left, obstacle->right, obstacle->top };
  const gboolean is_told = obstacle->kind != MONOCLE_OBSTACLE_NONE && self->config->n_sizes > 0;

  for (guint i = 0; i < MONOCLE_WORLD_OBSTACLE_TOKENS; i++)
    {
      words[i] = beside[i] = MONOCLE_WORLD_MASK;
      if (!is_told)
        continue;
      words[i] = find_obstacle_word (
          self, monocle_world_config_get_obstacle (self->config, obstacle->kind, i));
      beside[i] = find_obstacle_word (self, monocle_world_config_get_size (self->config, sizes[i]));
    }
}

void
monocle_world_painter_write (const MonocleWorldPainter *self,
                             const MonocleTracks *tracks,
                             const float *places,
                             const guint *colours,
                             guint32 *words,
                             guint32 *beside)
{
  const MonocleWorldConfig *config = self->config;
  const guint n_coordinates = 2 * config->n_things;
  const guint32 first_size = monocle_world_config_get_radius (config, 0, 0);

  for (guint i = 0; i < monocle_world_painter_count_tokens (self); i++)
    words[i] = beside[i] = MONOCLE_WORLD_MASK;
  for (guint c = 0; c < 2 * tracks->n_things; c++)
    {
      const guint thing = c / 2, axis = c % 2;
      const double units = (double) tracks->radii[thing] * config->side;
      const double steps = CLAMP ((double) places[c], -1e3, 1e3) * config->side * config->per_unit;
      const guint32 place = monocle_world_config_get_place (config, 0, (int) rint (steps))
                            - monocle_world_config_get_place (config, 0, (int) config->first_place);
      const guint32 size = monocle_world_config_get_radius (config, thing, units) - first_size;

      words[c] = first_place (self) + axis * config->n_places + place;
      beside[c] = axis == 0 ? first_radius (self) + size
                            : first_colour (self) + thing * self->paints.n_colours + colours[thing];
    }
  words[n_coordinates] = BEGIN;
  for (guint i = 0; i < self->n_squares; i++)
    beside[n_coordinates + i] = FIRST_SQUARE + i;
  beside[n_coordinates + self->n_squares] = END;
}
