"""Rows once more: what was made the whole way is copied, where a test needs as much of it many times over."""

import copy
import itertools

from django.db.models.base import ModelState

from newsroom import references

_count = itertools.count(1)


def multiply(number, *rows):
    """So many copies of these rows, which stand in an order in which each names only those before it. A copy names the
    copies of what its row names among them, by key or by reference. Whatever else is unique in it is made anew, and
    numbers go on from that of the row, which is the last one.
    """
    keys, words = [{} for _ in range(number)], [{} for _ in range(number)]
    for row in rows:
        copies = [_copy(row, place, *names) for place, names in enumerate(zip(keys, words, strict=True), 1)]
        type(row)._base_manager.bulk_create(copies)
        for made, fresh in zip(keys, copies, strict=True):
            made[type(row), row.pk] = fresh.pk


def _copy(row, place, keys, words):
    fresh = copy.copy(row)
    fresh.pk, fresh._state = None, ModelState()
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.is_relation:
            setattr(fresh, field.attname, keys.get((field.related_model, value), value))
        elif field.unique and not field.primary_key:
            words[value] = _another(row, place, field, value)
            setattr(fresh, field.attname, words[value])
        elif isinstance(value, str):
            setattr(fresh, field.attname, words.get(value, value))
    return fresh


def _another(row, place, field, value):
    if field.name == "reference":
        return references.new(row.noun)
    if field.has_default():
        return field.get_default()
    return value + place if isinstance(value, int) else f"{value}-{next(_count)}"
