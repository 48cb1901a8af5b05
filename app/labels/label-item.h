/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A label: a name that things get, with its colour, the digit that gives it, and what can be said
 * of each thing that has it. Belongs to a set, which alone changes it. Signal `changed`: it says
 * something else.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* No name of a thing is longer, in characters; and what a thing says of itself neither. */
#define MONOCLE_LABEL_MAX_CHARACTERS 200
/* Of a label; and choices of each. */
#define MONOCLE_LABEL_MAX_ATTRIBUTES 32
#define MONOCLE_LABEL_MAX_CHOICES    200

/**
 * MonocleAttributeKind:
 * @MONOCLE_ATTRIBUTE_TEXT: words
 * @MONOCLE_ATTRIBUTE_NUMBER: a number
 * @MONOCLE_ATTRIBUTE_CHOICE: one of some words
 */
typedef enum
{
  MONOCLE_ATTRIBUTE_TEXT,
  MONOCLE_ATTRIBUTE_NUMBER,
  MONOCLE_ATTRIBUTE_CHOICE,
} MonocleAttributeKind;

#define MONOCLE_N_ATTRIBUTE_KINDS (MONOCLE_ATTRIBUTE_CHOICE + 1)

/**
 * MonocleAttribute:
 * @name: what is said: "occluded"
 * @kind: how
 * @choices: (nullable): the words, of a choice
 */
typedef struct
{
  char *name;
  MonocleAttributeKind kind;
  GStrv choices;
} MonocleAttribute;

/**
 * monocle_attribute_new:
 * @name: as a label's is
 * @choices: (nullable) (array zero-terminated=1): of a choice
 *
 * Returns: (transfer full) (nullable): it; %NULL where @name is none, or a choice has nothing to
 *   choose: what is empty or there twice does not count
 */
MonocleAttribute *
monocle_attribute_new (const char *name, MonocleAttributeKind kind, const char *const *choices);
MonocleAttribute *monocle_attribute_copy (const MonocleAttribute *self);
void monocle_attribute_free (MonocleAttribute *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleAttribute, monocle_attribute_free)

/* Plain name of a kind, as in files, never translated: `choice`. */
const char *monocle_attribute_kind_get_id (MonocleAttributeKind kind);

#define MONOCLE_TYPE_LABEL_ITEM (monocle_label_item_get_type ())
G_DECLARE_FINAL_TYPE (MonocleLabelItem, monocle_label_item, MONOCLE, LABEL_ITEM, GObject)

/**
 * monocle_label_item_new:
 * @name: of monocle_label_clean()
 * @rgb: 0xRRGGBB, or %MONOCLE_LABEL_NO_COLOUR: the set finds one
 *
 * Returns: (transfer full): a label without digit and attributes
 */
MonocleLabelItem *monocle_label_item_new (const char *name, guint32 rgb);
#define MONOCLE_LABEL_NO_COLOUR G_MAXUINT32

const char *monocle_label_item_get_name (MonocleLabelItem *self);
guint32 monocle_label_item_get_rgb (MonocleLabelItem *self);
/* 1 to 9, 0: none */
guint monocle_label_item_get_digit (MonocleLabelItem *self);
/* (transfer none) (element-type MonocleAttribute) */
GPtrArray *monocle_label_item_get_attributes (MonocleLabelItem *self);
/* (nullable): of that name */
const MonocleAttribute *monocle_label_item_find_attribute (MonocleLabelItem *self,
                                                           const char *name);

/**
 * monocle_label_clean:
 * @text: what is to be a name, from wherever
 *
 * Returns: (transfer full) (nullable): without blanks around it and with blanks for what cannot be
 *   seen; %NULL where it is no UTF-8, empty, or too long
 */
char *monocle_label_clean (const char *text);

/* --- For the set, and who reads one; they check what they are given --- */

void monocle_label_item_set_name (MonocleLabelItem *self, const char *name);
void monocle_label_item_set_rgb (MonocleLabelItem *self, guint32 rgb);
void monocle_label_item_set_digit (MonocleLabelItem *self, guint digit);
/* @attribute: (transfer full): takes the place of the one of its name. Returns: whether there was
 * room */
gboolean monocle_label_item_take_attribute (MonocleLabelItem *self, MonocleAttribute *attribute);
void monocle_label_item_remove_attribute (MonocleLabelItem *self, const char *name);

G_END_DECLS
