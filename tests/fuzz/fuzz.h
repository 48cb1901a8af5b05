/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a fuzz target offers to driver.c.
 */
#pragma once

#include <glib.h>
#include <string.h>

/* Takes any bytes and returns 0. Whatever they are, it must neither crash nor leak, and an error of
 * a parser must be whole. */
int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* Adds GByteArrays: valid inputs that need no file. */
void fuzz_add_seeds (GPtrArray *seeds);

/* A seed of @size bytes. */
static inline void
fuzz_add_seed (GPtrArray *seeds, const void *data, gsize size)
{
  g_ptr_array_add (seeds, g_byte_array_append (g_byte_array_new (), data, (guint) size));
}

/* An error is one line of text that begins with @name. */
static inline void
fuzz_check_error (const GError *error, const char *name)
{
  g_assert (error != NULL && g_str_has_prefix (error->message, name));
  g_assert (strchr (error->message, '\n') == NULL);
  g_assert (g_utf8_validate (error->message, -1, NULL));
}
