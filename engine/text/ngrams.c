/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/ngrams.h"

#include <string.h>

void
monocle_ngrams_find_banned (const guint32 *ids, guint n_ids, guint size, GArray *banned)
{
  if (size == 0 || n_ids < size)
    return;

  const guint32 *tail = ids + n_ids - (size - 1);
  for (guint i = 0; i + size <= n_ids; i++)
    if (memcmp (ids + i, tail, (size - 1) * sizeof (guint32)) == 0)
      g_array_append_val (banned, ids[i + size - 1]);
}
