/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a caption has to say, as slots: a thing by name, its looks, how many of it. English plurals.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleEvalSlot:
 * @name: of a thing: "car"
 * @plural: (nullable): of the name; made by the rules of English where it is not given
 * @phrase: name and looks: "small red car"; may be the name alone
 * @count: how many there are of them
 */
typedef struct
{
  char *name;
  char *plural;
  char *phrase;
  guint count;
} MonocleEvalSlot;

MonocleEvalSlot *
monocle_eval_slot_new (const char *name, const char *plural, const char *phrase, guint count);
void monocle_eval_slot_free (MonocleEvalSlot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleEvalSlot, monocle_eval_slot_free)

/**
 * monocle_eval_caption_count:
 * @caption: what was written
 * @slots: (element-type MonocleEvalSlot): what there is to say
 * @n_slots: (out): how many things there were to say: for each of @slots its name; its phrase
 *   where that says more; its count where it is above one
 *
 * Returns: how many of them @caption says
 */
guint monocle_eval_caption_count (const char *caption, const GPtrArray *slots, guint *n_slots);

G_END_DECLS
