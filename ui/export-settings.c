/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/export-settings.h"

#include <string.h>

#define SCHEMA "org.monocle.Monocle"

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

const MonocleExportFormat *
monocle_export_settings_guess_picture (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  const char *dot = name ? strrchr (name, '.') : NULL;
  const MonocleExportFormat *format = dot ? monocle_export_find_format (dot + 1) : NULL;

  return format && format->content == MONOCLE_EXPORT_PICTURE ? format
                                                             : monocle_export_find_format ("png");
}
