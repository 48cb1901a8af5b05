/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/duplicates.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/json/fields.h"

/* Pictures after each other in what was found. */
typedef struct
{
  const MonocleDuplicate *pictures;
  guint n;
  gint64 newest;
} Group;

static GArray *
find_groups (const MonocleDuplicates *duplicates)
{
  GArray *groups = g_array_new (FALSE, FALSE, sizeof (Group));

  for (guint i = 0; i < duplicates->found->len; i++)
    {
      const MonocleDuplicate *picture = &g_array_index (duplicates->found, MonocleDuplicate, i);
      Group group = { .pictures = picture, .newest = G_MININT64 }, *last;

      if (picture->joined < 0)
        g_array_append_val (groups, group);
      last = &g_array_index (groups, Group, groups->len - 1);
      last->n++;
      last->newest = MAX (last->newest, monocle_index_entry_get_date (picture->entry));
    }
  return groups;
}

static int
compare_dates (gconstpointer a, gconstpointer b)
{
  const Group *x = a, *y = b;

  if (x->newest != y->newest)
    return x->newest < y->newest ? 1 : -1;
  return strcmp (x->pictures->entry->path, y->pictures->entry->path);
}

/* Of all of it: the worst that any two are to each other. */
static MonocleDuplicateKind
judge_group (const Group *group, float *least)
{
  const MonocleIndexEntry *first = group->pictures->entry;
  gboolean are_copies = TRUE;

  *least = 1;
  for (guint i = 1; i < group->n; i++)
    {
      const MonocleDuplicate *picture = &group->pictures[i];

      *least = MIN (*least, picture->joined);
      are_copies &= memcmp (picture->entry->digest, first->digest, sizeof first->digest) == 0;
    }
  if (are_copies)
    return MONOCLE_DUPLICATE_COPY;
  return *least >= MONOCLE_DUPLICATES_EXACT ? MONOCLE_DUPLICATE_EXACT : MONOCLE_DUPLICATE_NEAR;
}

static void
add_judgement (JsonBuilder *builder, MonocleDuplicateKind kind, float cosine)
{
  json_builder_set_member_name (builder, "kind");
  json_builder_add_string_value (builder, monocle_duplicate_kind_get_id (kind));
  json_builder_set_member_name (builder, "score");
  json_builder_add_double_value (builder, round ((double) cosine * 1e6) / 1e6);
}

static void
print_json (const Group *group)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  MonocleDuplicateKind kind;
  float least;

  kind = judge_group (group, &least);
  json_builder_begin_object (builder);
  add_judgement (builder, kind, least);
  json_builder_set_member_name (builder, "pictures");
  json_builder_begin_array (builder);
  for (guint i = 0; i < group->n; i++)
    {
      const MonocleDuplicate *picture = &group->pictures[i];

      json_builder_begin_object (builder);
      monocle_json_add_path (builder, picture->entry->path);
      add_judgement (builder, picture->kind, picture->cosine);
      json_builder_set_member_name (builder, "size");
      json_builder_add_int_value (builder, (gint64) picture->entry->size);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

static void
print_text (const Group *group)
{
  for (guint i = 0; i < group->n; i++)
    {
      const MonocleDuplicate *picture = &group->pictures[i];
      g_autofree char *name = monocle_cli_out_clean_line (picture->entry->path);

      monocle_cli_out ("%7.4f  %-5s  %s\n", (double) picture->cosine,
                       monocle_duplicate_kind_get_id (picture->kind), name);
    }
}

static void
print_paths (const Group *group)
{
  for (guint i = 0; i < group->n; i++)
    {
      const char *path = group->pictures[i].entry->path;

      monocle_cli_out_bytes (path, strlen (path) + 1);
    }
  monocle_cli_out_bytes ("", 1);
}

static void
print_groups (const MonocleDuplicates *duplicates, const MonocleCliDuplicates *options, float least)
{
  g_autoptr (GArray) groups = find_groups (duplicates);

  if (options->by_date)
    g_array_sort (groups, compare_dates);
  for (guint i = 0; i < MIN (groups->len, options->top); i++)
    {
      const Group *group = &g_array_index (groups, Group, i);

      if (options->format == MONOCLE_CLI_HITS_JSON)
        print_json (group);
      else if (options->format == MONOCLE_CLI_HITS_PATHS)
        print_paths (group);
      else
        {
          if (i > 0)
            monocle_cli_out ("\n");
          print_text (group);
        }
    }
  monocle_cli_out_flush ();
  if (duplicates->above >= 0)
    g_printerr (_ ("monocle-cli: note: too many images fit each other: only the best pairs were "
                   "looked at\n"));
  /* Translators: the last one is a cosine */
  g_printerr (ngettext ("monocle-cli: note: %u group among %u images, by %.4f or more\n",
                        "monocle-cli: note: %u groups among %u images, by %.4f or more\n",
                        groups->len),
              groups->len, duplicates->n, (double) MAX (least, duplicates->above));
}

static void
show_progress (double part, gpointer data)
{
  monocle_cli_progress_show (part, _ ("comparing images"));
}

guint
monocle_cli_duplicates (MonocleIndex *index,
                        guint n_dims,
                        const MonocleCliDuplicates *options,
                        GError **error)
{
  MonocleDuplicatesQuery query = { .n_dims = n_dims,
                                   .directories = options->directories,
                                   .least = options->least,
                                   .progress = show_progress };
  MonocleDuplicates duplicates;
  gboolean is_done;
  float alike;

  if (isnan (query.least))
    monocle_duplicates_calibrate (index, n_dims, &query.least, &alike);
  is_done = monocle_search_find_duplicates (index, &query, &duplicates,
                                            monocle_cli_wait_get_cancellable (), error);
  monocle_cli_progress_clear ();
  if (!is_done)
    return 0;
  if (duplicates.n > 0)
    print_groups (&duplicates, options, query.least);
  g_array_unref (duplicates.found);
  return duplicates.n;
}
