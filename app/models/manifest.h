/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What files a model is made of, and where they come from: a row of the catalogue, what a server
 * lists, a download under way and the record beside an installed model are all one of these.
 * Everything in it may be a stranger's: names of files are plain names, no paths.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/* The record of where an installed model came from, beside its files. */
#define MONOCLE_MANIFEST_FILE "model-source.json"

/**
 * MonocleManifestFile:
 * @name: a plain name
 * @size: in bytes; 0 where nobody says
 * @sha256: (nullable): 64 digits, lower case; %NULL where nobody says
 * @address: (nullable): where it is; %NULL: in the repository
 * @text: (nullable): all that is in it, where nobody has to be asked
 */
typedef struct
{
  char *name;
  guint64 size;
  char *sha256;
  char *address;
  char *text;
} MonocleManifestFile;

/**
 * MonocleManifest:
 * @id: what the model's folder is called, and what it is called on the command line
 * @title: (nullable): what a person reads
 * @repository: (nullable): "owner/name"; %NULL for what was never on a server
 * @revision: (nullable): branch, tag or commit
 * @asked: (nullable): the revision by the name that was asked for
 * @licence: (nullable): its name
 * @licence_url: (nullable): where its text is
 * @files: (element-type MonocleManifestFile)
 *
 * Not changed any more once it is shared.
 */
typedef struct
{
  char *id;
  char *title;
  char *repository;
  char *revision;
  char *asked;
  char *licence;
  char *licence_url;
  GPtrArray *files;
} MonocleManifest;

MonocleManifest *monocle_manifest_new (void);
MonocleManifest *monocle_manifest_ref (MonocleManifest *self);
void monocle_manifest_unref (MonocleManifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleManifest, monocle_manifest_unref)

/* (transfer full): one of its own, to be changed */
MonocleManifest *monocle_manifest_copy (const MonocleManifest *self);

/**
 * monocle_manifest_add:
 * @size: 0 where it is not known
 * @sha256: (nullable): in either case of letters
 * @where: what names the file, for errors
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE for a name that is no plain one or comes twice, a size
 * past all reason, a hash that is none.
 */
gboolean monocle_manifest_add (MonocleManifest *self,
                               const char *name,
                               guint64 size,
                               const char *sha256,
                               const char *where,
                               GError **error);

/* (transfer none) (nullable): the file of that name */
MonocleManifestFile *monocle_manifest_find (const MonocleManifest *self, const char *name);

/* Of all files whose size is known. */
guint64 monocle_manifest_get_size (const MonocleManifest *self);
/* Of how many files the hash is known. */
guint monocle_manifest_count_hashes (const MonocleManifest *self);

/* Whether it names a file, and none but one in that folder itself. */
gboolean monocle_manifest_is_plain_name (const char *name);
/* "owner/name" */
gboolean monocle_manifest_is_repository (const char *name);
gboolean monocle_manifest_is_revision (const char *name);
/* (transfer full): the id of a repository that no catalogue knows: "owner--name", and no other
 * one's */
char *monocle_manifest_make_id (const char *repository);

/**
 * monocle_manifest_read:
 * @object: as monocle_manifest_write() writes it
 * @where: the file, for errors
 *
 * Returns: (transfer full) (nullable): the manifest
 */
MonocleManifest *monocle_manifest_read (JsonObject *object, const char *where, GError **error);
/* Adds the members of an object that is open. */
void monocle_manifest_write (const MonocleManifest *self, JsonBuilder *builder);

/* (transfer full) (nullable): from the record in a model's folder; %NULL without an error where
 * there is none */
MonocleManifest *monocle_manifest_load (const char *directory, GError **error);
gboolean monocle_manifest_save (const MonocleManifest *self, const char *directory, GError **error);

/* Whole or not at all; for every JSON file of ours. */
gboolean monocle_manifest_write_json (JsonBuilder *builder, const char *path, GError **error);

G_END_DECLS
