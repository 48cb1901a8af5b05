/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/folder-menu.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/document/folder-tally.h"

/* More names are no choice any more. */
#define MAX_LABELS 24

/* --- In words --- */

static char *
describe_score (guint score)
{
  const double low = monocle_folder_tally_get_score (score) * 100;

  if (score == 0)
    /* Translators: pictures whose best score is less than so many percent */
    return g_strdup_printf (_ ("Best Score Under %.0f %%"),
                            monocle_folder_tally_get_score (1) * 100);
  if (score == MONOCLE_FOLDER_SCORES - 1)
    /* Translators: pictures whose best score is so many percent or more */
    return g_strdup_printf (_ ("Best Score %.0f %% and More"), low);
  /* Translators: pictures whose best score is from the one to below the other */
  return g_strdup_printf (_ ("Best Score %.0f to %.0f %%"), low,
                          monocle_folder_tally_get_score (score + 1) * 100);
}

char *
monocle_folder_menu_dup_title (const char *filter)
{
  g_return_val_if_fail (filter, NULL);

  if (g_str_equal (filter, MONOCLE_FOLDER_TODO))
    return g_strdup (_ ("Not Done"));
  if (g_str_equal (filter, MONOCLE_FOLDER_DONE))
    return g_strdup (C_ ("pictures", "Done"));
  if (g_str_equal (filter, MONOCLE_FOLDER_OBJECTS))
    return g_strdup (_ ("With Objects"));
  if (g_str_has_prefix (filter, MONOCLE_FOLDER_LABEL_PREFIX))
    /* Translators: pictures on which something is called so */
    return g_strdup_printf (_ ("With “%s”"), filter + strlen (MONOCLE_FOLDER_LABEL_PREFIX));
  for (guint i = 0; i < MONOCLE_FOLDER_SCORES; i++)
    {
      g_autofree char *other = monocle_folder_tally_dup_score_filter (i);

      if (g_str_equal (filter, other))
        return describe_score (i);
    }
  return g_strdup (_ ("All Pictures"));
}

/* --- The menu --- */

/* @n: how many there are; none cannot be chosen but for what is chosen already */
static void
add_filter (GMenu *menu, const char *filter, const char *title, guint n)
{
  g_autoptr (GMenuItem) item = NULL;
  g_autofree char *plain = g_strdelimit (g_strdup (title), "\n", ' ');
  g_auto (GStrv) parts = g_strsplit (plain, "_", -1);
  /* What is a name is no mnemonic. */
  g_autofree char *escaped = g_strjoinv ("__", parts);
  /* Translators: which pictures, and how many there are: Not Done (12) */
  g_autofree char *text = g_strdup_printf (_ ("%s (%u)"), escaped, n);

  item = g_menu_item_new (text, NULL);
  g_menu_item_set_action_and_target_value (item, "win.filter", g_variant_new_string (filter));
  g_menu_append_item (menu, item);
}

static void
add_kind (GMenu *menu, const char *filter, guint n)
{
  g_autofree char *title = monocle_folder_menu_dup_title (filter);

  add_filter (menu, filter, title, n);
}

static void
add_labels (GMenu *menu, const MonocleFolderTally *tally)
{
  g_autoptr (GMenu) labels = g_menu_new ();
  g_autoptr (GPtrArray) names = monocle_folder_tally_sort (tally->labels);
  guint n = 0;

  for (guint i = 0; i < names->len && n < MAX_LABELS; i++)
    {
      const char *name = names->pdata[i];
      g_autofree char *filter = g_strconcat (MONOCLE_FOLDER_LABEL_PREFIX, name, NULL);

      if (*name == '\0')
        continue;
      add_filter (labels, filter, name,
                  GPOINTER_TO_UINT (g_hash_table_lookup (tally->labels, name)));
      n++;
    }
  if (n > 0)
    g_menu_append_submenu (menu, _ ("With _Label"), G_MENU_MODEL (labels));
}

static void
add_scores (GMenu *menu, const MonocleFolderTally *tally)
{
  g_autoptr (GMenu) scores = g_menu_new ();
  guint n = 0;

  for (guint i = MONOCLE_FOLDER_SCORES; i-- > 0;)
    {
      g_autofree char *filter = monocle_folder_tally_dup_score_filter (i);

      add_kind (scores, filter, tally->n_scores[i]);
      n += tally->n_scores[i];
    }
  if (n > 0)
    g_menu_append_submenu (menu, _ ("By _Score"), G_MENU_MODEL (scores));
}

static void
add_order (GMenu *menu)
{
  static const struct
  {
    const char *title, *sort;
  } orders[] = {
    { N_ ("By _Name"), "name" },
    { N_ ("By _Date"), "date" },
    { N_ ("By File Si_ze"), "size" },
    { N_ ("_Last Worked on First"), "worked" },
  };
  g_autoptr (GMenu) section = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_ (orders[i].title), NULL);

      g_menu_item_set_action_and_target_value (item, "win.filmstrip-sort",
                                               g_variant_new_string (orders[i].sort));
      g_menu_append_item (section, item);
    }
  g_menu_append_section (menu, _ ("Order"), G_MENU_MODEL (section));
}

GMenuModel *
monocle_folder_menu_new (GListModel *pictures)
{
  g_autoptr (MonocleFolderTally) tally = NULL;
  GMenu *menu;
  g_autoptr (GMenu) shown = g_menu_new ();
  g_autoptr (GMenu) more = g_menu_new ();

  g_return_val_if_fail (G_IS_LIST_MODEL (pictures), NULL);

  menu = g_menu_new ();
  tally = monocle_folder_tally_new (pictures);
  add_kind (shown, MONOCLE_FOLDER_ALL, tally->n_pictures);
  add_kind (shown, MONOCLE_FOLDER_TODO, tally->n_pictures - tally->n_done);
  add_kind (shown, MONOCLE_FOLDER_DONE, tally->n_done);
  add_kind (shown, MONOCLE_FOLDER_OBJECTS, tally->n_objects);
  add_labels (shown, tally);
  add_scores (shown, tally);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (shown));
  add_order (menu);
  g_menu_append (more, _ ("_Go to Picture…"), "win.go-to");
  g_menu_append (more, _ ("_Ask All Pictures…"), "win.ask-all");
  g_menu_append (more, _ ("_Statistics"), "win.statistics");
  g_menu_append (more, _ ("_Export Folder…"), "win.export-folder");
  g_menu_append (more, _ ("_Delete All Work…"), "win.forget-folder");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  return G_MENU_MODEL (menu);
}
