import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.articles.passages import Match, find, overlap, similarity, word_diff

COUNCIL = (
    "The council met on Monday. It voted 7 to 2 for the bridge.\n\n"
    "On Tuesday the council met again. It voted 7 to 2 against the tunnel.\n\n"
    "Nobody spoke for the ferry."
)


def place(text, exact, prefix="", suffix=""):
    match = find(text, exact, prefix, suffix)
    return match and (text[match.start : match.end], match.start, match.state)


def test_the_only_hit_needs_no_context():
    assert find(COUNCIL, "the ferry") == Match(148, 157, 1.0, "exact")


def test_the_first_of_several_hits_without_context_says_that_it_is_a_guess():
    assert find(COUNCIL, "7 to 2") == Match(36, 42, 0.5, "exact")


def test_prefix_and_suffix_choose_among_equal_hits():
    assert place(COUNCIL, "7 to 2", "again. It voted ", " against the tunnel") == ("7 to 2", 103, "exact")
    assert place(COUNCIL, "7 to 2", "Monday. It voted ", " for the bridge") == ("7 to 2", 36, "exact")


def test_full_context_scores_one():
    assert find(COUNCIL, "7 to 2", "Monday. It voted ", " for the bridge").score == 1.0


def test_a_suffix_alone_chooses():
    assert place(COUNCIL, "7 to 2", suffix=" against the tunnel") == ("7 to 2", 103, "exact")


def test_after_the_fix_the_quote_does_not_move_to_the_other_robin():
    before = "Robin Hale opened the meeting, and Robin Marsh closed it with a song."
    fixed = "Robin Hale opened the meeting, and Robyn Marsh closed it with a song."
    quote = ("Robin", "opened the meeting, and ", " Marsh closed it with a song.")
    assert place(before, *quote) == ("Robin", 35, "exact")
    assert find(fixed, *quote) is None


def test_a_short_context_does_not_move_the_quote_either():
    assert find("Robin sang. Then Robyn left early.", "Robin", "Then ", " left") is None


def test_one_short_agreeing_side_does_not_outweigh_a_long_disagreeing_one():
    text = "We heard the Robin song on the hill at noon."
    assert find(text, "Robin", "the ", " Marsh, who closed the meeting at nine") is None


def test_a_letter_sequence_inside_other_words_is_not_found_fuzzily():
    assert find("The chines of the coast were closed.", "Linus", "The ", " of the coast") is None


def test_an_edited_sentence_is_found_when_its_surroundings_stayed():
    text = "It rained. The mayor was born in 1956 in the old town of Leeds. She left in May."
    quote = ("The mayor was born in 1965 in the old town of Leeds.", "It rained. ", " She left in May.")
    assert place(text, *quote) == ("The mayor was born in 1956 in the old town of Leeds.", 11, "fuzzy")


def test_an_edited_sentence_is_an_orphan_when_its_surroundings_went():
    text = "A new lead. The mayor was born in 1956 in the old town of Leeds. All else is different."
    quote = ("The mayor was born in 1965 in the old town of Leeds.", "It rained. ", " She left in May.")
    assert find(text, *quote) is None


def test_an_edited_sentence_is_an_orphan_without_any_context():
    text = "It rained. The mayor was born in 1956 in the old town of Leeds."
    assert find(text, "The mayor was born in 1965 in the old town of Leeds.") is None


def test_a_rewritten_sentence_is_an_orphan():
    text = "It rained. Leeds, where the mayor comes from, is old. She left in May."
    quote = ("The mayor was born in 1965 in the old town of Leeds.", "It rained. ", " She left in May.")
    assert find(text, *quote) is None


def test_offsets_count_code_points():
    text = "🎉🎉 Der Bürgermeister 👩‍🚒 kam."
    match = find(text, "Bürgermeister")
    assert (match.start, match.end) == (7, 20)
    assert text[match.start : match.end] == "Bürgermeister"


def test_line_breaks_and_hard_spaces_in_a_selection_do_not_matter():
    match = find(COUNCIL, "bridge.\n On\u00a0Tuesday")
    assert COUNCIL[match.start : match.end] == "bridge.\n\nOn Tuesday"


def test_spaces_at_the_edge_of_the_selection_are_not_part_of_the_passage():
    assert place(COUNCIL, " 7 to 2 ", "Monday. It voted", "for the bridge") == ("7 to 2", 36, "exact")


@pytest.mark.parametrize("exact", ["", "   ", "\n"])
def test_an_empty_quote_is_nowhere(exact):
    assert find(COUNCIL, exact) is None


def test_nothing_is_found_in_an_empty_text():
    assert find("", "bridge") is None


def test_a_quote_longer_than_the_text_is_an_orphan():
    assert find("the bridge", "the bridge over the river", "On ", " is closed") is None


@given(st.text(), st.text(), st.text(), st.text())
def test_a_match_always_lies_in_the_text(text, exact, prefix, suffix):
    match = find(text, exact, prefix, suffix)
    assert match is None or (0 <= match.start < match.end <= len(text) and 0.0 <= match.score <= 1.0)


@given(st.text(alphabet="ab ", min_size=1), st.data())
def test_a_passage_with_its_true_context_is_found_where_it_stands(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    exact = text[start:end]
    match = find(text, exact, text[:start], text[end:])
    assert (match is None) == (not exact.strip())
    assert match is None or text[match.start : match.end].split() == exact.split()


def test_overlap_is_the_share_of_the_shorter_passage():
    sentence = Match(10, 50, 1.0, "exact")
    assert overlap(sentence, Match(20, 25, 1.0, "exact")) == 1.0
    assert overlap(Match(45, 55, 1.0, "exact"), sentence) == 0.5
    assert overlap(sentence, Match(50, 60, 1.0, "exact")) == 0.0
    assert overlap(sentence, Match(10, 10, 1.0, "exact")) == 0.0


def test_the_same_claim_in_another_order_is_alike():
    assert similarity("The mayor was born in 1956!", "born in 1956 was the Mayor") == 1.0


def test_a_claim_reworded_is_nearer_than_another_claim():
    claim = "The bridge is 40 meters long, not 400"
    near = similarity(claim, "The bridge isn't 400 meters long but 40 meters")
    far = similarity(claim, "The minister's first name is spelled Cathryn")
    assert near > 0.75
    assert far < 0.5


def test_one_shared_word_does_not_make_two_claims_alike():
    assert similarity("bridge", "the bridge over the river was opened in May by the mayor of the town") < 0.7


def test_texts_without_words_are_not_alike():
    assert similarity("", "") == 0.0
    assert similarity("?!", "?!") == 0.0


def test_a_replaced_word_is_shown_as_removed_then_added():
    assert word_diff("He was born in 1956.", "He was born in 1965.") == [
        ("same", "He was born in"),
        ("removed", " 1956"),
        ("added", " 1965"),
        ("same", "."),
    ]


def test_a_decimal_number_is_one_word():
    assert word_diff("1.2 million", "1.3 million") == [
        ("removed", "1.2"),
        ("added", "1.3"),
        ("same", " million"),
    ]


def test_equal_texts_are_one_piece_and_empty_texts_none():
    assert word_diff("No change.", "No change.") == [("same", "No change.")]
    assert word_diff("", "") == []
    assert word_diff("", "New") == [("added", "New")]
    assert word_diff("Old", "") == [("removed", "Old")]


def test_a_word_that_is_frequent_in_a_long_text_is_still_matched():
    before = "the cat " * 300 + "sat."
    assert word_diff(before, before.replace("sat", "slept")) == [
        ("same", "the cat " * 299 + "the cat"),
        ("removed", " sat"),
        ("added", " slept"),
        ("same", "."),
    ]


def test_texts_that_repeat_too_many_words_are_one_replacement():
    before, after = "the cat " * 2500, "cat the the " * 1700
    assert word_diff(before, after) == [("removed", before), ("added", after)]


@given(st.text(), st.text())
def test_a_diff_contains_both_texts(before, after):
    pieces = word_diff(before, after)
    assert "".join(text for kind, text in pieces if kind != "removed") == after
    assert "".join("".join(text for kind, text in pieces if kind != "added").split()) == "".join(before.split())
