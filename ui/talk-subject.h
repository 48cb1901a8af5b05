/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the next question of a conversation is about: the turns before it, and what it shows: the
 * picture and the regions that are selected, as far as none of these turns has shown them.
 */
#pragma once

#include "ui/presentation.h"

G_BEGIN_DECLS

/* (transfer full) (element-type MonocleSaid): turns as they are seen: what could not be answered
 * comes behind all others, what is being answered takes the place of what will be said no more */
GPtrArray *monocle_talk_subject_list_turns (MonocleDocument *document);
/* How many turns come before @said; all, where it is none of them. */
guint monocle_talk_subject_count_before (MonocleDocument *document, MonocleSaid *said);
/* (transfer full) (nullable): the turn in whose place @said, which is asked, comes */
MonocleSaid *monocle_talk_subject_find_replaced (MonocleDocument *document, MonocleSaid *said);

/* (transfer full) (element-type MonocleAnnotation): regions that the next question shows.
 * @presentation: has a document */
GPtrArray *monocle_talk_subject_list_regions (MonoclePresentation *presentation);
/* @region is one of these no more. */
void monocle_talk_subject_leave_out (MonoclePresentation *presentation, MonocleAnnotation *region);
/* (transfer full) (element-type MonocleSaidShown): all that it shows, and again what was not looked
 * at as @detail says; AUTO: however it was */
GArray *monocle_talk_subject_list (MonoclePresentation *presentation, MonocleDetail detail);

G_END_DECLS
