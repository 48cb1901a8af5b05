/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of model families.
 */
#include "config.h"

#include "engine/models/family.h"

#include "engine/error.h"

static const MonocleFamily *const families[] = {
  &monocle_family_florence2,
};

const MonocleFamily *
monocle_families_probe (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);

  if (!g_file_test (directory, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, "%s: %s", directory,
                   g_file_test (directory, G_FILE_TEST_EXISTS) ? "not a model directory"
                                                               : "no such directory");
      return NULL;
    }
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE,
                   "%s: not a model directory: there is no config.json", directory);
      return NULL;
    }

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (families[i]->probe (directory))
      return families[i];

  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: not a model that Monocle knows (its “model_type” should be “florence2”)", path);
  return NULL;
}
