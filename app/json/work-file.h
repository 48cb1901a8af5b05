/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was done to a picture as one file, `NAME.monocle.json`: which picture it is, what is the
 * person's own, and what was asked with all that came back. It says nothing of where the picture
 * lies, so both can go anywhere. Its form is in README.md.
 */
#pragma once

#include "app/document/document.h"

G_BEGIN_DECLS

#define MONOCLE_WORK_FILE_ENDING ".monocle.json"

/**
 * MonocleWorkFile:
 * @name: (nullable): what the picture is called, without folder
 * @digest: (nullable): see MonocleWorkKey
 * @page: of its file
 * @width, @height: of the upright picture; 0: not known
 * @rotation: by how many quarters the person turned it
 * @is_done: whether the person is done with it
 * @annotations: (element-type MonocleAnnotation): what is the person's own
 * @queries: (element-type MonocleQuery): answered or stopped
 * @talk: (element-type MonocleSaid): the conversation about it
 */
typedef struct
{
  char *name;
  char *digest;
  guint page;
  guint width, height;
  guint rotation;
  gboolean is_done;
  GPtrArray *annotations;
  GPtrArray *queries;
  GPtrArray *talk;
} MonocleWorkFile;

/* Of no picture, without anything. */
MonocleWorkFile *monocle_work_file_new (void);
/* (transfer full): as it is now; things are those of @document */
MonocleWorkFile *monocle_work_file_new_of (MonocleDocument *document);
void monocle_work_file_free (MonocleWorkFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleWorkFile, monocle_work_file_free)

/* (transfer full): a line for each thing */
char *monocle_work_file_format (const MonocleWorkFile *self);
/* Whole or not at all. @digest: (out) (optional): the SHA-256 of its bytes. Errors:
 * %MONOCLE_APP_ERROR_WRITE. */
gboolean monocle_work_file_write (const MonocleWorkFile *self,
                                  const char *path,
                                  char **digest,
                                  GError **error);

/**
 * monocle_work_file_parse:
 * @text: (array length=size): bytes
 * @where: what to call them in errors
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, naming what is wrong where.
 *
 * Returns: (transfer full) (nullable): what they say
 */
MonocleWorkFile *
monocle_work_file_parse (const char *text, gsize size, const char *where, GError **error);
MonocleWorkFile *monocle_work_file_read (const char *path, GError **error);

/* Whether a file is called like one. */
gboolean monocle_work_file_is_named (const char *name);
/* (transfer full): what one is called beside a picture of that name: "street.monocle.json" */
char *monocle_work_file_dup_name (const char *picture);

/* What makes @document what this says: (transfer full) (element-type MonocleTake), for
 * monocle_document_take(). */
GArray *monocle_work_file_list_takes (const MonocleWorkFile *self, MonocleDocument *document);

/* Whether it is about the picture of @document, by its bytes; where either is not known, by its
 * size. */
gboolean monocle_work_file_is_of (const MonocleWorkFile *self, MonocleDocument *document);

/* Whether both say the same things. */
gboolean monocle_work_file_equal (const MonocleWorkFile *a, const MonocleWorkFile *b);

G_END_DECLS
