/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/parts.h"

#include <string.h>

#include "app/pictures/source.h"
#include "app/search/question.h"

/* Parts that go through the model together. */
#define BATCH 16

/* (transfer full): what of @boxes lies in the picture */
static MonocleRegionRows *
make_rows (MonocleImage *image, const GArray *boxes, guint32 stamp)
{
  MonocleRegionRows *rows = g_malloc0 (sizeof *rows + boxes->len * sizeof *rows->boxes);

  rows->stamp = stamp;
  if (!image)
    return rows;
  rows->width = monocle_image_get_width (image);
  rows->height = monocle_image_get_height (image);
  for (guint i = 0; i < boxes->len && rows->n < MONOCLE_REGIONS_MAX; i++)
    {
      MonocleBox box = g_array_index (boxes, MonocleBox, i);

      box.x1 = MAX (box.x1, 0);
      box.y1 = MAX (box.y1, 0);
      box.x2 = MIN (box.x2, (float) rows->width);
      box.y2 = MIN (box.y2, (float) rows->height);
      /* Written so that NaN is left out. */
      if (box.x1 < box.x2 && box.y1 < box.y2)
        rows->boxes[rows->n++] = box;
    }
  return rows;
}

static gboolean
is_same (const MonocleRegionRows *a, const MonocleRegionRows *b)
{
  return a->n == b->n && memcmp (a->boxes, b->boxes, a->n * sizeof *a->boxes) == 0;
}

/* Whether the vector of that part is known from before, into @vector. */
static gboolean
recall (const MonocleParts *self,
        const MonocleRegionRows *known,
        const MonocleBox *box,
        float *vector)
{
  for (guint i = 0; known && i < known->n; i++)
    if (memcmp (&known->boxes[i], box, sizeof *box) == 0)
      {
        monocle_half_widen (monocle_regions_get_vector (self->file, known, i), self->n_dims,
                            vector);
        return TRUE;
      }
  return FALSE;
}

/* Fills in the vectors of @images, which are those of the parts at @places. */
static gboolean
embed (const MonocleParts *self, GPtrArray *images, GArray *places, float *vectors, GError **error)
{
  g_autoptr (MonocleVectors) made
      = images->len > 0 ? self->embed (images, self->data, error) : NULL;

  if (images->len > 0 && !made)
    return FALSE;
  for (guint i = 0; i < images->len; i++)
    memcpy (vectors + (gsize) g_array_index (places, guint, i) * self->n_dims,
            made->values + (gsize) i * self->n_dims, self->n_dims * sizeof *vectors);
  g_ptr_array_set_size (images, 0);
  g_array_set_size (places, 0);
  return TRUE;
}

/* (transfer full) (nullable): [parts, dims] */
static float *
make_vectors (const MonocleParts *self,
              const MonocleRegionRows *rows,
              const MonocleRegionRows *known,
              MonocleImage *image,
              GError **error)
{
  g_autofree float *vectors = g_new0 (float, MAX ((gsize) rows->n * self->n_dims, 1));
  g_autoptr (GPtrArray) images
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < rows->n; i++)
    {
      MonocleImage *part;

      if (recall (self, known, &rows->boxes[i], vectors + (gsize) i * self->n_dims))
        continue;
      part = monocle_search_cut (image, &rows->boxes[i], error);
      if (!part)
        return NULL;
      g_ptr_array_add (images, part);
      g_array_append_val (places, i);
      if (images->len == BATCH && !embed (self, images, places, vectors, error))
        return NULL;
    }
  return embed (self, images, places, vectors, error) ? g_steal_pointer (&vectors) : NULL;
}

/* Writes down @boxes of @image, which has none where it is %NULL. @is_other: (out): whether these
 * are others than those that were known */
static gboolean
look (const MonocleParts *self,
      const guint8 *digest,
      MonocleImage *image,
      const GArray *boxes,
      guint32 stamp,
      gboolean *is_other,
      GError **error)
{
  const MonocleRegionRows *known = monocle_regions_find (self->file, digest);
  g_autofree MonocleRegionRows *rows = make_rows (image, boxes, stamp);
  g_autofree float *vectors = NULL;

  *is_other = known ? !is_same (rows, known) : rows->n > 0;
  /* What was written a moment ago cannot be read yet. */
  if (known && !monocle_regions_can_read (self->file, known))
    known = NULL;
  vectors = make_vectors (self, rows, known, image, error);
  return vectors && monocle_regions_append (self->file, digest, rows, vectors, error);
}

/* (transfer full) (nullable) */
static MonocleImage *
open_image (const MonoclePartsPicture *picture)
{
  return picture->image ? monocle_image_ref (picture->image)
                        : monocle_image_source_load_path (picture->path, NULL);
}

gboolean
monocle_parts_divide (const MonocleParts *self,
                      const MonoclePartsPicture *picture,
                      guint *n,
                      GError **error)
{
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (GArray) boxes = NULL;
  gboolean is_other;

  if (monocle_regions_find (self->file, picture->digest) || !(image = open_image (picture)))
    return TRUE;
  boxes
      = monocle_regions_divide (monocle_image_get_width (image), monocle_image_get_height (image));
  if (!look (self, picture->digest, image, boxes, 0, &is_other, error))
    return FALSE;
  ++*n;
  return TRUE;
}

gboolean
monocle_parts_look_at_drawn (const MonocleParts *self,
                             const MonoclePartsPicture *picture,
                             MonocleDrawn *drawn,
                             guint *n,
                             GError **error)
{
  const MonocleRegionRows *known = monocle_regions_find (self->file, picture->digest);
  const guint32 stamp = monocle_drawn_get_stamp (drawn, picture->digest);
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (GArray) boxes = NULL;
  gboolean is_other;

  if (stamp == (known ? known->stamp : 0))
    return TRUE;
  boxes = monocle_drawn_list (drawn, picture->digest);
  if (boxes->len > 0 && !(image = open_image (picture)))
    return TRUE;
  if (!look (self, picture->digest, image, boxes, stamp, &is_other, error))
    return FALSE;
  *n += is_other;
  return TRUE;
}
