/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/versions-view.h"

#include <glib/gi18n.h>
#include <math.h>

#define N_CHOICES 3

struct _MonocleVersionsView
{
  AdwBin parent_instance;

  GtkLabel *name;
  GtkLabel *agreement;
  GtkListView *list;
  GtkWidget *merge;

  GListModel *versions; /* (nullable) */
  GtkSingleSelection *selection;
};

enum
{
  SHOWN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleVersionsView, monocle_versions_view, ADW_TYPE_BIN)

/* --- In words --- */

static const char *
get_heading (MonocleVersionKind kind)
{
  switch (kind)
    {
    case MONOCLE_VERSION_DIFFERS:
      return _ ("Different");
    case MONOCLE_VERSION_HERE:
      return _ ("Only Mine");
    case MONOCLE_VERSION_THERE:
      return _ ("Only Theirs");
    case MONOCLE_VERSION_SAME:
      return _ ("The Same");
    default:
      g_return_val_if_reached ("");
    }
}

/* (nullable): where there is no such choice */
static const char *
get_choice_name (MonocleVersionKind kind, MonocleVersionChoice choice)
{
  static const char *const names[MONOCLE_N_VERSION_KINDS][N_CHOICES] = {
    [MONOCLE_VERSION_DIFFERS]
    = { NC_ ("version", "Mine"), NC_ ("version", "Theirs"), NC_ ("version", "Both") },
    [MONOCLE_VERSION_HERE] = { NC_ ("version", "Keep"), NC_ ("version", "Remove"), NULL },
    [MONOCLE_VERSION_THERE] = { NC_ ("version", "Leave Out"), NC_ ("version", "Add"), NULL },
    [MONOCLE_VERSION_SAME] = { NULL },
  };
  const char *name = names[kind][choice];

  return name ? g_dpgettext2 (GETTEXT_PACKAGE, "version", name) : NULL;
}

/* "hut → house", "hut", "Region 3" */
static char *
dup_title (MonocleVersionPair *pair)
{
  MonocleAnnotation *here = monocle_version_pair_get_here (pair);
  MonocleAnnotation *there = monocle_version_pair_get_there (pair);
  g_autofree char *mine = here ? monocle_annotation_dup_title (here) : NULL;
  g_autofree char *theirs = there ? monocle_annotation_dup_title (there) : NULL;

  if (here && there && monocle_version_pair_has_other_label (pair))
    return g_strdup_printf ("%s → %s", mine, theirs);
  return g_strdup (mine ? mine : theirs);
}

/* (nullable) */
static char *
dup_note (MonocleVersionPair *pair)
{
  if (monocle_version_pair_get_kind (pair) != MONOCLE_VERSION_DIFFERS)
    return NULL;
  /* Translators: how much two shapes have in common, in percent */
  return g_strdup_printf (_ ("Overlap %d %%"),
                          (int) lround (100 * monocle_version_pair_get_overlap (pair)));
}

/* --- Rows --- */

/* The parts of a row, kept at it. */
typedef struct
{
  GtkWidget *heading, *title, *note, *choices;
  GtkWidget *buttons[N_CHOICES];
  MonocleVersionPair *pair; /* (nullable): not held: while it is bound */
  gulong changed;
  gboolean syncing;
} Row;

static Row *
get_row (GtkListItem *item)
{
  return g_object_get_data (G_OBJECT (gtk_list_item_get_child (item)), "row");
}

static void
update_row (GtkListItem *item)
{
  Row *row = get_row (item);
  const MonocleVersionKind kind = monocle_version_pair_get_kind (row->pair);
  const MonocleVersionChoice choice = monocle_version_pair_get_choice (row->pair);
  GtkWidget *widget = gtk_widget_get_parent (gtk_list_item_get_child (item));
  g_autofree char *title = dup_title (row->pair);
  g_autofree char *note = dup_note (row->pair);
  const char *chosen = get_choice_name (kind, choice);
  g_autofree char *spoken = g_strjoin (", ", title, get_heading (kind), note ? note : chosen,
                                       note ? chosen : NULL, NULL);

  row->syncing = TRUE;
  gtk_label_set_label (GTK_LABEL (row->title), title);
  gtk_label_set_label (GTK_LABEL (row->note), note ? note : "");
  gtk_widget_set_visible (row->choices, chosen != NULL);
  for (guint i = 0; i < N_CHOICES; i++)
    {
      const char *name = get_choice_name (kind, (MonocleVersionChoice) i);

      gtk_widget_set_visible (row->buttons[i], name != NULL);
      gtk_button_set_label (GTK_BUTTON (row->buttons[i]), name ? name : "");
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (row->buttons[i]), i == (guint) choice);
    }
  row->syncing = FALSE;
  if (widget)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                    -1);
}

static void
on_toggled (GtkToggleButton *button, GtkListItem *item)
{
  Row *row = get_row (item);

  for (guint i = 0; i < N_CHOICES; i++)
    if (row->buttons[i] == GTK_WIDGET (button) && gtk_toggle_button_get_active (button) && row->pair
        && !row->syncing)
      monocle_version_pair_set_choice (row->pair, (MonocleVersionChoice) i);
}

static GtkWidget *
add_label (GtkWidget *box, const char *first_class, const char *second_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (first_class)
    gtk_widget_add_css_class (label, first_class);
  if (second_class)
    gtk_widget_add_css_class (label, second_class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  Row *row = g_new0 (Row, 1);

  row->heading = add_label (box, "caption-heading", "dim-label");
  gtk_box_append (GTK_BOX (box), line);
  row->title = add_label (line, NULL, NULL);
  gtk_widget_set_hexpand (row->title, TRUE);
  row->note = add_label (line, "caption", "dim-label");
  row->choices = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (row->choices, "linked");
  gtk_box_append (GTK_BOX (box), row->choices);
  for (guint i = 0; i < N_CHOICES; i++)
    {
      row->buttons[i] = gtk_toggle_button_new ();
      if (i > 0)
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (row->buttons[i]),
                                     GTK_TOGGLE_BUTTON (row->buttons[0]));
      gtk_widget_set_hexpand (row->buttons[i], TRUE);
      g_signal_connect (row->buttons[i], "toggled", G_CALLBACK (on_toggled), item);
      gtk_box_append (GTK_BOX (row->choices), row->buttons[i]);
    }
  g_object_set_data_full (G_OBJECT (box), "row", row, g_free);
  gtk_list_item_set_child (item, box);
}

/* Whether it is the first of its kind. */
static gboolean
begins_section (MonocleVersionsView *self, guint position)
{
  g_autoptr (MonocleVersionPair) pair = g_list_model_get_item (self->versions, position);
  g_autoptr (MonocleVersionPair) before
      = position > 0 ? g_list_model_get_item (self->versions, position - 1) : NULL;

  return !before || monocle_version_pair_get_kind (before) != monocle_version_pair_get_kind (pair);
}

static guint
count_kind (MonocleVersionsView *self, MonocleVersionKind kind)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (self->versions); i++)
    {
      g_autoptr (MonocleVersionPair) pair = g_list_model_get_item (self->versions, i);

      n += monocle_version_pair_get_kind (pair) == kind;
    }
  return n;
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, MonocleVersionsView *self)
{
  Row *row = get_row (item);
  const guint position = gtk_list_item_get_position (item);
  g_autofree char *heading = NULL;
  MonocleVersionKind kind;

  row->pair = gtk_list_item_get_item (item);
  kind = monocle_version_pair_get_kind (row->pair);
  row->changed
      = g_signal_connect_swapped (row->pair, "notify::choice", G_CALLBACK (update_row), item);
  /* Translators: heading of a list: what it holds, and how many of them */
  heading
      = g_strdup_printf (C_ ("heading", "%s (%u)"), get_heading (kind), count_kind (self, kind));
  gtk_label_set_label (GTK_LABEL (row->heading), heading);
  gtk_widget_set_visible (row->heading, begins_section (self, position));
  gtk_widget_set_margin_top (row->heading, position == 0 ? 0 : 6);
  update_row (item);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  Row *row = get_row (item);

  g_signal_handler_disconnect (row->pair, row->changed);
  row->pair = NULL;
}

/* --- Choosing --- */

static void
choose_for_all (MonocleVersionsView *self, MonocleVersionChoice choice)
{
  for (guint i = 0; self->versions && i < g_list_model_get_n_items (self->versions); i++)
    {
      g_autoptr (MonocleVersionPair) pair = g_list_model_get_item (self->versions, i);

      monocle_version_pair_set_choice (pair, choice);
    }
}

static void
on_all_mine (MonocleVersionsView *self)
{
  choose_for_all (self, MONOCLE_CHOICE_HERE);
}

static void
on_all_theirs (MonocleVersionsView *self)
{
  choose_for_all (self, MONOCLE_CHOICE_THERE);
}

/* 1, 2 and 3 of the keyboard, wherever they are. */
static gboolean
on_key (GtkEventControllerKey *keys,
        guint keyval,
        guint keycode,
        GdkModifierType state,
        MonocleVersionsView *self)
{
  MonocleVersionPair *pair = gtk_single_selection_get_selected_item (self->selection);
  const guint key = gdk_keyval_to_unicode (keyval);
  const guint choice = key - '1';

  if (!pair || key < '1' || choice >= N_CHOICES
      || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
      || !get_choice_name (monocle_version_pair_get_kind (pair), (MonocleVersionChoice) choice))
    return FALSE;
  monocle_version_pair_set_choice (pair, (MonocleVersionChoice) choice);
  return TRUE;
}

static void
on_selected (MonocleVersionsView *self)
{
  MonocleVersionPair *pair = gtk_single_selection_get_selected_item (self->selection);

  if (pair)
    g_signal_emit (self, signals[SHOWN], 0, pair);
}

/* --- What is compared --- */

static char *
describe_agreement (GListModel *versions)
{
  const MonocleAgreement agreement = monocle_versions_measure (versions);
  g_autofree char *matched = NULL;

  /* Translators: of two versions: how many things both have in the same place, of how many each */
  matched = g_strdup_printf (_ ("%u in the same place, of %u and %u"), agreement.n_matched,
                             agreement.n_here, agreement.n_there);
  if (agreement.n_matched == 0)
    return g_steal_pointer (&matched);
  /* Translators: first: "5 in the same place, of 6 and 7"; of those 5 */
  return g_strdup_printf (_ ("%s; overlap %d %% on average, %u of %u with the same name"), matched,
                          (int) lround (100 * agreement.mean_overlap), agreement.n_labels,
                          agreement.n_matched);
}

void
monocle_versions_view_set_versions (MonocleVersionsView *self,
                                    GListModel *versions,
                                    const char *name)
{
  g_autofree char *agreement = versions ? describe_agreement (versions) : NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (MONOCLE_IS_VERSIONS_VIEW (self));

  /* Translators: %s is the name of a file, in which the other version is. */
  text = name ? g_strdup_printf (_ ("Theirs: %s"), name) : NULL;
  gtk_label_set_label (self->name, text ? text : "");
  gtk_label_set_label (self->agreement, agreement ? agreement : "");
  g_set_object (&self->versions, versions);
  gtk_single_selection_set_model (self->selection, versions);
}

/* --- Lifecycle --- */

static void
monocle_versions_view_dispose (GObject *object)
{
  MonocleVersionsView *self = MONOCLE_VERSIONS_VIEW (object);

  if (self->list)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->versions);
  G_OBJECT_CLASS (monocle_versions_view_parent_class)->dispose (object);
}

static void
monocle_versions_view_class_init (MonocleVersionsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_versions_view_dispose;
  signals[SHOWN] = g_signal_new ("shown", MONOCLE_TYPE_VERSIONS_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_VERSION_PAIR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/versions-view.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleVersionsView, name);
  gtk_widget_class_bind_template_child (widget_class, MonocleVersionsView, agreement);
  gtk_widget_class_bind_template_child (widget_class, MonocleVersionsView, list);
  gtk_widget_class_bind_template_child (widget_class, MonocleVersionsView, merge);
  gtk_widget_class_bind_template_callback (widget_class, on_all_mine);
  gtk_widget_class_bind_template_callback (widget_class, on_all_theirs);
}

static void
monocle_versions_view_init (MonocleVersionsView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self->list), keys);
}
