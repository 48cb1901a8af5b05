/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was found, and what can be asked.
 */
#include "config.h"

#include <math.h>

#include <glib/gi18n.h>

#include "engine/answer/result-private.h"
#include "engine/models/eomt/private.h"

/* How sure a segment must be: the reference's number. */
#define USUAL_SCORE 0.8

static const MonocleTask tasks[] = {
  {
      .id = "segment",
      .tag = "",
      .title = N_ ("Divide Picture"),
      .description = N_ ("Gives every pixel to a thing or to what is around things"),
      .kind = MONOCLE_TASK_OUTLINE,
      .takes = MONOCLE_TAKES_NOTHING,
      .gives = MONOCLE_GIVES_OUTLINES,
  },
  {
      .id = "segment-each",
      .tag = "",
      .title = N_ ("Outline Objects"),
      .description = N_ ("Outlines each object by itself; outlines may overlap"),
      .kind = MONOCLE_TASK_OUTLINE,
      .takes = MONOCLE_TAKES_NOTHING,
      .gives = MONOCLE_GIVES_OUTLINES,
  },
};

static gboolean
is_shared (const MonocleTask *task)
{
  return task == &tasks[0];
}

/* The likeliest of the first @n of @n_all classes. */
static MonocleEomtSegment
judge (const float *logits, guint n, guint n_all, guint query)
{
  MonocleEomtSegment segment = { .query = query };
  double most = (double) logits[0], sum = 0;

  for (guint i = 0; i < n_all; i++)
    most = MAX (most, (double) logits[i]);
  for (guint i = 0; i < n_all; i++)
    sum += exp ((double) logits[i] - most);
  for (guint i = 1; i < n; i++)
    if (logits[i] > logits[segment.name])
      segment.name = i;
  segment.score = (float) (exp ((double) logits[segment.name] - most) / sum);
  return segment;
}

static void
segment_clear (gpointer data)
{
  MonocleEomtSegment *segment = data;

  g_clear_pointer (&segment->runs, monocle_mask_runs_unref);
}

/* Those that may be sure enough, in the order of the queries. */
static GArray *
list_segments (const MonocleEomt *self, const MonocleEomtSeen *seen, gboolean shared, double least)
{
  guint n = self->config.n_names;
  GArray *segments = g_array_new (FALSE, FALSE, sizeof (MonocleEomtSegment));

  g_array_set_clear_func (segments, segment_clear);
  for (guint i = 0; i < self->config.n_queries; i++)
    {
      /* The last class is nothing: where pixels are shared it takes part, and takes none. */
      MonocleEomtSegment segment
          = judge (seen->classes + (gsize) i * (n + 1), shared ? n + 1 : n, n + 1, i);

      if (segment.name < n
          && (shared ? (double) segment.score > least : (double) segment.score >= least))
        g_array_append_val (segments, segment);
    }
  return segments;
}

static MonocleEomtFrame
make_frame (const MonocleEomt *self, guint width, guint height)
{
  MonocleEomtFrame frame = {
    .mask_side = monocle_eomt_get_mask_side (&self->config),
    .side = self->config.side,
    .fit_width = width,
    .fit_height = height,
    .width = width,
    .height = height,
  };

  monocle_fit_get_size (&self->fit, &frame.fit_width, &frame.fit_height);
  return frame;
}

static gboolean
fill (const MonocleEomt *self,
      const MonocleEomtSeen *seen,
      const MonocleFamilyQuestion *question,
      gboolean shared,
      GArray *segments,
      GError **error)
{
  const MonocleEomtFrame frame = make_frame (self, question->width, question->height);
  g_autoptr (GPtrArray) maps = g_ptr_array_new_with_free_func (g_free);
  gsize size = (gsize) frame.mask_side * frame.mask_side;

  for (guint i = 0; i < segments->len; i++)
    {
      MonocleEomtSegment *segment = &g_array_index (segments, MonocleEomtSegment, i);
      g_autofree float *map
          = monocle_eomt_unfold_mask (&frame, seen->masks + segment->query * size);

      if (g_cancellable_set_error_if_cancelled (question->cancellable, error))
        return FALSE;
      if (shared)
        g_ptr_array_add (maps, g_steal_pointer (&map));
      else
        monocle_eomt_cut_out (&frame, segment, map);
    }
  if (shared)
    monocle_eomt_share_pixels (&frame, (MonocleEomtSegment *) (gpointer) segments->data,
                               (float *const *) maps->pdata, segments->len);
  return TRUE;
}

static int
compare_segments (gconstpointer a, gconstpointer b)
{
  const MonocleEomtSegment *x = a, *y = b;

  if (x->score != y->score)
    return x->score < y->score ? 1 : -1;
  return x->query < y->query ? -1 : x->query > y->query;
}

gboolean
monocle_eomt_segment (const MonocleEomt *self,
                      const MonocleEomtSeen *seen,
                      const MonocleFamilyQuestion *question,
                      MonocleFamilyAnswer *answer,
                      GError **error)
{
  double least = question->has_threshold ? question->threshold : USUAL_SCORE;
  gboolean shared = is_shared (question->task);
  g_autoptr (GArray) segments = list_segments (self, seen, shared, least);
  g_autoptr (MonocleResult) result = monocle_result_new ();

  if (!fill (self, seen, question, shared, segments, error))
    return FALSE;
  g_array_sort (segments, compare_segments);
  for (guint i = 0; i < segments->len; i++)
    {
      const MonocleEomtSegment *segment = &g_array_index (segments, MonocleEomtSegment, i);
      MonocleObject object;

      if (!segment->runs || (double) segment->score < least)
        continue;
      object = (MonocleObject){
        .label = g_strdup (self->config.names[segment->name]),
        .shape = monocle_shape_new_mask (segment->runs),
        .score = segment->score,
      };
      monocle_result_take_object (result, &object);
    }
  g_ptr_array_add (answer->results, g_steal_pointer (&result));
  return TRUE;
}

void
monocle_eomt_list_tasks (GPtrArray *list)
{
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_ptr_array_add (list, (gpointer) &tasks[i]);
}
