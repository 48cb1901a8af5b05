/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Time that stands still for the program: what is one thing when it is done quickly is done quickly
 * on the busiest machine. One program has it in one file, and is linked with
 * -Wl,--wrap=g_get_monotonic_time.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

static gint64 test_still_us; /* 0: it goes by */

gint64 __real_g_get_monotonic_time (void);
gint64 __wrap_g_get_monotonic_time (void);

/* On any thread. */
gint64
__wrap_g_get_monotonic_time (void)
{
  const gint64 still_us = __atomic_load_n (&test_still_us, __ATOMIC_SEQ_CST);

  return still_us ? still_us : __real_g_get_monotonic_time ();
}

static inline void
test_hold_time (gboolean is_held)
{
  __atomic_store_n (&test_still_us, is_held ? __real_g_get_monotonic_time () : 0, __ATOMIC_SEQ_CST);
}

G_END_DECLS
