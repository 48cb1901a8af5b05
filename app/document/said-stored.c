/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A turn of a conversation as a value that is kept in a file. What is read is a stranger's.
 */
#include "config.h"

#include <math.h>

#include "app/document/query-stored.h"
#include "app/document/said.h"

/* Path (empty: the picture of the conversation), width, height, rotation, edges of a region. */
#define SHOWN_TYPE  "a(ayuuuad)"
#define TOKENS_TYPE "(uuuuu)"
#define TIMES_TYPE  "(dddd)"

/* More tokens are in no conversation. */
#define MAX_IDS (1u << 20)

/* --- Away --- */

static GVariant *
store_shown (const MonocleSaidQuestion *question)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE (SHOWN_TYPE));
  for (guint i = 0; i < question->n_shown; i++)
    {
      const MonocleSaidShown *shown = &question->shown[i];
      const double edges[] = { (double) shown->region.x1, (double) shown->region.y1,
                               (double) shown->region.x2, (double) shown->region.y2 };

      g_variant_builder_add (&list, "(^ayuuu@ad)", shown->path ? shown->path : "", shown->width,
                             shown->height, shown->rotation,
                             g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, edges,
                                                        shown->is_region ? 4 : 0, sizeof *edges));
    }
  return g_variant_builder_end (&list);
}

GVariant *
monocle_said_store (MonocleSaid *self)
{
  const MonocleSaidQuestion *question = monocle_said_get_question (self);
  const MonocleSaidFacts *facts = monocle_said_get_facts (self);
  const MonocleSampling *drawn = &question->sampling;
  GVariantBuilder dict;

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  monocle_stored_add_text (&dict, "text", question->text);
  monocle_stored_add_text (&dict, "answer", monocle_said_get_answer (self));
  g_variant_builder_add (&dict, "{sv}", "shown", store_shown (question));
  if (question->detail != MONOCLE_DETAIL_AUTO)
    monocle_stored_add_text (&dict, "detail", monocle_detail_get_name (question->detail));
  if (question->max_tokens > 0)
    g_variant_builder_add (&dict, "{sv}", "most", g_variant_new_uint32 (question->max_tokens));
  if (question->is_drawn)
    g_variant_builder_add (&dict, "{sv}", "drawn",
                           g_variant_new (MONOCLE_KEY_SAMPLING_TYPE, drawn->temperature,
                                          drawn->top_k, drawn->top_p, drawn->min_p, drawn->seed));
  monocle_stored_add_text (&dict, "model", facts->model);
  monocle_stored_add_text (&dict, "digest", facts->digest);
  monocle_stored_add_text (&dict, "device", facts->device);
  monocle_stored_add_text (&dict, "precision", facts->precision);
  g_variant_builder_add (&dict, "{sv}", "ids",
                         g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, facts->ids, facts->n_ids,
                                                    sizeof (guint32)));
  g_variant_builder_add (&dict, "{sv}", "end", g_variant_new_uint32 (facts->end));
  g_variant_builder_add (&dict, "{sv}", "tokens",
                         g_variant_new (TOKENS_TYPE, facts->n_forgotten, facts->n_kept,
                                        facts->n_read, facts->n_written, facts->n_places));
  g_variant_builder_add (&dict, "{sv}", "times",
                         g_variant_new (TIMES_TYPE, facts->preprocess_ms, facts->encode_ms,
                                        facts->first_ms, facts->decode_ms));
  return g_variant_builder_end (&dict);
}

/* --- And back --- */

static gboolean
is_time (double ms)
{
  return isfinite (ms) && ms >= 0 && ms < 1e12;
}

static void
clear_shown (gpointer shown)
{
  g_free ((char *) ((MonocleSaidShown *) shown)->path);
}

static gboolean
is_region (const MonocleBox *box)
{
  return isfinite (box->x1) && isfinite (box->y1) && isfinite (box->x2) && isfinite (box->y2)
         && box->x1 < box->x2 && box->y1 < box->y2;
}

/* (transfer full) (nullable) (element-type MonocleSaidShown) */
static GArray *
read_shown (GVariant *dict)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (dict, "shown", G_VARIANT_TYPE (SHOWN_TYPE));
  g_autoptr (GArray) all = g_array_new (FALSE, TRUE, sizeof (MonocleSaidShown));
  const gsize n = list ? g_variant_n_children (list) : 0;

  g_array_set_clear_func (all, clear_shown);
  if (n > MONOCLE_CONVERSATION_MAX_SHOWN)
    return NULL;
  for (gsize i = 0; i < n; i++)
    {
      MonocleSaidShown shown = { NULL };
      g_autoptr (GVariant) edges = NULL;
      g_autofree char *path = NULL;
      const double *numbers;
      gsize n_numbers;

      g_variant_get_child (list, i, "(^ayuuu@ad)", &path, &shown.width, &shown.height,
                           &shown.rotation, &edges);
      numbers = g_variant_get_fixed_array (edges, &n_numbers, sizeof *numbers);
      shown.is_region = n_numbers == 4;
      if (shown.is_region)
        shown.region = (MonocleBox){ (float) numbers[0], (float) numbers[1], (float) numbers[2],
                                     (float) numbers[3] };
      if (shown.is_region ? !is_region (&shown.region) : n_numbers != 0)
        return NULL;
      shown.rotation %= 4;
      shown.path = *path ? g_steal_pointer (&path) : NULL;
      g_array_append_val (all, shown);
    }
  return g_steal_pointer (&all);
}

static void
read_facts (MonocleSaidFacts *facts, GVariant *dict)
{
  guint32 end = MONOCLE_REPLY_WHOLE;

  g_variant_lookup (dict, "model", "&s", &facts->model);
  g_variant_lookup (dict, "digest", "&s", &facts->digest);
  g_variant_lookup (dict, "device", "&s", &facts->device);
  g_variant_lookup (dict, "precision", "&s", &facts->precision);
  g_variant_lookup (dict, "end", "u", &end);
  facts->end = (MonocleReplyEnd) MIN (end, MONOCLE_REPLY_LOOPED);
  g_variant_lookup (dict, "tokens", TOKENS_TYPE, &facts->n_forgotten, &facts->n_kept,
                    &facts->n_read, &facts->n_written, &facts->n_places);
  g_variant_lookup (dict, "times", TIMES_TYPE, &facts->preprocess_ms, &facts->encode_ms,
                    &facts->first_ms, &facts->decode_ms);
  if (!is_time (facts->preprocess_ms) || !is_time (facts->encode_ms) || !is_time (facts->first_ms)
      || !is_time (facts->decode_ms))
    facts->preprocess_ms = facts->encode_ms = facts->first_ms = facts->decode_ms = 0;
}

MonocleSaid *
monocle_said_new_stored (guint64 id, GVariant *stored)
{
  MonocleSaidQuestion question = { .text = NULL };
  MonocleSaidFacts facts = { 0 };
  MonocleSampling *drawn = &question.sampling;
  g_autoptr (GArray) shown = NULL;
  g_autoptr (GVariant) ids = NULL;
  const char *answer = NULL, *detail = NULL;
  gsize n_ids = 0;

  g_return_val_if_fail (stored, NULL);

  if (!g_variant_is_of_type (stored, G_VARIANT_TYPE_VARDICT)
      || !g_variant_lookup (stored, "text", "&s", &question.text)
      || !g_variant_lookup (stored, "answer", "&s", &answer) || !(shown = read_shown (stored)))
    return NULL;
  question.shown = (const MonocleSaidShown *) (gpointer) shown->data;
  question.n_shown = shown->len;
  if (g_variant_lookup (stored, "detail", "&s", &detail))
    monocle_detail_find (detail, &question.detail);
  g_variant_lookup (stored, "most", "u", &question.max_tokens);
  question.is_drawn
      = g_variant_lookup (stored, "drawn", MONOCLE_KEY_SAMPLING_TYPE, &drawn->temperature,
                          &drawn->top_k, &drawn->top_p, &drawn->min_p, &drawn->seed)
        && !monocle_sampling_check (drawn);
  read_facts (&facts, stored);
  ids = g_variant_lookup_value (stored, "ids", G_VARIANT_TYPE ("au"));
  if (ids)
    facts.ids = g_variant_get_fixed_array (ids, &n_ids, sizeof (guint32));
  facts.n_ids = n_ids <= MAX_IDS ? (guint) n_ids : 0;
  return monocle_said_new_answered (id, &question, answer, &facts);
}
