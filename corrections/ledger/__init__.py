"""The public log of corrections: pure functions over bytes, without the database.

`canonical` writes JSON one way only, `merkle` hashes the tree, `checkpoint` signs its head, `commitments`
builds the leaves, `signer_state` is the signer's memory, `verify_corrections` is the file a reader
downloads.
"""
