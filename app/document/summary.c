/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/summary.h"

#include <math.h>

/* What was read in a picture is a label too: more of one picture are not told apart. */
#define MAX_FOUND_LABELS 100

static GHashTable *
labels_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Sums of numbers from files stay numbers. */
static guint
add_up (guint a, guint b)
{
  return a > G_MAXUINT - b ? G_MAXUINT : a + b;
}

static void
count_label (GHashTable *labels, const char *label, guint n)
{
  const guint before = GPOINTER_TO_UINT (g_hash_table_lookup (labels, label));

  g_hash_table_insert (labels, g_strdup (label), GUINT_TO_POINTER (add_up (before, n)));
}

MonocleSummary *
monocle_summary_new_empty (void)
{
  MonocleSummary *self = g_new0 (MonocleSummary, 1);

  self->best = NAN;
  self->own_labels = labels_new ();
  self->found_labels = labels_new ();
  return self;
}

void
monocle_summary_free (MonocleSummary *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->own_labels);
  g_hash_table_unref (self->found_labels);
  g_free (self);
}

guint
monocle_summary_find_size (double width, double height)
{
  const double side = sqrt (MAX (width, 0) * MAX (height, 0));
  double bound = 16;
  guint size = 0;

  while (size < MONOCLE_SUMMARY_SIZES - 1 && side >= bound)
    {
      size++;
      bound *= 2;
    }
  return size;
}

static void
count_own (MonocleSummary *self, MonocleAnnotation *region)
{
  const MonocleRect bounds = monocle_annotation_get_bounds (region);

  self->n_own++;
  self->sizes[monocle_summary_find_size (bounds.width, bounds.height)]++;
  count_label (self->own_labels, monocle_annotation_get_label (region), 1);
}

static void
count_found (MonocleSummary *self, MonocleAnnotation *object)
{
  const double score = (double) monocle_annotation_get_score (object);

  self->n_found++;
  if (isfinite (score) && !(self->best >= score))
    self->best = score;
  if (g_hash_table_size (self->found_labels) < MAX_FOUND_LABELS
      || g_hash_table_contains (self->found_labels, monocle_annotation_get_label (object)))
    count_label (self->found_labels, monocle_annotation_get_label (object), 1);
}

static void
count_answer (MonocleSummary *self, MonocleQuery *query)
{
  GListModel *objects = monocle_query_get_annotations (query);

  self->n_answers++;
  for (guint i = 0; i < g_list_model_get_n_items (objects); i++)
    {
      g_autoptr (MonocleAnnotation) object = g_list_model_get_item (objects, i);

      count_found (self, object);
    }
}

MonocleSummary *
monocle_summary_new (MonocleDocument *document)
{
  MonocleSummary *self;
  GListModel *regions, *queries;

  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (document), NULL);

  self = monocle_summary_new_empty ();
  self->is_done = monocle_document_is_done (document);
  regions = monocle_document_get_regions (document);
  queries = monocle_document_get_queries (document);
  for (guint i = 0; i < g_list_model_get_n_items (regions); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, i);

      count_own (self, region);
    }
  for (guint i = 0; i < g_list_model_get_n_items (queries); i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      if (!monocle_query_is_active (query))
        count_answer (self, query);
    }
  self->n_answers
      = add_up (self->n_answers, g_list_model_get_n_items (monocle_document_get_talk (document)));
  return self;
}

gboolean
monocle_summary_has_work (const MonocleSummary *self)
{
  return self->is_done || self->n_own > 0 || self->n_answers > 0;
}

gboolean
monocle_summary_has_objects (const MonocleSummary *self)
{
  return self->n_own > 0 || self->n_found > 0;
}

gboolean
monocle_summary_has_label (const MonocleSummary *self, const char *label)
{
  return g_hash_table_contains (self->own_labels, label)
         || g_hash_table_contains (self->found_labels, label);
}

static void
add_labels (GHashTable *labels, GHashTable *others)
{
  GHashTableIter iter;
  gpointer label, n;

  g_hash_table_iter_init (&iter, others);
  while (g_hash_table_iter_next (&iter, &label, &n))
    count_label (labels, label, GPOINTER_TO_UINT (n));
}

void
monocle_summary_add (MonocleSummary *self, const MonocleSummary *other)
{
  self->n_own = add_up (self->n_own, other->n_own);
  self->n_found = add_up (self->n_found, other->n_found);
  self->n_answers = add_up (self->n_answers, other->n_answers);
  if (isfinite (other->best) && !(self->best >= other->best))
    self->best = other->best;
  for (guint i = 0; i < MONOCLE_SUMMARY_SIZES; i++)
    self->sizes[i] = add_up (self->sizes[i], other->sizes[i]);
  add_labels (self->own_labels, other->own_labels);
  add_labels (self->found_labels, other->found_labels);
}

/* --- In files --- */

static GVariant *
store_labels (GHashTable *labels)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer label, n;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(su)"));
  g_hash_table_iter_init (&iter, labels);
  while (g_hash_table_iter_next (&iter, &label, &n))
    {
      g_autofree char *valid = g_utf8_make_valid (label, -1);

      g_variant_builder_add (&builder, "(su)", valid, GPOINTER_TO_UINT (n));
    }
  return g_variant_builder_end (&builder);
}

GVariant *
monocle_summary_store (const MonocleSummary *self)
{
  return g_variant_new ("(buuud@a(su)@a(su)@au)", self->is_done, self->n_own, self->n_found,
                        self->n_answers, self->best, store_labels (self->own_labels),
                        store_labels (self->found_labels),
                        g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, self->sizes,
                                                   MONOCLE_SUMMARY_SIZES, sizeof (guint32)));
}

/* @labels: (transfer full) */
static void
restore_labels (GHashTable *table, GVariantIter *labels)
{
  const char *label;
  guint32 n;

  while (g_variant_iter_next (labels, "(&su)", &label, &n))
    count_label (table, label, n);
  g_variant_iter_free (labels);
}

MonocleSummary *
monocle_summary_restore (GVariant *stored)
{
  g_autoptr (MonocleSummary) self = monocle_summary_new_empty ();
  GVariantIter *own, *found;
  g_autoptr (GVariant) sizes = NULL;
  const guint32 *numbers;
  gsize n;

  g_return_val_if_fail (g_variant_is_of_type (stored, G_VARIANT_TYPE (MONOCLE_STORED_SUMMARY)),
                        NULL);

  g_variant_get (stored, "(buuuda(su)a(su)@au)", &self->is_done, &self->n_own, &self->n_found,
                 &self->n_answers, &self->best, &own, &found, &sizes);
  restore_labels (self->own_labels, own);
  restore_labels (self->found_labels, found);
  numbers = g_variant_get_fixed_array (sizes, &n, sizeof *numbers);
  if (n != MONOCLE_SUMMARY_SIZES)
    return NULL;
  for (guint i = 0; i < MONOCLE_SUMMARY_SIZES; i++)
    self->sizes[i] = numbers[i];
  return g_steal_pointer (&self);
}
