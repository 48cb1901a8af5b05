/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * stb_image, compiled here and nowhere else, with the decoders that Monocle wants and an allocator
 * of our own: what one image may take is bounded, and memory starts as zeros, so that a decoder
 * that leaves pixels unwritten shows black and not another image. PNM is not among the decoders:
 * stb_image 2.27 reads 16-bit files of it beyond their buffer; see pnm.h.
 *
 * Bytes are handed over through callbacks, because the decoders take what is behind the end of a
 * file for zeros and carry on; only so do we notice that a file is truncated.
 */
#include "config.h"

#include "engine/io/stb.h"

#include <stdlib.h>
#include <string.h>

/* Before each block: its size, padded so that the block stays aligned. */
#define HEADER_BYTES 16

/* Enough for the size of any image to be read. */
#define INFO_BUDGET_BYTES (1024 * 1024)

static _Thread_local gsize budget_left;

static void *
allocate (gsize size)
{
  guint8 *block;
  if (size > budget_left)
    return NULL;
  block = calloc (1, size + HEADER_BYTES);
  if (block == NULL)
    return NULL;
  budget_left -= size;
  memcpy (block, &size, sizeof size);
  return block + HEADER_BYTES;
}

void
monocle_stb_free (void *block)
{
  guint8 *header = block;
  gsize size;
  if (block == NULL)
    return;
  header -= HEADER_BYTES;
  memcpy (&size, header, sizeof size);
  budget_left += size;
  free (header);
}

static void *
reallocate (void *block, gsize size)
{
  gsize old = 0;
  void *grown = allocate (size);
  if (grown == NULL || block == NULL)
    return grown;
  memcpy (&old, (guint8 *) block - HEADER_BYTES, sizeof old);
  memcpy (grown, block, MIN (old, size));
  monocle_stb_free (block);
  return grown;
}

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_ONLY_TGA
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_MAX_DIMENSIONS       65535
#define STBI_MALLOC(size)         allocate (size)
#define STBI_REALLOC(block, size) reallocate (block, size)
#define STBI_FREE(block)          monocle_stb_free (block)
/* A file must not be able to end the program; where these stand, decoding goes on safely. */
#define STBI_ASSERT(x) ((void) 0)
/* By its full name it is a system header, whose warnings stay its own, but for one that the
 * compiler gives at the end of the file: so it is off until there. */
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>

typedef struct
{
  const guint8 *data;
  gsize size;
  gsize at;
  gboolean ran_out;
} Source;

/* stb_image fills its own buffer of 128 bytes, and is content with less at the end of the file;
 * any other number is what a decoder needs. */
static int
read_source (void *user, char *to, int n)
{
  Source *source = user;
  gsize want = n > 0 ? (gsize) n : 0;
  gsize have = MIN (want, source->size - source->at);
  if (want > have && (have == 0 || want != sizeof ((stbi__context *) NULL)->buffer_start))
    source->ran_out = TRUE;
  memcpy (to, source->data + source->at, have);
  source->at += have;
  return (int) have;
}

static void
skip_source (void *user, int n)
{
  Source *source = user;
  if (n > 0)
    source->at += MIN ((gsize) n, source->size - source->at);
  else if (n < 0)
    source->at -= MIN ((gsize) - (gint64) n, source->at);
}

static int
is_source_at_end (void *user)
{
  const Source *source = user;
  return source->at == source->size;
}

static const stbi_io_callbacks callbacks = { read_source, skip_source, is_source_at_end };

static const char *
failure (void)
{
  const char *reason = stbi_failure_reason ();
  return reason != NULL ? reason : "corrupt";
}

const char *
monocle_stb_info (const guint8 *data, gsize size, int *width, int *height)
{
  Source source = { .data = data, .size = size };
  int n_channels;

  g_return_val_if_fail (size <= G_MAXINT, "too large");
  budget_left = INFO_BUDGET_BYTES;
  if (!stbi_info_from_callbacks (&callbacks, &source, width, height, &n_channels))
    return failure ();
  /* A BMP whose rows run downwards says so with a negative height. */
  if (*height == G_MININT)
    return "corrupt";
  *height = ABS (*height);
  return NULL;
}

const char *
monocle_stb_load (
    const guint8 *data, gsize size, gsize budget_bytes, int *width, int *height, guint8 **pixels)
{
  Source source = { .data = data, .size = size };
  int n_channels;

  g_return_val_if_fail (size <= G_MAXINT, "too large");
  budget_left = budget_bytes;
  *pixels = stbi_load_from_callbacks (&callbacks, &source, width, height, &n_channels, 3);
  if (*pixels != NULL && !source.ran_out)
    return NULL;
  if (*pixels == NULL && !source.ran_out)
    return failure ();
  monocle_stb_free (*pixels);
  *pixels = NULL;
  return "truncated";
}
