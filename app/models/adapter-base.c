/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/adapter-base.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/base/error.h"
#include "app/models/store.h"
#include "engine/engine.h"

/* In front of what one that comes with Monocle is called: no folder, and nobody's repository. */
#define SHIPPED "monocle:"

static char *
find_beside (const char *adapter, const char *name)
{
  g_autofree char *inside = g_canonicalize_filename (name, adapter);
  g_autofree char *up = g_path_get_dirname (adapter);
  g_autofree char *last = g_path_get_basename (name);
  g_autofree char *beside = g_canonicalize_filename (last, up);

  if (monocle_model_store_is_model (inside))
    return g_steal_pointer (&inside);
  return monocle_model_store_is_model (beside) ? g_steal_pointer (&beside) : NULL;
}

/* One that comes with Monocle, wherever it is installed by now. */
static char *
find_shipped (const char *name)
{
  guint n;
  const MonocleShippedModel *shipped = monocle_shipped_list (&n);

  if (!g_str_has_prefix (name, SHIPPED))
    return NULL;
  for (guint i = 0; i < n; i++)
    if (g_str_equal (shipped[i].folder, name + strlen (SHIPPED)))
      return monocle_model_store_find_shipped (shipped[i].id, NULL);
  return NULL;
}

char *
monocle_adapter_base_dup_name (const char *directory)
{
  const MonocleShippedModel *shipped = monocle_shipped_recognise (directory);
  g_autoptr (MonocleManifest) manifest = monocle_manifest_load (directory, NULL);

  if (shipped)
    return g_strconcat (SHIPPED, shipped->folder, NULL);
  return manifest && manifest->repository ? g_strdup (manifest->repository)
                                          : g_canonicalize_filename (directory, NULL);
}

char *
monocle_adapter_base_find (const char *adapter, GError **error)
{
  g_autoptr (JsonNode) facts = monocle_adapter_describe (adapter, error);
  g_autofree char *canonical = g_canonicalize_filename (adapter, NULL);
  const char *name;
  char *found;

  if (!facts)
    return NULL;
  name = json_object_get_string_member_with_default (json_node_get_object (facts), "base", NULL);
  if (!name || !*name)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
                   _ ("%s: it does not say which model it belongs to"), adapter);
      return NULL;
    }
  found = find_beside (canonical, name);
  if (!found)
    found = monocle_model_store_find_stored (name);
  if (!found)
    found = find_shipped (name);
  if (!found)
    g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL,
                 _ ("%s: the model that it belongs to is not here: “%s”"), adapter, name);
  return found;
}

gboolean
monocle_adapter_base_split (char **directory, char **adapter, GError **error)
{
  char *base;

  *adapter = NULL;
  if (!monocle_adapter_is_one (*directory))
    return TRUE;
  base = monocle_adapter_base_find (*directory, error);
  if (!base)
    return FALSE;
  *adapter = *directory;
  *directory = base;
  return TRUE;
}
