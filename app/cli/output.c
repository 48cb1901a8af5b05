/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/output.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/cli/picture.h"
#include "app/models/store.h"
#include "app/base/output.h"

/* "photos/street.jpg" -> "street" */
static char *
get_stem (const char *path)
{
  char *name = g_path_get_basename (path);
  char *dot = strrchr (name, '.');

  if (strcmp (path, MONOCLE_CLI_STDIN) == 0)
    return (g_free (name), g_strdup ("stdin"));
  if (dot && dot != name)
    *dot = '\0';
  return name;
}

void
monocle_cli_output_add_picture (MonocleFileSet *inputs, const char *path)
{
  gboolean is_stdin = strcmp (path, MONOCLE_CLI_STDIN) == 0;

  /* A shell may have put a file there. */
  monocle_file_set_add (inputs, is_stdin ? "/dev/stdin" : path);
}

void
monocle_cli_output_add_model (MonocleFileSet *inputs, const MonocleCliModel *model)
{
  static const char *const learnt[]
      = { "adapter_config.json", "adapter_model.safetensors", "adapter_model.bin" };
  g_autofree char *directory = monocle_cli_model_find (model, NULL);
  g_autoptr (GDir) dir = directory ? g_dir_open (directory, 0, NULL) : NULL;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (monocle_model_store_reads (name))
        monocle_file_set_add (inputs, path);
    }
  for (guint i = 0; i < G_N_ELEMENTS (learnt) && model->adapter; i++)
    {
      g_autofree char *path = g_build_filename (model->adapter, learnt[i], NULL);

      monocle_file_set_add (inputs, path);
    }
}

gboolean
monocle_cli_output_check (const char *option,
                          const char *path,
                          const MonocleFileSet *inputs,
                          char **problem)
{
  g_autofree char *input = monocle_output_find_input (inputs, path);
  const char *obstacle = input ? NULL : monocle_output_find_obstacle (path);

  if (input)
    /* Translators: an option, and a file */
    *problem = g_strdup_printf (_ ("%s would write over the input %s"), option, input);
  else if (obstacle)
    *problem = g_strdup_printf ("%s: %s: %s", option, path, obstacle);
  return !input && !obstacle;
}

/* OUT, OUT-IMAGE, OUT-TASK or OUT-IMAGE-TASK, without the extension. */
static char *
make_name (const char *out_stem, const char *image, const MonocleTask *task)
{
  g_autofree char *stem = image ? get_stem (image) : NULL;

  return g_strconcat (out_stem, stem ? "-" : "", stem ? stem : "", task ? "-" : "",
                      task ? task->id : "", NULL);
}

/* (transfer full): the next name that begins with @name and is in neither set; added to @taken.
 * @numbers: name -> the last number that was tried behind it. */
static char *
take_name (const char *name, const char *extension, MonocleFileSet *taken, GHashTable *numbers)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, name));
  g_autofree char *path = NULL;

  do
    {
      g_free (path);
      number++;
      path = number == 1 ? g_strconcat (name, extension, NULL)
                         : g_strdup_printf ("%s-%u%s", name, number, extension);
    }
  while (!monocle_file_set_add (taken, path));
  g_hash_table_insert (numbers, g_strdup (name), GUINT_TO_POINTER (number));
  return g_steal_pointer (&path);
}

GStrv
monocle_cli_output_plan (const char *option,
                         const char *out,
                         char **images,
                         guint n_images,
                         const MonocleTask *const *tasks,
                         guint n_tasks,
                         const MonocleFileSet *inputs,
                         char **problem)
{
  const char *extension = strrchr (out, '.');
  g_autoptr (MonocleFileSet) taken = monocle_file_set_new ();
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autofree char *stem = NULL;

  stem = g_strndup (out, (gsize) (extension - out));
  for (guint i = 0; i < n_images; i++)
    for (guint j = 0; j < n_tasks; j++)
      {
        g_autofree char *name
            = make_name (stem, n_images > 1 ? images[i] : NULL, n_tasks > 1 ? tasks[j] : NULL);
        g_autofree char *path = take_name (name, extension, taken, numbers);

        if (!monocle_cli_output_check (option, path, inputs, problem))
          return NULL;
        g_strv_builder_add (names, path);
      }
  return g_strv_builder_end (names);
}
