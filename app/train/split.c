/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/split.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/pictures/source.h"
#include "app/train/chance.h"

/* Of 64 bits: so many may differ between pictures that look alike. */
#define MAX_DIFFERENT_BITS 6
#define FIELDS             8
/* Between pictures of one thing that a camera took in a row. */
#define BURST_US         (10 * G_USEC_PER_SEC)
#define MEMORY_MAX_BYTES (64 << 20)

/* --- what pictures look like -------------------------------------------------------------- */

/* Mean brightness of a field. */
static double
get_brightness (MonocleImage *image, guint x, guint y, guint n_columns, guint n_rows)
{
  const guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  const guint x1 = x * width / n_columns, x2 = MAX ((x + 1) * width / n_columns, x1 + 1);
  const guint y1 = y * height / n_rows, y2 = MAX ((y + 1) * height / n_rows, y1 + 1);
  const guint8 *pixels = monocle_image_get_pixels (image);
  guint64 sum = 0;

  for (guint row = y1; row < MIN (y2, height); row++)
    for (guint column = x1; column < MIN (x2, width); column++)
      {
        const guint8 *pixel = pixels + ((gsize) row * width + column) * 3;

        sum += 299u * pixel[0] + 587u * pixel[1] + 114u * pixel[2];
      }
  return (double) sum / MAX ((double) (MIN (y2, height) - y1) * (MIN (x2, width) - x1), 1);
}

guint64
monocle_train_split_look (MonocleImage *image)
{
  guint64 look = 0;

  for (guint y = 0; y < FIELDS; y++)
    {
      double before = get_brightness (image, 0, y, FIELDS + 1, FIELDS);

      for (guint x = 1; x <= FIELDS; x++)
        {
          const double here = get_brightness (image, x, y, FIELDS + 1, FIELDS);

          look = look << 1 | (before < here);
          before = here;
        }
    }
  return look;
}

static gboolean
measure (MonocleTrainPicture *picture)
{
  g_autoptr (GBytes) bytes = monocle_file_map (picture->path, NULL);
  g_autoptr (MonocleImage) image = NULL;

  if (!bytes || !(image = monocle_image_source_load_path (picture->path, NULL)))
    return FALSE;
  g_free (picture->digest);
  picture->digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  picture->look = monocle_train_split_look (image);
  picture->taken = monocle_exif_get_date (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return TRUE;
}

gboolean
monocle_train_split_measure (MonocleTrainSet *set, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < set->pictures->len; i++)
    {
      MonocleTrainPicture *picture = set->pictures->pdata[i];

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (picture->examples->len == 0 || measure (picture))
        continue;
      g_ptr_array_set_size (picture->examples, 0);
      monocle_notes_add (set->notes, _ ("pictures that cannot be read are left out"));
    }
  return TRUE;
}

/* --- groups ------------------------------------------------------------------------------- */

static guint
find_root (guint *parents, guint i)
{
  while (parents[i] != i)
    i = parents[i] = parents[parents[i]];
  return i;
}

static gboolean
are_of_a_burst (const MonocleTrainPicture *a, const MonocleTrainPicture *b)
{
  g_autofree char *left = NULL, *right = NULL;

  if (a->taken == 0 || b->taken == 0 || ABS (a->taken - b->taken) > BURST_US)
    return FALSE;
  left = g_path_get_dirname (a->path);
  right = g_path_get_dirname (b->path);
  return g_str_equal (left, right);
}

static gboolean
are_alike (const MonocleTrainPicture *a, const MonocleTrainPicture *b)
{
  return g_strcmp0 (a->digest, b->digest) == 0
         || __builtin_popcountll (a->look ^ b->look) <= MAX_DIFFERENT_BITS || are_of_a_burst (a, b);
}

static void
find_groups (MonocleTrainSet *set)
{
  const guint n = set->pictures->len;
  g_autofree guint *parents = g_new (guint, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    parents[i] = i;
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < i; j++)
      {
        const MonocleTrainPicture *a = set->pictures->pdata[i], *b = set->pictures->pdata[j];

        if (a->digest && b->digest && are_alike (a, b))
          parents[find_root (parents, i)] = find_root (parents, j);
      }
  for (guint i = 0; i < n; i++)
    ((MonocleTrainPicture *) set->pictures->pdata[i])->group = find_root (parents, i);
}

/* --- sides -------------------------------------------------------------------------------- */

typedef enum
{
  SIDE_UNKNOWN,
  SIDE_LEARNT,
  SIDE_HELD_OUT,
} Side;

static GHashTable *
read_memory (const char *path, GError **error)
{
  g_autoptr (GHashTable) sides = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!path || !g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&sides);
  bytes = monocle_file_read (path, MEMORY_MAX_BYTES, error);
  if (!bytes)
    return NULL;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    {
      char *tab = strchr (lines[i], '\t');

      if (!tab || tab == lines[i])
        continue;
      *tab = '\0';
      g_hash_table_insert (
          sides, g_strdup (lines[i]),
          GUINT_TO_POINTER (g_str_equal (tab + 1, "held-out") ? SIDE_HELD_OUT : SIDE_LEARNT));
    }
  return g_steal_pointer (&sides);
}

static gboolean
write_memory (GHashTable *sides, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (sides), (GCompareFunc) strcmp);
  g_autoptr (GString) text = g_string_new (NULL);

  for (GList *l = keys; l; l = l->next)
    g_string_append_printf (text, "%s\t%s\n", (const char *) l->data,
                            GPOINTER_TO_UINT (g_hash_table_lookup (sides, l->data)) == SIDE_HELD_OUT
                                ? "held-out"
                                : "learnt");
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return monocle_file_set_error (error, folder, "cannot be made");
  return g_file_set_contents (path, text->str, (gssize) text->len, error);
}

/* What of a picture is known before anything is drawn by lot. */
static Side
find_side (const MonocleTrainPicture *picture, GHashTable *sides)
{
  if (picture->split == MONOCLE_SAMPLE_VAL)
    return SIDE_HELD_OUT;
  if (picture->split == MONOCLE_SAMPLE_TRAIN)
    return SIDE_LEARNT;
  return picture->digest ? (Side) GPOINTER_TO_UINT (g_hash_table_lookup (sides, picture->digest))
                         : SIDE_UNKNOWN;
}

typedef struct
{
  gboolean is_learnt, is_held_out;
  const char *digest; /* (nullable): the smallest; none where there is no example */
  double lot;
  Side side;
} Group;

/* By the smallest digest of a group, so that it makes no difference in what order they come. */
static double
draw_lot (const MonocleTrainSplit *self, const char *digest)
{
  g_autofree char *beginning = g_strndup (digest, 15);
  MonocleChance chance = monocle_chance (self->seed, g_ascii_strtoull (beginning, NULL, 16));

  return monocle_chance_unit (&chance);
}

static int
compare_lots (gconstpointer a, gconstpointer b)
{
  const Group *left = *(const Group *const *) a, *right = *(const Group *const *) b;

  return (left->lot > right->lot) - (left->lot < right->lot);
}

/* Of few, lots can hold out nearly all: no more than half of them is, since something has to be
 * learnt.
 */
static void
choose_sides (const MonocleTrainSplit *self, Group *groups, guint n)
{
  g_autoptr (GPtrArray) drawn = g_ptr_array_new ();
  guint n_held_out = 0, n_groups = 0;

  for (guint i = 0; i < n; i++)
    {
      Group *group = &groups[i];

      if (!group->digest)
        continue;
      n_groups++;
      group->side = group->is_learnt     ? SIDE_LEARNT
                    : group->is_held_out ? SIDE_HELD_OUT
                                         : SIDE_UNKNOWN;
      n_held_out += group->side == SIDE_HELD_OUT;
      if (group->side != SIDE_UNKNOWN)
        continue;
      group->lot = draw_lot (self, group->digest);
      g_ptr_array_add (drawn, group);
    }
  g_ptr_array_sort (drawn, compare_lots);
  for (guint i = 0; i < drawn->len; i++)
    {
      Group *group = drawn->pdata[i];
      const gboolean has_room = n_held_out + 1 <= MAX (self->share, 0.5) * n_groups;

      group->side = group->lot < self->share && has_room ? SIDE_HELD_OUT : SIDE_LEARNT;
      n_held_out += group->side == SIDE_HELD_OUT;
    }
}

static void
leave_out (MonocleTrainSet *set, MonocleTrainPicture *picture, const char *why)
{
  g_ptr_array_set_size (picture->examples, 0);
  monocle_notes_add (set->notes, why);
}

static Group *
collect_groups (MonocleTrainSet *set, GHashTable *sides)
{
  Group *groups = g_new0 (Group, MAX (set->pictures->len, 1));

  for (guint i = 0; i < set->pictures->len; i++)
    {
      const MonocleTrainPicture *picture = set->pictures->pdata[i];
      const Side side = find_side (picture, sides);
      Group *group = &groups[picture->group];

      if (picture->examples->len == 0)
        continue;
      group->is_learnt = group->is_learnt || side == SIDE_LEARNT;
      group->is_held_out = group->is_held_out || side == SIDE_HELD_OUT;
      if (!group->digest || strcmp (picture->digest, group->digest) < 0)
        group->digest = picture->digest;
    }
  return groups;
}

gboolean
monocle_train_split_run (const MonocleTrainSplit *self, MonocleTrainSet *set, GError **error)
{
  g_autoptr (GHashTable) sides = read_memory (self->memory, error);
  g_autofree Group *groups = NULL;

  if (!sides)
    return FALSE;
  for (guint i = 0; i < set->pictures->len; i++)
    {
      MonocleTrainPicture *picture = set->pictures->pdata[i];

      if (picture->split == MONOCLE_SAMPLE_TEST && picture->examples->len > 0)
        leave_out (set, picture, _ ("pictures for testing are left out"));
    }
  find_groups (set);
  groups = collect_groups (set, sides);
  choose_sides (self, groups, set->pictures->len);
  for (guint i = 0; i < set->pictures->len; i++)
    {
      MonocleTrainPicture *picture = set->pictures->pdata[i];
      const Group *group = &groups[picture->group];
      const Side known = find_side (picture, sides);

      if (picture->examples->len == 0)
        continue;
      /* What was held out looks like something that is learnt: it can say nothing any more. */
      if (known == SIDE_HELD_OUT && group->side == SIDE_LEARNT)
        {
          leave_out (set, picture, _ ("held-out pictures that look like learnt ones are left out"));
          continue;
        }
      picture->is_held_out = group->side == SIDE_HELD_OUT;
      g_hash_table_insert (sides, g_strdup (picture->digest), GUINT_TO_POINTER (group->side));
    }
  return !self->memory || self->is_trial || g_hash_table_size (sides) == 0
         || write_memory (sides, self->memory, error);
}
