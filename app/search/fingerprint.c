/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/fingerprint.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#include "app/base/error.h"
#include "app/models/identity.h"

char *
monocle_search_find_index (MonocleModel *model, GError **error)
{
  g_autofree char *canonical = g_canonicalize_filename (monocle_model_get_directory (model), NULL);
  g_autofree char *title = g_path_get_basename (canonical);
  g_autofree char *name = NULL;
  g_autoptr (GChecksum) sum = NULL;

  if (monocle_model_get_n_dims (model) == 0)
    {
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_UNSUPPORTED_TASK,
                           _ ("this model makes no vectors of pictures and texts"));
      return NULL;
    }
  sum = monocle_identity_compute (monocle_model_get_directory (model), error);
  if (!sum)
    return NULL;
  name = g_strdup_printf ("%s-%.16s.index", title, g_checksum_get_string (sum));
  return g_build_filename (g_get_user_data_dir (), "monocle", "index", name, NULL);
}
