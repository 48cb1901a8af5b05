/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The size that a picture is seen in: it keeps its shape as far as whole tokens allow, and its
 * pixels are neither too few nor too many.
 */
#include "config.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/models/qwen3vl/private.h"

/* Pictures that are so many times longer than wide are not looked at. */
#define MOST_SHAPE 200

/* Tokens of a picture: of one that is seen at a glance, and of any. What the models were trained
 * with is six times as much, for which the tower would take hours of a processor and minutes of
 * most cards. */
#define GLANCE_TOKENS 256
#define MOST_TOKENS   2560

/* What patches of a picture are in at once, which all devices can bind; three times their channels
 * are its columns. */
#define MOST_BYTES (128u << 20)

/* Pixels that files may ask for. */
#define MAX_PIXELS (1 << 28)

static gboolean
read_bounds (MonocleQwen3vlPixels *self, JsonObject *root, const char *path, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: size", path);
  gint64 least = 65536, most = 16777216;
  JsonObject *size = NULL;

  /* Old files have them apart. */
  if (!monocle_json_get_int (root, path, "min_pixels", MONOCLE_JSON_OPTIONAL, 1, MAX_PIXELS, &least,
                             error)
      || !monocle_json_get_int (root, path, "max_pixels", MONOCLE_JSON_OPTIONAL, 1, MAX_PIXELS,
                                &most, error)
      || !monocle_json_get_object (root, path, "size", MONOCLE_JSON_OPTIONAL, &size, error))
    return FALSE;
  if (size
      && (!monocle_json_get_int (size, where, "shortest_edge", MONOCLE_JSON_REQUIRED, 1, MAX_PIXELS,
                                 &least, error)
          || !monocle_json_get_int (size, where, "longest_edge", MONOCLE_JSON_REQUIRED, 1,
                                    MAX_PIXELS, &most, error)))
    return FALSE;
  if (least > most)
    {
      monocle_file_set_error (error, path, "the fewest pixels of a picture are more than the most");
      return FALSE;
    }
  self->least = (guint) least;
  self->most = (guint) most;
  return TRUE;
}

/* That patches are those of the model. */
static gboolean
check_patches (const MonocleQwen3vl *self, JsonObject *root, const char *path, GError **error)
{
  const MonocleQwen3vlConfig *config = &self->config;
  const struct
  {
    const char *key;
    guint wanted;
  } numbers[] = { { "patch_size", config->patch },
                  { "merge_size", config->factor },
                  { "temporal_patch_size", config->frames } };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      gint64 found = numbers[i].wanted;

      if (!monocle_json_get_int (root, path, numbers[i].key, MONOCLE_JSON_OPTIONAL, 1, MAX_PIXELS,
                                 &found, error))
        return FALSE;
      if (found != numbers[i].wanted)
        {
          g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                       "%s: “%s” is %u, the model takes %u", path, numbers[i].key, (guint) found,
                       numbers[i].wanted);
          return FALSE;
        }
    }
  return TRUE;
}

/* Everything else is read as of any preprocessor; the size follows from the picture. */
static gboolean
read_rest (MonocleQwen3vlPixels *self, JsonObject *root, const char *path, GError **error)
{
  JsonObject *any = json_object_new ();

  json_object_set_int_member (any, "width", 1);
  json_object_set_int_member (any, "height", 1);
  json_object_set_object_member (root, "size", any);
  if (!monocle_json_has (root, "resample"))
    json_object_set_int_member (root, "resample", MONOCLE_RESAMPLE_BICUBIC);
  if (!monocle_preprocess_parse (&self->settings, root, path, error))
    return FALSE;
  if (self->settings.do_resize)
    return TRUE;
  monocle_file_set_error (error, path, "key \"do_resize\": expected true");
  return FALSE;
}

static guint
count_limit (const MonocleQwen3vlConfig *config)
{
  const guint64 bytes
      = (guint64) config->factor * config->factor * 3 * config->channels * sizeof (float);

  return (guint) CLAMP (MOST_BYTES / bytes, 1, MOST_TOKENS);
}

gboolean
monocle_qwen3vl_load_pixels (MonocleQwen3vl *self, const char *directory, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonObject) root = monocle_preprocess_find_settings (directory, &path, error);

  return root && monocle_qwen3vl_read_pixels (self, root, path, error);
}

gboolean
monocle_qwen3vl_read_pixels (MonocleQwen3vl *self,
                             JsonObject *root,
                             const char *path,
                             GError **error)
{
  self->pixels.side = self->config.patch * self->config.factor;
  self->pixels.limit = self->pixels.most_tokens = count_limit (&self->config);
  return check_patches (self, root, path, error) && read_bounds (&self->pixels, root, path, error)
         && read_rest (&self->pixels, root, path, error);
}

guint
monocle_qwen3vl_count_tokens (const MonocleQwen3vlPixels *self)
{
  return MIN (self->most / self->side / self->side, self->most_tokens);
}

void
monocle_qwen3vl_look_in_pieces (gpointer model, guint most)
{
  MonocleQwen3vl *self = model;

  const guint limit = self->pixels.limit;

  self->pixels.most_tokens
      = most > 0 && most < limit ? MIN (most * most * GLANCE_TOKENS, limit) : limit;
  self->asker.n_picture = monocle_qwen3vl_count_tokens (&self->pixels);
}

void
monocle_qwen3vl_limit_pixels (MonocleQwen3vl *self)
{
  MonocleQwen3vlPixels *pixels = &self->pixels;
  const guint most = pixels->most / pixels->side / pixels->side;

  pixels->limit = pixels->most_tokens = GLANCE_TOKENS;
  if (most > GLANCE_TOKENS)
    g_ptr_array_add (self->notes,
                     g_strdup_printf ("%s: looks at pictures less closely than elsewhere, with %u "
                                      "tokens at most instead of %u",
                                      self->gpu->info.name, GLANCE_TOKENS,
                                      MIN (most, count_limit (&self->config))));
}

/* Of a picture now. */
static double
get_most (const MonocleQwen3vlPixels *self)
{
  return MIN ((double) self->most, (double) self->most_tokens * self->side * self->side);
}

guint
monocle_qwen3vl_count_most_tokens (const MonocleQwen3vlPixels *self)
{
  const double most = MIN ((double) self->most, (double) self->limit * self->side * self->side);
  const double least = MIN (self->least, most);
  /* One that is as long as it may be is a row of tokens. */
  const double row = sqrt (MOST_SHAPE * most) / self->side;
  /* A small one is brought to the least in whole tokens, which is more. */
  const double small
      = (sqrt (MOST_SHAPE * least) / self->side + 1) * (sqrt (least / MOST_SHAPE) / self->side + 1);
  const double square = pow (sqrt (least) / self->side + 1, 2);
  const double n = MAX (MAX (most / self->side / self->side, row), MAX (small, square));

  return ((guint) ceil (n) + MONOCLE_CAUSAL_SEEN - 1) / MONOCLE_CAUSAL_SEEN * MONOCLE_CAUSAL_SEEN;
}

static guint
scale (double side, double by, guint unit, double (*whole) (double))
{
  return (guint) MAX (whole (side * by / unit), 1) * unit;
}

/* The reference's arithmetic: halves are rounded to even. */
gboolean
monocle_qwen3vl_fit (const MonocleQwen3vlPixels *self,
                     guint width,
                     guint height,
                     guint *fit_width,
                     guint *fit_height,
                     GError **error)
{
  const double area = (double) width * height, most = get_most (self);
  const double least = MIN (self->least, most);
  double n;

  if (MAX (width, height) > (double) MOST_SHAPE * MIN (width, height))
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "A picture of %u x %u is too long for this model: one side may be %d times the "
                   "other",
                   width, height, MOST_SHAPE);
      return FALSE;
    }
  *fit_width = (guint) rint ((double) width / self->side) * self->side;
  *fit_height = (guint) rint ((double) height / self->side) * self->side;
  n = (double) *fit_width * *fit_height;
  if (n > most)
    {
      *fit_width = scale (width, sqrt (most / area), self->side, floor);
      *fit_height = scale (height, sqrt (most / area), self->side, floor);
    }
  else if (n < least)
    {
      *fit_width = scale (width, sqrt (least / area), self->side, ceil);
      *fit_height = scale (height, sqrt (least / area), self->side, ceil);
    }
  return TRUE;
}
