/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models that Monocle knows by name: a file that comes along (data/models.json), a row a model.
 * It says what a model is good at, what it needs and which files it is made of; nothing of it is
 * asked of the network.
 */
#pragma once

#include "app/models/manifest.h"

G_BEGIN_DECLS

/**
 * MonocleCatalogueModel:
 * @manifest: its id, title, repository, revision, licence and files
 * @family: of architecture, by which it is loaded
 * @about: what it is good at, in one line, translated
 * @languages: (array zero-terminated=1): it writes and understands
 * @n_parameters: numbers that were learned
 * @f32_bytes: memory that it needs on a device with 32-bit weights
 * @f16_bytes: and with 16-bit ones
 * @complete: whether all of its files are named; else the server is asked for them
 */
typedef struct
{
  MonocleManifest *manifest;
  char *family;
  const char *about;
  GStrv languages;
  guint64 n_parameters;
  guint64 f32_bytes, f16_bytes;
  gboolean complete;
} MonocleCatalogueModel;

typedef struct _MonocleCatalogue MonocleCatalogue;

/**
 * monocle_catalogue_load:
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE.
 *
 * Returns: (transfer full) (nullable): what comes along
 */
MonocleCatalogue *monocle_catalogue_load (GError **error);
MonocleCatalogue *monocle_catalogue_load_file (const char *path, GError **error);
void monocle_catalogue_free (MonocleCatalogue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleCatalogue, monocle_catalogue_free)

/* Where repositories are, unless the person says otherwise: "https://..." */
const char *monocle_catalogue_get_address (const MonocleCatalogue *self);
guint monocle_catalogue_get_n (const MonocleCatalogue *self);
/* (transfer none): in the order in which people should look at them */
const MonocleCatalogueModel *monocle_catalogue_get (const MonocleCatalogue *self, guint i);
/* (transfer none) (nullable): by its id, in any case of letters, or its repository */
const MonocleCatalogueModel *monocle_catalogue_find (const MonocleCatalogue *self,
                                                     const char *name);

/* (transfer none) (array zero-terminated=1): the lines about models, in English, that are
 * translated: every row's is one of them */
const char *const *monocle_catalogue_list_lines (void);

G_END_DECLS
