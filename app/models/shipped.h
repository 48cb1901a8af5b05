/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models that come with Monocle: one that does all tasks, one that brings words and pictures
 * into one space, for labels and search, one that foresees how things move, and one that draws.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MONOCLE_SHIPPED_DEFAULT ""
#define MONOCLE_SHIPPED_WORDS   "words"
#define MONOCLE_SHIPPED_WORLD   "world"
#define MONOCLE_SHIPPED_DRAW    "draw"

/**
 * MonocleShippedModel:
 * @id: what settings call it, and --model
 * @folder: in the data directory
 * @title: to be translated
 * @about: what it is good at, in one line; to be translated
 */
typedef struct
{
  const char *id;
  const char *folder;
  const char *title;
  const char *about;
} MonocleShippedModel;

/* (array length=n): those that are asked about pictures, the default one first */
const MonocleShippedModel *monocle_shipped_list (guint *n);
/* (nullable): of all that come along */
const MonocleShippedModel *monocle_shipped_find (const char *id);
/* (nullable): the one whose directory it is */
const MonocleShippedModel *monocle_shipped_recognise (const char *directory);

/* (transfer full): where it is, if it was installed */
char *monocle_shipped_dup_directory (const MonocleShippedModel *self);

G_END_DECLS
