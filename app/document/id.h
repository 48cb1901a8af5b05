/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What things are called in files: numbers that no other thing has, in this document or another.
 */
#pragma once

#include <glib.h>

static inline guint64
monocle_id_new (void)
{
  guint64 id;

  do
    id = (guint64) g_random_int () << 32 | g_random_int ();
  while (id == 0);
  return id;
}

/* (transfer full): a key of tables with g_int64_hash() */
static inline guint64 *
monocle_id_dup (guint64 id)
{
  return g_memdup2 (&id, sizeof id);
}
