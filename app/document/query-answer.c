/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came back of a query: as objects, as words, as colours of its regions.
 */
#include "config.h"

#include <math.h>

#include "app/document/query-private.h"
#include "app/document/rank-text.h"
#include "app/draw/palette.h"

/* Sliders go in hundredths. */
#define SAME_CUT 1e-6

GListModel *
monocle_query_get_annotations (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return monocle_query_objects_get_list (self->objects);
}

GPtrArray *
monocle_query_get_results (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->results;
}

const MonocleRun *
monocle_query_get_run (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->run;
}

const char *
monocle_query_get_text (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->text;
}

/* (nullable): what fits best */
static const char *
get_first_rank (const MonocleResult *result)
{
  for (guint i = 0; i < monocle_result_get_n_parts (result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);

      if (part->kind == MONOCLE_PART_RANK)
        return part->rank;
    }
  return NULL;
}

/* (nullable) */
static const char *
get_result_text (MonocleQuery *self, guint index)
{
  MonocleResult *result
      = self->results && index < self->results->len ? self->results->pdata[index] : NULL;

  if (result && self->task->gives == MONOCLE_GIVES_RANKS)
    return get_first_rank (result);
  return result ? monocle_result_get_text (result) : NULL;
}

const char *
monocle_query_get_said (MonocleQuery *self, guint place)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return monocle_task_gives_objects (self->task)
             ? monocle_query_objects_get_said (self->objects, place)
             : get_result_text (self, place);
}

const char *
monocle_query_get_region_text (MonocleQuery *self, guint index)
{
  const char *correction;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  correction
      = monocle_task_gives_objects (self->task) ? NULL : monocle_query_get_correction (self, index);
  return correction ? correction : get_result_text (self, index);
}

/* What is said of each region, as labels; free both. */
static guint *
assign_colours (MonocleQuery *self, const char ***texts)
{
  const guint n = self->regions->len;
  guint *colours = g_new0 (guint, n + 1);

  *texts = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const char *text = monocle_query_get_region_text (self, i);

      (*texts)[i] = text ? text : "";
    }
  monocle_palette_assign (*texts, n, colours);

  return colours;
}

guint
monocle_query_get_region_colour (MonocleQuery *self, guint index)
{
  g_autofree const char **texts = NULL;
  g_autofree guint *colours = NULL;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);
  g_return_val_if_fail (index < self->regions->len, index);

  colours = assign_colours (self, &texts);
  return *texts[index] ? colours[index] : index;
}

static void
keep_colours (MonocleQuery *self)
{
  g_autofree const char **texts = NULL;
  g_autofree guint *colours = assign_colours (self, &texts);

  monocle_palette_keep (texts, self->regions->len, colours);
}

/* (nullable): what was answered about one region, in words */
static char *
dup_answer (MonocleQuery *self, guint index)
{
  if (self->task->gives == MONOCLE_GIVES_RANKS)
    return self->results->pdata[index] ? monocle_rank_text_format (self->results->pdata[index])
                                       : NULL;
  return g_strdup (monocle_query_get_region_text (self, index));
}

/* Answers in words, together; NULL where there is none yet. */
static char *
join_texts (MonocleQuery *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = self->results ? self->results->len : 0;

  if (!monocle_task_gives_text (self->task))
    return NULL;
  if (n == 1)
    return dup_answer (self, 0);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *answer = dup_answer (self, i);

      if (answer)
        g_string_append_printf (text, "%s%u. %s", text->len > 0 ? "\n" : "", i + 1, answer);
    }

  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

void
monocle_query_update_text (MonocleQuery *self)
{
  g_autofree char *text = join_texts (self);

  if (g_strcmp0 (text, self->text) == 0)
    return;
  g_free (self->text);
  self->text = g_steal_pointer (&text);
  g_object_notify (G_OBJECT (self), "text");
}

/* --- Heat maps --- */

MonocleHeat *
monocle_query_get_heat (MonocleQuery *self, guint index)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  for (guint i = 0; self->results && i < self->results->len; i++)
    {
      const MonocleResult *result = self->results->pdata[i];

      for (guint k = 0; result && k < monocle_result_get_n_parts (result); k++)
        {
          const MonoclePart *part = monocle_result_get_part (result, k);

          if (part->kind == MONOCLE_PART_HEAT && index-- == 0)
            return part->heat;
        }
    }
  return NULL;
}

/* (transfer full): its results as they are looked at */
static GPtrArray *
dup_cut (MonocleQuery *self)
{
  const double cut = self->cut > 0 ? self->cut : (double) NAN;
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);

  for (guint i = 0; i < self->results->len; i++)
    if (self->results->pdata[i])
      g_ptr_array_add (results, monocle_result_cut (self->results->pdata[i], cut));
  return results;
}

gboolean
monocle_query_takes_cut (double cut)
{
  return cut > 0 && cut <= 1;
}

double
monocle_query_get_cut (MonocleQuery *self)
{
  const MonocleHeat *heat = monocle_query_get_heat (self, 0);

  if (!heat)
    return 0;
  return self->cut > 0 ? self->cut : (double) heat->threshold;
}

void
monocle_query_set_cut (MonocleQuery *self, double cut)
{
  g_autoptr (GPtrArray) results = NULL;

  g_return_if_fail (MONOCLE_IS_QUERY (self));
  g_return_if_fail (monocle_query_takes_cut (cut));

  if (!monocle_query_get_heat (self, 0) || fabs (cut - monocle_query_get_cut (self)) < SAME_CUT)
    return;
  self->cut = cut;
  results = dup_cut (self);
  monocle_query_objects_recut (self->objects, results);
}

gboolean
monocle_query_can_cut (MonocleQuery *self)
{
  return monocle_query_get_heat (self, 0) && monocle_query_objects_get_n_left (self->objects) > 0;
}

void
monocle_query_set_results (MonocleQuery *self, GPtrArray *results, gboolean complete)
{
  g_autoptr (GPtrArray) cut = NULL;

  g_clear_pointer (&self->results, g_ptr_array_unref);
  self->results = results ? g_ptr_array_ref (results) : NULL;
  cut = monocle_query_get_heat (self, 0) ? dup_cut (self) : NULL;
  monocle_query_objects_set_results (self->objects, cut ? cut : self->results,
                                     self->regions->len > 0, complete);
  if (complete)
    keep_colours (self);
  monocle_query_update_text (self);
}

guint
monocle_query_find_object (MonocleQuery *self, MonocleAnnotation *annotation)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  return monocle_query_objects_find (self->objects, annotation);
}

GVariant *
monocle_query_store_object (MonocleQuery *self, guint object)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return monocle_query_objects_store (self->objects, object);
}

void
monocle_query_restore_object (MonocleQuery *self, guint object, GVariant *state)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));

  monocle_query_objects_restore (self->objects, object, state);
}

void
monocle_query_recolour (MonocleQuery *self)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));

  monocle_query_objects_recolour (self->objects);
}

void
monocle_query_update_objects (MonocleQuery *self)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));

  monocle_query_objects_update (self->objects);
}
