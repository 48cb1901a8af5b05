/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --model, --adapter, --device, --precision and --trust-device: the options that most verbs share,
 * and loading what they name.
 */
#pragma once

#include "app/models/shipped.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleCliModel:
 *
 * The options as they were given; zeroed at first.
 *
 * @standard: (nullable): which of those that come along is meant where --model is not given; %NULL:
 *   the default one
 * @may_talk: whether there should be room for a conversation
 */
typedef struct
{
  const char *standard;
  char *model;
  char *adapter;
  char *device;
  char *precision;
  gboolean is_trusted;
  gboolean may_talk;
} MonocleCliModel;

/* Adds options that fill @self, which has to outlive the parsing. */
void monocle_cli_model_add_options (MonocleCliModel *self, GOptionContext *context);
void monocle_cli_model_clear (MonocleCliModel *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCliModel, monocle_cli_model_clear)

/**
 * monocle_cli_model_check:
 * @self: options
 *
 * Returns: %NULL, or what is wrong with the usage
 */
const char *monocle_cli_model_check (const MonocleCliModel *self);

/* (transfer full) (nullable): the directory of the model that is meant, if by an adapter of it.
 * Errors: %MONOCLE_APP_ERROR_NO_MODEL. */
char *monocle_cli_model_find (const MonocleCliModel *self, GError **error);

/**
 * monocle_cli_model_list_tasks:
 * @self: (nullable): options; %NULL: none
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type MonocleTask): what the model can be asked that
 * monocle_cli_model_load() would load
 */
GPtrArray *monocle_cli_model_list_tasks (const MonocleCliModel *self, GError **error);

/**
 * monocle_cli_model_load:
 * @self: options
 * @cancellable: to stop loading
 * @error: return location
 *
 * Finds the device, finds the model and loads it, with progress on stderr; a device that was never
 * used so is checked first. Says so when the device was chosen by itself and is no GPU, and when it
 * is used on the person's word.
 *
 * Returns: (transfer full) (nullable): the model
 */
MonocleModel *
monocle_cli_model_load (const MonocleCliModel *self, GCancellable *cancellable, GError **error);

/* Whether the model that is meant makes vectors, by its settings alone: nobody waits for one that
 * does not. Whether it is there at all, is for loading it to say. */
gboolean monocle_cli_model_check_embeds (const MonocleCliModel *self, GError **error);

G_END_DECLS
