/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why the same question was answered otherwise.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/base/languages.h"
#include "app/document/compare.h"

static gboolean
differ (const char *was, const char *is)
{
  return was && is && !g_str_equal (was, is);
}

/* @fact: (transfer full) */
static void
add (GStrvBuilder *facts, char *fact)
{
  g_strv_builder_add (facts, fact);
  g_free (fact);
}

static void
add_model (GStrvBuilder *facts, MonocleQuery *left, MonocleQuery *right)
{
  const char *was = monocle_query_get_model_name (left);
  const char *is = monocle_query_get_model_name (right);

  if (differ (was, is))
    /* Translators: names of models: which answers, and which did before. */
    add (facts, g_strdup_printf (_ ("Another model: %s, before %s"), is, was));
  else if (differ (monocle_query_get_model_digest (left), monocle_query_get_model_digest (right)))
    add (facts, g_strdup (_ ("Other files of the model of that name")));
  was = monocle_query_get_precision_name (left);
  is = monocle_query_get_precision_name (right);
  if (differ (was, is))
    /* Translators: "f16", "f32" */
    add (facts, g_strdup_printf (_ ("Another precision: %s, before %s"), is, was));
}

static void
add_language (GStrvBuilder *facts, MonocleQuery *left, MonocleQuery *right)
{
  const char *was = monocle_query_get_language (left), *is = monocle_query_get_language (right);
  g_autofree char *before = was ? monocle_language_dup_name (was) : NULL;
  g_autofree char *now = is ? monocle_language_dup_name (is) : NULL;

  if (differ (was, is))
    /* Translators: names of languages that answers are in */
    add (facts, g_strdup_printf (_ ("Another language: %s, before %s"), now, before));
}

static void
add_device (GStrvBuilder *facts, MonocleQuery *left, MonocleQuery *right)
{
  const char *was = monocle_query_get_device_name (left);
  const char *is = monocle_query_get_device_name (right);

  if (differ (was, is))
    {
      add (facts, g_strdup_printf (_ ("Another device: %s, before %s"), is, was));
      return;
    }
  was = monocle_query_get_driver_name (left);
  is = monocle_query_get_driver_name (right);
  if (differ (was, is))
    add (facts, g_strdup_printf (_ ("Another driver: %s, before %s"), is, was));
}

static gboolean
is_drawn_otherwise (const MonocleSampling *a, const MonocleSampling *b)
{
  return a->temperature < b->temperature || a->temperature > b->temperature || a->top_k != b->top_k
         || a->top_p < b->top_p || a->top_p > b->top_p || a->min_p < b->min_p || a->min_p > b->min_p
         || a->seed != b->seed;
}

static gboolean
has_other_settings (MonocleQuery *left, MonocleQuery *right)
{
  const MonocleQuerySettings *a = monocle_query_get_settings (left);
  const MonocleQuerySettings *b = monocle_query_get_settings (right);

  return (a->num_beams > 0 && b->num_beams > 0 && a->num_beams != b->num_beams)
         || a->max_tokens != b->max_tokens || a->is_drawn != b->is_drawn
         || (a->is_drawn && is_drawn_otherwise (&a->sampling, &b->sampling));
}

GStrv
monocle_compare_circumstances (MonocleQuery *left, MonocleQuery *right)
{
  g_autoptr (GStrvBuilder) facts = g_strv_builder_new ();

  g_return_val_if_fail (MONOCLE_IS_QUERY (left), NULL);
  g_return_val_if_fail (MONOCLE_IS_QUERY (right), NULL);

  add_model (facts, left, right);
  add_language (facts, left, right);
  add_device (facts, left, right);
  if (has_other_settings (left, right))
    add (facts, g_strdup (_ ("Other settings")));
  if (monocle_query_get_rotation (left) != monocle_query_get_rotation (right))
    add (facts, g_strdup (_ ("The picture was turned otherwise")));
  return g_strv_builder_end (facts);
}
