/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/stored.h"

#include "engine/answer/pack.h"
#include "engine/answer/result-private.h"
#include "engine/answer/shape-private.h"

/* Parts are told apart by their types. */
#define TEXT    G_VARIANT_TYPE_STRING
#define OBJECT  G_VARIANT_TYPE ("(s" MONOCLE_STORED_SHAPE "d)")
#define PIECE   G_VARIANT_TYPE ("(s" MONOCLE_STORED_SHAPE "ds)") /* an object with its text */
#define RANK    G_VARIANT_TYPE ("(sdd)")
#define VECTOR  G_VARIANT_TYPE ("ad")
#define HEAT    G_VARIANT_TYPE ("(suuuuday)")
#define PICTURE G_VARIANT_TYPE ("(uuay)")

/* Pictures that are drawn are no larger than those that are asked about. */
#define MAX_PICTURE_PIXELS MONOCLE_MASK_MAX_PIXELS

/* Values hold nothing but UTF-8. */
static GVariant *
store_text (const char *text)
{
  return g_variant_new_take_string (g_utf8_make_valid (text, -1));
}

/* --- Shapes --- */

static GVariant *
store_mask (MonocleMaskRuns *mask)
{
  GVariant *counts;

  if (!mask)
    return g_variant_new_maybe (G_VARIANT_TYPE ("(uuau)"), NULL);
  counts = g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, mask->counts, mask->n_counts,
                                      sizeof *mask->counts);
  return g_variant_new_maybe (NULL, g_variant_new ("(uu@au)", mask->width, mask->height, counts));
}

GVariant *
monocle_shape_store (const MonocleShape *self)
{
  const MonocleShapeKind kind = monocle_shape_get_kind (self);
  const gboolean is_mask = kind == MONOCLE_SHAPE_MASK;
  guint n_points, n_rings;
  const double *points = monocle_shape_get_points (self, &n_points);
  const MonocleRing *rings = monocle_shape_get_rings (self, &n_rings);
  GVariantBuilder lengths;

  g_variant_builder_init (&lengths, G_VARIANT_TYPE ("a(ub)"));
  /* The outlines of a mask follow from its pixels. */
  for (guint i = 0; !is_mask && i < n_rings; i++)
    g_variant_builder_add (&lengths, "(ub)", rings[i].n_points, rings[i].role == MONOCLE_RING_HOLE);
  return g_variant_new ("(y@ada(ub)@m(uuau))", (guchar) kind,
                        g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, points,
                                                   is_mask ? 0 : 2 * (gsize) n_points,
                                                   sizeof *points),
                        &lengths, store_mask (monocle_shape_get_mask (self)));
}

static MonocleShape *
restore_mask (GVariant *mask)
{
  g_autoptr (GVariant) content = g_variant_get_maybe (mask);
  g_autoptr (GVariant) list = NULL;
  g_autoptr (MonocleMaskRuns) runs = NULL;
  g_autofree gint64 *wide = NULL;
  const guint32 *counts;
  guint32 width, height;
  gsize n;

  if (!content)
    return NULL;
  g_variant_get (content, "(uu@au)", &width, &height, &list);
  counts = g_variant_get_fixed_array (list, &n, sizeof *counts);
  if (width == 0 || height == 0 || (guint64) width * height > MONOCLE_MASK_MAX_PIXELS
      || n > G_MAXUINT32)
    return NULL;
  wide = g_new (gint64, n + 1);
  for (gsize i = 0; i < n; i++)
    wide[i] = counts[i];
  runs = monocle_mask_runs_new_from_counts (wide, (guint) n, width, height);
  return runs ? monocle_shape_new_mask (runs) : NULL;
}

static MonocleShape *
restore_rings (const double *points, gsize n_points, GVariant *lengths)
{
  const gsize n = g_variant_n_children (lengths);
  g_autofree MonocleRing *rings = g_new0 (MonocleRing, n + 1);
  gsize at = 0;

  for (gsize i = 0; i < n; i++)
    {
      gboolean is_hole;

      g_variant_get_child (lengths, i, "(ub)", &rings[i].n_points, &is_hole);
      rings[i].role = is_hole ? MONOCLE_RING_HOLE : MONOCLE_RING_OUTER;
      rings[i].points = points + 2 * at;
      if (rings[i].n_points > n_points - at)
        return NULL;
      at += rings[i].n_points;
    }
  return at == n_points ? monocle_shape_new_rings (rings, (guint) n) : NULL;
}

MonocleShape *
monocle_shape_restore (GVariant *stored)
{
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) lengths = NULL;
  g_autoptr (GVariant) mask = NULL;
  const double *points;
  guchar kind;
  gsize n;

  g_return_val_if_fail (g_variant_is_of_type (stored, G_VARIANT_TYPE (MONOCLE_STORED_SHAPE)), NULL);

  g_variant_get (stored, "(y@ad@a(ub)@m(uuau))", &kind, &list, &lengths, &mask);
  points = g_variant_get_fixed_array (list, &n, sizeof *points);
  if (n % 2 != 0 || n / 2 > G_MAXUINT32)
    return NULL;
  switch ((MonocleShapeKind) kind)
    {
    case MONOCLE_SHAPE_BOX:
      return n == 8 ? monocle_shape_new_edges (
                          (const double[]){ points[0], points[1], points[4], points[5] })
                    : NULL;
    case MONOCLE_SHAPE_QUAD:
      return n == 8 ? monocle_shape_new_quad (points) : NULL;
    case MONOCLE_SHAPE_RINGS:
      return restore_rings (points, n / 2, lengths);
    case MONOCLE_SHAPE_MASK:
      return restore_mask (mask);
    case MONOCLE_SHAPE_POINTS:
      return monocle_shape_new_points (points, (guint) (n / 2));
    case MONOCLE_SHAPE_LINE:
      return monocle_shape_new_line (points, (guint) (n / 2));
    default:
      return NULL;
    }
}

/* --- Results --- */

static GVariant *
store_vector (const MonocleVector *vector)
{
  GVariantBuilder values;

  g_variant_builder_init (&values, VECTOR);
  for (guint i = 0; i < vector->n; i++)
    g_variant_builder_add (&values, "d", (double) vector->values[i]);
  return g_variant_builder_end (&values);
}

static GVariant *
store_heat (const MonocleHeat *heat)
{
  g_autoptr (GBytes) packed = monocle_heat_pack (heat);

  return g_variant_new ("(@suuuud@ay)", store_text (heat->label), heat->columns, heat->rows,
                        heat->width, heat->height, (double) heat->threshold,
                        g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, packed, TRUE));
}

static GVariant *
store_object (const MonocleObject *object)
{
  GVariant *label = store_text (object->label), *shape = monocle_shape_store (object->shape);
  const double score = (double) object->score;

  return object->text ? g_variant_new ("(@s@" MONOCLE_STORED_SHAPE "d@s)", label, shape, score,
                                       store_text (object->text))
                      : g_variant_new ("(@s@" MONOCLE_STORED_SHAPE "d)", label, shape, score);
}

static GVariant *
store_picture (MonocleImage *picture)
{
  const guint width = monocle_image_get_width (picture),
              height = monocle_image_get_height (picture);
  g_autoptr (GBytes) packed
      = monocle_pack (monocle_image_get_pixels (picture), 3 * (gsize) width * height);

  return g_variant_new ("(uu@ay)", width, height,
                        g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, packed, TRUE));
}

/* (nullable) */
static GVariant *
store_part (const MonoclePart *part)
{
  switch (part->kind)
    {
    case MONOCLE_PART_TEXT:
      return store_text (part->text);
    case MONOCLE_PART_OBJECT:
      return store_object (part->object);
    case MONOCLE_PART_RANK:
      return g_variant_new ("(@sdd)", store_text (part->rank), (double) part->score,
                            (double) part->probability);
    case MONOCLE_PART_VECTOR:
      return store_vector (&part->vector);
    case MONOCLE_PART_HEAT:
      return store_heat (part->heat);
    case MONOCLE_PART_PICTURE:
      return store_picture (part->picture);
    default:
      return NULL;
    }
}

GVariant *
monocle_result_store (const MonocleResult *self)
{
  const char *text = monocle_result_get_generated_text (self);
  guint n_ids;
  const guint32 *ids = monocle_result_get_token_ids (self, &n_ids);
  GVariantBuilder parts;

  g_variant_builder_init (&parts, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < monocle_result_get_n_parts (self); i++)
    {
      GVariant *part = store_part (monocle_result_get_part (self, i));

      if (part)
        g_variant_builder_add (&parts, "v", part);
    }
  return g_variant_new (
      "(av@au@msdb)", &parts,
      g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, ids, n_ids, sizeof *ids),
      g_variant_new_maybe (G_VARIANT_TYPE_STRING, text ? store_text (text) : NULL),
      (double) monocle_result_get_score (self), monocle_result_is_well_formed (self));
}

static gboolean
restore_object (MonocleResult *self, GVariant *part)
{
  g_autoptr (GVariant) shape = NULL;
  MonocleObject object;
  const char *label, *text = NULL;
  double score;

  if (g_variant_is_of_type (part, PIECE))
    g_variant_get (part, "(&s@" MONOCLE_STORED_SHAPE "d&s)", &label, &shape, &score, &text);
  else
    g_variant_get (part, "(&s@" MONOCLE_STORED_SHAPE "d)", &label, &shape, &score);
  object.shape = monocle_shape_restore (shape);
  if (!object.shape)
    return FALSE;
  object.label = g_strdup (label);
  object.score = (float) score;
  object.text = g_strdup (text);
  monocle_result_take_object (self, &object);
  return TRUE;
}

static void
restore_vector (MonocleResult *self, GVariant *part)
{
  gsize n;
  const double *values = g_variant_get_fixed_array (part, &n, sizeof *values);
  g_autofree float *narrow = g_new (float, n + 1);

  for (gsize i = 0; i < n; i++)
    narrow[i] = (float) values[i];
  monocle_result_add_vector (self, narrow, (guint) n);
}

static gboolean
restore_heat (MonocleResult *self, GVariant *part)
{
  g_autoptr (GVariant) packed = NULL;
  MonocleHeat like = { 0 };
  MonocleHeat *heat;
  const guint8 *bytes;
  double threshold;
  gsize n;

  g_variant_get (part, "(&suuuud@ay)", &like.label, &like.columns, &like.rows, &like.width,
                 &like.height, &threshold, &packed);
  like.threshold = (float) threshold;
  bytes = g_variant_get_fixed_array (packed, &n, 1);
  heat = monocle_heat_unpack (&like, bytes, n);
  if (heat)
    monocle_result_take_heat (self, heat);
  return heat != NULL;
}

static gboolean
restore_picture (MonocleResult *self, GVariant *part)
{
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (GByteArray) pixels = NULL;
  MonocleImage *picture = NULL;
  const guint8 *bytes;
  guint32 width, height;
  gsize n;

  g_variant_get (part, "(uu@ay)", &width, &height, &packed);
  bytes = g_variant_get_fixed_array (packed, &n, 1);
  if ((guint64) width * height <= MAX_PICTURE_PIXELS)
    pixels = monocle_unpack (bytes, n, 3 * (gsize) width * height);
  if (pixels)
    picture = monocle_image_new_from_pixels (width, height, 3 * (gsize) width, pixels->data, NULL);
  if (picture)
    monocle_result_take_picture (self, picture);
  return picture != NULL;
}

static gboolean
restore_part (MonocleResult *self, GVariant *part)
{
  if (g_variant_is_of_type (part, TEXT))
    monocle_result_take_text (self, g_variant_dup_string (part, NULL));
  else if (g_variant_is_of_type (part, OBJECT) || g_variant_is_of_type (part, PIECE))
    return restore_object (self, part);
  else if (g_variant_is_of_type (part, RANK))
    {
      const char *name;
      double score, probability;

      g_variant_get (part, "(&sdd)", &name, &score, &probability);
      monocle_result_add_rank (self, name, (float) score, (float) probability);
    }
  else if (g_variant_is_of_type (part, VECTOR))
    restore_vector (self, part);
  else if (g_variant_is_of_type (part, HEAT))
    return restore_heat (self, part);
  else if (g_variant_is_of_type (part, PICTURE))
    return restore_picture (self, part);
  return TRUE;
}

MonocleResult *
monocle_result_restore (GVariant *stored)
{
  g_autoptr (MonocleResult) self = monocle_result_new ();
  g_autoptr (GVariantIter) parts = NULL;
  g_autoptr (GVariant) list = NULL;
  const guint32 *ids;
  const char *text;
  GVariant *part;
  double score;
  gboolean is_well_formed;
  gsize n_ids;

  g_return_val_if_fail (g_variant_is_of_type (stored, G_VARIANT_TYPE (MONOCLE_STORED_RESULT)),
                        NULL);

  g_variant_get (stored, "(av@aum&sdb)", &parts, &list, &text, &score, &is_well_formed);
  while (g_variant_iter_next (parts, "v", &part))
    {
      g_autoptr (GVariant) owned = part;

      if (!restore_part (self, owned))
        return NULL;
    }
  ids = g_variant_get_fixed_array (list, &n_ids, sizeof *ids);
  monocle_result_set_tokens (self, ids, (guint) n_ids, g_strdup (text));
  monocle_result_set_score (self, (float) score);
  monocle_result_set_well_formed (self, is_well_formed);
  return g_steal_pointer (&self);
}
