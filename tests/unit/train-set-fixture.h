/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A set of examples, and drawn pictures in a folder that goes with it.
 */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>

#include "app/train/chance.h"
#include "app/train/set.h"

G_BEGIN_DECLS

typedef struct
{
  char *folder;
  GPtrArray *tasks;
  MonocleTrainSet *set;
} Fixture;

static inline void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("monocle-train-XXXXXX", NULL);
  fixture->tasks = monocle_model_guess_tasks ();
  fixture->set = monocle_train_set_new (fixture->tasks);
}

static inline void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (fixture->folder);
  monocle_train_set_free (fixture->set);
  g_ptr_array_unref (fixture->tasks);
  g_free (fixture->folder);
}

/* Blocks of colour by lot, alike for the same number at every size. */
static inline void
draw_picture (const Fixture *fixture, const char *name, guint number, guint size)
{
  g_autoptr (GdkPixbuf) small = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 6, 6);
  g_autoptr (GdkPixbuf) large = NULL;
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  MonocleChance chance = monocle_chance (number, 0);

  for (guint y = 0; y < 6; y++)
    for (guint x = 0; x < 18; x++)
      gdk_pixbuf_get_pixels (small)[y * (guint) gdk_pixbuf_get_rowstride (small) + x]
          = (guint8) monocle_chance_below (&chance, 256);
  large = gdk_pixbuf_scale_simple (small, (int) size, (int) size, GDK_INTERP_BILINEAR);
  g_assert_true (gdk_pixbuf_save (large, path, "png", NULL, NULL));
}

static inline const MonocleTask *
find_task (const Fixture *fixture, const char *name)
{
  const MonocleTask *task = monocle_tasks_find (fixture->tasks, name);

  g_assert_nonnull (task);
  return task;
}

static inline void
add_words (Fixture *fixture, const char *name, const char *words)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  MonocleTrainExample *example
      = monocle_train_example_new (find_task (fixture, "region-to-category"), words);

  example->words = g_strdup (words);
  monocle_train_set_add (fixture->set, monocle_train_set_get_picture (fixture->set, path), example);
}

G_END_DECLS
