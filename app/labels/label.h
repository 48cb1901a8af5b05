/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A label: a name that things get, with its colour, the digit that gives it, and what can be said of
 * each thing that has it. Belongs to a set, which alone changes it. Signal `changed`: it says
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

#define MONOCLE_TYPE_LABEL (monocle_label_get_type ())
G_DECLARE_FINAL_TYPE (MonocleLabel, monocle_label, MONOCLE, LABEL, GObject)

/**
 * monocle_label_new:
 * @name: of monocle_label_clean()
 * @rgb: 0xRRGGBB, or %MONOCLE_LABEL_NO_COLOUR: the set finds one
 *
 * Returns: (transfer full): a label without digit and attributes
 */
MonocleLabel *monocle_label_new (const char *name, guint32 rgb);
#define MONOCLE_LABEL_NO_COLOUR G_MAXUINT32

const char *monocle_label_get_name (MonocleLabel *self);
guint32 monocle_label_get_rgb (MonocleLabel *self);
/* 1 to 9, 0: none */
guint monocle_label_get_digit (MonocleLabel *self);
/* (transfer none) (element-type MonocleAttribute) */
GPtrArray *monocle_label_get_attributes (MonocleLabel *self);
/* (nullable): of that name */
const MonocleAttribute *monocle_label_find_attribute (MonocleLabel *self, const char *name);

/**
 * monocle_label_clean:
 * @text: what is to be a name, from wherever
 *
 * Returns: (transfer full) (nullable): without blanks around it and with blanks for what cannot be
 *   seen; %NULL where it is no UTF-8, empty, or too long
 */
char *monocle_label_clean (const char *text);

/* --- For the set, and who reads one; they check what they are given --- */

void monocle_label_set_name (MonocleLabel *self, const char *name);
void monocle_label_set_rgb (MonocleLabel *self, guint32 rgb);
void monocle_label_set_digit (MonocleLabel *self, guint digit);
/* @attribute: (transfer full): takes the place of the one of its name. Returns: whether there was
 * room */
gboolean monocle_label_take_attribute (MonocleLabel *self, MonocleAttribute *attribute);
void monocle_label_remove_attribute (MonocleLabel *self, const char *name);

G_END_DECLS
