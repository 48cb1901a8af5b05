/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli-output.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/render-file.h"

/* The same name, or another name of the same file. */
static gboolean
is_same_file (const char *a, const char *b)
{
  GStatBuf stat_a, stat_b;

  if (strcmp (a, b) == 0)
    return TRUE;
  return g_stat (a, &stat_a) == 0 && g_stat (b, &stat_b) == 0 && stat_a.st_dev == stat_b.st_dev
         && stat_a.st_ino == stat_b.st_ino;
}

/* "photos/street.jpg" -> "street" */
static char *
get_stem (const char *path)
{
  char *name = g_path_get_basename (path);
  char *dot = strrchr (name, '.');

  if (dot && dot != name)
    *dot = '\0';
  return name;
}

GStrv
monocle_cli_output_plan (const char *out,
                         char **images,
                         guint n_images,
                         const MonocleTask *const *tasks,
                         guint n_tasks,
                         char **error)
{
  const char *extension = strrchr (out, '.');
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  MonocleRenderFormat format;

  if (!monocle_render_file_get_format (out, &format))
    {
      *error = g_strdup_printf (_ ("--annotate needs a name that ends with .png or .svg, not '%s'"),
                                out);
      return NULL;
    }

  for (guint i = 0; i < n_images; i++)
    for (guint j = 0; j < n_tasks; j++)
      {
        g_autoptr (GString) stem = g_string_new_len (out, extension - out);
        g_autofree char *name = NULL;

        if (n_images > 1)
          {
            g_autofree char *image = get_stem (images[i]);

            g_string_append_printf (stem, "-%s", image);
          }
        if (n_tasks > 1)
          g_string_append_printf (stem, "-%s", tasks[j]->id);

        name = g_strconcat (stem->str, extension, NULL);
        for (guint number = 2; g_hash_table_contains (taken, name); number++)
          {
            g_free (name);
            name = g_strdup_printf ("%s-%u%s", stem->str, number, extension);
          }

        for (guint k = 0; k < n_images; k++)
          if (is_same_file (name, images[k]))
            {
              *error = g_strdup_printf (_ ("--annotate would write over the input %s"), images[k]);
              return NULL;
            }
        g_hash_table_add (taken, name);
        g_ptr_array_add (names, g_steal_pointer (&name));
      }

  g_ptr_array_add (names, NULL);
  g_ptr_array_set_free_func (names, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}
