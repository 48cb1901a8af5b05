/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/rank-text.h"

#include <math.h>

char *
monocle_rank_text_format_score (const MonoclePart *part)
{
  /* What is no probability is not shown as one. */
  if (isnan (part->probability))
    return g_strdup_printf ("%.3f", (double) part->score);
  return g_strdup_printf ("%.1f%%", 100 * (double) part->probability);
}

char *
monocle_rank_text_format (const MonocleResult *result)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < monocle_result_get_n_parts (result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);
      g_autofree char *score = NULL;

      if (part->kind != MONOCLE_PART_RANK)
        continue;
      score = monocle_rank_text_format_score (part);
      g_string_append_printf (text, "%s%6s  %s", text->len > 0 ? "\n" : "", score, part->rank);
    }
  return g_string_free (text, text->len == 0);
}
