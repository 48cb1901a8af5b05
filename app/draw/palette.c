/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/draw/palette.h"

#include <math.h>

/* Okabe and Ito's eight without black, and five more that keep their distance from them in
 * lightness or hue. */
static const guint32 palette[MONOCLE_PALETTE_COLOURS] = {
  0xe69f00, /* orange */
  0x56b4e9, /* sky */
  0x00a878, /* green */
  0xf0e442, /* yellow */
  0x1f6fd6, /* blue */
  0xe4572e, /* vermilion */
  0xd77bb0, /* pink */
  0x7a4fcf, /* violet */
  0xa3d65c, /* lime */
  0x12c4c4, /* turquoise */
  0xc2185b, /* ruby */
  0xffb59e, /* peach */
};

MonocleColour
monocle_palette_get (guint index)
{
  guint32 rgb = index >> 24 == 1 ? index & 0xffffff : palette[index % MONOCLE_PALETTE_COLOURS];

  return (MonocleColour){ ((rgb >> 16) & 0xff) / 255.0, ((rgb >> 8) & 0xff) / 255.0,
                          (rgb & 0xff) / 255.0 };
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* FNV-1a: fixed, unlike g_str_hash, which GLib may change. */
static guint32
hash_label (const char *label)
{
  guint32 hash = 2166136261u;

  for (const guchar *p = (const guchar *) label; *p; p++)
    hash = (hash ^ *p) * 16777619u;
  return hash ^ (hash >> 15);
}

/* What was read in a picture is a label too: more than these are not remembered. */
#define MAX_KEPT 10000

static GMutex kept_mutex;
static GHashTable *kept; /* folded label -> index */

typedef struct
{
  gconstpointer owner;
  GHashTable *indices; /* folded label -> index */
} Given;

static GArray *given; /* of Given: who spoke last is the last */

static void
clear_given (gpointer data)
{
  g_hash_table_unref (((Given *) data)->indices);
}

static void
forget_given (gconstpointer owner)
{
  for (guint i = 0; i < given->len; i++)
    if (g_array_index (given, Given, i).owner == owner)
      {
        g_array_remove_index (given, i);
        return;
      }
}

void
monocle_palette_give (gconstpointer owner,
                      const char *const *labels,
                      const guint32 *rgb,
                      guint n_labels)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&kept_mutex);
  Given one = { owner, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };

  if (!given)
    {
      given = g_array_new (FALSE, FALSE, sizeof (Given));
      g_array_set_clear_func (given, clear_given);
    }
  forget_given (owner);
  for (guint i = 0; i < n_labels; i++)
    g_hash_table_insert (one.indices, g_utf8_casefold (labels[i], -1),
                         GUINT_TO_POINTER (MONOCLE_PALETTE_RGB (rgb[i])));
  if (n_labels > 0)
    g_array_append_val (given, one);
  else
    clear_given (&one);
}

void
monocle_palette_keep (const char *const *labels, guint n_labels, const guint *indices)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&kept_mutex);

  if (!kept)
    kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < n_labels && g_hash_table_size (kept) < MAX_KEPT; i++)
    {
      g_autofree char *folded = g_utf8_casefold (labels[i], -1);

      if (*folded && indices[i] < MONOCLE_PALETTE_COLOURS && !g_hash_table_contains (kept, folded))
        g_hash_table_insert (kept, g_steal_pointer (&folded), GUINT_TO_POINTER (indices[i]));
    }
}

/* Given before kept. */
static gboolean
find_kept (const char *folded, guint *index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&kept_mutex);
  gpointer value;

  for (guint i = given ? given->len : 0; i > 0; i--)
    if (g_hash_table_lookup_extended (g_array_index (given, Given, i - 1).indices, folded, NULL,
                                      &value))
      {
        *index = GPOINTER_TO_UINT (value);
        return TRUE;
      }
  if (!kept || !g_hash_table_lookup_extended (kept, folded, NULL, &value))
    return FALSE;
  *index = GPOINTER_TO_UINT (value);
  return TRUE;
}

void
monocle_palette_assign (const char *const *labels, guint n_labels, guint *indices)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) folded = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  gboolean used[MONOCLE_PALETTE_COLOURS] = { FALSE };
  guint n_used = 0;

  for (guint i = 0; i < n_labels; i++)
    {
      guint index;

      g_ptr_array_add (folded, g_utf8_casefold (labels[i], -1));
      if (!find_kept (folded->pdata[i], &index))
        {
          g_ptr_array_add (sorted, folded->pdata[i]);
          continue;
        }
      if (index < MONOCLE_PALETTE_COLOURS)
        {
          n_used += !used[index];
          used[index] = TRUE;
        }
      g_hash_table_insert (taken, folded->pdata[i], GUINT_TO_POINTER (index));
    }
  g_ptr_array_sort (sorted, compare_strings);

  for (guint i = 0; i < sorted->len; i++)
    {
      const char *label = sorted->pdata[i];
      guint index = hash_label (label) % MONOCLE_PALETTE_COLOURS;

      if (g_hash_table_contains (taken, label))
        continue;
      while (n_used < MONOCLE_PALETTE_COLOURS && used[index])
        index = (index + 1) % MONOCLE_PALETTE_COLOURS;
      n_used += !used[index];
      used[index] = TRUE;
      g_hash_table_insert (taken, (gpointer) label, GUINT_TO_POINTER (index));
    }

  for (guint i = 0; i < n_labels; i++)
    indices[i] = GPOINTER_TO_UINT (g_hash_table_lookup (taken, folded->pdata[i]));
}

static double
linearise (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

/* Source: WCAG 2.1, contrast ratio; 0.179 is where black and white text are equally clear. */
gboolean
monocle_palette_text_is_dark (MonocleColour colour)
{
  double luminance = 0.2126 * linearise (colour.red) + 0.7152 * linearise (colour.green)
                     + 0.0722 * linearise (colour.blue);

  return luminance > 0.179;
}
