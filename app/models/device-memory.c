/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/device-memory.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define GROUP     "Self-check"
#define MAX_BYTES 4096
#define MAX_FAULT 300

static char *
build_path (MonocleDevice *device, MonoclePrecision precision)
{
  g_autofree char *name = g_strdup_printf ("self-check-%s-%s.ini", monocle_device_get_uuid (device),
                                           monocle_precision_get_name (precision));

  return g_build_filename (g_get_user_cache_dir (), "monocle", name, NULL);
}

/* A file of anybody's: not larger than ours can be, and no more than a regular one. */
static GKeyFile *
load (const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  GStatBuf info;
  gsize size;

  if (g_stat (path, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > MAX_BYTES
      || !g_file_get_contents (path, &text, &size, NULL) || size > MAX_BYTES
      || !g_key_file_load_from_data (file, text, size, G_KEY_FILE_NONE, NULL))
    return NULL;
  return g_steal_pointer (&file);
}

static gboolean
has_value (GKeyFile *file, const char *key, const char *value)
{
  g_autofree char *found = g_key_file_get_string (file, GROUP, key, NULL);

  return g_strcmp0 (found, value) == 0;
}

MonocleVerdict
monocle_device_memory_recall (MonocleDevice *device, MonoclePrecision precision, char **fault)
{
  g_autofree char *path = build_path (device, precision);
  g_autoptr (GKeyFile) file = load (path);
  g_autofree char *found = NULL;

  if (fault)
    *fault = NULL;
  if (!file || !has_value (file, "driver", monocle_device_get_driver (device))
      || !has_value (file, "program", MONOCLE_VERSION)
      || !has_value (file, "shaders", monocle_selftest_get_subject ()))
    return MONOCLE_VERDICT_UNKNOWN;
  if (has_value (file, "result", "right"))
    return MONOCLE_VERDICT_RIGHT;
  found = g_key_file_get_string (file, GROUP, "fault", NULL);
  if (!has_value (file, "result", "wrong") || !found || !*found || strlen (found) > MAX_FAULT)
    return MONOCLE_VERDICT_UNKNOWN;

  if (fault)
    {
      /* One line, whoever wrote it. */
      for (char *c = found; *c; c++)
        if (g_ascii_iscntrl (*c))
          *c = ' ';
      *fault = g_steal_pointer (&found);
    }
  return MONOCLE_VERDICT_WRONG;
}

void
monocle_device_memory_keep (MonocleDevice *device, MonoclePrecision precision, const char *fault)
{
  g_autofree char *path = build_path (device, precision);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  g_key_file_set_string (file, GROUP, "driver", monocle_device_get_driver (device));
  g_key_file_set_string (file, GROUP, "program", MONOCLE_VERSION);
  g_key_file_set_string (file, GROUP, "shaders", monocle_selftest_get_subject ());
  g_key_file_set_string (file, GROUP, "result", fault ? "wrong" : "right");
  if (fault)
    {
      g_autofree char *cut = g_utf8_make_valid (fault, MIN (strlen (fault), MAX_FAULT - 8));

      g_key_file_set_string (file, GROUP, "fault", cut);
    }
  g_mkdir_with_parents (folder, 0700);
  /* Under another name first, so that nobody reads half of it. */
  if (!g_key_file_save_to_file (file, path, &error))
    g_debug ("Self-check not kept: %s", error->message);
}
