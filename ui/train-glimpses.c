/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/train-glimpses.h"

#include <glib/gi18n.h>

#include "ui/thumbnail.h"

#define SIDE 72

struct _MonocleTrainGlimpses
{
  AdwBin parent_instance;

  GtkWidget *box;
  GtkFlowBox *flow;
  GPtrArray *shown; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (MonocleTrainGlimpses, monocle_train_glimpses, ADW_TYPE_BIN)

static GtkWidget *
make_label (const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 8);
  gtk_widget_add_css_class (label, "caption");
  if (style)
    gtk_widget_add_css_class (label, style);
  return label;
}

/* The picture, what is right, and whether that is said. */
static GtkWidget *
make_item (const MonocleTrainGlimpse *glimpse)
{
  GtkWidget *item = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *picture = monocle_thumbnail_new (SIDE, SIDE);
  g_autoptr (GFile) file = g_file_new_for_path (glimpse->picture);

  monocle_thumbnail_set_file (MONOCLE_THUMBNAIL (picture), file, 0);
  gtk_widget_set_halign (picture, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (item), picture);
  gtk_box_append (GTK_BOX (item), make_label (NULL));
  gtk_box_append (GTK_BOX (item), make_label ("dim-label"));
  return item;
}

static void
show_item (GtkWidget *item, const MonocleTrainGlimpse *glimpse)
{
  GtkWidget *picture = gtk_widget_get_first_child (item);
  GtkWidget *wanted = gtk_widget_get_next_sibling (picture);
  GtkWidget *state = gtk_widget_get_next_sibling (wanted);
  g_autofree char *tip
      /* Translators: two answers: what was said before, and what is right */
      = g_strdup_printf (_ ("Before: %s. Right: %s."),
                         *glimpse->before ? glimpse->before : C_ ("answer", "nothing"),
                         glimpse->wanted);

  monocle_thumbnail_set_mark (MONOCLE_THUMBNAIL (picture),
                              glimpse->is_right ? MONOCLE_THUMBNAIL_TICK : MONOCLE_THUMBNAIL_PLAIN);
  gtk_label_set_text (GTK_LABEL (wanted), glimpse->wanted);
  gtk_label_set_text (GTK_LABEL (state), glimpse->is_right ? C_ ("held-out answer", "Right now")
                                                           : C_ ("held-out answer", "Not yet"));
  gtk_widget_set_tooltip_text (item, tip);
}

static gboolean
are_same (const GPtrArray *a, const GPtrArray *b)
{
  if (!a || !b || a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!g_str_equal (((const MonocleTrainGlimpse *) a->pdata[i])->picture,
                      ((const MonocleTrainGlimpse *) b->pdata[i])->picture))
      return FALSE;
  return TRUE;
}

/* The pictures of a training stay, and are not read anew after each round. */
static void
fill (MonocleTrainGlimpses *self, const GPtrArray *glimpses)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->flow))))
    gtk_flow_box_remove (self->flow, child);
  for (guint i = 0; i < glimpses->len; i++)
    {
      gtk_flow_box_append (self->flow, make_item (glimpses->pdata[i]));
      gtk_widget_set_focusable (GTK_WIDGET (gtk_flow_box_get_child_at_index (self->flow, (int) i)),
                                FALSE);
    }
}

void
monocle_train_glimpses_show (MonocleTrainGlimpses *self, GPtrArray *glimpses)
{
  g_return_if_fail (MONOCLE_IS_TRAIN_GLIMPSES (self));

  if (glimpses == self->shown)
    return;
  gtk_widget_set_visible (self->box, glimpses && glimpses->len > 0);
  if (glimpses && !are_same (glimpses, self->shown))
    fill (self, glimpses);
  for (guint i = 0; glimpses && i < glimpses->len; i++)
    show_item (gtk_flow_box_child_get_child (gtk_flow_box_get_child_at_index (self->flow, (int) i)),
               glimpses->pdata[i]);
  g_clear_pointer (&self->shown, g_ptr_array_unref);
  self->shown = glimpses ? g_ptr_array_ref (glimpses) : NULL;
}

static void
monocle_train_glimpses_finalize (GObject *object)
{
  g_clear_pointer (&MONOCLE_TRAIN_GLIMPSES (object)->shown, g_ptr_array_unref);
  G_OBJECT_CLASS (monocle_train_glimpses_parent_class)->finalize (object);
}

static void
monocle_train_glimpses_class_init (MonocleTrainGlimpsesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_train_glimpses_finalize;
}

static void
monocle_train_glimpses_init (MonocleTrainGlimpses *self)
{
  GtkWidget *title = gtk_label_new (_ ("Held-Out Pictures"));

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->flow = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "heading");
  gtk_flow_box_set_selection_mode (self->flow, GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (self->flow, MONOCLE_TRAIN_MAX_GLIMPSES);
  gtk_widget_set_halign (GTK_WIDGET (self->flow), GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (self->box), title);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->flow));
  gtk_widget_set_visible (self->box, FALSE);
  adw_bin_set_child (ADW_BIN (self), self->box);
}
