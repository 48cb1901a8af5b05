/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/filmstrip.h"

#include <math.h>

#include <glib/gi18n.h>

#include "ui/folder-menu.h"
#include "ui/thumbnail.h"

#define THUMBNAIL_SIDE 80
/* Of what is seen, for a step of the wheel. */
#define WHEEL_PART 0.25

struct _MonocleFilmstrip
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *scroller;
  GtkListView *list;
  GtkWidget *bar;
  GtkLabel *shown;
  GtkMenuButton *menu_button;
  GtkWidget *jump_button;

  MonocleImageLoader *loader; /* (nullable) */
  GSignalGroup *loader_signals;
  GSignalGroup *view_signals;
  GSignalGroup *document_signals;
  GSignalGroup *region_signals; /* of the document that is shown: what makes the dot */
  GSignalGroup *query_signals;
  GtkSingleSelection *selection;
  GPtrArray *bound; /* GtkListItem: those on screen, or near */
  guint follow_source;
  guint scroll_tick;
  gboolean is_laid_out;  /* a frame came since the list changed */
  gboolean is_following; /* the selection changes because the loader did */
};

enum
{
  PROP_0,
  PROP_LOADER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MonocleFilmstrip, monocle_filmstrip, GTK_TYPE_WIDGET)

/* --- Items --- */

static void
update_dot (MonocleFilmstrip *self, GtkListItem *list_item)
{
  MonocleFolderItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *thumbnail = gtk_list_item_get_child (list_item);
  const char *name = monocle_folder_item_get_name (item);
  MonocleThumbnailMark mark = MONOCLE_THUMBNAIL_PLAIN;
  g_autofree char *label = NULL;

  if (self->loader && monocle_image_loader_is_done (self->loader, item))
    {
      mark = MONOCLE_THUMBNAIL_TICK;
      /* Translators: a picture that the person is done with */
      label = g_strdup_printf (_ ("%s, done"), name);
    }
  else if (self->loader && monocle_image_loader_has_work (self->loader, item))
    {
      mark = MONOCLE_THUMBNAIL_DOT;
      /* Translators: a picture about which something was asked or on which something was drawn */
      label = g_strdup_printf (_ ("%s, worked on"), name);
    }
  monocle_thumbnail_set_mark (MONOCLE_THUMBNAIL (thumbnail), mark);
  gtk_accessible_update_property (GTK_ACCESSIBLE (thumbnail), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label ? label : name, -1);
}

static void
update_dots (MonocleFilmstrip *self)
{
  for (guint i = 0; i < self->bound->len; i++)
    update_dot (self, self->bound->pdata[i]);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, MonocleFilmstrip *self)
{
  GtkWidget *thumbnail = monocle_thumbnail_new (THUMBNAIL_SIDE, THUMBNAIL_SIDE);

  g_object_bind_property (list_item, "selected", thumbnail, "current", G_BINDING_SYNC_CREATE);
  gtk_list_item_set_child (list_item, thumbnail);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, MonocleFilmstrip *self)
{
  MonocleFolderItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *thumbnail = gtk_list_item_get_child (list_item);

  g_ptr_array_add (self->bound, list_item);
  gtk_widget_set_tooltip_text (thumbnail, monocle_folder_item_get_name (item));
  monocle_thumbnail_set_file (MONOCLE_THUMBNAIL (thumbnail), monocle_folder_item_get_file (item),
                              monocle_folder_item_get_page (item));
  update_dot (self, list_item);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, MonocleFilmstrip *self)
{
  g_ptr_array_remove_fast (self->bound, list_item);
  monocle_thumbnail_set_file (MONOCLE_THUMBNAIL (gtk_list_item_get_child (list_item)), NULL, 0);
}

/* --- Scrolling --- */

static GtkAdjustment *
get_adjustment (MonocleFilmstrip *self)
{
  return gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scroller));
}

/* Brings the current one into the middle. All are of the same width. */
static void
show_current (MonocleFilmstrip *self)
{
  GtkAdjustment *adjustment = get_adjustment (self);
  const guint n = self->loader ? monocle_image_loader_get_n_items (self->loader) : 0;
  const double upper = gtk_adjustment_get_upper (adjustment);
  const double page = gtk_adjustment_get_page_size (adjustment);
  double value;

  if (n == 0 || upper <= page)
    return;
  value = upper / n * (monocle_image_loader_get_position (self->loader) + 0.5) - page / 2;
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    value = upper - page - value;
  gtk_adjustment_set_value (adjustment, CLAMP (value, 0, upper - page));
}

static gboolean
on_scroll_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  MonocleFilmstrip *self = MONOCLE_FILMSTRIP (widget);

  /* This frame's layout comes after its ticks. */
  if (!self->is_laid_out)
    {
      self->is_laid_out = TRUE;
      return G_SOURCE_CONTINUE;
    }
  self->scroll_tick = 0;
  show_current (self);
  return G_SOURCE_REMOVE;
}

/* A list view that has not measured its new rows yet cannot scroll to them, and warns. */
static void
scroll_after_layout (MonocleFilmstrip *self)
{
  self->is_laid_out = FALSE;
  if (self->scroll_tick == 0)
    self->scroll_tick
        = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_scroll_tick, NULL, NULL);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, MonocleFilmstrip *self)
{
  GtkAdjustment *adjustment = get_adjustment (self);
  const gboolean is_wheel
      = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL;
  double step = is_wheel ? WHEEL_PART * gtk_adjustment_get_page_size (adjustment) : 1;

  /* A touchpad that moves sideways does as it always does. */
  if (dy == 0 || fabs (dx) > fabs (dy))
    return GDK_EVENT_PROPAGATE;
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    step = -step;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + dy * step);
  return GDK_EVENT_STOP;
}

/* --- Which are shown --- */

/* Where not all are: how many, and which. */
static void
update_bar (MonocleFilmstrip *self)
{
  MonocleFolderView *view = self->loader ? monocle_image_loader_get_view (self->loader) : NULL;
  const gboolean is_filtered = view && monocle_folder_view_is_filtered (view);
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;
  guint n, n_all;

  gtk_widget_set_visible (self->bar, is_filtered);
  if (!is_filtered)
    return;
  n = monocle_folder_view_get_n_passing (view);
  n_all = g_list_model_get_n_items (G_LIST_MODEL (monocle_folder_view_get_folder (view)));
  title = monocle_folder_menu_dup_title (monocle_folder_view_get_filter (view));
  if (n > 0)
    /* Translators: which pictures of a folder are shown, and how many: Not Done: 12 of 200 */
    text = g_strdup_printf (_ ("%s: %u of %u"), title, n, n_all);
  else
    /* Translators: the same where no picture is like that: Not Done: none of 200 */
    text = g_strdup_printf (_ ("%s: none of %u"), title, n_all);
  gtk_label_set_text (self->shown, text);
}

static void
on_filtered (MonocleFilmstrip *self)
{
  update_bar (self);
  update_dots (self);
}

/* Read when the menu opens: it says how many there are of each kind. */
static void
on_menu_wanted (GtkMenuButton *button, gpointer data)
{
  MonocleFilmstrip *self = data;
  g_autoptr (GMenuModel) menu
      = self->loader ? monocle_folder_menu_new (monocle_image_loader_get_folder (self->loader))
                     : NULL;

  gtk_menu_button_set_menu_model (button, menu);
}

/* --- Loader and selection --- */

static gboolean
follow_position (gpointer data)
{
  MonocleFilmstrip *self = data;
  const guint n = self->loader ? monocle_image_loader_get_n_items (self->loader) : 0;
  const guint n_all
      = self->loader ? g_list_model_get_n_items (monocle_image_loader_get_folder (self->loader))
                     : 0;
  const gboolean is_gone = n_all > 0 && monocle_image_loader_is_gone (self->loader);
  /* Of a picture that is not in the folder any more none is the current one. */
  const guint position = n > 0 && !is_gone ? monocle_image_loader_get_position (self->loader) : n;

  self->follow_source = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), n_all + is_gone > 1);
  self->is_following = TRUE;
  gtk_single_selection_set_selected (self->selection,
                                     position < n ? position : GTK_INVALID_LIST_POSITION);
  self->is_following = FALSE;
  scroll_after_layout (self);
  return G_SOURCE_REMOVE;
}

/* The loader says so while its list changes, of which the list view may not have heard yet, and the
 * list view while it is laid out. Before the next frame both are done. */
static void
on_position_changed (MonocleFilmstrip *self)
{
  if (self->follow_source == 0)
    self->follow_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, follow_position, self, NULL);
}

static void
follow_document (MonocleFilmstrip *self)
{
  MonocleDocument *document
      = self->loader ? monocle_image_loader_get_document (self->loader) : NULL;

  g_signal_group_set_target (self->region_signals,
                             document ? monocle_document_get_regions (document) : NULL);
  g_signal_group_set_target (self->query_signals,
                             document ? monocle_document_get_queries (document) : NULL);
  g_signal_group_set_target (self->document_signals, document);
  update_dots (self);
}

static void
on_selected (MonocleFilmstrip *self)
{
  MonocleFolderItem *item = gtk_single_selection_get_selected_item (self->selection);

  /* While the list changes the selection moves along with it. */
  if (self->is_following || !item
      || (!monocle_image_loader_is_gone (self->loader)
          && gtk_single_selection_get_selected (self->selection)
                 == monocle_image_loader_get_position (self->loader)))
    return;
  monocle_image_loader_open_item (self->loader, item);
}

/* Also when it is the current one already: it may be broken and mended meanwhile. */
static void
on_activate (GtkListView *list, guint position, MonocleFilmstrip *self)
{
  g_autoptr (MonocleFolderItem) item
      = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (item)
    monocle_image_loader_open_item (self->loader, item);
}

void
monocle_filmstrip_set_loader (MonocleFilmstrip *self, MonocleImageLoader *loader)
{
  g_return_if_fail (MONOCLE_IS_FILMSTRIP (self));
  g_return_if_fail (!loader || MONOCLE_IS_IMAGE_LOADER (loader));

  if (!g_set_object (&self->loader, loader))
    return;
  self->is_following = TRUE;
  gtk_single_selection_set_model (
      self->selection, loader ? G_LIST_MODEL (monocle_image_loader_get_view (loader)) : NULL);
  self->is_following = FALSE;
  g_signal_group_set_target (self->loader_signals, loader);
  g_signal_group_set_target (self->view_signals,
                             loader ? monocle_image_loader_get_view (loader) : NULL);
  update_bar (self);
  on_position_changed (self);
  follow_document (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADER]);
}

GtkWidget *
monocle_filmstrip_get_jump_button (MonocleFilmstrip *self)
{
  g_return_val_if_fail (MONOCLE_IS_FILMSTRIP (self), NULL);

  return gtk_widget_get_mapped (self->jump_button) ? self->jump_button : NULL;
}

/* --- The class --- */

static void
monocle_filmstrip_dispose (GObject *object)
{
  MonocleFilmstrip *self = MONOCLE_FILMSTRIP (object);

  g_clear_handle_id (&self->follow_source, g_source_remove);
  if (self->scroll_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->scroll_tick);
  self->scroll_tick = 0;
  if (self->list)
    gtk_list_view_set_model (self->list, NULL);
  self->list = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->loader_signals);
  g_clear_object (&self->view_signals);
  g_clear_object (&self->document_signals);
  g_clear_object (&self->region_signals);
  g_clear_object (&self->query_signals);
  g_clear_object (&self->selection);
  g_clear_object (&self->loader);
  G_OBJECT_CLASS (monocle_filmstrip_parent_class)->dispose (object);
}

static void
monocle_filmstrip_finalize (GObject *object)
{
  g_ptr_array_unref (MONOCLE_FILMSTRIP (object)->bound);
  G_OBJECT_CLASS (monocle_filmstrip_parent_class)->finalize (object);
}

static void
monocle_filmstrip_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOADER)
    g_value_set_object (value, MONOCLE_FILMSTRIP (object)->loader);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_filmstrip_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOADER)
    monocle_filmstrip_set_loader (MONOCLE_FILMSTRIP (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_filmstrip_class_init (MonocleFilmstripClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = monocle_filmstrip_dispose;
  object_class->finalize = monocle_filmstrip_finalize;
  object_class->get_property = monocle_filmstrip_get_property;
  object_class->set_property = monocle_filmstrip_set_property;

  properties[PROP_LOADER]
      = g_param_spec_object ("loader", NULL, NULL, MONOCLE_TYPE_IMAGE_LOADER,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/filmstrip.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleFilmstrip, box);
  gtk_widget_class_bind_template_child (widget_class, MonocleFilmstrip, scroller);
  gtk_widget_class_bind_template_child (widget_class, MonocleFilmstrip, bar);
  gtk_widget_class_bind_template_child (widget_class, MonocleFilmstrip, shown);
  gtk_widget_class_bind_template_child (widget_class, MonocleFilmstrip, menu_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleFilmstrip, jump_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleFilmstrip, list);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
connect_signals (MonocleFilmstrip *self)
{
  self->loader_signals = g_signal_group_new (MONOCLE_TYPE_IMAGE_LOADER);
  g_signal_group_connect_swapped (self->loader_signals, "notify::position",
                                  G_CALLBACK (on_position_changed), self);
  g_signal_group_connect_swapped (self->loader_signals, "notify::n-items",
                                  G_CALLBACK (on_position_changed), self);
  g_signal_group_connect_swapped (self->loader_signals, "notify::document",
                                  G_CALLBACK (follow_document), self);
  self->view_signals = g_signal_group_new (MONOCLE_TYPE_FOLDER_VIEW);
  g_signal_group_connect_swapped (self->view_signals, "filtered", G_CALLBACK (on_filtered), self);
  self->document_signals = g_signal_group_new (MONOCLE_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->document_signals, "notify::done", G_CALLBACK (update_dots),
                                  self);
  self->region_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  self->query_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->region_signals, "items-changed", G_CALLBACK (update_dots),
                                  self);
  g_signal_group_connect_swapped (self->query_signals, "items-changed", G_CALLBACK (update_dots),
                                  self);
  /* As the list grows or the window gets another size. */
  g_signal_connect_object (get_adjustment (self), "changed", G_CALLBACK (on_position_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
monocle_filmstrip_init (MonocleFilmstrip *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkEventController *scroll
      = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  self->bound = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);

  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));

  gtk_menu_button_set_create_popup_func (self->menu_button, on_menu_wanted, self, NULL);
  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (self->scroller, scroll);
  connect_signals (self);
}

GtkWidget *
monocle_filmstrip_new (void)
{
  return g_object_new (MONOCLE_TYPE_FILMSTRIP, NULL);
}
