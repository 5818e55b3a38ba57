"""The English words that the linter listens for. Each list is what readers of notices know; none is a grammar."""

from __future__ import annotations

import re

ANY_CASE = re.IGNORECASE

ERROR_NAMED = re.compile(
    r"\bmis(?:stated?|spell?ed|spelt|quoted?|identified|attributed?|reported|represented|named|dated|translated|"
    r"label+ed|calculated|characteri[sz]ed|described|interpreted|led|leading|understood|heard|placed|cited)\b"
    r"|\b(?:incorrect|wrong|erroneous|mistaken|inaccurate|false)(?:ly)?\b|\bin error\b|\bby mistake\b|\buntrue\b"
    r"|\b(?:mistook|misread|transposed|overstated|understated|omitted|mixed up|swapped|reversed|left out|failed to)\b",
    ANY_CASE,
)
"""Words that say outright that something was wrong."""

CONTRAST = re.compile(
    r",? not\b(?! only)|\b(?:rather than|instead of|in fact|actually)\b|\bshould have (?:been|said|read|named|given)\b"
    r"|\b\w+n[’']t\b|\bno longer\b|\b(?:never|contrary to)\b",
    ANY_CASE,
)
"""Words that set what was said against what is so: they say both."""

RIGHT_NAMED = re.compile(
    r"\b(?:the|its|his|her|their) (?:correct|right|actual|real) \w+|\bcorrectly\b|\bis correct\b"
    r"|\bmisspel\w+ (?:the )?(?:\w+ ){0,3}(?:name|surname|title)s? of (?-i:(?:[a-z]+ ){0,4}[A-Z])",
    ANY_CASE,
)
"""Words that announce what is right. Who misspelled the name “of Robin Vale” has now spelled it."""

BOILERPLATE = re.compile(
    r"\b(?:ha(?:s|ve)|had) (?:since |now )?been (?:corrected|updated|changed|amended|fixed|revised|removed|edited|"
    r"clarified)\b|\bcorrected (?:version|repeat)\b|\bthis version is\b"
    r"|\bwe (?:have )?(?:corrected|fixed|updated|amended)\b",
    ANY_CASE,
)
"""Phrases that a notice may hold and that say nothing about the error."""

APOLOGY = re.compile(r"\bwe (?:regret|apologi[sz]e)\b|\bapolog(?:y|ies)\b|\bregrets? the error\b", ANY_CASE)

ONLY_UPDATES = re.compile(
    r"\bupdate[sd]?\b|\bnew (?:information|details|developments?)\b|\b(?:further|additional) (?:information|details|"
    r"reporting|comment)\b|\blater developments?\b|\brecasts?\b|\bdeveloping story\b|\badds\b",
    ANY_CASE,
)
CLARIFIES = re.compile(r"\bclarif(?:y|ies|ied|ication)\b|\bto make (?:it )?clear(?:er)?\b", ANY_CASE)
RETRACTS = re.compile(r"\b(?:retract(?:s|ed|ing|ion)?|withdr(?:aw|aws|awn|ew|awing))\b|\bno longer stands?\b", ANY_CASE)
RETRACTS_ARTICLE = re.compile(
    r"\b(?:retract|withdraw|have retracted|have withdrawn) (?:this|the) (?:article|story|report)\b"
    r"|\b(?:article|story|report) (?:is|has been|was) (?:retracted|withdrawn)\b",
    ANY_CASE,
)
GIVES_REASON = re.compile(
    r"\b(?:because|after|since|relied|based on|fabricat\w+|invent\w+|plagiari\w+|false(?:ly)?|wrong(?:ly)?|untrue|"
    r"could not|cannot|can no longer|did not|does not|do not|was not|were not|is not|failed|falls? short|found that|"
    r"turned out|incorrect|inaccurate|copied|forged)\b",
    ANY_CASE,
)
EXPLAINS_DELAY = re.compile(
    r"\b(?:delay(?:ed)?|late(?:r)?|belated(?:ly)?|only (?:now|recently|this|last|after|when|in)|recently|"
    r"overlooked|learned|came to light|brought to our attention|pointed out|discovered|noticed|was told|were told|"
    r"sooner|should have been corrected|took (?:us )?(?:so )?long|years? later|months? later|"
    r"asked us|contacted us|archive)\b",
    ANY_CASE,
)

EUPHEMISMS = re.compile(
    r"\bregrets? any (?:confusion|inconvenience|misunderstanding)\b|\bapologi\w+ for any (?:confusion|inconvenience)\b"
    r"|\binadvertent(?:ly)?\b|\btypos?\b|\btypographical (?:error|mistake)s?\b|\bglitch(?:es)?\b"
    r"|\b(?:technical|computer|clerical|administrative|production|system) (?:error|fault|problem|issue)s?\b"
    r"|\bmisspoke\b|\b(?:due to|because of|owing to|through|result of|made in) (?:an |the )?editing\b"
    r"|\bediting error\b|\bhonest mistake\b|\bslip of the (?:pen|tongue)\b|\bunfortunate(?:ly)?\b|\bgremlins?\b"
    r"|\bmay have (?:caused|given|created|left)\b|\bcould have been clearer\b|\babundance of caution\b"
    r"|\bto (?:better|more accurately) reflect\b|\bless than (?:clear|accurate)\b|\brecasts?\b",
    ANY_CASE,
)
"""What AP calls softening: the word that says less than what happened."""

BELITTLES = re.compile(
    r"\b(?:minor|small|slight|tiny|trivial|little) (?:\w+ )?(?:error|mistake|inaccuracy|slip|discrepancy|oversight)\b",
    ANY_CASE,
)

_PEOPLE = (
    r"(?:(?:copy|night|news|sports?|business|foreign|city|photo|picture|web|social media|junior|senior|guest) ?-?)?"
    r"(?:reporter|correspondent|editor|sub-?editor|copyeditor|intern|trainee|freelancer|stringer|photographer|"
    r"producer|translator|writer|author|journalist|columnist|contributor|desk)s?"
)
BLAMES = re.compile(
    rf"\b(?:error|mistake|oversight|slip)s? (?:(?:was|were) )?(?:made |introduced |caused |committed )?by "
    rf"(?:the |our |a |an |one of our )?{_PEOPLE}\b"
    rf"|\b{_PEOPLE}(?:,? (?-i:[A-Z])\w+(?: (?-i:[A-Z])\w+)?,?)? (?:misheard|misread|misunderstood|mistook|confused|"
    rf"failed|neglected|forgot|mixed|got|(?:had )?made (?:the|an|a) (?:error|mistake)|wrongly|incorrectly|mistakenly)\b"
    rf"|\b{_PEOPLE}[’']s? (?:error|mistake|oversight|fault)\b|\b(?:reporter|desk|copy desk|intern) error\b"
    rf"|\bfault of (?:the |our |a |an )?{_PEOPLE}\b|\bblames? (?:the |our |a |an )?{_PEOPLE}\b",
    ANY_CASE,
)
ERRS = r"(?:mis\w+ed|misheard|misread|mistook|wrongly|incorrectly|erroneously|mistakenly|confused|failed|got|made)"

SAYS_NOTHING = frozenset(
    """
    about above according after again against all also although and any are article articles as at authors back because
    been before being below between both but can caption captions change changed changes clarified clarify correct
    corrected correction corrections correctly corrects could date dates describe described description detail details
    did does dollar dollars due during each earlier edit edited edition editing either error errors even euro euros ever
    every fact facts figure figures fix fixed follow follows following for former from full
    gave give given gives graphic had
    has have headline headlines her here hers him his how however hundred image images inaccurate inaccurately incorrect
    incorrectly information into its itself later left like made make makes many may million millions billion billions
    mention mentioned misattributed misidentified misquoted misspelled misspelt misstate misstated mistake mistaken
    mistakes more most much name named names new news nor not note noted notice now number numbers off omitted once one
    only original originally other our out over page paragraph paragraphs part passage passages percent percentage
    photo picture piece place please point pounds previous previously print published publication quote quoted read
    reads really refer referred regret regrets replace replaced replaces report reported reports right said
    same say says
    second section see sentence sentences set should show showed since some spelled spelling stated statement states
    still story such text than that the their them then there these they thing things this those thousand three
    through time times title too transposed true two under until update updated updates upon use used version versions
    very was web website well were what when where which while who whom whose why will with word words would writing
    written wrong wrongly wrote year years yesterday today you your first third fourth last its it's
    """.split()  # noqa: SIM905 -- a list literal would be ten times as long to read
)
"""Words that a notice about anything could hold: none of them tells what this one is about."""
