/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/rescue.h"

#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "app/json/work-file.h"

/* Folders of files that nobody was told of are called so; afterwards without it. */
#define UNTOLD "new-"

/* More of one name are left. */
#define MAX_SAME_NAMES 1000

/* --- Places --- */

#define N_PLACES 5

/* (transfer full): of this person alone; those that outlast the machine first */
static char *
dup_place (guint index)
{
  g_autofree char *own = NULL;

  switch (index)
    {
    case 0:
      return g_build_filename (g_get_user_data_dir (), "monocle", "rescued", NULL);
    case 1:
      return g_build_filename (g_get_user_state_dir (), "monocle", "rescued", NULL);
    case 2:
      return g_build_filename (g_get_user_cache_dir (), "monocle", "rescued", NULL);
    case 3:
      return g_build_filename (g_get_user_runtime_dir (), "monocle", "rescued", NULL);
    default:
      own = g_strdup_printf ("monocle-rescued-%u", (guint) getuid ());
      return g_build_filename (g_get_tmp_dir (), own, NULL);
    }
}

/* Everybody may write to some of these places: it is a folder of one's own, and no link. */
static gboolean
is_own (const char *path)
{
  GStatBuf info;

  return g_lstat (path, &info) == 0 && S_ISDIR (info.st_mode) && info.st_uid == getuid ();
}

/* (transfer full) (nullable): a new folder in a place */
static char *
make_folder (guint place)
{
  g_autofree char *above = dup_place (place);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d-%H%M%S");
  g_autofree char *name = g_strdup_printf (UNTOLD "%s-XXXXXX", time);
  char *path;

  if (g_mkdir_with_parents (above, 0700) != 0 || !is_own (above))
    return NULL;
  path = g_build_filename (above, name, NULL);
  if (g_mkdtemp (path))
    return path;
  g_free (path);
  return NULL;
}

/* --- Away --- */

/* (transfer full) (nullable): where nothing is yet */
static char *
find_path (const char *folder, MonocleDocument *document)
{
  g_autofree char *name = monocle_work_file_dup_name (monocle_document_get_name (document));

  g_strdelimit (name, "/", '-');
  for (guint i = 0; i < MAX_SAME_NAMES; i++)
    {
      g_autofree char *numbered = i == 0 ? g_strdup (name) : g_strdup_printf ("%u-%s", i + 1, name);
      g_autofree char *path = g_build_filename (folder, numbered, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

static gboolean
write_one (char *folders[N_PLACES], MonocleDocument *document)
{
  g_autoptr (MonocleWorkFile) work = monocle_work_file_new_of (document);

  for (guint i = 0; i < N_PLACES; i++)
    {
      g_autofree char *path = NULL;

      if (!folders[i])
        folders[i] = make_folder (i);
      path = folders[i] ? find_path (folders[i], document) : NULL;
      if (path && monocle_work_file_write (work, path, NULL, NULL))
        return TRUE;
    }
  return FALSE;
}

guint
monocle_rescue_write (GPtrArray *documents)
{
  char *folders[N_PLACES] = { NULL };
  guint n = 0;

  g_return_val_if_fail (documents, 0);

  for (guint i = 0; i < documents->len; i++)
    n += write_one (folders, documents->pdata[i]);
  for (guint i = 0; i < N_PLACES; i++)
    {
      /* Only of one that is empty. */
      if (folders[i])
        g_rmdir (folders[i]);
      g_free (folders[i]);
    }
  return n;
}

/* --- And told --- */

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir && (name = g_dir_read_name (dir)))
    n += monocle_work_file_is_named (name);
  return n;
}

/* (transfer full) (nullable): where it is afterwards */
static char *
take_from (const char *place, guint *n_files)
{
  g_autoptr (GDir) dir = is_own (place) ? g_dir_open (place, 0, NULL) : NULL;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *from = g_build_filename (place, name, NULL);
      g_autofree char *to = NULL;

      if (!g_str_has_prefix (name, UNTOLD) || !is_own (from))
        continue;
      *n_files = count_files (from);
      to = g_build_filename (place, name + strlen (UNTOLD), NULL);
      /* Told again, rather than never. */
      if (g_rename (from, to) != 0)
        return g_steal_pointer (&from);
      return g_steal_pointer (&to);
    }
  return NULL;
}

char *
monocle_rescue_take (guint *n_files)
{
  g_return_val_if_fail (n_files, NULL);

  for (guint i = 0; i < N_PLACES; i++)
    {
      g_autofree char *place = dup_place (i);
      char *folder = take_from (place, n_files);

      if (folder)
        return folder;
    }
  return NULL;
}
