/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Labels that a model of two towers was taught: for each its name and the vector that pictures of
 * it lie along, in place of that of its words. A folder like an adapter's: adapter_config.json says
 * "peft_type": "LABELS" and names them, adapter_model.safetensors holds the rows.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Of all of them; what a model can be asked about at once is less. */
#define MONOCLE_MAX_TAUGHT_LABELS 4096

/**
 * MonocleTaughtLabels:
 * @names: each once
 * @n: how many
 * @n_dims: numbers of a row
 * @rows: [n, n_dims]: not of length one
 * @base: (nullable): what the model that they belong to is called
 */
typedef struct
{
  GStrv names;
  guint n, n_dims;
  float *rows;
  char *base;
} MonocleTaughtLabels;

/* Whether that is what the folder holds, and not an adapter of another kind. */
gboolean monocle_taught_labels_is_one (const char *directory);

/**
 * monocle_taught_labels_open:
 * @directory: a folder of them
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE naming the file.
 *
 * Returns: (transfer full) (nullable): the labels
 */
MonocleTaughtLabels *monocle_taught_labels_open (const char *directory, GError **error);
void monocle_taught_labels_free (MonocleTaughtLabels *self);

/* (transfer none) (nullable): the row of a label of that name */
const float *monocle_taught_labels_find (const MonocleTaughtLabels *self, const char *name);

/**
 * monocle_taught_labels_write:
 * @self: labels
 * @directory: that is not there yet
 * @error: return location
 *
 * The folder is whole or not there.
 *
 * Errors: %G_IO_ERROR, %G_IO_ERROR_EXISTS among them.
 */
gboolean monocle_taught_labels_write (const MonocleTaughtLabels *self,
                                      const char *directory,
                                      GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTaughtLabels, monocle_taught_labels_free)

G_END_DECLS
