/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder with Qwen3-VL or Qwen2.5-VL as the two files that llama.cpp's converter makes of it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GGUF_QWEN_TEXT   "tiny-qwen.gguf"
#define GGUF_QWEN_VISION "mmproj-tiny-qwen.gguf"

/**
 * GgufQwenHow:
 * @type: of matrices: %GGUF_TENSOR_F32 and so on; those of the tower are never of blocks
 * @architecture: (nullable): another than that of the model
 * @projector: (nullable): likewise
 * @template: (nullable): of its conversations
 * @splits: whether queries, keys and values of the tower are three matrices, as of Qwen2.5-VL
 * always
 * @has_one_frame: whether the second half of the convolution is left out
 * @n_more_deep: so many more layers, says the language model, are given rows
 */
typedef struct
{
  guint type;
  const char *architecture, *projector, *template;
  gboolean splits, has_one_frame;
  guint n_more_deep;
} GgufQwenHow;

/* @how: (nullable): in single precision, as it is */
void gguf_qwen_write (const char *source, const char *folder, const GgufQwenHow *how);

G_END_DECLS
