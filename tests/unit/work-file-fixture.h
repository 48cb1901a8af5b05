/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Documents with anything in them, by chance.
 */
#pragma once

#include "app/document/attributes.h"
#include "app/document/document.h"
#include "app/document/query-private.h"
#include "engine/models/florence2/tasks.h"
#include "tests/unit/answer-fixture.h"

#define SOME_DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SIDE        24

/* Any number that a place may have: outside of the picture, and with all its digits. */
static inline double
any_number (GRand *rand)
{
  return g_rand_int_range (rand, 0, 3) == 0 ? g_rand_int_range (rand, -9, 99)
                                            : g_rand_double_range (rand, -1e3, 1e5);
}

static inline const char *
any_text (GRand *rand)
{
  static const char *const texts[] = {
    "", "tree", "caf\303\251", "a\"b\\c", "a\nb\t", "\001\342\200\256", "null", "\360\237\220\210"
  };

  return texts[g_rand_int_range (rand, 0, G_N_ELEMENTS (texts))];
}

static inline MonocleShape *
any_rings (GRand *rand)
{
  double points[60];
  MonocleRing rings[5];
  const guint n = (guint) g_rand_int_range (rand, 0, 6);
  guint at = 0;

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    points[i] = any_number (rand);
  for (guint i = 0; i < n; i++)
    {
      rings[i].points = points + 2 * at;
      rings[i].n_points = (guint) g_rand_int_range (rand, 0, 7);
      rings[i].role = g_rand_boolean (rand) ? MONOCLE_RING_OUTER : MONOCLE_RING_HOLE;
      at += rings[i].n_points;
    }
  return monocle_shape_new_rings (rings, n);
}

static inline MonocleShape *
any_mask (GRand *rand)
{
  gint64 counts[SIDE];
  guint left = SIDE * SIDE, n = 0;
  g_autoptr (MonocleMaskRuns) runs = NULL;

  while (left > 0 && n < SIDE - 1)
    {
      counts[n] = g_rand_int_range (rand, n == 0 ? 0 : 1, (int) left + 1);
      left -= (guint) counts[n++];
    }
  if (left > 0)
    counts[n++] = left;
  runs = monocle_mask_runs_new_from_counts (counts, n, SIDE, SIDE);
  g_assert_nonnull (runs);
  return monocle_shape_new_mask (runs);
}

static inline MonocleShape *
any_shape (GRand *rand)
{
  double numbers[12];

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    numbers[i] = any_number (rand);
  switch (g_rand_int_range (rand, 0, 6))
    {
    case 0:
      return monocle_shape_new_edges (numbers);
    case 1:
      return monocle_shape_new_quad (numbers);
    case 2:
      return any_mask (rand);
    case 4:
      return monocle_shape_new_line (numbers, (guint) g_rand_int_range (rand, 0, 7));
    case 3:
      return monocle_shape_new_points (numbers, (guint) g_rand_int_range (rand, 0, 7));
    default:
      return any_rings (rand);
    }
}

static inline MonocleResult *
any_result (GRand *rand)
{
  MonocleResult *result = monocle_result_new ();
  const float values[] = { 0.1f, -2.5f, 1e-7f };
  const guint32 ids[] = { 2, 0, G_MAXUINT32 };

  for (int i = g_rand_int_range (rand, 0, 2); i > 0; i--)
    monocle_result_take_text (result, g_strdup (any_text (rand)));
  for (int i = g_rand_int_range (rand, 0, 4); i > 0; i--)
    monocle_result_take_object (
        result, &(MonocleObject) { g_strdup (any_text (rand)), any_shape (rand),
                                   g_rand_boolean (rand) ? NAN : (float) g_rand_double (rand) });
  for (int i = g_rand_int_range (rand, 0, 3); i > 0; i--)
    monocle_result_add_rank (result, any_text (rand), (float) any_number (rand),
                             g_rand_boolean (rand) ? NAN : 0.25f);
  if (g_rand_int_range (rand, 0, 5) == 0)
    monocle_result_add_vector (result, values, G_N_ELEMENTS (values));
  if (g_rand_boolean (rand))
    monocle_result_set_tokens (result, ids, G_N_ELEMENTS (ids), g_strdup (any_text (rand)));
  monocle_result_set_score (result, g_rand_boolean (rand) ? NAN : (float) g_rand_double (rand));
  monocle_result_set_well_formed (result, g_rand_boolean (rand));
  return result;
}

static inline MonocleQuerySettings
any_settings (GRand *rand)
{
  MonocleQuerySettings settings = { .num_beams = (guint) g_rand_int_range (rand, 0, 5),
                                    .max_tokens = (guint) g_rand_int_range (rand, 0, 3),
                                    .is_drawn = g_rand_boolean (rand) };

  if (g_rand_boolean (rand))
    g_strlcpy (settings.language, "fil", sizeof settings.language);
  if (settings.is_drawn)
    settings.sampling
        = (MonocleSampling) { .temperature = g_rand_double_range (rand, 0.1, 2),
                              .top_k = (guint) g_rand_int_range (rand, 0, 33),
                              .top_p = g_rand_double_range (rand, 0.1, 1),
                              .min_p = g_rand_double (rand),
                              .seed = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand) };
  return settings;
}

/* Answered: about regions or the whole picture, some of them without an answer. */
static inline MonocleQuery *
any_query (GRand *rand)
{
  const MonocleBox boxes[] = { { 1, 2, 30, 40.3f }, { 5.1f, 6, 7, 8 } };
  const guint n_regions = (guint) g_rand_int_range (rand, 0, 3), n = MAX (n_regions, 1);
  const MonocleQuerySettings settings = any_settings (rand);
  MonocleQuery *query = monocle_query_new (
      monocle_florence2_find_task (g_rand_boolean (rand) ? "detect" : "caption"), any_text (rand),
      boxes, n_regions, NULL);
  MonocleResult *results[2] = { NULL };
  MonocleRun *run = g_new0 (MonocleRun, 1);

  monocle_query_set_settings (query, &settings);
  monocle_query_start (query, NULL, (guint) g_rand_int_range (rand, 0, 4));
  query->model_name = g_strdup (any_text (rand));
  query->model_digest = g_strdup (SOME_DIGEST);
  query->device_name = g_strdup ("GPU \"0\"");
  query->driver_name = g_strdup ("radv 22.3");
  query->precision_name = g_strdup ("f16");
  for (guint i = 0; i < n; i++)
    results[i] = i > 0 && g_rand_boolean (rand) ? NULL : any_result (rand);
  run->results = collect_answers (results, n);
  run->stopped = g_rand_boolean (rand);
  run->compile_ms = g_rand_double (rand);
  run->preprocess_ms = g_rand_double (rand);
  run->encode_ms = g_rand_double (rand);
  run->decode_ms = any_number (rand);
  run->n_tokens = g_rand_int (rand);
  run->n_at_once = 2;
  monocle_query_finish (query, run);
  if (g_rand_boolean (rand))
    monocle_query_correct (query, 0, "what a person wrote");
  return query;
}

/* Things that are the person's own, answers of which some objects were moved or deleted, turned. */
static inline MonocleDocument *
any_document (GRand *rand)
{
  g_autofree guint8 *pixels = g_malloc0 (SIDE * SIDE * 3);
  g_autoptr (MonocleImage) image
      = monocle_image_new_from_pixels (SIDE, SIDE, SIDE * 3, pixels, NULL);
  MonocleDocument *document = monocle_document_new (NULL, any_text (rand), image);

  monocle_document_set_digest (document, g_rand_boolean (rand) ? SOME_DIGEST : NULL,
                               (guint) g_rand_int_range (rand, 0, 3));
  for (int i = g_rand_int_range (rand, 0, 5); i > 0; i--)
    {
      g_autoptr (MonocleShape) shape = any_shape (rand);
      g_autoptr (MonocleAnnotation) own = monocle_annotation_new_shape (shape);

      monocle_annotation_set_label (own, any_text (rand));
      if (g_rand_boolean (rand))
        {
          g_autoptr (GVariant) season
              = monocle_attributes_put (NULL, "season", g_variant_new_string ("winter \"07\""));
          g_autoptr (GVariant) both = monocle_attributes_put (
              season, "caf\303\251", g_variant_new_double (any_number (rand)));

          monocle_annotation_set_attributes (own, both);
        }
      monocle_document_add_region (document, own);
    }
  for (int i = g_rand_int_range (rand, 0, 3); i > 0; i--)
    {
      g_autoptr (MonocleQuery) query = any_query (rand);
      g_autoptr (GPtrArray) some = g_ptr_array_new_with_free_func (g_object_unref);

      monocle_document_add_query (document, query);
      for (guint k = 0; k < count_annotations (query); k++)
        if (g_rand_boolean (rand))
          g_ptr_array_add (some, g_list_model_get_item (monocle_query_get_annotations (query), k));
      if (g_rand_boolean (rand))
        monocle_document_remove_annotations (document, query, some);
      else
        monocle_document_move (document, some, 0.1, -3);
    }
  monocle_document_set_done (document, g_rand_boolean (rand));
  monocle_document_rotate (document, (guint) g_rand_int_range (rand, 0, 4));
  return document;
}
