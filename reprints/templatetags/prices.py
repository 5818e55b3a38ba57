"""Prices in templates."""

from django import template

from reprints import steps

register = template.Library()
register.filter("in_words", steps.in_words)
