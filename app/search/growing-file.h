/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file that grows at its end, a block at a time. It can be read while it grows, and whatever
 * kills the writer, it ends with the last whole block.
 *
 *   file    header of 64 bytes, then blocks
 *   block   header of 64 bytes, vectors, records; each part filled up to 64 bytes
 *
 * What vectors and records are is said by those who use it. Numbers are little-endian.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes before the first block. */
#define MONOCLE_GROWING_FILE_HEADER 64

/**
 * MonocleGrowingKind:
 * @mark: 16 characters at the beginning of the file
 * @number: behind them; 0: whatever it is
 * @vector_bytes: of each vector; 0: there are none
 * @wrong: what is said of a file that is none, not translated
 * @busy: what is said where somebody else writes, translated
 */
typedef struct
{
  const char *mark;
  guint32 number;
  guint64 vector_bytes;
  const char *wrong;
  const char *busy;
} MonocleGrowingKind;

/**
 * MonocleGrowingFile:
 * @set_aside: (nullable): where a file lies now that was in its place and none
 * @map: as it was when it was opened
 * @end: of the last whole block; 0: it is empty
 */
typedef struct
{
  char *path;
  char *set_aside;
  int fd, lock; /* -1 of one that is only read */
  GMappedFile *map;
  guint64 end;
} MonocleGrowingFile;

/**
 * MonocleGrowingBlock:
 * @vectors: where they begin in the file
 * @records: (array length=record_bytes): those that were written
 * @end: of the block
 */
typedef struct
{
  guint n_vectors, n_records;
  guint64 vectors;
  const guint8 *records;
  guint64 record_bytes;
  guint64 end;
} MonocleGrowingBlock;

/* All of it zero. */
void monocle_growing_file_clear (MonocleGrowingFile *self);

/**
 * monocle_growing_file_open:
 * @self: (out caller-allocates)
 * @writes: it is made if it is not there, and nobody else may write meanwhile
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE; %MONOCLE_APP_ERROR_BUSY, %MONOCLE_APP_ERROR_WRITE.
 */
gboolean monocle_growing_file_open (MonocleGrowingFile *self,
                                    const char *path,
                                    gboolean writes,
                                    const MonocleGrowingKind *kind,
                                    GError **error);

/* Learns what is in a block: %FALSE where nobody could have written it. */
typedef gboolean (*MonocleGrowingTake) (gpointer owner, const MonocleGrowingBlock *block);

/**
 * monocle_growing_file_read:
 * @self: one that was opened
 * @take: is given one whole block after the other, as long as it understands them
 * @owner: passed to it
 *
 * Of one that grows what is of another kind is kept under another name, and an empty file takes its
 * place; and what a killed writer left behind the last whole block goes.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_APP_ERROR_WRITE.
 */
gboolean monocle_growing_file_read (MonocleGrowingFile *self,
                                    const MonocleGrowingKind *kind,
                                    MonocleGrowingTake take,
                                    gpointer owner,
                                    GError **error);

/* Where the vectors of the next block begin. Begins the file where it is empty. */
gboolean monocle_growing_file_prepare (MonocleGrowingFile *self,
                                       const MonocleGrowingKind *kind,
                                       guint64 *vectors,
                                       GError **error);
/* @vectors: (nullable). All of it is there afterwards, or nothing. */
gboolean monocle_growing_file_append (MonocleGrowingFile *self,
                                      const GByteArray *vectors,
                                      guint n_vectors,
                                      const GByteArray *records,
                                      guint n_records,
                                      GError **error);

/* Looks at it as it is now, where it grew since it was opened. */
gboolean monocle_growing_file_map_again (MonocleGrowingFile *self, GError **error);
/* (transfer full): where it can be written anew, beside it; nothing lies there */
char *monocle_growing_file_clear_way (MonocleGrowingFile *self);
/* Puts what was written there in its place, and goes on with that. Its own stays until then. */
gboolean
monocle_growing_file_replace (MonocleGrowingFile *self, MonocleGrowingFile *to, GError **error);

/* Sets an error of writing, about a file; %FALSE. */
gboolean monocle_growing_file_fail (GError **error, const char *path, const char *what);

G_END_DECLS
