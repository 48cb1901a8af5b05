/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a format can say of a picture: what it cannot becomes the next best that it can, and that is
 * noted.
 */
#include "config.h"

#include "app/exchange/format.h"

#include <math.h>

#include <glib/gi18n-lib.h>

/* In formats where everything must be called something; programs refuse a label without a name. */
#define NO_NAME "-"

typedef struct
{
  const MonocleExchangeFormat *format;
  const MonocleSampleObject *from;
  MonocleSample *to;
  MonocleNotes *notes;
  gboolean only_notes; /* pixels take time */
} Adapting;

static gboolean
can (const Adapting *self, guint what)
{
  return (self->format->can & what) != 0;
}

static void
note (const Adapting *self, const char *text)
{
  monocle_notes_add (self->notes, text);
}

/* @shape: (transfer full) (nullable) */
static void
put (const Adapting *self, const MonocleRect *box, MonocleShape *shape)
{
  MonocleSampleObject *object = monocle_sample_add_object (self->to, self->from->label, box, shape);

  monocle_sample_object_copy_rest (object, self->from);
}

static void
get_corners (const MonocleRect *box, double corners[8])
{
  const double right = box->x + box->width, bottom = box->y + box->height;
  const double all[8] = { box->x, box->y, right, box->y, right, bottom, box->x, bottom };

  memcpy (corners, all, sizeof all);
}

static gboolean
fits_mask (const Adapting *self)
{
  return can (self, MONOCLE_EXCHANGE_MASK) && self->to->width > 0 && self->to->height > 0
         && (guint64) self->to->width * self->to->height <= MONOCLE_MASK_MAX_PIXELS;
}

static void
put_mask (const Adapting *self, const MonocleShape *shape)
{
  g_autoptr (MonocleMaskRuns) runs
      = self->only_notes ? NULL : monocle_shape_to_mask (shape, self->to->width, self->to->height);

  put (self, &self->from->box, runs ? monocle_shape_new_mask (runs) : NULL);
}

static void
put_box (const Adapting *self, const MonocleRect *box)
{
  double corners[8];

  get_corners (box, corners);
  if (can (self, MONOCLE_EXCHANGE_BOX))
    {
      put (self, box, NULL);
      return;
    }
  if (!self->from->shape && !can (self, MONOCLE_EXCHANGE_QUAD)
      && can (self, MONOCLE_EXCHANGE_OUTLINE | MONOCLE_EXCHANGE_MASK))
    note (self, _ ("boxes become outlines of their corners"));
  if (can (self, MONOCLE_EXCHANGE_QUAD))
    put (self, box, monocle_shape_new_quad (corners));
  else if (can (self, MONOCLE_EXCHANGE_OUTLINE))
    put (self, box, monocle_sample_ring (corners, 4));
  else if (can (self, MONOCLE_EXCHANGE_MASK) && self->to->width && self->to->height)
    {
      g_autoptr (MonocleShape) ring = monocle_sample_ring (corners, 4);

      put_mask (self, ring);
    }
  else
    note (self, _ ("objects are left out"));
}

/* Outlines, each an object of its own where they cannot be one. */
static void
put_outlines (const Adapting *self, const MonocleRing *rings, guint n_rings)
{
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (MonocleRing));

  for (guint i = 0; i < n_rings; i++)
    if (rings[i].role == MONOCLE_RING_OUTER && rings[i].n_points >= 3)
      g_array_append_val (kept, rings[i]);
  if (kept->len == 0)
    {
      put_box (self, &self->from->box);
      return;
    }
  if (kept->len == 1 || can (self, MONOCLE_EXCHANGE_PIECES))
    {
      put (self, &self->from->box,
           monocle_shape_new_rings ((const MonocleRing *) (gpointer) kept->data, kept->len));
      return;
    }
  note (self, _ ("outlines in several pieces become one object a piece"));
  for (guint i = 0; i < kept->len; i++)
    {
      const MonocleRing *ring = &g_array_index (kept, MonocleRing, i);
      MonocleShape *shape = monocle_sample_ring (ring->points, ring->n_points);
      const MonocleRect bounds = monocle_shape_get_bounds (shape);

      put (self, &bounds, shape);
    }
}

static void
put_rings (const Adapting *self, const MonocleShape *shape)
{
  guint n_rings, n_outer = 0, n_holes = 0;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);

  for (guint i = 0; i < n_rings; i++)
    *(rings[i].role == MONOCLE_RING_HOLE ? &n_holes : &n_outer) += 1;
  if (n_holes > 0 && can (self, MONOCLE_EXCHANGE_HOLES))
    {
      put (self, &self->from->box, monocle_shape_ref (shape));
      return;
    }
  if (n_holes > 0 && fits_mask (self))
    {
      note (self, _ ("outlines with holes become masks"));
      put_mask (self, shape);
      return;
    }
  if (n_outer > 1 && !can (self, MONOCLE_EXCHANGE_PIECES) && fits_mask (self))
    {
      note (self, _ ("outlines in several pieces become masks"));
      put_mask (self, shape);
      return;
    }
  if (!can (self, MONOCLE_EXCHANGE_OUTLINE) && fits_mask (self))
    {
      note (self, _ ("outlines become masks"));
      put_mask (self, shape);
      return;
    }
  if (!can (self, MONOCLE_EXCHANGE_OUTLINE))
    {
      note (self, _ ("outlines become boxes around them"));
      put_box (self, &self->from->box);
      return;
    }
  if (n_holes > 0)
    note (self, _ ("holes are filled"));
  put_outlines (self, rings, n_rings);
}

static void
put_quad (const Adapting *self, const MonocleShape *shape)
{
  guint n_points;
  const double *points = monocle_shape_get_points (shape, &n_points);

  if (can (self, MONOCLE_EXCHANGE_QUAD))
    put (self, &self->from->box, monocle_shape_ref (shape));
  else if (can (self, MONOCLE_EXCHANGE_OUTLINE))
    {
      note (self, _ ("boxes askew become outlines"));
      put (self, &self->from->box, monocle_sample_ring (points, n_points));
    }
  else if (fits_mask (self))
    {
      note (self, _ ("boxes askew become masks"));
      put_mask (self, shape);
    }
  else
    {
      note (self, _ ("boxes askew become upright ones around them"));
      put_box (self, &self->from->box);
    }
}

static void
put_object (const Adapting *self)
{
  const MonocleShape *shape = self->from->shape;

  if (!shape)
    {
      put_box (self, &self->from->box);
      return;
    }
  switch (monocle_shape_get_kind (shape))
    {
    case MONOCLE_SHAPE_POINTS:
      if (can (self, MONOCLE_EXCHANGE_POINTS))
        put (self, &self->from->box, monocle_shape_ref (shape));
      else
        note (self, _ ("points are left out"));
      break;
    case MONOCLE_SHAPE_LINE:
      if (can (self, MONOCLE_EXCHANGE_LINE))
        put (self, &self->from->box, monocle_shape_ref (shape));
      else
        note (self, _ ("lines are left out"));
      break;
    case MONOCLE_SHAPE_QUAD:
      put_quad (self, shape);
      break;
    case MONOCLE_SHAPE_MASK:
      if (can (self, MONOCLE_EXCHANGE_MASK))
        {
          put (self, &self->from->box, monocle_shape_ref (shape));
          break;
        }
      if (can (self, MONOCLE_EXCHANGE_OUTLINE))
        note (self, _ ("masks become outlines"));
      put_rings (self, shape);
      break;
    case MONOCLE_SHAPE_RINGS:
      put_rings (self, shape);
      break;
    case MONOCLE_SHAPE_BOX:
    default:
      put_box (self, &self->from->box);
    }
}

/* Takes away what cannot be said besides the place. */
static void
strip (const Adapting *self, MonocleSampleObject *object)
{
  if (!*object->label && !can (self, MONOCLE_EXCHANGE_NAMELESS))
    {
      note (self, _ ("objects without a name are called “-”"));
      g_free (object->label);
      object->label = g_strdup (NO_NAME);
    }
  if (!isnan (object->score) && !can (self, MONOCLE_EXCHANGE_SCORE))
    {
      note (self, _ ("scores are left out"));
      object->score = NAN;
    }
  if (object->text && !can (self, MONOCLE_EXCHANGE_TEXT))
    {
      note (self, _ ("texts of objects are left out"));
      g_clear_pointer (&object->text, g_free);
    }
  if (object->is_crowd && !can (self, MONOCLE_EXCHANGE_CROWD))
    {
      note (self, _ ("crowds are objects as others"));
      object->is_crowd = FALSE;
    }
  if (object->keypoints && !can (self, MONOCLE_EXCHANGE_KEYPOINTS))
    {
      note (self, _ ("keypoints are left out"));
      g_clear_pointer (&object->keypoints, g_free);
    }
  if (object->attributes && !can (self, MONOCLE_EXCHANGE_ATTRIBUTES))
    {
      note (self, _ ("attributes are left out"));
      g_clear_pointer (&object->attributes, g_ptr_array_unref);
    }
  if (object->group && !can (self, MONOCLE_EXCHANGE_GROUP))
    {
      note (self, _ ("groups are left out"));
      object->group = 0;
    }
}

static void
copy_texts (GPtrArray *to, const GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++)
    if (!monocle_sample_is_blank (from->pdata[i]))
      g_ptr_array_add (to, g_strdup (from->pdata[i]));
}

static MonocleSample *
adapt (const MonocleExchangeFormat *format,
       const MonocleSample *sample,
       MonocleNotes *notes,
       gboolean only_notes)
{
  Adapting self = { format, NULL, monocle_sample_new (sample->name), notes, only_notes };

  self.to->path = g_strdup (sample->path);
  self.to->width = sample->width;
  self.to->height = sample->height;
  self.to->id = sample->id;
  self.to->split = sample->split;
  for (guint i = 0; i < sample->objects->len; i++)
    {
      self.from = sample->objects->pdata[i];
      put_object (&self);
    }
  for (guint i = 0; i < self.to->objects->len; i++)
    strip (&self, self.to->objects->pdata[i]);
  if (can (&self, MONOCLE_EXCHANGE_CAPTION))
    copy_texts (self.to->captions, sample->captions);
  else if (sample->captions->len > 0)
    note (&self, _ ("captions are left out"));
  if (can (&self, MONOCLE_EXCHANGE_TAG))
    copy_texts (self.to->tags, sample->tags);
  else if (sample->tags->len > 0)
    note (&self, _ ("names of whole pictures are left out"));
  return self.to;
}

MonocleSample *
monocle_exchange_adapt (const MonocleExchangeFormat *format,
                        const MonocleSample *sample,
                        MonocleNotes *notes)
{
  return adapt (format, sample, notes, FALSE);
}

void
monocle_exchange_foresee (const MonocleExchangeFormat *format,
                          const MonocleSample *sample,
                          MonocleNotes *notes)
{
  monocle_sample_free (adapt (format, sample, notes, TRUE));
}
