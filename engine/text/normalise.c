/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/normalise.h"

#include <string.h>

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/text/byte-characters.h"
#include "engine/text/characters.h"
#include "engine/text/charsmap.h"
#include "engine/text/forms.h"
#include "engine/text/parts.h"
#include "engine/text/pattern.h"

/* What steps may make of a text, so that replacing cannot fill the memory. */
#define MAX_GROWTH   64
#define MAX_AT_LEAST 65536
#define MAX_CONTENT  512

typedef struct _Step Step;

struct _Step
{
  char *(*apply) (const Step *self, const char *text);
  GNormalizeMode form;
  MonoclePattern *pattern;
  MonocleCharsmap *charsmap;
  char *content;
  guint32 types; /* of characters to drop */
  gboolean left, right;
  gboolean drops; /* characters without others in their place */
};

struct _MonocleNormaliser
{
  GArray *steps;
};

static void
clear_step (gpointer data)
{
  Step *step = data;

  monocle_pattern_free (step->pattern);
  monocle_charsmap_free (step->charsmap);
  g_free (step->content);
}

MonocleNormaliser *
monocle_normaliser_new (void)
{
  MonocleNormaliser *self = g_new0 (MonocleNormaliser, 1);

  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  g_array_set_clear_func (self->steps, clear_step);
  return self;
}

void
monocle_normaliser_free (MonocleNormaliser *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->steps);
  g_free (self);
}

static gboolean
add_step (MonocleNormaliser *self, const Step *step)
{
  g_array_append_vals (self->steps, step, 1);
  return TRUE;
}

static char *
apply_form (const Step *self, const char *text)
{
  return monocle_forms_normalise (text, self->form);
}

static char *
apply_lower (const Step *self, const char *text)
{
  GString *out = g_string_sized_new (strlen (text));

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      /* The one character with a longer small letter; and numbers and symbols that have one. */
      if (c == 0x130)
        g_string_append (out, "i\xcc\x87");
      else if (c >= 0x2160 && c <= 0x216f)
        g_string_append_unichar (out, c + 16);
      else if (c >= 0x24b6 && c <= 0x24cf)
        g_string_append_unichar (out, c + 26);
      else
        g_string_append_unichar (out, g_unichar_tolower (c));
    }
  return g_string_free (out, FALSE);
}

static char *
apply_drop (const Step *self, const char *text)
{
  GString *out = g_string_sized_new (strlen (text));

  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!monocle_characters_has_type (g_utf8_get_char (text), self->types))
      g_string_append_unichar (out, g_utf8_get_char (text));
  return g_string_free (out, FALSE);
}

static char *
apply_replace (const Step *self, const char *text)
{
  gsize n = strlen (text);

  return monocle_pattern_replace (self->pattern, text, n, self->content,
                                  MAX_AT_LEAST + MAX_GROWTH * n);
}

static char *
apply_prepend (const Step *self, const char *text)
{
  return text[0] != '\0' ? g_strconcat (self->content, text, NULL) : g_strdup (text);
}

static char *
apply_strip (const Step *self, const char *text)
{
  const char *end = text + strlen (text);

  while (self->left && *text != '\0' && monocle_characters_is_space (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  while (self->right && end > text
         && monocle_characters_is_space (g_utf8_get_char (g_utf8_prev_char (end))))
    end = g_utf8_prev_char (end);
  return g_strndup (text, (gsize) (end - text));
}

static char *
apply_charsmap (const Step *self, const char *text)
{
  return monocle_charsmap_apply (self->charsmap, text);
}

static char *
apply_bytes (const Step *self, const char *text)
{
  GString *out = g_string_new (NULL);

  monocle_byte_characters_write ((const guint8 *) text, strlen (text), out);
  return g_string_free (out, FALSE);
}

/* BERT: control characters away, blanks are spaces. */
static char *
apply_clean (const Step *self, const char *text)
{
  guint32 others = MONOCLE_CHARACTERS_TYPE (G_UNICODE_CONTROL)
                   | MONOCLE_CHARACTERS_TYPE (G_UNICODE_FORMAT)
                   | MONOCLE_CHARACTERS_TYPE (G_UNICODE_PRIVATE_USE);
  GString *out = g_string_sized_new (strlen (text));

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);
      gboolean is_break = c == '\t' || c == '\n' || c == '\r';

      if (c == 0xfffd || (!is_break && monocle_characters_has_type (c, others)))
        continue;
      g_string_append_unichar (out, monocle_characters_is_space (c) ? ' ' : c);
    }
  return g_string_free (out, FALSE);
}

static gboolean
is_ideograph (gunichar c)
{
  return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf)
         || (c >= 0x20000 && c <= 0x2a6df) || (c >= 0x2a700 && c <= 0x2b73f)
         || (c >= 0x2b740 && c <= 0x2b81f) || (c >= 0x2b920 && c <= 0x2ceaf)
         || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x2f800 && c <= 0x2fa1f);
}

/* BERT: spaces around each ideograph. */
static char *
apply_part_ideographs (const Step *self, const char *text)
{
  GString *out = g_string_sized_new (strlen (text));

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (is_ideograph (c))
        g_string_append_c (out, ' ');
      g_string_append_unichar (out, c);
      if (is_ideograph (c))
        g_string_append_c (out, ' ');
    }
  return g_string_free (out, FALSE);
}

static gboolean
read_content (
    JsonObject *part, const char *key, const char **content, const char *path, GError **error)
{
  return monocle_parts_get_text (part, path, key, MONOCLE_JSON_REQUIRED, MAX_CONTENT, content,
                                 error);
}

static gboolean
read_form (MonocleNormaliser *self, GNormalizeMode form)
{
  return add_step (self, &(Step){ .apply = apply_form, .form = form });
}

static gboolean
read_nfc (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return read_form (target, G_NORMALIZE_NFC);
}

static gboolean
read_nfd (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return read_form (target, G_NORMALIZE_NFD);
}

static gboolean
read_nfkc (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return read_form (target, G_NORMALIZE_NFKC);
}

static gboolean
read_nfkd (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return read_form (target, G_NORMALIZE_NFKD);
}

static gboolean
read_lower (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return add_step (target, &(Step){ .apply = apply_lower });
}

static gboolean
read_bytes (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return add_step (target, &(Step){ .apply = apply_bytes });
}

static gboolean
read_accents (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return add_step (
      target, &(Step){ .apply = apply_drop, .drops = TRUE, .types = MONOCLE_CHARACTERS_MARKS });
}

static gboolean
read_replace (gpointer target, JsonObject *part, const char *path, GError **error)
{
  const char *content = NULL;
  g_autoptr (MonoclePattern) pattern = monocle_pattern_read (part, path, error);

  return pattern != NULL && read_content (part, "content", &content, path, error)
         && add_step (target, &(Step){ .apply = apply_replace,
                                       .pattern = g_steal_pointer (&pattern),
                                       .content = g_strdup (content),
                                       .drops = content[0] == '\0' });
}

static gboolean
read_prepend (gpointer target, JsonObject *part, const char *path, GError **error)
{
  const char *content = NULL;

  return read_content (part, "prepend", &content, path, error)
         && add_step (target, &(Step){ .apply = apply_prepend, .content = g_strdup (content) });
}

static gboolean
read_strip (gpointer target, JsonObject *part, const char *path, GError **error)
{
  Step step = { .apply = apply_strip, .drops = TRUE };

  return monocle_parts_get_flag (part, path, "strip_left", &step.left, error)
         && monocle_parts_get_flag (part, path, "strip_right", &step.right, error)
         && add_step (target, &step);
}

static gboolean
read_charsmap (gpointer target, JsonObject *part, const char *path, GError **error)
{
  const char *base64 = NULL;
  MonocleCharsmap *charsmap;

  if (!monocle_json_get_string (part, path, "precompiled_charsmap", MONOCLE_JSON_REQUIRED, &base64,
                                error))
    return FALSE;
  charsmap = monocle_charsmap_new (base64);
  if (charsmap == NULL)
    {
      monocle_file_set_error (error, path, "key \"precompiled_charsmap\": the table is broken");
      return FALSE;
    }
  return add_step (target, &(Step){ .apply = apply_charsmap, .charsmap = charsmap });
}

static gboolean
read_bert (gpointer target, JsonObject *part, const char *path, GError **error)
{
  gboolean cleans = TRUE, parts = TRUE, lowers = TRUE, strips;

  if (!monocle_parts_get_flag (part, path, "clean_text", &cleans, error)
      || !monocle_parts_get_flag (part, path, "handle_chinese_chars", &parts, error)
      || !monocle_parts_get_flag (part, path, "lowercase", &lowers, error))
    return FALSE;
  strips = lowers;
  if (!monocle_parts_get_flag (part, path, "strip_accents", &strips, error))
    return FALSE;
  if (cleans)
    add_step (target, &(Step){ .apply = apply_clean, .drops = TRUE });
  if (parts)
    add_step (target, &(Step){ .apply = apply_part_ideographs });
  if (strips)
    {
      read_form (target, G_NORMALIZE_NFD);
      add_step (target, &(Step){ .apply = apply_drop,
                                 .drops = TRUE,
                                 .types = MONOCLE_CHARACTERS_TYPE (G_UNICODE_NON_SPACING_MARK) });
    }
  return !lowers || add_step (target, &(Step){ .apply = apply_lower });
}

static const MonocleTokenizerPart rows[] = {
  { "NFC", read_nfc },         { "NFD", read_nfd },
  { "NFKC", read_nfkc },       { "NFKD", read_nfkd },
  { "Lowercase", read_lower }, { "StripAccents", read_accents },
  { "Replace", read_replace }, { "Prepend", read_prepend },
  { "Strip", read_strip },     { "Precompiled", read_charsmap },
  { "ByteLevel", read_bytes }, { "BertNormalizer", read_bert },
};

gboolean
monocle_normaliser_read (MonocleNormaliser *self,
                         JsonObject *root,
                         const char *path,
                         GError **error)
{
  return monocle_parts_read (root, "normalizer", "normalizers", rows, G_N_ELEMENTS (rows), self,
                             path, error);
}

/* Like @step->apply(), in place. */
static void
replace_by (const Step *step, char **text)
{
  char *next = step->apply (step, *text);

  g_free (*text);
  *text = next;
}

char *
monocle_normaliser_apply (const MonocleNormaliser *self, const char *text, gboolean *keeps_start)
{
  gsize limit = MAX_AT_LEAST + MAX_GROWTH * strlen (text);
  char *result = g_strdup (text);
  /* What has become of the first character. */
  g_autofree char *first
      = g_strndup (text, *text != '\0' ? (gsize) (g_utf8_next_char (text) - text) : 0);

  *keeps_start = TRUE;
  for (guint i = 0; i < self->steps->len && strlen (result) <= limit; i++)
    {
      const Step *step = &g_array_index (self->steps, Step, i);

      replace_by (step, &result);
      replace_by (step, &first);
      if (step->drops && first[0] == '\0')
        *keeps_start = FALSE;
    }
  return result;
}
