"""Refusals are sentences, one after the other."""

from newsroom.errors import Fault, Invalid


def test_several_faults_are_read_as_sentences():
    refusal = Invalid([Fault("/text", "Say what was wrong."), Fault("/kind", "The kind is missing.")])
    assert refusal.message == "Say what was wrong. The kind is missing."
