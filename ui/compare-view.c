/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/compare-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/document/compare.h"
#include "app/document/word-diff.h"
#include "ui/drawn-provider.h"
#include "ui/object-row.h"
#include "ui/texture-image.h"

/* From which overlap on two objects are in the same place. */
#define MIN_IOU 0.5

typedef enum
{
  SECTION_MOVED,
  SECTION_SCORED,
  SECTION_SAME,
  SECTION_PINNED,
  SECTION_SHOWN,
  N_SECTIONS
} Section;

struct _MonocleCompareView
{
  AdwBin parent_instance;

  GtkLabel *pinned_title;
  GtkLabel *shown_title;
  GtkLabel *facts;
  GtkStack *stack;
  GtkListView *list;
  GtkLabel *pinned_text;
  GtkLabel *shown_text;
  GtkPicture *pictures[2];
  GtkLabel *message;

  MonoclePresentation *presentation;
  GSignalGroup *presentation_signals;
  GSignalGroup *signals[2];         /* of the pinned query and the one shown */
  GSignalGroup *list_signals[2];    /* of their objects */
  GListStore *sections[N_SECTIONS]; /* of MonocleAnnotation */
  GtkFlattenListModel *all;
  GHashTable *notes; /* MonocleAnnotation, of the matched: what is said on its row */
  GHashTable *rows;  /* GtkListItem, of those that are bound; NULL when all of this ends */
};

enum
{
  REVEAL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleCompareView, monocle_compare_view, ADW_TYPE_BIN)

/* --- Objects --- */

static char *
describe_match (const MonocleMatch *match)
{
  float left = monocle_annotation_get_score (match->left);
  float right = monocle_annotation_get_score (match->right);
  int overlap = (int) lround (match->iou * 100);

  if (isnan (left) || isnan (right))
    /* Translators: how much two boxes have in common, in percent */
    return g_strdup_printf (_ ("Overlap %d %%"), overlap);
  return g_strdup_printf (_ ("Overlap %d %%, score %.0f %% pinned and %.0f %% shown"), overlap,
                          100 * (double) left, 100 * (double) right);
}

static void
replace (GListStore *store, GPtrArray *items)
{
  g_list_store_splice (store, 0, g_list_model_get_n_items (G_LIST_MODEL (store)), items->pdata,
                       items->len);
}

static Section
get_section (const MonocleMatch *match)
{
  switch (match->change)
    {
    case MONOCLE_MATCH_MOVED:
      return SECTION_MOVED;
    case MONOCLE_MATCH_SCORED:
      return SECTION_SCORED;
    case MONOCLE_MATCH_SAME:
    default:
      return SECTION_SAME;
    }
}

/* Which section a row belongs to, and whether it is its first. */
static Section
find_section (MonocleCompareView *self, guint position, gboolean *is_first)
{
  Section section = SECTION_MOVED;
  guint n;

  while (section < SECTION_SHOWN
         && position >= (n = g_list_model_get_n_items (G_LIST_MODEL (self->sections[section]))))
    {
      position -= n;
      section++;
    }
  *is_first = position == 0;
  return section;
}

static char *
format_heading (MonocleCompareView *self, Section section)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sections[section]));

  switch (section)
    {
    case SECTION_MOVED:
      return g_strdup_printf (ngettext ("In Another Place (%u)", "In Another Place (%u)", n), n);
    case SECTION_SCORED:
      return g_strdup_printf (ngettext ("With Another Score (%u)", "With Another Score (%u)", n),
                              n);
    case SECTION_SAME:
      return g_strdup_printf (ngettext ("In Both (%u)", "In Both (%u)", n), n);
    case SECTION_PINNED:
      return g_strdup_printf (ngettext ("Only Pinned (%u)", "Only Pinned (%u)", n), n);
    case SECTION_SHOWN:
      return g_strdup_printf (ngettext ("Only Shown (%u)", "Only Shown (%u)", n), n);
    case N_SECTIONS:
    default:
      g_return_val_if_reached (NULL);
    }
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, MonocleCompareView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *heading = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "caption-heading");
  gtk_widget_add_css_class (heading, "dim-label");
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), monocle_object_row_new ());
  gtk_list_item_set_child (item, box);
}

/* A row has the heading of its section above it where it is the first. */
static void
place_row (MonocleCompareView *self, GtkListItem *item)
{
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *heading = gtk_widget_get_first_child (box);
  gboolean is_first;
  Section section = find_section (self, gtk_list_item_get_position (item), &is_first);
  g_autofree char *text = format_heading (self, section);
  const char *note = section <= SECTION_SAME
                         ? g_hash_table_lookup (self->notes, gtk_list_item_get_item (item))
                         : NULL;
  g_autofree char *spoken = note ? g_strdup_printf ("%s, %s", text, note) : g_strdup (text);

  gtk_label_set_label (GTK_LABEL (heading), text);
  gtk_widget_set_visible (heading, is_first);
  gtk_widget_set_margin_top (heading, gtk_list_item_get_position (item) == 0 ? 0 : 6);
  gtk_widget_set_tooltip_text (gtk_widget_get_next_sibling (heading), note);
  /* A screen reader hears where the row belongs, not only of the first. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, spoken,
                                  -1);
}

/* Of a row whose object stays the list says nothing, whatever comes before and after it. */
static void
place_rows (MonocleCompareView *self)
{
  GHashTableIter rows;
  gpointer item;

  g_hash_table_iter_init (&rows, self->rows);
  while (g_hash_table_iter_next (&rows, &item, NULL))
    place_row (self, item);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, MonocleCompareView *self)
{
  GtkWidget *heading = gtk_widget_get_first_child (gtk_list_item_get_child (item));

  g_hash_table_add (self->rows, item);
  place_row (self, item);
  monocle_object_row_bind (MONOCLE_OBJECT_ROW (gtk_widget_get_next_sibling (heading)),
                           self->presentation, gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, MonocleCompareView *self)
{
  GtkWidget *heading = gtk_widget_get_first_child (gtk_list_item_get_child (item));

  if (self->rows)
    g_hash_table_remove (self->rows, item);
  monocle_object_row_bind (MONOCLE_OBJECT_ROW (gtk_widget_get_next_sibling (heading)), NULL, NULL);
}

static void
show_objects (MonocleCompareView *self, MonocleQuery *pinned, MonocleQuery *shown)
{
  g_autoptr (MonocleComparison) comparison = monocle_compare (pinned, shown, MIN_IOU);
  GPtrArray *matched[SECTION_SAME + 1];

  for (guint i = 0; i <= SECTION_SAME; i++)
    matched[i] = g_ptr_array_new ();
  g_hash_table_remove_all (self->notes);
  for (guint i = 0; i < comparison->matched->len; i++)
    {
      const MonocleMatch *match = &g_array_index (comparison->matched, MonocleMatch, i);

      g_ptr_array_add (matched[get_section (match)], match->right);
      g_hash_table_insert (self->notes, g_object_ref (match->right), describe_match (match));
    }
  for (guint i = 0; i <= SECTION_SAME; i++)
    {
      replace (self->sections[i], matched[i]);
      g_ptr_array_unref (matched[i]);
    }
  replace (self->sections[SECTION_PINNED], comparison->only_left);
  replace (self->sections[SECTION_SHOWN], comparison->only_right);
  place_rows (self);

  if (g_list_model_get_n_items (G_LIST_MODEL (self->all)) > 0)
    gtk_stack_set_visible_child_name (self->stack, "objects");
  else
    {
      gtk_label_set_label (self->message, _ ("Neither answer has objects."));
      gtk_stack_set_visible_child_name (self->stack, "message");
    }
}

static void
on_activate (MonocleCompareView *self, guint position)
{
  g_autoptr (MonocleAnnotation) annotation
      = g_list_model_get_item (G_LIST_MODEL (self->all), position);

  if (!annotation)
    return;
  monocle_presentation_select (self->presentation, annotation);
  g_signal_emit (self, signals[REVEAL], 0, annotation);
}

/* --- Texts --- */

/* Words that went are struck out, words that came are underlined: told apart without colours. */
static void
show_marked (GtkLabel *label, const char *text, GArray *spans, gboolean is_new)
{
  PangoAttrList *attributes = pango_attr_list_new ();

  for (guint i = 0; i < spans->len; i++)
    {
      const MonocleWordSpan *span = &g_array_index (spans, MonocleWordSpan, i);
      PangoAttribute *marks[2];

      if (!span->differs)
        continue;
      marks[0] = is_new ? pango_attr_underline_new (PANGO_UNDERLINE_SINGLE)
                        : pango_attr_strikethrough_new (TRUE);
      marks[1] = pango_attr_weight_new (PANGO_WEIGHT_BOLD);
      for (guint j = 0; j < G_N_ELEMENTS (marks); j++)
        {
          marks[j]->start_index = (guint) span->start;
          marks[j]->end_index = (guint) (span->start + span->length);
          pango_attr_list_insert (attributes, marks[j]);
        }
    }
  gtk_label_set_attributes (label, NULL);
  gtk_label_set_label (label, text);
  gtk_label_set_attributes (label, attributes);
  pango_attr_list_unref (attributes);
}

static void
show_texts (MonocleCompareView *self, MonocleQuery *pinned, MonocleQuery *shown)
{
  const char *left = monocle_query_get_text (pinned);
  const char *right = monocle_query_get_text (shown);
  g_autoptr (GArray) left_spans = NULL;
  g_autoptr (GArray) right_spans = NULL;

  left = left ? left : "";
  right = right ? right : "";
  monocle_word_diff (left, right, &left_spans, &right_spans);
  show_marked (self->pinned_text, left, left_spans, FALSE);
  show_marked (self->shown_text, right, right_spans, TRUE);
  gtk_stack_set_visible_child_name (self->stack, "texts");
}

/* --- Pictures --- */

static gboolean
is_drawn (MonocleQuery *query)
{
  return monocle_query_get_task (query)->gives == MONOCLE_GIVES_PICTURE;
}

static void
show_pictures (MonocleCompareView *self, MonocleQuery *pinned, MonocleQuery *shown)
{
  MonocleQuery *const queries[] = { pinned, shown };

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      MonocleImage *drawn = monocle_drawn_provider_find (queries[i]);
      g_autoptr (GdkTexture) texture = drawn ? monocle_texture_of_image (drawn) : NULL;

      gtk_picture_set_paintable (self->pictures[i], GDK_PAINTABLE (texture));
    }
  gtk_stack_set_visible_child_name (self->stack, "pictures");
}

/* --- Which two --- */

/* Only of the same question does it say something that what answered is another one. */
static void
show_facts (MonocleCompareView *self, MonocleQuery *pinned, MonocleQuery *shown)
{
  g_auto (GStrv) facts = monocle_compare_circumstances (pinned, shown);
  g_autofree char *title = monocle_query_dup_title (pinned);
  g_autofree char *other_title = monocle_query_dup_title (shown);
  const gboolean is_same = g_str_equal (title, other_title);
  g_autofree char *text
      = *facts ? g_strjoinv ("\n", facts) : g_strdup (_ ("The same model, device and settings"));

  gtk_label_set_label (self->facts, text);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), is_same && !monocle_query_is_active (shown)
                                                        && monocle_query_get_model_name (pinned));
}

static gboolean
is_text (MonocleQuery *query)
{
  return !monocle_task_gives_objects (monocle_query_get_task (query));
}

static void
clear (MonocleCompareView *self)
{
  for (guint i = 0; i < N_SECTIONS; i++)
    g_list_store_remove_all (self->sections[i]);
  g_hash_table_remove_all (self->notes);
}

static void
update (MonocleCompareView *self)
{
  MonocleQuery *pinned
      = self->presentation ? monocle_presentation_get_pinned (self->presentation) : NULL;
  MonocleQuery *shown
      = self->presentation ? monocle_presentation_get_query (self->presentation) : NULL;
  g_autofree char *pinned_title = NULL;
  g_autofree char *shown_title = NULL;

  if (!pinned || !shown)
    {
      clear (self);
      return;
    }
  pinned_title = monocle_query_dup_title (pinned);
  shown_title = monocle_query_dup_title (shown);
  gtk_label_set_label (self->pinned_title, pinned_title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pinned_title), pinned_title);
  gtk_label_set_label (self->shown_title, shown_title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->shown_title), shown_title);

  show_facts (self, pinned, shown);
  if (is_drawn (pinned) && is_drawn (shown))
    show_pictures (self, pinned, shown);
  else if (is_drawn (pinned) || is_drawn (shown))
    {
      clear (self);
      gtk_label_set_label (self->message, _ ("One answer is a picture, the other is none: they "
                                             "cannot be compared."));
      gtk_stack_set_visible_child_name (self->stack, "message");
    }
  else if (is_text (pinned) && is_text (shown))
    show_texts (self, pinned, shown);
  else if (!is_text (pinned) && !is_text (shown))
    show_objects (self, pinned, shown);
  else
    {
      clear (self);
      gtk_label_set_label (self->message,
                           _ ("One answer is in words, the other has objects: they cannot be "
                              "compared."));
      gtk_stack_set_visible_child_name (self->stack, "message");
    }
}

static void
on_queries (MonocleCompareView *self)
{
  MonocleQuery *queries[2] = { NULL, NULL };

  if (self->presentation && monocle_presentation_get_pinned (self->presentation))
    {
      queries[0] = monocle_presentation_get_pinned (self->presentation);
      queries[1] = monocle_presentation_get_query (self->presentation);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_signal_group_set_target (self->signals[i], queries[i]);
      g_signal_group_set_target (self->list_signals[i],
                                 queries[i] ? monocle_query_get_annotations (queries[i]) : NULL);
    }
  update (self);
}

static void
on_close (MonocleCompareView *self)
{
  monocle_presentation_set_pinned (self->presentation, NULL);
}

/* --- Public --- */

void
monocle_compare_view_set_presentation (MonocleCompareView *self, MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_COMPARE_VIEW (self));

  if (!g_set_object (&self->presentation, presentation))
    return;
  g_signal_group_set_target (self->presentation_signals, presentation);
  on_queries (self);
}

/* --- Lifecycle --- */

static void
monocle_compare_view_dispose (GObject *object)
{
  MonocleCompareView *self = MONOCLE_COMPARE_VIEW (object);

  if (self->list)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->presentation_signals);
  for (guint i = 0; i < 2; i++)
    {
      g_clear_object (&self->signals[i]);
      g_clear_object (&self->list_signals[i]);
    }
  g_clear_object (&self->all);
  for (guint i = 0; i < N_SECTIONS; i++)
    g_clear_object (&self->sections[i]);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_pointer (&self->notes, g_hash_table_unref);
  g_clear_object (&self->presentation);

  G_OBJECT_CLASS (monocle_compare_view_parent_class)->dispose (object);
}

static void
monocle_compare_view_class_init (MonocleCompareViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_compare_view_dispose;

  signals[REVEAL] = g_signal_new ("reveal", MONOCLE_TYPE_COMPARE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_ANNOTATION);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/compare-view.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleCompareView, pinned_title);
  gtk_widget_class_bind_template_child (widget_class, MonocleCompareView, shown_title);
  gtk_widget_class_bind_template_child (widget_class, MonocleCompareView, facts);
  gtk_widget_class_bind_template_child (widget_class, MonocleCompareView, stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleCompareView, list);
  gtk_widget_class_bind_template_child (widget_class, MonocleCompareView, pinned_text);
  gtk_widget_class_bind_template_child (widget_class, MonocleCompareView, shown_text);
  for (guint i = 0; i < 2; i++)
    gtk_widget_class_bind_template_child_full (
        widget_class, i == 0 ? "pinned_picture" : "shown_picture", FALSE,
        (gssize) (G_STRUCT_OFFSET (MonocleCompareView, pictures) + i * sizeof (GtkPicture *)));
  gtk_widget_class_bind_template_child (widget_class, MonocleCompareView, message);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

static void
monocle_compare_view_init (MonocleCompareView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;
  GListStore *stores = g_list_store_new (G_TYPE_LIST_MODEL);

  gtk_widget_init_template (GTK_WIDGET (self));

  self->notes = g_hash_table_new_full (NULL, NULL, g_object_unref, g_free);
  self->rows = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < N_SECTIONS; i++)
    {
      self->sections[i] = g_list_store_new (MONOCLE_TYPE_ANNOTATION);
      g_list_store_append (stores, self->sections[i]);
    }
  self->all = gtk_flatten_list_model_new (G_LIST_MODEL (stores));
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->all))));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, selection);

  self->presentation_signals = g_signal_group_new (MONOCLE_TYPE_PRESENTATION);
  g_signal_group_connect_swapped (self->presentation_signals, "notify::query",
                                  G_CALLBACK (on_queries), self);
  g_signal_group_connect_swapped (self->presentation_signals, "notify::pinned",
                                  G_CALLBACK (on_queries), self);
  for (guint i = 0; i < 2; i++)
    {
      self->signals[i] = g_signal_group_new (MONOCLE_TYPE_QUERY);
      g_signal_group_connect_swapped (self->signals[i], "notify::text", G_CALLBACK (update), self);
      g_signal_group_connect_swapped (self->signals[i], "notify::state", G_CALLBACK (update), self);
      self->list_signals[i] = g_signal_group_new (G_TYPE_LIST_MODEL);
      g_signal_group_connect_swapped (self->list_signals[i], "items-changed", G_CALLBACK (update),
                                      self);
    }
}

GtkWidget *
monocle_compare_view_new (void)
{
  return g_object_new (MONOCLE_TYPE_COMPARE_VIEW, NULL);
}
