/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What unpickle.c (the machine: stack, memo, instructions) and unpickle-tensors.c (what may be
 * named and called) share.
 */
#pragma once

#include "engine/checkpoint/unpickle.h"

G_BEGIN_DECLS

struct _MonoclePickle
{
  const guint8 *at, *end;
  GPtrArray *pool;  /* MonoclePickleValue, all that were made */
  GPtrArray *stack; /* MonoclePickleValue, borrowed from the pool */
  GHashTable *memo; /* index + 1 -> MonoclePickleValue, borrowed */
  MonoclePickleOthers others;
  MonoclePickleValue *root;
  const char *fault; /* the first thing that is wrong; static */
  char *wanted;      /* a global that is not allowed */
};

/* @fault: static; the first one is kept. */
void monocle_pickle_fail (MonoclePickle *self, const char *fault);
/* After a fault the stack hands out none; the loop ends at the next instruction. */
MonoclePickleValue *monocle_pickle_pop (MonoclePickle *self);
void monocle_pickle_push (MonoclePickle *self, MonoclePickleValue *value);
/* What nobody asks for. */
void monocle_pickle_push_opaque (MonoclePickle *self);
/* One that the pool owns. */
MonoclePickleValue *monocle_pickle_make (MonoclePickle *self, MonoclePickleKind kind);

/* The instructions that know of tensors. */
void monocle_pickle_push_global (MonoclePickle *self, const char *module, const char *name);
void monocle_pickle_push_storage (MonoclePickle *self, guint unused);
void monocle_pickle_call (MonoclePickle *self, guint unused);

G_END_DECLS
