"""The English words that the linter listens for. Each list is what readers of notices know; none is a grammar."""

from __future__ import annotations

import re

ANY_CASE = re.IGNORECASE


def _any(words: str) -> str:
    """One of these, written as a pattern each, with blanks between them; `_` stands for a blank inside one."""
    return f"(?:{'|'.join(word.replace('_', ' ') for word in words.split())})"


def _cue(*patterns: str) -> re.Pattern[str]:
    """Any of these, in any case."""
    return re.compile("|".join(patterns), ANY_CASE)


_REST = r"(?:[^.;!?]|\.(?=\d)){0,120}?"
"""The rest of a clause: a point between digits does not end it."""

# What was wrong.

_MISDEEDS = "mis" + _any(
    """stated? stating spell?ed spelt quoted? identified attributed? reported represented named dated translated
    label+ed calculated characteri[sz]ed described interpreted led leading understood heard placed cited counted
    credited transcribed"""
)
_WRONGLY = _any("incorrectly wrongly erroneously mistakenly inaccurately falsely imprecisely")
_WRONG = _any("wrong incorrect erroneous mistaken inaccurate")

OWN_ERROR = _cue(
    rf"\b{_MISDEEDS}\b",
    rf"\b{_WRONGLY}\b",
    r"\bin error\b|\bby mistake\b|\bomitted\b",
    rf"\b{_any('the an? its his her their our some two three')} {_WRONG} \w+",
    rf"\b{_any('was were is are been')} (?:\w+ly )?(?:{_WRONG}|not (?:right|correct|accurate))\b",
    r"\bnot\b[^.;]{1,60}?\bas (?:we|this (?:article|story)) (?:\w+ )?(?:said|reported|stated|wrote)\b",
)
"""Words for an error that only whoever tells a story can make."""

ERROR_NAMED = _cue(
    OWN_ERROR.pattern,
    r"\b(?:was|were|is|are|been) (?:\w+ly )?(?:false|untrue|not true)\b|\buntrue\b",
    r"\ban? (?:false|old|outdated|out-of-date) "
    + _any("address age claim date figure impression name number photo price quotation statement sum title total year"),
    r"\b(?:mistook|misread|transposed|overstated|understated|conflated|mixed up|left out)\b",
    r"\bwe (?:\w+ )?(?:swapped|reversed|confused)\b|\b(?:was|were) (?:swapped|reversed|inverted)\b",
    r"\bfailed to (?:mention|note|say|include|make clear|disclose|credit)\b",
    r"\bgot (?:[\w’']+ ){1,6}wrong\b",
)
"""Words that say outright that something was wrong."""

VAGUE = _cue(
    r"\b(?:contain(?:ed|s)|included|had|carried|made|was|were) (?:\w+ ){0,2}?"
    r"(?:errors?|mistakes?|inaccurac(?:y|ies)|slips?)\b(?! in (?:the|its|his|her|their)\b)",
    r"\bgot (?:it|this|that|things?|something|(?:an?|some|one|several|the) (?:\w+ )?(?:details?|facts?|things?|points?|"
    r"figures?|names?|dates?)) (?:\w+ )?wrong\b",
    r"\b(?:errors|mistakes|corrections) were made\b|\bcorrection (?:was|has been) (?:made|appended)\b",
    r"\b(?:did not|didn[’']t) get (?:\w+ ){1,3}right\b",
)
"""Phrases that own up to an error and do not say which."""

_OURS = _any(
    r"""article story version headline caption column review graphic infographic chart map panel table photo(?:graph)?
    picture portrait profile obituary bulletin post piece essay interview podcast newsletter digest broadcast
    program(?:me)? recipe item entry listing list summary blog video editorial feature timeline standfirst subheading
    dispatch alert tweet correction crossword quiz guide transcript calendar illustration drawing coverage page paper
    edition newscast news_at news_on (?:this|our|earlier|previous|original|an?)_report report_(?:on|about|in)
    evening_news"""
)
_NEUTRAL = _any(
    """added aired amended appeared attached based changed clarified corrected deleted edited embed entitled expanded
    fixed headlined need posted printed published related removed replaced retracted reviewed revised titled updated
    withdrawn"""
)
_PAST = (
    rf"(?!{_NEUTRAL}\b)"
    + _any("\\w{2,}ed said gave was were had put left told wrote drew made spelt understood meant set")
    + r"\b|\b(?:did not|didn[’']t) \w+"
)
"""A verb in the past, other than those that say what was done to a text."""
_REMOVED = r"\bremoved? (?:an?|the) (?:reference|mention|quotation|quote|passage|sentence|paragraph|line|claim)s?"
STOOD_THERE = _cue(
    rf"\b{_OURS}s?\b{_REST}\b(?:{_PAST})\b",
    rf"\bwe (?:\w+ ){{0,2}}(?:{_PAST})\b",
    rf"\b(?:was|were) {_REST}\b(?:in|on|by) (?:[\w’']+ ){{0,3}}{_OURS}\b",
    r"\b(?:was|were) (?:\w+ ){0,2}"
    + _any("given described named called identified listed shown quoted spelled credited dated labell?ed")
    + rf"\b{_REST}\b(?:as|at|to be)\b",
    r"\bas (?:\w+ )?(?:previously |earlier |originally |first )?(?:said|reported|stated)\b",
    rf"{_REMOVED} (?:to|of|from|that|by|about)\b",
)
"""Words that tell what the article said, showed or left out: whoever reads on knows what was wrong."""
BESIDE = _cue(
    r",? (?:whom|which|as) (?:we|our \w+|this \w+|an earlier \w+|the (?:article|story|original \w+|headline)) [^,.;]*"
)
"""A relative clause about what the article said: the sentence around it tells what is so."""

THEIRS = _cue(rf"\b(?!(?:{_OURS}|we|was|were|is|are|been|has|had|have)\b)\w+ {_WRONGLY} (?-i:[a-z]+ed)\b")
"""What somebody in the news did wrong: a fact, where the article's own error is told elsewhere."""

# What is right.

_BEFORE_NOT = "".join(
    f"(?<! {verb})"
    for verb in "is are was were do does did has have had can could will would should may might must be".split()  # noqa: SIM905 -- idem
)
_CHANGED = r"\b(?:correct|chang|amend|fix|revis)\w*\b[^.;]{0,100}?"
OPPOSES = _cue(
    r", (?:and |but )?not\b(?! only)",
    rf"{_BEFORE_NOT} not\b(?! only)",
    r"\b(?:rather than|instead of|in fact|actually|contrary to)\b",
    r"\bshould have (?:been|said|read|named|given|shown|referred)\b",
    r"\bas\b[^.;]{1,60}? when (?:it|he|she|they|the \w+) (?:is|are|was|were|has|had|should)\b",
    rf"{_CHANGED}\bto\b[^.;]{{1,60}}?\bfrom\b",
    rf"{_CHANGED}\bfrom\b[^.;]{{1,60}}?\bto\b",
)
"""Words that set what was said against what is so."""

DENIES = _cue(r"\b(?:is|are|was|were|does|did|has|had)(?: not|n[’']t)\b", r"\b(?:never|no longer)\b")
"""Words that deny something: where a notice says no more, they say both what was wrong and what is so."""

RIGHT_NAMED = _cue(
    r"\b(?:the|its|his|her|their) (?:correct|right|actual|real) \w+",
    r"\bcorrectly\b|\bis correct\b|\bwe meant\b",
    r"\b(?:omitted|left out)\b(?-i:[^.;]{0,80}?\b[A-Z]\w+ [A-Z]\w+)",
    r"\bmisspel\w+ (?-i:[^.;]{0,60}?\b[A-Z]\w+ [A-Z]\w+)",
    r"\bmisspel\w+ (?:the )?(?:\w+ ){0,3}(?:name|surname|title)s? of (?-i:(?:[a-z]+ ){0,4}[A-Z])",
    r"\b(?:omitted|left out|(?:did not|failed to) (?:mention|note|say|include|make (?:it )?clear|disclose)) "
    r"(?:that|the [^.;]{1,60} that)\b",
    rf"{_REMOVED} [^.;]{{1,80}}, (?:who|which)\b",
)
"""Words that announce what is right. Who misspelled the name “of Robin Vale” has now spelled it."""

BOILERPLATE = _cue(
    rf"\b(?:(?:has|have|had) (?:since |now )?been|was|were|is) (?:since |now )?(?:{_NEUTRAL}|(?:put|set) right)\b",
    r"\bcorrected (?:version|repeat)\b|\bthis version is\b",
    rf"\bwe (?:have )?(?:since |now )?{_NEUTRAL}\b",
)
"""Phrases that a notice may hold and that say nothing about the error."""

COURTESY = _cue(
    r"(?:,? and )?\b(?:we|the [A-Z]\w+) (?:\w+ ){0,2}?(?:regret|apologi[sz]e|thank)[^.;]*",
    r"\b(?:sorry|apologies|thanks?|regrets?)\b[^.;]*",
)
"""Words of courtesy: they tell no fact."""
OWNS_UP = _cue(
    r"\b(?:errors?|mistakes?|inaccurac(?:y|ies))\b", r"\b(?:is|are) regretted\b", r"\bshould have been told\b"
)
"""Words of a clause that is about the error, and not about the news."""

SOMEONE = _cue(r"(?:he|she|they|his|her|their)\b")
NAMED = re.compile(r"(?<=[a-z,] )[A-Z]\w+|\b[A-Z]\w+ [A-Z]\w+")
"""A name: a capital letter where no sentence begins."""

# Which label the words would have.

ONLY_UPDATES = _cue(
    r"\bupdate[sd]?\b|\bnew (?:information|details|developments?)\b",
    r"\b(?:further|additional) (?:information|details|reporting|comment)\b",
    r"\blater developments?\b|\brecasts?\b|\bdeveloping story\b|\badds\b",
)
CLARIFIES = _cue(r"\bclarif(?:y|ies|ied|ication)\b|\bto make (?:it )?clear(?:er)?\b")
_TEXT = r"(?:this|the|our|an?|that) (?:\w+ )?(?:article|story|report|piece|column|essay|profile|interview)"
RETRACTS = _cue(
    r"\b(?:retract(?:s|ed|ing|ion)?|withdr(?:aw|aws|awn|ew|awing)|unpublished)\b",
    r"\bno longer stands?\b|\btaken down\b",
)
RETRACTS_ARTICLE = _cue(
    rf"\b(?:retract|withdr[ae]w)(?:s|n|ed|ing)? {_TEXT}\b",
    rf"\b{_TEXT} (?:is|has been|was|is being) (?:retracted|withdrawn)\b",
)
GIVES_REASON = _cue(
    r"\b(?:because|after|since|relied|based on|found that|turned out|copied|forged)\b",
    r"\b(?:fabricat|invent|plagiari)\w+|\b(?:false|wrong)(?:ly)?\b|\b(?:untrue|incorrect|inaccurate)\b",
    r"\b(?:could|did|does|do|was|were|is) not\b|\bcannot\b|\bcan no longer\b|\bfail(?:s|ed)\b|\bfalls? short\b",
)

# Why so late.

_FAULTY = _any("errors? mistakes? misspellings? omissions? inaccurac(?:y|ies) discrepanc(?:y|ies)")
_NOTICED = _any("noticed discovered found spotted overlooked missed raised reported flagged pointed_out caught")
_LATELY = (
    r"(?:only |just )?(?:recently|yesterday|today|now|(?:last|this) \w+|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)"
)
EXPLAINS_DELAY = _cue(
    r"\b(?:correction|notice|we)\b[^.;]{0,40}?\bdelay(?:ed|s)?\b",
    r"\b(?:regret|apologi[sz]e for|sorry for|reason for) the delay|\bthe delay in (?:correcting|publishing)\b",
    r"\bbelated(?:ly)?\b|\bcorrection (?:\w+ )?(?:late|overdue)\b",
    r"\bonly (?:now|recently|(?:last|this) (?:week|month|year|autumn|fall|winter|spring|summer))\b",
    rf"\b{_FAULTY} (?:\w+ )?(?:was|were|has been|had been|went|came|stood|remained)(?: \w+){{0,2}}? "
    rf"(?:{_NOTICED}|unnoticed|undetected|brought|drawn|to (?:our|light))\b",
    r"\b(?:it|this) (?:was|has been|had been)(?: only)?(?: \w+)? (?:pointed out|brought to|drawn to|overlooked)\b",
    rf"\b(?:we|editors?|the (?:newsroom|desk)|(?:a )?readers?) (?:\w+ ){{0,2}}?{_NOTICED}(?: \w+)? "
    rf"(?:the |this |that |our |an? |its )?(?:{_FAULTY}|it|this|that)\b",
    r"\bwe (?:\w+ ){0,2}?(?:learned|learnt|heard|became aware|found out|reali[sz]ed|overlooked)\b",
    r"\bwe were (?:\w+ )?(?:told|alerted|informed|notified)\b",
    r"\b(?:told|alerted|informed|contacted|notified|approached|wrote to|complained to|asked) (?:us"
    r"|the (?:newspaper|paper|"
    rf"newsroom|editors?|desk)) (?:{_LATELY}|(?:of|about|to) (?:it|this|correct|(?:the|this|our"
    rf"|an?) (?:\w+ )?{_FAULTY}))\b",
    r"\bpointed (?:\w+ ){0,3}out\b|\b(?:came|come|brought|drawn|called) to (?:\w+ )?(?:attention|notice|light)\b",
    r"\bshould have been corrected\b|\btook (?:us )?(?:so )?long\b|\bsooner\b",
    r"\b(?:during|in) (?:our|an internal) (?:\w+ )?(?:review|check|audit)\b",
    r"\b(?:while|when) (?:we were )?(?:preparing|researching|reviewing|checking|digiti[sz]ing|working on"
    r"|going through)\b",
)
"""Words for how an old error came to the newsroom, or why it was left: `later`, `learned` or `archive` alone do not."""

# What softens.

_MISHAP = _any(
    """technical computer clerical administrative production system editing typing keying layout formatting
    transcription data[-_]entry human coding printing proofreading typesetting captioning copying tagging uploading
    subediting publishing"""
)
_FAULT = r"(?:error|fault|problem|issue|mistake|slip|mishap|hiccup|mix-?up)s?"
_BOTHER = _any("confusion inconvenience misunderstanding mix-?up misimpression")
EUPHEMISMS = _cue(
    r"\b(?:regrets?|apologi[sz]e[sd]?|apologies|sorry) (?:\w+ ){0,2}?(?:for|about) (?:any|the|this|an?"
    r"|causing)? ?(?:\w+ )?"
    rf"{_BOTHER}\b",
    rf"\bregrets? (?:any|the|this) {_BOTHER}\b|\bmix-?ups?\b",
    r"\b(?:edited|changed|revised|amended|updated|reworded|rephrased) for (?:\w+ )?"
    + _any("clarity style accuracy precision length context"),
    r"\b(?:in the interests?|for (?:the )?sake) of (?:clarity|accuracy)\b",
    r"\bfor (?:greater |added |the sake of )?(?:clarity|accuracy|precision)\b",
    r"\binadvertent(?:ly)?\b|\btypos?\b|\bmisprints?\b|\btypographical (?:error|mistake)s?\b|\bglitch(?:es)?\b"
    r"|\bsnafu\b",
    rf"\b{_MISHAP} {_FAULT}\b",
    rf"\b{_FAULT} (?:in|during|while) (?:the |our )?(?:editing|production|typing|transcription|layout|printing)\b",
    r"\b(?:due to|because of|owing to|through|result of|made in|during|in) (?:an |the |our )?editing\b",
    r"\bmisspoke\b|\bhonest mistake\b|\bslip of the (?:pen|tongue)\b|\bunfortunate(?:ly)?\b|\bgremlins?\b",
    r"\b(?:due to|because of|owing to|through|by|result of) (?:an? |our )?(?:\w+ )?oversight\b",
    r"\b(?:crept|slipped) (?:in|into|through)\b|\bmay have (?:caused|given|created|left)\b|\bcould have been clearer\b",
    r"\babundance of caution\b|\bto (?:better|more accurately) reflect\b|\bless than (?:clear|accurate|precise)\b",
    r"\brecasts?\b|\b(?:tweak|fine-tun|reword|rephras)(?:s|es|ed|ing)\b",
    r"\b(?:article|story|text|wording|sentence|passage|language|paragraph) (?:has|have|was|were) (?:been )?(?:\w+ly )?"
    + _any("refined adjusted polished smoothed sharpened improved modified reworked tidied"),
)
"""What AP calls softening: the word that says less than what happened."""

REPORTED = _cue(
    rf"\b(?:{_OURS}\b{_REST}\b|we (?:\w+ ){{0,2}})(?:said|stated|reported)\b"
    r"(?:(?! due to| because of| owing to)[^.;:!?]){0,200}"
)
"""What a notice reports that the article said: not its own words for its own error."""

BELITTLES = _cue(
    r"\b(?:minor|small|slight|tiny|trivial|little) (?:\w+ )?(?:error|mistake|inaccuracy|slip|discrepancy|oversight)\b"
)

# Who is blamed.

_RANK = r"(?:\w+[- ]){0,2}?"
_STAFF = r"(?:reporter|correspondent|editor|sub-?editor|copyeditor|intern|trainee|freelancer|stringer|desk|newsroom)s?"
_ANYONE = (
    rf"(?:{_STAFF}|(?:production|web|digital|social|graphics|picture|layout|editorial|news) (?:team|department"
    rf"|staff|crew)|"
    r"(?:photographer|producer|translator|writer|author|journalist|columnist|contributor|designer|critic|reviewer|presenter|host|anchor|"
    r"fact-?checker|subeditor)s?)"
)
_PUT_IT_THERE = (
    r"who (?:wrote|edited|filed|reported|transcribed|translated|compiled|prepared|laid out|took|checked|drew)"
)
_OTHERS = r"(?! (?:of|at|for|from|with)\b)"
_IN_HOUSE = (
    rf"(?:(?:our|one of our|an?) {_RANK}{_ANYONE}{_OTHERS}|the {_RANK}{_STAFF}{_OTHERS}"
    rf"|the {_RANK}{_ANYONE}(?=,? {_PUT_IT_THERE}))"
)
_SLIP = r"(?:errors?|mistakes?|oversight|slips?|fault)"
_PUNISHED = _any("reminded disciplined suspended dismissed fired warned reprimanded spoken_to retrained")
WRONG_ACT = (
    r"(?:mis(?:heard|read|understood|took|calculated|typed|quoted|stated|spelled|identified|reported|translated|"
    r"transcribed|counted|led|label+ed)|mistook|confused|swapped|neglected|forgot|mixed up|wrongly|incorrectly"
    r"|erroneously|"
    r"mistakenly|failed to (?:check|verify|notice|read|ask|confirm|update|correct|spot|catch)"
    r"|(?:had )?made (?:the|an|a) "
    rf"(?:\w+ )?{_SLIP}|(?:dropped|inserted|left out|introduced|cut) (?:the|a|an)|got (?:\w+ ){{1,4}}wrong"
    rf"|\w+ (?:the|an?) (?:wrong|incorrect)|was (?:to blame|at fault|responsible "
    r"for the (?:error|mistake))|(?:has|have) (?:since )?been "
    rf"{_PUNISHED})"
)
"""What somebody does who is blamed. Used with a name, too."""
BLAMES = _cue(
    rf"\b{_SLIP}(?:,? by|\b[^.;,]{{0,50}}?,? (?:was |were |had been )?(?:made|introduced|caused|committed"
    rf"|inserted) by) "
    rf"(?:the |our |an? |one of our )?{_RANK}{_ANYONE}\b",
    rf"\b{_IN_HOUSE}\b(?:,? (?-i:(?:in )?[A-Z]\w+(?: [A-Z]\w+)?))?(?:,? {_PUT_IT_THERE}[^.,;]{{1,50}}?)?,?"
    rf" {WRONG_ACT}\b",
    rf"\b{_IN_HOUSE}\b[^.;]{{1,60}}? (?:in error|by mistake)\b",
    rf"\b{_ANYONE}[’'](?:s )?(?:\w+ )?{_SLIP}\b|\b(?:reporter|desk|copy desk|intern) error\b",
    rf"\b{_SLIP} (?:was|were|is) (?:(?:all|entirely|solely) )?(?:our|the) {_RANK}{_ANYONE}[’']",
    rf"\bfault of (?:the |our |an? )?{_RANK}{_ANYONE}\b|\bblam(?:es?|ed) (?:on )?(?:the |our |an? ){_RANK}{_ANYONE}\b",
)
"""Words that put the blame on someone of the house. A guess: the news has reporters and editors of its own."""

PUBLIC_LINE = _cue(
    r"\b(?:help ?line|hot ?line|(?:crisis|tip|information|info) line|line is|switchboard|box office|toll-free)\b",
    r"\b(?:tele)?phone number for\b|\bthe (?:tele)?(?:phone )?number (?:of|for|to call)\b|\bemergency number\b",
)
"""Who has a number like this wants to be called."""
FILE_NUMBER = _cue(
    r"\b"
    + _any(
        """case docket file filing ISBN ISSN registration permit flight patent bill grant catalog(?:ue)? model serial
        account invoice ticket contract reference order license claim charity company tax"""
    )
    + r"(?: (?:number|no\.?|is|was|number is|number was|code|ID))*:? ?#?$"
)
"""What stands before a number that is no telephone’s."""

SAYS_NOTHING = frozenset(
    """
    about above according after again against all also although and any apologies apologise apologize apology are
    article articles as at authors back because been before being below between billion billions both but can caption
    captions carried carries carry change changed changes clarified clarify contain contained contains correct
    corrected correction corrections correctly corrects could date dates describe described description detail details
    did does dollar dollars due during each earlier edit edited editing edition either error errors euro euros even
    ever every fact facts figure figures find first fix fixed follow following follows for former fourth from full gave
    give given gives got graphic had has have headline headlines her here hers him his how however hundred image images
    inaccuracies inaccuracy inaccurate inaccurately incorrect incorrectly information into it's its itself last later
    left like made make makes many may mention mentioned million millions misattributed misidentified misquoted
    misspelled misspelt misstate misstated mistake mistaken mistakes more most much name named names new news nor not
    note noted notice now number numbers off omitted once one only original originally other our out over page
    paragraph paragraphs part passage passages percent percentage photo picture piece place please point pounds
    previous previously print publication published put quote quoted read reader readers reads really refer referred
    regret regrets replace replaced replaces report reported reports right said same say says second section see
    sentence sentences set should show showed since some sorry spelled spelling stated statement states still story
    such text than thank thanks that the their them then there these they thing things third this those thousand three
    through time times title today too transposed true two under until update updated updates upon use used version
    versions very was web website well were what when where which while who whom whose why will with word words would
    writing written wrong wrongly wrote year years yesterday you your
    """.split()  # noqa: SIM905 -- a list literal would be ten times as long to read
)
"""Words that a notice about anything could hold: none of them tells what this one is about."""
CALENDAR = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december
    """.split()  # noqa: SIM905 -- idem
)
"""Nor does a day or a month by itself."""
