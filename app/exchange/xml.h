/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * XML from strangers, element by element: no document types, hence no entities of their own,
 * nothing from elsewhere. And its characters, for those who write it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MonocleXml MonocleXml;

/**
 * MonocleXmlEvent:
 *
 * What monocle_xml_next() came to. An empty element begins and ends.
 */
typedef enum
{
  MONOCLE_XML_START,
  MONOCLE_XML_END,
  MONOCLE_XML_DONE,
  MONOCLE_XML_FAILED,
} MonocleXmlEvent;

/**
 * monocle_xml_open:
 * @path: a file
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE, here and from monocle_xml_next() with the line.
 *
 * Returns: (transfer full) (nullable): in front of the first element
 */
MonocleXml *monocle_xml_open (const char *path, GError **error);
void monocle_xml_free (MonocleXml *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleXml, monocle_xml_free)

MonocleXmlEvent monocle_xml_next (MonocleXml *self, GError **error);

/* (transfer none): of the element that begins or ends. */
const char *monocle_xml_get_name (const MonocleXml *self);
/* (nullable): of the element that holds it. */
const char *monocle_xml_get_parent (const MonocleXml *self);
/* From 0. */
guint monocle_xml_get_depth (const MonocleXml *self);
/* (transfer full) (nullable): of an element that begins. */
char *monocle_xml_dup_attribute (const MonocleXml *self, const char *name);
/* (transfer none): characters since the last element began or ended. */
const char *monocle_xml_get_text (const MonocleXml *self);
/* (transfer full): file and line */
char *monocle_xml_dup_where (const MonocleXml *self);
/* An error there. Returns: %FALSE */
gboolean monocle_xml_fail (const MonocleXml *self, const char *what, GError **error);

/* A number in an attribute; an error where it is none, or where it is not there. */
gboolean
monocle_xml_read_number (const MonocleXml *self, const char *name, double *number, GError **error);

/* Text, also of attributes; what XML cannot say is a blank. */
void monocle_xml_append_text (GString *xml, const char *text);

G_END_DECLS
