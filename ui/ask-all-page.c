/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/ask-all-page.h"

#include <glib/gi18n.h>

#include "ui/ask-all-words.h"

struct _MonocleAskAllPage
{
  AdwWindow parent_instance;

  GtkLabel *question;
  GtkLabel *notice;
  GtkLabel *progress_label;
  GtkProgressBar *progress;
  GtkWidget *buttons;
  GtkButton *pause_button;
  GtkStackPage *results_page;
  GtkStackPage *errors_page;
  GtkStack *results_stack;
  GtkStack *errors_stack;
  GtkListView *results;
  GtkListView *errors;

  MonocleAskAll *all;
};

G_DEFINE_FINAL_TYPE (MonocleAskAllPage, monocle_ask_all_page, ADW_TYPE_WINDOW)

/* --- A picture --- */

static GtkWidget *
add_label (GtkWidget *box, const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  if (style)
    {
      gtk_widget_add_css_class (label, style);
      gtk_widget_add_css_class (label, "caption");
    }
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *row)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  add_label (box, NULL);
  add_label (box, "dim-label");
  gtk_list_item_set_child (row, box);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *row)
{
  MonocleAskItem *item = gtk_list_item_get_item (row);
  GtkWidget *box = gtk_list_item_get_child (row);
  GtkWidget *first = gtk_widget_get_first_child (box);
  const char *error = monocle_ask_item_get_error (item);
  const char *summary = error ? error : monocle_ask_item_get_summary (item);

  gtk_label_set_text (GTK_LABEL (first), monocle_ask_item_get_name (item));
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (first)), summary ? summary : "");
  gtk_widget_set_tooltip_text (box, summary);
}

static void
on_activate (GtkListView *list, guint position, MonocleAskAllPage *self)
{
  g_autoptr (MonocleAskItem) item
      = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (list)), position);
  g_autofree char *uri = item ? g_file_get_uri (monocle_ask_item_get_file (item)) : NULL;

  if (uri)
    g_action_group_activate_action (G_ACTION_GROUP (g_application_get_default ()), "ask-all-open",
                                    g_variant_new ("(su)", uri, monocle_ask_item_get_page (item)));
}

static void
fill (MonocleAskAllPage *self, GtkListView *list, GListModel *items)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) model = gtk_no_selection_new (g_object_ref (items));

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_list_view_set_factory (list, factory);
  gtk_list_view_set_model (list, GTK_SELECTION_MODEL (model));
}

/* --- How far it is --- */

static void
update_list (GtkStackPage *page, GtkStack *stack, GListModel *items, const char *title)
{
  const guint n = g_list_model_get_n_items (items);
  /* Translators: what, and how many there are: Errors (3) */
  g_autofree char *text = g_strdup_printf (_ ("%s (%u)"), title, n);

  gtk_stack_page_set_title (page, text);
  gtk_stack_set_visible_child_name (stack, n > 0 ? "list" : "nothing");
}

static void
update (MonocleAskAllPage *self)
{
  const MonocleAskPlan *plan = monocle_ask_all_get_plan (self->all);
  const gboolean is_paused = monocle_ask_all_get_state (self->all) == MONOCLE_ASK_ALL_PAUSED;
  const char *notice = monocle_ask_all_get_notice (self->all);
  g_autofree char *question = plan ? monocle_ask_all_dup_question (plan) : NULL;
  g_autofree char *progress = monocle_ask_all_dup_progress (self->all);

  gtk_label_set_text (self->question, question ? question : "");
  gtk_label_set_text (self->progress_label, progress);
  gtk_progress_bar_set_fraction (self->progress, monocle_ask_all_get_fraction (self->all));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, progress, -1);
  gtk_label_set_text (self->notice, notice ? notice : "");
  gtk_widget_set_visible (GTK_WIDGET (self->notice), notice != NULL);
  gtk_widget_set_visible (self->buttons, monocle_ask_all_is_active (self->all));
  gtk_button_set_label (self->pause_button, is_paused ? _ ("_Go On") : _ ("_Pause"));
  update_list (self->results_page, self->results_stack, monocle_ask_all_get_results (self->all),
               _ ("Answers"));
  update_list (self->errors_page, self->errors_stack, monocle_ask_all_get_errors (self->all),
               _ ("Errors"));
}

/* --- The class --- */

static void
monocle_ask_all_page_dispose (GObject *object)
{
  MonocleAskAllPage *self = MONOCLE_ASK_ALL_PAGE (object);

  g_clear_object (&self->all);
  G_OBJECT_CLASS (monocle_ask_all_page_parent_class)->dispose (object);
}

static void
monocle_ask_all_page_class_init (MonocleAskAllPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_ask_all_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/ask-all-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, question);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, notice);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, progress_label);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, progress);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, buttons);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, pause_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, results_page);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, errors_page);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, results_stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, errors_stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, results);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllPage, errors);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
monocle_ask_all_page_init (MonocleAskAllPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
monocle_ask_all_page_new (GtkWindow *parent, MonocleAskAll *all)
{
  MonocleAskAllPage *self = g_object_new (MONOCLE_TYPE_ASK_ALL_PAGE, "transient-for", parent, NULL);

  g_return_val_if_fail (MONOCLE_IS_ASK_ALL (all), NULL);

  self->all = g_object_ref (all);
  /* It is none of the application's windows. */
  gtk_widget_insert_action_group (GTK_WIDGET (self), "app",
                                  G_ACTION_GROUP (g_application_get_default ()));
  fill (self, self->results, monocle_ask_all_get_results (all));
  fill (self, self->errors, monocle_ask_all_get_errors (all));
  g_signal_connect_object (all, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
