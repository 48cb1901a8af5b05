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

#define PNG_MAGIC "\x89PNG\r\n\x1a\n"

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

static inline void *
copy_bytes (void *to, const void *from, gsize n)
{
  return n > 0 ? memcpy (to, from, n) : to;
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
/* It copies nothing to nowhere, which is allowed to nobody. */
#define memcpy(to, from, n) copy_bytes (to, from, n)
/* By its full name it is a system header, whose warnings stay its own, but for one that the
 * compiler gives at the end of the file: so it is off until there. */
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#undef memcpy

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
  return reason != NULL && *reason != '\0' ? reason : "damaged data";
}

static gboolean
starts_with (const guint8 *data, gsize size, const char *magic, gsize magic_bytes)
{
  return size >= magic_bytes && memcmp (data, magic, magic_bytes) == 0;
}

static int
get32_be (const guint8 *p)
{
  guint32 value = (guint32) p[0] << 24 | (guint32) p[1] << 16 | (guint32) p[2] << 8 | p[3];
  return (int) MIN (value, G_MAXINT);
}

/* Whether the tables of this DHT segment fit: 16 counts of codes, then the codes, at most 256. */
static gboolean
are_tables_sane (const guint8 *p, gsize size)
{
  while (size > 0)
    {
      guint n_codes = 0;
      if (size < 17)
        return FALSE;
      for (guint i = 1; i <= 16; i++)
        n_codes += p[i];
      if (n_codes > 256 || n_codes > size - 17)
        return FALSE;
      p += 17 + n_codes;
      size -= 17 + n_codes;
    }
  return TRUE;
}

/* stb_image 2.27 believes a Huffman table that says that it has up to 4,080 codes, and writes them
 * over what follows. So all tables are looked at before it sees the file. Segments are found as it
 * finds them: by the next 0xff that neither is stuffed nor restarts the scan. */
static gboolean
is_jpeg_sane (const guint8 *data, gsize size)
{
  const guint8 *p = data, *end = data + size;
  if (size == 0 || data[0] != 0xff)
    return TRUE; /* No JPEG. */
  while (end - p >= 4)
    {
      gsize length;
      if (p[0] != 0xff || p[1] == 0xff || p[1] == 0 || p[1] == 0x01
          || (p[1] >= 0xd0 && p[1] <= 0xd8))
        {
          p = memchr (p + 1, 0xff, (gsize) (end - p) - 1);
          if (p == NULL)
            return TRUE;
          continue;
        }
      if (p[1] == 0xd9) /* EOI */
        return TRUE;
      length = (gsize) p[2] << 8 | p[3];
      if (length < 2 || length > (gsize) (end - p) - 2)
        /* stb_image stops here as well, but at the end of a table, not before it. */
        return p[1] != 0xc4;
      if (p[1] == 0xc4 && !are_tables_sane (p + 4, length - 2))
        return FALSE;
      p += 2 + length;
    }
  return TRUE;
}

/* Why the size could not be read. stb_image asks all its decoders in turn, and what is left is the
 * word of the last one. */
static const char *
explain (const guint8 *data, gsize size)
{
  if (starts_with (data, size, PNG_MAGIC, 8))
    return "bad PNG header";
  if (starts_with (data, size, "\xff\xd8\xff", 3))
    return "bad JPEG header";
  if (starts_with (data, size, "GIF8", 4))
    return "bad GIF header";
  if (starts_with (data, size, "BM", 2))
    return "bad BMP header";
  return "unknown image type";
}

const char *
monocle_stb_info (const guint8 *data, gsize size, int *width, int *height)
{
  Source source = { .data = data, .size = size };
  int n_channels;

  g_return_val_if_fail (size <= G_MAXINT, "too large");
  /* stb_image refuses a large PNG without telling its size. */
  if (starts_with (data, size, PNG_MAGIC, 8) && size >= 24 && memcmp (data + 12, "IHDR", 4) == 0)
    {
      *width = get32_be (data + 16);
      *height = get32_be (data + 20);
      return NULL;
    }
  if (!is_jpeg_sane (data, size))
    return "bad Huffman table";
  budget_left = INFO_BUDGET_BYTES;
  if (!stbi_info_from_callbacks (&callbacks, &source, width, height, &n_channels))
    return explain (data, size);
  /* A BMP whose rows run downwards says so with a negative height. */
  if (*height == G_MININT || *width < 0)
    return "bad BMP header";
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
  *pixels = NULL;
  if (!is_jpeg_sane (data, size))
    return "bad Huffman table";
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
