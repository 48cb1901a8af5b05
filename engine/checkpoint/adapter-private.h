/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an adapter's folder says, between who reads it (adapter.c) and who applies it
 * (adapter-apply.c).
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/checkpoint/adapter.h"

G_BEGIN_DECLS

/* What there may be for a module; borrowed from the adapter's own tensors. */
typedef enum
{
  MONOCLE_ADAPTER_A,
  MONOCLE_ADAPTER_B,
  MONOCLE_ADAPTER_TABLE_A, /* of a table: the roles of rows and columns are changed */
  MONOCLE_ADAPTER_TABLE_B,
  MONOCLE_ADAPTER_MAGNITUDE,
  MONOCLE_ADAPTER_ROWS,
  MONOCLE_ADAPTER_WEIGHT,
  MONOCLE_ADAPTER_BIAS,
  MONOCLE_ADAPTER_N_PARTS,
} MonocleAdapterPart;

typedef struct
{
  char *name; /* of the module */
  const MonocleCheckpointTensor *parts[MONOCLE_ADAPTER_N_PARTS];
  guint rank; /* 0: there is no product */
  float scale;
  GArray *rows; /* (nullable): of gint64: which rows the tensor of rows is */
} MonocleAdapterModule;

struct _MonocleAdapter
{
  char *config_path, *base;
  MonocleCheckpoint *tensors;
  char *path; /* of its tensors */
  gboolean has_magnitudes, by_root;
  double alpha;
  JsonObject *config;
  GPtrArray *modules; /* MonocleAdapterModule, in the order of the file */
  GHashTable *by_name;
};

gboolean G_GNUC_PRINTF (4, 5) monocle_adapter_refuse (
    const MonocleAdapter *self, const char *tensor, GError **error, const char *format, ...);

G_END_DECLS
