/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures are read up to a point, and no further until nobody wants them: what is to happen in the
 * middle of it does. The program is linked with -Wl,--wrap=monocle_search_read_content.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

static int n_read, n_held = -1;

gboolean __real_monocle_search_read_content (const char *path,
                                             GCancellable *cancellable,
                                             guint8 *digest,
                                             gint64 *taken);
gboolean __wrap_monocle_search_read_content (const char *path,
                                             GCancellable *cancellable,
                                             guint8 *digest,
                                             gint64 *taken);

/* On the worker's thread. */
gboolean
__wrap_monocle_search_read_content (const char *path,
                                    GCancellable *cancellable,
                                    guint8 *digest,
                                    gint64 *taken)
{
  int most;

  while ((most = g_atomic_int_get (&n_held)) >= 0 && g_atomic_int_get (&n_read) >= most
         && !g_cancellable_is_cancelled (cancellable))
    g_usleep (1000);
  g_atomic_int_inc (&n_read);
  return __real_monocle_search_read_content (path, cancellable, digest, taken);
}

/* After @n more pictures; -1: not. */
static inline void
hold_reading (int n)
{
  g_atomic_int_set (&n_read, 0);
  g_atomic_int_set (&n_held, n);
}

G_END_DECLS
