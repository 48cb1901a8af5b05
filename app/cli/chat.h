/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of monocle-cli chat share: chat reads options and lines, chat-input what a line
 * means, chat-turn asks and prints, chat-save writes, chat-load reads what that wrote.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "app/base/file-set.h"
#include "app/cli/cli.h"
#include "app/cli/sampling.h"
#include "app/document/chat.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleCliChat:
 * @is_interactive: a person types at a terminal
 * @detail: how closely pictures are looked at; AUTO: as suits the device
 * @max_tokens: of an answer; 0: as the model says
 * @loaded: who is asked
 * @turns: (element-type MonocleSaid): what was said
 * @chat: the same, as the model hears it
 * @pictures: pictures by their paths
 * @last: (nullable): the path that was named last
 * @pending: (element-type MonocleSaidShown): what the next question shows; paths are those of
 *   @pictures
 * @inputs: what must not be written over
 */
typedef struct
{
  MonocleCliModel model;
  MonocleCliSampling sampling;
  GStrv images, more_images, words;
  char *format, *most_tokens, *before, *detail_name;
  gboolean json, is_interactive;
  MonocleDetail detail;
  guint max_tokens;

  MonocleModel *loaded;
  GListStore *turns;
  MonocleChat *chat;
  GHashTable *pictures;
  const char *last;
  GArray *pending;
  MonocleFileSet *inputs;
} MonocleCliChat;

/* --- chat-turn.c --- */

/* As many as were said. */
guint monocle_cli_chat_get_n_turns (const MonocleCliChat *self);
/* (transfer full): which is one of them */
MonocleSaid *monocle_cli_chat_get_turn (const MonocleCliChat *self, guint index);
/* For monocle_chat_new(): each file is opened once. */
MonocleImage *monocle_cli_chat_look (const MonocleSaidShown *shown, gpointer self, GError **error);
/* Opens a picture, which the next question shows. */
MonocleCliStatus monocle_cli_chat_open (MonocleCliChat *self, const char *path);
/* Of the picture that was named last; says on stderr where there is none, or where it lies outside.
 */
MonocleCliStatus monocle_cli_chat_add_region (MonocleCliChat *self, const MonocleBox *region);

/**
 * monocle_cli_chat_ask:
 * @self: a conversation
 * @text: what is said
 * @max_tokens: longest answer; 0: as the model says
 * @sampling: (nullable): draws
 *
 * Asks, and prints the answer. What was pending is shown.
 *
 * Returns: interrupted, where the program is to end
 */
MonocleCliStatus monocle_cli_chat_ask (MonocleCliChat *self,
                                       const char *text,
                                       guint max_tokens,
                                       const MonocleSampling *sampling);

/**
 * MonocleCliChatMoment:
 * @turns: (element-type MonocleSaid): what was said by then
 * @pending: what the next question was to show
 * @last: (nullable): the path that was named last
 *
 * What a conversation was, for when what was tried since comes to nothing.
 */
typedef struct
{
  GPtrArray *turns;
  GArray *pending;
  const char *last;
} MonocleCliChatMoment;

void monocle_cli_chat_moment_init (MonocleCliChatMoment *moment, const MonocleCliChat *self);
void monocle_cli_chat_moment_clear (MonocleCliChatMoment *moment);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCliChatMoment, monocle_cli_chat_moment_clear)
/* All is again as it was. */
void monocle_cli_chat_go_back (MonocleCliChat *self, const MonocleCliChatMoment *moment);

/* Forgets @n turns; says on stderr where there are not so many. */
MonocleCliStatus monocle_cli_chat_undo (MonocleCliChat *self, guint n);
/* Asks the last question again, whose answer stays where no other came. What the next one shows
 * waits. @seed: (nullable): to draw with; %NULL: with another one */
MonocleCliStatus monocle_cli_chat_ask_again (MonocleCliChat *self, const guint64 *seed);

/* --- chat-save.c --- */

/* Adds an object: a turn, with all that led to it. */
void monocle_cli_chat_describe_turn (const MonocleCliChat *self, guint index, JsonBuilder *builder);
/* JSON where the name says so, else text. */
MonocleCliStatus monocle_cli_chat_save (MonocleCliChat *self, const char *path);

/* --- chat-load.c --- */

/* Goes on with what was saved as JSON. */
MonocleCliStatus monocle_cli_chat_load (MonocleCliChat *self, const char *path);

/* --- chat-input.c --- */

/* Does what a line says; an object that is wrong changes nothing. @ends: (out): whether it was the
 * last one */
MonocleCliStatus
monocle_cli_chat_take_line (MonocleCliChat *self, const char *line, gboolean *ends);

/* Says what is wrong on stderr, and with JSON also on standard output, where a line is waited for.
 * @path: (nullable): what it is about. Returns: failed, or interrupted where that is all that
 * @error says */
MonocleCliStatus
monocle_cli_chat_fail (const MonocleCliChat *self, const char *path, const GError *error);
MonocleCliStatus monocle_cli_chat_complain (const MonocleCliChat *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* What lines may say, for help. */
const char *monocle_cli_chat_get_commands (void);

G_END_DECLS
