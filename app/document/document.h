/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A document: a picture with the regions drawn on it, the queries asked about it, and the steps
 * that can be undone. Every change that a person makes goes through here. All places are those of
 * the upright picture; how it is turned is a matter of how it is shown.
 *
 * The pixels can be dropped and given back, so that a folder can be browsed without keeping every
 * picture in memory while nothing that was asked is lost.
 *
 * All that is done can be kept in a journal, and is there again when that is opened another time:
 * monocle_document_keep_in().
 *
 * Properties: image (MonocleImage, nullable, notified on rotation too), name, trouble (GError,
 * nullable: why what is done is not kept), done (boolean: the person is done with it), saved
 * (boolean: monocle_document_is_saved()), asking (MonocleSaid, nullable). Signals: `kept`:
 * something was written into its journal; `closing`: all is written that will be, and the journal
 * is about to be let go.
 */
#pragma once

#include <gio/gio.h>

#include "app/base/stamp.h"
#include "app/document/query.h"
#include "app/document/said.h"
#include "app/document/undo.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_DOCUMENT (monocle_document_get_type ())
G_DECLARE_FINAL_TYPE (MonocleDocument, monocle_document, MONOCLE, DOCUMENT, GObject)

/**
 * monocle_document_new:
 * @file: (nullable): where the picture is; %NULL for a pasted one
 * @name: what to call it in titles and proposed file names, without folder: "street.jpg"
 * @image: the picture
 */
MonocleDocument *monocle_document_new (GFile *file, const char *name, MonocleImage *image);

GFile *monocle_document_get_file (MonocleDocument *self); /* (nullable) */
const char *monocle_document_get_name (MonocleDocument *self);
/* Which picture it is, by its bytes: see MonocleWorkKey. (nullable) */
void monocle_document_set_digest (MonocleDocument *self, const char *digest, guint page);
const char *monocle_document_get_digest (MonocleDocument *self);
guint monocle_document_get_page (MonocleDocument *self);
/* Of the upright picture, of which regions and answers speak. */
guint monocle_document_get_width (MonocleDocument *self);
guint monocle_document_get_height (MonocleDocument *self);

/* --- As it is shown --- */
/* (transfer none) (nullable): turned as the person turned it; NULL when dropped */
MonocleImage *monocle_document_get_image (MonocleDocument *self);
guint monocle_document_get_shown_width (MonocleDocument *self);
guint monocle_document_get_shown_height (MonocleDocument *self);
/* Quarter turns clockwise, 0 to 3. */
guint monocle_document_get_rotation (MonocleDocument *self);
/* The same: from the upright picture to what is shown. */
MonocleMatrix monocle_document_get_turn (MonocleDocument *self);

/* A window shows it; and does so no longer. */
void monocle_document_show (MonocleDocument *self);
void monocle_document_leave (MonocleDocument *self);
/* Drops the pixels, unless a window shows them (not of a pasted picture, which could not be read
 * again). What was asked about them is still answered. */
void monocle_document_drop_image (MonocleDocument *self);
/* By how many windows it is shown. */
guint monocle_document_get_n_shown (MonocleDocument *self);
/* Whether something that was asked is not answered yet. */
gboolean monocle_document_is_active (MonocleDocument *self);
/* Gives them back as they were read: unturned. Of another size than before: regions and queries
 * are dropped, as they speak of another picture. */
void monocle_document_set_image (MonocleDocument *self, MonocleImage *image);
/* Whether there is anything worth keeping: queries, regions, something said, that it is done. */
gboolean monocle_document_has_work (MonocleDocument *self);
gboolean monocle_document_is_done (MonocleDocument *self);

/* --- As it is kept --- */

/**
 * monocle_document_keep_in:
 * @self: a document to which nothing was done yet
 * @path: of a journal, which need not be there
 *
 * What is in the journal is done to it again, steps that can be taken back among it; and all that
 * is done from now on goes into it, an answer as soon as it is whole. Where that cannot be,
 * `trouble` says why.
 */
void monocle_document_keep_in (MonocleDocument *self, const char *path);
/* What was answered a moment ago is written now. */
void monocle_document_flush (MonocleDocument *self);
/**
 * monocle_document_new_read:
 * @path: of a journal
 * @error: return location
 *
 * For looking at what was done, in any thread: nothing is kept, nothing of the file changed, and
 * another document may have it open.
 *
 * Returns: (transfer full) (nullable): what is in the journal, without a picture or its file
 */
MonocleDocument *monocle_document_new_read (const char *path, GError **error);
/**
 * monocle_document_new_kept:
 * @path: of a journal that is there
 * @error: return location
 *
 * For doing something to what nobody has open: it goes into the journal.
 *
 * Returns: (transfer full) (nullable): what is in the journal, without a picture or its file
 */
MonocleDocument *monocle_document_new_kept (const char *path, GError **error);
/* Which file it was when the picture was read, for the journal. Before monocle_document_keep_in()
 * or never. */
void monocle_document_set_stamp (MonocleDocument *self, const MonocleStamp *stamp);
/* Of what the journal says: the file when it was first worked on. */
const MonocleStamp *monocle_document_get_stamp (MonocleDocument *self);
/* What was done is written, and the journal let go: another document can have it. */
void monocle_document_close (MonocleDocument *self);
/* Nothing was ever done to it, and the journal is let go; nobody can take that back. */
void monocle_document_forget (MonocleDocument *self);
/* (transfer none) (nullable): why what is done is not kept, where it should be */
const GError *monocle_document_get_trouble (MonocleDocument *self);

/* All of it, as it is now, is in a file of the person's, which is remembered, with @digest of its
 * bytes. */
void monocle_document_set_saved (MonocleDocument *self, const char *path, const char *digest);
/* (transfer none) (nullable): by which it is seen whether somebody else wrote it since */
const char *monocle_document_get_saved_digest (MonocleDocument *self);
/* (transfer none) (nullable) */
const char *monocle_document_get_saved_path (MonocleDocument *self);
/* Whether nothing was done since. Notified as `saved`. */
gboolean monocle_document_is_saved (MonocleDocument *self);
/* Whether there is work that would be gone with the program: in no journal, and in no file. */
gboolean monocle_document_is_unkept (MonocleDocument *self);

/* (transfer none) (element-type MonocleAnnotation): GListStore: what a person drew or kept */
GListModel *monocle_document_get_regions (MonocleDocument *self);
/* (transfer none) (element-type MonocleQuery): oldest first */
GListModel *monocle_document_get_queries (MonocleDocument *self);
MonocleUndo *monocle_document_get_undo (MonocleDocument *self);

/* --- The conversation about it --- */

/* (transfer none) (element-type MonocleSaid): what was said and answered, oldest first */
GListModel *monocle_document_get_talk (MonocleDocument *self);
/* (transfer none) (nullable): what is asked now, or could not be answered; @n_before: (out)
 * (optional): behind how many turns: those that come after have been said no more once it is
 * answered */
MonocleSaid *monocle_document_get_asking (MonocleDocument *self, guint *n_before);
/* @said: (nullable): it is not asked any more. Nothing that is undone. */
void monocle_document_set_asking (MonocleDocument *self, MonocleSaid *said, guint n_before);
/* @said, which is whole, comes behind @n_before turns in place of those that came after: with undo.
 */
void monocle_document_say (MonocleDocument *self, MonocleSaid *said, guint n_before);
/* The same without anything new. */
void monocle_document_clear_talk (MonocleDocument *self);

/* Labels have other colours since: all that lies on the picture gets them. */
void monocle_document_recolour (MonocleDocument *self);

/* Added at the end. Not undone: what was asked stays until it is deleted. */
void monocle_document_add_query (MonocleDocument *self, MonocleQuery *query);

/* What is asked while words are typed gives way to what is asked next, which takes its place in the
 * list, or the end of it; nor is this undone. Either can be %NULL. */
void monocle_document_replace_query (MonocleDocument *self, MonocleQuery *query, MonocleQuery *by);

/* --- With undo --- */
void monocle_document_remove_query (MonocleDocument *self, MonocleQuery *query);
void monocle_document_clear_queries (MonocleDocument *self);
void monocle_document_add_region (MonocleDocument *self, MonocleAnnotation *region);
void monocle_document_remove_regions (MonocleDocument *self, GPtrArray *regions);
/**
 * monocle_document_note_shapes:
 * @verb: what the person did
 * @regions: which have their new shapes already
 * @before: (element-type MonocleShape): the old ones, one for each
 * @goes_on: the same step as the last, if that did the same to the same things within a second
 *
 * One step; of what is left without anything the region is gone.
 */
void monocle_document_note_shapes (MonocleDocument *self,
                                   MonocleVerb verb,
                                   GPtrArray *regions,
                                   GPtrArray *before,
                                   gboolean goes_on);
/* The same of a single one. */
void monocle_document_note_shape (MonocleDocument *self,
                                  MonocleVerb verb,
                                  MonocleAnnotation *region,
                                  MonocleShape *before,
                                  gboolean goes_on);
/* Moves regions and objects by so many pixels; what an answer says of itself, as data, stays what
 * it said. */
void monocle_document_move (MonocleDocument *self, GPtrArray *annotations, double dx, double dy);
/* Regions get another name; empty: none. */
void monocle_document_set_label (MonocleDocument *self, GPtrArray *regions, const char *label);
/* Something else is said of regions: @value is a string or a double, (transfer floating)
 * (nullable); %NULL: nothing under @name any more. */
void monocle_document_set_attribute (MonocleDocument *self,
                                     GPtrArray *regions,
                                     const char *name,
                                     GVariant *value);
/**
 * monocle_document_correct:
 * @query: one that is answered
 * @place: see monocle_query_get_correction()
 * @text: what it should say; empty, or what the model said: that again
 *
 * The answer as data stays what the model said. Returns: %FALSE where there is nothing to correct,
 * or
 *   @text is too long
 */
gboolean monocle_document_correct (MonocleDocument *self,
                                   MonocleQuery *query,
                                   guint place,
                                   const char *text);
/* Regions or objects, once more beside themselves, as regions. */
void monocle_document_duplicate (MonocleDocument *self, GPtrArray *regions, double dx, double dy);
/* Regions become one, which is where the first of them is, with the first name that there is among
 * them. Returns: (transfer none) (nullable): that one; %NULL, and nothing is done, where they are
 * fewer than two or monocle_parts_merge() makes nothing of them */
MonocleAnnotation *monocle_document_merge (MonocleDocument *self, GPtrArray *regions);
/* Each becomes several, one for each of monocle_parts_split(), of which the first takes its place
 * and the others are behind all that are there. Returns: how many there are more */
guint monocle_document_split (MonocleDocument *self, GPtrArray *regions);
/* Objects of an answer become the person's own: regions with their place and name, behind those
 * that are there; the answer shows them no longer. Returns: how many. */
guint monocle_document_keep (MonocleDocument *self, MonocleQuery *query, GPtrArray *annotations);
/* The same under another name: what the model suggests is something else. */
guint monocle_document_keep_as (MonocleDocument *self,
                                MonocleQuery *query,
                                GPtrArray *annotations,
                                const char *label);
void monocle_document_remove_annotations (MonocleDocument *self,
                                          MonocleQuery *query,
                                          GPtrArray *annotations);
/* Both in one step; each list can be empty, and @query is %NULL then. */
void monocle_document_remove (MonocleDocument *self,
                              GPtrArray *regions,
                              MonocleQuery *query,
                              GPtrArray *annotations);
/**
 * MonocleTake:
 * @here: (nullable): what there is; %NULL: nothing yet
 * @there: (nullable): what it becomes; %NULL: it goes
 *
 * Something of another version of the same work.
 */
typedef struct
{
  MonocleAnnotation *here, *there;
} MonocleTake;

/* (transfer full) (element-type MonocleTake): which keep what they are about */
GArray *monocle_takes_new (void);
void monocle_takes_add (GArray *takes, MonocleAnnotation *here, MonocleAnnotation *there);

/**
 * monocle_document_take:
 * @verb: what the person did
 * @takes: (element-type MonocleTake)
 * @queries: (nullable) (element-type MonocleQuery): answered; those that are here stay as they are
 * @talk: (nullable) (element-type MonocleSaid): the conversation then; %NULL: it stays as it is
 * @rotation: quarters by which it is turned then
 * @is_done: whether the person is done with it then
 *
 * All in one step. What is called as something that is here becomes that.
 */
void monocle_document_take (MonocleDocument *self,
                            MonocleVerb verb,
                            GArray *takes,
                            GPtrArray *queries,
                            GPtrArray *talk,
                            guint rotation,
                            gboolean is_done);
/**
 * monocle_document_take_over:
 * @former: what was done to another picture, or to what this one was before
 *
 * What is the person's own there comes to what is here, in one step; where that picture was of
 * another size, made to fit. Answers speak of the other picture and stay with it.
 *
 * Returns: how much that is
 */
guint monocle_document_take_over (MonocleDocument *self, MonocleDocument *former);
/**
 * monocle_document_note_cut:
 * @query: whose heat maps are cut elsewhere since
 * @before: where they were
 * @goes_on: together with the last step if that did the same a moment ago
 */
void monocle_document_note_cut (MonocleDocument *self,
                                MonocleQuery *query,
                                double before,
                                gboolean goes_on);
/* The person is done with the picture, or not any more. */
void monocle_document_set_done (MonocleDocument *self, gboolean done);
/* Turns the picture as it is shown, and as what is asked next sees it; nothing that lies on it
 * changes. Also while the pixels are dropped. */
void monocle_document_rotate (MonocleDocument *self, guint quarters);

G_END_DECLS
