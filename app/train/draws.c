/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/draws.h"

#include <math.h>

#include "app/train/chance.h"

/* Sides: what is new, and what is known. */
#define N_SIDES 2

/* Of one name: in an order that is drawn anew each time it is through. */
typedef struct
{
  GPtrArray *items; /* of GArray of guint: views */
  GArray *order;    /* of guint; the next ones at its end */
} Label;

typedef struct
{
  GPtrArray *labels; /* of Label, in the order in which they came */
  GHashTable *by_name;
  guint n;
} Task;

typedef struct
{
  GPtrArray *tasks; /* of Task */
  GHashTable *by_name;
} Side;

struct _MonocleTrainDraws
{
  guint64 seed;
  MonocleChance chance;
  double keep, owed; /* of what is known, carried from step to step */
  Side sides[N_SIDES];
};

static void
label_free (gpointer data)
{
  Label *label = data;

  g_ptr_array_unref (label->items);
  g_array_unref (label->order);
  g_free (label);
}

static void
task_free (gpointer data)
{
  Task *task = data;

  g_ptr_array_unref (task->labels);
  g_hash_table_unref (task->by_name);
  g_free (task);
}

MonocleTrainDraws *
monocle_train_draws_new (guint64 seed, double keep)
{
  MonocleTrainDraws *self = g_new0 (MonocleTrainDraws, 1);

  self->seed = seed;
  self->chance = monocle_chance (seed, 1);
  self->keep = keep;
  for (guint i = 0; i < N_SIDES; i++)
    {
      self->sides[i].tasks = g_ptr_array_new_with_free_func (task_free);
      self->sides[i].by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    }
  return self;
}

void
monocle_train_draws_free (MonocleTrainDraws *self)
{
  if (!self)
    return;

  for (guint i = 0; i < N_SIDES; i++)
    {
      g_ptr_array_unref (self->sides[i].tasks);
      g_hash_table_unref (self->sides[i].by_name);
    }
  g_free (self);
}

static Task *
get_task (Side *side, const char *name)
{
  Task *task = g_hash_table_lookup (side->by_name, name);

  if (task)
    return task;
  task = g_new0 (Task, 1);
  task->labels = g_ptr_array_new_with_free_func (label_free);
  task->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (side->tasks, task);
  g_hash_table_insert (side->by_name, g_strdup (name), task);
  return task;
}

static Label *
get_label (Task *task, const char *name)
{
  Label *label = g_hash_table_lookup (task->by_name, name);

  if (label)
    return label;
  label = g_new0 (Label, 1);
  label->items = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  label->order = g_array_new (FALSE, FALSE, sizeof (guint));
  g_ptr_array_add (task->labels, label);
  g_hash_table_insert (task->by_name, g_strdup (name), label);
  return label;
}

void
monocle_train_draws_add (MonocleTrainDraws *self,
                         const char *task,
                         const char *label,
                         gboolean is_old,
                         guint weight,
                         const guint *examples,
                         guint n)
{
  Task *of_task = get_task (&self->sides[is_old ? 1 : 0], task);
  g_autoptr (GArray) views = g_array_new (FALSE, FALSE, sizeof (guint));

  g_array_append_vals (views, examples, n);
  of_task->n++;
  for (guint i = 0; i < weight; i++)
    g_ptr_array_add (get_label (of_task, label)->items, g_array_ref (views));
}

/* With a chance that goes by the root of how many there are. */
static guint
draw_by_roots (MonocleChance *chance, const double *roots, guint n)
{
  double sum = 0, at;

  for (guint i = 0; i < n; i++)
    sum += roots[i];
  at = monocle_chance_unit (chance) * sum;
  for (guint i = 0; i + 1 < n; i++)
    {
      if (at < roots[i])
        return i;
      at -= roots[i];
    }
  return n - 1;
}

static guint
draw (MonocleTrainDraws *self, const Side *side)
{
  g_autofree double *roots = g_new (double, side->tasks->len);
  g_autofree double *inner = NULL;
  const Task *task;
  Label *label;
  const GArray *views;
  guint item;

  for (guint i = 0; i < side->tasks->len; i++)
    roots[i] = sqrt ((double) ((const Task *) side->tasks->pdata[i])->n);
  task = side->tasks->pdata[draw_by_roots (&self->chance, roots, side->tasks->len)];
  inner = g_new (double, task->labels->len);
  for (guint i = 0; i < task->labels->len; i++)
    inner[i] = sqrt ((double) ((const Label *) task->labels->pdata[i])->items->len);
  label = task->labels->pdata[draw_by_roots (&self->chance, inner, task->labels->len)];
  if (label->order->len == 0)
    {
      for (guint i = 0; i < label->items->len; i++)
        g_array_append_val (label->order, i);
      monocle_chance_shuffle (&self->chance, (guint *) (gpointer) label->order->data,
                              label->order->len);
    }
  item = g_array_index (label->order, guint, label->order->len - 1);
  g_array_set_size (label->order, label->order->len - 1);
  views = label->items->pdata[item];
  return g_array_index (views, guint, monocle_chance_below (&self->chance, views->len));
}

static void
restart_task (const Task *task)
{
  for (guint i = 0; i < task->labels->len; i++)
    g_array_set_size (((const Label *) task->labels->pdata[i])->order, 0);
}

void
monocle_train_draws_restart (MonocleTrainDraws *self)
{
  self->chance = monocle_chance (self->seed, 1);
  self->owed = 0;
  for (guint i = 0; i < N_SIDES; i++)
    for (guint j = 0; j < self->sides[i].tasks->len; j++)
      restart_task (self->sides[i].tasks->pdata[j]);
}

void
monocle_train_draws_next (MonocleTrainDraws *self, guint *batch, guint n)
{
  const gboolean has_new = self->sides[0].tasks->len > 0, has_old = self->sides[1].tasks->len > 0;
  guint n_old;

  g_return_if_fail (has_new || has_old);

  self->owed += self->keep * n;
  n_old = MIN ((guint) self->owed, n);
  self->owed -= n_old;
  if (!has_old)
    n_old = 0;
  else if (!has_new)
    n_old = n;
  for (guint i = 0; i < n; i++)
    batch[i] = draw (self, &self->sides[i < n_old ? 1 : 0]);
}
