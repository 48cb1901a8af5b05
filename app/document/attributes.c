/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/attributes.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static gboolean
is_word (const char *text)
{
  return g_utf8_validate (text, -1, NULL)
         && g_utf8_strlen (text, -1) <= MONOCLE_ATTRIBUTES_MAX_CHARACTERS;
}

static gboolean
can_be_said (const char *name, GVariant *value)
{
  if (!*name || !is_word (name))
    return FALSE;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return *g_variant_get_string (value, NULL) && is_word (g_variant_get_string (value, NULL));
  return g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE)
         && isfinite (g_variant_get_double (value));
}

/* @but: (nullable): what is left out; @extra: (nullable): what it says in its place, or at the end
 */
static GVariant *
build (GVariant *attributes, const char *but, GVariant *extra)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantBuilder builder;
  GVariantIter iter;
  const char *name;
  GVariant *value;
  guint n = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (attributes && g_variant_is_of_type (attributes, G_VARIANT_TYPE_VARDICT))
    {
      g_variant_iter_init (&iter, attributes);
      while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
        {
          const gboolean is_it = g_strcmp0 (name, but) == 0;

          if (!g_hash_table_add (seen, (gpointer) name) || !can_be_said (name, value)
              || (is_it && !extra) || n == MONOCLE_ATTRIBUTES_MAX)
            continue;
          g_variant_builder_add (&builder, "{sv}", name, is_it ? extra : value);
          n++;
        }
    }
  if (extra && n < MONOCLE_ATTRIBUTES_MAX && !g_hash_table_contains (seen, but))
    {
      g_variant_builder_add (&builder, "{sv}", but, extra);
      n++;
    }
  if (n > 0)
    return g_variant_ref_sink (g_variant_builder_end (&builder));
  g_variant_builder_clear (&builder);
  return NULL;
}

GVariant *
monocle_attributes_clean (GVariant *attributes)
{
  return build (attributes, NULL, NULL);
}

GVariant *
monocle_attributes_put (GVariant *attributes, const char *name, GVariant *value)
{
  g_autoptr (GVariant) owned = value ? g_variant_ref_sink (value) : NULL;

  g_return_val_if_fail (name, NULL);

  return build (attributes, name, owned && can_be_said (name, owned) ? owned : NULL);
}

gboolean
monocle_attributes_equal (GVariant *a, GVariant *b)
{
  return a == b || (a && b && g_variant_equal (a, b));
}

static char *
write_value (GVariant *value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  return g_strdup (g_ascii_formatd (digits, sizeof digits, "%.15g", g_variant_get_double (value)));
}

char *
monocle_attributes_dup_text (GVariant *attributes, const char *name)
{
  g_autoptr (GVariant) value = attributes ? g_variant_lookup_value (attributes, name, NULL) : NULL;

  return value ? write_value (value) : NULL;
}

char *
monocle_attributes_format (GVariant *attributes)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  if (!attributes)
    return NULL;
  g_variant_iter_init (&iter, attributes);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autofree char *words = write_value (value);

      if (text->len > 0)
        g_string_append (text, ", ");
      /* Translators: an attribute of an object and its value: "season: winter" */
      g_string_append_printf (text, _ ("%s: %s"), name, words);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
