/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/compare.h"

#include <math.h>

/* Less is what two runs of the same may differ by. */
#define LEAST_PIXELS 1.0
#define LEAST_SCORE  0.01

typedef struct
{
  MonocleAnnotation *annotation; /* owned */
  MonocleRect bounds;
  char *label; /* folded */
  gboolean matched;
} Candidate;

typedef struct
{
  guint left, right;
  double iou;
} Pair;

static void
clear_candidate (gpointer data)
{
  Candidate *candidate = data;

  g_object_unref (candidate->annotation);
  g_free (candidate->label);
}

static GArray *
collect (GListModel *list)
{
  GArray *candidates = g_array_new (FALSE, TRUE, sizeof (Candidate));

  g_array_set_clear_func (candidates, clear_candidate);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      MonocleAnnotation *annotation = g_list_model_get_item (list, i);
      Candidate candidate = {
        .annotation = annotation,
        .bounds = monocle_annotation_get_bounds (annotation),
        .label = g_utf8_casefold (monocle_annotation_get_label (annotation), -1),
      };

      g_array_append_val (candidates, candidate);
    }

  return candidates;
}

/* Best first; of equals as the answers have them, so that the same comparison always comes out. */
static int
compare_pairs (gconstpointer a, gconstpointer b)
{
  const Pair *left = a, *right = b;

  if (left->iou < right->iou || left->iou > right->iou)
    return left->iou > right->iou ? -1 : 1;
  if (left->left != right->left)
    return left->left < right->left ? -1 : 1;
  return left->right < right->right ? -1 : left->right > right->right;
}

static gboolean
same_label (const Candidate *a, const Candidate *b)
{
  return !*a->label || !*b->label || g_str_equal (a->label, b->label);
}

static GArray *
list_pairs (GArray *left, GArray *right, double min_iou, gboolean any_label)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (Pair));

  for (guint i = 0; i < left->len; i++)
    for (guint k = 0; k < right->len; k++)
      {
        const Candidate *a = &g_array_index (left, Candidate, i);
        const Candidate *b = &g_array_index (right, Candidate, k);
        Pair pair = { i, k, monocle_rect_get_overlap (&a->bounds, &b->bounds) };

        if (pair.iou > 0 && pair.iou >= min_iou && (any_label || same_label (a, b)))
          g_array_append_val (pairs, pair);
      }
  g_array_sort (pairs, compare_pairs);

  return pairs;
}

static void
clear_match (gpointer data)
{
  MonocleMatch *match = data;

  g_object_unref (match->left);
  g_object_unref (match->right);
}

static GPtrArray *
collect_unmatched (GArray *candidates)
{
  GPtrArray *unmatched = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < candidates->len; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);

      if (!candidate->matched)
        g_ptr_array_add (unmatched, g_object_ref (candidate->annotation));
    }

  return unmatched;
}

gboolean
monocle_compare_has_moved (MonocleAnnotation *left, MonocleAnnotation *right)
{
  MonocleShape *a, *b;
  const double *points_a, *points_b;
  guint n_a, n_b;

  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (left) && MONOCLE_IS_ANNOTATION (right), FALSE);

  a = monocle_annotation_get_shape (left);
  b = monocle_annotation_get_shape (right);
  points_a = monocle_shape_get_points (a, &n_a);
  points_b = monocle_shape_get_points (b, &n_b);
  if (monocle_shape_get_kind (a) != monocle_shape_get_kind (b) || n_a != n_b)
    return TRUE;
  for (guint i = 0; i < 2 * n_a; i++)
    if (!(fabs (points_a[i] - points_b[i]) < LEAST_PIXELS))
      return TRUE;
  return FALSE;
}

static MonocleMatchChange
find_change (MonocleAnnotation *left, MonocleAnnotation *right)
{
  const float a = monocle_annotation_get_score (left), b = monocle_annotation_get_score (right);

  if (monocle_compare_has_moved (left, right))
    return MONOCLE_MATCH_MOVED;
  return isnan (a) != isnan (b) || (double) fabsf (a - b) >= LEAST_SCORE ? MONOCLE_MATCH_SCORED
                                                                         : MONOCLE_MATCH_SAME;
}

MonocleComparison *
monocle_compare (MonocleQuery *left, MonocleQuery *right, double min_iou)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (left), NULL);
  g_return_val_if_fail (MONOCLE_IS_QUERY (right), NULL);

  return monocle_compare_lists (monocle_query_get_annotations (left),
                                monocle_query_get_annotations (right), min_iou, FALSE);
}

MonocleComparison *
monocle_compare_lists (GListModel *left, GListModel *right, double min_iou, gboolean any_label)
{
  g_autoptr (GArray) on_left = NULL, on_right = NULL, pairs = NULL;
  MonocleComparison *self;

  g_return_val_if_fail (G_IS_LIST_MODEL (left), NULL);
  g_return_val_if_fail (G_IS_LIST_MODEL (right), NULL);

  on_left = collect (left);
  on_right = collect (right);
  pairs = list_pairs (on_left, on_right, min_iou, any_label);

  self = g_new0 (MonocleComparison, 1);
  self->matched = g_array_new (FALSE, FALSE, sizeof (MonocleMatch));
  g_array_set_clear_func (self->matched, clear_match);
  for (guint i = 0; i < pairs->len; i++)
    {
      const Pair *pair = &g_array_index (pairs, Pair, i);
      Candidate *a = &g_array_index (on_left, Candidate, pair->left);
      Candidate *b = &g_array_index (on_right, Candidate, pair->right);
      MonocleMatch match = { a->annotation, b->annotation, pair->iou, MONOCLE_MATCH_SAME };

      if (a->matched || b->matched)
        continue;
      a->matched = b->matched = TRUE;
      g_object_ref (match.left);
      g_object_ref (match.right);
      match.change = find_change (match.left, match.right);
      g_array_append_val (self->matched, match);
    }
  self->only_left = collect_unmatched (on_left);
  self->only_right = collect_unmatched (on_right);

  return self;
}

void
monocle_comparison_free (MonocleComparison *self)
{
  if (!self)
    return;

  g_array_unref (self->matched);
  g_ptr_array_unref (self->only_left);
  g_ptr_array_unref (self->only_right);
  g_free (self);
}
