# SPDX-License-Identifier: GPL-3.0-or-later
"""A small model of what happens next: tokens, network, learning."""
