/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A fixture of SmolVLM as the two files that llama.cpp's converter makes of such a model.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GGUF_MODEL_TEXT   "tiny-F32.gguf"
#define GGUF_MODEL_VISION "mmproj-tiny-F32.gguf"

/* @is_old: the tower's perceptrons are named as older converters named them, and the size that
 * pictures are brought to is not said */
void gguf_model_write (const char *source, const char *folder, gboolean is_old);

/* The same with matrices of the language model in 8 bits, where rows are whole groups. */
void gguf_model_write_q8 (const char *source, const char *folder);
/* And with those of 4: most as Q4_1, every other one as Q4_0, and what such files have in more as
 * Q8_0. */
void gguf_model_write_q4 (const char *source, const char *folder);

G_END_DECLS
