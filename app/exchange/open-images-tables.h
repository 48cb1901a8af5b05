/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What looking over the tables of Open Images, and reading their rows, share.
 */
#pragma once

#include "app/exchange/csv-row.h"
#include "app/exchange/open-images-private.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_TABLE_NONE,
  MONOCLE_TABLE_CLASSES,
  MONOCLE_TABLE_PICTURES,
  MONOCLE_TABLE_BOXES,
  MONOCLE_TABLE_TAGS,
  MONOCLE_TABLE_MASKS,
} MonocleTableKind;

/* What is looked for in the first row. */
enum
{
  MONOCLE_COLUMN_PICTURE,
  MONOCLE_COLUMN_LABEL,
  MONOCLE_COLUMN_X_MIN,
  MONOCLE_COLUMN_X_MAX,
  MONOCLE_COLUMN_Y_MIN,
  MONOCLE_COLUMN_Y_MAX,
  MONOCLE_COLUMN_SOURCE,
  MONOCLE_COLUMN_CONFIDENCE,
  MONOCLE_COLUMN_GROUP,
  MONOCLE_COLUMN_MASK,
  MONOCLE_COLUMN_SUBSET,
  MONOCLE_COLUMN_OCCLUDED,
  MONOCLE_COLUMN_TRUNCATED,
  MONOCLE_COLUMN_DEPICTION,
  MONOCLE_COLUMN_INSIDE,
  MONOCLE_N_COLUMNS
};

typedef struct
{
  MonocleTableKind kind;
  char *path;
  MonocleSampleSplit split;
  GBytes *bytes;
  guint at[MONOCLE_N_COLUMNS];
} MonocleTable;

/* Rows of a table that follow each other and are of one picture. */
typedef struct
{
  guint picture, table, line;
  gsize start, size;
} MonocleTableRun;

typedef struct
{
  char *id;
  MonocleSampleSplit split;
} MonocleTablePicture;

typedef struct
{
  MonocleExchangeSource *source;
  GPtrArray *tables;
  GHashTable *names; /* of classes: code -> number of label */
  GArray *pictures;
  GHashTable *by_id; /* id -> number + 1 */
  GArray *runs;
  GHashTable *files; /* of pictures: ends of their paths without extension -> path */
  MonocleCsvRow row;
} MonocleTables;

/* Whether all tables are known, and which rows are whose. */
gboolean monocle_open_images_look_over (MonocleTables *self, GError **error);
gboolean
monocle_open_images_fail (const MonocleTable *table, guint line, const char *what, GError **error);

G_END_DECLS
