/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/hub.h"

#include <string.h>

#include "app/base/error.h"
#include "app/models/parts.h"

static gboolean
is_this_machine (const char *host)
{
  return host
         && (g_str_equal (host, "localhost") || g_str_equal (host, "127.0.0.1")
             || g_str_equal (host, "::1"));
}

gboolean
monocle_hub_check_address (const char *address, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_PARSE_RELAXED, NULL);
  const char *scheme = uri ? g_uri_get_scheme (uri) : "";

  if (uri && g_uri_get_host (uri) && *g_uri_get_host (uri) && !g_uri_get_userinfo (uri)
      && !g_uri_get_query (uri) && !g_uri_get_fragment (uri)
      && (g_str_equal (scheme, "https")
          || (g_str_equal (scheme, "http") && is_this_machine (g_uri_get_host (uri)))))
    return TRUE;
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
               "“%s” is no address that models can be had from: it has to be https://HOST",
               address);
  return FALSE;
}

/* Without the slash at its end, to which more is added. */
static char *
begin_address (const char *address)
{
  char *start = g_strdup (address);

  for (gsize n = strlen (start); n > 0 && start[n - 1] == '/'; n--)
    start[n - 1] = '\0';
  return start;
}

char *
monocle_hub_dup_file_address (const char *address,
                              const char *repository,
                              const char *revision,
                              const char *name)
{
  g_autofree char *start = begin_address (address);
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);

  return g_strdup_printf ("%s/%s/resolve/%s/%s", start, repository, revision, escaped);
}

char *
monocle_hub_dup_list_address (const char *address, const char *repository, const char *revision)
{
  g_autofree char *start = begin_address (address);

  return g_strdup_printf ("%s/api/models/%s/revision/%s?blobs=true", start, repository, revision);
}

/* What the server says of one file. Those in folders are none of ours. */
static gboolean
read_sibling (MonocleManifest *all, JsonNode *node, const char *where, GError **error)
{
  JsonObject *object, *lfs = NULL;
  const char *name = NULL, *sha256 = NULL;
  gint64 size = 0;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return monocle_file_set_error (error, where, "a file is no object");
  object = json_node_get_object (node);
  if (!monocle_json_get_string (object, where, "rfilename", MONOCLE_JSON_REQUIRED, &name, error)
      || !monocle_json_get_int (object, where, "size", MONOCLE_JSON_OPTIONAL, 0, G_MAXINT64, &size,
                                error)
      || !monocle_json_get_object (object, where, "lfs", MONOCLE_JSON_OPTIONAL, &lfs, error)
      || (lfs
          && !monocle_json_get_string (lfs, where, "sha256", MONOCLE_JSON_OPTIONAL, &sha256,
                                       error)))
    return FALSE;
  return !monocle_manifest_is_plain_name (name)
         || monocle_manifest_add (all, name, (guint64) size, sha256, where, error);
}

/* The catalogue knows better than the server. */
static gboolean
agree (MonocleManifest *listed, const MonocleManifest *wanted, const char *where, GError **error)
{
  for (guint i = 0; i < wanted->files->len; i++)
    {
      const MonocleManifestFile *pin = wanted->files->pdata[i];
      MonocleManifestFile *file = monocle_manifest_find (listed, pin->name);

      if (!file)
        return monocle_file_set_error (error, where, "“%s” is not there any more", pin->name);
      if ((pin->size && file->size && pin->size != file->size)
          || (pin->sha256 && file->sha256 && !g_str_equal (pin->sha256, file->sha256)))
        return monocle_file_set_error (error, where, "“%s” is another file than it should be",
                                       pin->name);
      if (pin->size)
        file->size = pin->size;
      if (pin->sha256 && !file->sha256)
        file->sha256 = g_strdup (pin->sha256);
    }
  return TRUE;
}

static MonocleManifest *
keep_parts (const MonocleManifest *all,
            const MonocleManifest *wanted,
            const char *where,
            GError **error)
{
  g_autoptr (MonocleManifest) listed = monocle_manifest_copy (wanted);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) picked = NULL;
  const char *missing;

  for (guint i = 0; i < all->files->len; i++)
    g_ptr_array_add (names, ((const MonocleManifestFile *) all->files->pdata[i])->name);
  picked = monocle_parts_pick (names, &missing);
  if (missing)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: no model that Monocle could load: there is no %s", wanted->repository,
                   missing);
      return NULL;
    }
  g_ptr_array_set_size (listed->files, 0);
  for (guint i = 0; i < picked->len; i++)
    {
      const MonocleManifestFile *file = monocle_manifest_find (all, picked->pdata[i]);

      if (!monocle_manifest_add (listed, file->name, file->size, file->sha256, where, error))
        return NULL;
    }
  return g_steal_pointer (&listed);
}

MonocleManifest *
monocle_hub_read_list (
    const char *text, gsize size, const char *where, const MonocleManifest *wanted, GError **error)
{
  g_autoptr (JsonObject) root = monocle_json_parse (text, size, where, error);
  g_autoptr (MonocleManifest) all = monocle_manifest_new ();
  g_autoptr (MonocleManifest) listed = NULL;
  JsonArray *siblings = NULL;
  const char *commit = NULL;

  if (!root
      || !monocle_json_get_array (root, where, "siblings", MONOCLE_JSON_REQUIRED, &siblings, error)
      || !monocle_json_get_string (root, where, "sha", MONOCLE_JSON_OPTIONAL, &commit, error))
    return NULL;
  for (guint i = 0; i < json_array_get_length (siblings); i++)
    if (!read_sibling (all, json_array_get_element (siblings, i), where, error))
      return NULL;

  listed = keep_parts (all, wanted, where, error);
  if (!listed || !agree (listed, wanted, where, error))
    return NULL;
  if (commit && !monocle_manifest_is_revision (commit))
    {
      monocle_file_set_error (error, where, "“%s” is no revision", commit);
      return NULL;
    }
  if (commit)
    {
      g_free (listed->revision);
      listed->revision = g_strdup (commit);
    }
  return g_steal_pointer (&listed);
}
