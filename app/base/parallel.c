/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/base/parallel.h"

#define MAX_THREADS 16

typedef struct
{
  guint n, block, n_blocks;
  MonocleParallelWork work;
  gpointer user_data;
  gint next; /* atomic: the first block that nobody has taken */
} Job;

static gpointer
take_blocks (gpointer data)
{
  Job *job = data;
  guint i;

  while ((i = (guint) g_atomic_int_add (&job->next, 1)) < job->n_blocks)
    job->work (i * job->block, job->n - i * job->block > job->block ? (i + 1) * job->block : job->n,
               job->user_data);
  return NULL;
}

void
monocle_parallel_run (guint n, guint block, MonocleParallelWork work, gpointer user_data)
{
  Job job = { .n = n, .block = block, .work = work, .user_data = user_data };
  GThread *threads[MAX_THREADS] = { NULL };
  guint n_threads;

  g_return_if_fail (block > 0);

  job.n_blocks = n / block + (n % block > 0);
  n_threads = MIN (MIN (g_get_num_processors (), MAX_THREADS), job.n_blocks);
  /* Without one of them the others do its part. */
  for (guint i = 1; i < n_threads; i++)
    threads[i] = g_thread_try_new ("parallel", take_blocks, &job, NULL);
  take_blocks (&job);
  for (guint i = 1; i < n_threads; i++)
    if (threads[i])
      g_thread_join (threads[i]);
}
