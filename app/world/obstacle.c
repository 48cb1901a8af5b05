/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/obstacle.h"

#include <math.h>

void
monocle_world_obstacle_init (MonocleObstacle *self, GRand *rand)
{
  const MonocleObstacleKind kind = (MonocleObstacleKind) g_rand_int_range (
      rand, MONOCLE_OBSTACLE_BOX, MONOCLE_N_OBSTACLE_KINDS);
  const gboolean is_box = kind == MONOCLE_OBSTACLE_BOX;
  const int width = is_box ? g_rand_int_range (rand, 5, 11) : g_rand_int_range (rand, 10, 21);
  const int height = is_box ? g_rand_int_range (rand, 4, 13) : g_rand_int_range (rand, 6, 15);

  *self = (MonocleObstacle){ .kind = kind, .top = MONOCLE_WORLD_SIDE - height };
  if (is_box)
    self->left = g_rand_int_range (rand, 4, 29 - width);
  else if (kind == MONOCLE_OBSTACLE_RAMP_RIGHT)
    self->left = MONOCLE_WORLD_SIDE - width;
  self->right = self->left + width;
}

MonocleObstacle
monocle_world_obstacle_scale (const MonocleObstacle *self, double scale)
{
  return (MonocleObstacle){ .kind = self->kind,
                            .left = self->left * scale,
                            .right = self->right * scale,
                            .top = self->top * scale };
}

/* Of a ramp, the slope from its upper end to its foot. */
static void
find_on_slope (const MonocleObstacle *self, double x, double y, double nearest[2])
{
  const gboolean is_left = self->kind == MONOCLE_OBSTACLE_RAMP_LEFT;
  const double from = is_left ? self->left : self->right, to = is_left ? self->right : self->left;
  const double dx = to - from, dy = MONOCLE_WORLD_SIDE - self->top;
  const double share = ((x - from) * dx + (y - self->top) * dy) / (dx * dx + dy * dy);

  nearest[0] = from + CLAMP (share, 0, 1) * dx;
  nearest[1] = self->top + CLAMP (share, 0, 1) * dy;
}

static void
find_nearest (const MonocleObstacle *self, double x, double y, double nearest[2])
{
  if (self->kind != MONOCLE_OBSTACLE_BOX)
    {
      find_on_slope (self, x, y, nearest);
      return;
    }
  nearest[0] = CLAMP (x, self->left, self->right);
  nearest[1] = MAX (y, self->top);
}

/* Whether a place is below the slope of a ramp. */
static gboolean
is_below (const MonocleObstacle *self, double x, double y)
{
  const double width = self->right - self->left, height = MONOCLE_WORLD_SIDE - self->top;
  const double from_wall
      = self->kind == MONOCLE_OBSTACLE_RAMP_LEFT ? x - self->left : self->right - x;

  return self->kind != MONOCLE_OBSTACLE_BOX && from_wall * height < (y - self->top) * width;
}

double
monocle_world_obstacle_measure (const MonocleObstacle *self, double x, double y)
{
  double nearest[2], distance;

  find_nearest (self, x, y, nearest);
  distance = hypot (x - nearest[0], y - nearest[1]);
  return is_below (self, x, y) ? -distance : distance;
}

gboolean
monocle_world_obstacle_meet (const MonocleObstacle *self,
                             MonocleWorldBall *ball,
                             double pull,
                             double restitution)
{
  const double low = ball->radius, high = MONOCLE_WORLD_SIDE - ball->radius;
  double nearest[2], distance, nx, ny, approach, lifted, speed;

  find_nearest (self, ball->x, ball->y, nearest);
  distance = hypot (ball->x - nearest[0], ball->y - nearest[1]);
  if (distance >= ball->radius || distance <= 0)
    return FALSE;
  nx = (ball->x - nearest[0]) / distance;
  ny = (ball->y - nearest[1]) / distance;
  lifted = ball->y;
  ball->x = CLAMP (ball->x + nx * (ball->radius - distance), low, high);
  ball->y = CLAMP (ball->y + ny * (ball->radius - distance), low, high);
  lifted -= ball->y;
  approach = -(ball->vx * nx + ball->vy * ny);
  if (approach <= 0)
    return FALSE;
  /* What lifting it gave, the bounce takes. */
  speed = sqrt (
      MAX (restitution * restitution * approach * approach - 2 * pull * MAX (lifted, 0), 0));
  ball->vx += nx * (approach + speed);
  ball->vy += ny * (approach + speed);
  /* What lies does not bounce. */
  return speed > pull / 4;
}
