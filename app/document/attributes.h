/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is said of a thing besides its name, as a value that never changes: a dictionary `a{sv}` of
 * words and numbers in the order in which they were said; %NULL: nothing.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More of a thing is not kept; and words no longer than this, in characters. */
#define MONOCLE_ATTRIBUTES_MAX            64
#define MONOCLE_ATTRIBUTES_MAX_CHARACTERS 1000

/**
 * monocle_attributes_clean:
 * @attributes: (nullable): of any type, from a file perhaps
 *
 * Returns: (transfer full) (nullable): what of it can be said of a thing, each name once; numbers
 *   are finite
 */
GVariant *monocle_attributes_clean (GVariant *attributes);

/**
 * monocle_attributes_put:
 * @attributes: (nullable): as it was
 * @name: what is said
 * @value: (transfer floating) (nullable): a string or a double; %NULL: nothing any more
 *
 * Returns: (transfer full) (nullable): as it is then
 */
GVariant *monocle_attributes_put (GVariant *attributes, const char *name, GVariant *value);

/* Both can be %NULL. */
gboolean monocle_attributes_equal (GVariant *a, GVariant *b);

/* (transfer full) (nullable): what @attributes (nullable) says under @name, as text */
char *monocle_attributes_dup_text (GVariant *attributes, const char *name);

/* (transfer full) (nullable): all of it in a line: "season: winter, age: 12" */
char *monocle_attributes_format (GVariant *attributes);

G_END_DECLS
