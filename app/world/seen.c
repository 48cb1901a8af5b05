/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/seen.h"

#include <math.h>
#include <string.h>

/* What a detector makes of one pixel more or less. */
#define MOST_CROOKED 0.02

#define MAX_FRAMES 1024

/* What is seen of a thing, as shares of the side. */
typedef struct
{
  double x, y, radius;
} Sight;

static gboolean
read_box (
    JsonArray *objects, guint index, const char *where, double side, Sight *sight, GError **error)
{
  JsonNode *node = json_array_get_element (objects, index);
  double box[4];

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return monocle_file_set_error (error, where, "“objects” must hold objects");
  if (!monocle_json_get_doubles (json_node_get_object (node), where, "box", MONOCLE_JSON_REQUIRED,
                                 box, G_N_ELEMENTS (box), error))
    return FALSE;
  *sight = (Sight){ .x = (box[0] + box[2]) / 2 / side,
                    .y = (box[1] + box[3]) / 2 / side,
                    .radius = (fabs (box[2] - box[0]) + fabs (box[3] - box[1])) / 4 / side };
  if (!(sight->x >= 0 && sight->x <= 1 && sight->y >= 0 && sight->y <= 1 && sight->radius <= 1))
    return monocle_file_set_error (error, where, "“box” must lie in the frame");
  return TRUE;
}

/* (transfer full) (nullable) (element-type Sight): what a line says */
static GArray *
read_line (const char *line, gsize size, const char *where, guint most_things, GError **error)
{
  g_autoptr (JsonObject) root = monocle_json_parse (line, size, where, error);
  g_autoptr (GArray) sights = g_array_new (FALSE, FALSE, sizeof (Sight));
  JsonArray *objects = NULL;
  double width = 0, height = 0;
  guint n;

  if (!root || !monocle_json_get_double (root, where, "width", MONOCLE_JSON_REQUIRED, &width, error)
      || !monocle_json_get_double (root, where, "height", MONOCLE_JSON_REQUIRED, &height, error)
      || !monocle_json_get_array (root, where, "objects", MONOCLE_JSON_REQUIRED, &objects, error))
    return NULL;
  n = json_array_get_length (objects);
  if (!(width > 0 && height > 0) || fabs (width - height) > MOST_CROOKED * width)
    {
      monocle_file_set_error (error, where, "the frame must be square, not %g x %g", width, height);
      return NULL;
    }
  if (n == 0 || n > most_things)
    {
      monocle_file_set_error (error, where, "there are %u things, expected 1 to %u", n,
                              most_things);
      return NULL;
    }
  g_array_set_size (sights, n);
  for (guint i = 0; i < n; i++)
    if (!read_box (objects, i, where, width, &g_array_index (sights, Sight, i), error))
      return NULL;
  return g_steal_pointer (&sights);
}

/* Things in the order of the frame before: the two that are nearest to each other first. */
static void
follow (const GArray *before, GArray *now)
{
  const guint n = now->len;
  g_autofree Sight *found = g_new (Sight, n);
  g_autofree gboolean *is_old = g_new0 (gboolean, n), *is_new = g_new0 (gboolean, n);

  for (guint k = 0; k < n; k++)
    {
      double best = HUGE_VAL;
      guint from = 0, to = 0;

      for (guint i = 0; i < n; i++)
        for (guint j = 0; j < n; j++)
          {
            const Sight *a = &g_array_index (before, Sight, i);
            const Sight *b = &g_array_index (now, Sight, j);
            const double distance = hypot (a->x - b->x, a->y - b->y);

            if (is_old[i] || is_new[j] || distance >= best)
              continue;
            best = distance;
            from = i;
            to = j;
          }
      is_old[from] = is_new[to] = TRUE;
      found[from] = g_array_index (now, Sight, to);
    }
  memcpy (now->data, found, n * sizeof *found);
}

static MonocleTracks *
make_tracks (GPtrArray *frames)
{
  const guint n_things = ((GArray *) frames->pdata[0])->len;
  MonocleTracks *tracks = monocle_tracks_new (n_things, frames->len);

  for (guint t = 0; t < frames->len; t++)
    for (guint i = 0; i < n_things; i++)
      {
        const Sight *sight = &g_array_index ((GArray *) frames->pdata[t], Sight, i);

        tracks->places[(t * n_things + i) * 2] = (float) sight->x;
        tracks->places[(t * n_things + i) * 2 + 1] = (float) sight->y;
        tracks->radii[i] += (float) (sight->radius / frames->len);
      }
  return tracks;
}

/* The next line that is not empty; moves on. */
static const char *
take_line (const char **at, const char *end, gsize *size)
{
  while (*at < end)
    {
      const char *line = *at;
      const char *stop = memchr (line, '\n', (gsize) (end - line));

      *size = (gsize) ((stop ? stop : end) - line);
      *at = stop ? stop + 1 : end;
      if (*size > 0)
        return line;
    }
  return NULL;
}

MonocleTracks *
monocle_world_read_seen (
    const char *lines, gsize size, const char *name, guint most_things, GError **error)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  const char *at = lines, *line;
  gsize n_bytes;

  while ((line = take_line (&at, lines + size, &n_bytes)))
    {
      g_autofree char *where = g_strdup_printf ("%s: frame %u", name, frames->len + 1);
      GArray *sights = read_line (line, n_bytes, where, most_things, error);
      const GArray *before = frames->len > 0 ? frames->pdata[frames->len - 1] : NULL;

      if (!sights)
        return NULL;
      g_ptr_array_add (frames, sights);
      if (before && before->len != sights->len)
        {
          monocle_file_set_error (error, where, "it shows %u things, the one before %u",
                                  sights->len, before->len);
          return NULL;
        }
      if (frames->len > MAX_FRAMES)
        {
          monocle_file_set_error (error, name, "there are more than %u frames", MAX_FRAMES);
          return NULL;
        }
      if (before)
        follow (before, sights);
    }
  if (frames->len < 2)
    {
      monocle_file_set_error (error, name, "there must be at least 2 frames");
      return NULL;
    }
  return make_tracks (frames);
}
