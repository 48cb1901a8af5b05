/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/language-chooser.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/base/languages.h"

struct _MonocleLanguageChooser
{
  AdwBin parent_instance;

  GtkDropDown *list;

  const char *const *languages; /* (nullable): of the task */
  char *chosen;
  gboolean is_filling;
};

enum
{
  PROP_CHOSEN = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MonocleLanguageChooser, monocle_language_chooser, ADW_TYPE_BIN)

const char *
monocle_language_chooser_find (const MonocleTask *task, const char *chosen)
{
  const char *found = *chosen ? monocle_languages_find (task->languages, chosen) : NULL;

  return found ? found : monocle_language_choose (task->languages);
}

/* --- What is shown --- */

/* (transfer full): of an item, whose string is a code */
static char *
dup_title (GtkStringObject *item, MonocleLanguageChooser *self)
{
  const char *code = gtk_string_object_get_string (item);
  g_autofree char *usual = NULL;

  if (*code)
    return monocle_language_dup_title (code);
  usual = monocle_language_dup_name (monocle_language_choose (self->languages));
  /* Translators: the language of answers is the system's, which is that: "Automatic (German)" */
  return g_strdup_printf (_ ("Automatic (%s)"), usual);
}

/* A language, and what it is sorted by. */
typedef struct
{
  const char *code;
  char *key;
} Named;

static void
named_clear (gpointer named)
{
  g_free (((Named *) named)->key);
}

static int
compare_named (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Named *) a)->key, ((const Named *) b)->key);
}

/* The list's button is what has the focus, and says no more than what is chosen. */
static void
name_button (MonocleLanguageChooser *self)
{
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self->list));
  GtkStringObject *code = gtk_drop_down_get_selected_item (self->list);
  g_autofree char *title = code ? dup_title (code, self) : g_strdup ("");
  /* Translators: for screen readers: "Language of the answer: French" */
  g_autofree char *name = g_strdup_printf (_ ("Language of the answer: %s"), title);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
select_chosen (MonocleLanguageChooser *self)
{
  GListModel *codes = gtk_drop_down_get_model (self->list);
  const char *wanted = monocle_languages_find (self->languages, self->chosen);
  const guint n = codes ? g_list_model_get_n_items (codes) : 0;
  guint selected = 0;

  for (guint i = 1; i < n && wanted; i++)
    {
      g_autoptr (GtkStringObject) code = g_list_model_get_item (codes, i);

      if (g_str_equal (gtk_string_object_get_string (code), wanted))
        selected = i;
    }
  self->is_filling = TRUE;
  gtk_drop_down_set_selected (self->list, selected);
  self->is_filling = FALSE;
  name_button (self);
}

/* With nothing where there are no languages: the list may be open, and has the titles made. */
static void
fill (MonocleLanguageChooser *self)
{
  g_autoptr (GtkStringList) codes = gtk_string_list_new (NULL);
  g_autoptr (GArray) sorted = g_array_new (FALSE, FALSE, sizeof (Named));

  g_array_set_clear_func (sorted, named_clear);
  for (guint i = 0; self->languages && self->languages[i]; i++)
    {
      g_autofree char *title = monocle_language_dup_title (self->languages[i]);
      const Named named = { self->languages[i], g_utf8_collate_key (title, -1) };

      g_array_append_val (sorted, named);
    }
  g_array_sort (sorted, compare_named);
  if (self->languages)
    gtk_string_list_append (codes, "");
  for (guint i = 0; i < sorted->len; i++)
    gtk_string_list_append (codes, g_array_index (sorted, Named, i).code);
  self->is_filling = TRUE;
  gtk_drop_down_set_model (self->list, G_LIST_MODEL (codes));
  self->is_filling = FALSE;
}

static void
set_chosen (MonocleLanguageChooser *self, const char *chosen)
{
  if (g_strcmp0 (self->chosen, chosen) == 0)
    return;
  g_free (self->chosen);
  self->chosen = g_strdup (chosen);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHOSEN]);
}

static void
on_selected (MonocleLanguageChooser *self)
{
  GtkStringObject *code = gtk_drop_down_get_selected_item (self->list);

  name_button (self);
  if (code && !self->is_filling)
    set_chosen (self, gtk_string_object_get_string (code));
}

/* (nullable): of the list, which does not say where its parts are */
static GtkWidget *
find_part (GtkWidget *widget, GType type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child && !found;
       child = gtk_widget_get_next_sibling (child))
    found = find_part (child, type);
  return found;
}

/* (transfer full): as the list compares what is searched for: a syllable that is not written to its
 * end is the beginning of one that is */
static char *
fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);

  return g_utf8_casefold (normal ? normal : "", -1);
}

static void
close_list (GtkWidget *search)
{
  gtk_popover_popdown (GTK_POPOVER (gtk_widget_get_ancestor (search, GTK_TYPE_POPOVER)));
}

/* The first that is found; of nothing what is selected. */
static void
on_search_activate (MonocleLanguageChooser *self, GtkEditable *search)
{
  GListModel *codes = gtk_drop_down_get_model (self->list);
  g_autofree char *wanted = fold (gtk_editable_get_text (search));
  const guint n = *wanted && codes ? g_list_model_get_n_items (codes) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkStringObject) code = g_list_model_get_item (codes, i);
      g_autofree char *title = dup_title (code, self);
      g_autofree char *folded = fold (title);

      if (!g_str_has_prefix (folded, wanted))
        continue;
      gtk_drop_down_set_selected (self->list, i);
      break;
    }
  close_list (GTK_WIDGET (search));
}

/* Where the first letter went the others go as well, and Enter: the list shows what is found a
 * moment later. */
static void
on_search_changed (GtkEditable *search)
{
  GtkEditable *text = gtk_editable_get_delegate (search);

  if (*gtk_editable_get_text (search) && !gtk_widget_has_focus (GTK_WIDGET (text)))
    gtk_text_grab_focus_without_selecting (GTK_TEXT (text));
}

/* What is typed while the list is open is searched for, without going to the entry first, and
 * chosen with Enter. */
static void
search_while_typing (MonocleLanguageChooser *self)
{
  GtkWidget *search = find_part (GTK_WIDGET (self->list), GTK_TYPE_SEARCH_ENTRY);
  GtkWidget *popover = search ? gtk_widget_get_ancestor (search, GTK_TYPE_POPOVER) : NULL;

  if (!popover)
    return;
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (search), popover);
  g_signal_connect (search, "changed", G_CALLBACK (on_search_changed), NULL);
  /* The list would show all again, below words that it has not. */
  g_signal_connect (search, "stop-search", G_CALLBACK (close_list), NULL);
  g_signal_connect_object (search, "activate", G_CALLBACK (on_search_activate), self,
                           G_CONNECT_SWAPPED);
}

/* --- Nothing found --- */

static void
show_found (GtkWidget *nothing)
{
  GtkWidget *list = find_part (gtk_widget_get_parent (nothing), GTK_TYPE_LIST_VIEW);
  GtkSelectionModel *found = gtk_list_view_get_model (GTK_LIST_VIEW (list));
  const guint n = found ? g_list_model_get_n_items (G_LIST_MODEL (found)) : 0;

  gtk_widget_set_visible (nothing, n == 0);
  gtk_widget_set_visible (gtk_widget_get_ancestor (list, GTK_TYPE_SCROLLED_WINDOW), n > 0);
}

/* Another one with each list of languages. */
static void
on_list_model (GtkListView *list, GParamSpec *pspec, GtkWidget *nothing)
{
  GtkSelectionModel *found = gtk_list_view_get_model (list);

  if (found)
    g_signal_connect_object (found, "items-changed", G_CALLBACK (show_found), nothing,
                             G_CONNECT_SWAPPED);
  show_found (nothing);
}

/* Below the search, where the languages would be. */
static void
say_nothing_found (MonocleLanguageChooser *self)
{
  GtkWidget *search = find_part (GTK_WIDGET (self->list), GTK_TYPE_SEARCH_ENTRY);
  GtkWidget *popover = search ? gtk_widget_get_ancestor (search, GTK_TYPE_POPOVER) : NULL;
  GtkWidget *box = popover ? gtk_popover_get_child (GTK_POPOVER (popover)) : NULL;
  GtkWidget *list = box ? find_part (box, GTK_TYPE_LIST_VIEW) : NULL;
  GtkWidget *nothing;

  if (!list || !GTK_IS_BOX (box) || !gtk_widget_get_ancestor (list, GTK_TYPE_SCROLLED_WINDOW))
    return;
  nothing = gtk_label_new (_ ("No language is called so"));
  gtk_label_set_wrap (GTK_LABEL (nothing), TRUE);
  gtk_label_set_justify (GTK_LABEL (nothing), GTK_JUSTIFY_CENTER);
  gtk_widget_set_margin_start (nothing, 12);
  gtk_widget_set_margin_end (nothing, 12);
  gtk_widget_set_margin_top (nothing, 24);
  gtk_widget_set_margin_bottom (nothing, 24);
  gtk_widget_add_css_class (nothing, "dim-label");
  gtk_box_append (GTK_BOX (box), nothing);
  g_signal_connect_object (list, "notify::model", G_CALLBACK (on_list_model), nothing, 0);
  on_list_model (GTK_LIST_VIEW (list), NULL, nothing);
}

/* --- Public --- */

void
monocle_language_chooser_set_task (MonocleLanguageChooser *self, const MonocleTask *task)
{
  const char *const *languages = task ? task->languages : NULL;

  g_return_if_fail (MONOCLE_IS_LANGUAGE_CHOOSER (self));

  gtk_widget_set_visible (GTK_WIDGET (self), languages != NULL);
  if (self->languages == languages)
    return;
  self->languages = languages;
  fill (self);
  if (languages)
    select_chosen (self);
}

const char *
monocle_language_chooser_get_language (MonocleLanguageChooser *self)
{
  const char *found;

  g_return_val_if_fail (MONOCLE_IS_LANGUAGE_CHOOSER (self), NULL);

  found = *self->chosen ? monocle_languages_find (self->languages, self->chosen) : NULL;
  return found ? found : monocle_language_choose (self->languages);
}

/* --- Lifecycle --- */

static void
monocle_language_chooser_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CHOSEN)
    g_value_set_string (value, MONOCLE_LANGUAGE_CHOOSER (object)->chosen);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_language_chooser_set_property (GObject *object,
                                       guint id,
                                       const GValue *value,
                                       GParamSpec *pspec)
{
  MonocleLanguageChooser *self = MONOCLE_LANGUAGE_CHOOSER (object);
  const char *chosen = g_value_get_string (value);

  if (id != PROP_CHOSEN)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  set_chosen (self, chosen ? chosen : "");
  select_chosen (self);
}

static void
monocle_language_chooser_finalize (GObject *object)
{
  g_free (MONOCLE_LANGUAGE_CHOOSER (object)->chosen);
  G_OBJECT_CLASS (monocle_language_chooser_parent_class)->finalize (object);
}

static void
monocle_language_chooser_class_init (MonocleLanguageChooserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = monocle_language_chooser_get_property;
  object_class->set_property = monocle_language_chooser_set_property;
  object_class->finalize = monocle_language_chooser_finalize;

  properties[PROP_CHOSEN]
      = g_param_spec_string ("chosen", NULL, NULL, "",
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/language-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleLanguageChooser, list);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
}

static void
monocle_language_chooser_init (MonocleLanguageChooser *self)
{
  g_autoptr (GtkExpression) title = NULL;

  self->chosen = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Both what is shown and what is searched for. */
  title = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (dup_title), self,
                                       NULL);
  gtk_drop_down_set_expression (self->list, title);
  gtk_drop_down_set_enable_search (self->list, TRUE);
  search_while_typing (self);
  say_nothing_found (self);
}

GtkWidget *
monocle_language_chooser_new (void)
{
  return g_object_new (MONOCLE_TYPE_LANGUAGE_CHOOSER, NULL);
}
