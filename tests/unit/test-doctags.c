/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * engine/answer/doctags: pages as Markdown and pieces. What the first table holds is what the
 * reference's reader and its Markdown come to as well, but for escapes.
 */
#include "config.h"

#include <string.h>

#include "engine/answer/doctags.h"
#include "engine/answer/markdown.h"

#define LOC "<loc_10><loc_20><loc_300><loc_40>"

typedef struct
{
  const char *name, *tags, *markdown;
  gboolean is_broken; /* in some way, and read all the same */
} Case;

static const Case cases[] = {
  { "headings",
    "<doctag><title>" LOC "A title</title>\n<section_header_level_1>" LOC
    "1. First</section_header_level_1><section_header_level_2>Second</section_header_level_2>"
    "<section_header_level_6>Deep</section_header_level_6><text>" LOC
    "Words\nover   lines</text></doctag>",
    "# A title\n\n## 1. First\n\n### Second\n\n###### Deep\n\nWords over lines" },
  { "lists",
    "<text>Before</text><unordered_list><list_item>" LOC "· one</list_item>\n<list_item>two"
    "</list_item></unordered_list><text>Between</text><ordered_list><list_item>first</list_item>"
    "<list_item>second</list_item></ordered_list>",
    "Before\n\n- one\n- two\n\nBetween\n\n1. first\n2. second" },
  { "numbers",
    "<ordered_list><list_item>3. three</list_item><list_item>four</list_item>"
    "<list_item>9) nine</list_item><list_item>10.5 is no number</list_item></ordered_list>",
    "3. three\n4. four\n9. nine\n10. 10\\.5 is no number" },
  { "list-in-item",
    "<unordered_list><list_item>one<ordered_list><list_item>inner</list_item></ordered_list>"
    "</list_item><list_item>two</list_item></unordered_list>",
    "- one\n    1. inner\n- two" },
  { "list-in-list",
    "<unordered_list><list_item>one</list_item><unordered_list><list_item>inner</list_item>"
    "</unordered_list><list_item>two</list_item></unordered_list>",
    "- one\n    - inner\n- two" },
  { "words-in-list", "<unordered_list>bare</unordered_list>", "- bare" },
  { "table",
    "<otsl>" LOC "<caption>" LOC "Table 1</caption><ched>A<ched>B<nl><rhed>1<fcel>x|y<nl>"
    "<ecel><fcel>2<nl></otsl>",
    "Table 1\n\n| A | B |\n| --- | --- |\n| 1 | x\\|y |\n|  | 2 |" },
  { "spans",
    "<otsl><ched>A<ched>B<lcel><nl><fcel>1<fcel>2<fcel>3<nl><ucel><fcel>4<fcel>5<nl>"
    "<fcel>wide<lcel><ecel><nl><ucel><xcel><fcel>end<nl></otsl>",
    "| A | B | B |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| 1 | 4 | 5 |\n| wide | wide |  |\n"
    "| wide | wide | end |" },
  { "ragged", "<otsl><fcel>1<nl><nl><fcel>2<fcel>3<fcel>4</otsl>",
    "| 1 |  |  |\n| --- | --- | --- |\n| 2 | 3 | 4 |" },
  { "rich-cells",
    "<otsl><ched>Name<nl><fcel><text>a<formula>x^2</formula></text><nl><fcel><code>y</code>"
    "<nl></otsl>",
    "| Name |\n| --- |\n| a$x^2$ |\n| `y` |" },
  { "picture",
    "<picture>" LOC "<bar_chart><caption>" LOC "Figure 1</caption></picture><picture>" LOC
    "</picture>",
    "Figure 1\n\n<!-- image -->\n\n<!-- image -->" },
  { "chart", "<chart>" LOC "<pie_chart><fcel>A<fcel>1<nl><fcel>B<fcel>2<nl></chart>",
    "<!-- image -->\n\n| A | 1 |\n| --- | --- |\n| B | 2 |" },
  { "chart-with-table", "<picture><otsl><fcel>A<nl></otsl>Beside</picture>",
    "<!-- image -->\n\nBeside\n\n| A |\n| --- |" },
  { "molecule", "<picture>" LOC "<smiles>CC(=O)O</smiles></picture>",
    "<!-- image -->\n\n`CC(=O)O`" },
  { "code", "<code>" LOC "<_Python_>def f():\n    return `1` < 2 & 3\n</code>",
    "```python\ndef f():\n    return `1` < 2 & 3\n```" },
  { "code-indented", "<code><_unknown_>\n  a\n    b</code>", "```\n  a\n    b\n```" },
  { "code-with-fence", "<code>a ``` b ```` c</code>", "`````\na ``` b ```` c\n`````" },
  { "formula", "<formula>" LOC " a^2_b \\frac{1}{2} </formula>", "$$a^2_b \\frac{1}{2}$$" },
  { "inline",
    "<inline><text>where</text><formula>x_1</formula><text>is</text><code>y`z</code></inline>"
    "<text>with <formula>z</formula> text</text>",
    "where $x_1$ is `` y`z ``\n\nwith $z$ text" },
  { "margins",
    "<page_header>" LOC "Head</page_header><text>Body</text><footnote>1 Foot</footnote>"
    "<page_footer>9</page_footer>",
    "Body\n\n1 Foot" },
  { "checkboxes",
    "<checkbox_selected>" LOC "Yes</checkbox_selected><checkbox_unselected>No"
    "</checkbox_unselected><text>or <checkbox_selected>maybe</checkbox_selected></text>",
    "- [x] Yes\n- [ ] No\n\nor [x] maybe" },
  { "form",
    "<key_value_region>" LOC "<key_1>" LOC "Name<link_2></key_1><value_2>" LOC "Bob</value_2>"
    "<key_3>Age</key_3><value_4>7</value_4></key_value_region>",
    "- **Name**: Bob\n- **Age**: 7" },
  { "contents", "<document_index>" LOC "<fcel>1<fcel>Intro<nl></document_index>",
    "| 1 | Intro |\n| --- | --- |" },
  { "groups",
    "<doctag><group><text>a</text></group><references><reference>b</reference></references>"
    "<page_break><paragraph>c</paragraph></doctag>",
    "a\n\nb\n\nc" },
  { "nothing", "", "" },
  { "empty", "<doctag></doctag>", "" },
  { "empty-pieces", "<doctag><text></text><otsl></otsl><unordered_list></unordered_list></doctag>",
    "" },
  /* What would do something in Markdown says what it says. */
  { "escapes", "<text>*a* _b_ snake_case [c](d) `e` \\ ~f~ $5 a < b &amp; R&D & x</text>",
    "\\*a\\* \\_b\\_ snake_case \\[c](d) \\`e\\` \\\\ \\~f\\~ \\$5 a \\< b \\&amp; R\\&D & x" },
  { "starts",
    "<text># no heading</text><text>- no item</text><text>12. no number</text><text>> no quote"
    "</text><unordered_list><list_item>1. one</list_item></unordered_list>",
    "\\# no heading\n\n\\- no item\n\n12\\. no number\n\n\\> no quote\n\n- 1\\. one" },
  { "html", "<text><script>alert(1)</script><img src=x> <!-- a --></text>",
    "\\<script>alert(1)\\</script>\\<img src=x> \\<!-- a -->" },
  { "controls", "<text>a\x01\tb\xc2\x85 c</text>", "a b c" },
  /* Broken. */
  { "bare", "Just words", "Just words" },
  { "unclosed", "<doctag><text>one<text>two<title>three", "one\n\ntwo\n\n# three", TRUE },
  { "unclosed-items", "<unordered_list><list_item>one<list_item>two</unordered_list>",
    "- one\n- two", TRUE },
  { "unclosed-table", "<otsl><fcel>1<fcel>2<nl><fcel>3<text>after</text>",
    "| 1 | 2 |\n| --- | --- |\n| 3 after |", TRUE },
  { "unclosed-caption", "<otsl><caption>C<fcel>1<nl></otsl>", "C\n\n| 1 |\n| --- |", TRUE },
  { "closed-twice", "<text>a</text></text></otsl>b", "a\n\nb", TRUE },
  { "closed-crosswise", "<otsl><fcel><text>a</otsl></text>", "| a |\n| --- |", TRUE },
  { "stray-cells", "<text>a<fcel>b<nl></text>", "a\n\n| b |\n| --- |", TRUE },
  { "stray-item", "<list_item>a</list_item>", "- a" },
  { "stray-key", "<key_1>a</key_1>", "a" },
  { "table-in-table", "<otsl><fcel>a<otsl><fcel>b</otsl>", "| a |\n| --- |\n\n| b |\n| --- |",
    TRUE },
  { "unknown-tags", "<text>a <unknown> b </b> <loc_> <loc_x> < <> </> <</text>",
    "a \\<unknown> b \\</b> \\<loc\\_> \\<loc_x> \\< \\<> \\</> \\<" },
  { "huge-level", "<section_header_level_4294967295>a</section_header_level_4294967295>",
    "###### a" },
};

static GPtrArray *
read_tags (const char *tags, gboolean *is_well_formed)
{
  return monocle_doctags_read (tags, TRUE, is_well_formed);
}

static void
test_case (gconstpointer data)
{
  const Case *row = data;
  gboolean is_well_formed;
  g_autoptr (GPtrArray) pieces = read_tags (row->tags, &is_well_formed);
  g_autofree char *markdown = monocle_doctags_join (pieces);

  g_assert_cmpstr (markdown, ==, row->markdown);
  g_assert_cmpint (is_well_formed, ==, !row->is_broken);
}

/* Whatever is there so far of a page begins as the whole does, piece by piece. */
static void
test_partial (gconstpointer data)
{
  const Case *row = data;
  const gsize n = strlen (row->tags);

  for (gsize i = 0; i <= n; i++)
    {
      g_autofree char *tags = g_strndup (row->tags, i);
      g_autoptr (GPtrArray) pieces = NULL;

      if (!g_utf8_validate (tags, -1, NULL))
        continue;
      pieces = monocle_doctags_read (tags, FALSE, NULL);
      for (guint k = 0; k < pieces->len; k++)
        {
          const MonocleDoctagsPiece *piece = pieces->pdata[k];

          /* No tag that is cut off is taken for words. */
          g_assert_null (strstr (piece->markdown, "loc_1"));
          g_assert_cmpuint (piece->end, <=, i);
        }
    }
}

/* --- places and order --------------------------------------------------------------------- */

static void
check_piece (const GPtrArray *pieces, guint index, const char *label, const char *markdown)
{
  const MonocleDoctagsPiece *piece = pieces->pdata[index];

  g_assert_cmpstr (piece->label, ==, label);
  g_assert_cmpstr (piece->markdown, ==, markdown);
}

static void
test_pieces (void)
{
  static const char tags[]
      = "<doctag><page_header><loc_1><loc_2><loc_3><loc_4>Head</page_header><picture><loc_5><loc_6>"
        "<loc_500><loc_500><logo><caption><loc_7><loc_8><loc_9><loc_10>Cap</caption></picture>"
        "<text>No place</text></doctag>";
  g_autoptr (GPtrArray) pieces = read_tags (tags, NULL);
  const MonocleDoctagsPiece *piece;

  g_assert_cmpuint (pieces->len, ==, 4);
  check_piece (pieces, 0, "page header", "Head");
  check_piece (pieces, 1, "caption", "Cap");
  check_piece (pieces, 2, "picture", "<!-- image -->");
  check_piece (pieces, 3, "text", "No place");
  piece = pieces->pdata[0];
  g_assert_true (piece->is_margin);
  g_assert_cmpuint (piece->edges[0] * 1000 + piece->edges[1] * 100 + piece->edges[2] * 10
                        + piece->edges[3],
                    ==, 1234);
  g_assert_true (g_str_has_prefix (tags + piece->start, "<page_header>"));
  g_assert_true (g_str_has_prefix (tags + piece->end, "<picture>"));
  piece = pieces->pdata[2];
  g_assert_true (piece->has_place);
  g_assert_cmpuint (piece->edges[3], ==, 500);
  g_assert_true (g_str_has_prefix (tags + piece->end, "<text>No"));
  g_assert_false (((const MonocleDoctagsPiece *) pieces->pdata[3])->has_place);
}

/* Places that are none. */
static void
test_places (void)
{
  static const char *const wrong[] = {
    "<text><loc_1><loc_2><loc_3>a</text>",
    "<text><loc_3><loc_2><loc_1><loc_4>a</text>",
    "<text><loc_1><loc_4><loc_3><loc_4>a</text>",
    "<text><loc_1><loc_2><loc_501><loc_4>a</text>",
    "<text><loc_1><loc_2><loc_99999999999><loc_4>a</text>",
    "<text>a<loc_1><loc_2><loc_3><loc_4></text>",
    "<loc_1><loc_2><loc_3><loc_4><text>a</text>",
    "<otsl><fcel><loc_1><loc_2><loc_3><loc_4>a</otsl>",
  };
  g_autoptr (GPtrArray) more
      = read_tags ("<text><loc_1><loc_2><loc_3><loc_4><loc_5>a</text>", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GPtrArray) pieces = read_tags (wrong[i], NULL);

      g_test_message ("%s", wrong[i]);
      g_assert_cmpuint (pieces->len, ==, 1);
      g_assert_false (((const MonocleDoctagsPiece *) pieces->pdata[0])->has_place);
      g_assert_nonnull (strchr (((const MonocleDoctagsPiece *) pieces->pdata[0])->markdown, 'a'));
    }
  g_assert_true (((const MonocleDoctagsPiece *) more->pdata[0])->has_place);
  check_piece (more, 0, "text", "a");
}

/* --- much of it --------------------------------------------------------------------------- */

static char *
repeat (const char *text, guint n)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (all, text);
  return g_string_free (all, FALSE);
}

/* Nothing grows out of proportion. */
static void
test_much (void)
{
  static const char *const texts[] = { "<unordered_list><list_item>",
                                       "<inline>",
                                       "<picture><otsl>",
                                       "<fcel>aaaaaaaa<lcel>",
                                       "<otsl><caption>",
                                       "<<<",
                                       "<lcel>",
                                       "<fcel>a<nl><ucel><xcel>",
                                       "<key_1>",
                                       "<text>a" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *tags = repeat (texts[i], 5000);
      g_autoptr (GPtrArray) pieces = read_tags (tags, NULL);
      g_autofree char *markdown = monocle_doctags_join (pieces);

      g_test_message ("%s", texts[i]);
      g_assert_cmpuint (strlen (markdown), <, 20 * strlen (tags));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/doctags/", cases[i].name, NULL);
      g_autofree char *partial = g_strconcat ("/doctags/partial/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
      g_test_add_data_func (partial, &cases[i], test_partial);
    }
  g_test_add_func ("/doctags/pieces", test_pieces);
  g_test_add_func ("/doctags/places", test_places);
  g_test_add_func ("/doctags/much", test_much);

  return g_test_run ();
}
