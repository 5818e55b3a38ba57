"""What machines are told: the agreement of one license (ODRL) and the standing offer of a publication (RSL,
TDMRep, AIPREF).
"""
