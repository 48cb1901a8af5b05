/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/labels/label-home.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "app/base/error.h"
#include "app/labels/label-file.h"
#include "engine/engine.h"

#define HOME "monocle-label-home"

/* Of a set that is open: freed with it. */
typedef struct
{
  char *path;
  char *folder; /* (nullable): URI */
} Home;

static GHashTable *open_sets; /* path -> MonocleLabelSet, not owned */

static void
home_free (gpointer data)
{
  Home *home = data;

  g_hash_table_remove (open_sets, home->path);
  g_free (home->path);
  g_free (home->folder);
  g_free (home);
}

char *
monocle_label_home_dup_path (GFile *folder)
{
  g_autofree char *uri = folder ? g_file_get_uri (folder) : NULL;
  g_autofree char *digest = uri ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, uri, -1) : NULL;
  g_autofree char *name = g_strconcat (digest ? digest : "none", ".json", NULL);

  return g_build_filename (g_get_user_data_dir (), "monocle", "labels", name, NULL);
}

static void
on_changed (MonocleLabelSet *self, Home *home)
{
  g_autofree char *parent = g_path_get_dirname (home->path);
  GError *error = NULL;

  if (g_mkdir_with_parents (parent, 0700) != 0)
    monocle_app_error_set_write (&error, parent, errno);
  else
    monocle_label_file_write (self, home->path, home->folder, &error);
  monocle_label_set_take_trouble (self, error);
}

/* Returns: FALSE where there is something that cannot be read */
static gboolean
read_set (MonocleLabelSet *self, const char *path)
{
  g_autoptr (JsonObject) root = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  GError *error = NULL;

  if (!monocle_file_exists (path))
    return TRUE;
  root = monocle_json_load (path, &error);
  labels = root ? monocle_label_file_read (root, path, &error) : NULL;
  if (labels)
    monocle_label_set_restore (self, labels);
  else
    monocle_label_set_take_trouble (self, error);
  return labels != NULL;
}

MonocleLabelSet *
monocle_label_home_open (GFile *folder)
{
  g_autofree char *path = NULL;
  MonocleLabelSet *self;
  Home *home;

  g_return_val_if_fail (!folder || G_IS_FILE (folder), NULL);

  path = monocle_label_home_dup_path (folder);
  if (!open_sets)
    open_sets = g_hash_table_new (g_str_hash, g_str_equal);
  self = g_hash_table_lookup (open_sets, path);
  if (self)
    return g_object_ref (self);
  self = monocle_label_set_new ();
  home = g_new0 (Home, 1);
  home->path = g_steal_pointer (&path);
  home->folder = folder ? g_file_get_uri (folder) : NULL;
  g_object_set_data_full (G_OBJECT (self), HOME, home, home_free);
  g_hash_table_insert (open_sets, home->path, self);
  if (read_set (self, home->path))
    g_signal_connect (self, "changed", G_CALLBACK (on_changed), home);
  return self;
}
