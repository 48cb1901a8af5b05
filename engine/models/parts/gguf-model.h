/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is the same of all models as llama.cpp's converter writes them: keys that say what the JSON
 * files said which they were made from, so that one reader checks both; a tokenizer among them; and
 * other names of tensors.
 */
#pragma once

#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/gguf.h"
#include "engine/models/parts/causal-config.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleGgufSetting:
 * @key: of the file, behind the prefix of all
 * @member: of the object that says the same
 * @is_optional: whether it need not be there
 */
typedef struct
{
  const char *key, *member;
  gboolean is_optional;
} MonocleGgufSetting;

/**
 * monocle_gguf_model_copy:
 * @file: where from
 * @prefix: of all keys
 * @settings: (array length=n): which
 * @n: how many
 * @to: (inout): what becomes of them
 * @error: return location
 *
 * Errors: BAD_FILE, naming the key that is missing.
 */
gboolean monocle_gguf_model_copy (const MonocleGguf *file,
                                  const char *prefix,
                                  const MonocleGgufSetting *settings,
                                  guint n,
                                  JsonObject *to,
                                  GError **error);

/**
 * monocle_gguf_model_read_text:
 * @text: the language model's file
 * @files: all tensors
 * @architecture: "general.architecture" must be so, and what all keys begin with
 * @kind: what has such a one, as the subject of a sentence
 * @to: (inout): what its config.json says of a decoder: its widths, layers, heads and places, and
 * how many words there are
 * @error: return location
 *
 * Errors: BAD_FILE, UNSUPPORTED_MODEL.
 */
gboolean monocle_gguf_model_read_text (const MonocleGguf *text,
                                       const MonocleCheckpoint *files,
                                       const char *architecture,
                                       const char *kind,
                                       JsonObject *to,
                                       GError **error);

/* What ends an answer, of @n_words. Errors: BAD_FILE. */
gboolean monocle_gguf_model_read_ends (const MonocleGguf *text,
                                       guint n_words,
                                       MonocleCausalEnds *ends,
                                       GError **error);

/* Rows of the table of that name, which is the only one that says for sure how many there are of
 * something. Errors: UNSUPPORTED_MODEL. */
gboolean monocle_gguf_model_count_rows (const MonocleCheckpoint *files,
                                        const char *name,
                                        gint64 *n_rows,
                                        GError **error);

/**
 * monocle_gguf_model_read_tokenizer:
 * @text: the language model's file
 * @splitter: "tokenizer.ggml.pre" must be so, and the kind of tokenizer be GPT-2's
 * @pipeline: what such a model's tokenizer.json says around vocabulary and merges
 * @error: return location
 *
 * Errors: BAD_FILE, UNSUPPORTED_MODEL.
 *
 * Returns: (transfer full): it
 */
MonocleTokenizer *monocle_gguf_model_read_tokenizer (const MonocleGguf *text,
                                                     const char *splitter,
                                                     const char *pipeline,
                                                     GError **error);

/* Names of one thing. */
typedef struct
{
  const char *ours, *theirs;
} MonocleGgufName;

/* Of a layer of decoders. */
#define MONOCLE_GGUF_N_TEXT_PARTS 11
extern const MonocleGgufName monocle_gguf_text_parts[MONOCLE_GGUF_N_TEXT_PARTS];

/**
 * MonocleGgufNames:
 * @ours: (nullable): what stands before a layer's number; %NULL: these have none
 * @theirs: the same in such files
 * @parts: (array length=n): what stands behind it, without "weight" and the like
 * @n: how many
 */
typedef struct
{
  const char *ours, *theirs;
  const MonocleGgufName *parts;
  guint n;
} MonocleGgufNames;

/* (transfer full): what a tensor is called in such files; as it is, where no one of @names says
 * otherwise */
char *monocle_gguf_model_rename (const char *name, const MonocleGgufNames *names, guint n_names);

G_END_DECLS
