/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Labels out of files: what each kind says, and what is refused with which words.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/labels/label-import.h"
#include "engine/engine.h"

typedef struct
{
  const char *name, *text;
  const char *labels; /* (nullable): joined by "|" */
  const char *error;  /* (nullable): its end */
} Case;

static char *
join (GPtrArray *labels)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < labels->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "|" : "",
                            monocle_label_item_get_name (labels->pdata[i]));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
check (const Case *c, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) labels = monocle_label_import_parse (c->text, size, c->name, &error);
  g_autofree char *names = labels ? join (labels) : NULL;

  g_assert_cmpstr (names, ==, c->labels);
  if (c->labels)
    {
      g_assert_no_error (error);
      return;
    }
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  if (!g_str_has_suffix (error->message, c->error) || !g_str_has_prefix (error->message, c->name))
    g_error ("“%s” does not end with “%s”", error->message, c->error);
}

static void
check_all (const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    check (&cases[i], strlen (cases[i].text));
}

static void
test_text (void)
{
  static const Case cases[] = {
    { "l.txt", "tree\nred hut\n", "tree|red hut", NULL },
    { "labels", "\xef\xbb\xbftree\r\n\r\n  hut \r\ntree\r\n", "tree|hut", NULL },
    { "l.txt", "tree, hut", "tree|hut", NULL },
    { "l.txt", "t\tree\nB\xc3\xa4ume", "t ree|B\xc3\xa4ume", NULL },
    { "l.txt", "\n \n", NULL, "has no names" },
    { "l.txt", "tr\xff", NULL, "is no text" },
    { "l.txt", "", NULL, "is no text" },
  };
  g_autofree char *much = g_strnfill (201, 'x');
  g_autofree char *text = g_strconcat ("tree\n", much, "\n", NULL);
  const Case too_long = { "l.txt", text, NULL, "name 2 is too long" };
  const Case zero = { "l.txt", "tree\0hut", NULL, "is no text" };

  check_all (cases, G_N_ELEMENTS (cases));
  check (&too_long, strlen (text));
  check (&zero, 8);
}

static void
test_yaml (void)
{
  static const Case cases[] = {
    { "data.yaml", "names: ['tree', 'red hut']\n", "tree|red hut", NULL },
    { "data.yaml", "# x\npath: ../data\nnc: 2\nnames:\n  0: tree\n  1: red hut # this\n",
      "tree|red hut", NULL },
    { "data.yml", "names:\n- tree\n- 'it''s'\n- \"h\\xfct\"\ntrain: images\n",
      "tree|it's|h\xc3\xbct", NULL },
    { "data.yaml", "names:\r\n    - tree\r\n\r\n    # no\r\n    - hut\r\nnc: 2\r\n", "tree|hut",
      NULL },
    { "data.yaml", "'names' : {1: hut, 0: \"a, b: c\",}", "a, b: c|hut", NULL },
    { "data.yaml", "names: [\n  tree, # one\n  hut\n]\n", "tree|hut", NULL },
    { "data.yaml", "names:\n  10: b\n  9: a\n  80: c\n", "a|b|c", NULL },
    { "data.yaml", "names:\n  0: stop: sign\n", NULL,
      "line 2: a name with “:” in it needs quotes" },
    { "data.yaml", "names:\n  0: c#\n  1: a-b\n", "c#|a-b", NULL },
    { "data.yaml", "names: [tree, tree]\n", "tree", NULL },
    /* What is refused. */
    { "data.yaml", "nc: 3\n", NULL, "has no line that begins with “names:”" },
    { "data.yaml", "x:\n  names: [tree]\n", NULL, "has no line that begins with “names:”" },
    { "data.yaml", "namesake: [tree]\n", NULL, "has no line that begins with “names:”" },
    { "data.yaml", "names:\nnc: 0\n", NULL, "has no names" },
    { "data.yaml", "names: []\n", NULL, "has no names" },
    { "data.yaml", "names: tree\n", NULL, "line 1: names were expected, as a list or numbered" },
    { "data.yaml", "names: &a [tree]\n", NULL, "line 1: a name was expected" },
    { "data.yaml", "names: *a\n", NULL, "line 1: a name was expected" },
    { "data.yaml", "names: [tree, *a]\n", NULL, "line 1: a name was expected" },
    { "data.yaml", "names: [tree, [hut]]\n", NULL, "line 1: a name was expected" },
    { "data.yaml", "names: [tree\n", NULL, "line 2: “,” or the end of the names was expected" },
    { "data.yaml", "names: [tree] x\n", NULL, "line 1: something stands behind the names" },
    { "data.yaml", "names:\n  - 'tree\n", NULL, "line 2: a quote has no end" },
    { "data.yaml", "names:\n  - \"\\q\"\n", NULL,
      "line 2: “\\” stands before something that it cannot stand for" },
    { "data.yaml", "names:\n  - \"\\ud800\"\n", NULL,
      "line 2: “\\” stands before something that it cannot stand for" },
    { "data.yaml", "names:\n  - ''\n", NULL, "line 2: a name is empty, too long, or no text" },
    { "data.yaml", "names:\n  -\n", NULL, "line 2: a name was expected" },
    { "data.yaml", "names:\n  - |\n    tree\n", NULL, "line 2: a name was expected" },
    { "data.yaml", "names:\n  0: tree\n  0: hut\n", NULL, "line 3: a number has two names" },
    { "data.yaml", "names:\n  tree: 0\n", NULL, "line 2: the number of a name was expected" },
    { "data.yaml", "names:\n  -1: x\n", NULL, "line 2: the number of a name was expected" },
    { "data.yaml", "names:\n  99999999999: x\n", NULL,
      "line 2: the number of a name was expected" },
    { "data.yaml", "names:\n  0 tree\n", NULL,
      "line 2: “:” was expected behind the number of a name" },
    { "data.yaml", "names:\n  - tree\n - hut\n", NULL,
      "line 3: it stands elsewhere than the names before it" },
    { "data.yaml", "names:\n  - tree\n  1: hut\n", NULL,
      "line 3: it stands elsewhere than the names before it" },
  };

  check_all (cases, G_N_ELEMENTS (cases));
}

static void
test_yaml_many (void)
{
  g_autoptr (GString) text = g_string_new ("names:\n");
  Case c = { "data.yaml", NULL, NULL, "line 10002: there are more names than anybody could use" };

  for (guint i = 0; i < 10001; i++)
    g_string_append_printf (text, "  %u: n%u\n", i, i);
  c.text = text->str;
  check (&c, text->len);
}

static void
test_coco (void)
{
  static const Case cases[] = {
    { "i.json", "{\"images\":[],\"categories\":[{\"id\":3,\"name\":\"tree\"},{\"name\":\"hut\"}]}",
      "tree|hut", NULL },
    /* By what it is, not what it is called. */
    { "coco", " {\"categories\":[{\"name\":\"tree\"}]}", "tree", NULL },
    { "i.json", "{\"categories\":[{\"name\":\"tree\"},{\"name\":\"tree\"}]}", "tree", NULL },
    { "i.json", "{\"categories\":[]}", NULL, "\"categories\" has 0 names, expected 1 to 10000" },
    { "i.json", "{\"categories\":[{\"name\":\" \"}]}", NULL,
      "categories[0]: \"name\" is empty or too long" },
    { "i.json", "{\"categories\":[3]}", NULL, "categories[0]: is no object" },
  };
  static const char coloured[] = "{\"categories\":[{\"name\":\"a\",\"color\":[1,2,255]},"
                                 "{\"name\":\"b\",\"color\":[1,2,300]},{\"name\":\"c\"}]}";
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (GError) error = NULL;

  check_all (cases, G_N_ELEMENTS (cases));
  labels = monocle_label_import_parse (coloured, sizeof coloured - 1, "i.json", &error);
  g_assert_no_error (error);
  g_assert_cmphex (monocle_label_item_get_rgb (labels->pdata[0]), ==, 0x0102ff);
  g_assert_cmphex (monocle_label_item_get_rgb (labels->pdata[1]), ==, MONOCLE_LABEL_NO_COLOUR);
  g_assert_cmphex (monocle_label_item_get_rgb (labels->pdata[2]), ==, MONOCLE_LABEL_NO_COLOUR);
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("monocle-labels-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "classes.txt", NULL);
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *names = NULL;

  g_assert_true (g_file_set_contents (path, "tree\nhut\n", -1, NULL));
  labels = monocle_label_import_load (path, &error);
  g_assert_no_error (error);
  names = join (labels);
  g_assert_cmpstr (names, ==, "tree|hut");
  g_unlink (path);
  none = monocle_label_import_load (path, &error);
  g_assert_null (none);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/label-import/text", test_text);
  g_test_add_func ("/app/label-import/yaml", test_yaml);
  g_test_add_func ("/app/label-import/yaml-many", test_yaml_many);
  g_test_add_func ("/app/label-import/coco", test_coco);
  g_test_add_func ("/app/label-import/files", test_files);
  return g_test_run ();
}
