/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/scene.h"

#include <math.h>

#include "app/world/obstacle.h"

/* Steps of a frame: a ball enters another by less than a third of a unit before they part. */
#define N_STEPS 16

/* A ball that bounces lower and lower does so infinitely often: after so many times it lies. */
#define MAX_BOUNCES 8

#define MAX_SPEED   1.5
#define MAX_GRAVITY 0.2
#define MAX_HEAVY   0.3

/* In a frame, of ways that bend. */
#define MIN_TURN 0.4
#define MAX_TURN 0.7

/* Where a ball finds no place after so many tries there is one less. */
#define MOST_TRIES 10000

/* Of scenes in which a ball is thrown. */
#define THROWN 0.15

/* --- flight ------------------------------------------------------------------------------- */

/* When what goes towards a wall, @distance away, reaches it; @pull is against it where it is
 * negative. Negative: never. */
static double
find_time (double distance, double speed, double pull)
{
  const double root = speed * speed + 2 * pull * distance;
  const double sum = speed + sqrt (MAX (root, 0));

  return sum > 0 ? 2 * distance / sum : -1;
}

gboolean
monocle_world_move (double *place,
                    double *speed,
                    double pull,
                    double time,
                    double low,
                    double high,
                    double restitution)
{
  gboolean bounced = FALSE;

  for (guint i = 0; i < MAX_BOUNCES; i++)
    {
      const double end = *place + *speed * time + pull * time * time / 2;
      const gboolean is_high = end > high;
      double when;

      if (end >= low && end <= high)
        {
          *place = end;
          *speed += pull * time;
          return bounced;
        }
      when = is_high ? find_time (MAX (high - *place, 0), *speed, pull)
                     : find_time (MAX (*place - low, 0), -*speed, -pull);
      *place = is_high ? high : low;
      if (when < 0 || when > time)
        break;
      *speed = -restitution * (*speed + pull * when);
      time -= when;
      /* What lies does not bounce. */
      bounced |= fabs (*speed) > pull * time / 4;
    }
  *speed = 0;
  return bounced;
}

/* --- balls -------------------------------------------------------------------------------- */

static double
get_mass (const MonocleWorldBall *ball)
{
  return ball->radius * ball->radius;
}

/* Two that touch and approach part as elastic bodies do. */
static gboolean
collide (MonocleWorldBall *a, MonocleWorldBall *b)
{
  const double dx = b->x - a->x, dy = b->y - a->y;
  const double distance = sqrt (dx * dx + dy * dy);
  const double ma = get_mass (a), mb = get_mass (b);
  double approach, nx, ny;

  if (distance >= a->radius + b->radius || distance <= 0)
    return FALSE;
  nx = dx / distance;
  ny = dy / distance;
  approach = (a->vx - b->vx) * nx + (a->vy - b->vy) * ny;
  if (approach <= 0)
    return FALSE;
  a->vx -= 2 * mb / (ma + mb) * approach * nx;
  a->vy -= 2 * mb / (ma + mb) * approach * ny;
  b->vx += 2 * ma / (ma + mb) * approach * nx;
  b->vy += 2 * ma / (ma + mb) * approach * ny;
  return TRUE;
}

static void
turn (MonocleWorldBall *ball, double angle)
{
  const double c = cos (angle), s = sin (angle), vx = ball->vx;

  ball->vx = c * vx - s * ball->vy;
  ball->vy = s * vx + c * ball->vy;
}

guint
monocle_world_scene_step (MonocleWorldScene *self)
{
  guint events = 0;

  if (self->thrown.frame == self->frame)
    {
      self->balls[self->thrown.ball].vx = self->thrown.vx;
      self->balls[self->thrown.ball].vy = self->thrown.vy;
      events |= 1U << self->thrown.ball;
    }
  for (guint step = 0; step < N_STEPS; step++)
    {
      for (guint i = 0; i < self->n_balls; i++)
        {
          MonocleWorldBall *ball = &self->balls[i];
          const double low = ball->radius, high = MONOCLE_WORLD_SIDE - ball->radius;

          if (self->turn != 0)
            turn (ball, self->turn / N_STEPS);
          if (monocle_world_move (&ball->x, &ball->vx, 0, 1.0 / N_STEPS, low, high,
                                  self->restitution)
              | monocle_world_move (&ball->y, &ball->vy, self->gravity, 1.0 / N_STEPS, low, high,
                                    self->restitution))
            events |= 1U << i;
          if (self->obstacle.kind != MONOCLE_OBSTACLE_NONE
              && monocle_world_obstacle_meet (&self->obstacle, ball, self->gravity,
                                              self->restitution))
            events |= 1U << i;
        }
      for (guint i = 0; i < self->n_balls; i++)
        for (guint j = i + 1; j < self->n_balls; j++)
          if (collide (&self->balls[i], &self->balls[j]))
            events |= 1U << i | 1U << j;
    }
  self->frame++;
  return events;
}

double
monocle_world_scene_get_energy (const MonocleWorldScene *self)
{
  double sum = 0;

  for (guint i = 0; i < self->n_balls; i++)
    {
      const MonocleWorldBall *ball = &self->balls[i];

      sum += get_mass (ball)
             * ((ball->vx * ball->vx + ball->vy * ball->vy) / 2
                + self->gravity * (MONOCLE_WORLD_SIDE - ball->y));
    }
  return sum;
}

/* --- the first frame ---------------------------------------------------------------------- */

static gboolean
is_free (const MonocleWorldScene *self, const MonocleWorldBall *ball)
{
  if (self->obstacle.kind != MONOCLE_OBSTACLE_NONE
      && monocle_world_obstacle_measure (&self->obstacle, ball->x, ball->y) < ball->radius)
    return FALSE;
  for (guint i = 0; i < self->n_balls; i++)
    {
      const double dx = self->balls[i].x - ball->x, dy = self->balls[i].y - ball->y;
      const double both = self->balls[i].radius + ball->radius;

      if (dx * dx + dy * dy < both * both)
        return FALSE;
    }
  return TRUE;
}

static void
add_ball (MonocleWorldScene *self, GRand *rand)
{
  MonocleWorldBall ball;
  guint n_tries = 0;

  ball.radius = 3 + g_rand_int_range (rand, 0, 5) / 2.0;
  ball.colour = (guint) g_rand_int_range (rand, 0, 4);
  do
    {
      if (++n_tries > MOST_TRIES)
        return;
      ball.x = g_rand_double_range (rand, ball.radius, MONOCLE_WORLD_SIDE - ball.radius);
      ball.y = g_rand_double_range (rand, ball.radius, MONOCLE_WORLD_SIDE - ball.radius);
    }
  while (!is_free (self, &ball));
  ball.vx = g_rand_double_range (rand, -MAX_SPEED, MAX_SPEED);
  ball.vy = g_rand_double_range (rand, -MAX_SPEED, MAX_SPEED);
  self->balls[self->n_balls++] = ball;
}

void
monocle_world_scene_init (MonocleWorldScene *self, MonocleWorldKind kind, guint32 seed)
{
  const guint32 seeds[] = { 0x6d6f6e6f, kind, seed };
  g_autoptr (GRand) rand = g_rand_new_with_seed_array (seeds, G_N_ELEMENTS (seeds));
  const guint n = (guint) g_rand_int_range (rand, 1, MONOCLE_WORLD_MAX_BALLS + 1);

  *self = (MonocleWorldScene){ .thrown.frame = -1 };
  self->gravity = kind == MONOCLE_WORLD_HEAVY ? g_rand_double_range (rand, MAX_GRAVITY, MAX_HEAVY)
                                              : g_rand_double_range (rand, 0, MAX_GRAVITY);
  self->restitution = g_rand_double_range (rand, 0.6, 1);
  if (kind == MONOCLE_WORLD_BLOCKED)
    monocle_world_obstacle_init (&self->obstacle, rand);
  for (guint i = 0; i < n; i++)
    add_ball (self, rand);
  if (g_rand_double (rand) < THROWN)
    {
      self->thrown.frame = g_rand_int_range (rand, 2, MONOCLE_WORLD_N_FRAMES - 4);
      self->thrown.ball = (guint) g_rand_int_range (rand, 0, (gint32) self->n_balls);
      self->thrown.vx = g_rand_int_range (rand, -20, 21) / 8.0;
      self->thrown.vy = g_rand_int_range (rand, -20, 21) / 8.0;
    }
  if (kind == MONOCLE_WORLD_TURNING)
    self->turn = g_rand_double_range (rand, MIN_TURN, MAX_TURN) * (g_rand_boolean (rand) ? 1 : -1);
}
