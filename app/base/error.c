/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/base/error.h"

G_DEFINE_QUARK (monocle-app-error-quark, monocle_app_error)

gboolean
monocle_app_error_set_write (GError **error, const char *path, int fault)
{
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE, "%s: %s", path,
               g_strerror (fault));
  return FALSE;
}
