/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: lines of examples that a model is to learn from.
 */
#include "config.h"

#include "fuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#include "app/train/set.h"

/* One pixel: what lines are about. */
static const char picture[] = "P6 1 1 255 abc";

static char *folder;

static void
remove_folder (void)
{
  g_autofree char *path = g_build_filename (folder, "a.ppm", NULL);

  g_remove (path);
  g_rmdir (folder);
  g_free (folder);
}

static void
make_folder (void)
{
  g_autofree char *path = NULL;

  folder = g_dir_make_tmp ("fuzz-train-XXXXXX", NULL);
  path = g_build_filename (folder, "a.ppm", NULL);
  g_assert_true (g_file_set_contents (path, picture, sizeof picture - 1, NULL));
  atexit (remove_folder);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GPtrArray) tasks = monocle_model_guess_tasks ();
  g_autoptr (MonocleTrainSet) set = monocle_train_set_new (tasks);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  if (!folder)
    make_folder ();
  path = g_build_filename (folder, "x.jsonl", NULL);
  if (size == 0 || !g_file_set_contents (path, (const char *) data, (gssize) size, NULL))
    return 0;
  if (!monocle_train_set_read_lines (set, path, &error))
    fuzz_check_error (error, path);
  for (guint i = 0; i < set->pictures->len; i++)
    {
      const MonocleTrainPicture *one = set->pictures->pdata[i];

      for (guint j = 0; j < one->examples->len; j++)
        {
          const MonocleTrainExample *example = one->examples->pdata[j];

          g_assert_true ((example->words != NULL) != (example->objects != NULL));
          g_assert_true (!(example->task->takes & MONOCLE_TAKES_TEXT) || *example->text);
        }
    }
  g_remove (path);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char *const texts[] = {
    "{\"image\":\"a.ppm\",\"task\":\"region-to-category\",\"region\":[0,0,1,1],\"output\":\"x\"}\n",
    "{\"image\":\"a.ppm\",\"task\":\"<OD>\",\"boxes\":[[0,0,1,1]],\"labels\":[\"x\"]}\n\n"
    "{\"image\":\"a.ppm\",\"task\":\"open-vocabulary-detection\",\"text\":\"y\",\"boxes\":[]}",
    "{\"image\":\"a.ppm\",\"prefix\":\"<OD>\",\"suffix\":\"x<loc_0><loc_1><loc_2><loc_999>\"}\n",
    "{\"image\":\"a.ppm\",\"prefix\":\"what is it?\",\"suffix\":\"x\",\"split\":\"val\"}\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    fuzz_add_seed (seeds, texts[i], strlen (texts[i]));
}
