/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tokens that prompts are written with: a tokenizer has to have them, and no person may write them.
 */
#pragma once

#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/* @directory: of the model; @n_words: that it knows; @id: (out).
 * Errors: %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL where the tokenizer or the model lacks it. */
gboolean monocle_prompt_tokens_find (const MonocleTokenizer *tokenizer,
                                     const char *token,
                                     guint n_words,
                                     const char *directory,
                                     guint32 *id,
                                     GError **error);

/* Whether a model of @n_words knows all @n_tokens of its tokenizer. Errors: the same. */
gboolean monocle_prompt_tokens_check_count (guint n_tokens,
                                            guint n_words,
                                            const char *directory,
                                            GError **error);

/* @reserved: (array length=n). Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where one is in @text. */
gboolean monocle_prompt_tokens_check_text (const char *text,
                                           const char *const *reserved,
                                           guint n,
                                           GError **error);

G_END_DECLS
