/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that the next question of a conversation shows besides the one that it is about: by
 * their names, each with a button to do without it. They are files of this machine; which can be
 * read is seen before they are shown.
 *
 * Signal: `changed`.
 */
#pragma once

#include <adwaita.h>

#include "app/document/said.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TALK_PICTURES (monocle_talk_pictures_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTalkPictures, monocle_talk_pictures, MONOCLE, TALK_PICTURES, AdwBin)

/* Asks the person for some. */
void monocle_talk_pictures_choose (MonocleTalkPictures *self);
/* What cannot be read is said to the person. */
void monocle_talk_pictures_add (MonocleTalkPictures *self, GFile *file);
/* @shown: (element-type MonocleSaidShown): gets them appended, as far as there is room; the paths
 * are @self's, until it is cleared */
void monocle_talk_pictures_list (MonocleTalkPictures *self, GArray *shown);
void monocle_talk_pictures_clear (MonocleTalkPictures *self);

G_END_DECLS
