/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages as DocTags, gone wild: each byte is a tag, or a letter.
 */
#include "config.h"

#include "fuzz.h"

#include "engine/answer/doctags.h"

#define MAX_BYTES  2048
#define FIRST_TAG  128
#define MAX_GROWTH 300 /* a cell that is said once more, for one byte of input */

static const char *const tags[] = {
  "doctag",
  "text",
  "title",
  "section_header_level_2",
  "inline",
  "unordered_list",
  "ordered_list",
  "list_item",
  "otsl",
  "picture",
  "chart",
  "caption",
  "code",
  "formula",
  "footnote",
  "page_header",
  "page_footer",
  "form",
  "key_value_region",
  "key_1",
  "value_2",
  "document_index",
  "smiles",
  "checkbox_selected",
  "fcel",
  "ecel",
  "lcel",
  "ucel",
  "xcel",
  "nl",
  "loc_0",
  "loc_250",
  "loc_500",
  "loc_501",
  "_Python_",
  "bar_chart",
  "link_2",
  "group",
  "page_break",
  "ched",
};

static void
append_byte (GString *text, guint8 byte)
{
  const guint index = byte - FIRST_TAG;

  if (byte < FIRST_TAG)
    g_string_append_c (text, byte == 0 ? '\n' : (char) byte);
  else
    g_string_append_printf (text, "<%s%s>", index % 3 == 2 ? "/" : "",
                            tags[index % G_N_ELEMENTS (tags)]);
}

static void
check_piece (const MonocleDoctagsPiece *piece, gsize n)
{
  g_assert_true (*piece->label != '\0');
  g_assert_true (g_utf8_validate (piece->markdown, -1, NULL));
  g_assert_cmpuint (piece->start, <, piece->end);
  g_assert_cmpuint (piece->end, <=, n);
  g_assert_true (*piece->markdown || piece->has_place);
  if (piece->has_place)
    {
      g_assert_cmpuint (piece->edges[0], <, piece->edges[2]);
      g_assert_cmpuint (piece->edges[1], <, piece->edges[3]);
      g_assert_cmpuint (MAX (piece->edges[2], piece->edges[3]), <=, MONOCLE_DOCTAGS_PLACES);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const gsize n = MIN (size, MAX_BYTES);

  for (gsize i = 0; i < n; i++)
    append_byte (text, data[i]);
  for (guint whole = 0; whole < 2; whole++)
    {
      gboolean is_well_formed;
      g_autoptr (GPtrArray) pieces = monocle_doctags_read (text->str, whole > 0, &is_well_formed);
      g_autofree char *markdown = monocle_doctags_join (pieces);

      for (guint i = 0; i < pieces->len; i++)
        check_piece (pieces->pdata[i], text->len);
      g_assert_true (g_utf8_validate (markdown, -1, NULL));
      g_assert_cmpuint (strlen (markdown), <=, MAX_GROWTH * (text->len + 1));
    }
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const guint8 page[] = { 128, 131, 158, 159, 160, 160, 'a', 'b', 132, 133, 135, 'c', 136 };
  static const guint8 table[] = { 136, 139, 'x', 152, 'a', 154, 157, 155, 152, '|', 157, 176 };
  static const guint8 words[]
      = "<text><loc_1><loc_2><loc_3><loc_4>a *b* <formula>c</formula></text>";

  fuzz_add_seed (seeds, page, sizeof page);
  fuzz_add_seed (seeds, table, sizeof table);
  fuzz_add_seed (seeds, words, sizeof words - 1);
}
