/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/export-settings.h"

#include <string.h>

#define SCHEMA "org.monocle.Monocle"
/* A file of this name with a higher number is not looked for. */
#define MAX_NAMES 1000

GSettings *
monocle_export_settings_get (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
      = source ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;

  return schema ? g_settings_new (SCHEMA) : NULL;
}

void
monocle_export_settings_apply_folder (GtkFileChooser *chooser)
{
  g_autoptr (GSettings) settings = monocle_export_settings_get ();
  g_autofree char *uri = settings ? g_settings_get_string (settings, "export-folder") : NULL;
  g_autoptr (GFile) folder = uri && *uri ? g_file_new_for_uri (uri) : NULL;

  /* One that is gone or far away would keep the dialog waiting or empty. */
  if (folder && g_file_is_native (folder)
      && g_file_query_file_type (folder, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY)
    gtk_file_chooser_set_current_folder (chooser, folder, NULL);
}

void
monocle_export_settings_remember_folder (GFile *file, gboolean is_folder)
{
  g_autoptr (GSettings) settings = monocle_export_settings_get ();
  g_autoptr (GFile) folder = is_folder ? g_object_ref (file) : g_file_get_parent (file);
  g_autofree char *uri = folder ? g_file_get_uri (folder) : NULL;

  if (settings && uri)
    g_settings_set_string (settings, "export-folder", uri);
}

GFile *
monocle_export_settings_find_free (GFile *folder, const char *stem, const char *ending)
{
  g_autofree char *name = g_strconcat (stem, ending, NULL);
  GFile *file = g_file_get_child (folder, name);

  for (guint i = 2; i < MAX_NAMES && g_file_query_exists (file, NULL); i++)
    {
      g_autofree char *numbered = g_strdup_printf ("%s-%u%s", stem, i, ending);

      g_object_unref (file);
      file = g_file_get_child (folder, numbered);
    }
  return file;
}

GFile *
monocle_export_settings_complete (GFile *chosen, const MonocleExportFormat **format)
{
  g_autofree char *name = g_file_get_basename (chosen);
  g_autoptr (GFile) folder = g_file_get_parent (chosen);
  const char *dot = strrchr (name, '.');
  const MonocleExportFormat *named = dot ? monocle_export_find_format (dot + 1) : NULL;
  g_autofree char *ending = NULL;

  /* Several formats may have it. */
  if (dot && g_ascii_strcasecmp (dot + 1, (*format)->extension) == 0)
    return g_object_ref (chosen);
  if (named && !named->exchange && named->content == (*format)->content)
    {
      *format = named;
      return g_object_ref (chosen);
    }
  if (!folder)
    return g_object_ref (chosen);
  ending = g_strconcat (".", (*format)->extension, NULL);
  return monocle_export_settings_find_free (folder, name, ending);
}
