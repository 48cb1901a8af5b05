/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/compare.h"

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
collect (MonocleQuery *query)
{
  GListModel *list = monocle_query_get_annotations (query);
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
list_pairs (GArray *left, GArray *right, double min_iou)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (Pair));

  for (guint i = 0; i < left->len; i++)
    for (guint k = 0; k < right->len; k++)
      {
        const Candidate *a = &g_array_index (left, Candidate, i);
        const Candidate *b = &g_array_index (right, Candidate, k);
        Pair pair = { i, k, monocle_rect_get_overlap (&a->bounds, &b->bounds) };

        if (pair.iou > 0 && pair.iou >= min_iou && same_label (a, b))
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

MonocleComparison *
monocle_compare (MonocleQuery *left, MonocleQuery *right, double min_iou)
{
  g_autoptr (GArray) on_left = NULL, on_right = NULL, pairs = NULL;
  MonocleComparison *self;

  g_return_val_if_fail (MONOCLE_IS_QUERY (left), NULL);
  g_return_val_if_fail (MONOCLE_IS_QUERY (right), NULL);

  on_left = collect (left);
  on_right = collect (right);
  pairs = list_pairs (on_left, on_right, min_iou);

  self = g_new0 (MonocleComparison, 1);
  self->matched = g_array_new (FALSE, FALSE, sizeof (MonocleMatch));
  g_array_set_clear_func (self->matched, clear_match);
  for (guint i = 0; i < pairs->len; i++)
    {
      const Pair *pair = &g_array_index (pairs, Pair, i);
      Candidate *a = &g_array_index (on_left, Candidate, pair->left);
      Candidate *b = &g_array_index (on_right, Candidate, pair->right);
      MonocleMatch match = { a->annotation, b->annotation, pair->iou };

      if (a->matched || b->matched)
        continue;
      a->matched = b->matched = TRUE;
      g_object_ref (match.left);
      g_object_ref (match.right);
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
