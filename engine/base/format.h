/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How numbers lie in memory and in files: a row a format. Adding one is adding a row; kernels say
 * which formats they are built for (vk/kernels.def), and a format may have none.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleFormatId:
 * @MONOCLE_FORMAT_F32: IEEE single
 * @MONOCLE_FORMAT_F16: IEEE half
 * @MONOCLE_FORMAT_BF16: the upper half of a single
 * @MONOCLE_FORMAT_U32: integers
 * @MONOCLE_FORMAT_Q8: 32 integers of 8 bits behind their scale, a half: Q8_0 of GGUF
 * @MONOCLE_FORMAT_Q4: 32 integers of 4 bits without a sign behind their scale and what is added to
 *   each, halves: Q4_1 of GGUF. A byte has a number of the first sixteen and one of the last
 */
typedef enum
{
  MONOCLE_FORMAT_F32,
  MONOCLE_FORMAT_F16,
  MONOCLE_FORMAT_BF16,
  MONOCLE_FORMAT_U32,
  MONOCLE_FORMAT_Q8,
  MONOCLE_FORMAT_Q4,
  MONOCLE_N_FORMATS,
} MonocleFormatId;

/**
 * MonocleFormat:
 * @id: its name
 * @block: numbers that are stored together, and only together
 * @block_bytes: what they take
 * @shared_bytes: of these, what belongs to all of them and lies before them; 0: nothing. On a
 *   device it lies behind all numbers of a tensor, so that both can be read in steps of four
 * @narrow: (nullable): from floats to whole blocks
 * @widen: back; from any alignment, as things lie in files
 */
typedef struct
{
  const char *id;
  guint block;
  guint block_bytes;
  guint shared_bytes;
  void (*narrow) (const float *from, gsize n, gpointer to);
  void (*widen) (gconstpointer from, gsize n, float *to);
} MonocleFormat;

extern const MonocleFormat monocle_formats[MONOCLE_N_FORMATS];

/**
 * monocle_format_count_bytes:
 * @format: a row
 * @n: how many numbers
 *
 * Returns: the bytes of the blocks that hold them
 */
guint64 monocle_format_count_bytes (const MonocleFormat *format, guint64 n);

/**
 * monocle_format_get_bytes:
 * @id: a format
 * @n: how many numbers
 *
 * Returns: the bytes of the blocks that hold them
 */
guint64 monocle_format_get_bytes (MonocleFormatId id, guint64 n);

/**
 * monocle_format_settle:
 * @id: a format
 * @numbers: (inout) (array length=n): which become what is stored of them, of Q4 nearly so
 * @n: how many
 *
 * For tests: these numbers are narrowed and widened to themselves.
 */
void monocle_format_settle (MonocleFormatId id, float *numbers, gsize n);

/**
 * monocle_format_get_texel_bytes:
 * @id: a format
 *
 * Returns: the bytes of four numbers that lie beside each other, without what they share
 */
guint monocle_format_get_texel_bytes (MonocleFormatId id);

/**
 * monocle_format_part:
 * @format: a row whose blocks share something
 * @blocks: as files have them
 * @n_blocks: how many
 * @numbers: (out caller-allocates): those of all blocks
 * @shared: (out caller-allocates): what each shares
 *
 * As devices have them.
 */
void monocle_format_part (
    const MonocleFormat *format, gconstpointer blocks, gsize n_blocks, void *numbers, void *shared);

/**
 * monocle_format_join:
 * @format: a row whose blocks share something
 * @numbers: those of all blocks
 * @shared: what each shares
 * @n_blocks: how many
 * @blocks: (out caller-allocates): as files have them
 */
void monocle_format_join (const MonocleFormat *format,
                          const void *numbers,
                          const void *shared,
                          gsize n_blocks,
                          gpointer blocks);

/**
 * monocle_format_get_shared_offset:
 * @id: a format whose blocks share something
 * @n: numbers of a tensor
 *
 * Returns: where on a device what they share begins, in bytes behind the first number
 */
guint64 monocle_format_get_shared_offset (MonocleFormatId id, guint64 n);

G_END_DECLS
