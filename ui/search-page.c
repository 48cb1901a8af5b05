/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/search-page-private.h"

#include <glib/gi18n.h>

#include "app/search/crawl.h"
#include "ui/error-dialog.h"
#include "ui/hit-tile.h"
#include "ui/search-chip.h"

enum
{
  OPENED,
  LEFT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleSearchPage, monocle_search_page, ADW_TYPE_BIN)

/* --- How well it has to fit --- */

static double
get_cutoff (MonocleSearchPage *self)
{
  return gtk_adjustment_get_upper (self->reach) - gtk_adjustment_get_value (self->reach);
}

/* A toggle is down where the handle is at the end of its band. */
static void
update_toggles (MonocleSearchPage *self)
{
  GtkToggleButton *const toggles[] = { self->sure, self->maybe, self->everything };

  self->is_updating = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (toggles); i++)
    gtk_toggle_button_set_active (toggles[i],
                                  gtk_adjustment_get_value (self->reach) == (double) (i + 1));
  self->is_updating = FALSE;
}

static void
on_reach_changed (MonocleSearchPage *self)
{
  monocle_hit_list_set_cutoff (self->hits, get_cutoff (self));
  update_toggles (self);
  monocle_search_page_update_state (self);
}

static void
on_band_toggled (MonocleSearchPage *self, GtkToggleButton *toggle)
{
  double value = toggle == self->sure ? 1 : toggle == self->maybe ? 2 : 3;

  if (self->is_updating)
    return;
  gtk_adjustment_set_value (self->reach, value);
  /* One that was down already stays so. */
  update_toggles (self);
}

static void
on_order_changed (MonocleSearchPage *self)
{
  monocle_hit_list_set_by_date (self->hits, gtk_drop_down_get_selected (self->order) == 1);
}

/* --- What was found --- */

static void
set_band (GtkToggleButton *toggle, const char *label, const char *words)
{
  gtk_button_set_label (GTK_BUTTON (toggle), label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (toggle), words);
}

static void
label_duplicates (MonocleSearchPage *self, const MonocleFindings *findings)
{
  /* Translators: so many of the pictures are the same as another one */
  g_autofree char *same = g_strdup_printf (_ ("Same %'u"), findings->n_sure);
  /* Translators: so many of the pictures are the same as another one, or nearly */
  g_autofree char *nearly = g_strdup_printf (_ ("Nearly %'u"), findings->n_fit);
  /* Translators: so many of the pictures are more or less like another one */
  g_autofree char *alike = g_strdup_printf (_ ("Alike %'u"), findings->found->len);

  set_band (self->sure, same, _ ("Only pictures that are the same"));
  set_band (self->maybe, nearly, _ ("Pictures that are nearly the same as well"));
  set_band (self->everything, alike, _ ("Pictures that are only alike as well"));
}

static void
label_bands (MonocleSearchPage *self, const MonocleFindings *findings)
{
  /* Translators: so many of the pictures surely fit */
  g_autofree char *sure = g_strdup_printf (_ ("Sure %'u"), findings->n_sure);
  /* Translators: so many of the pictures surely fit, or may */
  g_autofree char *maybe = g_strdup_printf (_ ("Maybe %'u"), findings->n_fit);
  g_autofree char *everything = g_strdup_printf (_ ("All %'u"), findings->n);

  set_band (self->sure, sure, _ ("Only what surely fits"));
  set_band (self->maybe, maybe, _ ("What may fit as well"));
  set_band (self->everything, everything, _ ("All pictures, those that fit least at the end"));
}

static void
on_search_answered (MonocleSearchPage *self)
{
  const MonocleFindings *findings = monocle_folder_search_get_findings (self->search);

  self->is_updating = TRUE;
  gtk_toggle_button_set_active (self->duplicates,
                                monocle_folder_search_get_duplicates (self->search));
  self->is_updating = FALSE;
  if (findings && findings->are_duplicates)
    label_duplicates (self, findings);
  else if (findings)
    label_bands (self, findings);
  monocle_hit_list_set_findings (self->hits, findings);
  monocle_search_page_update_state (self);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, monocle_hit_tile_new ());
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  monocle_hit_tile_set_hit (MONOCLE_HIT_TILE (gtk_list_item_get_child (item)),
                            gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  monocle_hit_tile_set_hit (MONOCLE_HIT_TILE (gtk_list_item_get_child (item)), NULL);
}

static void
on_hit_activated (MonocleSearchPage *self, guint position)
{
  g_autoptr (MonocleHit) hit = g_list_model_get_item (G_LIST_MODEL (self->hits), position);

  if (!hit)
    return;
  /* Which one it was is seen when the person comes back. */
  gtk_single_selection_set_selected (self->selection, position);
  g_signal_emit (self, signals[OPENED], 0, monocle_hit_get_file (hit));
}

/* Whoever looks for them looks for nothing else. */
static void
on_duplicates_toggled (MonocleSearchPage *self)
{
  gboolean is_wanted = gtk_toggle_button_get_active (self->duplicates);

  if (self->is_updating || !self->search)
    return;
  if (is_wanted)
    monocle_search_page_clear (self);
  monocle_folder_search_set_duplicates (self->search, is_wanted);
}

/* --- Words --- */

static void
on_search_changed (MonocleSearchPage *self)
{
  if (self->search)
    monocle_folder_search_set_text (self->search,
                                    gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static gboolean
focus_results (MonocleSearchPage *self)
{
  return gtk_widget_get_mapped (GTK_WIDGET (self->grid))
         && gtk_widget_child_focus (GTK_WIDGET (self->grid), GTK_DIR_TAB_FORWARD);
}

/* At once, without the rest that typing takes. */
static void
on_activated (MonocleSearchPage *self)
{
  on_search_changed (self);
  focus_results (self);
}

static void
on_stop_search (MonocleSearchPage *self)
{
  g_signal_emit (self, signals[LEFT], 0);
}

static gboolean
on_entry_key_pressed (GtkEventControllerKey *controller,
                      guint keyval,
                      guint keycode,
                      GdkModifierType state,
                      MonocleSearchPage *self)
{
  if (keyval != GDK_KEY_Down || state & gtk_accelerator_get_default_mod_mask ())
    return GDK_EVENT_PROPAGATE;
  return focus_results (self);
}

/* --- Pictures that are looked for --- */

static guint
get_index (MonocleSearchChip *chip)
{
  GtkWidget *before = GTK_WIDGET (chip);
  guint i = 0;

  while ((before = gtk_widget_get_prev_sibling (before)))
    i++;
  return i;
}

static void
on_chip_turned (MonocleSearchChip *chip, gboolean is_wanted, MonocleSearchPage *self)
{
  monocle_folder_search_set_wanted (self->search, get_index (chip), is_wanted);
}

static void
on_chip_removed (MonocleSearchChip *chip, MonocleSearchPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  monocle_folder_search_remove_picture (self->search, get_index (chip));
}

static void
on_pictures_changed (MonocleSearchPage *self)
{
  guint n = monocle_folder_search_get_n_pictures (self->search);
  GtkWidget *chip;

  while ((chip = gtk_widget_get_first_child (GTK_WIDGET (self->chips))))
    gtk_box_remove (self->chips, chip);
  for (guint i = 0; i < n; i++)
    {
      const char *name;
      gboolean is_wanted;
      MonocleImage *image = monocle_folder_search_get_picture (self->search, i, &name, &is_wanted);

      chip = monocle_search_chip_new (image, name, is_wanted);
      g_signal_connect (chip, "turned", G_CALLBACK (on_chip_turned), self);
      g_signal_connect (chip, "removed", G_CALLBACK (on_chip_removed), self);
      gtk_box_append (self->chips, chip);
    }
  gtk_widget_set_visible (self->chips_scroller, n > 0);
}

/* --- Buttons --- */

static void
on_details_clicked (MonocleSearchPage *self)
{
  g_return_if_fail (self->failure != NULL);

  monocle_error_dialog_show (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL,
                             MONOCLE_ATTEMPT_ASK, self->failure);
}

static void
on_progress_clicked (MonocleSearchPage *self)
{
  monocle_search_page_do_progress (self);
}

static void
on_status_clicked (MonocleSearchPage *self)
{
  if (!gtk_actionable_get_action_name (GTK_ACTIONABLE (self->status_button)))
    monocle_search_page_do_status (self);
}

/* --- Public --- */

static void
on_finder_changed (MonocleSearchPage *self)
{
  monocle_search_page_update_state (self);
  monocle_search_page_update_progress (self);
}

void
monocle_search_page_set_finder (MonocleSearchPage *self, MonocleFinder *finder)
{
  g_return_if_fail (MONOCLE_IS_SEARCH_PAGE (self));
  g_return_if_fail (MONOCLE_IS_FINDER (finder));
  g_return_if_fail (!self->finder);

  self->finder = g_object_ref (finder);
  self->search = monocle_folder_search_new (finder);
  g_object_bind_property (finder, "regions", self->regions, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_signal_connect_object (finder, "notify::state", G_CALLBACK (on_finder_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (finder, "progress", G_CALLBACK (on_finder_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "changed", G_CALLBACK (on_search_answered), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "pictures-changed", G_CALLBACK (on_pictures_changed), self,
                           G_CONNECT_SWAPPED);
}

MonocleFolderSearch *
monocle_search_page_get_search (MonocleSearchPage *self)
{
  g_return_val_if_fail (MONOCLE_IS_SEARCH_PAGE (self), NULL);
  return self->search;
}

/* Whether all of them are in folders that are searched. */
static gboolean
are_searched (MonocleSearchPage *self, const char *const *directories)
{
  for (guint i = 0; directories[i]; i++)
    if (!g_strv_contains ((const char *const *) self->directories, directories[i])
        && !monocle_crawl_contains ((const char *const *) self->directories, directories[i]))
      return FALSE;
  return directories[0] != NULL;
}

void
monocle_search_page_set_directories (MonocleSearchPage *self, const char *const *directories)
{
  g_return_if_fail (MONOCLE_IS_SEARCH_PAGE (self));
  g_return_if_fail (self->search != NULL);

  if (!self->directories || !are_searched (self, directories))
    {
      g_strfreev (self->directories);
      self->directories = g_strdupv ((char **) directories);
    }
  monocle_folder_search_set_directories (self->search, (const char *const *) self->directories);
  on_finder_changed (self);
}

void
monocle_search_page_focus (MonocleSearchPage *self)
{
  g_return_if_fail (MONOCLE_IS_SEARCH_PAGE (self));

  gtk_widget_grab_focus (gtk_widget_get_sensitive (self->question)
                             ? GTK_WIDGET (self->entry)
                             : GTK_WIDGET (self->status_button));
}

gboolean
monocle_search_page_is_typing (MonocleSearchPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  return focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->entry));
}

void
monocle_search_page_clear (MonocleSearchPage *self)
{
  g_return_if_fail (MONOCLE_IS_SEARCH_PAGE (self));
  g_return_if_fail (self->search != NULL);

  while (monocle_folder_search_get_n_pictures (self->search) > 0)
    monocle_folder_search_remove_picture (self->search, 0);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  monocle_folder_search_set_text (self->search, "");
}

void
monocle_search_page_set_narrow (MonocleSearchPage *self, gboolean narrow)
{
  g_return_if_fail (MONOCLE_IS_SEARCH_PAGE (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->results_bar),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_spacing (GTK_BOX (self->results_bar), narrow ? 6 : 12);
  adw_button_content_set_label (self->duplicates_content, narrow ? "" : _ ("Duplicates"));
}

/* --- The class --- */

/* The model stays as long as it may be asked. */
static void
monocle_search_page_map (GtkWidget *widget)
{
  MonocleSearchPage *self = MONOCLE_SEARCH_PAGE (widget);

  GTK_WIDGET_CLASS (monocle_search_page_parent_class)->map (widget);
  if (!self->finder || self->is_held)
    return;
  self->is_held = TRUE;
  monocle_finder_hold (self->finder);
}

static void
let_go (MonocleSearchPage *self)
{
  if (!self->is_held)
    return;
  self->is_held = FALSE;
  monocle_finder_release (self->finder);
}

static void
monocle_search_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (monocle_search_page_parent_class)->unmap (widget);
  let_go (MONOCLE_SEARCH_PAGE (widget));
}

static void
monocle_search_page_dispose (GObject *object)
{
  MonocleSearchPage *self = MONOCLE_SEARCH_PAGE (object);

  if (self->grid)
    gtk_grid_view_set_model (self->grid, NULL);
  let_go (self);
  g_clear_object (&self->selection);
  g_clear_object (&self->hits);
  g_clear_object (&self->search);
  g_clear_object (&self->finder);
  G_OBJECT_CLASS (monocle_search_page_parent_class)->dispose (object);
}

static void
monocle_search_page_finalize (GObject *object)
{
  MonocleSearchPage *self = MONOCLE_SEARCH_PAGE (object);

  g_strfreev (self->directories);
  g_clear_error (&self->failure);
  G_OBJECT_CLASS (monocle_search_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, MonocleSearchPage, name)
  CHILD (bar);
  CHILD (question);
  CHILD (entry);
  CHILD (regions);
  CHILD (duplicates);
  CHILD (duplicates_content);
  CHILD (chips_scroller);
  CHILD (chips);
  CHILD (results_bar);
  CHILD (sure);
  CHILD (maybe);
  CHILD (everything);
  CHILD (scale);
  CHILD (reach);
  CHILD (order);
  CHILD (stack);
  CHILD (status);
  CHILD (status_button);
  CHILD (details_button);
  CHILD (spinner);
  CHILD (grid);
  CHILD (progress);
  CHILD (progress_label);
  CHILD (progress_bar);
  CHILD (progress_button);
#undef CHILD
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_key_pressed);
  gtk_widget_class_bind_template_callback (widget_class, on_order_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_duplicates_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_hit_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_details_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_progress_clicked);
}

static void
monocle_search_page_class_init (MonocleSearchPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_search_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = monocle_search_page_finalize;
  widget_class->map = monocle_search_page_map;
  widget_class->unmap = monocle_search_page_unmap;

  signals[OPENED] = g_signal_new ("opened", MONOCLE_TYPE_SEARCH_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_FILE);
  signals[LEFT] = g_signal_new ("left", MONOCLE_TYPE_SEARCH_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/search-page.ui");
  bind_template (widget_class);
}

static void
monocle_search_page_init (MonocleSearchPage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkToggleButton *const *toggles;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_entry_set_key_capture_widget (self->entry, GTK_WIDGET (self));
  self->hits = monocle_hit_list_new ();
  monocle_hit_list_set_cutoff (self->hits, get_cutoff (self));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->hits)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_grid_view_set_factory (self->grid, factory);
  gtk_grid_view_set_model (self->grid, GTK_SELECTION_MODEL (self->selection));

  toggles = (GtkToggleButton *const[]){ self->sure, self->maybe, self->everything };
  for (guint i = 0; i < 3; i++)
    g_signal_connect_swapped (toggles[i], "toggled", G_CALLBACK (on_band_toggled), self);
  gtk_scale_add_mark (self->scale, 1, GTK_POS_BOTTOM, NULL);
  gtk_scale_add_mark (self->scale, 2, GTK_POS_BOTTOM, NULL);
  g_signal_connect_swapped (self->reach, "value-changed", G_CALLBACK (on_reach_changed), self);
  g_signal_connect_swapped (self->status_button, "clicked", G_CALLBACK (on_status_clicked), self);
  update_toggles (self);
  monocle_search_page_add_drop_target (self);
}
