/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of pictures that a model has seen, beside its index: what is too small in a picture to
 * count in its vector counts in that of a part. They belong to a content, wherever it lies. Written
 * as an index is.
 *
 *   vectors  of the parts of one picture
 *   record   digest of the content, size of the picture, where its vectors lie, the parts
 */
#pragma once

#include "app/search/index-file.h"

G_BEGIN_DECLS

/**
 * MonocleRegionRows:
 * @width: of the picture, in pixels, upright
 * @height: likewise
 * @stamp: of what they were taken from, where that changes; 0: it does not
 * @vectors: where the vector of the first part lies in the file
 * @n: how many parts were looked at; 0 of a picture that is too small for any
 * @boxes: (array length=n): in pixels of the picture
 */
typedef struct
{
  guint width, height;
  guint32 stamp;
  guint64 vectors;
  guint n;
  MonocleBox boxes[];
} MonocleRegionRows;

/* Of one picture: more than it is divided into, or anybody draws on it. */
#define MONOCLE_REGIONS_MAX 1024

typedef struct _MonocleRegions MonocleRegions;

/* (transfer full): where they are kept. @index: where the index is */
char *monocle_regions_dup_path (const char *index);
/* (transfer full): where those are kept that people drew: in another such file */
char *monocle_regions_dup_path_of_drawn (const char *index);

/**
 * monocle_regions_divide:
 *
 * Returns: (transfer full) (element-type MonocleBox): the parts of a picture that are looked at:
 *   quarters and ninths, larger than that by what they share with each other, so that nothing lies
 *   on an edge of all of them. None that is too small to show anything
 */
GArray *monocle_regions_divide (guint width, guint height);

/**
 * monocle_regions_open:
 * @writes: as monocle_index_open() has it
 *
 * Errors: as those of monocle_index_open().
 */
MonocleRegions *
monocle_regions_open (const char *path, guint n_dims, gboolean writes, GError **error);
void monocle_regions_free (MonocleRegions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleRegions, monocle_regions_free)

/* (transfer none) (nullable): where a file lies now that was in its place and no such file */
const char *monocle_regions_get_set_aside (MonocleRegions *self);
/* (transfer none) (nullable): the parts of a content */
const MonocleRegionRows *monocle_regions_find (MonocleRegions *self, const guint8 *digest);
/* Whether they were there when it was opened. */
gboolean monocle_regions_can_read (MonocleRegions *self, const MonocleRegionRows *rows);
/* (transfer none) (array): the vector of a part in 16 bits, of what was there when it was opened */
const guint16 *
monocle_regions_get_vector (MonocleRegions *self, const MonocleRegionRows *rows, guint part);

/**
 * monocle_regions_append:
 * @digest: of the content
 * @rows: its parts, wherever their vectors lie
 * @vectors: (nullable) (array): [parts, dims]
 *
 * Errors: %MONOCLE_APP_ERROR_WRITE.
 */
gboolean monocle_regions_append (MonocleRegions *self,
                                 const guint8 *digest,
                                 const MonocleRegionRows *rows,
                                 const float *vectors,
                                 GError **error);

/* The last thing that is done with one that grew: writes it anew without contents that @index has
 * no more, where that is much. */
gboolean monocle_regions_compact (MonocleRegions *self, MonocleIndex *index, GError **error);

G_END_DECLS
