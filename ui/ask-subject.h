/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a question is about: the whole picture, regions that were drawn, or objects of an answer.
 */
#pragma once

#include "ui/presentation.h"

G_BEGIN_DECLS

/**
 * MonocleAskSubject:
 * @boxes: (element-type MonocleBox): what is asked about; empty: the whole picture
 * @source: (nullable): the one object that is asked about
 * @are_objects: the boxes are of objects that are selected, not of drawn regions
 * @number: of the one region, where there are others; else 0
 */
typedef struct
{
  GArray *boxes;
  MonocleAnnotation *source;
  gboolean are_objects;
  guint number;
} MonocleAskSubject;

/**
 * monocle_ask_subject_find:
 * @self: (out caller-allocates): to be cleared
 * @presentation: (nullable)
 *
 * Of a task about regions: the regions that are selected, else the places of objects that are, else
 * all regions.
 */
void monocle_ask_subject_find (MonocleAskSubject *self,
                               MonoclePresentation *presentation,
                               const MonocleTask *task);
void monocle_ask_subject_clear (MonocleAskSubject *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleAskSubject, monocle_ask_subject_clear)

/* (transfer full): "About 2 regions", "About car 3": translated */
char *monocle_ask_subject_describe (const MonocleAskSubject *self);

/* (transfer full): the beginning of words that are repeated in a sentence */
char *monocle_ask_subject_shorten (const char *text);

G_END_DECLS
