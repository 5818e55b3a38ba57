"""Query parameters that say how a reader came, never which article is meant.

Names as the vendors document them. When a name is also used to choose an article (`id`, `source`, `cid`,
`m`) it is not here: two keys for one article is a nuisance, one key for two articles is an error.
"""

PREFIXES = (
    "utm_",
    "ns_",
    "pk_",
    "mtm_",
    "piwik_",
    "matomo_",
    "hsa_",
    "vero_",
    "oly_",
    "itm_",
    "wt_",
    "fb_",
    "amp_",
    "at_custom",
    "at_link_",
    "at_bbc_",
    "guce_",
    "sfmc_",
    "action_object_",
)

NAMES = frozenset(
    """
    fbclid gclid gclsrc gbraid wbraid gad_source gad_campaignid dclid msclkid yclid ysclid twclid
    ttclid li_fat_id zanpid igshid igsh epik srsltid s_kwcid s_cid ef_id rb_clickid dicbo tblci
    oborigurl mibextid rdid _ga _gl _ke _kx __s _hsenc _hsmi hsctatracking hss_channel mc_cid mc_eid
    mc_tc mkt_tok ml_subscriber ml_subscriber_hash ck_subscriber_id bsft_eid bsft_uid vgo_ee wickedid
    dm_i trk trkcampaign trkinfo lipi li_source li_medium midtoken nsukey spm scm cmpid cmp cmp_id
    campaign_id instance_id segment_id regi_id icid ncid nocid ocid intcid intcmp int_cmp int_source
    int_medium int_campaign int_content at_medium at_campaign at_campaign_type at_format at_ptr_name
    at_creation at_variant at_send_date at_recipient_id xtor xtref ito maca iref smid smtyp smprod emc
    mbid bxid cndid esrc hasha hashb hashc tpcc taid soc_src soc_trk guccounter wprov spref ref ref_
    ref_src ref_url refsrc referrer referer reflink sref sr_share share shared sharetype share_id
    share_source share_from share_medium share_plat share_tag share_session_id shareid sharesource
    sharedfrom sharetoken share_url unlocked_article_code gift __twitter_impression twitter_impression
    __source __tn__ _branch_match_id _openstat action_type_map action_ref_map usqp aoh ampshare
    """.split()  # noqa: SIM905 -- a hundred quoted names would be harder to review
)

AMP_SWITCHES = frozenset({"outputtype", "output", "format", "view"})
ON = frozenset({"", "1", "true", "yes"})


def is_tracking(name: str, value: str) -> bool:
    """Whether the parameter (both halves unescaped) can be left out without naming another article."""
    lowered = name.lower()
    if lowered in NAMES or lowered.startswith(PREFIXES):
        return True
    if lowered == "amp":
        return value.lower() in ON
    return lowered in AMP_SWITCHES and value.lower() == "amp"
